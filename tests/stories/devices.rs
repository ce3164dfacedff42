//! What is round a page: keys and sliders for the volume, the system's own media keys, other people's pages that a
//! player stands in, apps and cameras that are led to a feed, and what other programs read in a page's head.

use std::time::Duration;

use rostrum_tests::{Browser, Scheme, Server, Tab, qr_code};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::listening::{AUDIO, PATIENCE, PLAYS, plays_within, published};

/// Keeps what the page gives the system for its media keys, so that a story can press them.
const MEDIA_KEYS: &str = "window.mediaKeys = {}; const give = navigator.mediaSession.setActionHandler;
    navigator.mediaSession.setActionHandler = function (name, act) {
        give.call(this, name, act);
        window.mediaKeys[name] = (more) => (act({action: name, ...more}), true);
    };";

#[tokio::test]
async fn a_page_obeys_the_volume_and_the_keys_of_the_system() {
    let server = Server::spawn().await;
    let page = published(&server).await;
    let browser = Browser::launch().await;
    let tab = browser.open("about:blank").await;
    tab.before_scripts(MEDIA_KEYS).await;
    tab.size(1280, 900).await;
    tab.open(&page).await;
    tab.click(".deck-main [data-play]").await;
    plays_within(&tab, (0.3, 40.0)).await;
    volume(&tab, &page).await;
    media_keys(&tab).await;
    tab.close().await;
    browser.close().await;
}

async fn volume(tab: &Tab, page: &str) {
    let range = "#bar media-volume-range";
    let width: f64 = tab.eval(&format!("document.querySelector('{range}').getBoundingClientRect().width")).await;
    tab.click_inside(range, width * 0.3).await;
    tab.eventually(PATIENCE, "quieter", &format!("{AUDIO}.volume > 0.1 && {AUDIO}.volume < 0.5")).await;
    tab.click_inside(range, width * 0.7).await;
    tab.eventually(PATIENCE, "louder", &format!("{AUDIO}.volume > 0.5 && {AUDIO}.volume < 0.9")).await;
    let before: f64 = tab.eval(&format!("{AUDIO}.volume")).await;
    tab.press("body", "ArrowDown").await;
    tab.eventually(PATIENCE, "the slider itself takes keys", &format!("{AUDIO}.volume < {before}")).await;

    tab.click("#bar media-mute-button").await;
    tab.eventually(PATIENCE, "silent", &format!("{AUDIO}.muted")).await;

    tab.eval::<bool>(&format!("(document.activeElement.blur(), {AUDIO}.volume = 0.5, true)")).await;
    let near = |volume: f64| format!("Math.abs({AUDIO}.volume - {volume}) < 0.001");
    tab.press("body", "ArrowUp").await;
    tab.eventually(PATIENCE, "a step up, and heard", &format!("!{AUDIO}.muted && {}", near(0.6))).await;
    for _ in 0..2 {
        tab.press("body", "ArrowDown").await;
    }
    tab.eventually(PATIENCE, "two down", &near(0.4)).await;
    tab.press("body", "m").await;
    tab.eventually(PATIENCE, "silent", &format!("{AUDIO}.muted")).await;
    tab.press("body", "ArrowUp").await;
    tab.eventually(PATIENCE, "heard again", &format!("!{AUDIO}.muted && {}", near(0.5))).await;
    for _ in 0..7 {
        tab.press("body", "ArrowUp").await;
    }
    tab.eventually(PATIENCE, "not louder than all", &format!("{AUDIO}.volume === 1")).await;
    for _ in 0..3 {
        tab.press("body", "ArrowDown").await;
    }
    tab.eventually(PATIENCE, "three down", &near(0.7)).await;
    let kept = "Math.abs(JSON.parse(localStorage.getItem('rostrum.taste')).volume - 0.7) < 0.001";
    tab.eventually(PATIENCE, "it is kept", kept).await;
    let others = "Object.keys(localStorage).filter((key) => !key.startsWith('rostrum.')).join()";
    assert_eq!(tab.eval::<String>(others).await, "", "nothing else remembers it");
    tab.open(page).await;
    tab.click(".deck-main [data-play]").await;
    tab.eventually(PATIENCE, "as loud as one likes it", &format!("{PLAYS} && !{AUDIO}.muted && {}", near(0.7))).await;
}

/// Headphones, lock screens and keyboards with keys of their own.
async fn media_keys(tab: &Tab) {
    let near = |seconds: f64| format!("Math.abs({AUDIO}.currentTime - {seconds}) < 0.2");
    press_key(tab, "pause", json!({})).await;
    tab.eventually(PATIENCE, "it pauses", &format!("{AUDIO}.paused")).await;
    press_key(tab, "seekto", json!({"seekTime": 40.0})).await;
    tab.eventually(PATIENCE, "the very second", &near(40.0)).await;
    press_key(tab, "seekbackward", json!({})).await;
    tab.eventually(PATIENCE, "a quarter of a minute back", &near(25.0)).await;
    press_key(tab, "seekbackward", json!({"seekOffset": 5.0})).await;
    tab.eventually(PATIENCE, "as far as it asks", &near(20.0)).await;
    press_key(tab, "seekforward", json!({})).await;
    tab.eventually(PATIENCE, "half a minute on", &near(50.0)).await;
    press_key(tab, "seekto", json!({"seekTime": 10.0})).await;
    press_key(tab, "play", json!({})).await;
    plays_within(tab, (10.2, 40.0)).await;
    tab.eventually(PATIENCE, "it says so", "navigator.mediaSession.playbackState === 'playing'").await;
    press_key(tab, "stop", json!({})).await;
    tab.eventually(PATIENCE, "the bar is away", "document.getElementById('bar').hidden").await;
}

async fn press_key(tab: &Tab, name: &str, more: Value) {
    assert!(tab.eval::<bool>(&format!("window.mediaKeys['{name}']({more})")).await, "{name}");
}

#[tokio::test]
async fn an_episode_plays_inside_a_page_of_another_origin() {
    let server = Server::spawn().await;
    let page = published(&server).await;
    let browser = Browser::launch().await;
    let tab = browser.open(&page).await;
    let code: String = tab.eval("document.getElementById('share-embed').value").await;
    assert!(code.starts_with("<iframe ") && code.contains("/embed/"), "{code}");
    let away = elsewhere(format!("<!doctype html><title>Elsewhere</title><h1>A page of others</h1>{code}")).await;
    assert_ne!(away, server.url(""));
    tab.open(&away).await;
    let frame = tab.frame("iframe").await;
    let origins = format!("location.origin === {:?} && self !== top", server.url(""));
    frame.eventually(PATIENCE, "it is ours inside of theirs", &origins).await;
    frame.click(".deck-main button[data-play]").await;
    let plays = |from: f64| format!("{PLAYS} && {AUDIO}.currentTime > {from}");
    frame.eventually(PATIENCE, "it plays", &plays(0.5)).await;
    frame.click(".deck-main button[data-play]").await;
    frame.eventually(PATIENCE, "it pauses", &format!("{AUDIO}.paused")).await;
    let shut = "(() => { try { return !document.querySelector('iframe').contentDocument } catch { return true } })()";
    assert!(tab.eval::<bool>(shut).await, "their scripts do not reach in");
    tab.close().await;
    browser.close().await;
}

/// A page at a port of its own, which is another origin; its address.
async fn elsewhere(html: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
    let address = listener.local_addr().expect("it is bound");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = [0; 4096];
            let length = stream.read(&mut head).await.unwrap_or(0);
            let (status, body) =
                if head[..length].starts_with(b"GET / ") { ("200 OK", html.as_str()) } else { ("204 No Content", "") };
            let kind = "content-type: text/html; charset=utf-8\r\nconnection: close";
            let head = format!("HTTP/1.1 {status}\r\n{kind}\r\ncontent-length: {}\r\n\r\n", body.len());
            let _ = stream.write_all(&[head.as_bytes(), body.as_bytes()].concat()).await;
        }
    });
    format!("http://{address}/")
}

#[tokio::test]
async fn a_shows_page_leads_apps_and_cameras_and_programs_to_its_feed() {
    let server = Server::spawn().await;
    let episode = published(&server).await;
    let browser = Browser::launch().await;
    browser.share_clipboard().await;
    let show = server.url("/shows/harbour-talk");
    let feed = format!("{show}/feed.xml");
    let tab = browser.open(&show).await;
    // High enough that nothing has to be scrolled to.
    tab.size(1280, 1600).await;
    leads_apps(&tab, &feed).await;
    leads_cameras(&tab, &server, &feed).await;

    let picture = tab.eval::<String>("document.querySelector('.show-head .art img').src").await;
    let named = [("Harbour talk", feed.as_str())];
    for (address, title) in [(&show, "Harbour talk"), (&server.url("/"), "Rostrum"), (&episode, "The tide")] {
        let head = head(&tab, address).await;
        assert_eq!(feeds(&head), named, "{address}");
        let sort = if *address == episode { "music.song" } else { "website" };
        for (name, value) in [("title", title), ("url", address), ("site_name", "Rostrum"), ("type", sort)] {
            assert_eq!(head[format!("og:{name}")], value, "{address} og:{name}");
        }
        assert_eq!(head["og:image"], picture, "{address}");
        assert!(head["description"].as_str().is_some_and(|text| !text.is_empty()), "{address}: {head}");
        assert_eq!(head["og:description"], head["description"], "{address}");
        assert_eq!(server.http().get(&picture).await.expect_status(200).header("content-type"), "image/jpeg");
    }
    let head = head(&tab, &episode).await;
    let sound = head["og:audio"].as_str().expect("an episode has sound");
    assert_eq!(server.http().head(sound).await.expect_status(200).header("content-type"), head["og:audio:type"]);
    tab.close().await;
    browser.close().await;
}

/// Each button leads an app to the feed, and the copy button puts its address where it can be pasted.
async fn leads_apps(tab: &Tab, feed: &str) {
    let encoded: String = tab.eval(&format!("encodeURIComponent({feed:?})")).await;
    let bare = feed.strip_prefix("http://").expect("this server speaks plainly");
    let buttons: Vec<(String, String)> =
        tab.eval("[...document.querySelectorAll('.apps a')].map((one) => [one.textContent, one.href])").await;
    let expected = [
        ("Apple Podcasts", format!("podcast://{bare}")),
        ("Overcast", format!("overcast://x-callback-url/add?url={encoded}")),
        ("Pocket Casts", format!("pktc://subscribe/{bare}")),
        ("AntennaPod", format!("https://antennapod.org/deeplink/subscribe?url={encoded}&title=Harbour%20talk")),
        ("Podcast Addict", format!("podcastaddict://{bare}")),
    ];
    assert_eq!(buttons, expected.map(|(name, url)| (name.to_owned(), url)));
    tab.front().await;
    tab.click("#subscribe [data-copy]").await;
    let said = "document.getElementById('announce').textContent !== ''";
    tab.eventually(Duration::from_secs(10), "it is said", said).await;
    assert_eq!(tab.eval::<String>("navigator.clipboard.readText()").await, feed);
    assert_eq!(tab.eval::<String>("document.querySelector('#subscribe [data-plain]').href").await, feed);
}

/// What a camera sees of the code, by day and by night.
async fn leads_cameras(tab: &Tab, server: &Server, feed: &str) {
    for scheme in [Scheme::Light, Scheme::Dark] {
        tab.scheme(scheme).await;
        let drawn = "document.querySelector('.qr').complete && document.querySelector('.qr').naturalWidth > 0";
        tab.eventually(PATIENCE, "the code is drawn", drawn).await;
        let file = server.scratch().join(format!("{scheme:?}.png"));
        tab.picture(".qr", &file).await;
        assert_eq!(qr_code(&file), feed, "{scheme:?}");
    }
}

/// What programs read in a page's head: its description, what is shared of it, and its feeds.
async fn head(tab: &Tab, address: &str) -> Value {
    tab.open(address).await;
    tab.eval(
        "Object.fromEntries([...document.querySelectorAll('meta[property], meta[name=description]')].map((one) =>
            [one.getAttribute('property') ?? one.name, one.content]).concat([['feeds',
            [...document.querySelectorAll('head link[rel=alternate][type=\"application/rss+xml\"]')].map((one) =>
                [one.title, one.href])]]))",
    )
    .await
}

fn feeds(head: &Value) -> Vec<(&str, &str)> {
    let pairs = head["feeds"].as_array().into_iter().flatten();
    pairs.map(|pair| (pair[0].as_str().unwrap_or_default(), pair[1].as_str().unwrap_or_default())).collect()
}
