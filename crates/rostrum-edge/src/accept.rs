//! Connections: taken within the gate's limits, brought through TLS, served as HTTP/1.1 or HTTP/2, ended in time.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulConnection;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep, timeout_at};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::activity::{Activity, Patience};
use crate::admission::{Full, Gate, Permit};
use crate::fan::{Ask, Fan};
use crate::first::{First, Peeked, first};
use crate::front::{Face, Front, Link};
use crate::guarded::{Grace, Guarded};
use crate::headers::Peer;
use crate::ingest::{self, Coming};
use crate::turn::{self, Relay};

/// How long to let descriptors come free when the system has none left.
const SHORT_OF_DESCRIPTORS: Duration = Duration::from_millis(50);
/// What a head is given at the least that begins when its time is nearly over.
const LEAST_LEFT: Duration = Duration::from_millis(100);
/// What a client hears when the house is full.
const FULL_ANSWER: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 5\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// The two tokens of the stop, as connections see them.
#[derive(Debug, Clone)]
pub(crate) struct Stop {
    pub(crate) soft: CancellationToken,
    pub(crate) hard: CancellationToken,
}

/// One listening socket and what serves its connections.
#[derive(Clone)]
pub(crate) struct Door {
    pub(crate) front: Arc<Front>,
    pub(crate) fan: Arc<Fan>,
    pub(crate) gate: Arc<Gate>,
    pub(crate) tls: Option<TlsAcceptor>,
    pub(crate) face: Face,
    pub(crate) stop: Stop,
    pub(crate) tasks: TaskTracker,
}

impl Door {
    /// Takes connections until the soft stop; dropping the listener then tells the system to send them elsewhere.
    pub(crate) async fn open(self, listener: TcpListener) {
        loop {
            let taken = tokio::select! {
                biased;
                () = self.stop.soft.cancelled() => return,
                taken = listener.accept() => taken,
            };
            match taken {
                Ok((stream, from)) => self.take(stream, from),
                Err(error) if passing(&error) => {}
                Err(error) => {
                    tracing::warn!(%error, "cannot take a connection");
                    sleep(SHORT_OF_DESCRIPTORS).await;
                }
            }
        }
    }

    fn take(&self, stream: TcpStream, from: SocketAddr) {
        match self.gate.admit(from.ip()) {
            Ok(permit) => {
                let door = self.clone();
                self.tasks.spawn(async move { door.connection(stream, from, permit).await });
            }
            Err(full) => {
                tracing::debug!(?full, "connection refused");
                if full == Full::House && self.tls.is_none() {
                    // The answer fits the empty send buffer of a new connection; if it does not, closing says enough.
                    let _ = stream.try_write(FULL_ANSWER);
                }
            }
        }
    }

    async fn connection(&self, stream: TcpStream, from: SocketAddr, permit: Permit) {
        // Failing leaves answers a little later, nothing worse.
        let _ = stream.set_nodelay(true);
        // One time for all that comes before an answer: the handshake, the look at who asks, the head.
        let head_by = Instant::now() + self.front.config.limits.head_time;
        let Some(tls) = &self.tls else {
            return self.plain(stream, self.link(from, false, head_by), permit).await;
        };
        let shaken = tokio::select! {
            shaken = timeout_at(head_by, tls.accept(stream)) => shaken,
            () = self.stop.soft.cancelled() => return,
        };
        let Ok(Ok(stream)) = shaken else { return };
        let link = self.link(from, true, head_by);
        if stream.get_ref().1.alpn_protocol() == Some(b"h2") {
            self.http2(stream, link, permit).await;
        } else {
            self.http1(stream, link, permit).await;
        }
    }

    fn link(&self, from: SocketAddr, tls: bool, head_by: Instant) -> Arc<Link> {
        let limits = &self.front.config.limits;
        let patience = Patience { first: limits.head_time, idle: limits.idle_time, stall: limits.stall_time };
        let peer = Peer { address: from.ip(), tls };
        Arc::new(Link { from, peer, face: self.face.clone(), activity: Activity::new(patience), head_by })
    }

    /// Seats listeners in the audience; everybody else is served by the front.
    async fn plain(&self, stream: TcpStream, link: Arc<Link>, permit: Permit) {
        if self.face != Face::Site {
            return self.requests(stream, link, permit).await;
        }
        match self.first(stream, link.head_by).await {
            Some(First::Listener(ask, stream)) => match self.seat(&ask, stream, permit) {
                Ok(()) => {}
                Err((stream, permit)) => self.requests(stream, link, permit).await,
            },
            Some(first) => self.others(first, link, permit).await,
            None => {}
        }
    }

    async fn http1<S>(&self, stream: S, link: Arc<Link>, permit: Permit)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        if let Some(first) = self.first(stream, link.head_by).await {
            self.others(first, link, permit).await;
        }
    }

    /// Looks who is to answer; none when nobody asks in time.
    async fn first<S: AsyncRead + Unpin>(&self, stream: S, by: Instant) -> Option<First<S>> {
        tokio::select! {
            first = timeout_at(by, first(stream)) => first.ok()?.ok(),
            () = self.stop.soft.cancelled() => None,
        }
    }

    /// Hands a listener to the engine; gives back who does not find what they ask for, or speaks for others.
    fn seat(&self, ask: &Ask, stream: Peeked<TcpStream>, permit: Permit) -> Result<(), (Peeked<TcpStream>, Permit)> {
        let proxied = self.front.config.trusted_proxies.iter().any(|prefix| prefix.contains(permit.client()));
        let Some(seat) = (!proxied).then(|| self.front.live.seat(ask)).flatten() else { return Err((stream, permit)) };
        let given = stream
            .into_rest()
            .into_std()
            .map(|socket| self.fan.seat(socket.into(), seat, (permit, self.tasks.token())));
        if !matches!(given, Ok(Ok(()))) {
            tracing::warn!("a listener finds no seat");
        }
        Ok(())
    }

    /// Serves what is no HTTP/2: encoders and speakers who need a relay by their own rules, everybody else as HTTP/1.1.
    async fn others<S>(&self, first: First<S>, link: Arc<Link>, mut permit: Permit)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        match first {
            First::Listener(_, stream) => self.requests(stream, link, permit).await,
            First::Other(stream) => match self.relay(&stream, &link) {
                // A relay has a socket of its own.
                Some(relay) if permit.ask().is_ok() => relay.serve(stream, link.from, &self.stop.soft).await,
                Some(_) => {}
                None => self.requests(stream, link, permit).await,
            },
            First::Broken(mut stream) => {
                // One that has hung up does not hear it.
                let _ = stream.write_all(ingest::BROKEN).await;
            }
            First::Encoder(head, stream) => {
                let coming = Coming { head, stream, live: &self.front.live, stop: &self.stop.soft };
                tokio::select! {
                    () = self.front.ingest.serve(coming) => {}
                    () = self.stop.hard.cancelled() => {}
                }
            }
        }
    }

    /// Who answers a connection that begins as no request does, if that is let out of other people's networks at all.
    fn relay<S>(&self, stream: &Peeked<S>, link: &Link) -> Option<&Relay> {
        let relay = self.front.relay.as_ref().filter(|_| link.peer.tls)?;
        (stream.begins() == Some(turn::FIRST)).then_some(relay)
    }

    async fn requests<S>(&self, mut stream: S, link: Arc<Link>, mut permit: Permit)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        if permit.ask().is_err() {
            let _ = stream.write_all(FULL_ANSWER).await;
            return;
        }
        let limits = &self.front.config.limits;
        let left = link.head_by.saturating_duration_since(Instant::now()).max(LEAST_LEFT);
        let (front, activity) = (Arc::clone(&self.front), Arc::clone(&link.activity));
        let grace = Grace { bytes: limits.linger_bytes, time: limits.linger_time };
        let stream = Guarded::new(stream, limits.head_bytes, grace);
        let service = service_fn(move |request| Arc::clone(&front).answer(request, Arc::clone(&link)));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            // Who has asked and says no more still wants the answer.
            .half_close(true)
            .header_read_timeout(left)
            .max_headers(limits.head_fields)
            .max_header_size(limits.head_bytes)
            .serve_connection(TokioIo::new(stream), service);
        self.drive(connection, &activity).await;
    }

    async fn http2<S>(&self, stream: S, link: Arc<Link>, mut permit: Permit)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        if permit.ask().is_err() {
            return;
        }
        let limits = &self.front.config.limits;
        let (front, activity) = (Arc::clone(&self.front), Arc::clone(&link.activity));
        let service = service_fn(move |request| Arc::clone(&front).answer(request, Arc::clone(&link)));
        let connection = http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .max_concurrent_streams(limits.streams_per_connection)
            .max_header_list_size(u32::try_from(limits.head_bytes).unwrap_or(u32::MAX))
            .keep_alive_interval(limits.body_time)
            .serve_connection(TokioIo::new(stream), service);
        self.drive(connection, &activity).await;
    }

    /// Serves one connection to its end: its own, abandonment, or the stop.
    async fn drive<C>(&self, connection: C, activity: &Activity)
    where
        C: GracefulConnection,
        C::Error: std::fmt::Display,
    {
        let mut connection = pin!(connection);
        let mut abandoned = pin!(activity.abandoned());
        let mut stopping = false;
        loop {
            tokio::select! {
                ended = connection.as_mut() => {
                    if let Err(error) = ended {
                        tracing::debug!(%error, "connection ended");
                    }
                    return;
                }
                () = &mut abandoned => return tracing::debug!("connection abandoned"),
                () = self.stop.hard.cancelled() => return,
                () = self.stop.soft.cancelled(), if !stopping => {
                    stopping = true;
                    connection.as_mut().graceful_shutdown();
                }
            }
        }
    }
}

/// Errors of one connection that was gone before it was taken; the next one is not affected.
fn passing(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionReset | Interrupted)
}
