//! A show of four items, one of each sort, with what a usual show has no need of. Every element of its feed is
//! compared, so that one too many is found like one too few.

use rostrum_domain::Timestamp;
use rostrum_tests::{Program, Server, elements, feedparser, partytime, picture, tone};
use serde_json::{Value, json};

use super::{OTHER, compare, compare_bytes, put};

/// Paragraphs of the longest notes; fewer than half of them fit in a description.
const STEPS: usize = 90;
/// Bytes that a description may have (PSP-1).
const DESCRIPTION_MAX: usize = 4000;

fn show() -> Value {
    json!({
        "title": "Four “ways” <home> & back", "subtitle": "On foot.",
        "description": "Four *walks*.\n\n- to the sea\n- home", "author": "Mette & Ada",
        "owner_email": "mette@example.org", "language": "de-AT", "explicit": true, "kind": "episodic",
        "categories": ["Arts > Books", "Kids & Family", "Science > Earth Sciences"], "medium": "course",
        "locked": false, "complete": true, "block": true, "new_feed_url": "https://elsewhere.example/feed?a=1&b=2",
        "update_rule": "FREQ=WEEKLY;COUNT=4", "update_text": "Four Fridays",
        "funding": [
            {"url": "https://walks.example/give?a=1&b=2", "text": "Give & take"},
            {"url": "https://walks.example/shop", "text": "Shop"},
        ],
        // A private address is never fetched, so the feed keeps it.
        "persons": [
            {"name": "Mette", "role": "host", "group": "cast", "href": "https://walks.example/mette",
             "image": "https://10.0.0.7/mette.jpg"},
            {"name": "Zoë", "role": "editor", "group": "writing"},
        ],
        "location": {"name": "Graz"}, "license": {"name": "own terms", "url": "https://walks.example/terms"},
        "txt": [{"purpose": "verify", "value": "abc"}, {"value": "free <text>"}],
        "podroll": [{"feed_guid": OTHER}],
    })
}

/// The oldest first.
fn episodes() -> [Value; 4] {
    let bo = json!({
        "name": "Bo", "role": "guest", "group": "cast", "href": "https://walks.example/bo",
        "image": "https://10.0.0.7/bo.jpg",
    });
    let steps: Vec<String> =
        (1..=STEPS).map(|n| format!("Step **{n}** [on](https://walks.example/{n}) & on.")).collect();
    [
        json!({"title": "What is to come", "kind": "trailer", "summary": "A minute.", "season": 1}),
        json!({"title": "Shoes", "kind": "bonus", "summary": "Only <words>.", "block": true}),
        json!({
            "title": "The picture", "number": 1, "season": 1, "season_name": "Spring", "notes": "Seen.",
            "explicit": false, "persons": [bo], "license": {"name": "cc0-1.0"},
        }),
        json!({
            "title": "The long way", "number": 2, "season": 1, "season_name": "Spring", "summary": "Not shown.",
            "notes": steps.join("\n\n"), "txt": [{"purpose": "x", "value": "y"}],
        }),
    ]
}

#[tokio::test]
async fn four_items_of_four_sorts_say_what_they_are_and_nothing_else() {
    let server = Server::spawn().await;
    let program = Program::new(&server).await;
    let made = program.call("POST", "/api/v1/shows", Some(json!({"facts": show()}))).await;
    let known = publish_all(&server, &program, made["slug"].as_str().expect("a slug")).await;
    let show = program.call("GET", &format!("/api/v1/shows/{}", made["id"].as_str().expect("an id")), None).await;
    let address = known[0]["urls"]["feed"].as_str().expect("an address");
    let feed = server.http().get(address).await.expect_status(200).text();

    let channel = elements(&feed)["children"][0].clone();
    assert_lines(&outline(&channel, &["item", "xhtml:div"]), &show_outline(&show, &known));
    let items: Vec<&Value> = children(&channel).filter(|child| child["name"] == "item").collect();
    assert_eq!(items.len(), 4);
    for (at, (item, episode)) in items.iter().zip(known.iter().rev()).enumerate() {
        assert_lines(&outline(item, &["podcast:alternateEnclosure"]), &item_outline(at, episode));
        assert_lines(&alternates(item), &alternates_outline(episode));
    }
    let party = partytime(&feed);
    compare_party(&party, &known);
    for item in party["items"].as_array().expect("a list") {
        compare_bytes(item, &server).await;
    }
    compare_parsed(&feedparser(&feed), &known);
}

/// Uploads, describes and publishes each, and waits until nothing is left to be done; what the API then says of them.
async fn publish_all(server: &Server, program: &Program, slug: &str) -> Vec<Value> {
    let drawn = std::fs::read(picture(1400, server.scratch())).expect("it was drawn");
    put(program, &format!("/api/v1/shows/{slug}/artwork"), ("image/png", drawn.clone())).await;
    let recording = std::fs::read(tone(440, 4, server.scratch())).expect("it was made");
    let mut paths = Vec::new();
    for (name, facts) in ["trailer", "bonus", "picture", "long"].into_iter().zip(episodes()) {
        let upload = program.announce(slug, recording.len()).await;
        let last = program.append(&upload, 0, &recording).await.expect_status(204);
        let path = format!("/api/v1/episodes/{}", last.header("rostrum-episode"));
        program.renditions(last.header("rostrum-episode")).await;
        program.call("PATCH", &path, Some(json!({"slug": name, "facts": facts}))).await;
        if name == "picture" {
            put(program, &format!("{path}/artwork"), ("image/png", drawn.clone())).await;
        }
        program.call("POST", &format!("{path}/publish"), None).await;
        paths.push(path);
    }
    program.idle().await;
    let mut known = Vec::new();
    for path in &paths {
        known.push(program.call("GET", path, None).await);
    }
    known
}

fn children(node: &Value) -> impl Iterator<Item = &Value> {
    node["children"].as_array().into_iter().flatten()
}

/// An element and all in it, a line each: name, attributes by name, text. What is named in `without` is left out.
fn outline(node: &Value, without: &[&str]) -> Vec<String> {
    let mut lines = vec![line(node)];
    for child in children(node).filter(|child| !without.iter().any(|name| child["name"] == *name)) {
        lines.extend(outline(child, without).into_iter().map(|line| format!("  {line}")));
    }
    lines
}

fn line(node: &Value) -> String {
    let mut attributes: Vec<String> = node["attributes"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| format!(" {name}={}", value.as_str().unwrap_or_default()))
        .collect();
    attributes.sort();
    let text = node["text"].as_str().unwrap_or_default().replace('\n', "↵");
    let space = if text.is_empty() { "" } else { " | " };
    format!("{}{}{space}{text}", node["name"].as_str().unwrap_or_default(), attributes.concat())
}

/// One by one, so that a failure names the line.
#[track_caller]
fn assert_lines(found: &[String], expected: &str) {
    let expected: Vec<&str> = expected.lines().collect();
    for (found, expected) in found.iter().zip(&expected) {
        assert_eq!(found, expected);
    }
    assert_eq!(found.len(), expected.len(), "{found:#?}");
}

/// As mails and feeds write it (RFC 2822).
fn dated(at: &Value) -> String {
    let at: Timestamp = at.as_str().and_then(|text| text.parse().ok()).expect("a time");
    at.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

fn show_outline(show: &Value, known: &[Value]) -> String {
    let feed = word(&known[0]["urls"]["feed"]);
    let (page, artwork) = (feed.trim_end_matches("/feed.xml"), word(&show["urls"]["artwork"]));
    let begun: Timestamp = word(&show["created_at"]).parse().expect("a time");
    let (begun, newest, build) = (begun.strftime("%Y-%m-%dT%H:%M:%SZ"), dated(&known[3]["published_at"]), build(known));
    let (trailer, guid, version) = (&known[0]["renditions"][0], word(&show["guid"]), env!("CARGO_PKG_VERSION"));
    let (first, sound, bytes) = (dated(&known[0]["published_at"]), word(&trailer["url"]), &trailer["bytes"]);
    format!(
        "channel
  title | Four “ways” <home> & back
  link | {page}
  atom:link href={feed} rel=self type=application/rss+xml
  description | <p>Four <em>walks</em>.</p>↵<ul>↵<li>to the sea</li>↵<li>home</li>↵</ul>
  language | de-AT
  pubDate | {newest}
  lastBuildDate | {build}
  generator | Rostrum {version}
  image
    url | {artwork}
    title | Four “ways” <home> & back
    link | {page}
  itunes:author | Mette & Ada
  itunes:owner
    itunes:name | Mette & Ada
    itunes:email | mette@example.org
  itunes:category text=Arts
    itunes:category text=Books
  itunes:category text=Kids & Family
  itunes:category text=Science
    itunes:category text=Earth Sciences
  itunes:explicit | true
  itunes:type | episodic
  itunes:image href={artwork}
  itunes:complete | yes
  itunes:block | yes
  itunes:new-feed-url | https://elsewhere.example/feed?a=1&b=2
  podcast:guid | {guid}
  podcast:locked owner=mette@example.org | no
  podcast:medium | course
  podcast:block | yes
  podcast:funding url=https://walks.example/give?a=1&b=2 | Give & take
  podcast:funding url=https://walks.example/shop | Shop
  podcast:image alt=Four “ways” <home> & back aspect-ratio=1/1 href={artwork} purpose=artwork
  podcast:person group=cast href=https://walks.example/mette img=https://10.0.0.7/mette.jpg role=host | Mette
  podcast:person group=writing role=editor | Zoë
  podcast:location rel=subject | Graz
  podcast:license url=https://walks.example/terms | own terms
  podcast:txt purpose=verify | abc
  podcast:txt | free <text>
  podcast:updateFrequency complete=true dtstart={begun} rrule=FREQ=WEEKLY;COUNT=4 | Four Fridays
  podcast:trailer length={bytes} pubdate={first} season=1 type=audio/mpeg url={sound} | What is to come
  podcast:podroll
    podcast:remoteItem feedGuid={OTHER}"
    )
}

/// When anything in it last changed.
fn build(known: &[Value]) -> String {
    let newest = known.iter().map(|episode| word(&episode["updated_at"])).max();
    dated(&json!(newest))
}

/// What an item says, the newest first.
fn item_outline(at: usize, episode: &Value) -> String {
    let (guid, page, date) = (word(&episode["guid"]), word(&episode["urls"]["page"]), dated(&episode["published_at"]));
    let (title, enclosure) = (word(&episode["facts"]["title"]), &episode["renditions"][0]);
    let (sound, bytes) = (word(&enclosure["url"]), &enclosure["bytes"]);
    let explicit = at != 1;
    let head = format!(
        "item
  title | {title}
  link | {page}
  guid isPermaLink=false | {guid}
  pubDate | {date}
  enclosure length={bytes} type=audio/mpeg url={sound}
  description | {}
  itunes:title | {title}
  itunes:duration | 4
  itunes:explicit | {explicit}
",
        said(at)
    );
    head + &item_rest(at, episode)
}

/// The description, and what stands beside it.
fn said(at: usize) -> String {
    let steps: Vec<String> = (1..=STEPS)
        .map(|n| format!("<p>Step <strong>{n}</strong> <a href=\"https://walks.example/{n}\">on</a> &amp; on.</p>"))
        .collect();
    let fitting = (1..=STEPS).rev().find(|count| steps[..*count].join("\n").len() <= DESCRIPTION_MAX);
    match at {
        0 => {
            let fitting = fitting.expect("one fits");
            assert!(fitting < STEPS / 2 + STEPS / 4, "{fitting} of them is nearly all");
            format!("{}\n  content:encoded | {}", steps[..fitting].join("↵"), steps.join("↵"))
        }
        1 => "<p>Seen.</p>".into(),
        2 => "<p>Only &lt;words&gt;.</p>".into(),
        _ => "<p>A minute.</p>".into(),
    }
}

/// What follows what all have.
fn item_rest(at: usize, episode: &Value) -> String {
    let numbered =
        |number: usize| format!("  itunes:episodeType | full\n  itunes:season | 1\n  itunes:episode | {number}\n");
    let again = |number: usize| format!("  podcast:season name=Spring | 1\n  podcast:episode | {number}\n");
    match at {
        0 => format!("{}{}  podcast:txt purpose=x | y", numbered(2), again(2)),
        1 => {
            let artwork = word(&episode["urls"]["artwork"]);
            format!(
                "{}  itunes:image href={artwork}\n{}  podcast:image alt=The picture aspect-ratio=1/1 href={artwork} \
                 purpose=artwork\n  podcast:person group=cast href=https://walks.example/bo \
                 img=https://10.0.0.7/bo.jpg role=guest | Bo\n  podcast:license | cc0-1.0",
                numbered(1),
                again(1)
            )
        }
        2 => "  itunes:episodeType | bonus\n  itunes:block | yes".into(),
        _ => "  itunes:episodeType | trailer\n  itunes:season | 1\n  podcast:season | 1".into(),
    }
}

/// The recordings of an item; their digests are compared with the bytes.
fn alternates(item: &Value) -> Vec<String> {
    let all = children(item).filter(|child| child["name"] == "podcast:alternateEnclosure");
    all.flat_map(|one| outline(one, &["podcast:integrity"])).collect()
}

fn alternates_outline(episode: &Value) -> String {
    let codecs = ["", " codecs=mp4a.40.2", " codecs=opus"];
    let (default, titles) = ([" default=true", "", ""], ["MP3", "AAC", "Opus"]);
    let files = episode["renditions"].as_array().into_iter().flatten().enumerate();
    let lines = files.map(|(at, file)| {
        let (bitrate, bytes, mime, url) = (&file["bitrate"], &file["bytes"], word(&file["mime"]), word(&file["url"]));
        let (codecs, default, title) = (codecs[at], default[at], titles[at]);
        format!(
            "podcast:alternateEnclosure bitrate={bitrate}{codecs}{default} length={bytes} title={title} type={mime}\n  \
             podcast:source uri={url}"
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn compare_party(party: &Value, known: &[Value]) {
    let sound = &known[0]["renditions"][0];
    let expected = json!({
        "podcastBlocked": "yes", "podcastBlockedPlatforms": {}, "itunesBlock": true, "itunesComplete": true,
        "explicit": true, "itunesNewFeedUrl": "https://elsewhere.example/feed?a=1&b=2", "itunesType": "episodic",
        "locked": false, "podcastOwner": "mette@example.org", "medium": "course", "language": "de-AT",
        "author": "Mette & Ada", "owner": {"name": "Mette & Ada", "email": "mette@example.org"},
        "itunesCategory": ["Arts > Books", "Kids & Family", "Science > Earth Sciences"],
        "podcastPeople": [
            {"name": "Mette", "role": "Host", "group": "Cast", "img": "https://10.0.0.7/mette.jpg",
             "href": "https://walks.example/mette"},
            {"name": "Zoë", "role": "Editor", "group": "Writing"},
        ],
        "license": {"identifier": "own terms", "url": "https://walks.example/terms"},
        "podcastTxt": [{"value": "abc", "purpose": "verify"}, {"value": "free <text>"}],
        "podroll": [{"feedGuid": OTHER}], "podcastSeasons": {"1": {"number": 1, "name": "Spring"}},
        "podcastLocation": {"name": "Graz"},
    });
    compare(party, &expected);
    let trailers = party["trailers"].as_array().expect("a list");
    let (url, length) = (&sound["url"], &sound["bytes"]);
    let expected = json!({"title": "What is to come", "url": url, "type": "audio/mpeg", "length": length, "season": 1});
    assert_eq!(trailers.len(), 1);
    compare(&trailers[0], &expected);
    let column =
        |name: &str| party["items"].as_array().into_iter().flatten().map(|item| &item[name]).collect::<Vec<_>>();
    assert_eq!(column("guid"), known.iter().rev().map(|episode| &episode["guid"]).collect::<Vec<_>>());
    assert_eq!(column("itunesEpisodeType"), ["full", "full", "bonus", "trailer"]);
    assert_eq!(column("itunesEpisode"), [&json!(2), &json!(1), &Value::Null, &Value::Null]);
    assert_eq!(column("itunesSeason"), [&json!(1), &json!(1), &Value::Null, &json!(1)]);
    assert_eq!(column("explicit"), [true, false, true, true]);
    let nothing = &Value::Null;
    assert_eq!(column("itunesImage"), [nothing, &known[2]["urls"]["artwork"], nothing, nothing]);
    let whole = party["items"][0]["content"].as_str().expect("all of the notes");
    assert!(whole.len() > DESCRIPTION_MAX && whole.contains(&format!("<strong>{STEPS}</strong>")), "{whole}");
}

fn compare_parsed(parsed: &Value, known: &[Value]) {
    let entries = parsed["entries"].as_array().expect("a list");
    assert_eq!((&parsed["bozo"], entries.len()), (&json!(false), 4));
    let show = json!({
        "itunes_block": 1, "itunes_complete": "yes", "itunes_new-feed-url": "https://elsewhere.example/feed?a=1&b=2",
        "podcast_block": "yes", "podcast_guid": parsed["feed"]["podcast_guid"],
    });
    compare(&parsed["feed"], &show);
    for (entry, episode) in entries.iter().zip(known.iter().rev()) {
        let facts = &episode["facts"];
        let expected = json!({
            "id": episode["guid"], "title": facts["title"], "link": episode["urls"]["page"],
            "itunes_episodetype": facts["kind"], "itunes_duration": "4",
        });
        compare(entry, &expected);
        let enclosure = entry["links"].as_array().into_iter().flatten().find(|link| link["rel"] == "enclosure");
        assert_eq!(enclosure.expect("each has one")["href"], episode["renditions"][0]["url"]);
    }
    assert_eq!(entries[2]["itunes_block"], 1, "the bonus is hidden from directories");
    let whole = entries[0]["content"][0]["value"].as_str().expect("all of the notes");
    assert!(whole.starts_with(entries[0]["summary"].as_str().expect("their beginning")), "{whole}");
}
