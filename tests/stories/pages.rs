//! Every page in a real browser: on phones and desks, by day and by night, empty and full, by keys alone.

use std::time::Duration;

use reqwest::Method;
use rostrum_tests::{Browser, Http, Scheme, Server, Tab, picture, speech};
use serde_json::{Value, json};

use crate::publish::{PATIENCE, make_show, publish, set_up, upload};

pub(crate) const SOON: Duration = Duration::from_secs(10);
/// Widths that are looked at: small and usual phones, a desk.
const WIDTHS: [i64; 3] = [320, 390, 1280];
/// What all scripts of a listener's page may weigh, gzipped.
const SCRIPT_BYTES_MAX: usize = 80_000;

#[tokio::test]
async fn every_page_of_an_empty_house_is_fair() {
    let server = Server::spawn().await;
    let browser = Browser::launch().await;
    let setup = server.ready().setup_url.clone().expect("nobody owns the house yet");
    let tab = browser.open(&setup).await;
    inspect(&tab, &setup).await;
    for path in ["/", "/search", "/search?q=tide", "/sign-in", "/forgot"] {
        visit(&tab, &server, path).await;
    }
    tab.forgive("the server responded with a status of 404");
    for path in ["/nowhere", "/shows/none", "/link/reset/x", "/link/email/x"] {
        visit(&tab, &server, path).await;
    }
    tab.open(&setup).await;
    set_up(&tab).await;
    for path in ["", "/shows", "/shows/new", "/uploads", "/jobs", "/people", "/account", "/audit"] {
        visit(&tab, &server, &format!("/admin{path}")).await;
    }
    tab.close().await;
    browser.close().await;
}

#[tokio::test]
async fn every_page_for_listeners_is_fair_and_light_and_obeys_keys() {
    let server = Server::spawn().await;
    let browser = Browser::launch().await;
    let tab = browser.open(&server.ready().setup_url.clone().expect("nobody owns the house yet")).await;
    set_up(&tab).await;
    make_show(&tab, &picture(1500, server.scratch())).await;
    upload(&tab, &server, &speech(25, server.scratch())).await;
    publish(&tab).await;
    let program = Program::of(&server);
    let path = "/api/v1/shows/friday-talk/episodes";
    let episode = program.call(Method::GET, path, Value::Null).await["items"][0].clone();
    let id = episode["id"].as_str().expect("it has one").to_owned();
    program.transcribe(&id).await;
    let page = episode["urls"]["page"].as_str().and_then(|url| url.split(server.url("").as_str()).nth(1));
    let page = page.expect("it is on this server");
    for path in ["/", "/search?q=tide", "/shows/friday-talk", page, &format!("/embed/{id}")] {
        visit(&tab, &server, path).await;
    }
    tab.size(1280, 900).await;
    for path in ["/", "/shows/friday-talk", page] {
        tab.open(&server.url(path)).await;
        by_tab(&tab, path).await;
        is_light(&tab, &server.http(), path).await;
    }
    player_keys(&tab).await;
    is_light(&tab, &server.http(), "an episode that plays").await;
    assert_eq!(tab.unfair().await, Vec::<String>::new(), "the page with its player bar");
    tab.close().await;
    browser.close().await;
}

#[tokio::test]
async fn every_page_of_the_studio_is_fair_and_obeys_keys() {
    let server = Server::spawn().await;
    let browser = Browser::launch().await;
    let tab = browser.open(&server.ready().setup_url.clone().expect("nobody owns the house yet")).await;
    set_up(&tab).await;
    let program = Program::of(&server);
    let facts = json!({"title": "Night shift", "description": "Talk.", "author": "Ada"});
    program.call(Method::POST, "/api/v1/shows", json!({"facts": facts})).await;
    let mut id = String::new();
    for number in 1..=3 {
        let title = format!("Part {number} of a conversation whose title is longer than any line has room for");
        let draft = json!({"facts": {"title": title, "notes": "It *begins*.", "number": number}});
        let made = program.call(Method::POST, "/api/v1/shows/night-shift/episodes", draft).await;
        made["id"].as_str().expect("it has one").clone_into(&mut id);
    }
    let later = json!({"at": "2126-01-01T00:00:00Z"});
    program.call(Method::POST, &format!("/api/v1/episodes/{id}/schedule"), later).await;
    let mette = json!({"email": "mette@example.org", "role": "creator"});
    program.call(Method::POST, "/api/v1/users", mette).await;
    let member = json!({"email": "mette@example.org", "membership": "editor"});
    program.call(Method::PUT, "/api/v1/shows/night-shift/members", member).await;
    let show = "/admin/shows/night-shift";
    let pages = [
        "/admin".to_owned(),
        "/admin/shows".into(),
        show.into(),
        format!("{show}/episodes"),
        format!("{show}/episodes/new"),
        format!("/admin/episodes/{id}"),
        "/admin/uploads".into(),
        "/admin/people".into(),
        "/admin/account".into(),
        "/admin/audit".into(),
        "/admin/styleguide".into(),
    ];
    for path in &pages {
        visit(&tab, &server, path).await;
    }
    tab.size(1280, 900).await;
    for path in ["/admin", "/admin/audit", "/admin/account"] {
        tab.open(&server.url(path)).await;
        by_tab(&tab, path).await;
    }
    tab.close().await;
    browser.close().await;
}

/// A program with a token of the owner's.
pub(crate) struct Program {
    http: Http,
    token: String,
}

impl Program {
    pub(crate) fn of(server: &Server) -> Self {
        let made = server.command(&["token", "add", "ada@example.org"], "");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        Self { http: server.http(), token: String::from_utf8_lossy(&made.stdout).trim().to_owned() }
    }

    pub(crate) async fn call(&self, method: Method, path: &str, body: Value) -> Value {
        let request = self.http.request(&method, path).bearer_auth(&self.token);
        let request = if body.is_null() { request } else { request.json(&body) };
        let reply = self.http.send(request).await;
        assert!((200..300).contains(&reply.status), "{method} {path}: {}", reply.text());
        if reply.body.is_empty() { Value::Null } else { reply.json() }
    }

    async fn transcribe(&self, episode: &str) {
        let vtt =
            "WEBVTT\n\n00:00.000 --> 00:05.000\n<v Ada>Good evening.\n\n00:05.000 --> 00:10.000\n<v Mette>The tide.\n";
        let path = format!("/api/v1/episodes/{episode}/transcript");
        let request = self.http.request(&Method::PUT, &path).bearer_auth(&self.token);
        let reply = self.http.send(request.header("content-type", "text/vtt").body(vtt)).await;
        assert!((200..300).contains(&reply.status), "{}", reply.text());
    }
}

pub(crate) async fn visit(tab: &Tab, server: &Server, path: &str) {
    tab.open(&server.url(path)).await;
    inspect(tab, path).await;
}

/// No width needs sideways scrolling, and axe-core finds nothing on phone and desk, by day and by night.
pub(crate) async fn inspect(tab: &Tab, path: &str) {
    tab.eventually(SOON, "the page is whole", "document.readyState === 'complete'").await;
    for width in WIDTHS {
        tab.size(width, 800).await;
        // A phone zooms out of what is too wide, so only the layout's own width tells.
        let laid_out = format!("document.documentElement.clientWidth === {width}");
        tab.eventually(SOON, "the page has its width", &laid_out).await;
        let over: i64 = tab.eval(&format!("document.documentElement.scrollWidth - {width}")).await;
        if over > 0 {
            let culprits: Vec<String> = tab.eval(CULPRITS).await;
            panic!("{path} is {over} px too wide for {width}: {culprits:#?}");
        }
        if width == 320 {
            continue;
        }
        for scheme in [Scheme::Light, Scheme::Dark] {
            tab.scheme(scheme).await;
            assert_eq!(tab.unfair().await, Vec::<String>::new(), "{path} at {width}, {scheme:?}");
        }
    }
}

/// What reaches over the edge, the innermost first.
const CULPRITS: &str = "[...document.querySelectorAll('body *')].reverse()
    .filter((one) => one.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5).slice(0, 8)
    .map((one) => `${one.localName}.${one.className} ${one.textContent.trim().slice(0, 40)}`)";

/// The first tab stop skips to the content; every stop can be seen, is on the page, and shows that it is one.
pub(crate) async fn by_tab(tab: &Tab, path: &str) {
    tab.press("body", "Tab").await;
    let skip: bool = tab
        .eval("document.activeElement.matches('.skip') && document.activeElement.getBoundingClientRect().top >= 0")
        .await;
    assert!(skip, "{path}: the first stop skips to the content");
    let stops: usize = tab.eval("document.querySelectorAll('a[href], button, input, select, summary').length").await;
    for stop in 0..stops.min(40) {
        tab.press("body", "Tab").await;
        let lost: String = tab.eval(UNSEEN).await;
        assert_eq!(lost, "", "{path}, stop {stop}");
    }
    tab.open(&tab.address().await).await;
    tab.press("body", "Tab").await;
    tab.press("body", "Enter").await;
    tab.eventually(SOON, "the content has the focus", "document.activeElement.id === 'main'").await;
}

/// The focused element if nobody could tell that it is focused; empty where all is well.
const UNSEEN: &str = "(() => {
    const one = document.activeElement;
    if (!one || one === document.body) return '';
    const box = one.getBoundingClientRect(), style = getComputedStyle(one);
    const marked = style.outlineStyle !== 'none' || style.boxShadow !== 'none' || one.localName.startsWith('media-');
    const within = box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight;
    return marked && within ? '' : `${one.outerHTML.slice(0, 120)} ${JSON.stringify(box)} ${style.outline}`;
})()";

/// An episode is played, paused and searched through without a mouse.
async fn player_keys(tab: &Tab) {
    let audio = "[...document.querySelectorAll('audio')].find((audio) => audio.currentTime > 0)";
    tab.eventually(SOON, "the scripts are there", "document.documentElement.classList.contains('js')").await;
    tab.press("body", "k").await;
    tab.eventually(PATIENCE, "it plays", &format!("{audio}?.paused === false")).await;
    tab.press("body", "5").await;
    tab.eventually(SOON, "it is in the middle", &format!("{audio}?.currentTime > 8")).await;
    tab.press("body", "k").await;
    tab.eventually(SOON, "it pauses", &format!("{audio}?.paused === true")).await;
    tab.press("body", "0").await;
    tab.eventually(
        SOON,
        "it is at the beginning",
        "[...document.querySelectorAll('audio')].every((audio) => audio.currentTime < 1)",
    )
    .await;
    tab.press("body", "?").await;
    tab.eventually(SOON, "the keys are told", "document.getElementById('keys').open").await;
    tab.press("body", "Escape").await;
    tab.eventually(SOON, "and put away", "!document.getElementById('keys').open").await;
}

/// All scripts that the page has loaded, as a reader's line has to carry them.
pub(crate) async fn is_light(tab: &Tab, http: &Http, path: &str) {
    let scripts = "[...new Set(performance.getEntriesByType('resource').map(({name}) => name))]
        .filter((name) => new URL(name).pathname.endsWith('.js'))";
    let scripts: Vec<String> = tab.eval(scripts).await;
    assert!(!scripts.is_empty(), "{path} has scripts");
    let mut bytes = 0;
    for script in &scripts {
        let request = http.request(&Method::GET, script).header("accept-encoding", "gzip");
        let reply = http.send(request).await.expect_status(200);
        assert_eq!(reply.header("content-encoding"), "gzip", "{script}");
        bytes += reply.body.len();
    }
    assert!(bytes <= SCRIPT_BYTES_MAX, "{path} loads {bytes} bytes of script: {scripts:#?}");
}
