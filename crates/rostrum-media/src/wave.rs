//! Waveform peaks: the lowest and highest sample of each window, in the JSON form players draw from
//! (audiowaveform version 2: `data` is min, max, min, max … in −128…127).

/// Most windows kept; beyond, neighbours are merged and the windows double.
const WINDOWS_MAX: usize = 8192;
/// Samples in a window of a short file.
const WINDOW_SAMPLES_MIN: u32 = 256;

/// A drawn waveform.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Waveform {
    /// Form of this document: 2.
    pub version: u8,
    /// Waveforms in it: 1, all channels together.
    pub channels: u8,
    /// Of the audio, in Hz.
    pub sample_rate: u32,
    /// Samples a pair stands for.
    pub samples_per_pixel: u32,
    /// Width of a number: 8.
    pub bits: u8,
    /// How many pairs there are.
    pub length: u32,
    /// The pairs.
    pub data: Vec<i8>,
}

/// Takes samples as they come, of whatever length in the end.
#[derive(Debug, Clone)]
pub struct Collector {
    window: u32,
    filled: u32,
    low: f32,
    high: f32,
    pairs: Vec<(i8, i8)>,
}

impl Default for Collector {
    fn default() -> Self {
        Self { window: WINDOW_SAMPLES_MIN, filled: 0, low: 0.0, high: 0.0, pairs: Vec::new() }
    }
}

impl Collector {
    /// Adds planar samples, channels of equal length, in −1…1.
    pub fn push(&mut self, planes: &[Vec<f32>]) {
        let length = planes.first().map_or(0, Vec::len);
        let mut at = 0;
        while at < length {
            let take = ((self.window - self.filled) as usize).min(length - at);
            for plane in planes {
                for sample in &plane[at..at + take] {
                    self.low = self.low.min(*sample);
                    self.high = self.high.max(*sample);
                }
            }
            at += take;
            self.filled += take as u32;
            if self.filled == self.window {
                self.close();
            }
        }
    }

    fn close(&mut self) {
        let byte = |value: f32| (value * 127.0).round().clamp(-128.0, 127.0) as i8;
        self.pairs.push((byte(self.low), byte(self.high)));
        (self.low, self.high, self.filled) = (0.0, 0.0, 0);
        if self.pairs.len() == WINDOWS_MAX {
            let merged = self
                .pairs
                .chunks(2)
                .map(|two| two.iter().fold((0, 0), |sum, pair| (pair.0.min(sum.0), pair.1.max(sum.1))));
            self.pairs = merged.collect();
            self.window *= 2;
        }
    }

    /// The waveform of all that was pushed.
    pub fn finish(mut self) -> Waveform {
        if self.filled > 0 {
            self.close();
        }
        Waveform {
            version: 2,
            channels: 1,
            sample_rate: crate::SAMPLE_RATE,
            samples_per_pixel: self.window,
            bits: 8,
            length: self.pairs.len() as u32,
            data: self.pairs.iter().flat_map(|pair| [pair.0, pair.1]).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]

        #[test]
        fn however_it_is_cut_the_waveform_is_the_same(cuts in prop::collection::vec(1usize..5000, 1..40)) {
            let total: usize = cuts.iter().sum();
            let samples: Vec<f32> = (0..total).map(|i| ((i * i) as f32 * 0.001).sin()).collect();
            let mut whole = Collector::default();
            whole.push(std::slice::from_ref(&samples));
            let (mut pieces, mut rest) = (Collector::default(), &samples[..]);
            for cut in cuts {
                let (piece, after) = rest.split_at(cut);
                pieces.push(&[piece.to_vec()]);
                rest = after;
            }
            prop_assert_eq!(whole.finish(), pieces.finish());
        }
    }

    #[test]
    fn a_long_file_has_wider_windows_and_keeps_its_peaks() {
        let mut collector = Collector::default();
        for second in 0..200 {
            collector.push(&[vec![if second == 150 { 1.0 } else { -0.1 }; 48_000]]);
        }
        let wave = collector.finish();
        assert!(wave.samples_per_pixel > 256 && wave.length as usize * 2 == wave.data.len());
        assert!(u64::from(wave.samples_per_pixel) * u64::from(wave.length) >= 200 * 48_000);
        assert_eq!(wave.data.iter().max(), Some(&127));
    }
}
