//! True peak (ITU-R BS.1770-4 annex 2): the highest value between samples, by four-fold interpolation.

/// Taps of one phase of the interpolator.
const TAPS: usize = 12;

/// Samples by which a measured peak lags behind the sample that caused it.
pub const LAG: usize = TAPS / 2;

/// No value between samples is more than this times the highest sample round it.
pub const OVERSHOOT_MAX: f32 = 2.03;

/// Phases 0 and 1 of the recommendation's filter; 3 and 2 are their mirror images.
const PHASES: [[f32; TAPS]; 2] = [
    [
        0.001_708_984_4,
        0.010_986_328,
        -0.019_653_32,
        0.033_203_125,
        -0.059_448_242,
        0.137_329_1,
        0.972_167_97,
        -0.102_294_92,
        0.047_607_42,
        -0.026_611_328,
        0.014_892_578,
        -0.008_300_781,
    ],
    [
        -0.029_174_805,
        0.029_296_875,
        -0.051_757_813,
        0.089_111_33,
        -0.166_503_9,
        0.465_087_9,
        0.779_785_16,
        -0.200_317_38,
        0.101_562_5,
        -0.058_227_54,
        0.033_081_055,
        -0.018_920_898,
    ],
];

/// Samples looked at in one go; the working set then stays in the first cache.
const STRIDE: usize = 64;

/// Measures one channel, block by block.
#[derive(Debug, Clone)]
pub struct Meter {
    history: Vec<f32>,
}

impl Default for Meter {
    fn default() -> Self {
        Self { history: vec![0.0; TAPS - 1] }
    }
}

impl Meter {
    /// The true peak of `block`, linear. Where even the worst overshoot stays below `ignore_below`,
    /// the sample peak is returned instead, which costs a twentieth.
    pub fn push(&mut self, block: &[f32], ignore_below: f32) -> f32 {
        self.history.extend_from_slice(block);
        let sample_peak = self.history.iter().fold(0.0f32, |peak, sample| peak.max(sample.abs()));
        let peak = if sample_peak * OVERSHOOT_MAX < ignore_below {
            block.iter().fold(0.0f32, |peak, sample| peak.max(sample.abs()))
        } else {
            interpolated_peak(&self.history)
        };
        self.history.drain(..self.history.len() - (TAPS - 1));
        peak
    }
}

fn interpolated_peak(samples: &[f32]) -> f32 {
    let mut peak = 0.0f32;
    let count = samples.len().saturating_sub(TAPS - 1);
    let mut start = 0;
    while start < count {
        let length = STRIDE.min(count - start);
        let window = &samples[start..start + length + TAPS - 1];
        for phase in &PHASES {
            let mut forward = [0.0f32; STRIDE];
            let mut mirrored = [0.0f32; STRIDE];
            for tap in 0..TAPS {
                let (a, b) = (phase[TAPS - 1 - tap], phase[tap]);
                let shifted = &window[tap..tap + length];
                for ((sample, forward), mirrored) in shifted.iter().zip(&mut forward).zip(&mut mirrored) {
                    *forward += a * sample;
                    *mirrored += b * sample;
                }
            }
            let highest = |sums: &[f32]| sums.iter().fold(0.0f32, |peak, sum| peak.max(sum.abs()));
            peak = peak.max(highest(&forward[..length])).max(highest(&mirrored[..length]));
        }
        start += length;
    }
    peak
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peak_between_samples_is_seen() {
        // A quarter of the sample rate, sampled at 45°: samples reach 0.707, the curve reaches 1.
        let samples: Vec<f32> =
            (0..4800).map(|i| (std::f32::consts::FRAC_PI_2 * i as f32 + std::f32::consts::FRAC_PI_4).sin()).collect();
        let mut meter = Meter::default();
        let peak = samples.chunks(100).skip(1).map(|block| meter.push(block, 0.0)).fold(0.0, f32::max);
        assert!((0.97..1.1).contains(&peak), "{peak}");
        assert!(meter.push(&samples[..100], 3.0) < 0.72);
    }

    #[test]
    fn the_overshoot_is_bounded() {
        let worst = PHASES.iter().map(|phase| phase.iter().map(|tap| tap.abs()).sum::<f32>()).fold(0.0, f32::max);
        assert!(worst < OVERSHOOT_MAX);
    }
}
