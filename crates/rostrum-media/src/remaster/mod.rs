//! Mixing the speakers of a recording once more, with time to spare: each brought to one loudness, room noise taken
//! down, the microphones sharing one gain. How they are found and what becomes of their sum is not known here.

mod crossgate;
mod denoise;
mod leveller;

use std::collections::BTreeMap;

use rostrum_domain::edit::Remaster;

use crate::SAMPLE_RATE;
use crate::biquad::Section;
use crate::loudness::{K_WEIGHTING, amplitude, lufs};
use crate::mixer::BLOCK;
use crossgate::Share;
use denoise::Denoise;
use leveller::Leveller;

pub use denoise::DELAY_SAMPLES;

/// Samples judged at once: 10 ms.
const STEP: usize = 480;

/// One track's part of a block of 20 ms, before it is mixed.
#[derive(Debug)]
pub struct Strip<'a> {
    /// The track's number.
    pub track: u32,
    /// One or two.
    pub channels: usize,
    /// Interleaved samples; empty where the track is silent.
    pub samples: &'a mut Vec<f32>,
}

/// What is known of a track beforehand.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Known {
    /// How loud its speaker is over the whole recording, in LUFS of one channel; none where there is only silence.
    pub level_lufs: Option<f64>,
    /// Whether it is a microphone: sounds that are played in are not gated, not cleaned and keep their dynamics.
    pub voice: bool,
}

/// Treats all tracks of a recording, block by block.
pub struct Console {
    how: Remaster,
    known: BTreeMap<u32, Known>,
    chains: BTreeMap<u32, Chain>,
}

impl Console {
    /// A console for tracks of which this is known; others are taken as voices of unknown loudness.
    pub fn new(how: Remaster, known: BTreeMap<u32, Known>) -> Self {
        Self { how, known, chains: BTreeMap::new() }
    }

    /// By how many samples everything comes out later than it went in.
    pub fn delay_samples(&self) -> usize {
        if self.how.denoise { DELAY_SAMPLES } else { 0 }
    }

    /// Treats one block of every track in place.
    pub fn block(&mut self, strips: &mut [Strip<'_>]) {
        self.chains.retain(|track, _| strips.iter().any(|strip| strip.track == *track));
        for strip in strips.iter_mut() {
            let known = self.known.get(&strip.track).copied().unwrap_or(Known { level_lufs: None, voice: true });
            let chain = self.chains.entry(strip.track).or_insert_with(|| Chain::new(strip.channels, known, self.how));
            chain.clean(strip.samples);
        }
        for step in 0..BLOCK / STEP {
            self.step(strips, step);
        }
    }

    fn step(&mut self, strips: &mut [Strip<'_>], step: usize) {
        let mut total = 0.0;
        for strip in strips.iter() {
            if let Some(chain) = self.chains.get_mut(&strip.track) {
                total += chain.judge(part(strip, step).map_or(&[], |range| &strip.samples[range]));
            }
        }
        for strip in strips.iter_mut() {
            let Some(range) = part(strip, step) else { continue };
            if let Some(chain) = self.chains.get_mut(&strip.track) {
                chain.apply(&mut strip.samples[range], (total, self.how.crossgate));
            }
        }
    }
}

/// Where a step lies in a strip; none where the track is silent.
fn part(strip: &Strip<'_>, step: usize) -> Option<std::ops::Range<usize>> {
    let length = STEP * strip.channels;
    let range = step * length..(step + 1) * length;
    (strip.samples.len() >= range.end).then_some(range)
}

/// One track's treatment.
struct Chain {
    channels: usize,
    voice: bool,
    high_pass: [Section; 2],
    weighting: [Section; 2],
    denoise: Option<Denoise>,
    leveller: Leveller,
    share: Share,
    /// The gain the leveller wants, and the whole gain at the end of the last step.
    level: f32,
    gain: f32,
}

impl Chain {
    fn new(channels: usize, known: Known, how: Remaster) -> Self {
        let leveller = Leveller::new(known.level_lufs.filter(|_| how.leveller), how.leveller && known.voice);
        let level = amplitude(leveller.gain_db()) as f32;
        Self {
            channels,
            voice: known.voice,
            high_pass: [Section::high_pass(80.0, f64::from(SAMPLE_RATE)); 2],
            weighting: [K_WEIGHTING[0]; 2],
            denoise: how.denoise.then(|| Denoise::new(channels, known.voice)),
            leveller,
            share: Share::default(),
            level,
            gain: level,
        }
    }

    /// Takes rumble and room out of a block.
    fn clean(&mut self, samples: &mut Vec<f32>) {
        for (channel, high_pass) in self.high_pass.iter_mut().enumerate().take(self.channels).filter(|_| self.voice) {
            for sample in samples.iter_mut().skip(channel).step_by(self.channels) {
                *sample = high_pass.run(f64::from(*sample)) as f32;
            }
        }
        if let Some(denoise) = &mut self.denoise {
            denoise.block(samples);
        }
    }

    /// Judges a step; the energy with which the microphone asks for its share.
    fn judge(&mut self, step: &[f32]) -> f64 {
        let mut energy = 0.0;
        for (channel, weighting) in self.weighting.iter_mut().enumerate().take(self.channels) {
            for sample in step.iter().skip(channel).step_by(self.channels) {
                energy += weighting.run(f64::from(*sample)).powi(2);
            }
        }
        let energy = if step.is_empty() { 0.0 } else { energy / step.len() as f64 };
        self.level = amplitude(self.leveller.step(lufs(energy), self.share.leads())) as f32;
        if self.voice { self.share.hear(energy * f64::from(self.level).powi(2)) } else { 0.0 }
    }

    fn apply(&mut self, step: &mut [f32], (total, gates): (f64, bool)) {
        let share = if gates && self.voice { self.share.gain(total) } else { self.share.lead() };
        let to = self.level * share;
        let slope = (to - self.gain) / STEP as f32;
        for frame in step.chunks_mut(self.channels) {
            self.gain += slope;
            frame.iter_mut().for_each(|sample| *sample *= self.gain);
        }
        self.gain = to;
    }
}

#[cfg(test)]
mod tests;
