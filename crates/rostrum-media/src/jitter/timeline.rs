//! One unbroken timeline for a track whose sequence numbers or RTP times start anew (another SSRC, another device):
//! what follows a jump is put where its arrival says it belongs.

use std::collections::VecDeque;

use super::Arrival;
use crate::opus;

/// RTP time and arrival may drift apart by this much between two packets of one run.
const APART_US_MAX: i64 = 1_000_000;
/// A new run is believed after this long, if it goes on in step with the time that passes.
const PROOF_US: i64 = 80_000;
/// Most packets kept while a jump is doubted.
const HELD_MAX: usize = 32;
/// Numbers that may be missing without any time to explain them.
const LOOSE_NUMBERS: i64 = 100;
/// Shortest packet, in µs: so many numbers fit into a time.
const PACKET_US_MIN: i64 = 2500;

/// A point on the timeline.
#[derive(Debug, Clone, Copy)]
struct Mark {
    seq: u64,
    time: u64,
    end: u64,
    at_us: u64,
}

impl Mark {
    fn of(arrival: &Arrival) -> Self {
        let length = opus::samples(&arrival.payload).unwrap_or(0);
        let end = arrival.time.wrapping_add(u64::from(length));
        Self { seq: arrival.seq, time: arrival.time, end, at_us: arrival.at_us }
    }

    /// RTP time and real time, in µs, from here to `later`.
    fn until(&self, later: &Self) -> (i64, i64) {
        let samples = later.time.wrapping_sub(self.time).cast_signed();
        (samples.saturating_mul(125) / 6, later.at_us.wrapping_sub(self.at_us).cast_signed())
    }

    /// Whether `later` can belong to the same run of packets.
    fn leads_to(&self, later: &Self) -> bool {
        let (moved, passed) = self.until(later);
        let numbers = later.seq.wrapping_sub(self.seq).cast_signed();
        let (low, high) = (moved.min(0) / PACKET_US_MIN, moved.max(0) / PACKET_US_MIN);
        moved.saturating_sub(passed).saturating_abs() <= APART_US_MAX
            && (low - LOOSE_NUMBERS..=high + LOOSE_NUMBERS).contains(&numbers)
    }
}

/// Where a track stands, and by how much its packets are moved to stay on one line.
#[derive(Debug, Clone, Default)]
pub(super) struct Timeline {
    seq_shift: u64,
    time_shift: u64,
    newest: Option<Mark>,
    held: VecDeque<Arrival>,
    pub(super) resets: u64,
    pub(super) strays: u64,
}

impl Timeline {
    /// An RTP time of the wire on this timeline.
    pub(super) fn time(&self, wire: u64) -> u64 {
        wire.wrapping_add(self.time_shift)
    }

    /// Hands on what is known to belong here, moved; keeps what follows a jump until it has proved itself.
    pub(super) fn place(&mut self, arrival: Arrival, accept: &mut impl FnMut(Arrival)) {
        let moved = self.moved(arrival.clone());
        let mark = Mark::of(&moved);
        if self.newest.is_none_or(|newest| newest.leads_to(&mark)) {
            self.strays += self.held.len() as u64;
            self.held.clear();
            self.advance(mark);
            accept(moved);
        } else if self.doubt(arrival) {
            self.restart(accept);
        }
    }

    fn moved(&self, arrival: Arrival) -> Arrival {
        let seq = arrival.seq.wrapping_add(self.seq_shift);
        Arrival { seq, time: self.time(arrival.time), ..arrival }
    }

    fn advance(&mut self, mark: Mark) {
        if self.newest.is_none_or(|newest| newest.seq < mark.seq) {
            self.newest = Some(mark);
        }
    }

    /// Keeps the packet; whether those kept have proved to be a run of their own.
    fn doubt(&mut self, arrival: Arrival) -> bool {
        let mark = Mark::of(&arrival);
        let first = self.held.front().map(Mark::of);
        if !first.is_some_and(|first| first.leads_to(&mark) && first.seq < mark.seq) {
            self.strays += self.held.len() as u64;
            self.held.clear();
        } else if self.held.len() == HELD_MAX {
            self.strays += 1;
            self.held.pop_front();
        }
        self.held.push_back(arrival);
        let Some(first) = self.held.front().map(Mark::of) else { return false };
        // A backlog after a stall runs ahead of the clock; a run of its own keeps step with it.
        let (moved, passed) = first.until(&mark);
        passed >= PROOF_US && moved <= passed * 2 && passed <= moved * 2
    }

    /// Moves the timeline so that the kept packets go on where the old run would stand by now.
    fn restart(&mut self, accept: &mut impl FnMut(Arrival)) {
        let (Some(newest), Some(first)) = (self.newest, self.held.front()) else { return };
        let passed = first.at_us.saturating_sub(newest.at_us) * 6 / 125;
        let time = newest.end.max(newest.time.wrapping_add(passed));
        self.seq_shift = newest.seq.wrapping_add(1).wrapping_sub(first.seq);
        self.time_shift = time.wrapping_sub(first.time);
        self.resets += 1;
        for arrival in std::mem::take(&mut self.held) {
            let moved = self.moved(arrival);
            self.advance(Mark::of(&moved));
            accept(moved);
        }
    }
}
