//! A decoder, whichever library is behind it: facts first, then planar f32 at the file's own rate.
//! Symphonia decodes what it knows well (memory-safe, and no slower); libav the rest: Opus, AAC with its edit lists
//! and SBR, ALAC, and whatever lies in MP4, Matroska or CAF.

use rostrum_domain::chapter::Chapter;
use rostrum_media::sniff::Container;

use super::Stop;
use super::input::{DAMAGED, Input};
use super::{libav, symphonia};
use crate::message::AudioStream;

/// Damaged packets in a row after which nothing more is expected of a file.
pub(crate) const DAMAGED_PACKETS_MAX: u32 = 2000;

/// Decoded audio and where it belongs.
#[derive(Debug, Default, Clone)]
pub(crate) struct Chunk {
    /// Position of the first sample at `sample_rate`, counted from the start of the recording.
    pub position: i64,
    pub sample_rate: u32,
    pub planes: Vec<Vec<f32>>,
}

impl Chunk {
    pub(crate) fn samples(&self) -> usize {
        self.planes.first().map_or(0, Vec::len)
    }
}

/// What a file says of itself.
#[derive(Debug, Default, Clone)]
pub(crate) struct Facts {
    pub streams: Vec<AudioStream>,
    pub has_video: bool,
    pub duration_ms: u64,
    pub title: Option<String>,
    pub artist: Option<String>,
    pub album: Option<String>,
    pub chapters: Vec<Chapter>,
}

pub(crate) trait Decode {
    fn facts(&self) -> Facts;

    /// Fills `chunk` with what comes next; false at the end.
    fn next(&mut self, chunk: &mut Chunk) -> Result<bool, Stop>;

    /// Moves to a place at or before `ms`.
    fn seek(&mut self, ms: u64) -> Result<(), Stop>;

    /// Packets that could not be decoded so far.
    fn damaged(&self) -> u32;
}

/// Opens the first audio stream.
pub(crate) fn open(input: &Input, container: Container) -> Result<Box<dyn Decode + Send>, Stop> {
    let by_symphonia = match container {
        Container::Mp3 | Container::Flac | Container::Wav | Container::Aiff | Container::Ogg => {
            symphonia::open(input, container)
        }
        _ => None,
    };
    match by_symphonia {
        Some(source) => Ok(Box::new(source)),
        None => Ok(Box::new(libav::open(input, container)?)),
    }
}

pub(crate) fn damaged() -> Stop {
    Stop::refused(DAMAGED)
}
