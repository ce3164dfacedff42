//! A network written down in advance: names, and for each socket and path what its server sends and when.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::BoxFuture;
use rostrum_fetch::net::{Net, Stream};
use rostrum_fetch::{Fetcher, Policy, Rules};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

#[derive(Debug, Clone)]
pub(crate) enum Step {
    Send(Vec<u8>),
    Wait(Duration),
    /// Sends the bytes again and again, with the pause between, until the client leaves.
    Drip(Vec<u8>, Duration),
    /// Says nothing more but keeps the connection.
    Hold,
}

#[derive(Clone, Default)]
pub(crate) struct Script {
    names: HashMap<String, Vec<IpAddr>>,
    pages: HashMap<(SocketAddr, String), Vec<Step>>,
    silent: Vec<SocketAddr>,
    seen: Arc<Mutex<Vec<(SocketAddr, String)>>>,
}

pub(crate) fn text(text: &str) -> Vec<Step> {
    vec![Step::Send(text.as_bytes().to_vec())]
}

pub(crate) fn ok(body: &str) -> Vec<Step> {
    text(&format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len()))
}

pub(crate) fn redirect(location: &str) -> Vec<Step> {
    text(&format!("HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"))
}

impl Script {
    pub(crate) fn name(mut self, name: &str, answers: &[&str]) -> Self {
        self.names.insert(name.to_owned(), answers.iter().map(|ip| ip.parse().unwrap()).collect());
        self
    }

    pub(crate) fn page(mut self, socket: &str, path: &str, steps: Vec<Step>) -> Self {
        self.pages.insert((socket.parse().unwrap(), path.to_owned()), steps);
        self
    }

    /// A socket that never completes a connection.
    pub(crate) fn silent(mut self, socket: &str) -> Self {
        self.silent.push(socket.parse().unwrap());
        self
    }

    /// One site at 1.1.1.1 that answers `/` with `steps`.
    pub(crate) fn site(steps: Vec<Step>) -> Self {
        Self::default().name("site.test", &["1.1.1.1"]).page("1.1.1.1:80", "/", steps)
    }

    /// A fetcher on this network, plain http allowed.
    pub(crate) fn fetcher(&self, limit: impl FnOnce(&mut Policy)) -> Fetcher {
        let mut policy = Policy { rules: Rules { plain_http: true, ..Rules::default() }, ..Policy::default() };
        limit(&mut policy);
        Fetcher::on(policy, self.clone())
    }

    /// The heads of all requests so far, lower case, with the socket each went to.
    pub(crate) fn seen(&self) -> Vec<(SocketAddr, String)> {
        self.seen.lock().unwrap().clone()
    }

    async fn serve(self, socket: SocketAddr, mut stream: DuplexStream) -> io::Result<()> {
        let head = read_head(&mut stream).await?;
        let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
        self.seen.lock().unwrap().push((socket, head.to_lowercase()));
        for step in self.pages.get(&(socket, path)).cloned().unwrap_or_default() {
            match step {
                Step::Send(bytes) => stream.write_all(&bytes).await?,
                Step::Wait(pause) => tokio::time::sleep(pause).await,
                Step::Hold => std::future::pending().await,
                Step::Drip(bytes, pause) => loop {
                    stream.write_all(&bytes).await?;
                    tokio::time::sleep(pause).await;
                },
            }
        }
        Ok(())
    }
}

/// Reads up to the empty line; a body stays unread.
pub(crate) async fn read_head(stream: &mut (impl AsyncReadExt + Unpin)) -> io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    Ok(String::from_utf8(head).unwrap())
}

impl Net for Script {
    fn resolve<'a>(&'a self, name: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        Box::pin(async move { self.names.get(name).cloned().ok_or_else(|| io::ErrorKind::NotFound.into()) })
    }

    fn dial(&self, socket: SocketAddr) -> BoxFuture<'_, io::Result<Box<dyn Stream>>> {
        Box::pin(async move {
            if self.silent.contains(&socket) {
                return std::future::pending().await;
            }
            if !self.pages.keys().any(|(known, _)| *known == socket) {
                return Err(io::ErrorKind::ConnectionRefused.into());
            }
            let (client, server) = tokio::io::duplex(16 * 1024);
            tokio::spawn(self.clone().serve(socket, server));
            Ok(Box::new(client) as Box<dyn Stream>)
        })
    }
}
