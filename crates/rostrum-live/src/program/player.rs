//! One Opus track on the program clock: what its buffer holds is decoded in RTP time, stretched by ppm to our time,
//! and shifted only where nobody hears it.

use rostrum_media::drift::Drift;
use rostrum_media::jitter::{Arrival, Buffer, Counts, Delay, Frame, Limits};
use rostrum_media::mixer::BLOCK;
use rostrum_media::varispeed::Varispeed;

use super::decode::Decode;

/// An error of place is made good by speed within this time, in seconds.
const CORRECT_S: f64 = 20.0;
/// An error of place that is made good at once where it is quiet, in samples: 20 ms.
const SLIP: f64 = 960.0;
/// An error of place that is made good at once anywhere, in samples: 1 s.
const LEAP: f64 = 48_000.0;
/// Of a packet that is due after silence, this much may come late rather than be cut, in samples: 100 ms.
const START_LATE: u64 = 4800;
/// Blocks without speech after which it is quiet: 200 ms.
const QUIET_BLOCKS: u32 = 10;
/// Samples after which silence holds the whole of a block.
const IDLE_AFTER: usize = BLOCK + 64;
/// Samples of a fade into sound and out of it: 2.5 and 10 ms.
const FADE_IN: usize = 120;
const FADE_OUT: u32 = 480;
/// Longest that is made up while late packets are waited for, in samples: 120 ms.
const STRETCH_MAX: u32 = 5760;

/// Plays one track.
#[derive(Debug)]
pub(super) struct Player<D> {
    buffer: Buffer,
    drift: Drift,
    delay: Delay,
    latency_us: u64,
    decoder: D,
    channels: usize,
    speed: Varispeed,
    decoded: Vec<f32>,
    /// The last thing put into `speed` was sound.
    sounds: bool,
    /// Samples of silence put into `speed` since.
    silent: usize,
    started: bool,
    quiet_blocks: u32,
    /// Samples by which the track should be further on than it is.
    behind: f64,
    stretched: u32,
}

impl<D: Decode> Player<D> {
    pub(super) fn new(decoder: D, channels: usize, latency_us: u64) -> Self {
        let limits = Limits { floor_us: latency_us, start_us: latency_us, ..Limits::default() };
        Self {
            buffer: Buffer::default(),
            drift: Drift::default(),
            delay: Delay::new(Limits { ceiling_us: limits.ceiling_us.max(latency_us), ..limits }),
            latency_us,
            decoder,
            channels,
            speed: Varispeed::new(channels),
            decoded: Vec::new(),
            sounds: false,
            silent: IDLE_AFTER,
            started: false,
            quiet_blocks: 0,
            behind: 0.0,
            stretched: 0,
        }
    }

    pub(super) fn packet(&mut self, arrival: Arrival) {
        let at_us = arrival.at_us;
        if let Some(time) = self.buffer.insert(arrival) {
            self.drift.packet(time, at_us);
            let earliest = self.drift.at_us(time).unwrap_or(at_us as f64);
            self.delay.arrived((at_us as f64 - earliest) as i64);
        }
    }

    pub(super) fn report(&mut self, ntp: u64, time: u64, at_us: u64) {
        self.drift.report(ntp, self.buffer.time(time), at_us);
    }

    pub(super) fn counts(&self) -> Counts {
        self.buffer.counts()
    }

    /// How much faster than ours the track's clock runs, in ppm.
    pub(super) fn ppm(&self) -> f64 {
        self.drift.ppm()
    }

    /// Whether somebody was heard in the last block.
    pub(super) fn heard(&mut self, speaks: bool) {
        self.quiet_blocks = if speaks { 0 } else { self.quiet_blocks.saturating_add(1) };
    }

    /// Appends the block whose first sample lies at `at_us` of our clock; nothing, and no, if it is all silence.
    pub(super) fn render(&mut self, at_us: u64, out: &mut Vec<f32>) -> bool {
        let idle = self.silent >= IDLE_AFTER;
        if idle || self.quiet_blocks > QUIET_BLOCKS {
            self.delay.quiet(20_000);
        }
        let lag_us = self.delay.target_us().saturating_sub(self.latency_us);
        let Some(place) = self.drift.time(at_us as f64 - lag_us as f64) else { return false };
        if idle && !self.cue(place) {
            return false;
        }
        self.steer(place);
        loop {
            let missing = self.speed.missing(BLOCK);
            if missing == 0 {
                break;
            }
            self.pull(missing as u32);
        }
        self.speed.pull(BLOCK, out);
        true
    }

    /// Out of silence there is nothing to shift gently: the track stands where it belongs. Whether sound is due.
    fn cue(&mut self, place: f64) -> bool {
        self.speed.reset();
        let place = place.max(0.0).round() as u64;
        let first = self.buffer.first();
        let waits = first.filter(|first| self.started && (*first..first.saturating_add(START_LATE)).contains(&place));
        let head = self.buffer.seek(waits.unwrap_or(place));
        let due = first.is_some_and(|first| first < head + IDLE_AFTER as u64);
        if due {
            self.silent = 0;
        }
        due
    }

    fn steer(&mut self, place: f64) {
        let Some(head) = self.buffer.head() else { return };
        self.behind = place - (head as f64 - self.speed.ahead());
        let quiet = self.quiet_blocks > QUIET_BLOCKS;
        if self.behind.abs() > LEAP || quiet && self.behind.abs() > SLIP {
            self.slip(self.behind.round());
        }
        let correction = self.behind / 48_000.0 / CORRECT_S * 1e6;
        self.speed.set_ppm(self.drift.ppm() + correction);
    }

    /// Leaves out that many samples, or waits for as many if there are too few behind us.
    fn slip(&mut self, samples: f64) {
        self.behind -= samples;
        if samples < 0.0 {
            let count = (-samples).min(2.0 * LEAP) as usize;
            self.push_silence(count);
        } else if samples > LEAP {
            let head = self.buffer.head().unwrap_or(0);
            self.buffer.seek(head + samples as u64);
        } else {
            self.leave_out(samples as usize);
        }
    }

    /// Decodes and throws away, so that the decoder stays in step with the track.
    fn leave_out(&mut self, samples: usize) {
        let mut left = samples;
        while left > 0 && self.buffer.first().is_some() {
            self.pull_frame(left as u32);
            let frames = self.decoded.len() / self.channels;
            if frames == 0 {
                break;
            }
            let cut = frames.min(left);
            left -= cut;
            self.decoded.drain(..cut * self.channels);
            self.push_decoded();
        }
    }

    /// Moves about `missing` samples on, into the resampler.
    fn pull(&mut self, missing: u32) {
        self.pull_frame(missing.max(FADE_OUT));
        self.push_decoded();
    }

    fn push_decoded(&mut self) {
        self.speed.push(&self.decoded);
    }

    /// The next frame of the buffer as samples in `decoded`.
    fn pull_frame(&mut self, wanted: u32) {
        self.decoded.clear();
        match self.buffer.next(wanted) {
            Frame::Empty { dtx } => self.wait_or_pass(wanted, dtx),
            frame => self.decode(frame),
        }
    }

    /// Nothing has come in time. If packets of this track have lately come later than we wait, time stands still for
    /// a moment, so that the late ones are heard; else it passes.
    fn wait_or_pass(&mut self, wanted: u32, dtx: bool) {
        let step = 960;
        if !dtx && self.behind <= -f64::from(step) && self.stretched < STRETCH_MAX {
            self.stretched += step;
            self.behind += f64::from(step);
            self.make_up(step);
            return;
        }
        let frame = self.buffer.pass(wanted);
        self.decode(frame);
    }

    fn decode(&mut self, frame: Frame) {
        match frame {
            Frame::Packet { payload, samples, skip } => {
                self.started = true;
                self.stretched = 0;
                let done = self.decoder.packet(&payload, &mut self.decoded);
                self.sound(done.is_ok(), samples, skip as usize);
            }
            Frame::Fec { next, samples } => {
                let done = self.decoder.fec(&next, samples as usize, &mut self.decoded);
                self.sound(done.is_ok(), samples, 0);
            }
            Frame::Conceal { samples } => self.make_up(samples),
            Frame::Silence { samples } => self.fall_silent(samples),
            Frame::Empty { .. } => {}
        }
    }

    fn make_up(&mut self, samples: u32) {
        let done = self.decoder.conceal(samples as usize, &mut self.decoded);
        self.sound(done.is_ok(), samples, 0);
    }

    /// Makes what was decoded exactly as long as its time, whatever the decoder made of it.
    fn sound(&mut self, decoded: bool, samples: u32, skip: usize) {
        if !decoded {
            self.decoded.clear();
            // A damaged packet is a lost one; if not even that can be made up, silence remains.
            let _ = self.decoder.conceal(samples as usize, &mut self.decoded);
        }
        self.decoded.resize(samples as usize * self.channels, 0.0);
        self.decoded.drain(..skip.min(samples as usize) * self.channels);
        if !self.sounds {
            fade(&mut self.decoded, self.channels, FADE_IN, |part| part);
        }
        self.sounds = true;
        self.silent = 0;
    }

    fn fall_silent(&mut self, samples: u32) {
        let tail = samples.min(FADE_OUT) / 120 * 120;
        if self.sounds && tail > 0 {
            let _ = self.decoder.conceal(tail as usize, &mut self.decoded);
            self.decoded.resize(tail as usize * self.channels, 0.0);
            fade(&mut self.decoded, self.channels, tail as usize, |part| 1.0 - part);
        }
        self.sounds = false;
        self.decoded.resize(samples as usize * self.channels, 0.0);
        self.silent += samples as usize;
    }

    fn push_silence(&mut self, samples: usize) {
        self.decoded.clear();
        self.decoded.resize(samples * self.channels, 0.0);
        self.push_decoded();
    }
}

/// Scales the first `length` frames by `gain` of the part that has passed.
pub(super) fn fade(samples: &mut [f32], channels: usize, length: usize, gain: impl Fn(f32) -> f32) {
    for (n, frame) in samples.chunks_mut(channels).take(length).enumerate() {
        let gain = gain((n + 1) as f32 / length as f32);
        frame.iter_mut().for_each(|sample| *sample *= gain);
    }
}
