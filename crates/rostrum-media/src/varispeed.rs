//! Playing a little faster or slower: a windowed-sinc interpolator that reads its input at any place between samples.

use std::sync::LazyLock;

/// Input samples that make one output sample.
const TAPS: usize = 32;
/// Places between two samples for which coefficients are kept; between places they are interpolated.
const PHASES: usize = 256;
/// Shape of the Kaiser window: side lobes below −90 dB.
const BETA: f64 = 9.0;
/// Of the input, what lies before the sample that is being made.
const BEFORE: usize = TAPS / 2 - 1;
/// Output samples made at once.
const RUN: usize = 8;
/// Furthest from the true speed, in ppm: a hundredth of a semitone is 578.
pub const PPM_MAX: f64 = 500.0;

type Row = [f32; TAPS];

static TABLE: LazyLock<Vec<Row>> = LazyLock::new(|| (0..=PHASES).map(row).collect());

fn row(phase: usize) -> Row {
    let fraction = phase as f64 / PHASES as f64;
    let mut row = [0.0; TAPS];
    for (tap, coefficient) in row.iter_mut().enumerate() {
        let x = tap as f64 - BEFORE as f64 - fraction;
        let angle = std::f64::consts::PI * x;
        // On the samples themselves it is exact, so that true speed changes nothing.
        let sinc = if x == x.trunc() { f64::from(u8::from(x == 0.0)) } else { angle.sin() / angle };
        let across = 1.0 - (x / (TAPS as f64 / 2.0)).powi(2);
        *coefficient = (sinc * bessel(BETA * across.max(0.0).sqrt()) / bessel(BETA)) as f32;
    }
    row
}

/// The modified Bessel function of the first kind, order 0.
fn bessel(x: f64) -> f64 {
    let mut term = 1.0;
    let mut sum = 1.0;
    for k in 1..40 {
        term *= (x / 2.0 / f64::from(k)).powi(2);
        sum += term;
    }
    sum
}

/// Resamples one track, interleaved. Output sample n is input sample n at ±0 ppm: there is no delay, only a need to
/// see 16 samples further.
#[derive(Debug, Clone)]
pub struct Varispeed {
    /// Each channel's input from `BEFORE` samples before the next output sample on.
    input: Vec<Vec<f32>>,
    /// Where the next output sample lies behind `BEFORE` samples of `input`.
    place: f64,
    step: f64,
}

impl Varispeed {
    /// For 1 or 2 channels, at true speed.
    pub fn new(channels: usize) -> Self {
        Self { input: vec![vec![0.0; BEFORE]; channels], place: 0.0, step: 1.0 }
    }

    /// Reads the input faster by `ppm`, slower if negative; beyond [`PPM_MAX`] it is cut off.
    pub fn set_ppm(&mut self, ppm: f64) {
        self.step = 1.0 + ppm.clamp(-PPM_MAX, PPM_MAX) / 1e6;
    }

    /// Adds interleaved input.
    pub fn push(&mut self, input: &[f32]) {
        let channels = self.input.len();
        for (channel, line) in self.input.iter_mut().enumerate() {
            line.extend(input.iter().skip(channel).step_by(channels));
        }
    }

    /// Samples a channel that the input lies ahead of the next output sample.
    pub fn ahead(&self) -> f64 {
        (self.held() - BEFORE) as f64 - self.place
    }

    /// Input samples a channel still missing before `count` output samples can be made.
    pub fn missing(&self, count: usize) -> usize {
        let last = self.place + self.step * count.saturating_sub(1) as f64;
        (last as usize + TAPS).saturating_sub(self.held())
    }

    /// Forgets all input, as if only silence had been heard.
    pub fn reset(&mut self) {
        for line in &mut self.input {
            line.clear();
            line.resize(BEFORE, 0.0);
        }
        self.place = 0.0;
    }

    /// Appends `count` interleaved output samples a channel; silence where input is missing.
    pub fn pull(&mut self, count: usize, out: &mut Vec<f32>) {
        let (channels, held) = (self.input.len(), self.held() + self.missing(count));
        for line in &mut self.input {
            // A run is made whole even where only its beginning is wanted.
            line.resize(held + RUN, 0.0);
        }
        let from = out.len();
        out.resize(from + count * channels, 0.0);
        let mut rest = &mut out[from..];
        while !rest.is_empty() {
            let run = self.run(rest.len() / channels);
            let (now, later) = rest.split_at_mut(run.length * channels);
            for (channel, line) in self.input.iter().enumerate() {
                let made = run.product(&line[run.at..]);
                now.iter_mut().skip(channel).step_by(channels).zip(made).for_each(|(out, made)| *out = made);
            }
            self.place += self.step * run.length as f64;
            rest = later;
        }
        let done = self.place as usize;
        self.place -= done as f64;
        for line in &mut self.input {
            line.truncate(held);
            line.drain(..done);
        }
    }

    /// Samples a channel of input that are held.
    fn held(&self) -> usize {
        self.input[0].len()
    }

    /// The next output samples that lie between the same two rows: at a speed so near the true one, most of the time
    /// as many as are made at once.
    fn run(&self, most: usize) -> Run {
        let at = self.place as usize;
        let fraction = (self.place - at as f64) * PHASES as f64;
        let phase = (fraction as usize).min(PHASES - 1);
        let drift = (self.step - 1.0) * PHASES as f64;
        let parts = std::array::from_fn(|n| (fraction - phase as f64 + drift * n as f64) as f32);
        let between = parts.iter().take_while(|part| (0.0..=1.0).contains(*part)).count();
        Run { at, rows: [&TABLE[phase], &TABLE[phase + 1]], parts, length: between.clamp(1, most.min(RUN)) }
    }
}

/// Output samples, each one input sample after the one before, but for its way from one row to the other.
struct Run {
    at: usize,
    rows: [&'static Row; 2],
    parts: [f32; RUN],
    length: usize,
}

impl Run {
    /// What all of a run are, of which `length` are true. Tap by tap with the samples side by side: so the compiler
    /// turns it into vector instructions.
    #[inline(never)]
    fn product(&self, input: &[f32]) -> [f32; RUN] {
        let (mut low, mut high) = ([0.0f32; RUN], [0.0f32; RUN]);
        for ((of_low, of_high), input) in self.rows[0].iter().zip(self.rows[1]).zip(input.windows(RUN)) {
            for n in 0..RUN {
                low[n] += of_low * input[n];
                high[n] += of_high * input[n];
            }
        }
        std::array::from_fn(|n| low[n] + self.parts[n] * (high[n] - low[n]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    fn tone(hz: f64, count: usize) -> Vec<f32> {
        (0..count).map(|n| ((n as f64 * hz * TAU / 48_000.0).sin() * 0.5) as f32).collect()
    }

    /// Everything but the fundamental, in dB below it: the best fitting sine is taken out.
    fn distortion_db(heard: &[f32], hz: f64) -> f64 {
        let angle = |n: usize| n as f64 * hz * TAU / 48_000.0;
        let project = |f: fn(f64) -> f64| {
            heard.iter().enumerate().map(|(n, x)| f64::from(*x) * f(angle(n))).sum::<f64>() * 2.0 / heard.len() as f64
        };
        let (s, c) = (project(f64::sin), project(f64::cos));
        let rest = |(n, x): (usize, &f32)| (f64::from(*x) - s * angle(n).sin() - c * angle(n).cos()).powi(2);
        let rest: f64 = heard.iter().enumerate().map(rest).sum::<f64>() / heard.len() as f64;
        10.0 * (rest / ((s * s + c * c) / 2.0)).log10()
    }

    fn played(input: &[f32], ppm: f64, block: usize) -> Vec<f32> {
        let mut varispeed = Varispeed::new(1);
        varispeed.set_ppm(ppm);
        let mut out = Vec::new();
        let mut rest = input;
        while rest.len() >= varispeed.missing(block) {
            let (now, later) = rest.split_at(varispeed.missing(block));
            varispeed.push(now);
            varispeed.pull(block, &mut out);
            rest = later;
        }
        out
    }

    #[test]
    fn tones_stay_clean() {
        for hz in [1000.0, 10_000.0] {
            for ppm in [-500.0, -37.0, 3.0, 100.0, 500.0] {
                // Whole periods of the heard tone over the analysed second.
                let played = played(&tone(hz / (1.0 + ppm / 1e6), 96_000), ppm, 960);
                let distortion = distortion_db(&played[4800..52_800], hz);
                assert!(distortion < -80.0, "{hz} Hz at {ppm} ppm: {distortion} dB");
            }
        }
    }

    #[test]
    fn true_speed_changes_nothing_and_blocks_do_not_matter() {
        let input = tone(440.0, 9600);
        let same = played(&input, 0.0, 960);
        assert!(same == input[..same.len()] && same.len() > 8000);
        let (small, large) = (played(&input, 250.0, 48), played(&input, 250.0, 960));
        let least = small.len().min(large.len());
        let apart = small[..least].iter().zip(&large).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(apart < 1e-6, "{apart}");
    }

    #[test]
    fn both_channels_are_read_alike_and_the_lead_is_known() {
        let (mut mono, mut stereo) = (Varispeed::new(1), Varispeed::new(2));
        mono.set_ppm(-300.0);
        stereo.set_ppm(-300.0);
        let input = tone(700.0, 48_000);
        mono.push(&input);
        stereo.push(&input.iter().flat_map(|x| [*x, -x]).collect::<Vec<_>>());
        let (mut one, mut two) = (Vec::new(), Vec::new());
        mono.pull(40_000, &mut one);
        stereo.pull(40_000, &mut two);
        assert!(one.iter().zip(two.as_chunks().0).all(|(x, [l, r])| (x - l).abs() < 1e-5 && (x + r).abs() < 1e-5));
        assert!((mono.ahead() - (48_000.0 - 40_000.0 * 0.9997)).abs() < 1e-3, "{}", mono.ahead());
        mono.reset();
        mono.set_ppm(0.0);
        assert_eq!((mono.ahead(), mono.missing(960)), (0.0, 960 + 16));
    }
}
