//! The harness itself holds: each instrument is tried on something known before it judges the server.

use std::collections::BTreeSet;
use std::time::Duration;

use rostrum_codec::live::Decoder;
use rostrum_tests::{Browser, Database, Fates, Http, S3, Scheme, Scratch, Voice, Weather};
use rostrum_tests::{encode, feedparser, ffprobe, loudness, partytime, speech, tone};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

const WITHIN: Duration = Duration::from_secs(10);

#[tokio::test]
async fn a_database_is_empty_and_its_own() {
    let (one, other) = (Database::create().await, Database::create().await);
    one.sql("CREATE TABLE t (n BIGINT); INSERT INTO t VALUES (7)");
    assert_eq!(one.sql("SELECT n FROM t"), "7");
    assert_eq!(other.sql("SELECT COUNT(*) FROM information_schema.tables WHERE table_name = 't'"), "0");
    assert_eq!(one.sql("SELECT datcollate FROM pg_database WHERE datname = current_database()"), "C");
}

#[tokio::test]
async fn a_bucket_refuses_strangers() {
    let s3 = S3::start().await;
    let object = format!("{}/{}/a/b.txt", s3.endpoint(), s3.bucket());
    let reply = Http::new(&s3.endpoint()).get(&object).await;
    assert_eq!(reply.status, 403, "{}", reply.text());
    assert!(!s3.holds("a/b.txt"));
}

#[tokio::test]
async fn speech_can_be_heard_and_measured() {
    let folder = Scratch::new("speech");
    let wav = speech(20, folder.path());
    let seconds: f64 = ffprobe(&wav)["format"]["duration"].as_str().unwrap().parse().unwrap();
    assert!((14.0..30.0).contains(&seconds), "{seconds} s");
    assert!((-35.0..-10.0).contains(&loudness(&wav).integrated_lufs), "{:?}", loudness(&wav));
    let mp3 = ffprobe(encode(&wav, "mp3", &["-b:a", "64k"]));
    assert_eq!(mp3["streams"][0]["codec_name"], "mp3");
}

#[tokio::test]
async fn a_tone_has_its_known_loudness() {
    let folder = Scratch::new("tone");
    let measured = loudness(&tone(1000, 5, folder.path()));
    // A sine of −18.06 dBFS peak is 3.01 dB less in power, and 1 kHz is all but unweighted.
    assert!((measured.integrated_lufs + 21.1).abs() < 0.3, "{measured:?}");
    assert!((measured.true_peak_dbtp + 18.1).abs() < 0.2, "{measured:?}");
}

#[test]
fn readers_read_what_is_right_and_refuse_what_is_not() {
    let feed = r#"<?xml version="1.0"?><rss version="2.0"><channel><title>T</title><link>http://127.0.0.1/</link>
        <description>d</description><item><title>E</title><guid>g1</guid>
        <enclosure url="http://127.0.0.1/1.mp3" length="12" type="audio/mpeg"/></item></channel></rss>"#;
    assert_eq!(partytime(feed)["items"][0]["enclosure"]["length"], 12);
    assert_eq!(feedparser(feed)["entries"][0]["id"], "g1");
    assert_eq!(partytime("<rss><channel>"), serde_json::Value::Null);
    assert_ne!(feedparser("<rss><channel>")["bozo"], false);
}

#[tokio::test]
async fn a_browser_obeys_and_sees() {
    let site = site(PAGE).await;
    let browser = Browser::launch().await;
    let tab = browser.open(&site).await;
    tab.size(390, 844).await;
    tab.scheme(Scheme::Dark).await;
    tab.fill("#name", "Ada").await;
    tab.choose("#tea", "green").await;
    let folder = Scratch::new("upload");
    tab.upload("#file", &[&tone(440, 1, folder.path())]).await;
    tab.click("button").await;
    tab.sees("Hello Ada, green, tone-440.wav").await;
    assert_eq!(tab.text("output").await, "Hello Ada, green, tone-440.wav");
    assert!(tab.eval::<bool>("matchMedia('(prefers-color-scheme: dark)').matches").await);
    tab.eventually(WITHIN, "the phone is narrow", "innerWidth === 390").await;
    assert_eq!(tab.unfair().await, Vec::<String>::new());
    assert!(tab.screenshot("instruments").await.is_file());
    tab.close().await;
    browser.close().await;
}

#[tokio::test]
#[should_panic(expected = "the page is in trouble")]
async fn a_browser_reports_a_page_in_trouble() {
    let site = site("<!doctype html><script>setTimeout(() => { throw new Error('broken') })</script>").await;
    let browser = Browser::launch().await;
    let tab = browser.open(&site).await;
    tab.eventually(WITHIN, "the error is thrown", "document.readyState === 'complete'").await;
    tab.close().await;
}

const PAGE: &str = r#"<!doctype html><html lang="en"><meta name="viewport" content="width=device-width">
<title>A page</title><link rel="icon" href="data:,"><main><h1>Form</h1><form>
<label>Name <input id="name" value="x"></label>
<label>Tea <select id="tea"><option>black<option>green</select></label>
<label>File <input id="file" type="file"></label><button>Send</button><output></output></form></main><script>
document.querySelector("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const value = (id) => document.getElementById(id).value;
  const text = `Hello ${value("name")}, ${value("tea")}, ${document.getElementById("file").files[0].name}`;
  document.querySelector("output").textContent = text;
});</script>"#;

/// Serves one page to whoever asks, for as long as the test runs.
async fn site(page: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
    let address = listener.local_addr().expect("it is bound");
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let head =
                format!("HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}", page.len());
            let reply = format!("{head}\r\nconnection: close\r\n\r\n{page}");
            let _ = socket.read(&mut [0; 8192]).await;
            let _ = socket.write_all(reply.as_bytes()).await;
        }
    });
    format!("http://{address}/")
}

#[test]
fn the_weather_is_as_bad_as_it_says_and_the_same_for_one_seed() {
    let weather = Weather { loss_permille: 50, double_permille: 10, jitter_ms: 60, seed: 3 };
    let all = |mut fates: Fates| (0..20_000).map(|_| fates.decide()).collect::<Vec<_>>();
    let (one, two) = (all(Fates::new(weather)), all(Fates::new(weather)));
    assert_eq!(one, two);
    let (lost, doubled) = (one.iter().filter(|f| f.is_empty()).count(), one.iter().filter(|f| f.len() == 2).count());
    assert!((850..1150).contains(&lost) && (130..250).contains(&doubled), "{lost} lost, {doubled} doubled");
    assert!(one.iter().flatten().all(|late_ms| *late_ms <= 60) && one.iter().flatten().any(|late_ms| *late_ms == 60));
    assert_ne!(one, all(Fates::new(Weather { seed: 4, ..weather })));
}

#[test]
fn every_second_of_each_voice_is_found_again_under_its_own_name_and_no_other() {
    for (voice, other) in [(Voice::Low, Voice::High), (Voice::High, Voice::Low)] {
        let mut decoder = Decoder::new(1).expect("one channel");
        let mut pcm = Vec::new();
        for packet in voice.packets() {
            decoder.packet(&packet, &mut pcm).expect("our own packet");
        }
        let second = 48_000;
        for (name, piece) in pcm.chunks_exact(second).enumerate() {
            let inner = &piece[second / 10..second * 9 / 10];
            assert_eq!(voice.seconds_in(inner), BTreeSet::from([name as u64]), "{voice:?}");
        }
        assert!(other.seconds_in(&pcm).is_empty(), "{voice:?} is taken for {other:?}");
        assert_eq!(voice.longest_hole_ms(&pcm), 0);
        pcm[second * 5..second * 5 + 9_600].fill(0.0);
        assert_eq!(voice.longest_hole_ms(&pcm), 200);
    }
}
