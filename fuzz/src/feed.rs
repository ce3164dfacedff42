//! Texts that people paste or import: notes, chapters, transcripts, and the feed that is written from them.

use quick_xml::Reader;
use quick_xml::events::Event;
use rostrum_domain::Id;
use rostrum_domain::episode::{Episode, EpisodeFacts, State};
use rostrum_domain::show::{Show, ShowFacts};
use rostrum_domain::transcript::Cue;
use rostrum_feed::rss::{Channel, Enclosure, Item, Paging};
use rostrum_feed::{chapters as marks, cues as lines, notes as show_notes};

use crate::text;

/// Tags that directories show, and those our pages show besides.
const FEED_TAGS: [&str; 10] = ["p", "ol", "ul", "li", "a", "b", "i", "strong", "em", "br"];
const PAGE_TAGS: [&str; 11] = ["h3", "h4", "h5", "h6", "blockquote", "pre", "code", "hr", "del", "sub", "sup"];
/// Ways in which a link may begin.
const LINKS: [&str; 4] = ["http://", "https://", "mailto:", "#t="];

/// Notes become HTML that holds nothing but allowed tags, and keeps its size.
pub fn notes(data: &[u8]) {
    let Some(notes) = text(data) else { return };
    let page_tags: Vec<&str> = FEED_TAGS.into_iter().chain(PAGE_TAGS).collect();
    check_html(&show_notes::page_html(notes), &page_tags);
    check_html(&show_notes::feed_html(notes), &FEED_TAGS);
    let short = show_notes::feed_html_within(notes, 100);
    assert!(short.len() <= 100);
    check_html(&short, &FEED_TAGS);
    let plain = show_notes::plain(notes, 50);
    assert!(plain.chars().count() <= 50 && !plain.contains(['\n', '\0']), "{plain:?}");
}

/// Serialised HTML in which every `<` begins a tag: each is allowed, closed, and has no attribute but a link or a
/// number.
fn check_html(html: &str, allowed: &[&str]) {
    let mut open = Vec::new();
    for piece in html.split('<').skip(1) {
        let (tag, after) = piece.split_once('>').expect("a tag ends");
        assert!(!after.contains('>'), "a bracket stands alone in {html:?}");
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        if let Some(closed) = name.strip_prefix('/') {
            assert_eq!(open.pop(), Some(closed), "{html:?}");
            continue;
        }
        assert!(allowed.contains(&name), "<{name}> in {html:?}");
        check_attributes(attributes);
        if name != "br" && name != "hr" {
            open.push(name);
        }
    }
    assert_eq!(open, Vec::<&str>::new(), "left open in {html:?}");
}

fn check_attributes(text: &str) {
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (name, quoted) = rest.split_once("=\"").expect("an attribute has a value in quotes");
        let (value, after) = quoted.split_once('"').expect("quotes are closed");
        match name {
            "href" => assert!(LINKS.iter().any(|start| value.to_lowercase().starts_with(start)), "{value}"),
            "rel" => assert_eq!(value, "nofollow ugc noopener"),
            "start" => {}
            other => panic!("attribute {other}"),
        }
        rest = after.trim_start();
    }
}

/// Chapters that were read are in order, and read the same again when they are written.
pub fn chapters(data: &[u8]) {
    if let Ok(read) = marks::from_json(data) {
        assert!(read.windows(2).all(|pair| pair[0].start_ms <= pair[1].start_ms));
        assert_eq!(marks::from_json(marks::to_json(&read).as_bytes()).as_ref(), Ok(&read));
    }
    let Some(text) = text(data) else { return };
    if let Ok(read) = marks::parse(text) {
        assert!(read.len() <= marks::CHAPTERS_MAX && read.windows(2).all(|pair| pair[0].start_ms < pair[1].start_ms));
        assert_eq!(marks::parse(&marks::format(&read)), Ok(read));
    }
    assert_ne!(marks::in_notes(text).len(), 1);
}

/// A transcript that was read is in order, on single lines, and every served form of it can be read again.
pub fn cues(data: &[u8]) {
    let Ok(read) = lines::parse(data) else { return };
    assert!(!read.is_empty() && read.len() <= lines::CUES_MAX);
    for cue in &read {
        assert!(cue.start_ms >= 0 && cue.start_ms <= cue.end_ms, "{cue:?}");
        assert!(!cue.text.is_empty() && !cue.text.contains(char::is_control), "{cue:?}");
    }
    assert!(read.windows(2).all(|pair| pair[0].start_ms <= pair[1].start_ms));
    let words = |cues: &[Cue]| cues.iter().map(|cue| cue.text.split_whitespace().count()).sum::<usize>();
    for form in [lines::to_vtt(&read), lines::to_json(&read)] {
        let again = lines::parse(form.as_bytes()).unwrap_or_else(|error| panic!("{error}: {form}"));
        assert_eq!(words(&again), words(&read), "{form}");
    }
    // SRT has no way to write what looks like a tag, so a text that is nothing else is lost in it.
    let again = lines::parse(lines::to_srt(&read).as_bytes());
    assert!(matches!(again, Ok(_) | Err(lines::CueError::Empty)), "{again:?}");
    let html = lines::to_html(&read).to_lowercase();
    assert!(!html.contains("<script") && !html.contains("<img"), "{html}");
}

/// A feed is well-formed XML whatever its texts hold, and its titles come back as they went in.
pub fn rss(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let mut parts = text.split('\u{1}');
    let mut part = || parts.next().unwrap_or_default().to_owned();
    let (title, notes, author, link) = (part(), part(), part(), part());
    let show = show(ShowFacts {
        title: title.clone(),
        description: notes.clone(),
        author,
        subtitle: part(),
        language: part(),
        categories: vec![part()],
        copyright: part(),
        link: Some(link.clone()),
        ..ShowFacts::default()
    });
    let facts = EpisodeFacts { title: title.clone(), notes, summary: part(), link: Some(link), ..Default::default() };
    let episode = episode(facts);
    let xml = rostrum_feed::rss::write(&channel(&show, &episode));
    let legal = |c: &char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..);
    let wanted: String = title.chars().filter(legal).collect();
    let read = titles(&xml);
    // Readers do not agree on white space at the ends, so writers leave it out.
    assert!(read.iter().filter(|title| title.trim() == wanted.trim()).count() >= 2, "{title:?} in {xml}");
}

/// The text of every element `title`.
fn titles(xml: &str) -> Vec<String> {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    let (mut titles, mut inside, mut depth) = (Vec::new(), false, 0);
    loop {
        match reader.read_event().unwrap_or_else(|error| panic!("{error} in {xml}")) {
            Event::Start(start) => {
                depth += 1;
                inside = start.name().as_ref() == "title";
                if inside {
                    titles.push(String::new());
                }
            }
            Event::End(_) => (inside, depth) = (false, depth - 1),
            Event::Text(text) if inside => titles.last_mut().expect("pushed above").push_str(&text.xml10_content()),
            Event::GeneralRef(reference) if inside => {
                let name = reference.xml10_content();
                let letter = reference.resolve_char_ref().expect("a good reference");
                let known = quick_xml::escape::resolve_predefined_entity(&name).map(str::to_owned);
                let found = letter.map(String::from).or(known).unwrap_or_else(|| panic!("unknown reference {name}"));
                titles.last_mut().expect("pushed above").push_str(&found);
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0, "an element stays open in {xml}");
    titles
}

fn show(facts: ShowFacts) -> Show {
    Show {
        id: Id::from_bits(1),
        slug: rostrum_domain::Slug::from_title("talk", "talk"),
        guid: "9b024349-ccf0-5f69-a609-6b82873eab3c".into(),
        facts,
        artwork_id: None,
        created_at: jiff::Timestamp::UNIX_EPOCH,
        updated_at: jiff::Timestamp::UNIX_EPOCH,
        version: 1,
    }
}

fn episode(facts: EpisodeFacts) -> Episode {
    Episode {
        id: Id::from_bits(2),
        show_id: Id::from_bits(1),
        slug: rostrum_domain::Slug::from_title("hello", "hello"),
        guid: "hello".into(),
        state: State::Published,
        published_at: Some(jiff::Timestamp::UNIX_EPOCH),
        facts,
        created_at: jiff::Timestamp::UNIX_EPOCH,
        updated_at: jiff::Timestamp::UNIX_EPOCH,
        version: 1,
    }
}

fn channel<'a>(show: &'a Show, episode: &'a Episode) -> Channel<'a> {
    let enclosure =
        Enclosure { url: "https://example.org/a.mp3".into(), bytes: 1, mime: "audio/mpeg", duration_ms: 1000 };
    let item = Item {
        episode,
        page_url: "https://example.org/shows/talk/hello".into(),
        enclosure,
        alternates: Vec::new(),
        transcripts: Vec::new(),
        chapters_url: None,
        artwork_url: None,
    };
    Channel {
        show,
        feed_url: "https://example.org/shows/talk/feed.xml",
        page_url: "https://example.org/shows/talk",
        artwork_url: None,
        stylesheet_url: None,
        items: vec![item],
        trailers: Vec::new(),
        live: Vec::new(),
        paging: Paging { this: 1, last: 1 },
        last_build: jiff::Timestamp::UNIX_EPOCH,
        generator: "Rostrum",
    }
}
