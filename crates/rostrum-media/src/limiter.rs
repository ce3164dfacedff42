//! Bringing a programme to its loudness: the gain that gets there, and the true-peak limiter behind it.

use std::collections::VecDeque;

use crate::loudness::{Levels, amplitude, integrated};
use crate::{SAMPLE_RATE, peak};

/// Samples that share a measured peak: 1 ms.
const BLOCK: usize = 48;
/// Blocks over which the gain comes down before a peak.
const ATTACK: usize = 4;
/// Time constant of the gain's return, in seconds.
const RELEASE_S: f64 = 0.08;
/// The recommendation's interpolator reads up to this much too little near half the sample rate, in dB; kept free.
const MARGIN_DB: f64 = 0.7;
/// Most gain ever applied, in dB: more only raises noise.
const GAIN_DB_MAX: f64 = 36.0;
/// Most gain that may be added to make up for limiting, in dB: more would crush the voice.
const MAKE_UP_DB_MAX: f64 = 6.0;

/// Where a programme shall come out.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Target {
    /// Integrated loudness in LUFS.
    pub loudness_lufs: f64,
    /// Highest true peak in dBTP.
    pub ceiling_dbtp: f64,
}

impl Target {
    /// The usual target for one or two channels: −19 or −16 LUFS, −1 dBTP.
    pub fn for_channels(channels: u8) -> Self {
        Self { loudness_lufs: if channels == 1 { -19.0 } else { -16.0 }, ceiling_dbtp: -1.0 }
    }
}

/// The gain for a programme, and what it is expected to come out at.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Plan {
    /// Gain before the limiter, in dB.
    pub gain_db: f64,
    /// Integrated loudness behind the limiter, in LUFS.
    pub loudness_lufs: f64,
}

/// Finds the gain which, with what the limiter takes away again, meets the target; none for silence.
pub fn plan(levels: &Levels, target: Target) -> Option<Plan> {
    let plain = target.loudness_lufs - levels.integrated()?;
    let highest = (plain + MAKE_UP_DB_MAX).min(GAIN_DB_MAX);
    let mut gain_db = plain.min(GAIN_DB_MAX);
    let mut loudness_lufs = limited_loudness(levels, gain_db, target)?;
    for _ in 0..8 {
        let missing = target.loudness_lufs - loudness_lufs;
        if missing.abs() < 0.02 || missing > 0.0 && gain_db >= highest {
            break;
        }
        gain_db = (gain_db + missing).min(highest);
        loudness_lufs = limited_loudness(levels, gain_db, target)?;
    }
    Some(Plan { gain_db, loudness_lufs })
}

/// The loudness behind the limiter, as far as 10 ms levels tell.
fn limited_loudness(levels: &Levels, gain_db: f64, target: Target) -> Option<f64> {
    let gain = amplitude(gain_db);
    let ceiling = amplitude(target.ceiling_dbtp - MARGIN_DB);
    let release = 1.0 - (-0.01 / RELEASE_S).exp();
    let mut reduction = 1.0f64;
    let energies = levels.energy.iter().zip(&levels.peak).map(|(energy, peak)| {
        let needed = ceiling / (gain * f64::from(*peak)).max(ceiling);
        reduction = needed.min(reduction + release * (1.0 - reduction));
        f64::from(*energy) * (gain * reduction).powi(2)
    });
    integrated(energies)
}

/// Applies a gain and keeps the true peak under a ceiling: 5 ms look-ahead, all channels alike. What goes in comes
/// out at the same place: the delay is made up for.
#[derive(Debug, Clone)]
pub struct Limiter {
    gain: f32,
    ceiling: f32,
    release: f32,
    meters: Vec<peak::Meter>,
    /// Samples with gain, not yet given out; the first belongs to the block that `reductions` begins with.
    held: Vec<Vec<f32>>,
    /// What each held block needs, the oldest first; one older block stays in front.
    needs: VecDeque<f32>,
    /// Of `held`, how many samples have been measured.
    measured: usize,
    /// Lowest needs of the last windows, after release; their mean is the gain.
    smooth: VecDeque<f32>,
    /// The gain at the start of the block in front; none before the first.
    current: Option<f32>,
}

impl Limiter {
    /// A limiter for that many channels that first applies `gain_db`.
    pub fn new(channels: usize, gain_db: f64, ceiling_dbtp: f64) -> Self {
        Self {
            gain: amplitude(gain_db) as f32,
            ceiling: amplitude(ceiling_dbtp - MARGIN_DB) as f32,
            release: (1.0 - (-(BLOCK as f64) / f64::from(SAMPLE_RATE) / RELEASE_S).exp()) as f32,
            meters: vec![peak::Meter::default(); channels],
            held: vec![Vec::new(); channels],
            needs: VecDeque::from([1.0]),
            measured: 0,
            smooth: VecDeque::new(),
            current: None,
        }
    }

    /// Takes planar samples and appends what is ready to `out`.
    pub fn push(&mut self, planes: &[Vec<f32>], out: &mut [Vec<f32>]) {
        for (held, plane) in self.held.iter_mut().zip(planes) {
            held.extend(plane.iter().map(|sample| sample * self.gain));
        }
        self.advance(out);
    }

    /// Ends the programme: appends what was still held.
    pub fn finish(mut self, out: &mut [Vec<f32>]) {
        let rest = self.held.first().map_or(0, Vec::len);
        let silence = vec![0.0; BLOCK * (ATTACK + 4)];
        self.held.iter_mut().for_each(|held| held.extend_from_slice(&silence));
        let mut tail = vec![Vec::new(); out.len()];
        self.advance(&mut tail);
        for (out, mut tail) in out.iter_mut().zip(tail) {
            tail.truncate(rest);
            out.append(&mut tail);
        }
    }

    fn advance(&mut self, out: &mut [Vec<f32>]) {
        let length = self.held.first().map_or(0, Vec::len);
        while self.measured + BLOCK <= length {
            self.measure();
        }
        // Block k lies between its two neighbours in `needs`; its end looks ATTACK blocks further.
        let mut done = 0;
        while self.needs.len() > ATTACK + 3 {
            let next = self.next_gain();
            self.apply(done, next, out);
            done += BLOCK;
            self.needs.pop_front();
        }
        self.held.iter_mut().for_each(|held| drop(held.drain(..done)));
        self.measured -= done;
    }

    fn measure(&mut self) {
        let (from, to) = (self.measured, self.measured + BLOCK);
        let mut highest = 0.0f32;
        for (meter, held) in self.meters.iter_mut().zip(&self.held) {
            highest = highest.max(meter.push(&held[from..to], self.ceiling));
        }
        self.needs.push_back(self.ceiling / highest.max(self.ceiling));
        self.measured = to;
    }

    /// The gain at the end of the block in front: never above what it or its neighbours need.
    fn next_gain(&mut self) -> f32 {
        let lowest = self.needs.iter().take(ATTACK + 4).copied().fold(1.0, f32::min);
        if self.smooth.is_empty() {
            // There is no time before the first block to come down in: it starts at what is needed.
            self.smooth.extend([lowest; ATTACK + 1]);
        }
        let last = self.smooth.back().copied().unwrap_or(1.0);
        self.smooth.push_back(lowest.min(last + self.release * (1.0 - last)));
        self.smooth.pop_front();
        self.smooth.iter().sum::<f32>() / self.smooth.len() as f32
    }

    fn apply(&mut self, from: usize, next: f32, out: &mut [Vec<f32>]) {
        let current = self.current.replace(next).unwrap_or(next);
        let step = (next - current) / BLOCK as f32;
        for (held, out) in self.held.iter().zip(out) {
            let block = &held[from..from + BLOCK];
            if current == 1.0 && next == 1.0 {
                out.extend_from_slice(block);
            } else {
                out.extend(block.iter().enumerate().map(|(i, sample)| sample * (current + step * (i + 1) as f32)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loudness::{Meter, db};
    use proptest::prelude::*;

    fn speech(seconds: usize, peaks: f32) -> Vec<f32> {
        let at = |i: usize| {
            let syllable = (i as f32 / 9600.0 * std::f32::consts::PI).sin().abs().powi(2);
            let voice = (i as f32 * 0.02).sin() + 0.5 * (i as f32 * 0.31).sin();
            let click = if i % 7000 < 30 { peaks } else { 0.0 };
            0.05 * voice * syllable + click * (i as f32 * 1.3).sin()
        };
        (0..seconds * 48_000).map(at).collect()
    }

    fn levels(planes: &[Vec<f32>]) -> Levels {
        let mut meter = Meter::new(planes.len(), true);
        meter.push(planes);
        meter.finish()
    }

    fn limited(planes: &[Vec<f32>], gain_db: f64, chunk: usize) -> Vec<Vec<f32>> {
        let mut limiter = Limiter::new(planes.len(), gain_db, -1.0);
        let mut out = vec![Vec::new(); planes.len()];
        let length = planes[0].len();
        for from in (0..length).step_by(chunk) {
            let to = (from + chunk).min(length);
            let piece: Vec<Vec<f32>> = planes.iter().map(|plane| plane[from..to].to_vec()).collect();
            limiter.push(&piece, &mut out);
        }
        limiter.finish(&mut out);
        out
    }

    #[test]
    fn the_target_is_met_and_the_ceiling_kept() {
        for peaks in [0.0, 0.1, 0.25, 0.4] {
            let planes = [speech(12, peaks), speech(12, peaks * 0.7)];
            let target = Target::for_channels(2);
            let plan = plan(&levels(&planes), target).unwrap();
            let after = levels(&limited(&planes, plan.gain_db, 4096));
            let loudness = after.integrated().unwrap();
            assert!((loudness - target.loudness_lufs).abs() < 0.5, "{peaks}: {loudness} planned {plan:?}");
            assert!(db(after.true_peak()) <= -1.0, "{peaks}: {}", db(after.true_peak()));
        }
    }

    #[test]
    fn silence_has_no_plan() {
        assert_eq!(plan(&levels(&[vec![0.0; 48_000]]), Target::for_channels(1)), None);
    }

    #[test]
    fn below_the_ceiling_nothing_changes() {
        let planes = [speech(2, 0.0)];
        assert_eq!(limited(&planes, 0.0, 1000), planes);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn any_input_keeps_its_length_and_the_ceiling(
            samples in prop::collection::vec(-1.0f32..1.0, 0..6000),
            gain_db in -10.0f64..20.0,
            chunk in 1usize..3000,
        ) {
            let out = limited(std::slice::from_ref(&samples), gain_db, chunk);
            prop_assert_eq!(out[0].len(), samples.len());
            prop_assert!(out[0].iter().all(|sample| sample.abs() <= 0.8913), "sample peak over −1 dB");
            prop_assert_eq!(&out, &limited(&[samples], gain_db, 48_000));
        }
    }
}
