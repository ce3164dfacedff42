//! A speaker whose line is down for half a minute, and who then loads the page again: all they said is in the episode,
//! because their browser kept it.

use std::time::Duration;

use rostrum_tests::{Browser, Line, Server, Tab, Voice, eventually, partytime, picture};

use super::browsers::{enter, plan, recording, safe_after};
use super::{PATIENCE, decoded};
use crate::publish::{make_show, set_up};

/// How long nothing gets through, in seconds.
const CUT_S: u64 = 30;
/// Seconds before and after that are heard in the same run.
const BEFORE_S: u64 = 4;
const AFTER_S: u64 = 4;

/// Nobody is there to say that the page may go while the room is live.
const NO_QUESTION: &str = "addEventListener('beforeunload', (event) => event.stopImmediatePropagation(), true)";
const BACK: &str = "document.querySelector('[data-trouble]').hidden";
const SENT: &str = "document.querySelector('[data-copy-note]').textContent.includes('is in the recording')";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_said_while_the_line_is_down_is_in_the_episode() {
    let server = Server::spawn().await;
    let line = Line::start(server.rtc()).await;
    let browser = Browser::speaking(&recording(&server, Voice::Low)).await;
    let host = browser.open(&server.ready().setup_url.clone().expect("nobody owns the house yet")).await;
    set_up(&host).await;
    make_show(&host, &picture(1500, server.scratch())).await;
    plan(&host, &server).await;
    let studio = server.url("/rooms/two-voices/studio");
    host.prepare(&line.detour()).await;
    host.prepare(NO_QUESTION).await;
    enter(&host, &studio, None).await;
    host.click("[data-go-live]").await;
    host.click("[data-go-live-now]").await;
    host.eventually(PATIENCE, "it is live", "!document.querySelector('[data-end]').hidden").await;
    host.eventually(PATIENCE, "some seconds are safe", &safe_after(BEFORE_S + 1)).await;
    line.cut(true);
    passed(&host, "down", CUT_S).await;
    assert!(!host.eval::<bool>(BACK).await, "the page says that the line is down");
    line.cut(false);
    host.eventually(PATIENCE, "they are back", BACK).await;
    passed(&host, "back", AFTER_S + 1).await;
    // What is left of it is on the disk of the browser.
    enter(&host, &studio, None).await;
    host.click("[data-end]").await;
    host.click("[data-end-now]").await;
    host.eventually(PATIENCE, "the copy is sent", SENT).await;
    remade(&server).await;
    let kept = "navigator.storage.getDirectory().then((root) => root.getDirectoryHandle('rostrum-copies'))
        .then((folder) => Array.fromAsync(folder.keys())).then((names) => names.length === 0)";
    host.eventually(PATIENCE, "no copy is left", kept).await;
    host.close().await;
    browser.close().await;
}

/// Waits for so many seconds of the page's clock.
async fn passed(tab: &Tab, since: &str, seconds: u64) {
    let passed = format!(
        "(window.since ??= {{}}, window.since.{since} ??= performance.now(),
         performance.now() > window.since.{since} + {seconds}000)"
    );
    tab.eventually(PATIENCE, "the seconds pass", &passed).await;
}

/// The feed's recording holds every second from before the cut to after it.
async fn remade(server: &Server) {
    let http = server.http();
    let mut seen = String::new();
    eventually(Duration::from_secs(40), "the whole recording is in the feed", async || {
        let feed = http.get("/shows/friday-talk/feed.xml").await.text();
        let url = partytime(&feed)["items"][0]["enclosure"]["url"].as_str()?.to_owned();
        if url == seen {
            return None;
        }
        seen.clone_from(&url);
        let reply = http.get(&url).await;
        let file = server.scratch().join("episode.mp3");
        std::fs::write(&file, reply.body).expect("the folder is ours");
        let pcm = decoded(&file, server).await;
        let run = Voice::Low.longest_run(&pcm);
        (run >= BEFORE_S + CUT_S + AFTER_S).then_some(())
    })
    .await;
}
