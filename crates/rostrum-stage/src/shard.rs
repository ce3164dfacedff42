//! One thread's share of the rooms: their connections, their timers, their packets. The short loop that everything live
//! goes through; nothing in it waits for a disk, a database or a listener.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::Instant;

use rostrum_domain::Id;
use rostrum_domain::room::Room;
use rostrum_live::room::{Input, PeerId};
use rostrum_wire::stage::Way;
use str0m::Candidate;
use str0m::net::{Protocol, Transmit};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::ask::Ask;
use crate::encoder::Encoder;
use crate::house::{Forward, House, Outward};
use crate::link::Link;
use crate::net::{Datagram, Routes};
use crate::peer::{Arrived, Happened, Output};
use crate::time::{self, Time};

/// Datagrams taken before timers get their turn.
const BATCH: usize = 128;

/// The track that the program is to those who hear it without delay; no room gives this number to another.
const MONITOR: u32 = 0;

/// What a shard is built from.
pub(crate) struct Setup {
    pub(crate) index: usize,
    pub(crate) routes: Arc<Routes>,
    /// Sending ends of the sockets, by the address that speakers know.
    pub(crate) sockets: Vec<(SocketAddr, UdpSocket)>,
    pub(crate) candidates: Vec<Candidate>,
    pub(crate) time: Time,
    pub(crate) live: std::path::PathBuf,
    pub(crate) rooms: Arc<crate::desk::Rooms>,
}

/// The rooms and connections of one thread.
pub(crate) struct Shard {
    pub(crate) setup: Setup,
    pub(crate) houses: HashMap<Id<Room>, House>,
    pub(crate) links: HashMap<PeerId, Link>,
    /// Connections without a socket.
    pub(crate) encoders: HashMap<PeerId, Encoder>,
    sources: HashMap<SocketAddr, PeerId>,
    wakes: BTreeSet<(Instant, PeerId)>,
    pub(crate) next_peer: u64,
    happened: VecDeque<(PeerId, Happened)>,
}

impl Shard {
    pub(crate) fn new(setup: Setup, houses: HashMap<Id<Room>, House>) -> Self {
        Self {
            setup,
            houses,
            links: HashMap::new(),
            encoders: HashMap::new(),
            sources: HashMap::new(),
            wakes: BTreeSet::new(),
            next_peer: 0,
            happened: VecDeque::new(),
        }
    }

    /// Runs until `stop`, or until nobody can ask any more.
    pub(crate) async fn run(
        mut self,
        mut datagrams: mpsc::Receiver<Datagram>,
        mut asks: mpsc::Receiver<Ask>,
        stop: CancellationToken,
    ) {
        loop {
            let due = self.due();
            tokio::select! {
                biased;
                () = stop.cancelled() => break,
                Some(datagram) = datagrams.recv() => {
                    self.datagram(&datagram);
                    for _ in 0..BATCH {
                        let Ok(datagram) = datagrams.try_recv() else { break };
                        self.datagram(&datagram);
                    }
                }
                ask = asks.recv() => match ask {
                    Some(ask) => self.ask(ask),
                    None => break,
                },
                () = tokio::time::sleep_until(due.into()) => {}
            }
            self.timers();
        }
        self.say_goodbye();
    }

    /// When something is due even if nothing comes.
    fn due(&self) -> Instant {
        let peers = self.wakes.first().map(|(at, _)| *at);
        let rooms = self.houses.values().map(House::due_us).min().map(|us| self.setup.time.instant(us));
        let far = self.setup.time.instant(self.setup.time.now_us() + 1_000_000);
        peers.into_iter().chain(rooms).fold(far, Instant::min)
    }

    fn timers(&mut self) {
        let now = Instant::now();
        while let Some((at, id)) = self.wakes.first().copied().filter(|(at, _)| *at <= now) {
            self.wakes.remove(&(at, id));
            if let Some(link) = self.links.get_mut(&id) {
                link.peer.wake(now);
                self.drain(id);
            }
        }
        let now_us = self.setup.time.us(now);
        let due: Vec<_> =
            self.houses.iter().filter(|(_, house)| house.due_us() <= now_us).map(|(room, _)| *room).collect();
        for room in due {
            if let Some(house) = self.houses.get_mut(&room) {
                house.tick(now_us);
            }
            self.outward(room);
        }
        self.forget_silent(now_us);
        self.work();
    }

    fn datagram(&mut self, datagram: &Datagram) {
        let known = self.sources.get(&datagram.source).copied();
        let accepts = |id: &PeerId| self.links.get(id).is_some_and(|link| link.peer.accepts(datagram));
        let id = known.filter(accepts).or_else(|| self.links.keys().copied().find(accepts));
        let Some(id) = id else { return };
        self.sources.insert(datagram.source, id);
        if let Some(link) = self.links.get_mut(&id) {
            link.peer.receive(datagram);
            self.drain(id);
            self.work();
        }
    }

    /// Drains one connection: sends what it wants sent, keeps what happened for `work`.
    pub(crate) fn drain(&mut self, id: PeerId) {
        let Some(link) = self.links.get_mut(&id) else { return };
        self.wakes.remove(&(link.wake, id));
        loop {
            match link.peer.poll() {
                Output::Send(transmit) => send(&self.setup, &transmit),
                Output::Happened(happened) => self.happened.push_back((id, happened)),
                Output::Wait(at) => {
                    link.wake = at;
                    self.wakes.insert((at, id));
                    return;
                }
                Output::Dead => return self.forget(id),
            }
        }
    }

    /// Works off what happened until nothing more does.
    pub(crate) fn work(&mut self) {
        while let Some((id, happened)) = self.happened.pop_front() {
            self.happen(id, happened);
        }
    }

    fn happen(&mut self, id: PeerId, happened: Happened) {
        let now_us = self.setup.time.now_us();
        let Some(link) = self.links.get_mut(&id) else { return };
        let room = link.room;
        let Some(house) = self.houses.get_mut(&room) else { return };
        match happened {
            Happened::Audio(packet) => {
                if let Some(forward) = house.packet((link.who, link.way), &mut link.sending, &packet) {
                    self.forward(&forward, &packet);
                }
            }
            Happened::Report { wall, time, at } => {
                house.report(&link.sending, (time::ntp(wall), time), self.setup.time.us(at));
            }
            Happened::Connected if link.has_channel() => {}
            Happened::Connected | Happened::Open => {
                house.input(now_us, Input::Ready { peer: id }).ok();
            }
            Happened::Gone(why) => {
                tracing::info!(peer = id.0, why, "a connection ended");
                if !std::mem::replace(&mut link.closing, true) {
                    house.input(now_us, Input::Lost { peer: id }).ok();
                }
            }
            Happened::Message(bytes) => {
                let answer = link.message(&bytes, now_us, house);
                if let Some(text) = answer {
                    link.peer.say(&text);
                    self.drain(id);
                }
            }
        }
        self.outward(room);
    }

    pub(crate) fn forward(&mut self, forward: &Forward, packet: &Arrived) {
        for to in &forward.to {
            let Some(link) = self.links.get_mut(to).filter(|link| link.way != Way::Whep) else { continue };
            if forward.resumes {
                link.peer.pause(forward.track.0);
            }
            link.peer.forward(forward.slot, forward.track.0, packet);
            self.drain(*to);
        }
    }

    /// Tells connections what their room has for them.
    pub(crate) fn outward(&mut self, room: Id<Room>) {
        let Some(house) = self.houses.get_mut(&room) else { return };
        for outward in house.outward() {
            match outward {
                Outward::Tell(to, message) => {
                    let text = message.to_json();
                    for id in to {
                        if let Some(link) = self.links.get_mut(&id) {
                            link.peer.say(&text);
                            self.drain(id);
                        }
                    }
                }
                Outward::Sound(to, packets) => self.monitor(&to, &packets),
                Outward::Disconnect(id) => {
                    if let Some(link) = self.links.get_mut(&id) {
                        link.closing = true;
                        link.peer.close();
                        self.drain(id);
                    }
                    self.encoders.remove(&id);
                }
            }
        }
    }

    /// Brings the program to those who hear it without delay.
    fn monitor(&mut self, to: &[PeerId], packets: &[Arrived]) {
        for id in to {
            if let Some(link) = self.links.get_mut(id) {
                packets.iter().for_each(|packet| link.peer.forward(0, MONITOR, packet));
                self.drain(*id);
            }
        }
    }

    fn forget(&mut self, id: PeerId) {
        let Some(link) = self.links.remove(&id) else { return };
        if let Some(house) = self.houses.get_mut(&link.room) {
            house.monitor.remove(id);
        }
        self.setup.routes.remove(link.peer.fragment());
        self.sources.retain(|_, peer| *peer != id);
        self.wakes.remove(&(link.wake, id));
        if !link.closing
            && let Some(house) = self.houses.get_mut(&link.room)
        {
            house.input(self.setup.time.now_us(), Input::Lost { peer: id }).ok();
            self.outward(link.room);
        }
    }

    fn say_goodbye(&mut self) {
        let peers: Vec<PeerId> = self.links.keys().copied().collect();
        for id in peers {
            if let Some(link) = self.links.get_mut(&id) {
                // The room keeps the places: whoever is told goodbye by a restart comes back.
                link.closing = true;
                link.peer.close();
                self.drain(id);
            }
        }
    }
}

fn send(setup: &Setup, transmit: &Transmit) {
    match transmit.proto {
        Protocol::Udp => {
            let socket = setup.sockets.iter().find(|(told, _)| *told == transmit.source).or(setup.sockets.first());
            if let Some((_, socket)) = socket {
                // A full buffer loses a datagram, as the network may; waiting would lose everybody's.
                socket.send_to(&transmit.contents, transmit.destination).ok();
            }
        }
        _ => {
            setup.routes.send_stream(transmit.destination, &transmit.contents);
        }
    }
}
