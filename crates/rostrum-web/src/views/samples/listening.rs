//! Samples of the pages that listeners see.

use rostrum_domain::chapter::Chapter;
use rostrum_domain::transcript::Cue;

use super::{
    LONG, RTL, Rendered, UNBROKEN, art, episode_card, episodes, page, render, show_card, signed_in, wave, when,
};
use crate::views::episode::{Download, Embed, Episode, Turn, turns};
use crate::views::error::ErrorPage;
use crate::views::home::Home;
use crate::views::parts::{LinkText, Person};
use crate::views::show::Show;
use crate::views::{Art, Meta, Page, Pager, RoomCard, Safe, Sampled};
use crate::words::say;

pub(super) fn all() -> Vec<Rendered> {
    [render::<Home>(), render::<Show>(), render::<Episode>(), render::<Embed>(), render::<ErrorPage>()]
        .into_iter()
        .flatten()
        .collect()
}

fn link(text: &str, url: &str) -> LinkText {
    LinkText { text: text.into(), url: url.into() }
}

fn public(title: &str, path: &str) -> Page {
    let address = format!("https://radio.example{path}");
    let meta = Meta {
        description: "Conversations from the quay, every Friday.".into(),
        url: Some(address),
        image: Some("https://radio.example/media/sample/art.jpg".into()),
        feeds: vec![("Harbour Talk".into(), "https://radio.example/shows/harbour-talk/feed.xml".into())],
        ..Meta::default()
    };
    Page { meta, ..page(title, path) }
}

impl Sampled for Home {
    const NAME: &'static str = "home";

    fn samples() -> Vec<(&'static str, Self)> {
        let shows = vec![
            show_card("Harbour Talk", "Conversations from the quay, every Friday."),
            show_card("Night Watch", "One voice, one hour, no music."),
            show_card("Kleine Hafenkunde", "Der Hafen in zehn Minuten erklärt."),
            show_card(LONG, LONG),
            show_card(RTL, RTL),
        ];
        let usual = Self {
            page: public("", "/"),
            rooms: room_cards(),
            lead: Some(episode_card(0, "The last ferry, and who still takes it")),
            shows,
            latest: episodes(8),
        };
        let long = Self { lead: Some(episode_card(0, LONG)), latest: vec![episode_card(1, UNBROKEN)], ..usual.clone() };
        let empty =
            Self { page: public("", "/"), rooms: Vec::new(), lead: None, shows: Vec::new(), latest: Vec::new() };
        let invite = Self { page: signed_in("", "/"), ..empty.clone() };
        let quiet = Self { shows: usual.shows[..1].to_vec(), ..invite.clone() };
        vec![("usual", usual), ("long", long), ("empty", empty), ("invite", invite), ("quiet", quiet)]
    }
}

fn show() -> Show {
    Show {
        page: public("Harbour Talk", "/shows/harbour-talk"),
        title: "Harbour Talk".into(),
        subtitle: "Conversations from the quay, every Friday.".into(),
        author: "Ada Lindqvist".into(),
        lang: "en".into(),
        art: art("Harbour Talk"),
        description_html: Safe(
            "<p>People who work where the land stops: pilots, cooks, crane drivers, customs officers and one \
             lighthouse keeper who never left.</p><p>Recorded outdoors, in any weather.</p>"
                .into(),
        ),
        explicit: true,
        complete: false,
        categories: vec!["Society & Culture > Documentary".into(), "Places & Travel".into()],
        frequency: "Every Friday".into(),
        copyright: "© 2026 Harbour Radio".into(),
        license: Some(link("CC BY-SA 4.0", "https://creativecommons.org/licenses/by-sa/4.0/")),
        website: Some("https://harbour.example".into()),
        feed_url: "https://radio.example/shows/harbour-talk/feed.xml".into(),
        qr: "/shows/harbour-talk/qr.svg".into(),
        start: Some(episode_card(0, "The last ferry, and who still takes it")),
        start_label: say("show-play-newest").into(),
        rooms: room_cards(),
        calendar: Some("/shows/harbour-talk/calendar.ics".into()),
        episodes: episodes(10),
        pager: Pager { page: 1, pages: 5, total: 42, stem: "/shows/harbour-talk?page=".into() },
        persons: persons(),
        funding: vec![link("Buy us a coffee", "https://example.org/coffee")],
        podroll: vec![link("Night Trains", "https://example.org/trains")],
        edit: None,
    }
}

fn room_cards() -> Vec<RoomCard> {
    let card = |title: &str, live: bool| RoomCard {
        path: "/rooms/the-last-ferry".into(),
        title: title.into(),
        show: "Harbour Talk".into(),
        art: art("Harbour Talk"),
        live,
        starts: Some(when(0)),
    };
    vec![card("The last ferry, live from the quay", true), card(LONG, false), card(RTL, false)]
}

fn persons() -> Vec<Person> {
    let person = |name: &str, role: &str, href: Option<&str>| Person {
        name: name.into(),
        role: role.into(),
        href: href.map(Into::into),
        image: None,
    };
    vec![
        person("Ada Lindqvist", "Host", Some("https://example.org/ada")),
        person("Mette Holm", "Guest", None),
        person("Nour Haddad", "Sound designer", None),
    ]
}

impl Sampled for Show {
    const NAME: &'static str = "show";

    fn samples() -> Vec<(&'static str, Self)> {
        let pager = Pager { page: 3, pages: 50, total: 500, ..show().pager };
        let long = Self {
            title: LONG.into(),
            subtitle: LONG.into(),
            author: UNBROKEN.into(),
            episodes: vec![episode_card(1, LONG), episode_card(2, UNBROKEN)],
            edit: Some("/admin/shows/harbour-talk".into()),
            ..show()
        };
        let bare = Self {
            subtitle: String::new(),
            frequency: String::new(),
            description_html: Safe("<p>Soon.</p>".into()),
            start: None,
            episodes: Vec::new(),
            pager: Pager::default(),
            persons: Vec::new(),
            funding: Vec::new(),
            podroll: Vec::new(),
            categories: Vec::new(),
            license: None,
            website: None,
            copyright: String::new(),
            ..show()
        };
        let rtl = Self { title: RTL.into(), subtitle: RTL.into(), lang: "ar".into(), ..show() };
        let many = Self { episodes: episodes(500), pager, ..show() };
        vec![("usual", show()), ("long", long), ("bare", bare), ("rtl", rtl), ("many", many)]
    }
}

fn chapters() -> Vec<Chapter> {
    [
        (0, "Casting off"),
        (184_000, "The first crossing"),
        (622_000, "What the cook saw"),
        (1_270_000, "Ice"),
        (1_655_000, LONG),
    ]
    .map(|(start_ms, title)| Chapter {
        start_ms,
        title: title.into(),
        url: (start_ms == 622_000).then(|| "https://example.org/galley".into()),
        image: None,
        hidden: false,
    })
    .into()
}

fn transcript(cues: i64) -> Vec<Turn> {
    const SAID: [&str; 4] = [
        "You can hear the engine change its mind before you feel it.",
        "And nobody ever asked you to write it down?",
        "No. They asked for the fuel, the time and the number of cars.",
        "So I wrote the rest on the back of the tickets.",
    ];
    let cue = |at: i64| Cue {
        start_ms: at * 4_200,
        end_ms: at * 4_200 + 4_000,
        speaker: Some(if at / 3 % 2 == 0 { "Ada" } else { "Mette" }.to_owned()),
        text: SAID[usize::try_from(at).unwrap_or(0) % SAID.len()].into(),
    };
    turns((0..cues).map(cue).collect())
}

fn episode() -> Episode {
    let card = episode_card(0, "The last ferry, and who still takes it");
    let path = card.path.clone();
    Episode {
        page: public(&card.title, &path),
        lang: "en".into(),
        banner: None,
        wave: wave(240, 3),
        notes_html: Safe(
            "<p>Captain <strong>Mette Holm</strong> has crossed the sound eleven thousand times. On her last week at \
             the wheel she tells us what she counted on the way.</p><h2>Mentioned</h2><ul><li><a \
             href=\"https://example.org/log\">The log of 1987</a>, the year the sound froze</li><li>A recipe for \
             coffee that survives a storm</li></ul><blockquote><p>I never learned to swim. It would have been a \
             distraction.</p></blockquote>"
                .into(),
        ),
        chapters: chapters(),
        transcript: transcript(160),
        chat: Some("/shows/harbour-talk/the-last-ferry/chat.json".into()),
        transcript_files: vec![link("VTT", "/media/sample/t.vtt"), link("SRT", "/media/sample/t.srt")],
        persons: persons(),
        downloads: vec![
            Download { label: "MP3".into(), path: "/media/sample/episode.mp3".into(), bytes: 29_700_000 },
            Download { label: "M4A".into(), path: "/media/sample/episode.m4a".into(), bytes: 22_100_000 },
            Download { label: "Opus".into(), path: "/media/sample/episode.opus".into(), bytes: 11_400_000 },
        ],
        link: Some("https://example.org/ferry".into()),
        location: Some("The Sound".into()),
        license: None,
        previous: Some(link("Salt, rope and a borrowed accordion", "/shows/harbour-talk/episode-1")),
        next: None,
        share_url: format!("https://radio.example{path}"),
        embed_url: format!("https://radio.example/embed/{}", card.id),
        subscribe: "/shows/harbour-talk#subscribe".into(),
        edit: None,
        card,
    }
}

impl Sampled for Episode {
    const NAME: &'static str = "episode";

    fn samples() -> Vec<(&'static str, Self)> {
        let long = Self {
            card: episode_card(0, LONG),
            banner: Some("This is a draft. Only members of the show see this page.".into()),
            next: Some(link(LONG, "/shows/harbour-talk/episode-2")),
            edit: Some("/admin/episodes/01J".into()),
            transcript: transcript(500),
            ..episode()
        };
        let mut bare = Self {
            notes_html: Safe::default(),
            chapters: Vec::new(),
            transcript: Vec::new(),
            transcript_files: Vec::new(),
            chat: None,
            persons: Vec::new(),
            downloads: Vec::new(),
            link: None,
            location: None,
            previous: None,
            wave: Vec::new(),
            ..episode()
        };
        let silent = {
            let mut silent = bare.clone();
            silent.card.audio = None;
            silent.banner = Some("No recording yet.".into());
            silent
        };
        bare.card.summary.clear();
        let rtl = Self { card: episode_card(0, RTL), lang: "ar".into(), ..episode() };
        vec![("usual", episode()), ("long", long), ("bare", bare), ("silent", silent), ("rtl", rtl)]
    }
}

impl Sampled for Embed {
    const NAME: &'static str = "embed";

    fn samples() -> Vec<(&'static str, Self)> {
        let usual = Self {
            page: page("The last ferry", "/embed/01J"),
            card: episode_card(0, "The last ferry, and who still takes it"),
            wave: wave(240, 3),
            chapters: chapters(),
            page_url: "https://radio.example/shows/harbour-talk/episode-0".into(),
        };
        let mut long = Self { card: episode_card(0, LONG), chapters: Vec::new(), ..usual.clone() };
        long.card.art = Art::default();
        let mut silent = usual.clone();
        silent.card.audio = None;
        vec![("usual", usual), ("long", long), ("silent", silent)]
    }
}

impl Sampled for ErrorPage {
    const NAME: &'static str = "error";

    fn samples() -> Vec<(&'static str, Self)> {
        vec![
            ("404", Self::missing(page("", "/nowhere"))),
            ("403", Self::denied(page("", "/admin"))),
            ("500", Self::internal(page("", "/shows/x"), "01J9ZQ3M8V".into())),
            ("503", Self::unavailable(page("", "/"))),
        ]
    }
}
