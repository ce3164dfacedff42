//! One track's Opus packets in the order of their RTP time, whatever the network did to them. Time is never read:
//! what is missing when its turn has come is missing, and what a hole means is decided by RTP time and numbers.

mod delay;
mod extend;
mod red;
mod timeline;

use std::collections::VecDeque;

use bytes::Bytes;

pub use delay::{Delay, Limits};
pub use extend::Extend;
pub use red::{Block, open as blocks};

use crate::opus::{self, FRAME_SAMPLES_MIN};
use timeline::Timeline;

/// Longest stretch of RTP time held, in samples: 2 s.
const SPAN_MAX: u64 = 96_000;
/// Most packets held: 2 s of the shortest.
const PACKETS_MAX: usize = 800;
/// Longest stretch made up by concealment, in samples: 120 ms.
const CONCEAL_MAX: u32 = 5760;

/// A packet as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// RTP sequence number, extended.
    pub seq: u64,
    /// RTP time at 48 kHz, extended.
    pub time: u64,
    /// When it came, monotonic, in µs.
    pub at_us: u64,
    /// What it holds.
    pub payload: Bytes,
    /// RTP marker bit.
    pub marker: bool,
    /// Whether the payload is redundant audio (RFC 2198) rather than plain Opus.
    pub red: bool,
}

/// What to play next; lengths are samples at 48 kHz.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// Decode this packet and leave out the first `skip` samples, whose time has been played.
    Packet {
        /// The packet.
        payload: Bytes,
        /// Its length, skipped samples included.
        samples: u32,
        /// Samples to leave out in front.
        skip: u32,
    },
    /// The packet is lost, but the one after it is here and may carry a copy (in-band FEC).
    Fec {
        /// The packet after the lost one; it is given again as `Packet` in its turn.
        next: Bytes,
        /// Length of what is lost; a multiple of 120.
        samples: u32,
    },
    /// Lost: make it up from what went before.
    Conceal {
        /// Length; a multiple of 120.
        samples: u32,
    },
    /// The sender was silent, or more is lost than can be made up.
    Silence {
        /// Length; never more than was asked for.
        samples: u32,
    },
    /// Nothing is there; time stands still until [`Buffer::pass`] or [`Buffer::seek`].
    Empty {
        /// Whether the last packet announced silence.
        dtx: bool,
    },
}

/// What became of a track's packets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Packets that came, copies inside others not counted.
    pub received: u64,
    /// Came more than once.
    pub duplicates: u64,
    /// Came after a later one.
    pub reordered: u64,
    /// Came when their time had been played.
    pub late: u64,
    /// Filled from a copy in a later packet (RED).
    pub recovered: u64,
    /// Asked of the decoder from the following packet (FEC).
    pub repaired: u64,
    /// Samples asked of the decoder as concealment.
    pub concealed_samples: u64,
    /// No Opus packet, or broken redundancy.
    pub malformed: u64,
    /// Thrown away because more than two seconds were waiting.
    pub overflowed: u64,
    /// Times the numbering started anew.
    pub resets: u64,
    /// Packets that belonged to no run.
    pub strays: u64,
}

#[derive(Debug, Clone)]
struct Packet {
    seq: u64,
    time: u64,
    samples: u32,
    payload: Bytes,
}

impl Packet {
    fn end(&self) -> u64 {
        self.time.saturating_add(u64::from(self.samples))
    }
}

/// The last packet that was given out.
#[derive(Debug, Clone, Copy)]
struct Given {
    seq: u64,
    end: u64,
    samples: u32,
    dtx: bool,
    /// Bit n: the packet n numbers earlier was given too.
    earlier: u128,
}

/// The packets of one track that wait for their time.
#[derive(Debug, Clone, Default)]
pub struct Buffer {
    timeline: Timeline,
    /// By number, no number twice.
    waiting: VecDeque<Packet>,
    /// RTP time up to which frames were given.
    head: Option<u64>,
    given: Option<Given>,
    newest: Option<u64>,
    /// Samples concealed since the last packet.
    concealed: u32,
    counts: Counts,
}

impl Buffer {
    /// Takes a packet. Its RTP time on this buffer's timeline, unless it belongs to no run of packets yet.
    pub fn insert(&mut self, arrival: Arrival) -> Option<u64> {
        self.counts.received += 1;
        let mut timeline = std::mem::take(&mut self.timeline);
        let mut time = None;
        timeline.place(arrival, &mut |arrival| {
            time = Some(arrival.time);
            self.take(&arrival);
        });
        self.timeline = timeline;
        self.bound();
        time
    }

    /// An RTP time of the wire (of a sender report) on this buffer's timeline.
    pub fn time(&self, wire: u64) -> u64 {
        self.timeline.time(wire)
    }

    /// What became of the packets so far.
    pub fn counts(&self) -> Counts {
        Counts { resets: self.timeline.resets, strays: self.timeline.strays, ..self.counts }
    }

    /// RTP time up to which frames were given; none before the first.
    pub fn head(&self) -> Option<u64> {
        self.head
    }

    /// RTP time of the first packet that waits.
    pub fn first(&self) -> Option<u64> {
        self.waiting.front().map(|packet| packet.time)
    }

    /// Goes on at `time`, without giving what lies before; what was given is not given again. Where it goes on.
    pub fn seek(&mut self, time: u64) -> u64 {
        let head = self.given.map_or(time, |given| given.end.max(time));
        self.head = Some(head);
        head
    }

    /// The next frame; silence is at most `wanted` samples long.
    pub fn next(&mut self, wanted: u32) -> Frame {
        self.drop_late();
        let Some(front) = self.waiting.front() else {
            return Frame::Empty { dtx: self.given.is_some_and(|given| given.dtx) };
        };
        let head = *self.head.get_or_insert(front.time);
        match front.time.saturating_sub(head) {
            0 => self.give(head),
            gap => self.fill(gap.min(u64::from(u32::MAX)) as u32, wanted),
        }
    }

    /// Lets up to `wanted` samples of time pass though nothing is there.
    pub fn pass(&mut self, wanted: u32) -> Frame {
        if self.given.is_none_or(|given| given.dtx) {
            return self.silence(wanted);
        }
        self.conceal(u32::MAX, wanted)
    }

    fn take(&mut self, arrival: &Arrival) {
        self.counts.reordered += u64::from(self.newest.is_some_and(|newest| arrival.seq < newest));
        self.newest = self.newest.max(Some(arrival.seq));
        if !arrival.red {
            self.put(arrival.seq, arrival.time, &arrival.payload);
            return;
        }
        let Some(blocks) = red::open(&arrival.payload) else {
            self.counts.malformed += 1;
            return;
        };
        let (own, copies) = blocks.split_last().expect("the packet's own block is always there");
        self.put(arrival.seq, arrival.time, &own.payload);
        for (back, copy) in (1u64..).zip(copies.iter().rev()) {
            let before = self.counts;
            let taken = match (arrival.seq.checked_sub(back), arrival.time.checked_sub(copy.earlier)) {
                (Some(seq), Some(time)) if copy.earlier > 0 => self.put(seq, time, &copy.payload),
                _ => false,
            };
            self.counts = Counts { recovered: before.recovered + u64::from(taken), ..before };
        }
    }

    fn put(&mut self, seq: u64, time: u64, payload: &Bytes) -> bool {
        let Some(samples) = opus::samples(payload) else {
            self.counts.malformed += 1;
            return false;
        };
        let packet = Packet { seq, time, samples, payload: payload.clone() };
        let at = self.waiting.partition_point(|waiting| waiting.seq < seq);
        if self.waiting.get(at).is_some_and(|waiting| waiting.seq == seq) || self.was_given(seq) {
            self.counts.duplicates += 1;
        } else if self.is_late(&packet) {
            self.counts.late += 1;
        } else {
            self.waiting.insert(at, packet);
            return true;
        }
        false
    }

    fn was_given(&self, seq: u64) -> bool {
        let back = self.given.and_then(|given| given.seq.checked_sub(seq).map(|back| (given.earlier, back)));
        back.is_some_and(|(earlier, back)| back < 128 && earlier >> back & 1 == 1)
    }

    fn is_late(&self, packet: &Packet) -> bool {
        self.head.is_some_and(|head| packet.end() <= head) || self.given.is_some_and(|given| packet.seq <= given.seq)
    }

    fn drop_late(&mut self) {
        while self.waiting.front().is_some_and(|front| self.is_late(front)) {
            self.waiting.pop_front();
            self.counts.late += 1;
        }
    }

    fn bound(&mut self) {
        let spans = |waiting: &VecDeque<Packet>| match (waiting.front(), waiting.back()) {
            (Some(front), Some(back)) => back.end().saturating_sub(front.time) > SPAN_MAX,
            _ => false,
        };
        while self.waiting.len() > PACKETS_MAX || self.waiting.len() > 1 && spans(&self.waiting) {
            self.waiting.pop_front();
            self.counts.overflowed += 1;
        }
    }

    fn give(&mut self, head: u64) -> Frame {
        let packet = self.waiting.pop_front().expect("the caller has seen a packet");
        let skip = head.saturating_sub(packet.time) as u32;
        let earlier = self.given.map_or(0, |given| {
            let step = (packet.seq - given.seq).min(127) as u32;
            if step < 127 { given.earlier << step } else { 0 }
        });
        let dtx = opus::is_dtx(&packet.payload);
        let (seq, end, samples) = (packet.seq, packet.end(), packet.samples);
        self.given = Some(Given { seq, end, samples, dtx, earlier: earlier | 1 });
        self.head = Some(end);
        self.concealed = 0;
        Frame::Packet { payload: packet.payload, samples, skip }
    }

    /// What lies in the `gap` before the first packet that waits.
    fn fill(&mut self, gap: u32, wanted: u32) -> Frame {
        let (Some(given), Some(front)) = (self.given, self.waiting.front()) else {
            return self.silence(gap.min(wanted));
        };
        let missing = front.seq.saturating_sub(given.seq).saturating_sub(1);
        // Samples that no packet could have held stand first: they are the sender's silence.
        let lost = missing.saturating_mul(u64::from(front.samples.max(given.samples))).min(u64::from(gap)) as u32;
        let unheld = if given.dtx { gap - lost } else { gap % FRAME_SAMPLES_MIN };
        if missing == 0 || unheld > 0 {
            let silent = if missing == 0 { gap } else { unheld };
            return self.silence(silent.min(wanted));
        }
        match gap.checked_sub(front.samples) {
            None | Some(0) => self.repair(gap),
            Some(before) => self.conceal(before, wanted),
        }
    }

    fn repair(&mut self, samples: u32) -> Frame {
        let next = self.waiting.front().expect("the caller has seen a packet").payload.clone();
        self.counts.repaired += 1;
        self.move_on(samples);
        Frame::Fec { next, samples }
    }

    /// Concealment in steps of a packet while that is bearable, silence afterwards.
    fn conceal(&mut self, most: u32, wanted: u32) -> Frame {
        let step = self.given.map_or(960, |given| given.samples);
        let left = CONCEAL_MAX.saturating_sub(self.concealed);
        let samples = wanted.next_multiple_of(FRAME_SAMPLES_MIN).min(step).min(left).min(most);
        let samples = samples - samples % FRAME_SAMPLES_MIN;
        if samples == 0 {
            return self.silence(most.min(wanted));
        }
        self.concealed += samples;
        self.counts.concealed_samples += u64::from(samples);
        self.move_on(samples);
        Frame::Conceal { samples }
    }

    fn silence(&mut self, samples: u32) -> Frame {
        self.move_on(samples);
        Frame::Silence { samples }
    }

    fn move_on(&mut self, samples: u32) {
        self.head = self.head.map(|head| head.saturating_add(u64::from(samples)));
    }
}

#[cfg(test)]
mod tests;
