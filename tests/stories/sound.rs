//! What a recording becomes: three renditions that other programs measure, words on what is odd about it, and no work
//! done twice for the same bytes.

use std::time::Duration;

use rostrum_tests::{Program, Server, encode, eventually, ffprobe, loudness, tone};
use serde_json::{Value, json};

/// Long enough for a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
const LEFT_ONLY: &str = "Only the left channel has sound; it will be heard on both sides.";
const SECONDS: u32 = 6;

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

/// Reads one rendition as other programs do.
async fn measure(server: &Server, file: &Value) {
    let kind = file["kind"].as_str().expect("a word");
    let reply = server.http().get(file["url"].as_str().expect("an address")).await.expect_status(200);
    let path = server.scratch().join(format!("served.{kind}"));
    std::fs::write(&path, &reply.body).expect("the scratch folder can be written");
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
