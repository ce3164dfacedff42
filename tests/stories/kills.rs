//! Kills without warning: web in the middle of an upload, the worker and the media child in the middle of a transcode,
//! web at the moment of publishing. Nothing may be lost or doubled.

use std::time::Duration;

use rostrum_tests::{Http, Reply, Server, eventually, partytime, picture, speech};
use serde_json::{Value, json};

/// Long enough for a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);
/// Bytes sent before web is killed.
const FIRST: usize = 300_000;

/// A program with a token.
struct Program {
    http: Http,
    token: String,
}

impl Program {
    async fn new(server: &Server) -> Self {
        let words = ["user", "add", "ada@example.org", "--role", "owner", "--password-stdin"];
        let made = server.command(&words, "a good long one\n");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let printed = server.command(&["token", "add", "ada@example.org"], "");
        let token = String::from_utf8(printed.stdout).expect("a token is text").trim().to_owned();
        Self { http: server.http(), token }
    }

    async fn call(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        let method = method.parse().expect("a method");
        let request = self.http.request(&method, path).bearer_auth(&self.token);
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        let reply = self.http.send(request).await;
        assert!(reply.status < 400, "{method} {path}: {} {}", reply.status, reply.text());
        if reply.body.is_empty() { Value::Null } else { reply.json() }
    }

    /// Makes a show that lacks nothing and gives its slug.
    async fn show(&self, server: &Server) -> String {
        let facts = json!({"title": "Kills", "author": "Ada", "description": "All of it.", "categories": ["Fiction"]});
        let made = self.call("POST", "/api/v1/shows", Some(json!({"facts": facts}))).await;
        let slug = made["slug"].as_str().expect("a slug").to_owned();
        let picture = picture(1400, server.scratch());
        let put = self.http.request(&"PUT".parse().expect("a method"), &format!("/api/v1/shows/{slug}/artwork"));
        let put = put.bearer_auth(&self.token).header("content-type", "image/png");
        let put = put.body(std::fs::read(picture).expect("it was drawn"));
        self.http.send(put).await.expect_status(200);
        slug
    }

    async fn tus(&self, method: &str, path: &str, rest: (&[(&str, String)], Vec<u8>)) -> Reply {
        let (headers, body) = rest;
        let request = self.http.request(&method.parse().expect("a method"), path).bearer_auth(&self.token);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, value));
        self.http.send(request.header("tus-resumable", "1.0.0").body(body)).await
    }

    async fn append(&self, upload: &str, offset: usize, bytes: &[u8]) -> Reply {
        let kind = ("content-type", "application/offset+octet-stream".to_owned());
        let headers = [kind, ("upload-offset", offset.to_string())];
        self.tus("PATCH", upload, (&headers, bytes.to_vec())).await
    }

    /// The bytes the server says it has; asked again while web is coming back.
    async fn arrived(&self, upload: &str) -> usize {
        eventually(PATIENCE, "web is back", async || {
            let head = self.tus("HEAD", upload, (&[], Vec::new())).await;
            (head.status == 200).then(|| head.header("upload-offset").parse().expect("a number"))
        })
        .await
    }
}

#[tokio::test]
async fn nothing_is_lost_or_doubled_when_roles_are_killed() {
    let server = Server::spawn().await;
    let program = Program::new(&server).await;
    let slug = program.show(&server).await;
    let recording = std::fs::read(speech(60, server.scratch())).expect("it was spoken");

    let episode = upload_over_a_kill(&server, &program, (&slug, &recording)).await;
    transcode_over_kills(&server, &program, &episode).await;
    publish_over_a_kill(&server, &program, (&slug, &episode)).await;
}

async fn upload_over_a_kill(server: &Server, program: &Program, what: (&str, &[u8])) -> String {
    let (slug, recording) = what;
    let metadata = format!("show {},filename {}", base64(slug), base64("talk.wav"));
    let headers = [("upload-length", recording.len().to_string()), ("upload-metadata", metadata)];
    let made = program.tus("POST", "/uploads/", (&headers, Vec::new())).await.expect_status(201);
    let upload = made.location().to_owned();
    program.append(&upload, 0, &recording[..FIRST]).await.expect_status(204);
    server.kill9("web").await;
    let arrived = program.arrived(&upload).await;
    assert_eq!(arrived, FIRST, "what was acknowledged is there");
    let last = program.append(&upload, arrived, &recording[arrived..]).await.expect_status(204);
    last.header("rostrum-episode").to_owned()
}

async fn transcode_over_kills(server: &Server, program: &Program, episode: &str) {
    let path = format!("/api/v1/episodes/{episode}");
    server.pid_of("media-child").await;
    server.kill9("worker").await;
    server.kill9("media-child").await;
    let whole = eventually(PATIENCE, "the renditions are there", async || {
        let found = program.call("GET", &path, None).await;
        (found["renditions"].as_array().map_or(0, Vec::len) >= 3).then_some(found)
    })
    .await;
    assert_eq!(whole["renditions"].as_array().map(Vec::len), Some(3), "each once: {whole}");
}

async fn publish_over_a_kill(server: &Server, program: &Program, what: (&str, &str)) {
    let (slug, episode) = what;
    let publish = format!("/api/v1/episodes/{episode}/publish");
    let request = program.http.request(&"POST".parse().expect("a method"), &publish).bearer_auth(&program.token);
    // Whether the answer comes or the line breaks is a matter of microseconds; both are right.
    let (_answered, _pid) = tokio::join!(request.send(), server.kill9("web"));
    let state = eventually(PATIENCE, "web is back", async || {
        let get = program.http.request(&"GET".parse().expect("a method"), &format!("/api/v1/episodes/{episode}"));
        let reply = program.http.send(get.bearer_auth(&program.token)).await;
        (reply.status == 200).then(|| reply.json()["state"].as_str().unwrap_or_default().to_owned())
    })
    .await;
    if state != "published" {
        program.call("POST", &publish, None).await;
    }
    let feed = program.http.get(&format!("/shows/{slug}/feed.xml")).await.expect_status(200).text();
    assert_eq!(partytime(&feed)["items"].as_array().map(Vec::len), Some(1), "published exactly once");
}

fn base64(text: &str) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits: String = text.bytes().map(|byte| format!("{byte:08b}")).collect();
    let mut out: String = bits
        .as_bytes()
        .chunks(6)
        .map(|chunk| {
            let value = chunk.iter().fold(0, |sum, bit| sum * 2 + usize::from(bit - b'0')) << (6 - chunk.len());
            char::from(LETTERS[value])
        })
        .collect();
    while out.len() % 4 != 0 {
        out.push('=');
    }
    out
}
