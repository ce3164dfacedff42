//! From whatever a source gives to one or two channels at 48 kHz: mixed down first, resampled only where needed.

use ffmpeg_next::software::resampling::Context;
use ffmpeg_next::util::format::Sample;
use ffmpeg_next::util::format::sample::Type::Planar;
use ffmpeg_next::{ChannelLayout, frame};
use rostrum_media::SAMPLE_RATE;

use super::Stop;
use super::source::{Chunk, damaged};

/// Weight of the centre and the surrounds in a stereo mix (ITU-R BS.775).
const SIDE: f32 = std::f32::consts::FRAC_1_SQRT_2;

/// Slowest and fastest rate we believe.
const RATES: std::ops::RangeInclusive<u32> = 4000..=384_000;

#[derive(Default)]
pub(crate) struct Resampler {
    /// Channels that come out; fixed by the first chunk.
    channels: usize,
    rate: u32,
    context: Option<Context>,
}

fn layout(channels: usize) -> ChannelLayout {
    if channels == 1 { ChannelLayout::MONO } else { ChannelLayout::STEREO }
}

impl Resampler {
    pub(crate) fn channels(&self) -> usize {
        self.channels
    }

    /// Appends what `chunk` gives to `out`, which gets as many planes as come out.
    pub(crate) fn push(&mut self, chunk: &mut Chunk, out: &mut Vec<Vec<f32>>) -> Result<(), Stop> {
        if self.channels == 0 {
            self.channels = chunk.planes.len().clamp(1, 2);
        }
        out.resize(self.channels, Vec::new());
        fold(&mut chunk.planes, self.channels);
        scrub(&mut chunk.planes);
        if chunk.sample_rate != self.rate {
            self.finish(out)?;
            self.start(chunk.sample_rate)?;
        }
        match &mut self.context {
            None => {
                for (out, plane) in out.iter_mut().zip(&chunk.planes) {
                    out.extend_from_slice(plane);
                }
                Ok(())
            }
            Some(context) => {
                let format = Sample::F32(Planar);
                let mut input = frame::Audio::new(format, chunk.samples(), layout(self.channels));
                input.set_rate(self.rate);
                for (index, plane) in chunk.planes.iter().enumerate() {
                    input.plane_mut::<f32>(index).copy_from_slice(plane);
                }
                let most = chunk.samples() as u64 * u64::from(SAMPLE_RATE) / u64::from(self.rate) + 256;
                let mut output = frame::Audio::new(format, most as usize, layout(self.channels));
                context.run(&input, &mut output).map_err(|_| damaged())?;
                append(&output, out);
                Ok(())
            }
        }
    }

    fn start(&mut self, rate: u32) -> Result<(), Stop> {
        if !RATES.contains(&rate) {
            return Err(damaged());
        }
        self.rate = rate;
        self.context = None;
        if rate != SAMPLE_RATE {
            let (format, layout) = (Sample::F32(Planar), layout(self.channels));
            let context = Context::get(format, layout, rate, format, layout, SAMPLE_RATE);
            self.context = Some(context.map_err(|_| damaged())?);
        }
        Ok(())
    }

    /// Appends what the filter still holds; the next chunk begins afresh.
    pub(crate) fn finish(&mut self, out: &mut [Vec<f32>]) -> Result<(), Stop> {
        let Some(mut context) = self.context.take() else { return Ok(()) };
        self.rate = 0;
        loop {
            let mut output = frame::Audio::new(Sample::F32(Planar), 4096, layout(self.channels));
            context.flush(&mut output).map_err(|_| damaged())?;
            if output.samples() == 0 {
                return Ok(());
            }
            append(&output, out);
        }
    }
}

fn append(frame: &frame::Audio, out: &mut [Vec<f32>]) {
    for (index, out) in out.iter_mut().enumerate() {
        out.extend_from_slice(frame.plane::<f32>(index));
    }
}

/// Makes the planes as many as `channels`: one is doubled, more are mixed in WAVE order (L R C LFE and surrounds).
fn fold(planes: &mut Vec<Vec<f32>>, channels: usize) {
    match (planes.len(), channels) {
        (have, want) if have == want => {}
        (1, _) => planes.push(planes[0].clone()),
        (have, want) => {
            let mut mixed = vec![vec![0.0; planes[0].len()]; 2];
            for (index, plane) in planes.iter().enumerate() {
                let weights = weights(index, have);
                for (mixed, weight) in mixed.iter_mut().zip(weights) {
                    mixed.iter_mut().zip(plane).for_each(|(sum, sample)| *sum += sample * weight);
                }
            }
            if want == 1 {
                let (left, right) = mixed.split_at_mut(1);
                left[0].iter_mut().zip(&right[0]).for_each(|(left, right)| *left = (*left + right) / 2.0);
                mixed.truncate(1);
            }
            *planes = mixed;
        }
    }
}

/// What a channel gives to left and right.
fn weights(index: usize, channels: usize) -> [f32; 2] {
    let centre = channels != 4;
    match index {
        0 => [1.0, 0.0],
        1 => [0.0, 1.0],
        2 if centre => [SIDE, SIDE],
        // The low-frequency channel is not part of a mix.
        3 if channels >= 6 => [0.0, 0.0],
        index => {
            if index % 2 == usize::from(channels == 5) {
                [SIDE, 0.0]
            } else {
                [0.0, SIDE]
            }
        }
    }
}

/// Floating-point files may hold what is no number, or numbers no speaker has: neither may reach a filter.
fn scrub(planes: &mut [Vec<f32>]) {
    for sample in planes.iter_mut().flatten() {
        *sample = if sample.is_nan() { 0.0 } else { sample.clamp(-16.0, 16.0) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(planes: Vec<Vec<f32>>, sample_rate: u32) -> Chunk {
        Chunk { position: 0, sample_rate, planes }
    }

    #[test]
    fn the_length_follows_the_rate() {
        let mut resampler = Resampler::default();
        let mut out = Vec::new();
        for _ in 0..100 {
            resampler.push(&mut chunk(vec![vec![0.5; 441]; 2], 44_100), &mut out).unwrap();
        }
        resampler.finish(&mut out).unwrap();
        assert_eq!(out.len(), 2);
        assert!(out[0].len().abs_diff(48_000) <= 32, "{}", out[0].len());
        assert!((out[0][24_000] - 0.5).abs() < 0.01);
    }

    #[test]
    fn at_48_khz_samples_pass_as_they_are() {
        let mut out = Vec::new();
        Resampler::default().push(&mut chunk(vec![vec![0.1, f32::NAN, 1e9]], 48_000), &mut out).unwrap();
        assert_eq!(out, [[0.1, 0.0, 16.0]]);
        assert!(Resampler::default().push(&mut chunk(vec![vec![0.0]], 1), &mut out).is_err());
    }

    #[test]
    fn surround_keeps_sides_apart() {
        let mut planes: Vec<Vec<f32>> = vec![vec![0.0]; 6];
        planes[4][0] = 1.0;
        fold(&mut planes, 2);
        assert_eq!(planes, [[SIDE], [0.0]]);
        let mut planes: Vec<Vec<f32>> = vec![vec![0.0], vec![0.0], vec![1.0]];
        fold(&mut planes, 1);
        assert_eq!(planes, [[SIDE]]);
    }
}
