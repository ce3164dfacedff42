//! Work in the studio: its bar moves while the page is open; work that is cancelled ends at once and leaves nothing.

use std::time::Duration;

use rostrum_tests::{Browser, Program, Server, Stubborn, eventually, minutes_of_mp3, wav};
use rustix::process::Signal;

use crate::sending::sign_in;

/// Long enough for a busy machine.
const PATIENCE: Duration = Duration::from_secs(25);
/// Long enough to be at work when it is cancelled.
const MINUTES: u32 = 90;

#[tokio::test]
async fn work_is_watched_as_it_happens_and_ends_when_it_is_cancelled() {
    let server = Server::spawn().await;
    let program = Program::new(&server).await;
    let show = program.show(&server).await;
    let client = Stubborn::new(&program, &show);
    let browser = Browser::launch().await;
    let tab = browser.open(&server.url("/sign-in")).await;
    sign_in(&tab).await;
    tab.open(&server.url("/admin/jobs")).await;
    // The page is open before there is anything to do; the line comes by itself.
    let episode = client.upload(&minutes_of_mp3(MINUTES, server.scratch())).await;
    let line = format!("document.querySelector(\"[data-job]:has(a[href='/admin/episodes/{episode}'])\")");
    tab.eventually(PATIENCE, "the work is on the page", &format!("{line}?.dataset.jobState === 'running'")).await;
    let bar = format!("{line}.querySelector('progress')");
    tab.eventually(PATIENCE, "its bar moves", &format!("{bar}.value > 0 && {bar}.value < 100")).await;
    let before: f64 = tab.eval(&format!("{bar}.value")).await;
    tab.eventually(PATIENCE, "and moves on", &format!("{bar}.value > {before}")).await;
    let detail: String = tab.eval(&format!("{line}.querySelector('[data-detail]').textContent")).await;
    assert!(!detail.trim().is_empty(), "it says what is being done");

    tab.click("[data-job-state='running'] form[action$='/cancel'] button").await;
    tab.eventually(PATIENCE, "it says so", &format!("{line}?.dataset.jobState === 'cancelled'")).await;
    eventually(PATIENCE, "the child has ended", async || {
        server.signal("media-child", Signal::CONT).is_none().then_some(())
    })
    .await;
    let left = program.call("GET", &format!("/api/v1/episodes/{episode}"), None).await;
    assert_eq!(left["renditions"].as_array().map(Vec::len), Some(0), "nothing half-made: {left}");
    // The worker is free for the next.
    let next = client.upload(&wav(440.0, 900)).await;
    program.renditions(&next).await;
    tab.close().await;
    browser.close().await;
}
