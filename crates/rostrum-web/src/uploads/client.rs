//! tus-js-client, the program that the upload page runs, against a server that is killed under it.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::SeqCst;

use axum::body::Body;
use axum::extract::Request;
use axum::middleware::map_request;
use bytes::Bytes;
use futures_util::StreamExt as _;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use rostrum_store::asset;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::net::TcpListener;
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::tests::{Client, recording};

/// Length of what is sent.
const FILE_BYTES: usize = 24_000_000;

/// The bytes a server takes before it falls silent, so that a kill finds it in the middle.
struct Budget {
    left: AtomicUsize,
    spent: Notify,
}

impl Budget {
    /// A body that stops without an end where the budget does.
    fn limit(self: Arc<Self>, body: Body) -> Body {
        Body::from_stream(body.into_data_stream().then(move |bytes| {
            let budget = self.clone();
            async move {
                let length = bytes.as_ref().map_or(0, Bytes::len);
                let paid = budget.left.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(length));
                if paid.is_err() {
                    budget.spent.notify_one();
                    std::future::pending::<()>().await;
                }
                bytes
            }
        }))
    }
}

/// The router on a loopback port; its end ends every connection at once, as a kill does.
struct Serving {
    tasks: JoinSet<()>,
    budget: Arc<Budget>,
}

impl Serving {
    fn start(client: &Client, socket: &std::net::TcpListener, bytes: usize) -> Self {
        let socket = socket.try_clone().expect("the socket is open");
        let listener = TcpListener::from_std(socket).expect("the socket does not block");
        let budget = Arc::new(Budget { left: AtomicUsize::new(bytes), spent: Notify::new() });
        let limited = budget.clone();
        let limit = move |request: Request| {
            let limited = limited.clone();
            async move { request.map(|body| limited.limit(body)) }
        };
        let service = TowerToHyperService::new(client.router().layer(map_request(limit)));
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.expect("the socket is open");
                let service = service.clone();
                connections.spawn(async move {
                    let builder = Builder::new(TokioExecutor::new());
                    // A client that goes away is no failure of the server.
                    let _ = builder.serve_connection(TokioIo::new(stream), service).await;
                });
            }
        });
        Self { tasks, budget }
    }

    /// Ends it in the middle of the bytes.
    async fn kill_when_spent(self) {
        self.budget.spent.notified().await;
        self.kill().await;
    }

    async fn kill(mut self) {
        self.tasks.shutdown().await;
    }
}

/// The client program.
struct Node {
    child: Child,
    stdin: ChildStdin,
    stdout: Lines<BufReader<ChildStdout>>,
}

impl Node {
    async fn start(job: &Value) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut command = Command::new("node");
        command.arg(root.join("tests/node/tus_upload.mjs")).current_dir(packages());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().expect("scripts/setup test installs node");
        let stdin = child.stdin.take().expect("asked for above");
        let stdout = BufReader::new(child.stdout.take().expect("asked for above")).lines();
        let mut node = Self { child, stdin, stdout };
        node.tell(&job.to_string()).await;
        node
    }

    async fn tell(&mut self, line: &str) {
        self.stdin.write_all(format!("{line}\n").as_bytes()).await.expect("the client listens");
    }

    async fn hear(&mut self) -> String {
        self.stdout.next_line().await.expect("the client speaks").expect("the client runs")
    }

    async fn end(mut self) -> Value {
        let last = self.hear().await;
        self.child.wait().await.expect("the client is our child");
        serde_json::from_str(&last).expect("the client ends with JSON")
    }
}

/// Where `scripts/setup test` puts the packages of node.
fn packages() -> PathBuf {
    let binary = std::env::current_exe().expect("the system knows this program's path");
    let target = binary.ancestors().find(|folder| folder.join("node/node_modules").is_dir());
    target.expect("scripts/setup test installs the client").join("node")
}

struct Scene {
    client: Client,
    socket: std::net::TcpListener,
    sent: Vec<u8>,
}

impl Scene {
    async fn new() -> Self {
        let socket = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
        socket.set_nonblocking(true).expect("the socket is ours");
        let (client, sent) = (Client::new().await, recording(FILE_BYTES));
        std::fs::write(client.house.folder().join("talk.flac"), &sent).expect("the folder is ours");
        Self { client, socket, sent }
    }

    /// A server that falls silent after so many bytes.
    fn serve(&self, bytes: usize) -> Serving {
        Serving::start(&self.client, &self.socket, bytes)
    }

    /// What the client is told, with `more` of it.
    fn job(&self, more: &Value) -> Value {
        let address = self.socket.local_addr().expect("it is bound");
        let folder = self.client.house.folder();
        let mut job = json!({
            "endpoint": format!("http://{address}/uploads/"),
            "token": self.client.token,
            "file": folder.join("talk.flac"),
            "storage": folder.join("resume.json"),
            "metadata": {"show": "friday", "filename": "talk.flac"},
            "metadataForPartialUploads": {"show": "friday"},
        });
        let more = more.as_object().expect("it is an object").clone();
        job.as_object_mut().expect("it is an object").extend(more);
        job
    }

    /// A new server on the data of one that was killed.
    fn serve_again(&mut self, bytes: usize) -> Serving {
        self.client.house.restart();
        self.serve(bytes)
    }

    async fn assert_arrived_once(&self, end: &Value) {
        let app = &self.client.house.app;
        let mut tx = app.store.read().await.expect("it reads");
        let episode = end["episode"].as_str().unwrap_or_else(|| panic!("{end}")).parse().expect("an id");
        let sources = asset::ever_of_episode(&mut tx, episode).await.expect("it reads");
        let digests: Vec<_> = sources.iter().map(|source| source.sha256.clone()).collect();
        assert_eq!(digests, [hex::encode(Sha256::digest(&self.sent))]);
        let show = asset::ever_of_show(&mut tx, sources[0].show_id).await.expect("it reads");
        assert_eq!(show.len(), 1, "nothing is doubled");
    }
}

#[tokio::test]
async fn paused_and_resumed_after_a_kill_with_checksums() {
    let mut scene = Scene::new().await;
    let serving = scene.serve(usize::MAX);
    let more = json!({"chunkSize": 1_000_000, "checksum": "sha256", "pauseAt": FILE_BYTES / 3});
    let mut node = Node::start(&scene.job(&more)).await;
    assert_eq!(node.hear().await, "paused");
    serving.kill().await;
    let serving = scene.serve_again(FILE_BYTES / 3);
    node.tell("go on").await;
    serving.kill_when_spent().await;
    let serving = scene.serve_again(usize::MAX);
    scene.assert_arrived_once(&node.end().await).await;
    serving.kill().await;
}

#[tokio::test]
async fn sent_in_parallel_parts_over_a_kill() {
    over_a_kill(&json!({"chunkSize": 500_000, "parallelUploads": 3})).await;
}

#[tokio::test]
async fn sent_in_one_stream_over_a_kill() {
    over_a_kill(&json!({})).await;
}

async fn over_a_kill(more: &Value) {
    let mut scene = Scene::new().await;
    let serving = scene.serve(FILE_BYTES / 2);
    let node = Node::start(&scene.job(more)).await;
    serving.kill_when_spent().await;
    let serving = scene.serve_again(usize::MAX);
    scene.assert_arrived_once(&node.end().await).await;
    serving.kill().await;
}

#[tokio::test]
async fn told_what_is_wrong_with_a_file() {
    let scene = Scene::new().await;
    let file = scene.client.house.folder().join("list.mp3");
    std::fs::write(&file, "#EXTM3U\nhttp://example.org/a.mp3\n").expect("the folder is ours");
    let serving = scene.serve(usize::MAX);
    let end = Node::start(&scene.job(&json!({"file": file}))).await.end().await;
    assert_eq!(end["status"], 415, "{end}");
    assert!(end["error"].as_str().expect("it is told").contains("playlist"), "{end}");
    serving.kill().await;
}
