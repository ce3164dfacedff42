//! Loudness (ITU-R BS.1770-4, EBU R128, EBU Tech 3342) from one table of 10 ms levels: the table is measured once,
//! in any number of pieces, and every figure is read from it afterwards.

use crate::biquad::Section;
use crate::peak;

/// Samples in one entry of the table: 10 ms.
pub const STEP_SAMPLES: usize = 480;
/// Entries of a second.
const STEPS_PER_SECOND: usize = 100;
/// Entries of a gating block (400 ms) and between the starts of two (100 ms).
const BLOCK: (usize, usize) = (40, 10);
/// Entries of a short-term window (3 s) and between the starts of two (1 s).
const SHORT_TERM: (usize, usize) = (300, 100);
/// Nothing below this counts, in LUFS.
const ABSOLUTE_GATE: f64 = -70.0;
/// True peaks this far below the highest so far need no exact value: no gain we apply brings them to the ceiling.
const UNIMPORTANT: f32 = 0.03;

/// What each 10 ms of a programme holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Levels {
    /// K-weighted mean square, summed over channels.
    pub energy: Vec<f32>,
    /// True peak of the loudest channel, linear; at least the sample peak.
    pub peak: Vec<f32>,
}

/// The loudness in LUFS of a K-weighted mean square.
pub fn lufs(energy: f64) -> f64 {
    10.0 * energy.log10() - 0.691
}

/// A linear amplitude in dB.
pub fn db(amplitude: f64) -> f64 {
    20.0 * amplitude.log10()
}

/// An amplitude that `db` dB are.
pub fn amplitude(db: f64) -> f64 {
    10f64.powf(db / 20.0)
}

impl Levels {
    /// Adds the levels of the piece that follows.
    pub fn append(&mut self, mut next: Self) {
        self.energy.append(&mut next.energy);
        self.peak.append(&mut next.peak);
    }

    /// Multiplies all energies: one half turns the levels of two equal channels into those of one.
    pub fn scale_energy(&mut self, factor: f32) {
        self.energy.iter_mut().for_each(|energy| *energy *= factor);
    }

    /// Integrated loudness in LUFS; none for silence.
    pub fn integrated(&self) -> Option<f64> {
        integrated(self.energy.iter().map(|energy| f64::from(*energy)))
    }

    /// Loudness range in LU (EBU Tech 3342).
    pub fn range(&self) -> f64 {
        let mut windows = windows(self.energy.iter().map(|energy| f64::from(*energy)), SHORT_TERM);
        windows.retain(|energy| lufs(*energy) >= ABSOLUTE_GATE);
        let Some(gate) = mean(&windows).map(|mean| mean / 100.0) else { return 0.0 };
        windows.retain(|energy| *energy >= gate);
        windows.sort_by(f64::total_cmp);
        let at = |part: f64| windows[((windows.len() - 1) as f64 * part).round() as usize];
        lufs(at(0.95)) - lufs(at(0.10))
    }

    /// Highest true peak, linear.
    pub fn true_peak(&self) -> f64 {
        f64::from(self.peak.iter().copied().fold(0.0, f32::max))
    }

    /// Milliseconds at the start and at the end that stay below `threshold_lufs`.
    pub fn silence_ms(&self, threshold_lufs: f64) -> (u64, u64) {
        let loud = |energy: &f32| lufs(f64::from(*energy)) >= threshold_lufs;
        let head = self.energy.iter().position(loud).unwrap_or(self.energy.len());
        let tail = self.energy.iter().rev().position(loud).unwrap_or(self.energy.len());
        (head as u64 * 10, tail as u64 * 10)
    }
}

/// Integrated loudness in LUFS of 10 ms energies; none if nothing passes the gates. Shorter than a block counts whole.
pub(crate) fn integrated(energies: impl Iterator<Item = f64>) -> Option<f64> {
    let mut blocks = windows(energies, BLOCK);
    blocks.retain(|energy| lufs(*energy) > ABSOLUTE_GATE);
    let gate = mean(&blocks)? / 10.0;
    blocks.retain(|energy| *energy > gate);
    mean(&blocks).map(lufs)
}

/// Means of overlapping windows, (length, hop) in entries.
fn windows(energies: impl Iterator<Item = f64>, (length, hop): (usize, usize)) -> Vec<f64> {
    let energies: Vec<f64> = energies.collect();
    let hops: Vec<f64> = energies.chunks_exact(hop).map(|chunk| chunk.iter().sum()).collect();
    let whole: Vec<f64> = hops.windows(length / hop).map(|sums| sums.iter().sum::<f64>() / length as f64).collect();
    if whole.is_empty() { mean(&energies).into_iter().collect() } else { whole }
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// Head model and high-pass at 48 kHz (BS.1770-4 tables 1 and 2).
pub(crate) const K_WEIGHTING: [Section; 2] = [
    Section {
        b: [1.535_124_859_586_97, -2.691_696_189_406_38, 1.198_392_810_852_85],
        a: [-1.690_659_293_182_41, 0.732_480_774_215_85],
        z: [0.0; 2],
    },
    Section { b: [1.0, -2.0, 1.0], a: [-1.990_047_454_833_98, 0.990_072_250_366_21], z: [0.0; 2] },
];

#[derive(Debug, Clone)]
struct Channel {
    filter: [Section; 2],
    peak: peak::Meter,
}

/// Measures planar 48 kHz audio into `Levels`, in pieces of any length.
#[derive(Debug, Clone)]
pub struct Meter {
    channels: Vec<Channel>,
    pending: Vec<Vec<f32>>,
    levels: Levels,
    highest: f32,
    with_peaks: bool,
}

impl Meter {
    /// A meter for that many channels; without peaks it costs half and leaves `Levels::peak` at zero.
    pub fn new(channels: usize, with_peaks: bool) -> Self {
        let channel = Channel { filter: K_WEIGHTING, peak: peak::Meter::default() };
        Self {
            channels: vec![channel; channels],
            pending: vec![Vec::new(); channels],
            levels: Levels::default(),
            highest: 0.0,
            with_peaks,
        }
    }

    /// Adds samples, one slice a channel, of equal length.
    pub fn push(&mut self, planes: &[Vec<f32>]) {
        for (pending, plane) in self.pending.iter_mut().zip(planes) {
            pending.extend_from_slice(plane);
        }
        let whole = self.pending.first().map_or(0, |pending| pending.len() / STEP_SAMPLES);
        for step in 0..whole {
            self.measure(step * STEP_SAMPLES, STEP_SAMPLES);
        }
        for pending in &mut self.pending {
            pending.drain(..whole * STEP_SAMPLES);
        }
    }

    fn measure(&mut self, from: usize, length: usize) {
        let (mut energy, mut highest) = (0.0, 0.0f32);
        for (channel, pending) in self.channels.iter_mut().zip(&self.pending) {
            let block = &pending[from..from + length];
            let mut sum = 0.0;
            let [first, second] = &mut channel.filter;
            for sample in block {
                let y = second.run(first.run(f64::from(*sample)));
                sum += y * y;
            }
            energy += sum / length as f64;
            if self.with_peaks {
                highest = highest.max(channel.peak.push(block, self.highest * UNIMPORTANT));
            }
        }
        self.highest = self.highest.max(highest);
        self.levels.energy.push(energy as f32);
        self.levels.peak.push(highest);
    }

    /// Forgets what was measured but keeps the filters' state: for the piece that only settles them.
    pub fn forget(&mut self) {
        self.levels = Levels::default();
        self.pending.iter_mut().for_each(Vec::clear);
    }

    /// The levels measured since the last call.
    pub fn take(&mut self) -> Levels {
        std::mem::take(&mut self.levels)
    }

    /// The levels of all that was pushed; a rest shorter than 10 ms makes an entry of its own.
    pub fn finish(mut self) -> Levels {
        let rest = self.pending.first().map_or(0, Vec::len);
        if rest > 0 {
            self.measure(0, rest);
        }
        self.levels
    }
}

/// Milliseconds that many entries stand for.
pub fn steps_ms(steps: usize) -> u64 {
    steps as u64 * 1000 / STEPS_PER_SECOND as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use ebur128::{EbuR128, Mode};

    /// Noise bursts over a tone, louder in the second half, different in each channel.
    fn programme(seconds: usize) -> Vec<Vec<f32>> {
        let mut state = 1u32;
        let mut noise = move || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / 8_388_608.0 - 1.0
        };
        let samples = seconds * 48_000;
        let plane = |channel: usize, noise: &mut dyn FnMut() -> f32| {
            let at = |i: usize| {
                let burst = if (i / 24_000).is_multiple_of(3) { 0.3 } else { 0.02 };
                let tone = (i as f32 * 0.05 * (channel + 1) as f32).sin() * 0.1;
                (noise() * burst + tone) * if i > samples / 2 { 1.5 } else { 0.3 }
            };
            (0..samples).map(at).collect()
        };
        vec![plane(0, &mut noise), plane(1, &mut noise)]
    }

    fn measured(planes: &[Vec<f32>]) -> Levels {
        let mut meter = Meter::new(planes.len(), true);
        meter.push(planes);
        meter.finish()
    }

    #[test]
    fn it_agrees_with_another_meter() {
        let planes = programme(20);
        let levels = measured(&planes);
        let mut other = EbuR128::new(2, 48_000, Mode::I | Mode::LRA | Mode::TRUE_PEAK).unwrap();
        other.add_frames_planar_f32(&[&planes[0], &planes[1]]).unwrap();
        let difference = levels.integrated().unwrap() - other.loudness_global().unwrap();
        assert!(difference.abs() < 0.05, "{difference}");
        let range = levels.range() - other.loudness_range().unwrap();
        assert!(range.abs() < 0.5, "{range}");
        let peak = db(levels.true_peak() / other.true_peak(0).unwrap().max(other.true_peak(1).unwrap()));
        assert!(peak.abs() < 0.3, "{peak}");
    }

    #[test]
    fn a_tone_of_known_level() {
        // BS.1770: a 997 Hz sine at full scale in one channel reads −3.01 LUFS.
        let tone: Vec<f32> =
            (0..480_000).map(|i| (i as f32 * 997.0 * std::f32::consts::TAU / 48_000.0).sin()).collect();
        let loudness = measured(&[tone]).integrated().unwrap();
        assert!((loudness + 3.01).abs() < 0.05, "{loudness}");
    }

    #[test]
    fn pieces_with_a_run_in_give_the_whole() {
        let planes = programme(8);
        let cut = |from: usize, to: usize| planes.iter().map(|plane| plane[from..to].to_vec()).collect::<Vec<_>>();
        let whole = measured(&planes);
        let mut pieces = measured(&cut(0, 192_000));
        let mut second = Meter::new(2, true);
        second.push(&cut(192_000 - 19_200, 192_000));
        second.forget();
        second.push(&cut(192_000, 384_000));
        pieces.append(second.finish());
        assert_eq!(pieces.energy.len(), whole.energy.len());
        assert!((pieces.integrated().unwrap() - whole.integrated().unwrap()).abs() < 0.001);
    }

    #[test]
    fn silence_has_no_loudness() {
        let levels = measured(&[vec![0.0; 96_000]]);
        assert_eq!((levels.integrated(), levels.range(), levels.true_peak()), (None, 0.0, 0.0));
        assert_eq!(levels.silence_ms(-60.0), (2000, 2000));
        assert_eq!(measured(&[vec![]]).integrated(), None);
        assert!(measured(&[vec![0.5; 100]]).integrated().is_some());
    }
}
