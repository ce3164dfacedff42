//! A show's page: what it is, how to subscribe, its episodes, the people behind it.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::parts::{LinkText, Person};
use super::{Art, EpisodeCard, Page, Pager, RoomCard, Safe, filters};

/// What must be escaped inside a query value.
const QUERY: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'&').add(b'+').add(b'/').add(b':').add(b'=').add(b'?').add(b'%');

/// A show's page.
#[derive(Debug, Clone, askama::Template)]
#[template(path = "show.html")]
pub struct Show {
    /// What every page knows.
    pub page: Page,
    /// The title.
    pub title: String,
    /// One sentence.
    pub subtitle: String,
    /// Who makes it.
    pub author: String,
    /// The show's language.
    pub lang: String,
    /// Its picture.
    pub art: Art,
    /// The description, sanitised.
    pub description_html: Safe,
    /// Whether it is marked explicit.
    pub explicit: bool,
    /// Whether no further episode will come.
    pub complete: bool,
    /// Its categories in words.
    pub categories: Vec<String>,
    /// How often it comes, in words; empty for unknown.
    pub frequency: String,
    /// The copyright line.
    pub copyright: String,
    /// The licence, with the address of its text.
    pub license: Option<LinkText>,
    /// The show's own website.
    pub website: Option<String>,
    /// The feed's absolute address.
    pub feed_url: String,
    /// The path of the QR code picture.
    pub qr: String,
    /// The newest episode (or, of a serial show, the first).
    pub start: Option<EpisodeCard>,
    /// The words of the button that plays `start`, as in `Play the newest`.
    pub start_label: String,
    /// Its public rooms: on air first, then what is next.
    pub rooms: Vec<RoomCard>,
    /// Its calendar, once it has rooms to tell of.
    pub calendar: Option<String>,
    /// This page of the episodes.
    pub episodes: Vec<EpisodeCard>,
    /// Where this page stands among the others.
    pub pager: Pager,
    /// Who takes part.
    pub persons: Vec<Person>,
    /// Ways to support it.
    pub funding: Vec<LinkText>,
    /// Other shows it recommends.
    pub podroll: Vec<LinkText>,
    /// Where the viewer may edit it.
    pub edit: Option<String>,
}

impl Show {
    /// Links that open the feed in a podcast app.
    pub fn apps(&self) -> Vec<LinkText> {
        subscribe_links(&self.feed_url, &self.title)
    }
}

/// Links that open a feed in a podcast app, from the feed's absolute address.
pub fn subscribe_links(feed_url: &str, title: &str) -> Vec<LinkText> {
    let bare = feed_url.split_once("://").map_or(feed_url, |(_, rest)| rest);
    let (feed, name) = (utf8_percent_encode(feed_url, QUERY), utf8_percent_encode(title, QUERY));
    [
        ("Apple Podcasts", format!("podcast://{bare}")),
        ("Overcast", format!("overcast://x-callback-url/add?url={feed}")),
        ("Pocket Casts", format!("pktc://subscribe/{bare}")),
        ("AntennaPod", format!("https://antennapod.org/deeplink/subscribe?url={feed}&title={name}")),
        ("Podcast Addict", format!("podcastaddict://{bare}")),
    ]
    .map(|(text, url)| LinkText { text: text.to_owned(), url })
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn app_links_carry_the_feed() {
        let links = subscribe_links("https://pod.example/shows/talk/feed.xml", "Q & A");
        assert_eq!(links[0].url, "podcast://pod.example/shows/talk/feed.xml");
        assert!(links[3].url.ends_with("url=https%3A%2F%2Fpod.example%2Fshows%2Ftalk%2Ffeed.xml&title=Q%20%26%20A"));
    }
}
