//! Takes the noise of a room down (RNNoise, a small network trained on voices), lightly: a part of what was there
//! stays, so that rooms do not open and close with every word. What comes out is 10 ms late.

use nnnoiseless::DenoiseState;

/// How much later everything comes out, in samples; what is not cleaned is held as long.
pub const DELAY_SAMPLES: usize = DenoiseState::FRAME_SIZE;
/// What stays of what the network would take away, as a part of the amplitude: noise goes down by at most 14 dB.
const STAYS: f32 = 0.2;
/// The network was trained on 16-bit numbers.
const SCALE: f32 = 32_768.0;

/// One track's noise reduction, or the delay that keeps it with the others.
pub(super) struct Denoise {
    channels: usize,
    states: Vec<Box<DenoiseState<'static>>>,
    /// The last `DELAY_SAMPLES` of each channel as they came, interleaved.
    held: Vec<f32>,
    /// Blocks of silence since the last sound, until what is held has come out.
    silent: u32,
    frame: Vec<f32>,
    clean: Vec<f32>,
}

impl Denoise {
    /// For a track of so many channels; where it is not `cleaned`, only held.
    pub(super) fn new(channels: usize, cleaned: bool) -> Self {
        Self {
            channels,
            states: if cleaned { (0..channels).map(|_| DenoiseState::new()).collect() } else { Vec::new() },
            held: vec![0.0; DELAY_SAMPLES * channels],
            silent: 2,
            frame: vec![0.0; DELAY_SAMPLES],
            clean: vec![0.0; DELAY_SAMPLES],
        }
    }

    /// Treats a block of 20 ms, interleaved; an empty one is silence, and stays empty when nothing is held.
    pub(super) fn block(&mut self, samples: &mut Vec<f32>) {
        if samples.is_empty() {
            self.silent += 1;
            if self.silent > 1 {
                return;
            }
            samples.resize(crate::mixer::BLOCK * self.channels, 0.0);
        } else {
            self.silent = 0;
        }
        for frame in samples.chunks_exact_mut(DELAY_SAMPLES * self.channels) {
            self.frame(frame);
        }
    }

    fn frame(&mut self, samples: &mut [f32]) {
        let dry = std::mem::replace(&mut self.held, samples.to_vec());
        for (channel, state) in self.states.iter_mut().enumerate() {
            let own = samples.iter().skip(channel).step_by(self.channels);
            self.frame.iter_mut().zip(own).for_each(|(to, from)| *to = from * SCALE);
            state.process_frame(&mut self.clean, &self.frame);
            let own = samples.iter_mut().skip(channel).step_by(self.channels);
            own.zip(&self.clean).for_each(|(to, clean)| *to = clean / SCALE);
        }
        for (sample, dry) in samples.iter_mut().zip(dry) {
            *sample = if self.states.is_empty() { dry } else { STAYS.mul_add(dry - *sample, *sample) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mixer::BLOCK;

    fn noise(seed: &mut u32) -> f32 {
        *seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((*seed >> 8) as f32 / 8_388_608.0 - 1.0) * 0.02
    }

    fn rms(samples: &[f32]) -> f32 {
        (samples.iter().map(|sample| sample * sample).sum::<f32>() / samples.len() as f32).sqrt()
    }

    #[test]
    fn a_steady_noise_goes_down_by_what_it_may() {
        let (mut denoise, mut seed, mut low) = (Denoise::new(1, true), 1, 0.0);
        let (mut before, mut after) = (Vec::new(), Vec::new());
        for _ in 0..150 {
            // As rooms are: louder the lower it is.
            let room = (0..BLOCK).map(|_| {
                low = 0.95 * low + 0.05 * noise(&mut seed);
                low
            });
            let mut block: Vec<f32> = room.collect();
            before.extend_from_slice(&block);
            denoise.block(&mut block);
            after.extend(block);
        }
        let down_db = 20.0 * (rms(&before[100 * BLOCK..]) / rms(&after[100 * BLOCK..])).log10();
        assert!((12.0..14.5).contains(&down_db), "{down_db} dB");
    }

    #[test]
    fn what_is_not_cleaned_comes_out_as_it_was_and_all_of_it() {
        let (mut held, mut out) = (Denoise::new(2, false), Vec::new());
        let sound: Vec<f32> = (0..BLOCK * 2).map(|n| n as f32).collect();
        for mut block in [sound.clone(), Vec::new(), Vec::new()] {
            held.block(&mut block);
            out.extend(block);
        }
        assert_eq!(out.len(), BLOCK * 4, "one block of silence pushes the rest out");
        assert_eq!(&out[DELAY_SAMPLES * 2..][..BLOCK * 2], sound);
    }
}
