//! A client that does not give up: each step is asked for again until a server that was killed under it has come back
//! and done it. What it asks for twice must happen once.

use std::time::Duration;

use reqwest::{RequestBuilder, header::LOCATION};
use serde_json::{Value, json};

use crate::{Program, Reply, eventually};

/// Long enough for roles that are started again after a pause, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// A [`Program`] whose every step is repeated until it is done.
pub struct Stubborn<'a> {
    program: &'a Program,
    show: &'a str,
}

impl<'a> Stubborn<'a> {
    /// A client that works on one show.
    pub fn new(program: &'a Program, show: &'a str) -> Self {
        Self { program, show }
    }

    /// The whole way of a recording: uploaded, encoded, published, and looked at as a listener would.
    pub async fn publish_recording(&self, bytes: &[u8]) -> Value {
        let episode = self.upload(bytes).await;
        self.encoded(&episode).await;
        let published = self.publish(&episode).await;
        self.listen(&published).await;
        published
    }

    /// Uploads a recording, going on where the server stands, and gives the episode that it became.
    pub async fn upload(&self, bytes: &[u8]) -> String {
        let upload = eventually(PATIENCE, "the upload is announced", async || {
            let made = self.ask(self.program.announcement(self.show, bytes.len())).await?;
            (made.status == 201).then(|| made.header(LOCATION.as_str()).to_owned())
        })
        .await;
        eventually(PATIENCE, "the upload is finished", async || {
            let head = self.ask(self.program.head(&upload)).await.filter(|head| head.status == 200)?;
            if let Some(episode) = finished(&head) {
                return Some(episode);
            }
            let at: usize = head.header("upload-offset").parse().expect("an offset is a number");
            let sent = self.ask(self.program.patch(&upload, at, &bytes[at..])).await?;
            assert!(sent.status != 404 && sent.status != 410, "the upload is lost: {}", sent.text());
            finished(&sent)
        })
        .await
    }

    /// Waits until an episode has its three renditions and the work on it is done.
    pub async fn encoded(&self, episode: &str) -> Value {
        eventually(PATIENCE, "the renditions are there", async || {
            let found = self.get(&format!("/api/v1/episodes/{episode}")).await?.json();
            let jobs = self.get("/api/v1/jobs?per_page=20").await?.json();
            let mut jobs = jobs["items"].as_array()?.iter().filter(|job| job["episode_id"] == episode);
            let failed = jobs.clone().find(|job| job["state"] == "failed");
            assert_eq!(failed, None, "a job gave up");
            let done = jobs.all(|job| job["state"] == "done");
            (done && found["renditions"].as_array()?.len() >= 3).then_some(found)
        })
        .await
    }

    /// Publishes an episode unless an earlier try has, and gives it.
    pub async fn publish(&self, episode: &str) -> Value {
        let path = format!("/api/v1/episodes/{episode}");
        eventually(PATIENCE, "the episode is published", async || {
            let found = self.get(&path).await?.json();
            if found["state"] == "published" {
                return Some(found);
            }
            assert_eq!(found["blockers"], json!([]), "something blocks it");
            self.ask(self.program.request("POST", &format!("{path}/publish"))).await?;
            None
        })
        .await
    }

    /// Looks at a published episode as a listener does: once in the feed, every file whole and as long as was said.
    pub async fn listen(&self, episode: &Value) {
        let guid = episode["guid"].as_str().expect("every episode has a guid");
        let feed = self.read(&format!("/shows/{}/feed.xml", self.show)).await.text();
        assert_eq!(feed.matches(&format!(">{guid}</guid>")).count(), 1, "{guid} is in the feed once:\n{feed}");
        let files = episode["renditions"].as_array().expect("it has renditions");
        assert_eq!(files.len(), 3, "each rendition once: {episode}");
        for file in files {
            let bytes = self.read(path(file["url"].as_str().expect("a file has an address"))).await.body.len();
            assert_eq!(file["bytes"], bytes, "{file} is served whole");
        }
        let enclosure = episode["urls"]["enclosure"].as_str().map(path).expect("it has an enclosure");
        let said = format!("{enclosure}\" length=\"{}\"", files[0]["bytes"]);
        assert!(feed.contains(&said), "the feed says “{said}”:\n{feed}");
    }

    /// Asks until the answer is good.
    async fn read(&self, path: &str) -> Reply {
        eventually(PATIENCE, path, async || self.get(path).await).await
    }

    /// A good answer, if there is one now.
    async fn get(&self, path: &str) -> Option<Reply> {
        self.ask(self.program.request("GET", path)).await.filter(|reply| reply.status == 200)
    }

    /// Sends a request; none when the line broke.
    async fn ask(&self, request: RequestBuilder) -> Option<Reply> {
        let reply = request.timeout(PATIENCE).send().await.ok()?;
        let (status, headers) = (reply.status().as_u16(), reply.headers().clone());
        Some(Reply { status, headers, body: reply.bytes().await.ok()?.to_vec() })
    }
}

/// The episode that an upload became, once it is finished.
fn finished(reply: &Reply) -> Option<String> {
    let episode = reply.header("rostrum-episode");
    (reply.status < 300 && !episode.is_empty()).then(|| episode.to_owned())
}

/// An absolute address without its server: the port changes when the server starts anew.
fn path(url: &str) -> &str {
    url.splitn(4, '/').nth(3).map_or(url, |rest| &url[url.len() - rest.len() - 1..])
}
