//! A room that becomes an episode, is mixed again and trimmed: every second is where it belongs, for programs that are
//! not ours, and the page on which that is done is fair.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use rostrum_tests::{Browser, Process, Program, Server, Tab, Voice, eventually, ffprobe, loudness};
use serde_json::{Value, json};

use super::decoded;
use crate::pages::inspect;

/// Long enough for a busy machine.
const PATIENCE: Duration = Duration::from_secs(90);
const SAID_S: u64 = 16;
const HEAD_MS: i64 = 5_000;
const TAIL_MS: i64 = 3_000;

struct Desk<'a> {
    server: &'a Server,
    program: &'a Program,
}

impl Desk<'_> {
    async fn call(&self, method: &str, path: &str, body: Value) -> Value {
        self.program.call(method, path, Some(body)).await
    }

    /// An episode of seconds that name themselves, broadcast into a room.
    async fn aired(&self, show: &str) -> String {
        let room = json!({"show": show, "facts": {"title": "Tones", "on_end": "publish"}});
        self.call("POST", "/api/v1/rooms", room).await;
        for step in ["open", "live"] {
            self.call("POST", &format!("/api/v1/rooms/tones/{step}"), json!({})).await;
        }
        let key = self.call("POST", "/api/v1/rooms/tones/ingest", json!({})).await;
        let (key, http) = (key["key"].as_str().expect("a key"), &self.server.ready().http);
        let wav = self.server.scratch().join("voice.wav");
        std::fs::write(&wav, Voice::Low.wav()).expect("the folder is ours");
        let mut command = Command::new("ffmpeg");
        command.args(["-nostdin", "-v", "error", "-re", "-i"]).arg(&wav).args(["-t", &SAID_S.to_string()]);
        command.args(["-c:a", "libopus", "-b:a", "48k", "-content_type", "application/ogg", "-f", "ogg"]);
        command.arg(format!("icecast://source:{key}@{http}/ingest/tones"));
        let mut encoder = Process::start(&mut command).expect("FFmpeg is installed");
        assert!(encoder.gone(PATIENCE).await.success(), "it broadcast to its end");
        self.call("POST", "/api/v1/rooms/tones/end", json!({})).await;
        eventually(PATIENCE, "the room is an episode", async || {
            let room = self.program.call("GET", "/api/v1/rooms/tones", None).await;
            room["episode_id"].as_str().map(str::to_owned)
        })
        .await
    }

    /// The episode once nothing works on it any more.
    async fn settled(&self, episode: &str) -> Value {
        eventually(PATIENCE, "the work is done", async || {
            let jobs = self.program.call("GET", "/api/v1/jobs", None).await;
            let open = |job: &&Value| ["ready", "running"].contains(&job["state"].as_str().unwrap_or_default());
            let (open, all) = (jobs["items"].as_array()?.iter().filter(open).count(), jobs["items"].as_array()?.len());
            (open == 0 && all > 0).then_some(())
        })
        .await;
        self.program.renditions(episode).await
    }

    /// A rendition as anybody gets it, in a file of its own.
    async fn fetched(&self, file: &Value, name: &str) -> PathBuf {
        let url = file["url"].as_str().expect("an address");
        let reply = self.server.http().get(url).await.expect_status(200);
        let path = self.server.scratch().join(format!("{name}.{}", file["kind"].as_str().expect("a word")));
        std::fs::write(&path, &reply.body).expect("the folder is ours");
        path
    }

    /// Which seconds each rendition has, and how long it is, in milliseconds.
    async fn heard(&self, episode: &Value, name: &str) -> Vec<(BTreeSet<u64>, i64, PathBuf)> {
        let mut all = Vec::new();
        for file in episode["renditions"].as_array().expect("a list") {
            let path = self.fetched(file, name).await;
            let seconds = Voice::Low.seconds_in(&decoded(&path, self.server).await);
            let length = ffprobe(&path)["format"]["duration"].as_str().and_then(|text| text.parse::<f64>().ok());
            all.push((seconds, (length.expect("a length") * 1000.0).round() as i64, path));
        }
        all
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_is_mixed_again_and_trimmed_without_a_second_out_of_place() {
    let server = Server::spawn().await;
    let program = Program::new(&server).await;
    let show = program.show(&server).await;
    let desk = Desk { server: &server, program: &program };
    let episode = desk.aired(&show).await;
    let path = format!("/api/v1/episodes/{episode}");
    let live = desk.settled(&episode).await;
    let said = desk.heard(&live, "live").await;
    assert!(said.iter().all(|(seconds, ..)| seconds.len() as u64 >= SAID_S - 2), "{said:?}");

    desk.call("POST", &format!("{path}/remaster"), json!({"denoise": false})).await;
    let remade = desk.settled(&episode).await;
    assert_eq!(remade["guid"], live["guid"]);
    for (new, old) in desk.heard(&remade, "remade").await.iter().zip(&said) {
        assert_eq!(new.0, old.0, "{:?}", new.2);
        assert!((new.1 - old.1).abs() <= 50, "{:?} lasts {} ms, not {}", new.2, new.1, old.1);
        let measured = loudness(&new.2);
        assert!((measured.integrated_lufs + 16.0).abs() <= 0.5, "{:?}: {measured:?}", new.2);
    }

    desk.call("PUT", &format!("{path}/trim"), json!({"head_ms": HEAD_MS, "tail_ms": TAIL_MS})).await;
    let cut = desk.settled(&episode).await;
    let first = said[0].0.first().copied().expect("something was said");
    for (new, old) in desk.heard(&cut, "cut").await.iter().zip(&said) {
        // Of an Ogg, ffprobe counts the 80 to 100 ms in front that decoders leave out.
        let front_ms = if new.2.extension().is_some_and(|ending| ending == "opus") { 90 } else { 0 };
        let kept_ms = old.1 - HEAD_MS - TAIL_MS + front_ms;
        assert!((new.1 - kept_ms).abs() <= 50, "{:?} lasts {} ms of {}", new.2, new.1, old.1);
        assert!(new.0.is_subset(&old.0) && !new.0.contains(&first), "{:?} has {:?} of {:?}", new.2, new.0, old.0);
        assert!(new.0.len() as u64 >= SAID_S - 10, "{:?}", new.0);
    }
    let feed = server.http().get(&format!("/shows/{show}/feed.xml")).await.expect_status(200).text();
    let mp3 = cut["renditions"].as_array().and_then(|all| all.iter().find(|file| file["kind"] == "mp3"));
    assert!(feed.contains(mp3.and_then(|file| file["url"].as_str()).expect("an MP3")), "{feed}");

    let browser = Browser::launch().await;
    let tab = browser.open(&server.url("/sign-in")).await;
    by_hand(&desk, &tab, &episode).await;
    tab.close().await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_is_trimmed_to_the_sample_and_made_whole_again() {
    let server = Server::spawn().await;
    let program = Program::new(&server).await;
    let show = program.show(&server).await;
    let desk = Desk { server: &server, program: &program };
    let recording = Voice::Low.wav();
    let upload = program.announce(&show, recording.len()).await;
    let episode = program.append(&upload, 0, &recording).await.expect_status(204).header("rostrum-episode").to_owned();
    let whole = desk.settled(&episode).await;
    program.call("POST", &format!("/api/v1/episodes/{episode}/publish"), None).await;
    let path = format!("/api/v1/episodes/{episode}/trim");

    desk.call("PUT", &path, json!({"head_ms": 10_250, "tail_ms": 7_500})).await;
    let cut = desk.settled(&episode).await;
    assert_ne!(cut["renditions"], whole["renditions"]);
    for file in cut["renditions"].as_array().expect("a list") {
        let found = desk.fetched(file, "cut").await;
        let pcm = decoded(&found, &server).await;
        let heard = |from_ms: usize, to_ms: usize| Voice::Low.seconds_in(&pcm[from_ms * 48..to_ms * 48]);
        // FFmpeg decodes the last frame of an M4A to its end.
        assert!(pcm.len().abs_diff(46_250 * 48) <= 1_100, "{found:?} has {} samples", pcm.len());
        assert_eq!(heard(0, 46_250 - 10), (10..=56).collect(), "{found:?}");
        // Seconds begin where they should: what is cut off is not there, nor is anything late.
        assert_eq!(heard(0, 740), BTreeSet::from([10]), "{found:?}");
        assert_eq!(heard(760, 1_740), BTreeSet::from([11]), "{found:?}");
        assert_eq!(heard(45_760, 46_200), BTreeSet::from([56]), "{found:?}");
    }
    desk.call("PUT", &path, json!({})).await;
    let again = desk.settled(&episode).await;
    for (seconds, length_ms, file) in desk.heard(&again, "again").await {
        assert!((length_ms - 64_000).abs() <= 50 && seconds.len() == 64, "{file:?}: {length_ms} ms, {seconds:?}");
    }
}

/// The same in the studio: what is cut off is shown, and comes back.
async fn by_hand(desk: &Desk<'_>, tab: &Tab, episode: &str) {
    tab.fill("#email", "ada@example.org").await;
    tab.fill("#password", "a good long one").await;
    tab.click("main form button[type=submit]").await;
    tab.eventually(PATIENCE, "she is in", "location.pathname !== '/sign-in'").await;
    let page = format!("/admin/episodes/{episode}/recording");
    tab.open(&desk.server.url(&page)).await;
    inspect(tab, &page).await;
    tab.size(390, 800).await;
    tab.screenshot("recording-phone").await;
    tab.size(1280, 900).await;
    tab.screenshot("recording-desk").await;
    tab.eventually(PATIENCE, "the trim is there", "document.querySelector('#from').value === '0:05'").await;
    tab.eventually(PATIENCE, "it is drawn", "document.querySelector('[data-cut=head]').getAttribute('width') > 0")
        .await;
    tab.fill("#from", "0:02").await;
    tab.fill("#to", "").await;
    tab.eventually(
        PATIENCE,
        "the end is whole",
        "document.querySelector('[data-cut=tail]').getAttribute('width') == 0",
    )
    .await;
    tab.click("form[action$='/trim'] button[type=submit]").await;
    let changed = eventually(PATIENCE, "it is cut anew", async || {
        let trim = desk.program.call("GET", &format!("/api/v1/episodes/{episode}/trim"), None).await;
        (trim["head_ms"] == 2_000).then_some(trim)
    })
    .await;
    assert_eq!(changed["tail_ms"], 0);
}
