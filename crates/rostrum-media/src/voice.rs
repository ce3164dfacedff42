//! What is done to one voice before it is mixed: rumble out, then a gain that brings every speaker to the same
//! loudness. The gain moves only while its speaker speaks, and slowly, so that nothing pumps.

use crate::SAMPLE_RATE;
use crate::biquad::Section;
use crate::loudness::{K_WEIGHTING, amplitude, db, lufs};

/// Samples judged at once: 10 ms.
const STEP: usize = 480;
/// Where speech without its pauses shall be, in LUFS of one channel: both channels add 3 LU, the short pauses that
/// count in a program's loudness take about 1.5, and −16 is read.
pub const TARGET_LUFS: f64 = -17.5;
/// Most that is added or taken, in dB.
pub const RANGE_DB: f64 = 12.0;
/// Nothing below it is speech, in LUFS.
const SPEECH_MIN_LUFS: f64 = -55.0;
/// Speech lies this far above the room it is spoken in, in LU.
const OVER_FLOOR_LU: f64 = 6.0;
/// And no further than this below the speaker's own level, in LU.
const UNDER_SPEECH_LU: f64 = 20.0;
/// The room is never taken to be louder than this, in LUFS: a held note is no background.
const FLOOR_MAX_LUFS: f64 = -50.0;
/// How fast the room may be found louder, in LU a step.
const FLOOR_RISE_LU: f64 = 0.02;
/// Steps for which speech is taken to go on after it was last heard: 300 ms.
const HANG_STEPS: u32 = 30;
/// Steps of speech before its level is believed: 300 ms.
const STEPS_MIN: u32 = 30;
/// Steps of speech over which its level is averaged: 2 s.
const STEPS_AVERAGED: u32 = 200;
/// Steps over which loudness is smoothed before it is averaged: 400 ms.
const STEPS_SMOOTHED: u32 = 40;
/// Steps after which somebody much quieter than before is a speaker after all: 3 s.
const STEPS_QUIETER: u32 = 300;
/// How fast the gain moves, in dB a step: up 3 dB, down 12 dB a second of speech.
const UP_DB: f64 = 0.03;
const DOWN_DB: f64 = 0.12;
/// How far an idle microphone is taken down while others speak, in dB: their voices in it blur the mix.
const IDLE_DB: f64 = -6.0;
/// How fast that goes, in dB a step: closing gently, opening at once.
const CLOSE_DB: f64 = 0.2;
const OPEN_DB: f64 = 3.0;

/// What a voice was like in the last block.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Level {
    /// Root of the mean square, linear, before the gain.
    pub rms: f32,
    /// Highest sample, linear, before the gain.
    pub peak: f32,
    /// Whether somebody speaks.
    pub speaks: bool,
    /// The gain at the end, in dB.
    pub gain_db: f32,
}

/// One track's chain; 1 or 2 channels, interleaved.
#[derive(Debug, Clone)]
pub struct Voice {
    channels: usize,
    high_pass: [Section; 2],
    weighting: [Section; 2],
    speech: Speech,
    gain: f32,
}

impl Voice {
    /// A chain for 1 or 2 channels.
    pub fn new(channels: usize) -> Self {
        Self {
            channels,
            high_pass: [Section::high_pass(80.0, f64::from(SAMPLE_RATE)); 2],
            weighting: [K_WEIGHTING[0]; 2],
            speech: Speech::default(),
            gain: 1.0,
        }
    }

    /// Treats a block in place. `others_speak` takes a microphone down a little in which nobody does.
    pub fn process(&mut self, block: &mut [f32], others_speak: bool) -> Level {
        let (mut square, mut peak) = (0.0f32, 0.0f32);
        let length = block.len().max(1);
        for step in block.chunks_mut(STEP * self.channels) {
            let energy = self.filter(step);
            step.iter().for_each(|sample| (square, peak) = (square + sample * sample, peak.max(sample.abs())));
            self.speech.step(lufs(energy), others_speak);
            let to = amplitude(self.speech.gain_db + self.speech.idle_db) as f32;
            self.apply(step, to);
        }
        let rms = (square / length as f32).sqrt();
        Level { rms, peak, speaks: self.speech.speaks(), gain_db: db(f64::from(self.gain)) as f32 }
    }

    /// Takes rumble out; the K-weighted mean square of what is left, averaged over channels.
    fn filter(&mut self, step: &mut [f32]) -> f64 {
        let mut energy = 0.0;
        let filters = self.high_pass.iter_mut().zip(&mut self.weighting);
        for (channel, (high_pass, weighting)) in filters.enumerate().take(self.channels) {
            // Copies stay in registers; through the borrow they would be stored for every sample.
            let (mut high, mut weight) = (*high_pass, *weighting);
            for sample in step.iter_mut().skip(channel).step_by(self.channels) {
                let clear = high.run(f64::from(*sample));
                energy += weight.run(clear).powi(2);
                *sample = clear as f32;
            }
            (*high_pass, *weighting) = (high, weight);
        }
        energy / step.len() as f64
    }

    fn apply(&mut self, step: &mut [f32], to: f32) {
        let frames = step.len() / self.channels;
        let slope = (to - self.gain) / frames.max(1) as f32;
        for frame in step.chunks_mut(self.channels) {
            self.gain += slope;
            frame.iter_mut().for_each(|sample| *sample *= self.gain);
        }
        self.gain = to;
    }
}

/// Whether and how loud somebody speaks, and the gain that follows from it.
#[derive(Debug, Clone)]
struct Speech {
    floor_lufs: f64,
    /// Smoothed energy of speech, as 10^(LUFS / 10).
    energy: f64,
    /// The level of this speaker, and from how many steps it is known.
    level_lufs: f64,
    steps: u32,
    /// Steps in a row that are only too quiet for this speaker.
    quieter: u32,
    hang: u32,
    gain_db: f64,
    idle_db: f64,
}

impl Default for Speech {
    fn default() -> Self {
        Self {
            floor_lufs: FLOOR_MAX_LUFS,
            energy: 0.0,
            level_lufs: 0.0,
            steps: 0,
            quieter: 0,
            hang: 0,
            gain_db: 0.0,
            idle_db: 0.0,
        }
    }
}

impl Speech {
    fn speaks(&self) -> bool {
        self.hang > 0
    }

    fn step(&mut self, loudness: f64, others_speak: bool) {
        self.follow_floor(loudness);
        let heard = self.hears(loudness);
        self.hang = if heard { HANG_STEPS } else { self.hang.saturating_sub(1) };
        if heard {
            self.learn(loudness);
            self.steer();
        }
        let idle = others_speak && !self.speaks();
        self.idle_db = if idle { (self.idle_db - CLOSE_DB).max(IDLE_DB) } else { (self.idle_db + OPEN_DB).min(0.0) };
    }

    fn follow_floor(&mut self, loudness: f64) {
        let quiet = loudness.max(-90.0);
        let change = if quiet < self.floor_lufs { (quiet - self.floor_lufs) * 0.3 } else { FLOOR_RISE_LU };
        self.floor_lufs = (self.floor_lufs + change).min(FLOOR_MAX_LUFS);
    }

    /// Whether this is speech: above the room, and not just what this speaker leaves between words.
    fn hears(&mut self, loudness: f64) -> bool {
        if loudness <= SPEECH_MIN_LUFS.max(self.floor_lufs + OVER_FLOOR_LU) {
            return false;
        }
        let quieter = self.steps >= STEPS_MIN && loudness < self.level_lufs - UNDER_SPEECH_LU;
        self.quieter = if quieter { self.quieter + 1 } else { 0 };
        !quieter || self.quieter > STEPS_QUIETER
    }

    fn learn(&mut self, loudness: f64) {
        self.steps = (self.steps + 1).min(STEPS_AVERAGED);
        let weight = |most: u32| 1.0 / f64::from(self.steps.min(most));
        self.energy += weight(STEPS_SMOOTHED) * (10f64.powf(loudness / 10.0) - self.energy);
        self.level_lufs += weight(STEPS_AVERAGED) * (10.0 * self.energy.log10() - self.level_lufs);
    }

    fn steer(&mut self) {
        if self.steps >= STEPS_MIN {
            let wanted = (TARGET_LUFS - self.level_lufs).clamp(-RANGE_DB, RANGE_DB);
            self.gain_db += (wanted - self.gain_db).clamp(-DOWN_DB, UP_DB);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loudness::Meter;

    /// Something like speech: syllables of a buzzing voice with pauses between words; loudness −19 LUFS at 1.
    fn speech(seconds: usize, gain: f32) -> Vec<f32> {
        let at = |n: usize| {
            let t = n as f32 / 48_000.0;
            let word = if t % 1.0 < 0.72 { 1.0 } else { 0.0 };
            let syllable = (t * 4.0 * std::f32::consts::PI).sin().abs();
            let voice: f32 = (1..9).map(|k| (t * 140.0 * k as f32 * std::f32::consts::TAU).sin() / k as f32).sum();
            0.17 * gain * word * syllable * voice
        };
        (0..seconds * 48_000).map(at).collect()
    }

    fn through(input: &[f32]) -> (Vec<f32>, Vec<Level>) {
        let mut voice = Voice::new(1);
        let mut out = input.to_vec();
        let levels = out.chunks_mut(960).map(|block| voice.process(block, false)).collect();
        (out, levels)
    }

    /// As heard in both channels of the program.
    fn loudness(mono: &[f32]) -> f64 {
        let mut meter = Meter::new(2, false);
        meter.push(&[mono.to_vec(), mono.to_vec()]);
        meter.finish().integrated().unwrap()
    }

    #[test]
    fn loud_and_quiet_speakers_come_out_alike() {
        for gain in [0.3, 0.6, 1.0, 2.0, 3.5] {
            let (out, _) = through(&speech(20, gain));
            let came = loudness(&out[5 * 48_000..]);
            assert!((came + 16.0).abs() < 2.0, "{gain}: {came} LUFS");
        }
    }

    #[test]
    fn a_step_in_level_is_followed_slowly_and_pauses_change_nothing() {
        let input = [speech(12, 0.5), speech(12, 2.0), speech(12, 0.5)].concat();
        let (out, levels) = through(&input);
        for pair in levels.windows(2) {
            let change = pair[1].gain_db - pair[0].gain_db;
            assert!((-0.25..=0.07).contains(&change), "{change} dB in 20 ms");
        }
        let settled = levels[250..600].iter().map(|level| level.gain_db);
        let (low, high) = settled.fold((99.0f32, -99.0f32), |(low, high), g| (low.min(g), high.max(g)));
        assert!(high - low < 2.5, "the gain pumps between {low} and {high} dB");
        for from in [8, 20, 32] {
            let came = loudness(&out[from * 48_000..(from + 4) * 48_000]);
            assert!((came + 16.0).abs() < 2.5, "{came} LUFS from second {from}");
        }
    }

    #[test]
    fn silence_and_noise_keep_the_gain() {
        let mut input = speech(6, 0.4);
        let mut noise = 1u32;
        input.extend((0..10 * 48_000).map(|_| {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (noise >> 8) as f32 / 16_777_216.0 * 0.002 - 0.001
        }));
        let (_, levels) = through(&input);
        let (then, now) = (levels[320], levels[799]);
        assert!(then.gain_db > 3.0 && (then.gain_db - now.gain_db).abs() < 0.1, "{then:?} {now:?}");
        assert!(!now.speaks && levels[30].speaks);
    }

    #[test]
    fn rumble_goes_and_an_idle_microphone_steps_back() {
        let rumble: Vec<f32> =
            (0..96_000).map(|n| (n as f32 * 20.0 * std::f32::consts::TAU / 48_000.0).sin() * 0.5).collect();
        let (_, levels) = through(&rumble);
        assert!(levels[90].peak < 0.05, "{:?}", levels[90]);
        let mut voice = Voice::new(2);
        let mut bleed = vec![0.002; 960 * 2];
        let levels: Vec<Level> = (0..100).map(|_| voice.process(&mut bleed.clone(), true)).collect();
        assert!((levels[99].gain_db - IDLE_DB as f32).abs() < 0.1, "{:?}", levels[99]);
        bleed.iter_mut().enumerate().for_each(|(n, x)| *x = ((n / 2) as f32 * 0.1).sin() * 0.2);
        assert_eq!(voice.process(&mut bleed, true).gain_db, 0.0);
    }
}
