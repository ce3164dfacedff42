//! The relay's law for one connection (RFC 8656): who may be relayed, for how long, and where to, which is the stage
//! and nothing else. A value: frames and times go in, what is to be done comes out.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use rostrum_live::turn::{Bearer, Key, REALM};
use sha1::{Digest as _, Sha1};

use super::allocation::{Allocation, Caller, Place};
use super::bucket::Bucket;
use super::frame::{self, CHANNELS, DATAGRAM_MAX};
use super::message::{Kind, Message, Secret, Writer, attr};

/// How long an allocation lasts unless it is refreshed.
const LIFE: Duration = Duration::from_secs(600);
/// How long somebody may be connected without one.
const IDLE: Duration = Duration::from_secs(10);
/// How long a nonce is taken.
const NONCE_LIFE: Duration = Duration::from_secs(3600);
/// Wrong passwords after which the connection is closed.
const STRIKES_MAX: u8 = 4;
/// Requests a connection may make in a second for long, and at once.
const REQUESTS: (f64, f64) = (4.0, 64.0);
/// Bytes a second that a speaker may send for long, and at once: sound takes a thirtieth, a picture of theirs fits.
const UP: (f64, f64) = (512_000.0, 1_024_000.0);
/// The same towards the speaker, who hears everybody.
const DOWN: (f64, f64) = (1_024_000.0, 2_048_000.0);
/// What a datagram costs besides its bytes: small ones are not free.
const DATAGRAM_COST: usize = 100;
/// The protocol number of UDP.
const UDP: u8 = 17;

/// What holds for every connection.
#[derive(Debug, Clone)]
pub(crate) struct Terms {
    /// Makes the passwords.
    pub(crate) key: Key,
    /// Where the relay leads to.
    pub(crate) places: Arc<[Place]>,
}

/// The time of an input.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Now {
    /// Since the connection began.
    pub(crate) at: Duration,
    /// Seconds since 1970.
    pub(crate) unix_s: i64,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Act {
    /// Nothing.
    Nothing,
    /// Say this to the client.
    Answer(Vec<u8>),
    /// Open a socket on this address and say how that went with [`Law::opened`].
    Open(IpAddr),
    /// Send this to the stage.
    Send(SocketAddr, Bytes),
    /// Say this to the client and close the socket.
    Free(Vec<u8>),
    /// Close the connection, for this reason.
    Close(&'static str),
}

/// Why there is no socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shortage {
    /// This client holds as many as it may.
    Client,
    /// The house does, or the system has none.
    House,
}

/// Somebody who waits for their socket.
struct Waiting {
    caller: Caller,
    transaction: [u8; 12],
}

/// One connection.
pub(crate) struct Law {
    terms: Terms,
    client: SocketAddr,
    seed: [u8; 32],
    nonces: u64,
    stale: Duration,
    strikes: u8,
    held: Option<Allocation>,
    waiting: Option<Waiting>,
    idle: Duration,
    told: u64,
    requests: Bucket,
    up: Bucket,
    down: Bucket,
}

/// A number that refuses (RFC 8656 §19).
type Code = u16;

impl Law {
    /// The law for a connection of `client`; `seed` is random.
    pub(crate) fn new(terms: Terms, client: SocketAddr, seed: [u8; 32]) -> Self {
        let [requests, up, down] = [REQUESTS, UP, DOWN].map(|(per_s, most)| Bucket::new(per_s, most));
        let (stale, idle) = (NONCE_LIFE, IDLE);
        let (held, waiting) = (None, None);
        Self { terms, client, seed, nonces: 0, stale, strikes: 0, held, waiting, idle, told: 0, requests, up, down }
    }

    /// When the connection ends, unless more comes.
    pub(crate) fn ends(&self) -> Duration {
        self.held.as_ref().map_or(self.idle, |held| held.until)
    }

    /// Takes a message.
    pub(crate) fn message(&mut self, bytes: &Bytes, now: Now) -> Act {
        let Ok(message) = Message::parse(bytes) else { return Act::Close("no message") };
        let kind = message.kind();
        if kind == Kind::SEND {
            return self.send(&message, bytes, now);
        }
        if !self.requests.take(1, now.at) {
            return Act::Close("too many requests");
        }
        match kind {
            Kind::BINDING => Act::Answer(self.success(&message).address(attr::MAPPED, self.client).finish(None)),
            _ if kind.asks() => self.request(&message, now),
            // What asks nothing and is none of ours is passed over (RFC 8489 §6.3.2).
            _ => Act::Nothing,
        }
    }

    /// Takes a datagram of a channel.
    pub(crate) fn data(&mut self, channel: u16, datagram: Bytes, now: Now) -> Act {
        let Some(held) = &self.held else { return Act::Close("data without an allocation") };
        match held.place_of(channel, now.at) {
            Some(place) => self.forward(place, datagram, now),
            None => Act::Nothing,
        }
    }

    /// Takes a datagram that came in from `from`: what the client gets of it.
    pub(crate) fn inbound(&mut self, from: SocketAddr, datagram: &[u8], now: Now) -> Option<Vec<u8>> {
        let place = self.terms.places.iter().find(|place| place.reach == from)?.told;
        let held = self.held.as_ref().filter(|held| held.may_reach(place.ip(), now.at))?;
        let channel = held.channel_of(place, now.at);
        if datagram.len() > DATAGRAM_MAX || !self.down.take(datagram.len() + DATAGRAM_COST, now.at) {
            return None;
        }
        if let Some(channel) = channel {
            return Some(frame::data(channel, datagram));
        }
        self.told += 1;
        let mut transaction = [0; 12];
        transaction[4..].copy_from_slice(&self.told.to_be_bytes());
        let told = Writer::new(Kind::DATA, transaction).address(attr::PEER, place);
        Some(told.value(attr::DATA, datagram).plain())
    }

    /// Takes the socket that was asked for, by its address, or that there is none.
    pub(crate) fn opened(&mut self, socket: Result<SocketAddr, Shortage>, now: Now) -> Act {
        let Some(Waiting { caller, transaction }) = self.waiting.take() else { return Act::Nothing };
        let secret = caller.secret;
        let answer = match socket {
            Ok(relayed) => {
                let life = life(&caller, now);
                self.held = Some(Allocation::new(caller, now.at + life));
                Writer::new(Kind::ALLOCATE.success(), transaction)
                    .address(attr::RELAYED, relayed)
                    .value(attr::LIFETIME, &seconds(life))
                    .address(attr::MAPPED, self.client)
            }
            Err(shortage) => {
                let code = if shortage == Shortage::Client { 486 } else { 508 };
                Writer::new(Kind::ALLOCATE.error(), transaction).error(code, reason(code))
            }
        };
        Act::Answer(answer.finish(Some(secret)))
    }

    fn request(&mut self, message: &Message<'_>, now: Now) -> Act {
        let caller = match self.caller(message, now) {
            Ok(caller) => caller,
            Err(_) if self.strikes >= STRIKES_MAX => return Act::Close("wrong credentials"),
            Err(code) => return self.refuse(message, None, code),
        };
        let secret = caller.secret;
        let unknown = message.unknown();
        if !unknown.is_empty() {
            let unknown: Vec<u8> = unknown.into_iter().flat_map(u16::to_be_bytes).collect();
            let answer = Writer::new(message.kind().error(), message.transaction()).error(420, reason(420));
            return Act::Answer(answer.value(attr::UNKNOWN, &unknown).finish(Some(secret)));
        }
        let done = match (message.kind(), &self.held) {
            (_, Some(held)) if held.caller.username != caller.username => Err(441),
            (Kind::ALLOCATE, None) => self.allocate(message, caller),
            (Kind::ALLOCATE, Some(_)) | (Kind::REFRESH | Kind::PERMIT | Kind::BIND, None) => Err(437),
            (Kind::REFRESH, Some(_)) => Ok(self.refresh(message, (caller, now))),
            (Kind::PERMIT, Some(_)) => self.permit(message, now),
            (Kind::BIND, Some(_)) => self.bind(message, now),
            _ => Err(400),
        };
        done.unwrap_or_else(|code| self.refuse(message, Some(secret), code))
    }

    /// Who asks (RFC 8489 §9.2.4).
    fn caller(&mut self, message: &Message<'_>, now: Now) -> Result<Caller, Code> {
        if now.at >= self.stale {
            self.nonces += 1;
            self.stale = now.at + NONCE_LIFE;
        }
        if !message.has_integrity() {
            return Err(401);
        }
        let said = [attr::USERNAME, attr::REALM, attr::NONCE].map(|kind| message.text(kind));
        let [Some(username), Some(_), Some(nonce)] = said else { return Err(400) };
        if nonce != self.nonce() {
            return Err(438);
        }
        let secret = Secret::new(username, REALM, &self.terms.key.password(username));
        match Bearer::of(username) {
            Some(bearer) if message.is_signed_with(secret) && now.unix_s < bearer.expires => {
                Ok(Caller { username: username.to_owned(), secret, expires: bearer.expires })
            }
            _ => {
                self.strikes += 1;
                Err(401)
            }
        }
    }

    fn nonce(&self) -> String {
        let digest = Sha1::new().chain_update(self.seed).chain_update(self.nonces.to_be_bytes()).finalize();
        URL_SAFE_NO_PAD.encode(&digest[..15])
    }

    fn allocate(&mut self, message: &Message<'_>, caller: Caller) -> Result<Act, Code> {
        match message.value(attr::TRANSPORT) {
            Some([UDP, ..]) => {}
            Some(_) => return Err(442),
            None => return Err(400),
        }
        let v6 = match message.value(attr::FAMILY) {
            None | Some([1, ..]) => false,
            Some([2, ..]) => true,
            Some(_) => return Err(440),
        };
        let place = self.terms.places.iter().find(|place| place.told.is_ipv6() == v6).ok_or(440u16)?;
        self.waiting = Some(Waiting { caller, transaction: message.transaction() });
        Ok(Act::Open(place.reach.ip()))
    }

    fn refresh(&mut self, message: &Message<'_>, (caller, now): (Caller, Now)) -> Act {
        let answer = self.success(message);
        let finish = |life| answer.value(attr::LIFETIME, &seconds(life)).finish(Some(caller.secret));
        if message.number(attr::LIFETIME) == Some(0) {
            (self.held, self.idle) = (None, now.at + IDLE);
            return Act::Free(finish(Duration::ZERO));
        }
        let life = life(&caller, now);
        if let Some(held) = &mut self.held {
            held.until = now.at + life;
        }
        Act::Answer(finish(life))
    }

    fn permit(&mut self, message: &Message<'_>, now: Now) -> Result<Act, Code> {
        let peers: Vec<SocketAddr> = message.addresses(attr::PEER).collect::<Option<_>>().ok_or(400u16)?;
        if peers.is_empty() {
            return Err(400);
        }
        if !peers.iter().all(|peer| self.terms.places.iter().any(|place| place.told.ip() == peer.ip())) {
            return Err(403);
        }
        let answer = self.success(message);
        let held = self.held.as_mut().ok_or(437u16)?;
        peers.iter().for_each(|peer| held.permit(peer.ip(), now.at));
        Ok(Act::Answer(answer.finish(Some(held.caller.secret))))
    }

    fn bind(&mut self, message: &Message<'_>, now: Now) -> Result<Act, Code> {
        let number = message.value(attr::CHANNEL).and_then(|value| value.first_chunk()).ok_or(400u16)?;
        let number = u16::from_be_bytes(*number);
        let peer = message.addresses(attr::PEER).next().flatten().ok_or(400u16)?;
        if !CHANNELS.contains(&number) {
            return Err(400);
        }
        if !self.leads_to(peer) {
            return Err(403);
        }
        let answer = self.success(message);
        let held = self.held.as_mut().ok_or(437u16)?;
        if held.bind(number, peer, now.at) {
            Ok(Act::Answer(answer.finish(Some(held.caller.secret))))
        } else {
            Err(400)
        }
    }

    /// An indication: what is wrong with it is not answered (RFC 8656 §11.2).
    fn send(&mut self, message: &Message<'_>, bytes: &Bytes, now: Now) -> Act {
        let Some(held) = &self.held else { return Act::Close("data without an allocation") };
        let peer = message.addresses(attr::PEER).next().flatten();
        match (peer, message.value(attr::DATA)) {
            (Some(peer), Some(datagram))
                if held.may_reach(peer.ip(), now.at)
                    && message.unknown().is_empty()
                    && datagram.len() <= DATAGRAM_MAX =>
            {
                self.forward(peer, bytes.slice_ref(datagram), now)
            }
            _ => Act::Nothing,
        }
    }

    fn forward(&mut self, told: SocketAddr, datagram: Bytes, now: Now) -> Act {
        match self.terms.places.iter().find(|place| place.told == told) {
            Some(place) if self.up.take(datagram.len() + DATAGRAM_COST, now.at) => Act::Send(place.reach, datagram),
            _ => Act::Nothing,
        }
    }

    fn leads_to(&self, peer: SocketAddr) -> bool {
        self.terms.places.iter().any(|place| place.told == peer)
    }

    fn success(&self, message: &Message<'_>) -> Writer {
        Writer::new(message.kind().success(), message.transaction())
    }

    fn refuse(&self, message: &Message<'_>, secret: Option<Secret>, code: Code) -> Act {
        let mut answer = Writer::new(message.kind().error(), message.transaction()).error(code, reason(code));
        if secret.is_none() {
            answer = answer.value(attr::REALM, REALM.as_bytes()).value(attr::NONCE, self.nonce().as_bytes());
        }
        Act::Answer(answer.finish(secret))
    }
}

/// How long an allocation may last: no longer than the right to it.
fn life(caller: &Caller, now: Now) -> Duration {
    let left = u64::try_from(caller.expires.saturating_sub(now.unix_s)).unwrap_or_default();
    LIFE.min(Duration::from_secs(left))
}

fn seconds(life: Duration) -> [u8; 4] {
    u32::try_from(life.as_secs()).unwrap_or(u32::MAX).to_be_bytes()
}

const fn reason(code: Code) -> &'static str {
    match code {
        400 => "Bad Request",
        401 => "Unauthenticated",
        403 => "Forbidden",
        420 => "Unknown Attribute",
        437 => "Allocation Mismatch",
        438 => "Stale Nonce",
        440 => "Address Family not Supported",
        441 => "Wrong Credentials",
        442 => "Unsupported Transport Protocol",
        486 => "Allocation Quota Reached",
        _ => "Insufficient Capacity",
    }
}

#[cfg(test)]
mod tests;
