//! The program: what the audience hears, mixed from the tracks on one clock that never stops, skips or turns back.
//! Time comes in with every input; the same inputs give the same samples, live or from the journal.

mod decode;
mod feed;
mod output;
mod player;
mod replay;
mod stem;
mod track;

use std::collections::BTreeMap;
use std::ops::Range;

use rostrum_media::gauge::Reading;
use rostrum_media::jitter::{Arrival, Counts};
use rostrum_media::mixer::{BLOCK, Master, Watch};
use rostrum_media::remaster::Strip;
use rostrum_media::voice::Level;
use rostrum_media::wave::Waveform;

use crate::event::TrackNo;
pub use decode::Decode;
use feed::Feed;
pub use output::Block;
use output::Output;
use player::Player;
pub use replay::Replay;
pub use stem::{Piece, PieceKind, Stem};
use track::{Source, Track};

/// A block in µs.
const BLOCK_US: u64 = 20_000;
/// Most blocks that wait for `advance` beyond the program delay; then mixing waits too: 60 s.
const WAITING_MAX: usize = 3000;

/// What a program is made with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Config {
    /// How long a track's packets are waited for, in µs; the program lags this much behind.
    pub latency_us: u64,
    /// How long it is held back beyond that, so that it can be dumped, in seconds.
    pub hold_s: u8,
}

impl Default for Config {
    fn default() -> Self {
        Self { latency_us: 400_000, hold_s: 0 }
    }
}

/// What a track is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codec {
    /// Opus packets with RTP times.
    Opus,
    /// Samples at 48 kHz, decoded elsewhere.
    Pcm,
}

/// A track's health.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Health {
    /// What became of its packets.
    pub counts: Counts,
    /// How much faster than ours its clock runs, in parts per million.
    pub ppm: f64,
}

/// Which moment a position is.
#[derive(Debug, Clone, Copy)]
struct Clock {
    from_us: u64,
    from: u64,
}

impl Clock {
    fn at_us(&self, position: u64) -> u64 {
        self.from_us + (position - self.from) * 125 / 6
    }

    fn position(&self, at_us: u64) -> u64 {
        self.from + at_us.saturating_sub(self.from_us) * 6 / 125
    }
}

/// Treats the tracks of a block in place of what is done to them on air; their sum then comes out as it is.
pub type Desk = Box<dyn FnMut(&mut [Strip<'_>]) + Send>;

type Make<D> = Box<dyn FnMut(u8) -> Result<D, <D as Decode>::Error> + Send>;

/// The mix of one room.
pub struct Program<D: Decode> {
    config: Config,
    make: Make<D>,
    tracks: BTreeMap<TrackNo, Track<D>>,
    clock: Option<Clock>,
    now_us: u64,
    /// Position of the block that is mixed next.
    mixed: u64,
    end: Option<u64>,
    sum: [Vec<f32>; 2],
    master: Master,
    output: Output,
    watch: Watch,
    released: Vec<Block>,
    desk: Option<Desk>,
}

impl<D: Decode> Program<D> {
    /// A program that is not yet live; `make` makes a decoder for that many channels.
    pub fn new(config: Config, make: impl FnMut(u8) -> Result<D, D::Error> + Send + 'static) -> Self {
        Self {
            config,
            make: Box::new(make),
            tracks: BTreeMap::new(),
            clock: None,
            now_us: 0,
            mixed: 0,
            end: None,
            sum: [vec![0.0; BLOCK], vec![0.0; BLOCK]],
            master: Master::default(),
            output: Output::default(),
            watch: Watch::default(),
            released: Vec::new(),
            desk: None,
        }
    }

    /// Has `desk` treat the tracks.
    pub fn with_desk(self, desk: Desk) -> Self {
        Self { desk: Some(desk), ..self }
    }

    /// Goes live: position 0 is what comes at `now_us`. What came before is not heard. A second time does nothing.
    pub fn go_live(&mut self, now_us: u64) {
        self.resume_at(0, now_us);
    }

    /// Goes on at `position` (the start of a chunk), which is what comes at `now_us`.
    pub fn resume_at(&mut self, position: u64, now_us: u64) {
        if self.clock.is_none() {
            self.clock = Some(Clock { from_us: now_us, from: position });
            self.mixed = position;
            self.output.start(position);
        }
    }

    /// Opens a track of 1 or 2 channels; one that is open stays as it is.
    ///
    /// # Errors
    /// There is no decoder; the track stays closed.
    pub fn open(&mut self, track: TrackNo, codec: Codec, channels: u8) -> Result<(), D::Error> {
        if self.tracks.contains_key(&track) {
            return Ok(());
        }
        let channels = channels.clamp(1, 2);
        let count = usize::from(channels);
        let source = match codec {
            Codec::Pcm => Source::Samples(Feed::new(count)),
            Codec::Opus => {
                let decoder = (self.make)(channels)?;
                Source::Packets(Box::new(Player::new(decoder, count, self.config.latency_us)))
            }
        };
        self.tracks.insert(track, Track::new(source, count));
        Ok(())
    }

    /// Takes a packet of an Opus track; before going live it is let go.
    pub fn packet(&mut self, track: TrackNo, arrival: Arrival) {
        self.run(arrival.at_us);
        if self.is_on()
            && let Some(Source::Packets(player)) = self.source(track)
        {
            player.packet(arrival);
        }
    }

    /// Takes a sender report of an Opus track: at `ntp` (RFC 3550 §4) it stood at RTP time `time`, extended.
    pub fn sender_report(&mut self, track: TrackNo, (ntp, time): (u64, u64), at_us: u64) {
        self.run(at_us);
        if self.is_on()
            && let Some(Source::Packets(player)) = self.source(track)
        {
            player.report(ntp, time, at_us);
        }
    }

    /// Takes interleaved samples of a track that is decoded elsewhere; before going live they are let go.
    pub fn pcm(&mut self, track: TrackNo, samples: &[f32], at_us: u64) {
        self.run(at_us);
        if self.is_on()
            && let Some(Source::Samples(feed)) = self.source(track)
        {
            feed.push(samples);
        }
    }

    /// Mutes a track, or no longer, from what comes at `at_us` on; what came before is still heard.
    pub fn mute(&mut self, track: TrackNo, muted: bool, at_us: u64) {
        self.run(at_us);
        let position = self.position(at_us);
        if let Some(track) = self.tracks.get_mut(&track) {
            track.mute(position, muted);
        }
    }

    /// Closes a track after what came before `at_us`.
    pub fn close(&mut self, track: TrackNo, at_us: u64) {
        self.run(at_us);
        let position = self.position(at_us);
        if self.clock.is_none() {
            self.tracks.remove(&track);
        } else if let Some(track) = self.tracks.get_mut(&track) {
            track.close(position);
        }
    }

    /// Takes back the last `seconds` of what has come, as far as they have not gone out: they become silence.
    /// The span that did, in program positions; none if all has gone out.
    pub fn dump(&mut self, seconds: u8, now_us: u64) -> Option<Range<u64>> {
        self.run(now_us);
        let now = self.position(now_us);
        let span = self.output.dump(now.saturating_sub(u64::from(seconds) * 48_000)..now);
        (!span.is_empty()).then_some(span)
    }

    /// Ends the program with what has come before `now_us`, to a whole block; all that is held back is due at once.
    /// The position of its end; none if it never went live.
    pub fn end(&mut self, now_us: u64) -> Option<u64> {
        self.clock?;
        self.run(now_us);
        if self.end.is_none() {
            let end = self.position(now_us).max(self.mixed).next_multiple_of(BLOCK as u64);
            while self.mixed < end {
                self.mix();
            }
            if self.desk.is_none() {
                // The limiter gives its last block when it sees the next.
                self.sum.iter_mut().for_each(|plane| plane.fill(0.0));
                self.collect();
            }
            self.end = Some(end);
        }
        self.end
    }

    /// Runs the program to `now_us` and hands over the blocks that are due, in order and without a gap.
    pub fn advance(&mut self, now_us: u64) -> impl Iterator<Item = Block> + use<'_, D> {
        self.run(now_us);
        let due = match (self.clock, self.end) {
            (_, Some(end)) => end,
            (Some(clock), None) => clock.position(now_us.saturating_sub(self.lag_us())).max(clock.from),
            (None, None) => 0,
        };
        while let Some(block) = self.output.pop(due) {
            self.watch.push(&block.samples);
            self.released.push(block);
        }
        self.released.drain(..)
    }

    /// When the next block is due, in µs; none before going live and after the end.
    pub fn due_us(&self) -> Option<u64> {
        let clock = self.clock.filter(|_| self.end.is_none())?;
        Some(clock.at_us(self.output.first()) + BLOCK_US + self.lag_us())
    }

    /// The position of what comes at `at_us`; 0 before going live.
    pub fn position(&self, at_us: u64) -> u64 {
        self.clock.map_or(0, |clock| clock.position(at_us))
    }

    /// What each track was like in the last block that was mixed.
    pub fn levels(&self) -> impl Iterator<Item = (TrackNo, Level)> {
        self.tracks.iter().map(|(no, track)| (*no, track.level()))
    }

    /// How an Opus track's packets fare.
    pub fn health(&self, track: TrackNo) -> Option<Health> {
        match &self.tracks.get(&track)?.source {
            Source::Packets(player) => Some(Health { counts: player.counts(), ppm: player.ppm() }),
            Source::Samples(_) => None,
        }
    }

    /// What the program that has gone out comes out at.
    pub fn reading(&self) -> Reading {
        self.watch.reading()
    }

    /// The program that has gone out, drawn.
    pub fn waveform(&self) -> Waveform {
        self.watch.waveform()
    }

    fn is_on(&self) -> bool {
        self.clock.is_some() && self.end.is_none()
    }

    fn source(&mut self, track: TrackNo) -> Option<&mut Source<D>> {
        self.tracks.get_mut(&track).map(|track| &mut track.source)
    }

    /// How long after its first moment a block goes out, its own length not counted: one more block is mixed first.
    fn lag_us(&self) -> u64 {
        self.config.latency_us + BLOCK_US + u64::from(self.config.hold_s) * 1_000_000
    }

    /// Mixes what is due at `now_us`. Every input comes through here first, so that what is mixed depends on when
    /// inputs came and not on when somebody asked.
    fn run(&mut self, now_us: u64) {
        self.now_us = self.now_us.max(now_us);
        let Some(clock) = self.clock else { return };
        let waiting_max = WAITING_MAX + usize::from(self.config.hold_s) * 50;
        let wait_us = BLOCK_US + self.config.latency_us;
        while self.end.is_none() && self.output.len() < waiting_max && clock.at_us(self.mixed) + wait_us <= self.now_us
        {
            self.mix();
        }
    }

    fn mix(&mut self) {
        let Some(clock) = self.clock else { return };
        let place = (self.mixed, clock.at_us(self.mixed));
        self.sum.iter_mut().for_each(|plane| plane.fill(0.0));
        let speaking = self.tracks.values().filter(|track| track.level().speaks).count();
        let others_speak = |track: &Track<D>| speaking > usize::from(track.level().speaks);
        if let Some(desk) = &mut self.desk {
            let strips = self.tracks.iter_mut().map(|(no, track)| {
                let others_speak = others_speak(track);
                track.strip(*no, place.1, others_speak)
            });
            desk(&mut strips.collect::<Vec<_>>());
            self.tracks.values_mut().for_each(|track| track.add(place.0, &mut self.sum));
        } else {
            for track in self.tracks.values_mut() {
                let others_speak = others_speak(track);
                track.mix(place, others_speak, &mut self.sum);
            }
        }
        self.mixed += BLOCK as u64;
        let position = self.mixed;
        self.tracks.retain(|_, track| !track.is_over(position));
        self.collect();
    }

    fn collect(&mut self) {
        if self.desk.is_some() {
            let [left, right] = &self.sum;
            return self.output.push(left.iter().zip(right).flat_map(|(left, right)| [*left, *right]).collect());
        }
        self.master.push(&self.sum);
        while let Some(samples) = self.master.pull() {
            self.output.push(samples);
        }
    }
}

#[cfg(test)]
mod tests;
