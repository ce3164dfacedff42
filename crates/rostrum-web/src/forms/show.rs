//! The form of a show's facts.

use rostrum_domain::Problems;
use rostrum_domain::credit::Funding;
use rostrum_domain::show::{Recommendation, Show, ShowFacts, ShowKind};

use super::{
    Posted, joined, license, license_text, location, location_text, part, persons, persons_text, txt, txt_text,
};
use crate::views::Form;

/// The facts a form holds. What the form has no field for stays as it was in `old`.
pub fn facts(posted: &Posted, old: &ShowFacts) -> Result<ShowFacts, Problems> {
    let facts = ShowFacts {
        title: posted.text("title"),
        subtitle: posted.text("subtitle"),
        description: posted.text("description"),
        author: posted.text("author"),
        owner_name: posted.text("owner_name"),
        owner_email: posted.text("owner_email"),
        language: posted.text("language"),
        categories: ["category1", "category2", "category3"].iter().filter_map(|name| posted.some(name)).collect(),
        explicit: posted.flag("explicit"),
        kind: if posted.text("kind") == "serial" { ShowKind::Serial } else { ShowKind::Episodic },
        medium: posted.text("medium"),
        copyright: posted.text("copyright"),
        link: posted.some("link"),
        locked: posted.flag("locked"),
        complete: posted.flag("complete"),
        block: posted.flag("block"),
        new_feed_url: posted.some("new_feed_url"),
        funding: funding(posted),
        persons: persons(posted, &old.persons),
        location: location(posted),
        license: license(posted),
        txt: txt(posted),
        update_rule: posted.some("update_rule"),
        update_text: posted.text("update_text"),
        podroll: podroll(posted),
        accent: posted.some("accent"),
        apple_verify: posted.text("apple_verify"),
    };
    facts.check()?;
    Ok(facts)
}

/// The facts a new show begins with: the form asks for three, the rest is filled in before publishing.
pub fn new_facts(posted: &Posted) -> Result<ShowFacts, Problems> {
    let facts = ShowFacts {
        title: posted.text("title"),
        author: posted.text("author"),
        language: posted.some("language").unwrap_or_else(|| "en".to_owned()),
        ..ShowFacts::default()
    };
    facts.check()?;
    Ok(facts)
}

/// A show's facts as the form shows them.
pub fn form(show: &Show) -> Form {
    let facts = &show.facts;
    let switch = |on: bool| if on { "on" } else { "" }.to_owned();
    let category = |at: usize| facts.categories.get(at).cloned().unwrap_or_default();
    let funding: Vec<_> = facts.funding.iter().map(|f| joined(&[Some(&f.url), Some(&f.text)])).collect();
    let podroll: Vec<_> = facts
        .podroll
        .iter()
        .map(|entry| joined(&[Some(&entry.feed_guid), entry.feed_url.as_ref(), entry.title.as_ref()]))
        .collect();
    let kind = if facts.kind == ShowKind::Serial { "serial" } else { "episodic" };
    Form::new([
        ("version", show.version.to_string()),
        ("slug", show.slug.to_string()),
        ("title", facts.title.clone()),
        ("subtitle", facts.subtitle.clone()),
        ("description", facts.description.clone()),
        ("author", facts.author.clone()),
        ("owner_name", facts.owner_name.clone()),
        ("owner_email", facts.owner_email.clone()),
        ("language", facts.language.clone()),
        ("category1", category(0)),
        ("category2", category(1)),
        ("category3", category(2)),
        ("explicit", switch(facts.explicit)),
        ("kind", kind.to_owned()),
        ("medium", facts.medium.clone()),
        ("copyright", facts.copyright.clone()),
        ("link", facts.link.clone().unwrap_or_default()),
        ("locked", switch(facts.locked)),
        ("complete", switch(facts.complete)),
        ("block", switch(facts.block)),
        ("new_feed_url", facts.new_feed_url.clone().unwrap_or_default()),
        ("funding", funding.join("\n")),
        ("persons", persons_text(&facts.persons)),
        ("location", location_text(facts.location.as_ref())),
        ("license", license_text(facts.license.as_ref())),
        ("txt", txt_text(&facts.txt)),
        ("update_rule", facts.update_rule.clone().unwrap_or_default()),
        ("update_text", facts.update_text.clone()),
        ("podroll", podroll.join("\n")),
        ("accent", facts.accent.clone().unwrap_or_default()),
        ("apple_verify", facts.apple_verify.clone()),
    ])
}

fn funding(posted: &Posted) -> Vec<Funding> {
    let entry = |parts: Vec<String>| Funding {
        url: part(&parts, 0).unwrap_or_default(),
        text: part(&parts, 1).unwrap_or_else(|| "Support the show".to_owned()),
    };
    posted.lines("funding").into_iter().map(entry).collect()
}

fn podroll(posted: &Posted) -> Vec<Recommendation> {
    let entry = |parts: Vec<String>| Recommendation {
        feed_guid: part(&parts, 0).unwrap_or_default(),
        feed_url: part(&parts, 1),
        title: part(&parts, 2),
    };
    posted.lines("podroll").into_iter().map(entry).collect()
}
