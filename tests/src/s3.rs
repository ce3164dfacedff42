//! A real S3 server over a folder, on a port of its own; each test that asks gets another.

use std::net::SocketAddr;

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::scratch::Scratch;

const KEY: &str = "rostrum-tests";
const SECRET: &str = "not-a-secret";
const BUCKET: &str = "media";

/// A running S3 server with one empty bucket; dropping it ends it. It lives on the runtime that started it.
#[derive(Debug)]
pub struct S3 {
    address: SocketAddr,
    folder: Scratch,
    _accepting: JoinSet<()>,
}

impl S3 {
    /// Starts one.
    pub async fn start() -> Self {
        let folder = Scratch::new("s3");
        std::fs::create_dir(folder.join(BUCKET)).expect("the folder is ours");
        let files = s3s_fs::FileSystem::new(folder.path()).expect("the folder is there");
        let mut builder = S3ServiceBuilder::new(files);
        builder.set_auth(SimpleAuth::from_single(KEY, SECRET));
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("loopback has a free port");
        let address = listener.local_addr().expect("it is bound");
        let mut accepting = JoinSet::new();
        accepting.spawn(accept(listener, builder.build()));
        Self { address, folder, _accepting: accepting }
    }

    /// Its address: `http://127.0.0.1:PORT`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Its bucket as the configuration wants it.
    pub fn url(&self) -> String {
        format!("s3://{BUCKET}?endpoint={}&region=us-east-1", self.endpoint())
    }

    /// The name of its bucket.
    pub fn bucket(&self) -> &str {
        BUCKET
    }

    /// Who may use it: the key and its secret.
    pub fn credentials(&self) -> (&str, &str) {
        (KEY, SECRET)
    }

    /// Whether an object is there, looked up behind the server's back.
    pub fn holds(&self, key: &str) -> bool {
        self.folder.join(BUCKET).join(key).is_file()
    }
}

async fn accept(listener: TcpListener, service: S3Service) {
    let mut connections = JoinSet::new();
    while let Ok((socket, _)) = listener.accept().await {
        let service = service.clone();
        connections.spawn(async move {
            // A client that goes away in the middle of a request is the client's business.
            let _ = Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(socket), service).await;
        });
        while connections.try_join_next().is_some() {}
    }
}
