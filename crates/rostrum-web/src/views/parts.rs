//! The pieces that several pages share: what a page knows of itself and its reader, cards, times, paging.

use std::fmt;

use rostrum_domain::Timestamp;
use rostrum_domain::episode::EpisodeKind;
use rostrum_domain::user::Role;
use rostrum_words::Lang;

use crate::words::say;

/// HTML that is already safe. Only two may build it: the sanitiser of show notes and of show descriptions, from their
/// Markdown; everything else is text and gets escaped by the templates.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Safe(pub String);

impl fmt::Display for Safe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl askama::filters::HtmlSafe for Safe {}

/// What every page knows.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// The site's name.
    pub site: String,
    /// The language of the page's own words.
    pub lang: Lang,
    /// The document's title, without the site's name.
    pub title: String,
    /// The path of this page, as in `/admin/shows`; decides what the navigation marks as current.
    pub path: String,
    /// The path and query to come back to when the language is changed.
    pub here: String,
    /// Who is signed in.
    pub viewer: Option<Viewer>,
    /// A word about what the last action did.
    pub flash: Option<Flash>,
    /// What link previews and search engines are told; public pages fill it.
    pub meta: Meta,
}

impl Page {
    /// Whether this page is `path` or lies below it.
    pub fn within(&self, path: &str) -> bool {
        self.path == path || self.path.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'))
    }

    /// Whether the viewer may manage people and see the audit log.
    pub fn is_admin(&self) -> bool {
        self.viewer.as_ref().is_some_and(|viewer| viewer.role >= Role::Admin)
    }
}

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub struct Viewer {
    /// What pages call them.
    pub name: String,
    /// Their role on the site.
    pub role: Role,
}

/// What link previews, feed readers and search engines are told about a page.
#[derive(Debug, Clone, Default)]
pub struct Meta {
    /// One or two plain sentences.
    pub description: String,
    /// The absolute address of this page.
    pub url: Option<String>,
    /// The absolute address of a picture.
    pub image: Option<String>,
    /// The absolute address of the sound, on episode pages.
    pub audio: Option<String>,
    /// Feeds that belong to the page: title and absolute address.
    pub feeds: Vec<(String, String)>,
    /// The absolute address of the oEmbed document, on episode pages.
    pub oembed: Option<String>,
    /// The path of the show's colour sheet (see [`super::theme::stylesheet`]).
    pub theme: Option<String>,
    /// Whether search engines should leave it out.
    pub noindex: bool,
}

/// A word about what just happened, shown once at the top.
#[derive(Debug, Clone)]
pub struct Flash {
    /// How it went.
    pub kind: FlashKind,
    /// A sentence.
    pub text: String,
}

/// How something went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlashKind {
    /// It was done.
    Done,
    /// It was not done, or needs attention.
    Failed,
}

/// A moment: machine-readable, and in words for pages without script (scripts put it into the reader's zone).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct When {
    /// RFC 3339, UTC, to the second.
    pub iso: String,
    /// The same, for words in the reader's language.
    pub at: Timestamp,
}

impl From<Timestamp> for When {
    fn from(at: Timestamp) -> Self {
        let at = Timestamp::from_second(at.as_second()).unwrap_or(at);
        Self { iso: at.to_string(), at }
    }
}

/// A picture of a show or episode, or the letters that stand in for it.
#[derive(Debug, Clone, Default)]
pub struct Art {
    /// The path of the square picture; none shows the letters.
    pub url: Option<String>,
    /// What it belongs to; gives letters, hue and the words for screen readers.
    pub title: String,
}

/// A live room on the front page and on its show's page.
#[derive(Debug, Clone)]
pub struct RoomCard {
    /// Its page.
    pub path: String,
    /// Its title.
    pub title: String,
    /// The show's title.
    pub show: String,
    /// The show's picture.
    pub art: Art,
    /// Whether it is on air.
    pub live: bool,
    /// When it is planned to begin.
    pub starts: Option<When>,
}

/// A show in a list.
#[derive(Debug, Clone)]
pub struct ShowCard {
    /// Its page.
    pub path: String,
    /// Its title.
    pub title: String,
    /// One sentence.
    pub subtitle: String,
    /// Who makes it.
    pub author: String,
    /// Its language.
    pub lang: String,
    /// Its picture.
    pub art: Art,
    /// How many published episodes it has.
    pub episodes: u64,
    /// When the newest came.
    pub latest: Option<When>,
}

/// An episode in a list, playable where it stands.
#[derive(Debug, Clone)]
pub struct EpisodeCard {
    /// Its id, the key under which browsers remember the place one left.
    pub id: String,
    /// Its page.
    pub path: String,
    /// Its title.
    pub title: String,
    /// The show's title.
    pub show: String,
    /// The show's page.
    pub show_path: String,
    /// Its picture (the show's where it has none).
    pub art: Art,
    /// When it was published.
    pub published: When,
    /// Its length in milliseconds.
    pub duration_ms: i64,
    /// Season and number as text, as in `S2 · E14`; empty for none.
    pub numbering: String,
    /// Full, trailer or bonus.
    pub kind: EpisodeKind,
    /// Whether it is marked explicit.
    pub explicit: bool,
    /// One or two plain sentences.
    pub summary: String,
    /// The path of the MP3; none hides the play button.
    pub audio: Option<String>,
    /// The path of the waveform peaks.
    pub peaks: Option<String>,
    /// A small waveform, at most 64 values of 0 to 100; empty shows none.
    pub wave: Vec<u8>,
}

/// Words and where they lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkText {
    /// The words.
    pub text: String,
    /// The address.
    pub url: String,
}

/// Somebody who takes part.
#[derive(Debug, Clone)]
pub struct Person {
    /// The name.
    pub name: String,
    /// What they do, as in `Host`.
    pub role: String,
    /// A page about them.
    pub href: Option<String>,
    /// A picture of them.
    pub image: Option<String>,
}

/// `S2 · E14`, `E14`, `Season 2` or nothing.
pub fn numbering(season: Option<u32>, number: Option<u32>) -> String {
    match (season, number) {
        (Some(season), Some(number)) => say("numbering-both").with("season", season).with("number", number).into(),
        (None, Some(number)) => say("numbering-number").with("number", number).into(),
        (Some(season), None) => say("numbering-season").with("season", season).into(),
        (None, None) => String::new(),
    }
}

/// A category, or one part of `Group > Part`, in the reader's language.
pub fn category(name: &str) -> String {
    let dashed = |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { ' ' };
    let dashed: String = name.chars().map(dashed).collect();
    let id = format!("category-{}", dashed.split_whitespace().collect::<Vec<_>>().join("-"));
    let words = say(&id).to_string();
    if words == id { name.to_owned() } else { words }
}

/// Where one is in a list that spans pages.
#[derive(Debug, Clone, Default)]
pub struct Pager {
    /// This page, from 1.
    pub page: u64,
    /// How many pages there are.
    pub pages: u64,
    /// How many things there are in all.
    pub total: u64,
    /// The address to which the page number is appended, as in `/shows/talk?page=`.
    pub stem: String,
}

impl Pager {
    /// The page before, if there is one.
    pub fn previous(&self) -> Option<u64> {
        (self.page > 1).then(|| self.page - 1)
    }

    /// The page after, if there is one.
    pub fn next(&self) -> Option<u64> {
        (self.page < self.pages).then(|| self.page + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words;

    #[test]
    fn moments_name_their_zone() {
        let when = When::from(Timestamp::from_second(1_795_197_600).expect("a valid second"));
        assert_eq!(when.iso, "2026-11-20T18:00:00Z");
        let told = || (words::day(when.at), words::moment(when.at));
        assert_eq!(told(), ("20 November 2026".into(), "20 November 2026, 18:00 UTC".into()));
        let german = words::in_language(Lang::find("de").expect("German is there"), told);
        assert_eq!(german, ("20. November 2026".into(), "20. November 2026, 18:00 Uhr UTC".into()));
    }

    #[test]
    fn navigation_marks_whole_segments() {
        let page = Page { path: "/admin/shows/talk".into(), ..Page::default() };
        assert!(page.within("/admin/shows") && !page.within("/admin/show") && page.within("/admin"));
    }

    #[test]
    fn paging_ends() {
        let pager = Pager { page: 1, pages: 2, total: 30, stem: "?page=".into() };
        assert_eq!((pager.previous(), pager.next()), (None, Some(2)));
        assert_eq!(Pager { page: 2, ..pager }.next(), None);
    }
}
