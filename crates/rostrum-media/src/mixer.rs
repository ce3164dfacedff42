//! The program: the sum of what is on air, kept under the ceiling, measured and drawn as it passes.

use crate::gauge::{Gauge, Reading};
use crate::limiter::Limiter;
use crate::wave::{Collector, Waveform};

/// Samples a channel in a block: 20 ms.
pub const BLOCK: usize = 960;
/// Samples a change of gain takes: 10 ms.
const RAMP: usize = 480;
/// Highest true peak of the program, in dBTP.
pub const CEILING_DBTP: f64 = -1.0;

/// A gain between 0 and 1 that never jumps.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Fader {
    gain: f32,
}

impl Fader {
    /// Whether nothing passes.
    pub fn is_closed(&self) -> bool {
        self.gain == 0.0
    }

    /// Adds interleaved `block` (1 or 2 channels) to both planes of `sum`, on the way to open or closed in 10 ms.
    pub fn add(&mut self, block: (&[f32], usize), open: bool, sum: &mut [Vec<f32>; 2]) {
        let ((block, channels), gain) = (block, f32::from(u8::from(open)));
        let (from, slope) = (self.gain, (gain - self.gain) / RAMP as f32);
        self.gain = gain;
        if from == 0.0 && gain == 0.0 {
            return;
        }
        let [left, right] = sum;
        let ramp = if slope == 0.0 { 0 } else { RAMP.min(block.len() / channels) };
        let (begin, rest) = block.split_at(ramp * channels);
        for (n, ((frame, left), right)) in begin.chunks_exact(channels).zip(&mut *left).zip(&mut *right).enumerate() {
            let gain = from + slope * (n + 1) as f32;
            *left += frame[0] * gain;
            *right += frame[channels - 1] * gain;
        }
        steady((rest, channels, 0), gain, &mut left[ramp..]);
        steady((rest, channels, channels - 1), gain, &mut right[ramp..]);
    }
}

/// Adds one channel of interleaved `block`.
fn steady((block, channels, channel): (&[f32], usize, usize), gain: f32, sum: &mut [f32]) {
    if channels == 1 {
        // Without strides the compiler makes vector instructions of it.
        sum.iter_mut().zip(block).for_each(|(sum, sample)| *sum += sample * gain);
    } else {
        sum.iter_mut().zip(block.iter().skip(channel).step_by(channels)).for_each(|(sum, one)| *sum += one * gain);
    }
}

/// Takes sums of 20 ms, gives them under the ceiling a few milliseconds later, at the same places.
#[derive(Debug, Clone)]
pub struct Master {
    limiter: Limiter,
    ready: [Vec<f32>; 2],
}

impl Default for Master {
    fn default() -> Self {
        Self { limiter: Limiter::new(2, 0.0, CEILING_DBTP), ready: Default::default() }
    }
}

impl Master {
    /// Takes the next block of the sum.
    pub fn push(&mut self, sum: &[Vec<f32>; 2]) {
        self.limiter.push(sum, &mut self.ready);
    }

    /// The next finished block, interleaved; none while it is not complete.
    pub fn pull(&mut self) -> Option<Vec<f32>> {
        let [left, right] = &mut self.ready;
        if left.len() < BLOCK {
            return None;
        }
        Some(left.drain(..BLOCK).zip(right.drain(..BLOCK)).flat_map(|(l, r)| [l, r]).collect())
    }
}

/// Measures and draws the program as the audience gets it.
#[derive(Debug, Clone)]
pub struct Watch {
    gauge: Gauge,
    wave: Collector,
    planes: [Vec<f32>; 2],
}

impl Default for Watch {
    fn default() -> Self {
        Self { gauge: Gauge::new(2), wave: Collector::default(), planes: Default::default() }
    }
}

impl Watch {
    /// Takes the next samples, interleaved stereo.
    pub fn push(&mut self, stereo: &[f32]) {
        let [left, right] = &mut self.planes;
        let pairs = stereo.as_chunks::<2>().0;
        left.clear();
        left.extend(pairs.iter().map(|pair| pair[0]));
        right.clear();
        right.extend(pairs.iter().map(|pair| pair[1]));
        self.gauge.push(&self.planes);
        self.wave.push(&self.planes);
    }

    /// What the program comes out at.
    pub fn reading(&self) -> Reading {
        self.gauge.read()
    }

    /// The program so far, drawn.
    pub fn waveform(&self) -> Waveform {
        self.wave.clone().finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loudness::{self, db};

    fn tone(hz: f32, (gain, channels): (f32, usize), from: usize) -> Vec<f32> {
        let at = |n: usize| ((from + n) as f32 * hz * std::f32::consts::TAU / 48_000.0).sin() * gain;
        (0..BLOCK).flat_map(|n| std::iter::repeat_n(at(n), channels)).collect()
    }

    #[test]
    fn mono_stands_in_the_middle_and_stereo_stays() {
        let mut sum = [vec![0.0; BLOCK], vec![0.0; BLOCK]];
        let (mut mono, mut stereo) = (Fader { gain: 1.0 }, Fader { gain: 1.0 });
        mono.add((&[0.25; BLOCK], 1), true, &mut sum);
        let sides: Vec<f32> = (0..BLOCK).flat_map(|_| [0.5, -0.5]).collect();
        stereo.add((&sides, 2), true, &mut sum);
        assert!(sum[0].iter().all(|x| *x == 0.75) && sum[1].iter().all(|x| *x == -0.25));
    }

    #[test]
    fn a_fader_takes_ten_milliseconds() {
        let mut sum = [vec![0.0; BLOCK], vec![0.0; BLOCK]];
        let mut fader = Fader { gain: 1.0 };
        fader.add((&[1.0; BLOCK], 1), false, &mut sum);
        assert!(sum[0].windows(2).all(|pair| (0.0..=0.0022).contains(&(pair[0] - pair[1]))));
        assert!(sum[0][0] > 0.99 && sum[0][RAMP..].iter().all(|x| *x == 0.0) && fader.is_closed());
    }

    #[test]
    fn many_voices_stay_under_the_ceiling_at_their_places() {
        let (mut master, mut watch) = (Master::default(), Watch::default());
        let mut faders = [Fader { gain: 1.0 }; 6];
        let mut out = [Vec::new(), Vec::new()];
        for block in 0..100 {
            let mut sum = [vec![0.0; BLOCK], vec![0.0; BLOCK]];
            for (k, fader) in faders.iter_mut().enumerate() {
                let voice = tone(200.0 + 170.0 * k as f32, (0.3, 1), block * BLOCK);
                fader.add((&voice, 1), true, &mut sum);
            }
            master.push(&sum);
            while let Some(block) = master.pull() {
                watch.push(&block);
                block.as_chunks().0.iter().for_each(|[l, r]| (out[0].push(*l), out[1].push(*r)).0);
            }
        }
        assert_eq!(out[0].len(), 99 * BLOCK, "no more than one block is held back");
        let mut meter = loudness::Meter::new(2, true);
        meter.push(&out);
        assert!(db(meter.finish().true_peak()) <= -1.0);
        let reading = watch.reading();
        assert!(reading.true_peak_dbtp.is_some_and(|peak| peak <= -1.0) && reading.integrated_lufs.is_some());
        assert!(watch.waveform().length > 100);
    }

    #[test]
    fn a_quiet_program_passes_unchanged() {
        let mut master = Master::default();
        let mut fader = Fader { gain: 1.0 };
        let mut sum = [vec![0.0; BLOCK], vec![0.0; BLOCK]];
        fader.add((&tone(440.0, (0.2, 2), 0), 2), true, &mut sum);
        master.push(&sum);
        master.push(&[vec![0.0; BLOCK], vec![0.0; BLOCK]]);
        assert_eq!(master.pull().unwrap(), tone(440.0, (0.2, 2), 0));
    }
}
