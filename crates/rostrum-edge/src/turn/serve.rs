//! The loop round one relayed speaker: a TLS stream on one side, a socket of their own towards the stage on the other.
//! Nobody waits for them: what they do not take in time is dropped, and in the end so are they.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use rostrum_domain::{Clock, Ids};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, split};
use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::protocol::allocation::Place;
use super::protocol::frame::{DATAGRAM_MAX, Frame, take};
use super::protocol::law::{Act, Law, Now, Shortage, Terms};
use crate::admission::{Full, Gate, Most, Permit};
use crate::config::{Config, Relaying};
use crate::prefix::loggable;

/// How a connection begins that is to be relayed: STUN requests of all methods in use do, and no request of HTTP.
pub(crate) const FIRST: u8 = 0;
/// What waits for a client that reads slowly; more is dropped, as a network would.
const QUEUE: usize = 256;
/// How long one write may take.
const STALL: Duration = Duration::from_secs(30);
/// Bytes read at once.
const STEP: usize = 4096;

/// What all relayed speakers of one edge share.
pub(crate) struct Relay {
    terms: Terms,
    gate: Arc<Gate>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
}

impl Relay {
    pub(crate) fn new(relaying: &Relaying, config: &Config) -> Self {
        let places = relaying.places.iter().map(|(told, reach)| Place { told: *told, reach: *reach }).collect();
        let (all, client) = (config.limits.relays, config.limits.relays_per_prefix);
        let most = Most { descriptors: all, site: all, client };
        Self {
            terms: Terms { key: relaying.key.clone(), places },
            gate: Gate::new(most, config.trusted_proxies.clone()),
            clock: Arc::clone(&config.clock),
            ids: Arc::clone(&config.ids),
        }
    }

    /// Serves one connection to its end; `stop` sends the speaker to another edge.
    pub(crate) async fn serve<S>(&self, stream: S, from: SocketAddr, stop: &CancellationToken)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (reader, writer) = split(stream);
        let (answers, queue) = mpsc::channel(QUEUE);
        let law = Law::new(self.terms.clone(), from, self.ids.bytes());
        let session = Session { relay: self, law, from, start: Instant::now(), socket: None, answers };
        let why = tokio::select! {
            why = session.run(reader) => why,
            why = write(writer, queue) => why,
            () = stop.cancelled() => "the edge stops",
        };
        tracing::debug!(client = %loggable(from.ip()), why, "a relayed connection has ended");
    }
}

/// Says what there is to say until the client takes no more of it.
async fn write(mut writer: impl AsyncWrite + Unpin, mut queue: mpsc::Receiver<Vec<u8>>) -> &'static str {
    while let Some(bytes) = queue.recv().await {
        let said = async {
            writer.write_all(&bytes).await?;
            // What came meanwhile leaves in the same record.
            while let Ok(bytes) = queue.try_recv() {
                writer.write_all(&bytes).await?;
            }
            writer.flush().await
        };
        if !matches!(timeout(STALL, said).await, Ok(Ok(()))) {
            return "the client takes nothing";
        }
    }
    "nothing is left to say"
}

/// One connection.
struct Session<'a> {
    relay: &'a Relay,
    law: Law,
    from: SocketAddr,
    start: Instant,
    socket: Option<(UdpSocket, Permit)>,
    answers: mpsc::Sender<Vec<u8>>,
}

impl Session<'_> {
    /// Relays until there is a reason not to.
    async fn run(mut self, mut reader: impl AsyncRead + Unpin) -> &'static str {
        let mut buffer = BytesMut::with_capacity(STEP);
        let mut datagram = [0; DATAGRAM_MAX + 1];
        loop {
            let ends = self.start + self.law.ends();
            buffer.reserve(STEP);
            tokio::select! {
                read = reader.read_buf(&mut buffer) => {
                    if !matches!(read, Ok(1..)) {
                        return "the client has gone";
                    }
                    if let Err(why) = self.take(&mut buffer).await {
                        return why;
                    }
                }
                received = receive(self.socket.as_ref(), &mut datagram) => {
                    // What the system has to say of an earlier datagram concerns none that comes.
                    let Ok((length, from)) = received else { continue };
                    if let Some(bytes) = self.law.inbound(from, &datagram[..length], self.now()) {
                        self.answers.try_send(bytes).ok();
                    }
                }
                () = sleep_until(ends) => return "its time is over",
            }
        }
    }

    fn now(&self) -> Now {
        Now { at: self.start.elapsed(), unix_s: self.relay.clock.now().as_second() }
    }

    /// Does what the frames that have come whole ask for.
    async fn take(&mut self, buffer: &mut BytesMut) -> Result<(), &'static str> {
        while let Some(frame) = take(buffer).map_err(|_| "no frame")? {
            let now = self.now();
            let act = match frame {
                Frame::Message(bytes) => self.law.message(&bytes, now),
                Frame::Data(channel, datagram) => self.law.data(channel, datagram, now),
            };
            let act = match act {
                Act::Open(ip) => {
                    let opened = self.open(ip).await;
                    self.law.opened(opened, self.now())
                }
                act => act,
            };
            self.act(act).await?;
        }
        Ok(())
    }

    async fn act(&mut self, act: Act) -> Result<(), &'static str> {
        match act {
            Act::Answer(bytes) => self.answer(bytes),
            Act::Free(bytes) => {
                self.socket = None;
                self.answer(bytes)
            }
            Act::Send(to, datagram) => {
                if let Some((socket, _)) = &self.socket {
                    // One that is lost here is as one that is lost on its way.
                    socket.send_to(&datagram, to).await.ok();
                }
                Ok(())
            }
            Act::Close(why) => Err(why),
            Act::Open(_) | Act::Nothing => Ok(()),
        }
    }

    fn answer(&self, bytes: Vec<u8>) -> Result<(), &'static str> {
        self.answers.try_send(bytes).map_err(|_| "the client asks and does not read")
    }

    async fn open(&mut self, ip: IpAddr) -> Result<SocketAddr, Shortage> {
        let permit = self.relay.gate.admit(self.from.ip()).map_err(|full| match full {
            Full::Client => Shortage::Client,
            Full::House => Shortage::House,
        })?;
        let opened = UdpSocket::bind((ip, 0)).await.and_then(|socket| Ok((socket.local_addr()?, socket)));
        let (address, socket) = opened.map_err(|error| {
            tracing::warn!(%error, %ip, "no socket for a relayed speaker");
            Shortage::House
        })?;
        self.socket = Some((socket, permit));
        tracing::info!(client = %loggable(self.from.ip()), "a speaker is relayed");
        Ok(address)
    }
}

/// The next datagram from the stage; never, without a socket.
async fn receive(socket: Option<&(UdpSocket, Permit)>, buffer: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
    match socket {
        Some((socket, _)) => socket.recv_from(buffer).await,
        None => std::future::pending().await,
    }
}
