//! A source that comes already decoded and in bursts (an encoder over TCP): its level in a small store sets its speed.

use rostrum_media::mixer::BLOCK;
use rostrum_media::varispeed::Varispeed;

use super::player::fade;

/// Samples stored before it is heard, and kept on average: 500 ms.
const STORE: f64 = 24_000.0;
/// Samples beyond which the oldest are left out: 5 s.
const STORE_MAX: f64 = 240_000.0;
/// The level is averaged over about this many blocks: 4 s.
const AVERAGED: f64 = 200.0;
/// An error of level is made good by speed within this time, in seconds.
const CORRECT_S: f64 = 30.0;
/// Samples of a fade into sound and out of it: 5 ms.
const FADE: usize = 240;

/// Plays one such source.
#[derive(Debug)]
pub(super) struct Feed {
    channels: usize,
    speed: Varispeed,
    level: f64,
    plays: bool,
    fades_in: bool,
}

impl Feed {
    pub(super) fn new(channels: usize) -> Self {
        Self { channels, speed: Varispeed::new(channels), level: STORE, plays: false, fades_in: false }
    }

    /// Adds interleaved samples.
    pub(super) fn push(&mut self, samples: &[f32]) {
        self.speed.push(&samples[..samples.len() / self.channels * self.channels]);
        if self.speed.ahead() > STORE_MAX {
            self.leave_out();
        }
    }

    fn leave_out(&mut self) {
        let surplus = (self.speed.ahead() - STORE) as usize;
        self.speed.pull(surplus, &mut Vec::with_capacity(surplus * self.channels));
        self.level = STORE;
        self.fades_in = true;
    }

    /// Appends a block; nothing, and no, while too little is stored.
    pub(super) fn render(&mut self, out: &mut Vec<f32>) -> bool {
        if !self.plays && self.speed.ahead() < STORE {
            return false;
        }
        self.fades_in |= !self.plays;
        self.plays = true;
        self.level += (self.speed.ahead() - self.level) / AVERAGED;
        self.speed.set_ppm((self.level - STORE) / 48_000.0 / CORRECT_S * 1e6);
        let (from, stored) = (out.len(), self.speed.ahead().max(0.0) as usize);
        let runs_out = self.speed.missing(BLOCK) > 0;
        self.speed.pull(BLOCK, out);
        let block = &mut out[from..];
        if std::mem::take(&mut self.fades_in) {
            fade(block, self.channels, FADE, |part| part);
        }
        if runs_out {
            self.run_out(block, stored);
        }
        true
    }

    fn run_out(&mut self, block: &mut [f32], stored: usize) {
        let length = stored.min(FADE);
        let rest = &mut block[(stored - length).min(BLOCK - 1) * self.channels..];
        fade(rest, self.channels, length.max(1), |part| 1.0 - part);
        self.speed.reset();
        self.plays = false;
        self.level = STORE;
    }
}
