//! The pages of a room in each state of its life, in a real browser: on phones and desks, by day and by night, by keys
//! alone; and its chat, which comes up again beside the episode.

use reqwest::Method;
use rostrum_tests::{Browser, Server, Tab, eventually, picture};
use serde_json::{Value, json};

use crate::pages::{Program, SOON, by_tab, inspect, is_light, visit};
use crate::publish::{PATIENCE, make_show, set_up};

const ROOM: &str = "/rooms/the-last-ferry";
const STUDIO: &str = "/rooms/the-last-ferry/studio";
const ADMIN: &str = "/admin/rooms/the-last-ferry";
const API: &str = "/api/v1/rooms/the-last-ferry";

#[tokio::test]
async fn every_page_of_a_room_is_fair_and_obeys_keys() {
    let server = Server::spawn().await;
    let browser = Browser::launch().await;
    let tab = browser.open(&server.ready().setup_url.clone().expect("nobody owns the house yet")).await;
    set_up(&tab).await;
    make_show(&tab, &picture(1500, server.scratch())).await;
    let program = Program::of(&server);
    // A room that is not open has no events yet; its page asks for them now and then.
    tab.forgive("the server responded with a status of 404");
    planned(&tab, (&server, &program)).await;
    on_air(&tab, (&server, &program)).await;
    over(&tab, (&server, &program)).await;
    tab.close().await;
    browser.close().await;
}

async fn planned(tab: &Tab, (server, program): (&Server, &Program)) {
    visit(tab, server, "/admin/rooms").await;
    visit(tab, server, "/admin/rooms/new").await;
    tab.size(1280, 900).await;
    tab.fill("#title", "The last ferry").await;
    tab.click("main form button[type=submit]").await;
    tab.eventually(PATIENCE, "the room is planned", &format!("location.pathname === '{ADMIN}'")).await;
    let facts = json!({"starts_at": "2126-01-15T18:00:00Z", "description": "From the quay.", "on_end": "publish"});
    program.call(Method::PATCH, API, json!({"facts": facts})).await;
    visit(tab, server, ADMIN).await;
    tab.size(1280, 900).await;
    tab.click(&format!("form[action='{ADMIN}/invites'] button")).await;
    tab.eventually(PATIENCE, "the link is shown", "!!document.querySelector('.fresh code')").await;
    inspect(tab, "a room with an invitation").await;
    for path in ["/", "/shows/friday-talk", ROOM, STUDIO, "/admin/rooms"] {
        visit(tab, server, path).await;
    }
    tab.size(1280, 900).await;
    for path in ["/admin/rooms", "/admin/rooms/new", ADMIN, ROOM, STUDIO] {
        tab.open(&server.url(path)).await;
        by_tab(tab, path).await;
    }
    tab.open(&server.url(ROOM)).await;
    tab.eventually(SOON, "the days are counted", "/\\d/.test(document.querySelector('[data-countdown]').textContent)")
        .await;
}

async fn on_air(tab: &Tab, (server, program): (&Server, &Program)) {
    program.call(Method::POST, &format!("{API}/open"), json!({})).await;
    for path in [ROOM, STUDIO] {
        visit(tab, server, path).await;
    }
    program.call(Method::POST, &format!("{API}/live"), json!({})).await;
    program.call(Method::POST, &format!("{API}/messages"), json!({"text": "Good evening."})).await;
    for path in [ROOM, STUDIO, ADMIN, "/admin/rooms", "/"] {
        visit(tab, server, path).await;
    }
    tab.open(&server.url(ROOM)).await;
    tab.eventually(SOON, "the line is there", "document.querySelectorAll('.chat > li').length === 1").await;
    inspect(tab, "a room with a line").await;
    tab.size(1280, 900).await;
    by_tab(tab, ROOM).await;
    is_light(tab, &server.http(), ROOM).await;
    program.call(Method::POST, &format!("{API}/markers"), json!({"title": "Casting off"})).await;
}

async fn over(tab: &Tab, (server, program): (&Server, &Program)) {
    program.call(Method::POST, &format!("{API}/end"), json!({})).await;
    let http = server.http();
    let page = eventually(PATIENCE, "the room leads to its episode", async || {
        let reply = http.get(ROOM).await;
        (reply.status == 303).then(|| reply.location().to_owned())
    })
    .await;
    visit(tab, server, &page).await;
    tab.size(1280, 900).await;
    tab.open(&server.url(&page)).await;
    tab.click(".deck-main [data-play]").await;
    tab.eventually(PATIENCE, "the line comes up again", "document.querySelectorAll('.beside li').length === 1").await;
    inspect(tab, "an episode with its chat").await;
    for path in ["/admin/rooms", ADMIN, STUDIO] {
        visit(tab, server, path).await;
    }
    let facts = json!({"title": "Kept back", "on_end": "draft"});
    program.call(Method::POST, "/api/v1/rooms", json!({"show": "friday-talk", "facts": facts})).await;
    program.call(Method::POST, "/api/v1/rooms/kept-back/live", json!({})).await;
    eventually(PATIENCE, "something is on air", async || {
        (http.get("/live/kept-back/index.m3u8").await.status == 200).then_some(())
    })
    .await;
    program.call(Method::POST, "/api/v1/rooms/kept-back/end", json!({})).await;
    visit(tab, server, "/rooms/kept-back").await;
    let gone = Value::Null;
    let episode = eventually(PATIENCE, "the draft is there", async || {
        let room = program.call(Method::GET, "/api/v1/rooms/kept-back", gone.clone()).await;
        room["episode_id"].as_str().map(str::to_owned)
    })
    .await;
    visit(tab, server, "/rooms/kept-back").await;
    let link = format!("!!document.querySelector('main a[href=\"/admin/episodes/{episode}\"]')");
    tab.eventually(SOON, "who works on the show finds the draft", &link).await;
}
