//! A program that uses the API and tus with a token, as other people's programs do.

use std::time::Duration;

use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::{Http, Reply, Server, eventually, picture};

/// Long enough for a busy machine and a long recording.
const PATIENCE: Duration = Duration::from_secs(300);

/// A program with an owner's token.
pub struct Program {
    http: Http,
    token: String,
}

impl Program {
    /// Makes the owner and a token by the command line.
    pub async fn new(server: &Server) -> Self {
        let words = ["user", "add", "ada@example.org", "--role", "owner", "--password-stdin"];
        let made = server.command(&words, "a good long one\n");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let printed = server.command(&["token", "add", "ada@example.org"], "");
        let token = String::from_utf8(printed.stdout).expect("a token is text").trim().to_owned();
        Self { http: server.http(), token }
    }

    /// A request with the token, to build on.
    pub fn request(&self, method: &str, path: &str) -> RequestBuilder {
        self.http.request(&method.parse().expect("a method"), path).bearer_auth(&self.token)
    }

    /// Sends a request and keeps what came back, whatever it is.
    pub async fn send(&self, request: RequestBuilder) -> Reply {
        self.http.send(request).await
    }

    /// Calls the API and gives the JSON of a good answer.
    pub async fn call(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        let request = self.request(method, path);
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        let reply = self.send(request).await;
        assert!(reply.status < 400, "{method} {path}: {} {}", reply.status, reply.text());
        if reply.body.is_empty() { Value::Null } else { reply.json() }
    }

    /// Makes a show that lacks nothing and gives its slug.
    pub async fn show(&self, server: &Server) -> String {
        let facts =
            json!({"title": "Harbour talk", "author": "Ada", "description": "All of it.", "categories": ["Fiction"]});
        let made = self.call("POST", "/api/v1/shows", Some(json!({"facts": facts}))).await;
        let slug = made["slug"].as_str().expect("a slug").to_owned();
        let picture = picture(1400, server.scratch());
        let put = self.request("PUT", &format!("/api/v1/shows/{slug}/artwork")).header("content-type", "image/png");
        let put = put.body(std::fs::read(picture).expect("it was drawn"));
        self.send(put).await.expect_status(200);
        slug
    }

    /// Goes on with the same token after the server has started at another port.
    pub fn follow(&mut self, server: &Server) {
        self.http = server.http();
    }

    fn tus(&self, method: &str, path: &str) -> RequestBuilder {
        self.request(method, path).header("tus-resumable", "1.0.0")
    }

    /// The request that announces an upload of so many bytes to a show.
    pub fn announcement(&self, show: &str, bytes: usize) -> RequestBuilder {
        let metadata = format!("show {},filename {}", base64(show), base64("talk.wav"));
        self.tus("POST", "/uploads/").header("upload-length", bytes).header("upload-metadata", metadata)
    }

    /// The request that asks where an upload stands.
    pub fn head(&self, upload: &str) -> RequestBuilder {
        self.tus("HEAD", upload)
    }

    /// The request that sends bytes from an offset on.
    pub fn patch(&self, upload: &str, offset: usize, bytes: &[u8]) -> RequestBuilder {
        let request = self.tus("PATCH", upload).header("content-type", "application/offset+octet-stream");
        request.header("upload-offset", offset).body(bytes.to_vec())
    }

    /// Announces an upload of so many bytes to a show and gives its address.
    pub async fn announce(&self, show: &str, bytes: usize) -> String {
        self.send(self.announcement(show, bytes)).await.expect_status(201).location().to_owned()
    }

    /// Sends bytes from an offset on.
    pub async fn append(&self, upload: &str, offset: usize, bytes: &[u8]) -> Reply {
        self.send(self.patch(upload, offset, bytes)).await
    }

    /// The bytes the server says it has; asked again while web is coming back.
    pub async fn arrived(&self, upload: &str) -> usize {
        eventually(PATIENCE, "web is back", async || {
            let head = self.send(self.head(upload)).await;
            (head.status == 200).then(|| head.header("upload-offset").parse().expect("a number"))
        })
        .await
    }

    /// Waits until no job waits or runs.
    pub async fn idle(&self) {
        eventually(PATIENCE, "all work is done", async || {
            // One that is to be tried again waits anew.
            for state in ["ready", "running", "ready"] {
                let jobs = self.call("GET", &format!("/api/v1/jobs?state={state}"), None).await;
                if jobs["items"] != json!([]) {
                    return None;
                }
            }
            Some(())
        })
        .await;
    }

    /// Waits until an episode has all its renditions, and gives it.
    pub async fn renditions(&self, episode: &str) -> Value {
        eventually(PATIENCE, "the renditions are there", async || {
            let found = self.call("GET", &format!("/api/v1/episodes/{episode}"), None).await;
            (found["renditions"].as_array().map_or(0, Vec::len) >= 3).then_some(found)
        })
        .await
    }
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
    while !out.len().is_multiple_of(4) {
        out.push('=');
    }
    out
}
