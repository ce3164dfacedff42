//! One track by itself, on the program clock: its own packets, untouched, with silence where it has none, so that
//! every stem of a room starts together and stays together. Packets cannot be stretched: where clocks run apart, a
//! packet is left out or silence is put in, at a quiet place if one comes in time.

use std::collections::VecDeque;

use bytes::Bytes;
use rostrum_media::drift::Drift;
use rostrum_media::jitter::{Arrival, Buffer, Frame};
use rostrum_media::opus;

/// How long packets are waited for, in µs: nobody listens to a stem while it is made.
const WAIT_US: u64 = 1_200_000;
/// Samples of a piece, at most: 20 ms.
const STEP: u32 = 960;
/// An error of place is made good at a quiet packet beyond 5 ms, at any beyond 15 ms.
const QUIET_SLIP: f64 = 240.0;
const SLIP: f64 = 720.0;
/// Of a packet that is due after silence, this much may come late rather than be left out, in samples: 100 ms.
const START_LATE: u64 = 4800;
/// A packet below this part of the usual size is quiet.
const QUIET_PART: f64 = 0.5;
/// The usual size is averaged over about this many packets.
const AVERAGED: f64 = 100.0;

/// What a piece of a stem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PieceKind {
    /// A packet as it came.
    Packet,
    /// A packet that decoders conceal: one was lost here.
    Lost,
    /// A packet of digital silence.
    Silence,
}

/// The next packet of a stem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Program position of its first sample; each piece begins where the one before ends.
    pub position: u64,
    /// Its length in samples at 48 kHz.
    pub samples: u32,
    /// What it is.
    pub kind: PieceKind,
    /// The Opus packet.
    pub payload: Bytes,
}

/// Makes one stem, from the same inputs as the program.
#[derive(Debug)]
pub struct Stem {
    buffer: Buffer,
    drift: Drift,
    stereo: bool,
    from_us: u64,
    from: u64,
    position: u64,
    started: bool,
    sounds: bool,
    usual_bytes: f64,
    pieces: VecDeque<Piece>,
    slips: u64,
}

impl Stem {
    /// A stem that begins at `position`, which is what comes at `from_us`.
    pub fn new(stereo: bool, position: u64, from_us: u64) -> Self {
        Self {
            buffer: Buffer::default(),
            drift: Drift::default(),
            stereo,
            from_us,
            from: position,
            position,
            started: false,
            sounds: false,
            usual_bytes: 0.0,
            pieces: VecDeque::new(),
            slips: 0,
        }
    }

    /// Takes a packet of the track.
    pub fn packet(&mut self, arrival: Arrival) {
        let at_us = arrival.at_us;
        self.run(at_us.saturating_sub(WAIT_US));
        if let Some(time) = self.buffer.insert(arrival) {
            self.drift.packet(time, at_us);
        }
    }

    /// Takes a sender report of the track, as the program does.
    pub fn sender_report(&mut self, (ntp, time): (u64, u64), at_us: u64) {
        self.run(at_us.saturating_sub(WAIT_US));
        self.drift.report(ntp, self.buffer.time(time), at_us);
    }

    /// The pieces that are certain at `now_us`; there is at least one every 120 ms.
    pub fn advance(&mut self, now_us: u64) -> impl Iterator<Item = Piece> + use<'_> {
        self.run(now_us.saturating_sub(WAIT_US));
        self.pieces.drain(..)
    }

    /// The last pieces, up to program position `end` or a packet beyond it.
    pub fn finish(mut self, end: u64) -> impl Iterator<Item = Piece> {
        while self.position < end {
            self.step();
        }
        self.pieces.into_iter()
    }

    /// How often a packet was left out or silence put in because the clocks run apart.
    pub fn slips(&self) -> u64 {
        self.slips
    }

    fn at_us(&self) -> u64 {
        self.from_us + (self.position - self.from) * 125 / 6
    }

    fn run(&mut self, until_us: u64) {
        while self.at_us() + 20_000 <= until_us {
            self.step();
        }
    }

    /// Goes on by at least one piece, or leaves out a packet.
    fn step(&mut self) {
        let Some(place) = self.drift.time(self.at_us() as f64) else { return self.fill(STEP, PieceKind::Silence) };
        if !self.sounds && !self.cue(place) {
            return self.fill(STEP, PieceKind::Silence);
        }
        let ahead = self.buffer.head().map_or(0.0, |head| head as f64 - place);
        match self.buffer.next(STEP) {
            Frame::Packet { payload, samples, .. } => self.packet_due(payload, samples, ahead),
            Frame::Fec { samples, .. } | Frame::Conceal { samples } => self.fill(samples, PieceKind::Lost),
            Frame::Silence { samples } => self.fall_silent(samples),
            Frame::Empty { .. } => match self.buffer.pass(STEP) {
                Frame::Conceal { samples } => self.fill(samples, PieceKind::Lost),
                _ => self.fall_silent(STEP),
            },
        }
    }

    /// Out of silence a track stands where it belongs. Whether it sounds within the next piece.
    fn cue(&mut self, place: f64) -> bool {
        let place = place.max(0.0).round() as u64;
        let first = self.buffer.first();
        let waits = first.filter(|first| self.started && (*first..first.saturating_add(START_LATE)).contains(&place));
        let head = self.buffer.seek(waits.unwrap_or(place));
        let Some(gap) = first.and_then(|first| first.checked_sub(head)).filter(|gap| *gap < u64::from(STEP)) else {
            return first.is_some_and(|first| first < head);
        };
        self.fill(gap as u32, PieceKind::Silence);
        self.buffer.seek(head + gap);
        self.sounds = true;
        true
    }

    /// A packet's turn has come; it lies `ahead` samples later in its track than the stem is.
    fn packet_due(&mut self, payload: Bytes, samples: u32, ahead: f64) {
        let size = payload.len() as f64;
        let quiet = size < self.usual_bytes * QUIET_PART || opus::is_dtx(&payload);
        let most = if quiet { QUIET_SLIP } else { SLIP };
        self.usual_bytes += (size - self.usual_bytes) / if self.started { AVERAGED } else { 1.0 };
        (self.started, self.sounds) = (true, true);
        if -ahead > most.max(f64::from(samples) / 2.0 + QUIET_SLIP) {
            self.slips += 1;
            return;
        }
        if ahead > most {
            self.slips += 1;
            self.fill(ahead as u32, PieceKind::Silence);
        }
        self.pieces.push_back(Piece { position: self.position, samples, kind: PieceKind::Packet, payload });
        self.position += u64::from(samples);
    }

    fn fall_silent(&mut self, samples: u32) {
        self.sounds = false;
        self.fill(samples, PieceKind::Silence);
    }

    /// Puts in packets of no content, as long as `samples` down to 2.5 ms.
    fn fill(&mut self, samples: u32, kind: PieceKind) {
        let packet = if kind == PieceKind::Lost { opus::lost } else { opus::silence };
        let mut left = samples;
        while let Some((payload, samples)) = packet(left, self.stereo) {
            self.pieces.push_back(Piece { position: self.position, samples, kind, payload });
            self.position += u64::from(samples);
            left -= samples;
        }
    }
}
