//! The podcast feed: RSS 2.0 with the iTunes and Podcasting 2.0 namespaces (PSP-1), written from borrowed facts.
//! The same facts give the same bytes. It knows no store and makes no addresses except those of its pages.

mod channel;
mod item;
mod live;
mod people;
mod podcast;
mod text;

use rostrum_domain::Timestamp;
use rostrum_domain::episode::Episode;
use rostrum_domain::show::Show;

pub use live::{LiveItem, LiveStatus};
pub use text::rfc2822;

use text::Xml;

/// Longest description in a feed, in bytes (PSP-1).
pub const DESCRIPTION_MAX: usize = 4000;

/// A page of a show's feed and everything in it; addresses are absolute.
#[derive(Debug, Clone)]
pub struct Channel<'a> {
    /// The show.
    pub show: &'a Show,
    /// Where the feed is served; its first page.
    pub feed_url: &'a str,
    /// The show's page, for a show without a site of its own.
    pub page_url: &'a str,
    /// The show's artwork, if there is any.
    pub artwork_url: Option<&'a str>,
    /// What makes the feed a page in a browser: CSS, or XSLT where the name ends in `.xsl`.
    pub stylesheet_url: Option<&'a str>,
    /// The published episodes of this page, newest first.
    pub items: Vec<Item<'a>>,
    /// The published trailers of the whole show, newest first.
    pub trailers: Vec<Trailer<'a>>,
    /// What is on air or about to be.
    pub live: Vec<LiveItem<'a>>,
    /// Which page this is.
    pub paging: Paging,
    /// When anything in the feed last changed.
    pub last_build: Timestamp,
    /// The name and version of what made it.
    pub generator: &'a str,
}

/// A page of a long feed (RFC 5005), counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paging {
    /// This page.
    pub this: u32,
    /// The last page.
    pub last: u32,
}

/// An episode and where its files are.
#[derive(Debug, Clone)]
pub struct Item<'a> {
    /// The episode.
    pub episode: &'a Episode,
    /// Its page, for an episode without one elsewhere.
    pub page_url: String,
    /// The recording every app plays.
    pub enclosure: Enclosure<'a>,
    /// The same in other encodings.
    pub alternates: Vec<Alternate<'a>>,
    /// Its transcript in each served form.
    pub transcripts: Vec<TranscriptLink<'a>>,
    /// Its JSON chapters, if it has chapters.
    pub chapters_url: Option<String>,
    /// Artwork of its own.
    pub artwork_url: Option<String>,
}

/// The recording of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enclosure<'a> {
    /// Where it is; ASCII, ends in the type's extension.
    pub url: String,
    /// Exactly the bytes served.
    pub bytes: i64,
    /// Its media type.
    pub mime: &'a str,
    /// How long it lasts, in milliseconds.
    pub duration_ms: i64,
}

/// A recording in another encoding (`podcast:alternateEnclosure`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alternate<'a> {
    /// Where it is.
    pub url: String,
    /// Exactly the bytes served.
    pub bytes: i64,
    /// Its media type.
    pub mime: &'a str,
    /// Average bit/s; zero where it is not known.
    pub bitrate: i64,
    /// A name for people, at most 32 characters.
    pub title: &'a str,
    /// RFC 6381 codecs, as in `mp4a.40.2`; empty where none are said.
    pub codecs: &'a str,
    /// SHA-256 of its bytes in hex; empty where it is not known.
    pub sha256_hex: &'a str,
    /// Whether it is the very file of the enclosure.
    pub default: bool,
}

/// A transcript in one form (`podcast:transcript`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TranscriptLink<'a> {
    /// Where it is.
    pub url: String,
    /// Its media type.
    pub mime: &'a str,
    /// Its language, if it is not the show's.
    pub language: Option<&'a str>,
    /// `captions` for forms with times.
    pub rel: Option<&'a str>,
}

/// A trailer of the show or of a season (`podcast:trailer`).
#[derive(Debug, Clone)]
pub struct Trailer<'a> {
    /// The published episode of the kind trailer.
    pub episode: &'a Episode,
    /// Its recording.
    pub enclosure: Enclosure<'a>,
}

/// Writes a page of a feed. Characters that XML 1.0 does not allow are left out; no text can become markup.
pub fn write(channel: &Channel<'_>) -> String {
    let mut xml = Xml::new();
    if let Some(url) = channel.stylesheet_url {
        xml.stylesheet(url);
    }
    let mut spaces = vec![
        ("version", "2.0"),
        ("xmlns:atom", "http://www.w3.org/2005/Atom"),
        ("xmlns:content", "http://purl.org/rss/1.0/modules/content/"),
        ("xmlns:itunes", "http://www.itunes.com/dtds/podcast-1.0.dtd"),
        ("xmlns:podcast", "https://podcastindex.org/namespace/1.0"),
    ];
    // Who reads a feed without its stylesheet is a program.
    let for_people = channel.stylesheet_url.is_some();
    spaces.extend(for_people.then_some(("xmlns:xhtml", "http://www.w3.org/1999/xhtml")));
    xml.open("rss", &spaces);
    xml.open("channel", &[]);
    channel::write(&mut xml, channel);
    if for_people {
        people::write(&mut xml, channel);
    }
    for entry in &channel.live {
        live::write(&mut xml, entry);
    }
    for entry in &channel.items {
        item::write(&mut xml, &channel.show.facts, entry);
    }
    xml.close("channel");
    xml.close("rss");
    xml.finish()
}

/// The address of a feed's page; the first page is the feed itself.
pub fn page_url(feed_url: &str, page: u32) -> String {
    match (page, feed_url.contains('?')) {
        (..=1, _) => feed_url.to_owned(),
        (_, false) => format!("{feed_url}?page={page}"),
        (_, true) => format!("{feed_url}&page={page}"),
    }
}

#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;
