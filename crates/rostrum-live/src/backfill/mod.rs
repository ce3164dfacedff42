//! What a journal lacks of somebody's voice, and how packets of the copy that their browser kept come into it: only
//! theirs, only where a packet is missing, only for times at which they could be heard. Where journals and copies are
//! kept is not known here.

mod frame;
mod gap;
mod weave;

use std::collections::BTreeMap;
use std::ops::Range;

use rostrum_domain::Id;
use rostrum_domain::room::{RoomFacts, RoomState};
use rostrum_media::jitter;
use rostrum_media::journal::{Kind, Packet, Record};
use rostrum_media::opus;

use crate::event::{Entry, Source, TrackNo, Who};
use crate::reel::Reel;
use crate::room::State;

pub use frame::{Frame, PACKET_BYTES_MAX};
pub use gap::{Gap, Late, fill};
pub use weave::Weaver;

use gap::{Seen, gaps_of};

/// Most gaps that are told of one person; a line that bad is not mended by a copy.
pub const GAPS_MAX: usize = 10_000;
/// Samples that one gap must have before any is worth telling: half a second. Lost packets are concealed, and what was
/// on its way when a room ended was not meant to be in it.
pub const WORTH_SAMPLES: u64 = 24_000;

/// Reads a journal for what it lacks of one person's voice.
#[derive(Debug)]
pub struct Survey {
    who: Who,
    reel: Reel,
    state: State,
    /// Since when they can be heard, on the clock of [`Reel::through_us`].
    open_us: Option<u64>,
    /// When they could be heard.
    open: Vec<Range<u64>>,
    tracks: BTreeMap<TrackNo, Vec<Seen>>,
    erased: bool,
}

impl Survey {
    /// A survey that has seen nothing yet.
    pub fn new(who: Who) -> Self {
        Self {
            who,
            reel: Reel::default(),
            state: State::new(Id::from_bits(0), &RoomFacts::default(), 0),
            open_us: None,
            open: Vec::new(),
            tracks: BTreeMap::new(),
            erased: false,
        }
    }

    /// Takes the next record of the journal.
    pub fn record(&mut self, record: &Record) {
        self.reel.record(record);
        match record.kind {
            Kind::Packet => self.packet(record),
            Kind::Erased => self.erased = true,
            _ => {
                if let Some(Ok(entry)) = Entry::from_record(record) {
                    self.state.apply(&entry);
                    self.judge(record);
                }
            }
        }
    }

    /// Notes when they begin or cease to be heard. A line that broke closes nothing: the place is kept.
    fn judge(&mut self, record: &Record) {
        let person = self.state.people.get(&self.who);
        let good = person.is_some_and(|one| one.present() && one.role.speaks() && one.consent && !one.silent());
        let heard = good && self.state.stage == RoomState::Live;
        let Some(at_us) = self.reel.through_us(record.epoch, record.mono_us) else { return };
        match (self.open_us, heard) {
            (None, true) => self.open_us = Some(at_us),
            (Some(from_us), false) => {
                self.open.push(from_us..at_us);
                self.open_us = None;
            }
            _ => {}
        }
    }

    fn packet(&mut self, record: &Record) {
        let track = TrackNo(record.track);
        if self.reel.voice(track) != Some((self.who, Source::Voice)) {
            return;
        }
        let Some(at_us) = self.reel.through_us(record.epoch, record.mono_us) else { return };
        let Some(packet) = Packet::from_payload(&record.payload) else { return };
        let seen = self.tracks.entry(track).or_default();
        let mut put = |back: u64, earlier: u64, payload: &[u8]| {
            let (seq, time) = (record.seq.checked_sub(back), record.time.checked_sub(earlier));
            if let (Some(seq), Some(time), Some(samples)) = (seq, time, opus::samples(payload)) {
                let (epoch, mono_us, wall_us) = (record.epoch, record.mono_us, record.wall_us);
                seen.push(Seen { seq, time, samples, at_us, epoch, mono_us, wall_us });
            }
        };
        if !packet.red {
            return put(0, 0, &packet.payload);
        }
        for (back, block) in (0u64..).zip(jitter::blocks(&packet.payload).into_iter().flatten().rev()) {
            put(back, block.earlier, &block.payload);
        }
    }

    /// What is missing, in the order of tracks and times; nothing where something was erased, or where none is long.
    pub fn gaps(mut self) -> Vec<Gap> {
        self.open.extend(self.open_us.map(|from_us| from_us..u64::MAX));
        if self.erased {
            return Vec::new();
        }
        let begins: Vec<u64> = self.tracks.values().filter_map(|seen| seen.iter().map(|one| one.at_us).min()).collect();
        let mut gaps = Vec::new();
        for (track, seen) in self.tracks {
            let began = seen.iter().map(|one| one.at_us).min().unwrap_or_default();
            // What somebody sends over their next connection is the same voice again.
            let until_us = begins.iter().copied().filter(|next| *next > began).min().unwrap_or(u64::MAX);
            gaps.extend(gaps_of(track, seen, (&self.open, until_us)));
        }
        gaps.truncate(GAPS_MAX);
        if gaps.iter().any(|gap| gap.samples() >= WORTH_SAMPLES) { gaps } else { Vec::new() }
    }
}

#[cfg(test)]
mod tests;
