//! What a recording becomes: three renditions that other programs measure, with what stands in them beside the sound,
//! words on what is odd about it, and no work done twice for the same bytes.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rostrum_media::testing::strength;
use rostrum_tests::{Program, Server, Stubborn, decoded, encode, eventually, ffprobe, loudness, tone};
use serde_json::{Value, json};

/// Long enough for a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
const LEFT_ONLY: &str = "Only the left channel has sound; it will be heard on both sides.";
const SECONDS: u32 = 6;
/// What each side of a recording in stereo sounds, in hertz.
const SIDES: [u32; 2] = [440, 660];
/// Chapters of it: when each begins, in milliseconds, and its title.
const CHAPTERS: [(i64, &str); 3] = [(0, "Quelle"), (3000, "終わり"), (6500, "Mündung")];

#[tokio::test]
async fn renditions_are_sound_warnings_stay_and_the_same_bytes_are_encoded_once() {
    let server = Server::spawn().await;
    let program = Program::new(&server).await;
    let show = program.show(&server).await;
    let tone = tone(440, SECONDS, server.scratch());
    let recording = std::fs::read(encode(&tone, "left.wav", &["-af", "pan=stereo|c0=c0"])).expect("it was made");

    let first = upload(&program, (&show, &recording)).await;
    let made = program.renditions(&first).await;
    assert_eq!(made["warnings"], json!([LEFT_ONLY]), "{made}");
    editor_warns(&server, &first).await;

    let second = upload(&program, (&show, &recording)).await;
    let again = program.renditions(&second).await;
    assert_eq!(again["warnings"], json!([LEFT_ONLY]), "what was found is kept with what was made");
    let twice = server.log().matches("a recording is encoded").count();
    assert_eq!(twice, 1, "the second child never started");
    assert_eq!(durations(&again), durations(&made));

    program.call("POST", &format!("/api/v1/episodes/{first}/publish"), None).await;
    for file in made["renditions"].as_array().expect("a list") {
        measure(&server, file).await;
    }
}

async fn upload(program: &Program, what: (&str, &[u8])) -> String {
    let (show, recording) = what;
    let upload = program.announce(show, recording.len()).await;
    let last = program.append(&upload, 0, recording).await.expect_status(204);
    last.header("rostrum-episode").to_owned()
}

/// In the reader's language.
async fn editor_warns(server: &Server, episode: &str) {
    let http = server.http();
    let form = [("email", "ada@example.org"), ("password", "a good long one")];
    http.post_form("/sign-in", &form).await.expect_status(303);
    let words = [("en", LEFT_ONLY), ("de", "Nur der linke Kanal hat Ton; er ist auf beiden Seiten zu hören.")];
    for (language, warning) in words {
        eventually(PATIENCE, "the editor warns", async || {
            let request = http.request(&rostrum_tests::Method::GET, &format!("/admin/episodes/{episode}"));
            let page = http.send(request.header("accept-language", language)).await.expect_status(200).text();
            page.contains(warning).then_some(())
        })
        .await;
    }
}

fn durations(episode: &Value) -> Vec<&Value> {
    episode["renditions"].as_array().into_iter().flatten().map(|file| &file["duration_ms"]).collect()
}

/// Fetches a rendition as a listener does; its kind, and where it is now.
async fn fetch<'f>(server: &Server, file: &'f Value) -> (&'f str, PathBuf) {
    let kind = file["kind"].as_str().expect("a word");
    let reply = server.http().get(file["url"].as_str().expect("an address")).await.expect_status(200);
    let path = server.scratch().join(format!("served.{kind}"));
    std::fs::write(&path, &reply.body).expect("the scratch folder can be written");
    (kind, path)
}

/// Reads one rendition as other programs do.
async fn measure(server: &Server, file: &Value) {
    let (kind, path) = fetch(server, file).await;
    let probed = ffprobe(&path);
    let codec = match kind {
        "m4a" => "aac",
        other => other,
    };
    assert_eq!(probed["streams"][0]["codec_name"], codec, "{probed}");
    let seconds: f64 = probed["format"]["duration"].as_str().and_then(|text| text.parse().ok()).expect("a length");
    assert!((seconds - f64::from(SECONDS)).abs() < 0.15, "{kind}: {seconds} s");
    let measured = loudness(&path);
    assert!((measured.integrated_lufs + 19.0).abs() <= 1.0, "{kind}, one channel, at −19 LUFS: {measured:?}");
}

#[tokio::test]
async fn stereo_stays_stereo_and_every_form_carries_chapters_tags_and_artwork() {
    let server = Server::spawn().await;
    let program = Program::new(&server).await;
    let show = program.show(&server).await;
    let client = Stubborn::new(&program, &show);
    let left = tone(SIDES[0], 10, server.scratch());
    let right = format!("sine=frequency={}:duration=10:sample_rate=48000", SIDES[1]);
    let join = ["-f", "lavfi", "-i", &right, "-filter_complex", "[0:a][1:a]join=inputs=2:channel_layout=stereo"];
    let recording = std::fs::read(encode(&left, "stereo.wav", &join)).expect("it was made");
    let episode = client.upload(&recording).await;
    client.encoded(&episode).await;
    let chapters = CHAPTERS.map(|(start_ms, title)| json!({"start_ms": start_ms, "title": title}));
    let facts = json!({"title": "Über Flüsse", "number": 7, "summary": "What water does.", "chapters": chapters});
    program.call("PATCH", &format!("/api/v1/episodes/{episode}"), Some(json!({"facts": facts}))).await;
    client.publish(&episode).await;
    // The date of publication is among the tags.
    program.idle().await;
    let known = program.call("GET", &format!("/api/v1/episodes/{episode}"), None).await;
    let date = known["published_at"].as_str().and_then(|at| at.get(..10)).expect("it has been published");
    for file in known["renditions"].as_array().expect("a list") {
        let (kind, path) = fetch(&server, file).await;
        is_stereo(kind, &path);
        is_dressed(kind, &path, date);
        if kind == "m4a" {
            carries_both_chapter_forms(&path);
        }
    }
}

/// Each side has its own tone and not the other's, at the loudness of programmes.
fn is_stereo(kind: &str, path: &Path) {
    for (side, hertz) in SIDES.into_iter().enumerate() {
        let heard = decoded(path, side);
        let (own, other) = (strength(&heard, hertz as f32), strength(&heard, SIDES[1 - side] as f32));
        assert!(own > 0.05 && other < own / 30.0, "{kind}, channel {side}: {own} and {other}");
    }
    let measured = loudness(path);
    assert!((measured.integrated_lufs + 16.0).abs() <= 0.5, "{kind}: {measured:?}");
    assert!(measured.true_peak_dbtp <= -1.0, "{kind}: {measured:?}");
}

/// What other programs show of a file while they play it.
fn is_dressed(kind: &str, path: &Path, date: &str) {
    let probed = ffprobe(path);
    let streams = probed["streams"].as_array().expect("a list");
    let sound = streams.iter().find(|stream| stream["codec_type"] == "audio").expect("it has sound");
    assert_eq!((&sound["channels"], &sound["sample_rate"]), (&json!(2), &json!("48000")), "{kind}");
    // Ogg keeps them with the stream and in its own spelling.
    let tags = [&probed["format"]["tags"], &sound["tags"]];
    let tag = |name: &str| {
        let spellings = [name.to_owned(), name.to_uppercase()];
        let found = tags.iter().flat_map(|tags| spellings.iter().map(|name| &tags[name])).find_map(Value::as_str);
        found.unwrap_or_default().to_owned()
    };
    let expected = [("title", "Über Flüsse"), ("artist", "Ada"), ("album", "Harbour talk"), ("date", date)];
    for (name, value) in expected {
        assert_eq!(tag(name), value, "{kind}: {name} in {tags:?}");
    }
    let number = if kind == "opus" { tag("tracknumber") + &tag("track") } else { tag("track") };
    assert_eq!(number, "7", "{kind}: {tags:?}");
    let pictures: Vec<_> = streams.iter().filter(|stream| stream["disposition"]["attached_pic"] == 1).collect();
    assert_eq!(pictures.len(), 1, "{kind}");
    assert_eq!(pictures[0]["codec_name"], "mjpeg", "{kind}");
    assert_eq!(chapters(&probed), CHAPTERS.map(|(at, title)| (at, title.to_owned())), "{kind}");
}

/// When each begins, in milliseconds, and its title.
fn chapters(probed: &Value) -> Vec<(i64, String)> {
    let chapters = probed["chapters"].as_array().into_iter().flatten();
    let start = |chapter: &Value| chapter["start_time"].as_str().and_then(|text| text.parse::<f64>().ok());
    let title = |chapter: &Value| chapter["tags"]["title"].as_str().unwrap_or_default().to_owned();
    chapters.map(|one| ((start(one).expect("a number") * 1000.0).round() as i64, title(one))).collect()
}

/// The list that Nero's players read and the track that Apple's read, each by itself.
fn carries_both_chapter_forms(path: &Path) {
    let expected = CHAPTERS.map(|(at, title)| (at, title.to_owned()));
    assert_eq!(chapters(&ffprobe(without(path, &[b"chap"]))), expected, "the list alone");
    assert_eq!(chapters(&ffprobe(without(path, &[b"chpl"]))), expected, "the track alone");
    assert_eq!(chapters(&ffprobe(without(path, &[b"chap", b"chpl"]))), [], "there is no third form");
}

/// A copy of an MP4 file whose boxes of these names are such that readers pass over.
fn without(path: &Path, boxes: &[&[u8; 4]]) -> PathBuf {
    let mut bytes = std::fs::read(path).expect("it is there");
    for name in boxes {
        let at = bytes.windows(4).position(|four| four == *name).expect("it has one");
        bytes[at..at + 4].copy_from_slice(b"free");
    }
    let copy = path.with_extension("copy.m4a");
    std::fs::write(&copy, bytes).expect("the scratch folder can be written");
    copy
}
