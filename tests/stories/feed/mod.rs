//! Feeds read by programs that are not ours: here one show with every field there is, each compared; beside it shows of
//! several items and of several pages.

mod paged;
mod several;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rostrum_tests::{Program, Server, feedparser, partytime, picture, tone};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// A show that leaves nothing out.
fn show() -> Value {
    json!({
        "title": "Harbour & sea", "subtitle": "Tides.", "description": "All of *it*.", "author": "Ada Holm",
        "owner_name": "Ada", "owner_email": "ada@example.org", "language": "en-GB", "kind": "serial",
        "categories": ["Society & Culture > Documentary", "Fiction"], "medium": "podcast", "copyright": "2026 Ada",
        "link": "https://harbour.example/", "locked": true, "update_rule": "FREQ=WEEKLY;BYDAY=FR",
        "update_text": "Fridays", "funding": [{"url": "https://harbour.example/give", "text": "Give"}],
        "persons": [{"name": "Ada Holm", "role": "host", "group": "cast", "href": "https://harbour.example/ada"}],
        "location": {"name": "Vienna", "geo": "geo:48.2,16.37", "osm": "R113314"}, "license": {"name": "cc-by-4.0"},
        "txt": [{"purpose": "verify", "value": "abc"}],
        "podroll": [{"feed_guid": OTHER, "feed_url": "https://other.example/feed.xml", "title": "Other"}],
    })
}

const OTHER: &str = "9b024349-ccf0-5f69-a609-6b82873eab3c";

/// An episode that leaves nothing out.
fn episode() -> Value {
    json!({
        "title": "The <first> one", "summary": "Short.", "notes": "Long **notes**.", "season": 2, "number": 14,
        "season_name": "Winter", "kind": "full", "explicit": true, "link": "https://harbour.example/14",
        "persons": [{"name": "Mette", "role": "guest", "group": "cast", "href": "https://harbour.example/mette"}],
        "chapters": [{"start_ms": 0, "title": "A"}, {"start_ms": 2000, "title": "B"}],
        "soundbites": [{"start_ms": 500, "duration_ms": 1500, "title": "Bite"}],
        "location": {"name": "Linz"}, "license": {"name": "cc-by-sa-4.0"}, "txt": [{"value": "xyz"}],
    })
}

const CUES: &str = "WEBVTT\n\n00:00.000 --> 00:02.000\n<v Ada>Hello\n\n00:02.000 --> 00:04.000\nBye\n";

#[tokio::test]
async fn every_field_of_a_full_show_is_understood_by_readers_that_are_not_ours() {
    let server = Server::spawn().await;
    let program = Program::new(&server).await;
    let made = program.call("POST", "/api/v1/shows", Some(json!({"facts": show()}))).await;
    let slug = made["slug"].as_str().expect("a slug").to_owned();
    let drawn = std::fs::read(picture(1400, server.scratch())).expect("it was drawn");
    put(&program, &format!("/api/v1/shows/{slug}/artwork"), ("image/png", drawn)).await;
    let recording = std::fs::read(tone(440, 4, server.scratch())).expect("it was made");
    let upload = program.announce(&slug, recording.len()).await;
    let last = program.append(&upload, 0, &recording).await.expect_status(204);
    let path = format!("/api/v1/episodes/{}", last.header("rostrum-episode"));
    program.renditions(last.header("rostrum-episode")).await;
    program.call("PATCH", &path, Some(json!({"slug": "first", "facts": episode()}))).await;
    put(&program, &format!("{path}/transcript"), ("text/vtt", CUES.into())).await;
    program.call("POST", &format!("{path}/publish"), None).await;

    let (feed, known) = settled(&server, &program, (&slug, &path)).await;
    let party = partytime(&feed);
    compare_show(&party, (&made, &server.url("")));
    compare_episode(&party["items"], &known);
    compare_files(&party["items"][0], (&known, &server.url("")));
    compare_bytes(&party["items"][0], &server).await;
    compare_parsed(&feedparser(&feed), &known);
    let often = "<podcast:updateFrequency rrule=\"FREQ=WEEKLY;BYDAY=FR\">Fridays</podcast:updateFrequency>";
    assert!(feed.contains(often), "neither reader knows of it: {feed}");
}

async fn put(program: &Program, path: &str, (mime, body): (&str, Vec<u8>)) {
    program.send(program.request("PUT", path).header("content-type", mime).body(body)).await.expect_status(200);
}

/// The feed and what the API says of its item at one and the same time: the work on the tags may end in between.
async fn settled(server: &Server, program: &Program, (slug, path): (&str, &str)) -> (String, Value) {
    rostrum_tests::eventually(std::time::Duration::from_secs(60), "feed and API agree", async || {
        let before = program.call("GET", path, None).await;
        let feed = server.http().get(&format!("/shows/{slug}/feed.xml")).await.expect_status(200).text();
        let after = program.call("GET", path, None).await;
        (before == after).then_some((feed, after))
    })
    .await
}

/// Every expected field, compared one by one so that a failure names it.
fn compare(found: &Value, expected: &Value) {
    for (name, value) in expected.as_object().expect("fields have names") {
        assert_eq!(&found[name], value, "{name} in {found}");
    }
}

fn compare_show(party: &Value, (made, site): (&Value, &str)) {
    let expected = json!({
        "title": "Harbour & sea", "description": "<p>All of <em>it</em>.</p>", "link": "https://harbour.example/",
        "explicit": false, "itunesBlock": false, "itunesComplete": false, "language": "en-GB",
        "itunesCategory": ["Society & Culture > Documentary", "Fiction"], "itunesType": "serial",
        "author": "Ada Holm", "owner": {"name": "Ada", "email": "ada@example.org"}, "copyright": "2026 Ada",
        "locked": true, "podcastOwner": "ada@example.org", "guid": made["guid"], "medium": "podcast",
        "podcastFunding": [{"message": "Give", "url": "https://harbour.example/give"}],
        "podcastPeople":
            [{"name": "Ada Holm", "role": "Host", "group": "Cast", "href": "https://harbour.example/ada"}],
        "podcastLocation": {"name": "Vienna", "osm": "R113314", "geo": "geo:48.2,16.37"},
        "license": {"identifier": "cc-by-4.0", "url": "https://spdx.org/licenses/CC-BY-4.0.html"},
        "podcastTxt": [{"value": "abc", "purpose": "verify"}],
        "podroll": [{"feedGuid": OTHER, "feedUrl": "https://other.example/feed.xml", "title": "Other"}],
        "pubsub": {"self": format!("{site}/shows/harbour-sea/feed.xml")},
        "podcastSeasons": {"2": {"number": 2, "name": "Winter"}},
    });
    compare(party, &expected);
    let artwork = party["itunesImage"].as_str().expect("it has artwork");
    assert!(artwork.starts_with(&format!("{site}/media/")) && artwork.ends_with("/artwork.jpg"), "{artwork}");
    let image = json!({"url": artwork, "title": "Harbour & sea", "link": "https://harbour.example/"});
    assert_eq!(party["image"], image);
    let known: Vec<_> = ["1", "2", "3", "4", "6"].map(|phase| &party["pc20support"][phase]).into();
    assert!(known.iter().all(|phase| phase.as_array().is_some_and(|tags| !tags.is_empty())), "{known:?}");
}

fn compare_episode(items: &Value, known: &Value) {
    assert_eq!(items.as_array().map(Vec::len), Some(1));
    let expected = json!({
        "title": "The <first> one", "guid": known["guid"], "link": "https://harbour.example/14", "duration": 4,
        "explicit": true, "description": "<p>Long <strong>notes</strong>.</p>", "itunesEpisode": 14,
        "itunesEpisodeType": "full", "itunesSeason": 2,
        "podcastSeason": {"number": 2, "name": "Winter"}, "podcastEpisode": {"number": 14},
        "podcastSoundbites": [{"duration": 1.5, "startTime": 0.5, "title": "Bite"}],
        "podcastPeople":
            [{"name": "Mette", "role": "Guest", "group": "Cast", "href": "https://harbour.example/mette"}],
        "podcastLocation": {"name": "Linz"}, "podcastTxt": [{"value": "xyz"}],
        "license": {"identifier": "cc-by-sa-4.0", "url": "https://spdx.org/licenses/CC-BY-SA-4.0.html"},
        "podcastChapters": {"url": known["urls"]["chapters"], "type": "application/json+chapters"},
    });
    compare(&items[0], &expected);
    let (shown, exact) = (items[0]["pubDate"].as_str(), known["published_at"].as_str());
    assert_eq!(shown.and_then(|text| text.get(..19)), exact.and_then(|text| text.get(..19)), "to the second");
}

/// The files that an item leads to, against what the API says of them.
fn compare_files(item: &Value, (known, site): (&Value, &str)) {
    let renditions = known["renditions"].as_array().expect("a list");
    let enclosure = json!({
        "url": renditions[0]["url"], "length": renditions[0]["bytes"], "type": renditions[0]["mime"],
    });
    assert_eq!(item["enclosure"], enclosure);
    let others = item["alternativeEnclosures"].as_array().expect("a list");
    assert_eq!((others.len(), renditions.len()), (3, 3));
    for (other, file) in others.iter().zip(renditions) {
        let mime = &file["mime"];
        let expected = json!({
            "type": mime, "length": file["bytes"], "bitrate": file["bitrate"], "default": file["kind"] == "mp3",
            "source": [{"uri": file["url"], "contentType": mime}],
        });
        compare(other, &expected);
    }
    let transcripts = item["podcastTranscripts"].as_array().expect("a list");
    let kinds: Vec<_> = transcripts.iter().map(|one| one["type"].as_str().unwrap_or_default()).collect();
    assert_eq!(kinds, ["text/vtt", "application/srt", "application/json", "text/html"]);
    for (one, file) in transcripts.iter().zip(known["transcripts"].as_array().expect("a list")) {
        assert_eq!((&one["url"], &one["language"]), (&file["url"], &json!("en-GB")));
        assert!(one["url"].as_str().is_some_and(|url| url.starts_with(site)), "{one}");
    }
}

/// The files themselves, against what the item says of each: how long, of which type, and their digest.
async fn compare_bytes(item: &Value, server: &Server) {
    let others = item["alternativeEnclosures"].as_array().expect("a list");
    assert_eq!(others.len(), 3, "{item}");
    for other in others {
        let url = &other["source"][0]["uri"];
        let served = server.http().get(url.as_str().expect("an address")).await.expect_status(200);
        let expected = json!({
            "length": served.body.len(), "type": served.header("content-type"),
            "integrity": {"type": "sri", "value": format!("sha256-{}", STANDARD.encode(Sha256::digest(&served.body)))},
        });
        compare(other, &expected);
        if other["default"] == true {
            let enclosure = json!({"url": url, "length": served.body.len(), "type": "audio/mpeg"});
            assert_eq!(item["enclosure"], enclosure, "it is one of them");
        }
    }
    let defaults: Vec<_> = others.iter().filter(|other| other["default"] == true).collect();
    assert_eq!((defaults.len(), &defaults[0]["type"]), (1, &json!("audio/mpeg")), "{item}");
}

fn compare_parsed(parsed: &Value, known: &Value) {
    assert_eq!((&parsed["bozo"], parsed["entries"].as_array().map(Vec::len)), (&json!(false), Some(1)));
    let show = json!({
        "title": "Harbour & sea", "link": "https://harbour.example/", "subtitle": "<p>All of <em>it</em>.</p>",
        "language": "en-GB", "rights": "2026 Ada", "itunes_type": "serial",
        "author_detail": {"name": "Ada", "email": "ada@example.org"},
    });
    compare(&parsed["feed"], &show);
    let terms: Vec<_> = parsed["feed"]["tags"].as_array().into_iter().flatten().map(|tag| &tag["term"]).collect();
    assert_eq!(terms, ["Society & Culture", "Documentary", "Fiction"]);
    let entry = &parsed["entries"][0];
    let expected = json!({
        "title": "The <first> one", "link": "https://harbour.example/14", "id": known["guid"], "guidislink": false,
        "summary": "<p>Long <strong>notes</strong>.</p>", "itunes_title": "The <first> one", "itunes_duration": "4",
        "itunes_episodetype": "full", "itunes_season": "2", "itunes_episode": "14", "podcast_episode": "14",
        "podcast_chapters": {"url": known["urls"]["chapters"], "type": "application/json+chapters"},
        "podcast_license": "cc-by-sa-4.0", "podcast_txt": "xyz",
    });
    compare(entry, &expected);
    let enclosure = entry["links"].as_array().into_iter().flatten().find(|link| link["rel"] == "enclosure");
    let file = &known["renditions"][0];
    let (href, length) = (&file["url"], file["bytes"].to_string());
    let enclosure = enclosure.expect("an entry has one");
    assert_eq!((&enclosure["href"], &enclosure["length"], &enclosure["type"]), (href, &json!(length), &file["mime"]));
}
