//! An edge on port 0 and a stand-in for web that echoes what reached it, both ended when dropped.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body_util::channel::Channel;
use http_body_util::{BodyExt, Either, Full};
use hyper::body::{Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rostrum_domain::{Clock, Ids, Timestamp};
use rostrum_edge::{Config, Limits, run};
use rostrum_wire::{Shutdown, Socket, Sockets};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio::task::{JoinHandle, JoinSet};

/// A clock that stands still.
struct StoppedClock;
impl Clock for StoppedClock {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }
}

/// Chance that counts.
#[derive(Default)]
struct CountingIds(AtomicU64);
impl Ids for CountingIds {
    fn bytes(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes[2..10].copy_from_slice(&self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes());
        bytes
    }
}

/// The edge under test and the folder it lives in.
pub(crate) struct Edge {
    pub(crate) address: SocketAddr,
    pub(crate) stop: Shutdown,
    pub(crate) data: TempDir,
    running: Option<JoinHandle<()>>,
}

impl Drop for Edge {
    fn drop(&mut self) {
        self.stop.force();
    }
}

/// The usual configuration: any port, nobody trusted.
pub(crate) fn config(data: &TempDir) -> Config {
    Config {
        listen: "127.0.0.1:0".parse().unwrap(),
        tls: None,
        redirect: None,
        public_authority: None,
        web: Sockets::open(data.path()).unwrap().web(),
        stage: Sockets::open(data.path()).unwrap().stage(),
        relay: None,
        trusted_proxies: vec![],
        upload_paths: vec!["/uploads/".into()],
        load_token: None,
        threads: 1,
        codec: rostrum_codec::Client::new("/nonexistent".into(), rostrum_codec::Limits::default()),
        limits: Limits::default(),
        language: rostrum_words::Lang::ENGLISH,
        clock: Arc::new(StoppedClock),
        ids: Arc::new(CountingIds::default()),
    }
}

impl Edge {
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub(crate) async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut config = config(&data);
        change(&mut config);
        let (stop, (ready, told)) = (Shutdown::new(), oneshot::channel());
        let running = tokio::spawn({
            let stop = stop.clone();
            async move { run(config, stop, |info| ready.send(info).unwrap()).await.unwrap() }
        });
        let address = told.await.expect("the edge starts").http.unwrap();
        Self { address, stop, data, running: Some(running) }
    }

    pub(crate) fn web(&self) -> Socket {
        Sockets::open(self.data.path()).unwrap().web()
    }

    pub(crate) async fn ended(&mut self) {
        self.running.take().unwrap().await.unwrap();
    }

    pub(crate) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends raw bytes and reads until the edge closes.
    pub(crate) async fn raw(&self, bytes: impl AsRef<[u8]>) -> String {
        let mut stream = self.connect().await;
        stream.write_all(bytes.as_ref()).await.unwrap();
        read_to_close(&mut stream).await
    }

    /// A GET that asks to close.
    pub(crate) async fn get(&self, path: &str) -> String {
        self.raw(format!("GET {path} HTTP/1.1\r\nHost: h.example\r\nConnection: close\r\n\r\n")).await
    }
}

/// Everything until the end, a reset counted as one.
pub(crate) async fn read_to_close(stream: &mut (impl AsyncReadExt + Unpin)) -> String {
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Reads until `wanted` has come.
pub(crate) async fn read_until(stream: &mut (impl AsyncReadExt + Unpin), wanted: &str) -> String {
    let mut text = String::new();
    let mut byte = [0; 1];
    while !text.contains(wanted) {
        assert_eq!(stream.read(&mut byte).await.unwrap(), 1, "closed before {wanted:?}; so far: {text}");
        text.push(char::from(byte[0]));
    }
    text
}

/// The status of a raw answer.
pub(crate) fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0)
}

type Reply = Response<Either<Full<Bytes>, Channel<Bytes>>>;

/// What reached the stand-in.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) line: String,
    pub(crate) headers: HeaderMap,
}

/// A stand-in for web. `/echo` answers with the body, `/stream` sends what the test feeds, `/never` does not answer,
/// `/full` answers 507 before it has read the body.
pub(crate) struct Web {
    pub(crate) seen: Arc<Mutex<Vec<Seen>>>,
    pub(crate) feed: mpsc::Sender<Bytes>,
    tasks: JoinHandle<()>,
}

impl Drop for Web {
    fn drop(&mut self) {
        self.tasks.abort();
    }
}

impl Web {
    pub(crate) fn start(socket: &Socket) -> Self {
        let listener = socket.listen().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (feed, fed) = mpsc::channel(4);
        let (notes, fed) = (Arc::clone(&seen), Arc::new(tokio::sync::Mutex::new(fed)));
        let tasks = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (notes, fed) = (Arc::clone(&notes), Arc::clone(&fed));
                connections.spawn(async move {
                    let service = service_fn(move |request| reply(request, Arc::clone(&notes), Arc::clone(&fed)));
                    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
                });
            }
        });
        Self { seen, feed, tasks }
    }

    pub(crate) fn requests(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

type Fed = Arc<tokio::sync::Mutex<mpsc::Receiver<Bytes>>>;

async fn reply(request: Request<Incoming>, seen: Arc<Mutex<Vec<Seen>>>, fed: Fed) -> Result<Reply, Infallible> {
    let (head, body) = request.into_parts();
    let line = format!("{} {} {:?}", head.method, head.uri, head.version);
    seen.lock().unwrap().push(Seen { line, headers: head.headers });
    let path = head.uri.path().to_owned();
    match path.as_str() {
        "/never" => std::future::pending().await,
        "/full" => Ok(Response::builder().status(507).body(Either::Left(Full::default())).unwrap()),
        "/stream" => Ok(Response::new(Either::Right(stream(fed)))),
        _ => {
            let Ok(body) = body.collect().await else { std::future::pending().await };
            let reply =
                Response::builder().header("connection", "x-inner").header("x-inner", "1").header("etag", "\"e\"");
            Ok(reply.body(Either::Left(Full::new(body.to_bytes()))).unwrap())
        }
    }
}

fn stream(fed: Fed) -> Channel<Bytes> {
    let (mut sender, body) = Channel::new(1);
    tokio::spawn(async move {
        let mut fed = fed.lock().await;
        while let Some(bytes) = fed.recv().await {
            if sender.send(Frame::data(bytes)).await.is_err() {
                return;
            }
        }
    });
    body
}
