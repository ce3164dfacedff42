//! Loudness while it happens (EBU Tech 3341: momentary, short-term, integrated; Tech 3342: range) in a fixed amount of
//! memory, however long the programme.

use std::collections::VecDeque;

use crate::loudness::{Meter, db, lufs};

/// Entries of 10 ms in a momentary block, in a short-term window, and between two blocks.
const MOMENTARY: usize = 40;
const SHORT_TERM: usize = 300;
const HOP: usize = 10;
/// Hops between two short-term windows that count for the range: 1 s.
const RANGE_HOPS: usize = 10;
/// Quietest that counts, in LUFS.
const GATE_LUFS: f64 = -70.0;
/// Classes of a tenth of an LU, from the gate up.
const CLASSES: usize = 800;

/// How many blocks were how loud.
#[derive(Debug, Clone)]
struct Classes(Vec<u64>);

impl Default for Classes {
    fn default() -> Self {
        Self(vec![0; CLASSES])
    }
}

impl Classes {
    fn add(&mut self, energy: f64) {
        let loudness = lufs(energy);
        if loudness > GATE_LUFS {
            let class = ((loudness - GATE_LUFS) * 10.0) as usize;
            self.0[class.min(CLASSES - 1)] += 1;
        }
    }

    /// The middle of a class, in LUFS.
    fn loudness(class: usize) -> f64 {
        GATE_LUFS + (class as f64 + 0.5) / 10.0
    }

    /// Mean loudness of the classes from `from` on.
    fn mean(&self, from: usize) -> Option<f64> {
        let (mut sum, mut blocks) = (0.0, 0);
        for (class, count) in self.0.iter().enumerate().skip(from) {
            sum += 10f64.powf(Self::loudness(class) / 10.0) * *count as f64;
            blocks += count;
        }
        (blocks > 0).then(|| 10.0 * (sum / blocks as f64).log10())
    }

    /// The first class no more than `below_lu` under the mean.
    fn gate(&self, below_lu: f64) -> Option<usize> {
        Some(((self.mean(0)? - below_lu - GATE_LUFS).max(0.0) * 10.0) as usize)
    }

    fn range(&self) -> f64 {
        let Some(gate) = self.gate(20.0) else { return 0.0 };
        let total: u64 = self.0[gate..].iter().sum();
        let at = |part: f64| {
            let mut left = ((total.saturating_sub(1)) as f64 * part).round() as u64 + 1;
            let passes = self.0[gate..].iter().position(|count| {
                left = left.saturating_sub(*count);
                left == 0
            });
            Self::loudness(gate + passes.unwrap_or(0))
        };
        at(0.95) - at(0.10)
    }
}

/// What a programme came out at so far.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Reading {
    /// Of the last 400 ms, in LUFS; none for silence.
    pub momentary_lufs: Option<f64>,
    /// Of the last 3 s, in LUFS; none for silence.
    pub short_term_lufs: Option<f64>,
    /// Of the whole, gated, in LUFS; none for silence.
    pub integrated_lufs: Option<f64>,
    /// Loudness range, in LU.
    pub range_lu: f64,
    /// Highest true peak, in dBTP; none for silence.
    pub true_peak_dbtp: Option<f64>,
}

/// Measures a programme as it goes by.
#[derive(Debug, Clone)]
pub struct Gauge {
    meter: Meter,
    /// Energies of the last 3 s, 10 ms each.
    recent: VecDeque<f32>,
    steps: usize,
    hops: usize,
    blocks: Classes,
    windows: Classes,
    peak: f32,
}

impl Gauge {
    /// A gauge for that many channels.
    pub fn new(channels: usize) -> Self {
        Self {
            meter: Meter::new(channels, true),
            recent: VecDeque::with_capacity(SHORT_TERM + 1),
            steps: 0,
            hops: 0,
            blocks: Classes::default(),
            windows: Classes::default(),
            peak: 0.0,
        }
    }

    /// Adds planar samples at 48 kHz, channels of equal length.
    pub fn push(&mut self, planes: &[Vec<f32>]) {
        self.meter.push(planes);
        let levels = self.meter.take();
        for (energy, peak) in levels.energy.into_iter().zip(levels.peak) {
            self.step(energy, peak);
        }
    }

    fn step(&mut self, energy: f32, peak: f32) {
        self.peak = self.peak.max(peak);
        self.recent.push_back(energy);
        if self.recent.len() > SHORT_TERM {
            self.recent.pop_front();
        }
        self.steps += 1;
        if !self.steps.is_multiple_of(HOP) {
            return;
        }
        self.hops += 1;
        if let Some(energy) = self.last(MOMENTARY) {
            self.blocks.add(energy);
        }
        if self.hops.is_multiple_of(RANGE_HOPS)
            && let Some(energy) = self.last(SHORT_TERM)
        {
            self.windows.add(energy);
        }
    }

    /// Mean energy of the last `steps`; none before there are so many.
    fn last(&self, steps: usize) -> Option<f64> {
        let from = self.recent.len().checked_sub(steps)?;
        Some(self.recent.iter().skip(from).map(|energy| f64::from(*energy)).sum::<f64>() / steps as f64)
    }

    /// What the programme comes out at.
    pub fn read(&self) -> Reading {
        let heard = |energy: Option<f64>| energy.map(lufs).filter(|loudness| *loudness > GATE_LUFS);
        let integrated = self.blocks.gate(10.0).and_then(|gate| self.blocks.mean(gate));
        Reading {
            momentary_lufs: heard(self.last(MOMENTARY)),
            short_term_lufs: heard(self.last(SHORT_TERM)),
            integrated_lufs: integrated,
            range_lu: self.windows.range(),
            true_peak_dbtp: (self.peak > 0.0).then(|| db(f64::from(self.peak))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn programme(seconds: usize) -> Vec<Vec<f32>> {
        let loud = |n: usize| if (n / 48_000) % 7 < 4 { 0.2 } else { 0.03 };
        let at = |n: usize| loud(n) * ((n as f32 * 0.11).sin() + 0.4 * (n as f32 * 0.731).sin());
        let plane: Vec<f32> = (0..seconds * 48_000).map(at).collect();
        vec![plane.clone(), plane]
    }

    #[test]
    fn it_reads_what_the_table_of_the_whole_says() {
        let planes = programme(61);
        let mut meter = Meter::new(2, true);
        meter.push(&planes);
        let levels = meter.finish();
        let mut gauge = Gauge::new(2);
        for from in (0..61 * 48_000).step_by(960) {
            gauge.push(&planes.iter().map(|plane| plane[from..from + 960].to_vec()).collect::<Vec<_>>());
        }
        let reading = gauge.read();
        assert!((reading.integrated_lufs.unwrap() - levels.integrated().unwrap()).abs() < 0.1, "{reading:?}");
        assert!((reading.range_lu - levels.range()).abs() < 0.3, "{reading:?} {}", levels.range());
        assert!((reading.true_peak_dbtp.unwrap() - db(levels.true_peak())).abs() < 0.01);
        assert!(reading.short_term_lufs > reading.momentary_lufs, "{reading:?}");
    }

    #[test]
    fn silence_has_no_reading() {
        let mut gauge = Gauge::new(1);
        gauge.push(&[vec![0.0; 240_000]]);
        let none = Reading {
            momentary_lufs: None,
            short_term_lufs: None,
            integrated_lufs: None,
            range_lu: 0.0,
            true_peak_dbtp: None,
        };
        assert_eq!(gauge.read(), none);
    }
}
