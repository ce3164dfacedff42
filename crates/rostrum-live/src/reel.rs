//! A journal on the program's clock: whose tracks there are, and which moment of which epoch a program position was.
//! Fed record by record; where records come from is not known here.

use std::collections::BTreeMap;

use rostrum_domain::room::RoomState;
use rostrum_media::journal::{Kind, Record};

use crate::event::{Entry, Event, Source, Track, TrackNo, Who};
use crate::snapshot::{Moment, Snapshot};

/// Program position 0 on the clock of [`Reel::through_us`], in µs: what came before a room was live lies before it.
pub const ZERO_US: u64 = 1 << 50;

/// A program position on the clock of [`Reel::through_us`].
pub fn us(position: u64) -> u64 {
    ZERO_US.saturating_add_signed(samples_us(position))
}

/// A track with what the journal says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Take {
    /// What it carries, and whose it is.
    pub track: Track,
    /// The epoch it belongs to.
    pub epoch: u32,
}

/// What a journal has said so far of clocks, tracks and people.
#[derive(Debug, Default)]
pub struct Reel {
    /// For each epoch the moment of program position 0, in µs of its monotonic clock, before the machine started if
    /// that has been started anew since; and whether the epoch's own beginning says so.
    clocks: BTreeMap<u32, (i64, bool)>,
    takes: BTreeMap<TrackNo, Take>,
    names: BTreeMap<Who, String>,
    ended: bool,
}

impl Reel {
    /// Takes the next record; only entries and snapshots matter.
    pub fn record(&mut self, record: &Record) {
        if record.kind == Kind::Snapshot {
            let clock = Snapshot::from_payload(&record.payload).ok().and_then(|snapshot| snapshot.clock());
            if let Some(Moment { mono_us, at }) = clock {
                self.clock(record.epoch, (mono_us, at), true);
            }
        } else if let Some(Ok(entry)) = Entry::from_record(record) {
            self.entry(&entry, record);
        }
    }

    /// Position `at` was at a moment of an epoch; `begins` when the epoch's own beginning says so. Later entries carry
    /// the moment of what they answer, which may lie a little before they were written.
    fn clock(&mut self, epoch: u32, (mono_us, at): (u64, u64), begins: bool) {
        let zero_us = mono_us.cast_signed().saturating_sub(samples_us(at));
        let known = self.clocks.entry(epoch).or_insert((zero_us, begins));
        if begins && !known.1 {
            *known = (zero_us, true);
        }
    }

    fn entry(&mut self, entry: &Entry, record: &Record) {
        let live = matches!(entry.event, Event::State { state: RoomState::Live });
        let begins = live || entry.at > 0 && matches!(entry.event, Event::Restored { .. });
        if begins || entry.at > 0 {
            self.clock(record.epoch, (record.mono_us, entry.at), begins);
        }
        match &entry.event {
            Event::TrackOpened(track) => {
                let take = Take { track: track.clone(), epoch: record.epoch };
                self.takes.entry(track.track).or_insert(take);
            }
            Event::Join(joined) => drop(self.names.insert(joined.who, joined.name.clone())),
            Event::State { state: RoomState::Ended } => self.ended = true,
            _ => {}
        }
    }

    /// The program position of a moment; none while the epoch's clock is not known. What came before the room was live
    /// is at 0.
    pub fn position(&self, epoch: u32, mono_us: u64) -> Option<u64> {
        let since_us = mono_us.cast_signed().saturating_sub(self.clocks.get(&epoch)?.0);
        Some(u64::try_from(since_us).unwrap_or_default() * 6 / 125)
    }

    /// The moment of a program position; none while the epoch's clock is not known, or if the machine was off then.
    pub fn moment(&self, epoch: u32, position: u64) -> Option<u64> {
        u64::try_from(self.clocks.get(&epoch)?.0.saturating_add(samples_us(position))).ok()
    }

    /// The moment of a record on a clock that runs through all epochs, in µs: position 0 is at [`ZERO_US`].
    pub fn through_us(&self, epoch: u32, mono_us: u64) -> Option<u64> {
        let since_us = mono_us.cast_signed().saturating_sub(self.clocks.get(&epoch)?.0);
        Some(ZERO_US.saturating_add_signed(since_us))
    }

    /// A track.
    pub fn take(&self, track: TrackNo) -> Option<&Take> {
        self.takes.get(&track)
    }

    /// Everybody who was in the room, with the last name they had.
    pub fn names(&self) -> &BTreeMap<Who, String> {
        &self.names
    }

    /// Whether the room has ended, as far as was read.
    pub const fn ended(&self) -> bool {
        self.ended
    }

    /// The tracks of somebody.
    pub fn tracks_of(&self, who: Who) -> impl Iterator<Item = TrackNo> {
        self.takes.values().filter(move |take| take.track.who == who).map(|take| take.track.track)
    }

    /// Whose sound a track is, if it is sound that this program can decode.
    pub fn voice(&self, track: TrackNo) -> Option<(Who, Source)> {
        let take = self.take(track)?;
        let heard = take.track.source != Source::Video && take.track.coding.codec == "opus";
        heard.then_some((take.track.who, take.track.source))
    }
}

/// So many samples in microseconds.
fn samples_us(samples: u64) -> i64 {
    i64::try_from(samples.min(i64::MAX.cast_unsigned() / 125) * 125 / 6).unwrap_or(i64::MAX)
}
