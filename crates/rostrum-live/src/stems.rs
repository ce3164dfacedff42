//! Every speaker by themselves: one lane for each person's voice and one for the sounds they play in, all on the
//! program clock, from a journal read record by record. Connections that broke and came back lie on one lane.

use std::collections::BTreeMap;

use rostrum_media::jitter::Arrival;
use rostrum_media::journal::{Kind, Packet, Record};
use rostrum_media::opus;

use crate::event::{Source, TrackNo, Who};
use crate::program::{Piece, PieceKind, Stem};
use crate::reel::Reel;

/// A lane begins with whole packets of silence, in samples: 20 ms.
const STEP: u64 = 960;

/// Whose lane it is: a person, and whether voice or sounds.
pub type Lane = (Who, bool);

/// One lane in the making.
#[derive(Debug)]
struct Track {
    no: TrackNo,
    stem: Stem,
    stereo: bool,
    /// Where the next piece begins.
    position: u64,
    /// When its last packet came.
    last_us: u64,
}

/// All lanes of a journal.
#[derive(Debug, Default)]
pub struct Stems {
    reel: Reel,
    lanes: BTreeMap<Lane, Track>,
}

impl Stems {
    /// What the journal has said so far.
    pub const fn reel(&self) -> &Reel {
        &self.reel
    }

    /// Takes the next record; hands pieces that are certain to `out`, in order on each lane and without a gap.
    pub fn record<E>(
        &mut self,
        record: &Record,
        out: &mut impl FnMut(Lane, bool, Piece) -> Result<(), E>,
    ) -> Result<(), E> {
        match record.kind {
            Kind::Packet => self.packet(record, out),
            Kind::SenderReport => {
                self.report(record);
                Ok(())
            }
            _ => {
                self.reel.record(record);
                Ok(())
            }
        }
    }

    fn report(&mut self, record: &Record) {
        let no = TrackNo(record.track);
        let Some((who, source)) = self.reel.voice(no) else { return };
        let lane = self.lanes.get_mut(&(who, source == Source::Sound)).filter(|lane| lane.no == no);
        let ntp = record.payload.first_chunk().map(|bytes| u64::from_le_bytes(*bytes));
        if let (Some(lane), Some(ntp)) = (lane, ntp) {
            lane.stem.sender_report((ntp, record.time), record.mono_us);
        }
    }

    fn packet<E>(
        &mut self,
        record: &Record,
        out: &mut impl FnMut(Lane, bool, Piece) -> Result<(), E>,
    ) -> Result<(), E> {
        let no = TrackNo(record.track);
        let Some((who, source)) = self.reel.voice(no) else { return Ok(()) };
        let key = (who, source == Source::Sound);
        let Some(packet) = Packet::from_payload(&record.payload) else { return Ok(()) };
        if self.lanes.get(&key).is_none_or(|lane| lane.no < no) && !self.begin(key, record, out)? {
            return Ok(());
        }
        let (seq, time, at_us) = (record.seq, record.time, record.mono_us);
        // Of a track that another has followed, and from before the last packet, records only come again: they were not
        // safe yet when a disk failed.
        let Some(lane) = self.lanes.get_mut(&key).filter(|lane| lane.no == no && lane.last_us <= at_us) else {
            return Ok(());
        };
        lane.last_us = at_us;
        let Packet { marker, red, payload, .. } = packet;
        lane.stem.packet(Arrival { seq, time, at_us, payload, marker, red });
        let Track { stem, stereo, position, .. } = lane;
        stem.advance(at_us).try_for_each(|piece| put(key, (*stereo, position), piece, out))
    }

    /// Begins a track on its lane, behind the one before; whether its clock is known.
    fn begin<E>(
        &mut self,
        key: Lane,
        record: &Record,
        out: &mut impl FnMut(Lane, bool, Piece) -> Result<(), E>,
    ) -> Result<bool, E> {
        let Some(at) = self.reel.position(record.epoch, record.mono_us) else { return Ok(false) };
        let from = at / STEP * STEP;
        let Some(from_us) = self.reel.moment(record.epoch, from) else { return Ok(false) };
        let no = TrackNo(record.track);
        let stereo = self.reel.take(no).is_some_and(|take| take.track.coding.channels == 2);
        let mut position = 0;
        let mut shape = stereo;
        if let Some(before) = self.lanes.remove(&key) {
            (position, shape) = (before.position, before.stereo);
            before.stem.finish(from).try_for_each(|piece| put(key, (shape, &mut position), piece, out))?;
        }
        fill(key, (shape, &mut position), from, out)?;
        let stem = Stem::new(stereo, from, from_us);
        self.lanes.insert(key, Track { no, stem, stereo: shape, position, last_us: 0 });
        Ok(true)
    }

    /// Ends all lanes at program position `end` or within a packet behind it; gives what the journal has said.
    pub fn finish<E>(self, end: u64, out: &mut impl FnMut(Lane, bool, Piece) -> Result<(), E>) -> Result<Reel, E> {
        for (key, lane) in self.lanes {
            let Track { stem, stereo, mut position, .. } = lane;
            let mut pieces = stem.finish(end).take_while(|piece| piece.position < end);
            pieces.try_for_each(|piece| put(key, (stereo, &mut position), piece, out))?;
        }
        Ok(self.reel)
    }
}

/// Hands over a piece where the lane stands; what lies before that is left out, what is missing becomes silence.
fn put<E>(
    key: Lane,
    (stereo, position): (bool, &mut u64),
    piece: Piece,
    out: &mut impl FnMut(Lane, bool, Piece) -> Result<(), E>,
) -> Result<(), E> {
    if piece.position < *position {
        return Ok(());
    }
    fill(key, (stereo, position), piece.position, out)?;
    *position = piece.position + u64::from(piece.samples);
    out(key, stereo, piece)
}

/// Silence up to `until`; positions are multiples of the shortest packet, so that nothing is left over.
fn fill<E>(
    key: Lane,
    (stereo, position): (bool, &mut u64),
    until: u64,
    out: &mut impl FnMut(Lane, bool, Piece) -> Result<(), E>,
) -> Result<(), E> {
    while let Some(left) = until.checked_sub(*position).filter(|left| *left > 0) {
        let left = u32::try_from(left).unwrap_or(u32::MAX);
        let Some((payload, samples)) = opus::silence(left, stereo) else { return Ok(()) };
        let piece = Piece { position: *position, samples, kind: PieceKind::Silence, payload };
        *position += u64::from(samples);
        out(key, stereo, piece)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
