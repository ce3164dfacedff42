//! The ground under the feed: well-formed XML whatever the texts hold, dates and numbers as feeds write them.

use std::borrow::Cow;

use quick_xml::Writer;
use quick_xml::escape::{escape, partial_escape};
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesCData, BytesDecl, BytesEnd, BytesPI, BytesStart, BytesText, Event};
use quick_xml::name::QName;
use rostrum_domain::Timestamp;

/// Name and value of attributes.
pub(super) type Attributes<'a> = [(&'a str, &'a str)];

/// An XML document that grows.
pub(super) struct Xml(Writer<Vec<u8>>);

impl Xml {
    /// A document with its declaration.
    pub(super) fn new() -> Self {
        let mut xml = Self(Writer::new_with_indent(Vec::with_capacity(64 << 10), b' ', 1));
        xml.put(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
        xml
    }

    /// Names the stylesheet; goes before the root element.
    pub(super) fn stylesheet(&mut self, url: &str) {
        let path = url.split(['?', '#']).next().unwrap_or_default();
        let mime = if path.ends_with(".xsl") { "text/xsl" } else { "text/css" };
        let content = format!("xml-stylesheet type=\"{mime}\" href=\"{}\"", attribute(url));
        self.put(Event::PI(BytesPI::new(content)));
    }

    /// Opens an element.
    pub(super) fn open(&mut self, name: &str, attributes: &Attributes<'_>) {
        self.put(Event::Start(start(name, attributes)));
    }

    /// Closes it.
    pub(super) fn close(&mut self, name: &str) {
        self.put(Event::End(BytesEnd::new(name)));
    }

    /// An element without content.
    pub(super) fn empty(&mut self, name: &str, attributes: &Attributes<'_>) {
        self.put(Event::Empty(start(name, attributes)));
    }

    /// An element with text, trimmed, since readers do not trim.
    pub(super) fn text(&mut self, name: &str, text: &str) {
        self.text_with(name, &[], text);
    }

    /// An element with text, unless there is none.
    pub(super) fn text_if(&mut self, name: &str, text: &str) {
        if !legal(text).trim().is_empty() {
            self.text(name, text);
        }
    }

    /// An element with attributes and text.
    pub(super) fn text_with(&mut self, name: &str, attributes: &Attributes<'_>, text: &str) {
        let text = legal(text);
        let text = partial_escape(text.trim());
        self.open(name, attributes);
        self.put(Event::Text(BytesText::from_escaped(text)));
        self.close(name);
    }

    /// An element with HTML in CDATA sections, as readers of feeds like it.
    pub(super) fn html(&mut self, name: &str, html: &str) {
        let html = legal(html).replace("\r\n", "\n").replace('\r', "\n");
        self.open(name, &[]);
        for part in BytesCData::escaped(html.trim()) {
            self.put(Event::CData(part));
        }
        self.close(name);
    }

    /// The document.
    pub(super) fn finish(self) -> String {
        let mut text = String::from_utf8(self.0.into_inner()).expect("only strings were written");
        text.push('\n');
        text
    }

    fn put(&mut self, event: Event<'_>) {
        self.0.write_event(event).expect("writing to memory does not fail");
    }
}

fn start<'a>(name: &'a str, attributes: &Attributes<'a>) -> BytesStart<'a> {
    let mut start = BytesStart::new(name);
    for (key, value) in attributes {
        start.push_attribute(Attribute { key: QName(key), value: attribute(value).into() });
    }
    start
}

/// An attribute's value; readers make spaces of bare line breaks and tabs, so these are written as references.
fn attribute(value: &str) -> String {
    escape(legal(value)).replace('\n', "&#10;").replace('\t', "&#9;")
}

/// A text without the characters that XML 1.0 (section 2.2) does not allow.
pub(super) fn legal(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_legal) { Cow::Borrowed(text) } else { text.chars().filter(|c| is_legal(*c)).collect() }
}

fn is_legal(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)
}

/// A date as RSS wants it (RFC 2822), in UTC: `Fri, 24 May 2024 08:00:00 +0000`.
pub fn rfc2822(at: Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

/// Seconds with as many decimals as milliseconds need, at least one: `73.0`, `1234.25`.
pub(super) fn seconds(millis: i64) -> String {
    let text = format!("{}.{:03}", millis.max(0) / 1000, millis.max(0) % 1000);
    let short = text.trim_end_matches('0');
    if short.ends_with('.') { format!("{short}0") } else { short.to_owned() }
}

/// A text of at most `max` characters.
pub(super) fn at_most(text: &str, max: usize) -> &str {
    text.char_indices().nth(max).map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_seconds() {
        let at = |text: &str| text.parse::<Timestamp>().expect("a good time");
        assert_eq!(rfc2822(at("2023-05-24T22:01:02.9Z")), "Wed, 24 May 2023 22:01:02 +0000");
        assert_eq!(rfc2822(at("2026-01-01T00:00:00Z")), "Thu, 01 Jan 2026 00:00:00 +0000");
        for (millis, text) in [(0, "0.0"), (73_000, "73.0"), (1_234_250, "1234.25"), (5, "0.005"), (-1, "0.0")] {
            assert_eq!(seconds(millis), text);
        }
    }

    #[test]
    fn illegal_characters_are_left_out() {
        assert_eq!(legal("a\u{0}b\u{b}c\u{1f}d\u{fffe}e\u{ffff}\u{1f600}\t\n"), "abcde\u{1f600}\t\n");
        assert_eq!(at_most("äöü", 2), "äö");
        assert_eq!(at_most("ä", 2), "ä");
    }

    #[test]
    fn a_stylesheet_cannot_end_its_instruction() {
        let mut xml = Xml::new();
        xml.stylesheet("/feed.css?>\"<x>");
        let text = xml.finish();
        assert!(text.contains("type=\"text/css\" href=\"/feed.css?&gt;&quot;&lt;x&gt;\"?>"), "{text}");
    }
}
