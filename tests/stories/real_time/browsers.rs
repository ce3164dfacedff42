//! The whole of a live room in real browsers: two people speak, a third listens in four ways, the host ends it, and the
//! episode holds every second that was said.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rostrum_tests::{Browser, Server, Tab, Voice, eventually, partytime, picture};

use super::{Listener, decoded};
use crate::publish::{make_show, set_up};

/// What takes longer than the longest of these waits has failed.
const PATIENCE: Duration = Duration::from_secs(30);

const MIC_OPEN: &str = "!document.querySelector('[data-devices]').hidden";
const ON_STAGE: &str = "!document.querySelector('[data-booth]').hidden";
pub(super) const TWO_SEATS: &str = "document.querySelectorAll('[data-seats-list] > li').length === 2";

/// Seconds that everybody can have heard: from one that began after the last listener was there.
const SECONDS: u64 = 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_two_people_say_in_browsers_is_heard_live_and_in_the_episode() {
    let server = Server::spawn().await;
    let hosts = Browser::speaking(&recording(&server, Voice::Low)).await;
    let guests = Browser::speaking(&recording(&server, Voice::High)).await;
    let host = hosts.open(&server.ready().setup_url.clone().expect("nobody owns the house yet")).await;
    set_up(&host).await;
    make_show(&host, &picture(1500, server.scratch())).await;
    plan(&host, &server).await;
    hear_oneself(&host, &server.url("/rooms/two-voices/studio")).await;
    enter(&host, &server.url("/rooms/two-voices/studio"), None).await;
    let link = invite(&host).await;
    let guest = guests.open("about:blank").await;
    enter(&guest, &link, Some("Grace")).await;
    host.eventually(PATIENCE, "both have a seat", TWO_SEATS).await;
    host.screenshot("live-studio-green-room").await;
    host.click("[data-go-live]").await;
    host.click("[data-go-live-now]").await;
    host.eventually(PATIENCE, "it is live", "!document.querySelector('[data-end]').hidden").await;
    let listener = hosts.open(&server.url("/rooms/two-voices")).await;
    // How a listener whose sound has ended learns that there is no more.
    listener.forgive("410 (Gone)");
    let mount = Listener::start(&server.url("/live/two-voices.mp3"), server.scratch().join("mount.pcm"));
    listen(&listener).await;
    hear_by_hls(&guests, &server).await;
    talk(&host, &listener).await;
    host.eventually(PATIENCE, "all is safe up to some second", &safe_after(SECONDS + 8)).await;
    host.screenshot("live-studio-on-air").await;
    host.click("[data-end]").await;
    host.click("[data-end-now]").await;
    let ended = Instant::now();
    let enclosure = episode(&server).await;
    let took = ended.elapsed();
    let heard = mount.heard().await;
    for (pcm, place) in [(heard, "the mount"), (fetched(&server, &enclosure).await, "the episode")] {
        for voice in [Voice::Low, Voice::High] {
            whole(voice, &pcm, place);
        }
    }
    assert!(took < PATIENCE, "the enclosure came after {took:?}");
    listener.front().await;
    led(&listener).await;
    taken_out(&host, &listener).await;
    for tab in [host, guest, listener] {
        tab.close().await;
    }
    hosts.close().await;
    guests.close().await;
}

pub(super) fn recording(server: &Server, voice: Voice) -> PathBuf {
    let file = server.scratch().join(format!("{voice:?}.wav"));
    std::fs::write(&file, voice.wav()).expect("the folder is ours");
    file
}

pub(super) async fn plan(tab: &Tab, server: &Server) {
    tab.open(&server.url("/admin/rooms/new")).await;
    tab.fill("#title", "Two voices").await;
    tab.click("main form button[type=submit]").await;
    tab.eventually(PATIENCE, "the room is planned", "location.pathname === '/admin/rooms/two-voices'").await;
}

/// Through the green room's check with the microphone, unprocessed, as music would be.
pub(super) async fn enter(tab: &Tab, studio: &str, name: Option<&str>) {
    tab.open(studio).await;
    if let Some(name) = name {
        tab.fill("#studio-name", name).await;
    }
    tab.click("[data-consent]").await;
    tab.click("[data-open-mic]").await;
    tab.eventually(PATIENCE, "the microphone opens", MIC_OPEN).await;
    tab.click("[data-processing]").await;
    tab.eventually(PATIENCE, "it opens again", MIC_OPEN).await;
    tab.click("[data-enter]").await;
    tab.eventually(PATIENCE, "they come in", ON_STAGE).await;
}

/// Some seconds of one's own microphone are played back, in the page and nowhere else.
async fn hear_oneself(tab: &Tab, studio: &str) {
    tab.open(studio).await;
    tab.click("[data-consent]").await;
    tab.click("[data-open-mic]").await;
    tab.eventually(PATIENCE, "the microphone opens", MIC_OPEN).await;
    tab.click("[data-echo]").await;
    let heard = "document.querySelector('[data-echo-sound]').currentTime > 1";
    tab.eventually(PATIENCE, "one hears oneself", heard).await;
}

pub(super) async fn invite(tab: &Tab) -> String {
    tab.click("[data-invite] button[type=submit]").await;
    tab.eventually(PATIENCE, "there is a link", "document.querySelector('#invite-link').value !== ''").await;
    tab.eval("document.querySelector('#invite-link').value").await
}

async fn listen(tab: &Tab) {
    tab.eventually(PATIENCE, "the page knows it is live", "!document.querySelector('[data-listen]').hidden").await;
    tab.click("[data-play-live]").await;
    let plays = "navigator.mediaSession.metadata && document.querySelector('[data-behind]').hidden";
    tab.eventually(PATIENCE, "it plays", plays).await;
    let speaking = "document.querySelectorAll('[data-seats-list] .speaking').length === 2";
    tab.eventually(PATIENCE, "the page shows who speaks", speaking).await;
    tab.screenshot("live-page-on-air").await;
}

/// hls.js plays the low-latency playlist.
async fn hear_by_hls(browser: &Browser, server: &Server) {
    let tab = browser.open(&server.url("/rooms/two-voices")).await;
    tab.bring_hls_js().await;
    let start = "(() => { window.sound = document.createElement('audio'); window.wrong = [];
        const hls = new Hls({ enableWorker: false, lowLatencyMode: true });
        hls.on(Hls.Events.ERROR, (_, { details, fatal }) => fatal && wrong.push(details));
        hls.loadSource('/live/two-voices/index.m3u8'); hls.attachMedia(sound); sound.play(); return true; })()";
    let _: bool = tab.eval(start).await;
    tab.eventually(PATIENCE, "hls.js plays", "wrong.length === 0 && sound.currentTime > 0 && !sound.paused").await;
    let from: f64 = tab.eval("sound.currentTime").await;
    tab.eventually(PATIENCE, "it goes on", &format!("wrong.length > 0 || sound.currentTime > {}", from + 3.0)).await;
    let wrong: Vec<String> = tab.eval("wrong").await;
    assert!(wrong.is_empty(), "hls.js fails: {wrong:?}");
    tab.close().await;
}

/// A guest on the live page writes; the host marks the moment.
async fn talk(host: &Tab, listener: &Tab) {
    listener.fill("[data-write] input", "Well said").await;
    listener.click("[data-write] button").await;
    for tab in [host, listener] {
        let seen = "document.querySelector('ol.chat').innerText.includes('Well said')";
        tab.eventually(PATIENCE, "the line is on the page", seen).await;
    }
    host.front().await;
    host.fill("[data-mark] input", "A turn").await;
    host.click("[data-mark] button").await;
    host.eventually(PATIENCE, "the marker is set", "!!document.querySelector('[data-markers] li')").await;
}

/// The recording lamp names a second after `passed` more have gone by.
pub(super) fn safe_after(passed: u64) -> String {
    format!(
        "(() => {{ const [m, s] = document.querySelector('[data-elapsed]').textContent.split(':').map(Number);
         const now = m * 60 + s; window.from ??= now; return now >= window.from + {passed}; }})()"
    )
}

/// The enclosure's address, once the feed has the episode and its file answers.
async fn episode(server: &Server) -> String {
    let http = server.http();
    eventually(PATIENCE, "the episode is in the feed", async || {
        let feed = http.get("/shows/friday-talk/feed.xml").await.text();
        let item = &partytime(&feed)["items"][0];
        let url = item["enclosure"]["url"].as_str()?.to_owned();
        (http.head(&url).await.status == 200).then_some(url)
    })
    .await
}

async fn fetched(server: &Server, url: &str) -> Vec<f32> {
    let file = server.scratch().join("episode.mp3");
    let reply = server.http().get(url).await.expect_status(200);
    std::fs::write(&file, reply.body).expect("the folder is ours");
    decoded(Path::new(&file), server).await
}

/// A run of seconds without one missing, however the microphone's loop and the room's start fell.
fn whole(voice: Voice, pcm: &[f32], place: &str) {
    let run = voice.longest_run(pcm);
    assert!(run >= SECONDS, "{place} holds only {run} seconds of {voice:?} in a row");
    assert!(voice.longest_hole_ms(pcm) <= 40, "{place}: {voice:?} has a hole of {} ms", voice.longest_hole_ms(pcm));
}

/// A line that the host takes out of the room's chat goes from pages of the episode that are open.
async fn taken_out(host: &Tab, listener: &Tab) {
    let (messages, json) = ("/api/v1/rooms/two-voices/messages", "(answer) => answer.json()");
    let delete = format!(
        "fetch('{messages}').then({json}).then(({{ items }}) => fetch(`{messages}/${{items[0].id}}`,
         {{ method: 'DELETE' }})).then((answer) => answer.status)"
    );
    assert_eq!(host.eval::<u16>(&delete).await, 204);
    let gone = "!document.querySelector('#chat ol').innerText.includes('Well said')";
    listener.eventually(PATIENCE, "the line is gone", gone).await;
}

/// The page of a room that is over leads to what came of it, without a tap.
async fn led(listener: &Tab) {
    let there = "location.pathname === '/shows/friday-talk/two-voices'";
    listener.eventually(PATIENCE, "the live page leads to the episode", there).await;
    listener.sees("A turn").await;
    listener.click(".deck-main [data-play]").await;
    let comes = "document.querySelector('#chat ol').innerText.includes('Well said')";
    listener.eventually(PATIENCE, "what was written comes again as it plays", comes).await;
    listener.screenshot("live-episode").await;
}
