//! For tests: a rich sample of a feed, and a strict reader that sees what another program would.

use quick_xml::events::Event;
use quick_xml::{Reader, XmlVersion};
use rostrum_domain::chapter::Soundbite;
use rostrum_domain::credit::{Credit, Funding, License, Location, Txt};
use rostrum_domain::episode::{EpisodeFacts, EpisodeKind, State};
use rostrum_domain::show::{Recommendation, ShowFacts, ShowKind};
use rostrum_domain::{Id, Slug};

use super::*;

/// An element as a reader sees it.
#[derive(Debug, Default)]
pub(super) struct Node {
    pub(super) name: String,
    pub(super) attributes: Vec<(String, String)>,
    pub(super) text: String,
    pub(super) children: Vec<Node>,
}

impl Node {
    pub(super) fn all<'n>(&'n self, name: &str) -> impl Iterator<Item = &'n Node> + use<'n> {
        let name = name.to_owned();
        self.children.iter().filter(move |child| child.name == name)
    }

    pub(super) fn one(&self, name: &str) -> &Node {
        let mut found = self.all(name);
        let first = found.next().unwrap_or_else(|| panic!("no {name} in {}", self.name));
        assert!(found.next().is_none(), "{name} twice in {}", self.name);
        first
    }

    pub(super) fn text_of(&self, name: &str) -> &str {
        &self.one(name).text
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.all(name).next().is_some()
    }

    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn attributes(&self) -> Vec<(&str, &str)> {
        self.attributes.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect()
    }
}

/// Reads a document strictly: balanced tags, known references, legal characters, one root.
pub(super) fn read(xml: &str) -> Node {
    assert!(xml.chars().all(|c| text::legal(&c.to_string()).len() == c.len_utf8()), "an illegal character");
    let mut reader = Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    let mut open = vec![Node::default()];
    loop {
        let last = open.last_mut().expect("the document stays open");
        match reader.read_event().unwrap_or_else(|error| panic!("{error} in {xml}")) {
            Event::Start(start) => open.push(node(&start)),
            Event::Empty(start) => last.children.push(node(&start)),
            Event::End(_) => {
                let closed = open.pop().expect("the reader checks balance");
                open.last_mut().expect("the document stays open").children.push(closed);
            }
            Event::Text(text) => last.text += &text.xml10_content(),
            Event::CData(text) => last.text += &text.xml10_content(),
            Event::GeneralRef(reference) => match reference.resolve_char_ref().expect("a good reference") {
                Some(c) => last.text.push(c),
                None => {
                    let name = reference.xml10_content();
                    let known = quick_xml::escape::resolve_predefined_entity(&name);
                    last.text += known.unwrap_or_else(|| panic!("unknown reference {name}"));
                }
            },
            Event::Eof => break,
            Event::Decl(_) | Event::PI(_) => {}
            other => panic!("unexpected {other:?}"),
        }
    }
    assert_eq!(open.len(), 1, "an element stays open in {xml}");
    let mut document = open.remove(0);
    assert_eq!(document.children.len(), 1, "one root");
    document.children.remove(0)
}

pub(super) fn node(start: &quick_xml::events::BytesStart<'_>) -> Node {
    let attributes = start.attributes().map(|attribute| {
        let attribute = attribute.expect("a good attribute");
        let value = attribute.normalized_value(XmlVersion::Explicit1_0).expect("good references");
        (attribute.key.as_ref().to_owned(), value.into_owned())
    });
    Node { name: start.name().as_ref().to_owned(), attributes: attributes.collect(), ..Node::default() }
}

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().expect("a good time")
}

pub(super) fn credit(name: &str) -> Credit {
    Credit {
        name: name.into(),
        role: "guest".into(),
        group: "cast".into(),
        href: Some("https://example.org/ada".into()),
        image: None,
    }
}

pub(super) fn show() -> Show {
    let facts = ShowFacts {
        title: "Talk & <Friends>".into(),
        subtitle: "About talk".into(),
        description: "What **friends** say.\n\nSee https://example.org.".into(),
        author: "Ada".into(),
        owner_email: "ada@example.org".into(),
        language: "de-AT".into(),
        categories: vec!["Society & Culture > Documentary".into(), "Technology".into()],
        kind: ShowKind::Serial,
        copyright: "© Ada".into(),
        complete: true,
        block: true,
        apple_verify: "6f2d<a8>".into(),
        new_feed_url: Some("https://example.net/feed.xml".into()),
        funding: vec![Funding { url: "https://example.org/give?a=1&b=2".into(), text: "Give".into() }],
        persons: vec![credit("Ada")],
        location: Some(Location {
            name: "Wien".into(),
            geo: Some("geo:48.2,16.37".into()),
            osm: Some("R109166".into()),
        }),
        license: Some(License { name: "cc-by-4.0".into(), url: None }),
        txt: vec![Txt { purpose: Some("verify".into()), value: "S6lpp".into() }],
        update_rule: Some("FREQ=WEEKLY;COUNT=10".into()),
        update_text: "Weekly".into(),
        podroll: vec![Recommendation {
            feed_guid: "29cdca4a-32d8-56ba-b48b-09a011c5daa9".into(),
            feed_url: Some("https://example.com/rss".into()),
            title: Some("Other".into()),
        }],
        ..ShowFacts::default()
    };
    Show {
        id: Id::from_bits(1),
        slug: Slug::from_title("talk", "talk"),
        guid: "9b024349-ccf0-5f69-a609-6b82873eab3c".into(),
        facts,
        artwork_id: None,
        created_at: at("2026-01-02T03:04:05.678Z"),
        updated_at: Timestamp::UNIX_EPOCH,
        version: 1,
    }
}

pub(super) fn episode() -> Episode {
    let facts = EpisodeFacts {
        title: "Hello & goodbye".into(),
        summary: "A short one.".into(),
        notes: "Notes with a [link](https://example.org/x).".into(),
        season: Some(2),
        season_name: "Winter".into(),
        number: Some(7),
        kind: EpisodeKind::Trailer,
        explicit: Some(true),
        persons: vec![credit("Bob")],
        soundbites: vec![
            Soundbite { start_ms: 73_000, duration_ms: 60_500, title: Some("Nice".into()) },
            Soundbite { start_ms: 0, duration_ms: 15_000, title: None },
        ],
        ..EpisodeFacts::default()
    };
    Episode {
        id: Id::from_bits(3),
        show_id: Id::from_bits(1),
        slug: Slug::from_title("hello", "hello"),
        guid: "yt:video:abc".into(),
        state: State::Published,
        published_at: Some(at("2026-02-03T04:05:06Z")),
        facts,
        created_at: Timestamp::UNIX_EPOCH,
        updated_at: Timestamp::UNIX_EPOCH,
        version: 1,
    }
}

pub(super) fn enclosure() -> Enclosure<'static> {
    let url = "https://example.org/media/1/hello.mp3".to_owned();
    Enclosure { url, bytes: 12_345_678, mime: "audio/mpeg", duration_ms: 754_600 }
}

pub(super) fn item(episode: &Episode) -> Item<'_> {
    let transcript = |ending: &str, mime, rel| {
        let url = format!("https://example.org/media/2/hello.{ending}");
        TranscriptLink { url, mime, language: None, rel }
    };
    Item {
        episode,
        page_url: "https://example.org/shows/talk/hello".into(),
        enclosure: enclosure(),
        alternates: vec![Alternate {
            url: "https://example.org/media/3/hello.opus".into(),
            bytes: 4_000_000,
            mime: "audio/ogg",
            bitrate: 48_000,
            title: "Opus",
            codecs: "opus",
            sha256_hex: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            default: false,
        }],
        transcripts: vec![transcript("vtt", "text/vtt", Some("captions")), transcript("html", "text/html", None)],
        chapters_url: Some("https://example.org/chapters.json".into()),
        artwork_url: Some("https://example.org/media/5/e.jpg".into()),
    }
}

pub(super) fn channel<'a>(show: &'a Show, items: Vec<Item<'a>>) -> Channel<'a> {
    let trailers = items.iter().map(|item| Trailer { episode: item.episode, enclosure: enclosure() }).collect();
    Channel {
        show,
        feed_url: "https://example.org/shows/talk/feed.xml",
        page_url: "https://example.org/shows/talk",
        artwork_url: Some("https://example.org/media/4/art.jpg"),
        stylesheet_url: Some("/static/feed.css"),
        items,
        trailers,
        live: Vec::new(),
        paging: Paging { this: 2, last: 3 },
        last_build: at("2026-02-03T05:00:00Z"),
        generator: "Rostrum",
    }
}

pub(super) fn feed(show: &Show, episode: &Episode) -> Node {
    let root = read(&write(&channel(show, vec![item(episode)])));
    assert_eq!(root.name, "rss");
    root.children.into_iter().next().expect("a channel")
}
