//! The whole way in a real browser: set-up link, show, upload of a recording, progress, publication, listening, feed.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rostrum_tests::{Browser, Server, Tab, eventually, feedparser, ffprobe, loudness, partytime, picture, speech};

/// Long enough for a busy machine; a story waits for states, so a quick one does not use it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(90);

#[tokio::test]
async fn a_recording_becomes_an_episode_that_plays() {
    let server = Server::spawn().await;
    let browser = Browser::launch().await;
    let tab = browser.open(&server.ready().setup_url.clone().expect("nobody owns the house yet")).await;
    set_up(&tab).await;
    make_show(&tab, &picture(1500, server.scratch())).await;
    upload(&tab, &server, &speech(25, server.scratch())).await;
    publish(&tab).await;
    listen(&tab, &server).await;
    read_feed(&server).await;
    tab.close().await;
    browser.close().await;
}

pub(crate) async fn set_up(tab: &Tab) {
    tab.fill("#name", "Ada").await;
    tab.fill("#email", "ada@example.org").await;
    tab.fill("#password", "three unrelated words").await;
    tab.click("form button[type=submit]").await;
    tab.eventually(PATIENCE, "the dashboard opens", "location.pathname === '/admin'").await;
}

pub(crate) async fn make_show(tab: &Tab, picture: &Path) {
    tab.click("a[href='/admin/shows/new']").await;
    tab.eventually(PATIENCE, "the form of a new show", "!!document.querySelector('#author')").await;
    tab.fill("#title", "Friday talk").await;
    tab.fill("#author", "Ada").await;
    tab.click("main form button[type=submit]").await;
    tab.eventually(PATIENCE, "the show's editor", "location.pathname === '/admin/shows/friday-talk'").await;
    tab.fill("#description", "What happened *this* week.").await;
    tab.choose("#category1", "News > Tech News").await;
    tab.click("form.sections .form-end button[type=submit]").await;
    tab.eventually(PATIENCE, "the show is saved", "location.search === '?said=saved'").await;
    tab.eventually(PATIENCE, "the page is whole", "document.readyState === 'complete'").await;
    tab.upload("#artwork", &[picture]).await;
    // The preview moves the button below it; a click must not race with it.
    tab.eventually(PATIENCE, "the preview is drawn", "!document.querySelector('.art-preview').hidden").await;
    tab.click("form[data-artwork] button[type=submit]").await;
    tab.eventually(PATIENCE, "the artwork is in place", "location.search === '?said=artwork'").await;
}

pub(crate) async fn upload(tab: &Tab, server: &Server, recording: &Path) {
    tab.open(&server.url("/admin/uploads")).await;
    tab.upload("#files", &[recording]).await;
    tab.eventually(PATIENCE, "the bytes arrive", "!!document.querySelector('.transfer progress[value=\"100\"]')").await;
    let done = "[...document.querySelectorAll('[data-job]')].some(line => line.dataset.jobState === 'done')";
    tab.eventually(PATIENCE, "the recording is encoded", done).await;
}

pub(crate) async fn publish(tab: &Tab) {
    tab.click("[data-job] a[href^='/admin/episodes/']").await;
    tab.eventually(PATIENCE, "the episode's editor", "location.pathname.startsWith('/admin/episodes/')").await;
    tab.fill("#title", "The first one").await;
    tab.fill("#notes", "It begins at 0:02.").await;
    tab.fill("#chapters", "0:00 Beginning\n0:10 Middle").await;
    tab.click("form.sections .form-end button[type=submit]").await;
    tab.eventually(PATIENCE, "the episode is saved", "location.search === '?said=saved'").await;
    tab.click("form[action$='/publish'] button").await;
    tab.eventually(PATIENCE, "the episode is published", "location.search === '?said=published'").await;
}

async fn listen(tab: &Tab, server: &Server) {
    let feed = server.http().get("/shows/friday-talk/feed.xml").await.expect_status(200).text();
    let page = partytime(&feed)["items"][0]["link"].as_str().expect("the item has a page").to_owned();
    tab.open(&page).await;
    tab.sees("The first one").await;
    tab.click(".deck-main [data-play]").await;
    let plays = "[...document.querySelectorAll('audio')].some(audio => audio.currentTime > 0.5 && !audio.paused)";
    tab.eventually(PATIENCE, "it plays", plays).await;
}

async fn read_feed(server: &Server) {
    let http = server.http();
    // New chapters are written into the files a few seconds after they were saved.
    let feed = eventually(PATIENCE, "the files have their chapters", async || {
        let feed = http.get("/shows/friday-talk/feed.xml").await.expect_status(200).text();
        let url = partytime(&feed)["items"][0]["enclosure"]["url"].as_str().expect("an address").to_owned();
        let file = fetch(server, &url, "try.mp3").await;
        (ffprobe(&file)["chapters"].as_array().map(Vec::len) == Some(2)).then_some(feed)
    })
    .await;
    let (party, parsed) = (partytime(&feed), feedparser(&feed));
    assert_eq!(party["title"], "Friday talk");
    assert_eq!(party["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(parsed["bozo"], false);
    assert_eq!(parsed["entries"][0]["title"], "The first one");
    let enclosure = &party["items"][0]["enclosure"];
    let file = fetch(server, enclosure["url"].as_str().expect("an address"), "episode.mp3").await;
    let bytes = std::fs::metadata(&file).expect("it was written").len();
    assert_eq!(enclosure["length"].as_u64(), Some(bytes), "the feed says how many bytes are served");
    let measured = loudness(&file);
    assert!((measured.integrated_lufs + 19.0).abs() <= 1.0, "mono speech at −19 LUFS: {measured:?}");
}

async fn fetch(server: &Server, url: &str, name: &str) -> PathBuf {
    let path = server.scratch().join(name);
    let reply = server.http().get(url).await.expect_status(200);
    std::fs::write(&path, reply.body).expect("the scratch folder can be written");
    path
}
