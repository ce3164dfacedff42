//! One rendition in the making: encoder, the frames of the chunk at hand, its file.

use std::path::Path;

use bytes::Bytes;
use rostrum_codec::live::{EncodeError, Encoder, Form};
use rostrum_media::FormatError;
use rostrum_media::program::Rendition;
use rostrum_media::program::index::Flags;

use super::volume::Volume;

/// Why a rendition cannot be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PlateError {
    #[error(transparent)]
    Encode(#[from] EncodeError),
    #[error(transparent)]
    Format(#[from] FormatError),
    #[error(transparent)]
    Disk(#[from] std::io::Error),
}

pub(super) struct Plate {
    pub(super) rendition: Rendition,
    encoder: Encoder,
    frames: Vec<Vec<u8>>,
    volume: Volume,
    front: Bytes,
}

impl Plate {
    /// Begins or goes on behind the first `chunks` chunks.
    pub(super) fn open(folder: &Path, rendition: Rendition, chunks: u64) -> Result<Self, PlateError> {
        let form = Form { codec: rendition.codec(), channels: rendition.channels(), bitrate: rendition.bitrate() };
        let encoder = Encoder::new(form)?;
        let front = rendition.front(encoder.config())?;
        let volume = Volume::open(folder, rendition, &front, chunks)?;
        let front = if rendition == Rendition::Mp3 { Bytes::new() } else { front.into() };
        Ok(Self { rendition, encoder, frames: Vec::new(), volume, front })
    }

    /// What decoders need first.
    pub(super) fn start(&self) -> (Rendition, Bytes) {
        (self.rendition, self.front.clone())
    }

    /// Encodes the next samples.
    pub(super) fn push(&mut self, stereo: &[f32]) -> Result<(), PlateError> {
        let frames = &mut self.frames;
        Ok(self.encoder.push(stereo, &mut |frame| frames.push(frame.to_vec()))?)
    }

    /// Whether a whole chunk is there.
    pub(super) fn is_full(&self) -> bool {
        self.frames.len() >= self.rendition.frames_per_chunk()
    }

    /// The next chunk, written to the file; [`Self::is_full`] said that it is there.
    pub(super) fn take(&mut self, n: u64, stamp: (u32, i64), flags: Flags) -> Result<Bytes, PlateError> {
        let rest = self.frames.split_off(self.rendition.frames_per_chunk());
        let frames = std::mem::replace(&mut self.frames, rest);
        let chunk = Bytes::from(self.rendition.chunk(n, &frames)?);
        self.volume.append(&chunk, stamp, flags);
        Ok(chunk)
    }

    /// Has the disk confirm all that was taken; may be asked again after an error.
    pub(super) fn close(&mut self) -> std::io::Result<()> {
        self.volume.close()
    }
}
