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
    let funding: Vec<_> = facts.funding.iter().map(|f| format!("{} | {}", f.url, f.text)).collect();
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

#[cfg(test)]
mod tests {
    use super::*;
    use rostrum_domain::Id;
    use rostrum_domain::credit::{Credit, License, Location, Txt};

    fn full() -> Show {
        let facts = ShowFacts {
            title: "Friday".into(),
            description: "Line one\n\nLine two".into(),
            categories: vec!["News > Tech News".into(), "Arts".into()],
            explicit: true,
            kind: ShowKind::Serial,
            link: Some("https://example.org/".into()),
            funding: vec![Funding { url: "https://example.org/give".into(), text: "Give".into() }],
            persons: vec![Credit {
                name: "Ada".into(),
                role: "guest".into(),
                group: "writing".into(),
                href: None,
                image: Some("https://example.org/ada.jpg".into()),
            }],
            location: Some(Location { name: "Vienna".into(), geo: None, osm: Some("R109166".into()) }),
            license: Some(License { name: "cc-by-4.0".into(), url: None }),
            txt: vec![Txt { purpose: Some("verify".into()), value: "a | b".into() }],
            ..ShowFacts::default()
        };
        Show {
            id: Id::from_bits(1),
            slug: "friday".parse().expect("a slug"),
            guid: String::new(),
            facts,
            artwork_id: None,
            created_at: rostrum_domain::Timestamp::UNIX_EPOCH,
            updated_at: rostrum_domain::Timestamp::UNIX_EPOCH,
            version: 3,
        }
    }

    #[test]
    fn a_form_sent_back_unchanged_changes_nothing() {
        let show = full();
        let form = form(&show);
        let names = ["title", "description", "language", "category1", "category2", "explicit", "kind", "medium"];
        let more = ["link", "locked", "funding", "persons", "location", "license", "txt"];
        let pairs = names.iter().chain(&more).map(|name| ((*name).to_owned(), form.value(name).to_owned()));
        let posted = Posted(pairs.collect());
        assert_eq!(facts(&posted, &show.facts), Ok(show.facts));
    }
}
