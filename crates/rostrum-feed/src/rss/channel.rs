//! What a feed says of the show itself: RSS core, Atom links and iTunes; the podcast namespace has a file of its own.

use rostrum_domain::category::Category;
use rostrum_domain::show::{ShowFacts, ShowKind};

use super::text::Xml;
use super::{Channel, DESCRIPTION_MAX, page_url, podcast, rfc2822};
use crate::notes::feed_html_within;

/// Writes everything before the items.
pub(super) fn write(xml: &mut Xml, channel: &Channel<'_>) {
    let facts = &channel.show.facts;
    let link = facts.link.as_deref().unwrap_or(channel.page_url);
    xml.text("title", &facts.title);
    xml.text("link", link);
    pages(xml, channel);
    xml.html("description", &feed_html_within(&facts.description, DESCRIPTION_MAX));
    xml.text("language", &facts.language);
    xml.text_if("copyright", &facts.copyright);
    if let Some(newest) = channel.items.iter().filter_map(|item| item.episode.published_at).max() {
        xml.text("pubDate", &rfc2822(newest));
    }
    xml.text("lastBuildDate", &rfc2822(channel.last_build));
    xml.text_if("generator", channel.generator);
    if let Some(url) = channel.artwork_url {
        xml.open("image", &[]);
        xml.text("url", url);
        xml.text("title", &facts.title);
        xml.text("link", link);
        xml.close("image");
    }
    itunes(xml, facts, channel.artwork_url);
    podcast::show(xml, channel);
}

/// RFC 5005 section 3; the page's own address first.
fn pages(xml: &mut Xml, channel: &Channel<'_>) {
    let (this, last) = (channel.paging.this.max(1), channel.paging.last.max(1));
    let mut link = |rel: &str, page: u32| {
        let url = page_url(channel.feed_url, page);
        xml.empty("atom:link", &[("href", &url), ("rel", rel), ("type", "application/rss+xml")]);
    };
    link("self", this);
    if last == 1 {
        return;
    }
    link("first", 1);
    if this > 1 {
        link("prev", this - 1);
    }
    if this < last {
        link("next", this + 1);
    }
    link("last", last);
}

fn itunes(xml: &mut Xml, facts: &ShowFacts, artwork_url: Option<&str>) {
    xml.text_if("itunes:author", &facts.author);
    owner(xml, facts);
    for category in facts.categories.iter().filter_map(|text| Category::parse(text)) {
        match category.sub {
            Some(sub) => {
                xml.open("itunes:category", &[("text", category.group)]);
                xml.empty("itunes:category", &[("text", sub)]);
                xml.close("itunes:category");
            }
            None => xml.empty("itunes:category", &[("text", category.group)]),
        }
    }
    xml.text("itunes:explicit", if facts.explicit { "true" } else { "false" });
    xml.text("itunes:type", if facts.kind == ShowKind::Serial { "serial" } else { "episodic" });
    if let Some(url) = artwork_url {
        xml.empty("itunes:image", &[("href", url)]);
    }
    if facts.complete {
        xml.text("itunes:complete", "yes");
    }
    if facts.block {
        xml.text("itunes:block", "yes");
    }
    xml.text_if("itunes:new-feed-url", facts.new_feed_url.as_deref().unwrap_or_default());
    xml.text_if("itunes:applepodcastsverify", &facts.apple_verify);
}

fn owner(xml: &mut Xml, facts: &ShowFacts) {
    if facts.owner_email.is_empty() {
        return;
    }
    let name = if facts.owner_name.trim().is_empty() { &facts.author } else { &facts.owner_name };
    xml.open("itunes:owner", &[]);
    xml.text_if("itunes:name", name);
    xml.text("itunes:email", &facts.owner_email);
    xml.close("itunes:owner");
}
