//! Samples of the search page.

use super::{LONG, RTL, Rendered, art, page, render, when};
use crate::views::Sampled;
use crate::views::search::{Hit, Quote, Run, Search};

pub(super) fn all() -> Vec<Rendered> {
    render::<Search>()
}

fn runs(parts: [&str; 3]) -> Vec<Run> {
    parts.iter().enumerate().map(|(at, text)| Run { text: (*text).to_owned(), hit: at == 1 }).collect()
}

fn hit(title: [&str; 3]) -> Hit {
    let quote = |start_ms: i64, speaker: &str| Quote {
        path: format!("/shows/harbour-talk/episode-1?t={}", start_ms / 1000),
        start_ms,
        speaker: speaker.into(),
        text: runs(["And then the ", "ferry", " simply did not turn, so we waved at it."]),
    };
    Hit {
        path: "/shows/harbour-talk/episode-1".into(),
        title: runs(title),
        show: "Harbour Talk".into(),
        show_path: "/shows/harbour-talk".into(),
        art: art("Harbour Talk"),
        published: when(3),
        duration_ms: 2_553_000,
        excerpt: runs(["Captain Holm has taken the ", "ferry", " across the sound eleven thousand times."]),
        quotes: vec![quote(83_000, "Mette"), quote(3_683_000, "")],
    }
}

impl Sampled for Search {
    const NAME: &'static str = "search";

    fn samples() -> Vec<(&'static str, Self)> {
        let usual = Self {
            page: page("Search", "/search"),
            query: "ferry".into(),
            hits: vec![hit(["The last ", "ferry", ""]), hit([LONG, "ferry", ""]), hit([RTL, "ferry", ""])],
            cut: false,
        };
        let none = Self { query: "zzz".into(), hits: Vec::new(), ..usual.clone() };
        let many = Self { cut: true, ..usual.clone() };
        let start = Self { query: String::new(), ..none.clone() };
        vec![("usual", usual), ("many", many), ("none", none), ("start", start)]
    }
}
