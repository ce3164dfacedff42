//! The program made again from a journal's records: on a clock that runs through all epochs, as fast as records come.

use rostrum_media::gauge::Reading;
use rostrum_media::jitter::Arrival;
use rostrum_media::journal::{Kind, Packet, Record};
use rostrum_media::wave::Waveform;

use super::{Block, Codec, Config, Decode, Desk, Program};
use crate::event::TrackNo;
use crate::reel::{self, Reel};

/// Longest step in which time goes on where nothing was recorded, in µs: far below what may wait.
const STEP_US: u64 = 1_000_000;

/// A program being made again.
pub struct Replay<D: Decode> {
    program: Program<D>,
    begin_us: u64,
    last_us: u64,
}

impl<D: Decode> Replay<D> {
    /// Begins at `position`, the start of a chunk; `make` makes a decoder for that many channels.
    pub fn new(position: u64, make: impl FnMut(u8) -> Result<D, D::Error> + Send + 'static) -> Self {
        let mut program = Program::new(Config::default(), make);
        let begin_us = reel::us(position);
        program.resume_at(position, begin_us);
        Self { program, begin_us, last_us: begin_us }
    }

    /// Has `desk` treat the tracks in place of what is done to them on air.
    pub fn with_desk(self, desk: Desk) -> Self {
        Self { program: self.program.with_desk(desk), ..self }
    }

    /// Takes the next record, which `reel` has taken before; hands over the blocks that are done.
    pub fn record(&mut self, reel: &Reel, record: &Record, out: &mut impl FnMut(Block)) {
        // A segment's head tells when it was begun; what belongs before that may follow.
        let at_us = reel.through_us(record.epoch, record.mono_us).filter(|_| record.kind != Kind::Segment);
        let Some(at_us) = at_us.filter(|at_us| *at_us >= self.begin_us) else { return };
        // Records that come again, because a disk failed before they were safe, do not turn time back.
        self.run(at_us, out);
        let track = TrackNo(record.track);
        match record.kind {
            Kind::Packet => self.packet(reel, record, at_us),
            Kind::SenderReport => {
                if let Some(ntp) = record.payload.first_chunk().map(|bytes| u64::from_le_bytes(*bytes)) {
                    self.program.sender_report(track, (ntp, record.time), at_us);
                }
            }
            Kind::TrackClose => self.program.close(track, at_us),
            _ => {}
        }
    }

    fn packet(&mut self, reel: &Reel, record: &Record, at_us: u64) {
        let track = TrackNo(record.track);
        let channels = reel.take(track).map_or(1, |take| take.track.coding.channels);
        // Without a decoder the others are still heard.
        self.program.open(track, Codec::Opus, channels).ok();
        if let Some(Packet { marker, red, payload, .. }) = Packet::from_payload(&record.payload) {
            self.program.packet(track, Arrival { seq: record.seq, time: record.time, at_us, payload, marker, red });
        }
    }

    fn run(&mut self, until_us: u64, out: &mut impl FnMut(Block)) {
        while self.last_us < until_us {
            self.last_us = until_us.min(self.last_us + STEP_US);
            self.program.advance(self.last_us).for_each(&mut *out);
        }
    }

    /// Ends with what has come, at `end` at the latest; hands over the rest and says what it comes out at.
    pub fn finish(mut self, end: Option<u64>, out: &mut impl FnMut(Block)) -> (Reading, Waveform) {
        let end_us = end.map_or(self.last_us, reel::us);
        self.run(end_us, out);
        self.program.end(end_us);
        self.program.advance(end_us).for_each(out);
        (self.program.reading(), self.program.waveform())
    }
}
