//! Listeners of one process: sockets on one poller, each of which asks once and reads for ever.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::event::{Timespec, epoll};
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, connect, recv, send};

use super::tally::Tally;
use super::track::{Kind, Track};

/// Most bytes of an answer's head.
const HEAD_BYTES_MAX: usize = 16 * 1024;
/// Connections from one address of loopback: ports are fewer than 2¹⁶.
const PER_ADDRESS: u64 = 20_000;
/// Sound that a player gathers before it plays, in milliseconds.
const PREROLL_MS: u64 = 500;
/// How often others are told how it goes.
const TELL_EVERY: Duration = Duration::from_secs(1);
const EVENTS: usize = 1_024;
const BUFFER_BYTES: usize = 256 * 1024;

/// What a swarm does.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub(super) target: SocketAddr,
    /// The request that everybody sends.
    pub(super) request: Vec<u8>,
    pub(super) count: u64,
    /// In which time they come.
    pub(super) ramp: Duration,
    /// How long they stay, from the start.
    pub(super) stay: Duration,
    /// How many processes came before this one, for addresses of its own.
    pub(super) base: u64,
}

/// One listener.
struct Peer {
    socket: OwnedFd,
    state: State,
    begun_ms: u32,
    /// When the first sound came.
    first_ms: u32,
    last_ms: u32,
    gap_ms: u32,
    /// When a player would have begun, later by every pause it made.
    playing_ms: Option<u64>,
    stalls: u32,
}

enum State {
    Connecting,
    Head(Vec<u8>),
    Sound(Box<Track>),
}

/// A poller and its listeners.
pub(super) struct Swarm<'a> {
    plan: &'a Plan,
    epoll: OwnedFd,
    peers: Vec<Option<Peer>>,
    start: Instant,
    tally: Tally,
    buffer: Vec<u8>,
    kind: Option<Kind>,
}

impl<'a> Swarm<'a> {
    pub(super) fn new(plan: &'a Plan) -> io::Result<Self> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let tally = Tally { wanted: plan.count, ..Tally::default() };
        let (peers, buffer) = (Vec::new(), vec![0; BUFFER_BYTES]);
        Ok(Self { plan, epoll, peers, start: Instant::now(), tally, buffer, kind: None })
    }

    /// Listens as planned; `tell` hears once a second how it goes.
    pub(super) fn run(mut self, mut tell: impl FnMut(&Tally)) -> io::Result<(Tally, Option<Kind>)> {
        let mut events = Vec::with_capacity(EVENTS);
        let mut told = Duration::ZERO;
        loop {
            let now = self.start.elapsed();
            if now >= self.plan.stay {
                break;
            }
            self.come(now)?;
            let pause = Timespec::try_from(Duration::from_millis(5)).expect("a few milliseconds are a time");
            match epoll::wait(&self.epoll, rustix::buffer::spare_capacity(&mut events), Some(&pause)) {
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
            for event in events.drain(..) {
                if let Ok(index) = usize::try_from(event.data.u64()) {
                    self.serve(index);
                }
            }
            if now >= told {
                tell(&self.tally);
                told = now + TELL_EVERY;
            }
        }
        for index in 0..self.peers.len() {
            self.close(index);
        }
        Ok((self.tally, self.kind))
    }

    fn now_ms(&self) -> u32 {
        u32::try_from(self.start.elapsed().as_millis()).unwrap_or(u32::MAX)
    }

    /// Connects those whose time has come.
    fn come(&mut self, now: Duration) -> io::Result<()> {
        let share = now.as_secs_f64() / self.plan.ramp.as_secs_f64().max(0.001);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count that was one before")]
        let due = if share >= 1.0 { self.plan.count } else { (self.plan.count as f64 * share) as u64 };
        while self.tally.tried < due {
            let number = self.tally.tried;
            self.tally.tried += 1;
            match self.dial(number) {
                Ok(socket) => {
                    let index = self.peers.len();
                    let flags = epoll::EventFlags::OUT;
                    epoll::add(&self.epoll, &socket, epoll::EventData::new_u64(index as u64), flags)?;
                    let begun_ms = self.now_ms();
                    let (state, playing_ms) = (State::Connecting, None);
                    let peer =
                        Peer { socket, state, begun_ms, first_ms: 0, last_ms: 0, gap_ms: 0, playing_ms, stalls: 0 };
                    self.peers.push(Some(peer));
                }
                Err(error) => {
                    self.tally.unreachable += 1;
                    if self.tally.unreachable == 1 {
                        tracing::warn!(%error, "a listener cannot connect");
                    }
                }
            }
        }
        Ok(())
    }

    fn dial(&self, number: u64) -> io::Result<OwnedFd> {
        let family = if self.plan.target.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
        let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
        let socket = rustix::net::socket_with(family, SocketType::STREAM, flags, None)?;
        if let SocketAddr::V4(target) = self.plan.target
            && target.ip().is_loopback()
        {
            let from = u32::try_from(self.plan.base + number / PER_ADDRESS).unwrap_or(0);
            // 127.1.0.1 and up: away from what else is on this machine.
            let own = Ipv4Addr::from_bits(Ipv4Addr::new(127, 1, 0, 1).to_bits() + from);
            rustix::net::bind(&socket, &SocketAddr::new(IpAddr::V4(own), 0))?;
        }
        match connect(&socket, &self.plan.target) {
            Ok(()) | Err(rustix::io::Errno::INPROGRESS) => Ok(socket),
            Err(error) => Err(error.into()),
        }
    }

    fn serve(&mut self, index: usize) {
        let Some(Some(peer)) = self.peers.get_mut(index) else { return };
        if matches!(peer.state, State::Connecting) {
            let sent = send(&peer.socket, &self.plan.request, SendFlags::NOSIGNAL);
            if !sent.is_ok_and(|sent| sent == self.plan.request.len()) {
                self.tally.unreachable += 1;
                self.peers[index] = None;
                return;
            }
            peer.state = State::Head(Vec::new());
            let data = epoll::EventData::new_u64(index as u64);
            if epoll::modify(&self.epoll, &peer.socket, data, epoll::EventFlags::IN).is_err() {
                self.peers[index] = None;
            }
            return;
        }
        match recv(&peer.socket, &mut self.buffer[..], RecvFlags::empty()) {
            Ok((_, 0)) => self.lose(index),
            Ok((_, length)) => self.read(index, length),
            Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => {}
            Err(_) => self.lose(index),
        }
    }

    /// Takes what came to one listener.
    fn read(&mut self, index: usize, length: usize) {
        let now_ms = self.now_ms();
        let Some(Some(peer)) = self.peers.get_mut(index) else { return };
        let bytes = &self.buffer[..length];
        match &mut peer.state {
            State::Connecting => {}
            State::Sound(_) => {
                self.tally.bytes += length as u64;
                peer.hear(bytes, now_ms, &mut self.tally);
            }
            State::Head(head) => {
                head.extend_from_slice(bytes);
                let Some(end) = head.windows(4).position(|four| four == b"\r\n\r\n") else {
                    if head.len() > HEAD_BYTES_MAX {
                        self.lose(index);
                    }
                    return;
                };
                let rest = head.split_off(end + 4);
                let (status, kind) = answer(head);
                let Some(kind) = kind.filter(|_| status == 200) else {
                    *self.tally.refused.entry(status).or_default() += 1;
                    self.peers[index] = None;
                    return;
                };
                self.kind = Some(kind);
                self.tally.listening += 1;
                self.tally.peak = self.tally.peak.max(self.tally.listening);
                self.tally.bytes += rest.len() as u64;
                peer.state = State::Sound(Box::new(Track::new(kind)));
                peer.hear(&rest, now_ms, &mut self.tally);
            }
        }
    }

    /// One who was cut off.
    fn lose(&mut self, index: usize) {
        if let Some(Some(peer)) = self.peers.get(index) {
            match peer.state {
                State::Sound(_) => {
                    self.tally.ended += 1;
                    self.tally.listening -= 1;
                }
                State::Connecting | State::Head(_) => self.tally.unreachable += 1,
            }
        }
        self.close(index);
    }

    /// Counts what one listener had.
    fn close(&mut self, index: usize) {
        let now_ms = self.now_ms();
        let Some(peer) = self.peers.get_mut(index).and_then(Option::take) else { return };
        if let State::Sound(track) = &peer.state {
            self.tally.holes += u64::from(track.holes);
            self.tally.noise += u64::from(track.noise);
            self.tally.stalls += u64::from(peer.stalls);
            self.tally.stalled += u64::from(peer.stalls > 0);
            if track.samples > 0 {
                self.tally.gap_ms.add(peer.gap_ms.max(now_ms.saturating_sub(peer.last_ms)));
            }
        }
    }
}

impl Peer {
    fn hear(&mut self, bytes: &[u8], now_ms: u32, tally: &mut Tally) {
        let State::Sound(track) = &mut self.state else { return };
        let before_ms = track.samples / 48;
        track.feed(bytes);
        if track.samples == 0 {
            return;
        }
        if self.first_ms == 0 {
            (self.first_ms, self.last_ms) = (now_ms.max(1), now_ms);
            tally.first_ms.add(now_ms - self.begun_ms);
        }
        self.gap_ms = self.gap_ms.max(now_ms - self.last_ms);
        self.last_ms = now_ms;
        let (had_ms, now) = (track.samples / 48, u64::from(now_ms));
        match self.playing_ms {
            None if had_ms >= PREROLL_MS => self.playing_ms = Some(now),
            // What was there has been played before this came: the player has stood still.
            Some(playing) if now > playing + before_ms => {
                self.stalls += 1;
                self.playing_ms = Some(now - before_ms);
            }
            _ => {}
        }
    }
}

/// Status and kind of an answer.
fn answer(head: &[u8]) -> (u16, Option<Kind>) {
    let text = String::from_utf8_lossy(head);
    let status = text.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or(0);
    let fields = text.lines().filter_map(|line| line.split_once(':'));
    let mime =
        fields.filter(|(name, _)| name.eq_ignore_ascii_case("content-type")).map(|(_, value)| value.trim()).next();
    (status, mime.and_then(Kind::of))
}
