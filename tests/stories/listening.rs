//! Listening in a browser: where one left is where one goes on, a shared second is where it opens, and chapters,
//! transcript, search and keys lead into the sound. Without scripts there is still something to press.

use std::time::Duration;

use rostrum_tests::{Browser, Program, Server, Stubborn, Tab, speech};
use serde_json::json;

/// Long enough for a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
pub(crate) const AUDIO: &str = "document.querySelector('#bar audio')";
pub(crate) const PLAYS: &str = "document.querySelector('#bar audio')?.paused === false";

#[tokio::test]
async fn a_listener_goes_where_they_want_and_comes_back_to_where_they_were() {
    let server = Server::spawn().await;
    let page = published(&server).await;
    let browser = Browser::launch().await;
    let tab = browser.open(&page).await;
    // High enough that the player's bar at the foot covers nothing that is clicked.
    tab.size(1280, 1400).await;
    skips_and_speed(&tab).await;
    chapters_and_transcript(&tab).await;
    told_to_the_system(&tab).await;
    goes_on_after_a_reload(&browser, &tab, &page).await;
    let shared = shares_a_second(&tab).await;
    opens_there(&browser, &shared, 40).await;
    finds_what_was_said(&tab, &server).await;
    plays_without_scripts(&browser, &page).await;
    tab.close().await;
    browser.close().await;
}

/// A published minute of speech with chapters and a transcript; its page.
pub(crate) async fn published(server: &Server) -> String {
    let program = Program::new(server).await;
    let show = program.show(server).await;
    let client = Stubborn::new(&program, &show);
    let recording = std::fs::read(speech(60, server.scratch())).expect("it was spoken");
    let episode = client.upload(&recording).await;
    client.encoded(&episode).await;
    let path = format!("/api/v1/episodes/{episode}");
    let chapters = json!([
        {"start_ms": 0, "title": "Good evening"},
        {"start_ms": 20_000, "title": "The sea"},
        {"start_ms": 40_000, "title": "The beach"},
    ]);
    program.call("PATCH", &path, Some(json!({"facts": {"title": "The tide", "chapters": chapters}}))).await;
    let said = ["Good evening.", "About tides.", "A book.", "The sea.", "One beach.", "The gulls.", "Good night."];
    let cues = said
        .iter()
        .enumerate()
        .map(|(at, text)| format!("00:{:02}.000 --> 00:{:02}.500\n<v Ada>{text}\n", at * 7, at * 7 + 6));
    let vtt = format!("WEBVTT\n\n{}", cues.collect::<Vec<_>>().join("\n"));
    let put = program.request("PUT", &format!("{path}/transcript")).header("content-type", "text/vtt").body(vtt);
    assert!(program.send(put).await.status < 300);
    let published = client.publish(&episode).await;
    published["urls"]["page"].as_str().expect("it has a page").to_owned()
}

async fn time(tab: &Tab) -> f64 {
    tab.eval(&format!("{AUDIO}.currentTime")).await
}

/// Waits until it plays, and has played on from at least `from` and not yet to `to`.
pub(crate) async fn plays_within(tab: &Tab, (from, to): (f64, f64)) {
    let there = format!("{PLAYS} && {AUDIO}.currentTime > {from} && {AUDIO}.currentTime < {to}");
    tab.eventually(PATIENCE, &format!("it plays between {from} and {to} seconds"), &there).await;
}

async fn pause(tab: &Tab) {
    tab.press("body", "k").await;
    tab.eventually(PATIENCE, "it pauses", &format!("{AUDIO}.paused")).await;
}

async fn skips_and_speed(tab: &Tab) {
    tab.click(".deck-main [data-play]").await;
    plays_within(tab, (0.3, 50.0)).await;
    pause(tab).await;
    let begin = time(tab).await;
    let near = |seconds: f64| format!("Math.abs({AUDIO}.currentTime - {seconds}) < 0.2");
    tab.click("[data-skip='30']").await;
    tab.eventually(PATIENCE, "half a minute on", &near(begin + 30.0)).await;
    tab.click("[data-skip='-15']").await;
    tab.eventually(PATIENCE, "a quarter back", &near(begin + 15.0)).await;
    tab.press("body", "l").await;
    tab.eventually(PATIENCE, "the same by a key", &near(begin + 45.0)).await;
    tab.press("body", "j").await;
    tab.eventually(PATIENCE, "and back", &near(begin + 30.0)).await;
    tab.click("[data-rate]").await;
    tab.click("[data-rate]").await;
    tab.eventually(PATIENCE, "half as fast again", &format!("{AUDIO}.playbackRate === 1.5")).await;
    let said = "document.querySelector('[data-rate-text]').textContent === '1.5×'";
    tab.eventually(PATIENCE, "the button says so", said).await;
}

async fn chapters_and_transcript(tab: &Tab) {
    tab.click(".chapters li:nth-child(2) [data-seek]").await;
    plays_within(tab, (20.0, 35.0)).await;
    tab.eventually(PATIENCE, "it is marked", "!!document.querySelector('.chapters li:nth-child(2) [aria-current]')")
        .await;
    tab.click(".transcript [data-t='35000']").await;
    plays_within(tab, (35.0, 50.0)).await;
    tab.eventually(PATIENCE, "it is marked", "document.querySelector('.transcript .current')?.dataset.t >= 35000")
        .await;
    tab.click(".transcript [data-t='7000']").await;
    plays_within(tab, (7.0, 25.0)).await;
}

/// What headphones, lock screens and keyboards are shown.
async fn told_to_the_system(tab: &Tab) {
    let (title, artist, pictures): (String, String, usize) = tab
        .eval("(({title, artist, artwork}) => [title, artist, artwork.length])(navigator.mediaSession.metadata)")
        .await;
    assert_eq!((title.as_str(), artist.as_str(), pictures), ("The tide", "Harbour talk", 1));
    tab.eventually(PATIENCE, "it is said to play", "navigator.mediaSession.playbackState === 'playing'").await;
}

async fn goes_on_after_a_reload(browser: &Browser, tab: &Tab, page: &str) {
    tab.click(".transcript [data-t='21000']").await;
    plays_within(tab, (21.0, 38.0)).await;
    pause(tab).await;
    let left = time(tab).await;
    tab.open(page).await;
    shows(tab, left).await;
    tab.eventually(PATIENCE, "the bar is there", "!document.getElementById('bar').hidden").await;
    tab.click(".deck-main [data-play]").await;
    plays_within(tab, (left - 1.5, left + 20.0)).await;
    assert_eq!(tab.eval::<f64>(&format!("{AUDIO}.playbackRate")).await, 1.5, "the speed one likes stays");
    pause(tab).await;
    let left = time(tab).await;
    let other = browser.open(page).await;
    shows(&other, left).await;
    other.click(".deck-main [data-play]").await;
    plays_within(&other, (left - 1.5, left + 20.0)).await;
    other.close().await;
    tab.front().await;
}

/// The position of the large player is where one left, to the second before.
async fn shows(tab: &Tab, seconds: f64) {
    let now = "Number(document.querySelector('.sound-canvas').getAttribute('aria-valuenow'))";
    tab.eventually(PATIENCE, "it shows where one left", &format!("Math.abs({now} - {seconds}) <= 1.5")).await;
}

/// The address that the dialog offers with the second it stands at, which is the beginning of the third chapter.
async fn shares_a_second(tab: &Tab) -> String {
    tab.click(".chapters li:nth-child(3) [data-seek]").await;
    plays_within(tab, (40.0, 55.0)).await;
    pause(tab).await;
    // Exactly there, whatever has played since.
    tab.eval::<bool>(&format!("({AUDIO}.currentTime = 40.2, true)")).await;
    tab.eventually(PATIENCE, "it shows", "document.querySelector('.sound-canvas').ariaValueNow === '40'").await;
    tab.click("[data-open='share']").await;
    tab.click("[data-share-at]").await;
    tab.eventually(PATIENCE, "it is in the link", "document.getElementById('share-url').value.endsWith('?t=40')").await;
    let link: String = tab.eval("document.getElementById('share-url').value").await;
    tab.click("#share [data-close]").await;
    tab.press("body", "1").await;
    tab.eventually(PATIENCE, "one goes elsewhere", &format!("{AUDIO}.currentTime < 10")).await;
    link
}

async fn opens_there(browser: &Browser, link: &str, second: u32) {
    let tab = browser.open(link).await;
    shows(&tab, f64::from(second)).await;
    tab.click(".deck-main [data-play]").await;
    plays_within(&tab, (f64::from(second), f64::from(second) + 15.0)).await;
    tab.close().await;
}

async fn finds_what_was_said(tab: &Tab, server: &Server) {
    tab.front().await;
    tab.open(&server.url("/search?q=gulls")).await;
    assert!(tab.text(".quote").await.contains("The gulls."));
    tab.click(".quote").await;
    tab.eventually(PATIENCE, "the episode opens there", "location.search === '?t=35'").await;
    tab.eventually(PATIENCE, "it shows", "document.querySelector('.sound-canvas')?.ariaValueNow === '35'").await;
    tab.click(".deck-main [data-play]").await;
    plays_within(tab, (35.0, 50.0)).await;
}

async fn plays_without_scripts(browser: &Browser, page: &str) {
    let tab = browser.open("about:blank").await;
    tab.without_scripts().await;
    tab.open(page).await;
    let shown = "document.querySelector('audio.plain-audio').getBoundingClientRect().height > 20";
    assert!(tab.eval::<bool>(shown).await, "there is something to press");
    let hidden: usize = tab
        .eval("[...document.querySelectorAll('.js-only')].filter((one) => one.getClientRects().length > 0).length")
        .await;
    assert_eq!(hidden, 0, "what needs scripts is not shown");
    // Where browsers of this family draw the play button.
    tab.click_inside("audio.plain-audio", 28.0).await;
    tab.eventually(PATIENCE, "it plays", "document.querySelector('audio.plain-audio').currentTime > 0.5").await;
    tab.close().await;
}
