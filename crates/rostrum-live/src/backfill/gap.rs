//! One track's holes as stretches of its RTP time, and the packets that fit into them.

use std::collections::BTreeMap;
use std::ops::Range;

use bytes::Bytes;
use rostrum_media::journal::{Kind, Packet, Record};
use rostrum_media::opus::{self, FRAME_SAMPLES_MIN};

use super::frame::{Frame, PACKET_BYTES_MAX};
use crate::event::TrackNo;

/// Packets before a hole whose quickest says how long the way was: one second.
const QUICKEST_OF: usize = 50;
/// RTP time and arrival may differ by this much over a hole; beyond, the track's clock began anew there.
const APART_US_MAX: u64 = 2_000_000;

/// A packet that the journal has.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    pub(super) seq: u64,
    pub(super) time: u64,
    pub(super) samples: u32,
    /// When it came, on the clock through all epochs.
    pub(super) at_us: u64,
    pub(super) epoch: u32,
    pub(super) mono_us: u64,
    pub(super) wall_us: i64,
}

impl Seen {
    fn end(&self) -> u64 {
        self.time.saturating_add(u64::from(self.samples))
    }

    /// When RTP time 0 would have come.
    fn zero_us(&self) -> i64 {
        self.at_us.cast_signed().saturating_sub(us(self.time).cast_signed())
    }
}

/// A stretch of a track's RTP time of which the journal has nothing, although its owner could be heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// Of which track.
    pub track: TrackNo,
    /// RTP time of the packet before, extended, by which a copy of the same track is known.
    pub after: u64,
    /// First missing sample of RTP time, extended, and the first after the last.
    pub span: Range<u64>,
    /// Number and RTP time of the first packet that is missing before the stretch was cut to what may be heard.
    first: (u64, u64),
    /// The first number that is not free.
    seq_end: u64,
    /// When the first missing sample would have come, on the clock through all epochs and on its epoch's own.
    at_us: u64,
    mono_us: u64,
    wall_us: i64,
    epoch: u32,
}

/// A packet for the journal, and when it would have come on the clock of [`crate::reel::Reel::through_us`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Late {
    /// When.
    pub at_us: u64,
    /// What is written.
    pub record: Record,
}

impl Late {
    /// As it came.
    pub fn frame(&self) -> Option<Frame> {
        let Record { track, time, .. } = self.record;
        let Packet { payload, .. } = Packet::from_payload(&self.record.payload)?;
        Some(Frame { track: TrackNo(track), time: time as u32, payload })
    }
}

/// The holes of a track within the times of `open`, none of it later than the moment `until_us`.
pub(super) fn gaps_of(track: TrackNo, mut seen: Vec<Seen>, (open, until_us): (&[Range<u64>], u64)) -> Vec<Gap> {
    seen.sort_by_key(|one| (one.seq, one.at_us));
    seen.dedup_by_key(|one| one.seq);
    let mut gaps = Vec::new();
    for at in 0..seen.len() {
        let (before, after) = (seen[at], seen.get(at + 1));
        if after.is_some_and(|after| after.seq == before.seq + 1) {
            continue;
        }
        let quickest = seen[at.saturating_sub(QUICKEST_OF - 1)..=at].iter().map(Seen::zero_us).min();
        let begin_us = quickest.unwrap_or_default().saturating_add_unsigned(us(before.end()));
        let Some(begin_us) = u64::try_from(begin_us).ok() else { continue };
        let end = match after {
            Some(after) if is_one_run(&before, after) => after.time,
            // Another clock follows, of which nobody knows how much of this one lay before it.
            Some(_) => continue,
            None => before.end().saturating_add(samples(until_us.saturating_sub(begin_us))),
        };
        let seq_end = after.map_or(u64::MAX, |after| after.seq);
        gaps.extend(open.iter().filter_map(|open| {
            let from = before.end().saturating_add(samples(open.start.saturating_sub(begin_us)));
            let to = end.min(before.end().saturating_add(samples(open.end.min(until_us).saturating_sub(begin_us))));
            let whole = to.saturating_sub(from) >= u64::from(FRAME_SAMPLES_MIN);
            let since_us = begin_us.saturating_add(us(from - before.end()));
            let later_us = since_us.cast_signed().saturating_sub(before.at_us.cast_signed());
            whole.then(|| Gap {
                track,
                after: before.time,
                span: from..to.min(from + u64::from(u32::MAX / 2)),
                first: (before.seq + 1, before.end()),
                seq_end,
                at_us: since_us,
                mono_us: before.mono_us.saturating_add_signed(later_us),
                wall_us: before.wall_us.saturating_add(later_us),
                epoch: before.epoch,
            })
        }));
    }
    gaps
}

/// Whether both are of one numbering and one clock.
fn is_one_run(before: &Seen, after: &Seen) -> bool {
    let moved = after.time.checked_sub(before.time).map(us);
    moved.is_some_and(|moved| moved.abs_diff(after.at_us.saturating_sub(before.at_us)) <= APART_US_MAX)
}

/// The records that fill gaps, in the order of their times. What fits into none, overlaps another, is no packet of
/// Opus or is too long is left out.
pub fn fill(gaps: &[Gap], frames: Vec<Frame>) -> Vec<Late> {
    let mut tracks = BTreeMap::<TrackNo, BTreeMap<u32, Bytes>>::new();
    for Frame { track, time, payload } in frames {
        if payload.len() <= PACKET_BYTES_MAX {
            tracks.entry(track).or_default().entry(time).or_insert(payload);
        }
    }
    let mut late = Vec::new();
    for gap in gaps {
        if let Some(frames) = tracks.get(&gap.track) {
            gap.take(frames, &mut late);
        }
    }
    late.sort_by_key(|one| (one.at_us, one.record.track, one.record.seq));
    late
}

impl Gap {
    /// What its first missing sample is called on the wire.
    pub fn wire(&self) -> u32 {
        self.span.start as u32
    }

    /// Samples that are missing.
    pub fn samples(&self) -> u64 {
        self.span.end - self.span.start
    }

    fn take(&self, frames: &BTreeMap<u32, Bytes>, late: &mut Vec<Late>) {
        let wire = self.wire();
        let end = u64::from(wire) + self.samples();
        // RTP time wraps within a gap at most once.
        let low = frames.range(wire..=u32::try_from(end).unwrap_or(u32::MAX));
        let high = end.checked_sub(1 << 32).map(|end| frames.range(..end as u32));
        let (mut next, mut seq_next) = (self.span.start, self.first.0);
        for (at, payload) in low.chain(high.into_iter().flatten()) {
            let time = self.span.start + u64::from(at.wrapping_sub(wire));
            let Some(samples) = opus::samples(payload).map(u64::from) else { continue };
            let seq = (self.first.0 + (time - self.first.1) / samples).max(seq_next);
            if time < next || time + samples > self.span.end || seq >= self.seq_end {
                continue;
            }
            (next, seq_next) = (time + samples, seq + 1);
            late.push(self.late((seq, time), payload));
        }
    }

    fn late(&self, (seq, time): (u64, u64), payload: &Bytes) -> Late {
        let since_us = us(time - self.span.start);
        let packet = Packet { late: true, payload: payload.clone(), ..Packet::default() };
        let record = Record {
            epoch: self.epoch,
            track: self.track.0,
            kind: Kind::Packet,
            seq,
            time,
            mono_us: self.mono_us.saturating_add(since_us),
            wall_us: self.wall_us.saturating_add_unsigned(since_us),
            payload: packet.to_payload(),
        };
        Late { at_us: self.at_us.saturating_add(since_us), record }
    }
}

/// So many samples in microseconds.
fn us(samples: u64) -> u64 {
    samples.min(i64::MAX.cast_unsigned() / 125) * 125 / 6
}

/// So many microseconds in samples.
fn samples(us: u64) -> u64 {
    us.min(u64::MAX / 6) * 6 / 125
}
