//! Pictures of the pages that matter, with the demo show on them: on a phone and on a desk, by day and by night, in
//! `target/screenshots`, for people to look at.

use std::time::Duration;

use rostrum_tests::{Browser, Launch, Program, Scratch, Server, Tab};
use serde_json::json;

use crate::{demo, sending};

/// Long enough for a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::test]
async fn pages_have_their_pictures_taken() {
    let material = Scratch::new("demo");
    demo::make(material.path());
    let server = Server::start(Launch::new().arg("--demo").arg(material.path().display().to_string())).await;
    let program = Program::new(&server).await;
    let first = demo::whole(&program).await.remove(0);
    let facts = json!({"title": "The last ferry", "description": "From the quay, with whoever is still awake."});
    program.call("POST", "/api/v1/rooms", Some(json!({"show": "small-hours", "facts": facts}))).await;

    let browser = Browser::launch().await;
    let tab = browser.open(&server.url("/")).await;
    take(&tab, &server, ("/shows/small-hours", "show")).await;
    take(&tab, &server, ("/search?q=tide", "search")).await;
    take(&tab, &server, ("/shows/small-hours/the-harbour-book", "episode")).await;
    tab.click(".deck-main [data-play]").await;
    let plays = "document.querySelector('#bar audio')?.currentTime > 2";
    tab.eventually(PATIENCE, "it plays", plays).await;
    tab.portraits("playing").await;
    tab.open(&server.url("/sign-in")).await;
    tab.portraits("sign-in").await;
    sending::sign_in(&tab).await;
    take(&tab, &server, ("/rooms/the-last-ferry/studio", "studio-planned")).await;
    for step in ["open", "live"] {
        program.call("POST", &format!("/api/v1/rooms/the-last-ferry/{step}"), Some(json!({}))).await;
    }
    for (path, name) in [
        ("/", "home"),
        ("/rooms/the-last-ferry", "room"),
        ("/rooms/the-last-ferry/studio", "studio"),
        ("/admin", "dashboard"),
        ("/admin/shows/small-hours", "admin-show"),
        ("/admin/shows/small-hours/episodes", "admin-episodes"),
        (&format!("/admin/episodes/{first}"), "admin-episode"),
        ("/admin/jobs", "admin-jobs"),
        ("/admin/rooms/the-last-ferry", "admin-room"),
    ] {
        take(&tab, &server, (path, name)).await;
    }
    tab.close().await;
    browser.close().await;
}

async fn take(tab: &Tab, server: &Server, (path, name): (&str, &str)) {
    tab.open(&server.url(path)).await;
    let drawn = "document.readyState === 'complete' && [...document.images].every((image) => image.complete)";
    tab.eventually(PATIENCE, "the page is whole", drawn).await;
    tab.portraits(name).await;
}
