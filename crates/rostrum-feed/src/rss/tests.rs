//! Feeds read back by an XML reader: the whole shape once, then arbitrary and hostile facts.

use proptest::prelude::*;
use rostrum_domain::credit::{Location, Txt};
use rostrum_domain::episode::EpisodeFacts;
use rostrum_domain::show::ShowFacts;

use super::sample::*;
use super::*;

#[test]
fn the_channel_says_what_directories_ask() {
    let (show, episode) = (show(), episode());
    let feed = feed(&show, &episode);
    for (name, text) in [
        ("title", "Talk & <Friends>"),
        ("link", "https://example.org/shows/talk"),
        ("language", "de-AT"),
        ("copyright", "© Ada"),
        ("pubDate", "Tue, 03 Feb 2026 04:05:06 +0000"),
        ("lastBuildDate", "Tue, 03 Feb 2026 05:00:00 +0000"),
        ("generator", "Rostrum"),
        ("itunes:author", "Ada"),
        ("itunes:explicit", "false"),
        ("itunes:type", "serial"),
        ("itunes:complete", "yes"),
        ("itunes:block", "yes"),
        ("itunes:new-feed-url", "https://example.net/feed.xml"),
        ("itunes:applepodcastsverify", "6f2d<a8>"),
        ("podcast:guid", "9b024349-ccf0-5f69-a609-6b82873eab3c"),
        ("podcast:locked", "yes"),
        ("podcast:medium", "podcast"),
        ("podcast:block", "yes"),
        ("podcast:person", "Ada"),
        ("podcast:location", "Wien"),
        ("podcast:license", "cc-by-4.0"),
        ("podcast:txt", "S6lpp"),
        ("podcast:updateFrequency", "Weekly"),
        ("podcast:trailer", "Hello & goodbye"),
        ("podcast:funding", "Give"),
    ] {
        assert_eq!(feed.text_of(name), text, "{name}");
    }
    let description = "<p>What <strong>friends</strong> say.</p>\n\
        <p>See <a href=\"https://example.org\">https://example.org</a>.</p>";
    assert_eq!(feed.text_of("description"), description);
    assert_eq!(feed.one("image").text_of("url"), "https://example.org/media/4/art.jpg");
    assert_eq!(feed.one("itunes:image").attribute("href"), Some("https://example.org/media/4/art.jpg"));
    assert_eq!(feed.one("itunes:owner").text_of("itunes:name"), "Ada");
    assert_eq!(feed.one("itunes:owner").text_of("itunes:email"), "ada@example.org");
    let categories: Vec<_> = feed.all("itunes:category").map(|node| node.attribute("text")).collect();
    assert_eq!(categories, [Some("Society & Culture"), Some("Technology")]);
    let nested = feed.all("itunes:category").next().expect("there are two").one("itunes:category");
    assert_eq!(nested.attribute("text"), Some("Documentary"));
}

#[test]
fn the_namespace_has_its_attributes() {
    let (show, episode) = (show(), episode());
    let feed = feed(&show, &episode);
    for (name, attributes) in [
        ("podcast:locked", vec![("owner", "ada@example.org")]),
        ("podcast:funding", vec![("url", "https://example.org/give?a=1&b=2")]),
        ("podcast:person", vec![("role", "guest"), ("group", "cast"), ("href", "https://example.org/ada")]),
        ("podcast:location", vec![("rel", "subject"), ("geo", "geo:48.2,16.37"), ("osm", "R109166")]),
        ("podcast:txt", vec![("purpose", "verify")]),
        (
            "podcast:updateFrequency",
            vec![("complete", "true"), ("dtstart", "2026-01-02T03:04:05Z"), ("rrule", "FREQ=WEEKLY;COUNT=10")],
        ),
        (
            "podcast:trailer",
            vec![
                ("pubdate", "Tue, 03 Feb 2026 04:05:06 +0000"),
                ("url", "https://example.org/media/1/hello.mp3"),
                ("length", "12345678"),
                ("type", "audio/mpeg"),
                ("season", "2"),
            ],
        ),
        (
            "podcast:image",
            vec![
                ("href", "https://example.org/media/4/art.jpg"),
                ("alt", "Talk & <Friends>"),
                ("aspect-ratio", "1/1"),
                ("purpose", "artwork"),
            ],
        ),
    ] {
        assert_eq!(feed.one(name).attributes(), attributes, "{name}");
    }
    let other = feed.one("podcast:podroll").one("podcast:remoteItem");
    let guid = ("feedGuid", "29cdca4a-32d8-56ba-b48b-09a011c5daa9");
    assert_eq!(other.attributes(), [guid, ("feedUrl", "https://example.com/rss"), ("title", "Other")]);
}

#[test]
fn an_item_says_all_of_its_episode() {
    let (show, episode) = (show(), episode());
    let feed = feed(&show, &episode);
    let item = feed.one("item");
    for (name, text) in [
        ("title", "Hello & goodbye"),
        ("link", "https://example.org/shows/talk/hello"),
        ("guid", "yt:video:abc"),
        ("pubDate", "Tue, 03 Feb 2026 04:05:06 +0000"),
        ("description", "<p>Notes with a <a href=\"https://example.org/x\">link</a>.</p>"),
        ("itunes:title", "Hello & goodbye"),
        ("itunes:duration", "755"),
        ("itunes:explicit", "true"),
        ("itunes:episodeType", "trailer"),
        ("itunes:season", "2"),
        ("itunes:episode", "7"),
        ("podcast:season", "2"),
        ("podcast:episode", "7"),
        ("podcast:person", "Bob"),
    ] {
        assert_eq!(item.text_of(name), text, "{name}");
    }
    assert!(!item.has("content:encoded"));
    let url = ("url", "https://example.org/media/1/hello.mp3");
    assert_eq!(item.one("enclosure").attributes(), [url, ("length", "12345678"), ("type", "audio/mpeg")]);
    assert_eq!(item.one("guid").attributes(), [("isPermaLink", "false")]);
    assert_eq!(item.one("podcast:season").attributes(), [("name", "Winter")]);
    let links: Vec<_> = item.all("podcast:transcript").map(Node::attributes).collect();
    let vtt = vec![("url", "https://example.org/media/2/hello.vtt"), ("type", "text/vtt"), ("rel", "captions")];
    assert_eq!(links, [vtt, vec![("url", "https://example.org/media/2/hello.html"), ("type", "text/html")]]);
    let bites: Vec<_> = item.all("podcast:soundbite").map(|node| (node.attributes(), node.text.as_str())).collect();
    let first = (vec![("startTime", "73.0"), ("duration", "60.5")], "Nice");
    assert_eq!(bites, [first, (vec![("startTime", "0.0"), ("duration", "15.0")], "Hello & goodbye")]);
    assert_eq!(item.one("podcast:chapters").attribute("type"), Some("application/json+chapters"));
    let opus = item.one("podcast:alternateEnclosure");
    let media = [("type", "audio/ogg"), ("length", "4000000")];
    assert_eq!(opus.attributes()[..2], media);
    assert_eq!(opus.attributes()[2..], [("bitrate", "48000"), ("title", "Opus"), ("codecs", "opus")]);
    assert_eq!(opus.one("podcast:source").attribute("uri"), Some("https://example.org/media/3/hello.opus"));
    let integrity = ("value", "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    assert_eq!(opus.one("podcast:integrity").attributes(), [("type", "sri"), integrity]);
}

#[test]
fn pages_link_to_each_other() {
    let show = show();
    let links = |this, last| {
        let mut channel = channel(&show, Vec::new());
        channel.paging = Paging { this, last };
        let root = read(&write(&channel));
        let base = "https://example.org/shows/talk/feed.xml";
        let all = root.children[0].all("atom:link");
        all.map(|link| {
            let page = link.attribute("href").and_then(|href| href.strip_prefix(base)).expect("our address").to_owned();
            (link.attribute("rel").expect("a relation").to_owned(), page)
        })
        .collect::<Vec<_>>()
    };
    let expect = |list: &[(&str, &str)]| -> Vec<_> {
        list.iter().map(|(rel, page)| ((*rel).to_owned(), (*page).to_owned())).collect()
    };
    assert_eq!(links(1, 1), expect(&[("self", "")]));
    assert_eq!(links(1, 2), expect(&[("self", ""), ("first", ""), ("next", "?page=2"), ("last", "?page=2")]));
    assert_eq!(
        links(2, 3),
        expect(&[("self", "?page=2"), ("first", ""), ("prev", ""), ("next", "?page=3"), ("last", "?page=3")])
    );
    assert_eq!(page_url("https://a.example/?x", 2), "https://a.example/?x&page=2");
}

#[test]
fn people_who_look_at_it_find_links() {
    let (show, episode) = (show(), episode());
    let feed = feed(&show, &episode);
    let page = feed.one("xhtml:div");
    let link = page.one("xhtml:a");
    assert_eq!(
        (link.text.as_str(), link.attribute("href")),
        ("Talk & <Friends>", Some("https://example.org/shows/talk"))
    );
    let words: Vec<_> = page.all("xhtml:p").map(|words| words.text.as_str()).collect();
    assert_eq!(words, ["Ada", "What friends say. See https://example.org."]);
    let line = page.one("xhtml:ol").one("xhtml:li");
    let link = line.one("xhtml:a");
    assert_eq!(
        (link.text.as_str(), link.attribute("href")),
        ("Hello & goodbye", Some(item(&episode).page_url.as_str()))
    );
    assert_eq!(line.text_of("xhtml:time"), "2026-02-03");
    assert!(!feed.one("item").children.iter().any(|child| child.name.starts_with("xhtml")), "items are for programs");
    let mut plain = channel(&show, vec![item(&episode)]);
    plain.stylesheet_url = None;
    assert!(!write(&plain).contains("xhtml"), "without a stylesheet nobody looks");
}

#[test]
fn long_notes_go_beside_the_description() {
    let (show, mut episode) = (show(), episode());
    episode.facts.notes = "A paragraph of some length, with ]]> in it.\n\n".repeat(200);
    let feed = feed(&show, &episode);
    let item = feed.one("item");
    assert!(item.text_of("description").len() <= DESCRIPTION_MAX);
    assert_eq!(item.text_of("content:encoded").matches("<p>").count(), 200);
    assert!(item.text_of("content:encoded").starts_with(item.text_of("description")));
}

#[test]
fn bare_facts_leave_no_empty_tags() {
    let mut show = show();
    show.facts = ShowFacts { title: "T".into(), description: "D".into(), ..ShowFacts::default() };
    let mut episode = episode();
    episode.facts = EpisodeFacts { title: "E".into(), season: Some(0), number: Some(0), ..EpisodeFacts::default() };
    let mut bare = channel(&show, vec![Item { alternates: Vec::new(), ..item(&episode) }]);
    (bare.artwork_url, bare.stylesheet_url) = (None, None);
    let xml = write(&bare);
    for absent in [
        "itunes:owner",
        "itunes:block",
        "itunes:complete",
        "itunes:season",
        "itunes:episode>",
        "podcast:season",
        "podcast:podroll",
        "podcast:updateFrequency",
        "xml-stylesheet",
        "copyright",
        "></",
        "=\"\"",
    ] {
        assert!(!xml.replace("</p>]]>", "").contains(absent), "{absent} in {xml}");
    }
    read(&xml);
    assert_eq!(xml, write(&bare), "the same facts give the same bytes");
}

#[test]
fn a_summary_stands_in_for_notes() {
    let (show, mut episode) = (show(), episode());
    episode.facts.notes = " \n".into();
    episode.facts.summary = "One <b> & two".into();
    let feed = feed(&show, &episode);
    assert_eq!(feed.one("item").text_of("description"), "<p>One &lt;b&gt; &amp; two</p>");
}

/// A text as it must come back: without illegal characters, trimmed.
fn expected(text: &str) -> String {
    text::legal(text).trim().to_owned()
}

const HOSTILE: &str = "(]]>|<!\\[CDATA\\[|</?(item|channel|script)>|&(amp|lt|bogus|#0);?|<\\?|--|\
    [\"'<>&\r\n\t \u{0}\u{8}\u{b}\u{ffff}aö\u{1f600}]){0,12}";

fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), HOSTILE.prop_map(String::from)]
}

proptest! {
    #[test]
    fn whatever_the_facts_hold_is_read_back(
        texts in prop::collection::vec(hostile(), 16), markdown in hostile(), flags: [bool; 3]
    ) {
        let (mut show, mut episode) = (show(), episode());
        let [title, author, owner, copyright, name, purpose, value, season, bite, texts @ ..] =
            <[String; 16]>::try_from(texts).expect("there are sixteen");
        let [code, guid, place, update, url, alt, rel] = texts;
        show.facts.title.clone_from(&title);
        show.facts.author = author;
        show.facts.owner_name = owner;
        show.facts.copyright = copyright;
        show.facts.description.clone_from(&markdown);
        show.facts.update_text = update;
        show.facts.persons = vec![credit(&name)];
        show.facts.txt = vec![Txt { purpose: Some(purpose), value }];
        show.facts.location = Some(Location { name: place, geo: None, osm: None });
        (show.facts.locked, show.facts.explicit, show.facts.block) = (flags[0], flags[1], flags[2]);
        episode.guid = guid;
        episode.facts.title.clone_from(&alt);
        episode.facts.notes = markdown;
        episode.facts.season_name = season;
        episode.facts.soundbites[0].title = Some(bite);
        let mut entry = item(&episode);
        entry.enclosure.url = url;
        entry.transcripts[0].rel = Some(&rel);
        entry.alternates[0].codecs = &code;
        let root = read(&write(&channel(&show, vec![entry.clone()])));
        let feed = &root.children[0];
        let read_item = feed.one("item");
        let text = |node: &Node, name: &str| node.all(name).next().map(|found| found.text.clone()).unwrap_or_default();
        for (name, facts) in [
            ("title", &show.facts.title),
            ("itunes:author", &show.facts.author),
            ("copyright", &show.facts.copyright),
            ("podcast:person", &name),
            ("podcast:txt", &show.facts.txt[0].value),
            ("podcast:location", &show.facts.location.as_ref().expect("set above").name),
            ("podcast:updateFrequency", &show.facts.update_text),
        ] {
            prop_assert_eq!(text(feed, name), expected(facts), "{}", name);
        }
        for (name, facts) in [
            ("title", &alt),
            ("itunes:title", &alt),
            ("guid", &episode.guid),
        ] {
            prop_assert_eq!(text(read_item, name), expected(facts), "{}", name);
        }
        let bite = episode.facts.soundbites[0].title.as_ref().expect("set above");
        let shown = if bite.trim().is_empty() { &alt } else { bite };
        let cut = |text: &str| text.chars().take(128).collect::<String>();
        prop_assert_eq!(text(read_item, "podcast:soundbite"), expected(&cut(shown)));
        for (node, name, attribute, value) in [
            (read_item, "enclosure", "url", &entry.enclosure.url),
            (read_item, "podcast:transcript", "rel", &rel),
            (read_item, "podcast:alternateEnclosure", "codecs", &code),
            (read_item, "podcast:season", "name", &episode.facts.season_name),
            (read_item, "podcast:image", "alt", &alt),
            (feed, "podcast:txt", "purpose", show.facts.txt[0].purpose.as_ref().expect("set above")),
            (feed, "podcast:image", "alt", &title),
        ] {
            let found = node.all(name).next().expect("it is there").attribute(attribute).unwrap_or_default();
            prop_assert_eq!(found, text::legal(value), "{} {}", name, attribute);
        }
        prop_assert_eq!(feed.children.iter().filter(|child| child.name == "item").count(), 1);
    }
}
