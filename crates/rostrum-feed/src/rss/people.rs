//! What a person sees who opens a feed in a browser: the show and its episodes as links, in XHTML, which browsers treat
//! as their own wherever it stands and programs pass over. It stands apart from the items, which programs read.

use super::text::Xml;
use super::{Channel, Item};
use crate::notes;

/// Characters of a show's description.
const ABOUT_MAX: usize = 600;

/// Writes the page inside the feed.
pub(super) fn write(xml: &mut Xml, channel: &Channel<'_>) {
    let facts = &channel.show.facts;
    xml.open("xhtml:div", &[]);
    link(xml, channel.page_url, &facts.title);
    xml.text_if("xhtml:p", &facts.author);
    xml.text_if("xhtml:p", &notes::plain(&facts.description, ABOUT_MAX));
    if !channel.items.is_empty() {
        xml.open("xhtml:ol", &[]);
        channel.items.iter().for_each(|item| episode(xml, item));
        xml.close("xhtml:ol");
    }
    xml.close("xhtml:div");
}

fn episode(xml: &mut Xml, item: &Item<'_>) {
    xml.open("xhtml:li", &[]);
    link(xml, &item.page_url, &item.episode.facts.title);
    if let Some(at) = item.episode.published_at {
        xml.text("xhtml:time", &at.strftime("%Y-%m-%d").to_string());
    }
    xml.close("xhtml:li");
}

fn link(xml: &mut Xml, url: &str, words: &str) {
    xml.text_with("xhtml:a", &[("href", url)], words);
}
