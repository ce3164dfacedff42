//! What a shard does when the desk asks.

use std::sync::Arc;

use rostrum_domain::Id;
use rostrum_domain::room::{Room, RoomState};
use rostrum_live::grant::Claims;
use rostrum_live::refusal::Refusal;
use rostrum_live::room::{self, Input, PeerId, Setup};
use rostrum_media::hls::Epochs;
use rostrum_wire::link::Refused;
use rostrum_wire::stage::{Joined, Listed, Open, Standing, Told, Way};

use crate::ask::{Ask, Join};
use crate::desk::missing;
use crate::house::{House, Papers, Plot, Sending};
use crate::hub::Hub;
use crate::link::Link;
use crate::peer::{JoinError, Peer};
use crate::press::write_whole;
use crate::shard::Shard;

/// What a room was opened with, beside its journal.
pub(crate) const ROOM_FILE: &str = "room.json";

/// Whether somebody may hear the program without delay: a few, and only those who speak by no other way.
fn listens(house: &House, claims: &Claims) -> Result<(), Refused> {
    if claims.role.on_stage() {
        let message = "This invitation is for the stage; use the studio, or WHIP. WHEP takes a listener's.";
        return Err(Refused::new("whep_listens", message));
    }
    if house.monitor.has_room() {
        return Ok(());
    }
    Err(Refused::new("whep_full", "No more can listen this way; listen on the room's page."))
}

pub(crate) fn refused(refusal: &Refusal) -> Refused {
    Refused::new(refusal.code(), refusal.to_string())
}

impl Shard {
    pub(crate) fn ask(&mut self, ask: Ask) {
        // Whoever asked may have stopped waiting; what was done stays done.
        match ask {
            Ask::Open(open, reply) => drop(reply.send(self.open(open))),
            Ask::Control(room, control, reply) => {
                drop(reply.send(self.input(room, Input::Control(control))));
            }
            Ask::Told(room, told, reply) => {
                let input = match told {
                    Told::Chat(said) => Input::Chat(said),
                    Told::Cue(cue) => Input::Cue(cue),
                    Told::Reactions { reaction, count } => Input::Reaction { reaction, count },
                    Told::Occupancy { edge, listeners } => self.occupancy(room, edge, listeners),
                };
                drop(reply.send(self.input(room, input)));
            }
            Ask::Join(join, reply) => drop(reply.send(self.join(*join))),
            Ask::Leave(session, reply) => drop(reply.send(self.leave(&session))),
            Ask::Source(coming, reply) => drop(reply.send(self.source(*coming))),
            Ask::Feed(fed, reply) => drop(reply.send(self.feed(&fed))),
            Ask::Playing(room, who, title, reply) => drop(reply.send(self.playing(room, who, title))),
            Ask::Forget(room, reply) => drop(reply.send(self.forget_room(room))),
        }
        self.work();
    }

    pub(crate) fn input(&mut self, room: Id<Room>, input: Input) -> Result<(), Refused> {
        let now_us = self.setup.time.now_us();
        let house = self.houses.get_mut(&room).ok_or_else(missing)?;
        let answer = house.input(now_us, input).map_err(|refusal| refused(&refusal));
        self.outward(room);
        answer
    }

    fn occupancy(&mut self, room: Id<Room>, edge: String, listeners: u64) -> Input {
        let now_us = self.setup.time.now_us();
        let house = self.houses.get_mut(&room);
        Input::Occupancy { listeners: house.map_or(listeners, |house| house.crowd.count(edge, listeners, now_us)) }
    }

    fn open(&mut self, open: Open) -> Result<Standing, Refused> {
        if let Some(house) = self.houses.get(&open.room) {
            return Ok(house.hub().standing());
        }
        let failed = |error: std::io::Error| {
            let message = format!("The stage cannot keep this room on its disk: {error}.");
            Refused::new("disk_failed", message)
        };
        let papers = Papers::new(&self.setup.live, open.room).map_err(failed)?;
        write_whole(&papers.path().join(ROOM_FILE), &open).map_err(failed)?;
        let setup = Setup { id: open.room, facts: open.facts.clone(), epoch: 1 };
        let now_us = self.setup.time.now_us();
        let room = room::Room::open(&setup, now_us);
        let standing = Standing {
            room: open.room,
            slug: open.slug.clone(),
            state: RoomState::GreenRoom,
            epoch: 1,
            chunks: 0,
            epochs: Epochs::default(),
            live_at_us: None,
            recording: true,
            sealed: false,
            listed: Listed::of(&open.facts),
        };
        let hub = Arc::new(Hub::new(standing.clone()));
        let id = open.room;
        let plot = Plot { room, open, papers, hub: Arc::clone(&hub), time: self.setup.time.clone(), now_us };
        let house = House::new(plot, Arc::clone(&self.setup.rooms)).map_err(failed)?;
        self.houses.insert(id, house);
        self.setup.rooms.add(id, hub);
        self.outward(id);
        Ok(standing)
    }

    fn join(&mut self, join: Join) -> Result<(Joined, String), Refused> {
        let Join { claims, way, offer, session } = join;
        let now = std::time::Instant::now();
        let now_us = self.setup.time.us(now);
        let (room, who) = (claims.room, claims.participant);
        let house = self.houses.get(&room).ok_or_else(missing)?;
        if way == Way::Whep {
            listens(house, &claims)?;
        }
        let made = Peer::accept(&offer, &self.setup.candidates, way == Way::Whip, now);
        let (peer, answer) = made.map_err(|error| match error {
            JoinError::Codec => Refused::new("codec_missing", error.to_string()),
            JoinError::Offer(_) => Refused::new("offer_malformed", error.to_string()),
        })?;
        let id = PeerId(self.next_peer);
        self.next_peer += 1;
        // The room decides before a single datagram of this connection counts.
        self.input(room, Input::Join { claims, peer: Some(id) })?;
        self.setup.routes.add(peer.fragment(), self.setup.index);
        let link = Link {
            peer,
            room,
            who,
            way,
            session: session.clone(),
            sending: Sending::default(),
            wake: now,
            closing: false,
            tokens: Link::tokens(),
            tokens_at_us: now_us,
        };
        self.links.insert(id, link);
        if let Some(house) = self.houses.get_mut(&room).filter(|_| way == Way::Whep) {
            house.monitor.add(id);
        }
        self.drain(id);
        self.outward(room);
        Ok((Joined { who, session }, answer))
    }

    fn leave(&mut self, session: &str) -> Result<(), Refused> {
        if self.source_left(session) {
            return Ok(());
        }
        let found = self.links.iter_mut().find(|(_, link)| link.session == session);
        let Some((id, link)) = found else {
            return Err(Refused::new("session_missing", "This connection has ended already."));
        };
        let (id, room, who) = (*id, link.room, link.who);
        link.closing = true;
        link.peer.close();
        self.drain(id);
        self.input(room, Input::Left { who })
    }

    fn forget_room(&mut self, room: Id<Room>) -> Result<(), Refused> {
        let Some(house) = self.houses.get(&room) else { return Ok(()) };
        if !house.is_over() {
            return Err(Refused::new("room_open", "This room has not ended; end it first."));
        }
        self.houses.remove(&room);
        self.setup.rooms.remove(room);
        Ok(())
    }
}
