//! One rendition in the making, and its file.

use std::path::Path;

use bytes::Bytes;
use rostrum_codec::live::{ChunkError, Chunker};
use rostrum_media::program::Rendition;
use rostrum_media::program::index::Flags;

use super::volume::Volume;

/// Why a rendition cannot be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PlateError {
    #[error(transparent)]
    Chunk(#[from] ChunkError),
    #[error(transparent)]
    Disk(#[from] std::io::Error),
}

pub(super) struct Plate {
    chunker: Chunker,
    volume: Volume,
    front: Bytes,
}

impl Plate {
    /// Begins or goes on behind the first `chunks` chunks.
    pub(super) fn open(folder: &Path, rendition: Rendition, chunks: u64) -> Result<Self, PlateError> {
        let chunker = Chunker::new(rendition)?;
        let front = chunker.front()?;
        let volume = Volume::open(folder, rendition, &front, chunks)?;
        let front = if rendition == Rendition::Mp3 { Bytes::new() } else { front.into() };
        Ok(Self { chunker, volume, front })
    }

    pub(super) fn rendition(&self) -> Rendition {
        self.chunker.rendition()
    }

    /// What decoders need first.
    pub(super) fn start(&self) -> (Rendition, Bytes) {
        (self.rendition(), self.front.clone())
    }

    /// Encodes the next samples.
    pub(super) fn push(&mut self, stereo: &[f32]) -> Result<(), PlateError> {
        Ok(self.chunker.push(stereo)?)
    }

    /// Whether a whole chunk is there.
    pub(super) fn is_full(&self) -> bool {
        self.chunker.is_full()
    }

    /// The next chunk, written to the file; [`Self::is_full`] said that it is there.
    pub(super) fn take(&mut self, n: u64, stamp: (u32, i64), flags: Flags) -> Result<Bytes, PlateError> {
        let chunk = self.chunker.take(n)?;
        self.volume.append(&chunk, stamp, flags);
        Ok(chunk)
    }

    /// Has the disk confirm all that was taken; may be asked again after an error.
    pub(super) fn close(&mut self) -> std::io::Result<()> {
        self.volume.close()
    }
}
