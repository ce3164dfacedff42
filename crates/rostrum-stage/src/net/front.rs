//! The receiving side of the sockets: finds the shard a datagram belongs to, by address, and on first contact by the
//! user fragment in its STUN request (RFC 8445 §7.3). What names no peer costs one look into a map.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Instant;

use bytes::Bytes;
use str0m::ice::StunMessage;
use str0m::net::Protocol;
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::bound::Local;
use super::gate::{Gate, Verdict};
use super::stream;

/// Datagrams read from one socket before others get their turn.
const BATCH: usize = 64;
/// TCP connections open at once.
const STREAMS_MAX: usize = 256;
/// Datagrams that wait for a slow TCP connection; more are dropped, as UDP would.
const STREAM_QUEUE: usize = 256;

/// One datagram and where it came in.
#[derive(Debug, Clone)]
pub(crate) struct Datagram {
    pub(crate) at: Instant,
    pub(crate) protocol: Protocol,
    pub(crate) source: SocketAddr,
    /// The address the speaker sent it to, as speakers know it.
    pub(crate) destination: SocketAddr,
    pub(crate) bytes: Bytes,
}

/// Who is reached where; shared by the front and the shards.
#[derive(Debug, Default)]
pub(crate) struct Routes {
    fragments: RwLock<HashMap<String, usize>>,
    streams: Mutex<HashMap<SocketAddr, mpsc::Sender<Bytes>>>,
}

impl Routes {
    /// Makes the peer whose local user fragment is `fragment` reachable.
    pub(crate) fn add(&self, fragment: &str, shard: usize) {
        self.fragments.write().unwrap_or_else(PoisonError::into_inner).insert(fragment.to_owned(), shard);
    }

    /// Forgets it.
    pub(crate) fn remove(&self, fragment: &str) {
        self.fragments.write().unwrap_or_else(PoisonError::into_inner).remove(fragment);
    }

    fn shard_of(&self, bytes: &[u8]) -> Option<usize> {
        let message = StunMessage::parse(bytes).ok()?;
        let (local, _) = message.split_username()?;
        self.fragments.read().unwrap_or_else(PoisonError::into_inner).get(local).copied()
    }

    /// Sends to a speaker who came over TCP; false when that connection is gone.
    pub(crate) fn send_stream(&self, destination: SocketAddr, bytes: &[u8]) -> bool {
        let streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        streams.get(&destination).is_some_and(|queue| {
            !matches!(queue.try_send(Bytes::copy_from_slice(bytes)), Err(mpsc::error::TrySendError::Closed(_)))
        })
    }

    fn open(&self, source: SocketAddr, queue: mpsc::Sender<Bytes>) -> bool {
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        let room = streams.len() < STREAMS_MAX;
        if room {
            streams.insert(source, queue);
        }
        room
    }

    fn close(&self, source: SocketAddr) {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner).remove(&source);
    }
}

/// What every receiving task needs.
#[derive(Debug, Clone)]
pub(crate) struct Front {
    pub(crate) routes: Arc<Routes>,
    /// One for each shard; a full one drops, as a full socket buffer would.
    pub(crate) shards: Vec<mpsc::Sender<Datagram>>,
}

impl Front {
    /// Takes TCP connections on `locals` until `stop`.
    ///
    /// # Errors
    /// A socket cannot be watched.
    pub(crate) async fn run(self, locals: &[Local], stop: CancellationToken) -> io::Result<()> {
        let mut tasks = JoinSet::new();
        for local in locals {
            let tcp = TcpListener::from_std(local.tcp.try_clone()?)?;
            tasks.spawn(self.clone().streams(tcp, local.told));
        }
        stop.cancelled().await;
        Ok(())
    }

    /// Receives datagrams on `sockets` as long as it is polled, which a shard's own thread does: from another one,
    /// every packet of every speaker would have to wake that thread.
    ///
    /// # Errors
    /// A socket cannot be watched; only then it ends.
    pub(crate) async fn read(self, sockets: Vec<(SocketAddr, std::net::UdpSocket)>) -> io::Result<()> {
        let mut tasks = JoinSet::new();
        for (told, socket) in sockets {
            tasks.spawn(self.clone().datagrams(UdpSocket::from_std(socket)?, told));
        }
        std::future::pending().await
    }

    async fn datagrams(self, socket: UdpSocket, destination: SocketAddr) {
        let mut gate = Gate::default();
        let mut buffer = vec![0; stream::DATAGRAM_BYTES_MAX + 1];
        loop {
            if socket.readable().await.is_err() {
                continue;
            }
            for _ in 0..BATCH {
                let Ok((length, source)) = socket.try_recv_from(&mut buffer) else { break };
                let at = Instant::now();
                let protocol = Protocol::Udp;
                if length <= stream::DATAGRAM_BYTES_MAX
                    && let Some(shard) = self.route(&mut gate, source, &buffer[..length])
                {
                    let bytes = Bytes::copy_from_slice(&buffer[..length]);
                    self.shards[shard].try_send(Datagram { at, protocol, source, destination, bytes }).ok();
                }
            }
            tokio::task::yield_now().await;
        }
    }

    /// The shard for a datagram. One that names a peer by its fragment is admitted before the peer has checked it; a
    /// forger gains nothing but that the shard looks at its datagrams, at the gate's pace.
    fn route(&self, gate: &mut Gate, source: SocketAddr, bytes: &[u8]) -> Option<usize> {
        let now = Instant::now();
        match gate.judge(source, now) {
            Verdict::Pass(shard) if bytes.first().is_some_and(|first| *first > 3) => Some(shard),
            Verdict::Flood => None,
            // STUN is looked at each time: an address may come back with another peer behind it.
            Verdict::Pass(_) | Verdict::Unknown => {
                let shard = self.routes.shard_of(bytes)?;
                gate.admit(source, shard, now);
                Some(shard)
            }
        }
    }

    async fn streams(self, listener: TcpListener, destination: SocketAddr) {
        let mut open = JoinSet::new();
        loop {
            while open.try_join_next().is_some() {}
            match listener.accept().await {
                Ok((stream, source)) => {
                    let front = self.clone();
                    open.spawn(async move { front.stream(stream, (source, destination)).await });
                }
                // Out of descriptors: those in use come back when connections close.
                Err(_) => tokio::task::yield_now().await,
            }
        }
    }

    async fn stream(self, stream: TcpStream, (source, destination): (SocketAddr, SocketAddr)) {
        stream.set_nodelay(true).ok();
        let (mut reader, mut writer) = stream.into_split();
        let (queue, mut datagrams) = mpsc::channel(STREAM_QUEUE);
        if !self.routes.open(source, queue) {
            return;
        }
        tokio::select! {
            _ = self.receive(&mut reader, (source, destination)) => {}
            _ = stream::write(&mut writer, &mut datagrams) => {}
        }
        self.routes.close(source);
    }

    async fn receive(
        &self,
        reader: &mut (impl tokio::io::AsyncRead + Unpin),
        (source, destination): (SocketAddr, SocketAddr),
    ) -> io::Result<()> {
        let mut gate = Gate::default();
        while let Some(bytes) = stream::read(reader).await? {
            let (at, protocol) = (Instant::now(), Protocol::Tcp);
            let Some(shard) = self.route(&mut gate, source, &bytes) else { continue };
            self.shards[shard].try_send(Datagram { at, protocol, source, destination, bytes }).ok();
        }
        Ok(())
    }
}
