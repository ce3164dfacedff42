//! What is on air or about to be: `podcast:liveItem` of the podcast namespace.

use rostrum_domain::Timestamp;

use super::podcast::alternate;
use super::text::Xml;
use super::{Alternate, DESCRIPTION_MAX};
use crate::notes::feed_html_within;

/// Where a live item stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LiveStatus {
    /// Announced.
    Pending,
    /// On air.
    Live,
    /// Over; its episode is not out yet.
    Ended,
}

impl LiveStatus {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Live => "live",
            Self::Ended => "ended",
        }
    }
}

/// A live event of the show.
#[derive(Debug, Clone)]
pub struct LiveItem<'a> {
    /// Names it, in this feed and for ever; not the guid of the episode to come.
    pub guid: String,
    /// Its title.
    pub title: &'a str,
    /// What it is about, in Markdown.
    pub description: &'a str,
    /// Where it stands.
    pub status: LiveStatus,
    /// When it begins, or began.
    pub start: Timestamp,
    /// When it ended.
    pub end: Option<Timestamp>,
    /// Its page.
    pub page_url: String,
    /// The endless MP3.
    pub stream_url: String,
    /// The same in other encodings.
    pub alternates: Vec<Alternate<'a>>,
}

/// Writes a live item. The stream has no length to tell, so it tells none.
pub(super) fn write(xml: &mut Xml, item: &LiveItem<'_>) {
    let (start, end) = (item.start.to_string(), item.end.map(|end| end.to_string()));
    let mut attributes = vec![("status", item.status.as_str()), ("start", start.as_str())];
    attributes.extend(end.as_deref().map(|end| ("end", end)));
    xml.open("podcast:liveItem", &attributes);
    xml.text("title", item.title);
    xml.text("link", &item.page_url);
    xml.text_with("guid", &[("isPermaLink", "false")], &item.guid);
    if !item.description.is_empty() {
        xml.html("description", &feed_html_within(item.description, DESCRIPTION_MAX));
    }
    xml.empty("enclosure", &[("url", &item.stream_url), ("type", "audio/mpeg"), ("length", "0")]);
    for entry in &item.alternates {
        alternate(xml, entry);
    }
    xml.text_with("podcast:contentLink", &[("href", &item.page_url)], item.title);
    xml.close("podcast:liveItem");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_live_item_says_where_it_is_heard() {
        let at = |second| Timestamp::from_second(second).expect("small numbers are times");
        let item = LiveItem {
            guid: "01-live".into(),
            title: "Rivers & <bridges>",
            description: "About *water*.",
            status: LiveStatus::Live,
            start: at(0),
            end: None,
            page_url: "https://example.org/rooms/rivers".into(),
            stream_url: "https://example.org/live/rivers.mp3".into(),
            alternates: Vec::new(),
        };
        let written = |item: &LiveItem<'_>| {
            let mut xml = Xml::new();
            write(&mut xml, item);
            xml.finish()
        };
        let text = written(&item);
        for part in [
            r#"<podcast:liveItem status="live" start="1970-01-01T00:00:00Z">"#,
            "<title>Rivers &amp; &lt;bridges&gt;</title>",
            r#"<guid isPermaLink="false">01-live</guid>"#,
            r#"<enclosure url="https://example.org/live/rivers.mp3" type="audio/mpeg" length="0"/>"#,
            r#"<podcast:contentLink href="https://example.org/rooms/rivers">"#,
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
        let over = written(&LiveItem { status: LiveStatus::Ended, end: Some(at(60)), ..item });
        assert!(over.contains(r#"status="ended" start="1970-01-01T00:00:00Z" end="1970-01-01T00:01:00Z""#), "{over}");
    }
}
