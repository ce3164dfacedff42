//! Source and resampler as one: pieces of the recording at 48 kHz, from any place on.

use rostrum_media::SAMPLE_RATE;
use rostrum_media::sniff::Container;

use super::Stop;
use super::input::Input;
use super::resample::Resampler;
use super::source::{self, Chunk, Decode};
use crate::message::{DURATION_MS_MAX, Mix};

/// Samples of the longest recording.
const SAMPLES_MAX: u64 = DURATION_MS_MAX * SAMPLE_RATE as u64 / 1000;

pub(crate) struct Audio {
    source: Box<dyn Decode + Send>,
    resampler: Resampler,
    chunk: Chunk,
    given: u64,
    ended: bool,
}

impl Audio {
    pub(crate) fn open(input: &Input, container: Container) -> Result<Self, Stop> {
        let source = source::open(input, container)?;
        Ok(Self { source, resampler: Resampler::default(), chunk: Chunk::default(), given: 0, ended: false })
    }

    pub(crate) fn channels(&self) -> usize {
        self.resampler.channels()
    }

    pub(crate) fn damaged(&self) -> u32 {
        self.source.damaged()
    }

    /// Moves to `ms` or a little before; says where it came out, in samples at 48 kHz. The first piece is held back
    /// for the next call of `next`.
    pub(crate) fn seek(&mut self, ms: u64, out: &mut Vec<Vec<f32>>) -> Result<i64, Stop> {
        self.source.seek(ms)?;
        self.resampler = Resampler::default();
        if !self.source.next(&mut self.chunk)? {
            return Err(source::damaged());
        }
        let position = i128::from(self.chunk.position) * i128::from(SAMPLE_RATE);
        let position = position / i128::from(self.chunk.sample_rate.max(1));
        self.resampler.push(&mut self.chunk, out)?;
        i64::try_from(position).map_err(|_| source::damaged())
    }

    /// Appends the next piece to `out`, which gets one plane a channel; false at the end.
    pub(crate) fn next(&mut self, out: &mut Vec<Vec<f32>>) -> Result<bool, Stop> {
        if self.ended {
            return Ok(false);
        }
        let before = out.first().map_or(0, Vec::len);
        if self.source.next(&mut self.chunk)? {
            self.resampler.push(&mut self.chunk, out)?;
        } else {
            self.ended = true;
            self.resampler.finish(out)?;
        }
        self.given += (out.first().map_or(0, Vec::len) - before) as u64;
        if self.given > SAMPLES_MAX {
            return Err(Stop::refused("This recording is longer than 24 hours. Please cut it into parts."));
        }
        Ok(true)
    }
}

/// Reduces planes to the channels that are delivered.
pub(crate) fn mix(planes: &mut Vec<Vec<f32>>, mix: Mix) {
    if planes.len() == 2 {
        match mix {
            Mix::Stereo => return,
            Mix::Right => planes.swap(0, 1),
            Mix::Left => {}
            Mix::Mono => {
                let (left, right) = planes.split_at_mut(1);
                left[0].iter_mut().zip(&right[0]).for_each(|(left, right)| *left = (*left + right) / 2.0);
            }
        }
        planes.truncate(1);
    } else if mix == Mix::Stereo
        && let Some(only) = planes.first().cloned()
    {
        planes.push(only);
    }
}
