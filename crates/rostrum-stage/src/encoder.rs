//! Encoders of the Icecast family, as they reach the stage: packets of Opus that an edge hands over at the pace at
//! which they are to be heard. For the room each is a connection like another; there is no socket behind it.

use std::sync::Arc;
use std::time::Instant;

use bytes::{Buf, Bytes};
use rostrum_codec::live::Decoder;
use rostrum_domain::Id;
use rostrum_domain::room::Room;
use rostrum_live::event::Who;
use rostrum_live::grant::Claims;
use rostrum_live::room::{Input, PeerId};
use rostrum_media::opus;
use rostrum_wire::link::Refused;
use rostrum_wire::stage::{Joined, Way};

use crate::desk::missing;
use crate::house::Sending;
use crate::peer::Arrived;
use crate::shard::Shard;

/// An edge that says nothing for so long is gone, in microseconds.
const SILENT_US: u64 = 10_000_000;
/// An encoder whose last packet is older than this gives its place to the next, in microseconds.
const KEPT_US: u64 = 3_000_000;
/// Longest packet that fits into a datagram with everything round it; longer ones are recorded and mixed, but not
/// forwarded.
const FORWARD_BYTES_MAX: usize = 1150;
/// Packets taken in one go: ten seconds.
const PACKETS_MAX: usize = 500;
/// Digital silence in −dBov.
const SILENCE: u8 = 127;

/// An encoder that wants to be connected; its key has been checked.
#[derive(Debug)]
pub(crate) struct Coming {
    pub(crate) claims: Claims,
    /// What the connection will be called; drawn by the desk.
    pub(crate) session: String,
}

/// What an encoder sent.
#[derive(Debug)]
pub(crate) struct Fed {
    pub(crate) session: String,
    pub(crate) seq: u64,
    pub(crate) time: u64,
    pub(crate) packets: Vec<Bytes>,
}

impl Fed {
    /// Reads the packets, each behind its length; none if the bytes are anything else.
    pub(crate) fn packets(body: &Bytes) -> Option<Vec<Bytes>> {
        let mut rest = body.clone();
        let mut packets = Vec::new();
        while !rest.is_empty() {
            let length = usize::from(rest.try_get_u16().ok()?);
            if length > rest.len() || packets.len() == PACKETS_MAX {
                return None;
            }
            packets.push(rest.split_to(length));
        }
        Some(packets)
    }
}

/// An encoder's connection.
pub(crate) struct Encoder {
    room: Id<Room>,
    who: Who,
    session: String,
    sending: Sending,
    /// Measures how loud it is; it is mixed with a decoder of its own.
    ears: Option<Decoder>,
    pcm: Vec<f32>,
    /// When its edge last gave a sign of life.
    alive_us: u64,
    /// When its last packet came.
    heard_us: u64,
}

impl Encoder {
    /// How loud a packet is, in −dBov (RFC 6464); none if it cannot be decoded.
    fn level(&mut self, packet: &[u8]) -> Option<u8> {
        self.pcm.clear();
        self.ears.as_mut()?.packet(packet, &mut self.pcm).ok()?;
        let power = self.pcm.iter().map(|sample| sample * sample).sum::<f32>() / self.pcm.len().max(1) as f32;
        Some((-10.0 * power.max(1e-13).log10()).round().clamp(0.0, f32::from(SILENCE)) as u8)
    }
}

impl Shard {
    /// Connects an encoder. One that is connected and sends keeps its place.
    pub(crate) fn source(&mut self, coming: Coming) -> Result<Joined, Refused> {
        let Coming { claims, session } = coming;
        let now_us = self.setup.time.now_us();
        let (room, who) = (claims.room, claims.participant);
        let sends = |one: &Encoder| one.room == room && one.who == who && now_us < one.heard_us + KEPT_US;
        if self.encoders.values().any(sends) {
            let message = "Another encoder sends to this room at the moment; stop it first.";
            return Err(Refused::new("source_connected", message));
        }
        if !self.houses.contains_key(&room) {
            return Err(missing());
        }
        let id = PeerId(self.next_peer);
        self.next_peer += 1;
        self.input(room, Input::Join { claims, peer: Some(id) })?;
        let encoder = Encoder {
            room,
            who,
            session: session.clone(),
            sending: Sending::default(),
            ears: Decoder::new(1).ok(),
            pcm: Vec::new(),
            alive_us: now_us,
            heard_us: now_us,
        };
        self.encoders.insert(id, encoder);
        self.input(room, Input::Ready { peer: id })?;
        Ok(Joined { who, session })
    }

    /// Takes what an encoder sent.
    pub(crate) fn feed(&mut self, fed: &Fed) -> Result<(), Refused> {
        let at = Instant::now();
        let now_us = self.setup.time.us(at);
        let found = self.encoders.iter_mut().find(|(_, encoder)| encoder.session == fed.session);
        let Some((id, encoder)) = found else {
            return Err(Refused::new("session_missing", "This connection has ended already."));
        };
        let (id, room) = (*id, encoder.room);
        encoder.alive_us = now_us;
        let mut time = fed.time;
        for (seq, packet) in (fed.seq..).zip(&fed.packets) {
            let Some(samples) = opus::samples(packet) else { continue };
            self.take(id, (seq, time, at), packet);
            time += u64::from(samples);
        }
        self.outward(room);
        Ok(())
    }

    fn take(&mut self, id: PeerId, (seq, time, at): (u64, u64, Instant), packet: &Bytes) {
        let Some(encoder) = self.encoders.get_mut(&id) else { return };
        let Some(house) = self.houses.get_mut(&encoder.room) else { return };
        encoder.heard_us = encoder.alive_us;
        let (level, payload) = (encoder.level(packet), Arc::from(&packet[..]));
        let arrived = Arrived { seq, time, at, level, marker: false, red: false, payload };
        let forward = house.packet((encoder.who, Way::Source), &mut encoder.sending, &arrived);
        if let Some(forward) = forward.filter(|_| packet.len() <= FORWARD_BYTES_MAX) {
            self.forward(&forward, &arrived);
        }
    }

    /// Notes what an encoder says it plays.
    pub(crate) fn playing(&mut self, room: Id<Room>, who: Who, title: String) -> Result<(), Refused> {
        if !self.encoders.values().any(|one| one.room == room && one.who == who) {
            return Err(Refused::new("source_missing", "No encoder sends to this room at the moment."));
        }
        self.input(room, Input::Playing { who, title })
    }

    /// Ends an encoder's connection: it keeps its place for a while, since encoders come back. False if there is none.
    pub(crate) fn source_left(&mut self, session: &str) -> bool {
        let found = self.encoders.iter().find(|(_, encoder)| encoder.session == session).map(|(id, _)| *id);
        found.is_some_and(|id| self.lose(id))
    }

    /// Lets go of encoders whose edge has gone silent.
    pub(crate) fn forget_silent(&mut self, now_us: u64) {
        let silent = |(id, one): (&PeerId, &Encoder)| (one.alive_us + SILENT_US <= now_us).then_some(*id);
        let silent: Vec<PeerId> = self.encoders.iter().filter_map(silent).collect();
        for id in silent {
            self.lose(id);
        }
    }

    fn lose(&mut self, id: PeerId) -> bool {
        let Some(encoder) = self.encoders.remove(&id) else { return false };
        if let Some(house) = self.houses.get_mut(&encoder.room) {
            house.input(self.setup.time.now_us(), Input::Lost { peer: id }).ok();
        }
        self.outward(encoder.room);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_are_read_or_refused_as_a_whole() {
        let body = |bytes: &[u8]| Fed::packets(&Bytes::copy_from_slice(bytes));
        assert_eq!(body(&[]), Some(vec![]));
        let two = body(&[0, 2, 9, 8, 0, 1, 7]).unwrap();
        assert_eq!(two, [&[9u8, 8][..], &[7]]);
        for bad in [&[0][..], &[0, 2, 1], &[0, 1, 1, 5]] {
            assert_eq!(body(bad), None, "{bad:?}");
        }
        assert_eq!(body(&[0; 2 * (PACKETS_MAX + 1)]), None);
    }
}
