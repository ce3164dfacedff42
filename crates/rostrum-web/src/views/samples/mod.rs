//! Made-up content for every page: the usual, the empty, the endless, the right-to-left. Rendered by a test, and by the
//! gallery for looking at.

mod access;
mod listening;
mod live;
mod making;
mod rooms;
mod searching;
mod studio;

use rostrum_domain::Timestamp;
use rostrum_domain::episode::EpisodeKind;
use rostrum_domain::user::Role;

use super::{Art, EpisodeCard, Page, Sampled, ShowCard, Viewer, When};
use crate::words;

/// A title that no layout expects.
pub(crate) const LONG: &str = "How the harbour pilots of a town that no longer exists kept a lighthouse burning \
     through forty-one winters, and what their logbooks, ledgers and love letters tell us about patience, weather \
     and unpaid work";
/// Text that runs from right to left.
pub(crate) const RTL: &str = "أصوات المدينة: حديث مع عازفة العود";
/// A word without a place to break it.
pub(crate) const UNBROKEN: &str =
    "RindfleischetikettierungsüberwachungsaufgabenübertragungsgesetzDonaudampfschifffahrt";

/// A rendered sample.
pub struct Rendered {
    /// Page and sample, as in `show-long`; also its file name.
    pub name: String,
    /// The HTML.
    pub html: String,
}

/// Every sample of every page, in a language.
pub fn gallery(lang: rostrum_words::Lang) -> Vec<Rendered> {
    words::in_language(lang, pages)
}

fn pages() -> Vec<Rendered> {
    let all =
        [access::all(), listening::all(), searching::all(), live::all(), making::all(), studio::all(), rooms::all()];
    all.into_iter().flatten().collect()
}

/// Every sample of one page.
pub(crate) fn render<T: Sampled>() -> Vec<Rendered> {
    let render = |(name, view): (&str, T)| Rendered {
        name: format!("{}-{name}", T::NAME),
        html: view.render().expect("a template only fails when writing to memory does"),
    };
    T::samples().into_iter().map(render).collect()
}

pub(crate) fn page(title: &str, path: &str) -> Page {
    let (title, path) = (title.to_owned(), path.to_owned());
    Page { site: "Harbour Radio".into(), lang: words::lang(), title, here: path.clone(), path, ..Page::default() }
}

pub(crate) fn signed_in(title: &str, path: &str) -> Page {
    let viewer = Viewer { name: "Ada Lindqvist".into(), role: Role::Owner };
    Page { viewer: Some(viewer), ..page(title, path) }
}

pub(crate) fn when(days_ago: i64) -> When {
    let newest = 1_795_197_600;
    When::from(Timestamp::from_second(newest - days_ago * 86_400).expect("a date of this century"))
}

/// A waveform that looks like speech: phrases with pauses between them.
pub(crate) fn wave(count: u32, seed: u32) -> Vec<u8> {
    (0..count)
        .map(|at| {
            let noise = (at.wrapping_mul(2_654_435_761).wrapping_add(seed.wrapping_mul(40_503)) >> 13) % 100;
            let phrase = (f64::from(at) * 0.21 + f64::from(seed)).sin().abs() * 0.75 + 0.25;
            let level = f64::from(noise) * phrase;
            u8::try_from(level.round() as i64).unwrap_or(100).max(4)
        })
        .collect()
}

pub(crate) fn art(title: &str) -> Art {
    Art { url: None, title: title.into() }
}

pub(crate) fn show_card(title: &str, subtitle: &str) -> ShowCard {
    ShowCard {
        path: "/shows/harbour-talk".into(),
        title: title.into(),
        subtitle: subtitle.into(),
        author: "Ada Lindqvist".into(),
        lang: "en".into(),
        art: art(title),
        episodes: 42,
        latest: Some(when(0)),
    }
}

pub(crate) fn episode_card(at: u32, title: &str) -> EpisodeCard {
    EpisodeCard {
        id: format!("01J{at:0>23}"),
        path: format!("/shows/harbour-talk/episode-{at}"),
        title: title.into(),
        show: "Harbour Talk".into(),
        show_path: "/shows/harbour-talk".into(),
        art: art("Harbour Talk"),
        published: when(i64::from(at) * 7),
        duration_ms: 1_853_000 + i64::from(at % 9) * 517_000,
        numbering: format!("S2 · E{}", 40_u32.saturating_sub(at % 40)),
        kind: if at % 11 == 4 { EpisodeKind::Trailer } else { EpisodeKind::Full },
        explicit: at % 5 == 3,
        summary: SUMMARIES[at as usize % SUMMARIES.len()].into(),
        audio: Some("/media/sample/episode.mp3".into()),
        peaks: Some("/media/sample/peaks.json".into()),
        wave: wave(64, at),
    }
}

pub(crate) fn episodes(count: u32) -> Vec<EpisodeCard> {
    (1..=count).map(|at| episode_card(at, TITLES[at as usize % TITLES.len()])).collect()
}

const TITLES: [&str; 7] = [
    "The last ferry, and who still takes it",
    "Salt, rope and a borrowed accordion",
    "What the tide table leaves out",
    "A night with the crane drivers",
    "Letters from the quarantine island",
    "The woman who tunes foghorns",
    "Everything we know about eels",
];

const SUMMARIES: [&str; 4] = [
    "Captain Mette Holm has crossed the sound eleven thousand times. On her last week at the wheel she tells us \
     what she counted on the way.",
    "Two sisters repair instruments in a shed that floods twice a year.",
    "Why the harbour clock is four minutes fast, and why nobody may change it.",
    "",
];
