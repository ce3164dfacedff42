//! What a feed says of an episode: RSS core and iTunes; the podcast namespace has a file of its own.

use rostrum_domain::episode::{EpisodeFacts, EpisodeKind};
use rostrum_domain::show::ShowFacts;

use super::text::Xml;
use super::{DESCRIPTION_MAX, Item, podcast, rfc2822};
use crate::notes::{escape, feed_html, feed_html_within};

/// Writes an item.
pub(super) fn write(xml: &mut Xml, show: &ShowFacts, item: &Item<'_>) {
    let facts = &item.episode.facts;
    let enclosure = &item.enclosure;
    xml.open("item", &[]);
    xml.text("title", &facts.title);
    xml.text("link", facts.link.as_deref().unwrap_or(&item.page_url));
    xml.text_with("guid", &[("isPermaLink", "false")], &item.episode.guid);
    if let Some(at) = item.episode.published_at {
        xml.text("pubDate", &rfc2822(at));
    }
    let bytes = enclosure.bytes.to_string();
    xml.empty("enclosure", &[("url", &enclosure.url), ("length", &bytes), ("type", enclosure.mime)]);
    notes(xml, facts);
    itunes(xml, show, item);
    podcast::episode(xml, item);
    xml.close("item");
}

/// The notes where they fit, else their beginning and all of them beside it; without notes the summary. There is no
/// `itunes:summary`: Apple dropped it, PSP-1 has none, and readers take it for the description.
fn notes(xml: &mut Xml, facts: &EpisodeFacts) {
    let whole = feed_html(&facts.notes);
    let summary = facts.summary.trim();
    if whole.trim().is_empty() {
        if !summary.is_empty() {
            xml.html("description", &format!("<p>{}</p>", escape(summary)));
        }
    } else if whole.len() <= DESCRIPTION_MAX {
        xml.html("description", &whole);
    } else {
        xml.html("description", &feed_html_within(&facts.notes, DESCRIPTION_MAX));
        xml.html("content:encoded", &whole);
    }
}

fn itunes(xml: &mut Xml, show: &ShowFacts, item: &Item<'_>) {
    let facts = &item.episode.facts;
    xml.text("itunes:title", &facts.title);
    let duration_s = (item.enclosure.duration_ms.max(0) + 500) / 1000;
    xml.text("itunes:duration", &duration_s.max(1).to_string());
    let explicit = facts.explicit.unwrap_or(show.explicit);
    xml.text("itunes:explicit", if explicit { "true" } else { "false" });
    let kind = match facts.kind {
        EpisodeKind::Full => "full",
        EpisodeKind::Trailer => "trailer",
        EpisodeKind::Bonus => "bonus",
    };
    xml.text("itunes:episodeType", kind);
    if let Some(season) = facts.season.filter(|number| *number >= 1) {
        xml.text("itunes:season", &season.to_string());
    }
    if let Some(number) = facts.number.filter(|number| *number >= 1) {
        xml.text("itunes:episode", &number.to_string());
    }
    if let Some(url) = &item.artwork_url {
        xml.empty("itunes:image", &[("href", url)]);
    }
    if facts.block {
        xml.text("itunes:block", "yes");
    }
}
