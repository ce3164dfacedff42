//! One rendition in the making: its encoder, and the frames of the chunk at hand. Where chunks go is not its business.

use bytes::Bytes;
use rostrum_media::FormatError;
use rostrum_media::program::Rendition;

use super::{EncodeError, Encoder, Form};

/// Why a rendition cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum ChunkError {
    /// The encoder failed; a new one must be made.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// The encoder's frames do not fit the rendition.
    #[error(transparent)]
    Format(#[from] FormatError),
}

/// Encodes the program for one rendition and cuts it into chunks.
pub struct Chunker {
    rendition: Rendition,
    encoder: Encoder,
    frames: Vec<Vec<u8>>,
}

impl Chunker {
    /// Begins at the start of a chunk.
    ///
    /// # Errors
    /// The codec is missing from this build of libav.
    pub fn new(rendition: Rendition) -> Result<Self, ChunkError> {
        let form = Form { codec: rendition.codec(), channels: rendition.channels(), bitrate: rendition.bitrate() };
        Ok(Self { rendition, encoder: Encoder::new(form)?, frames: Vec::new() })
    }

    /// Which rendition it makes.
    pub fn rendition(&self) -> Rendition {
        self.rendition
    }

    /// What stands in front of the chunks in the rendition's file.
    ///
    /// # Errors
    /// The encoder's configuration does not fit the rendition.
    pub fn front(&self) -> Result<Vec<u8>, ChunkError> {
        Ok(self.rendition.front(self.encoder.config())?)
    }

    /// Encodes the next interleaved stereo samples.
    ///
    /// # Errors
    /// The encoder failed; a new one must be made.
    pub fn push(&mut self, stereo: &[f32]) -> Result<(), ChunkError> {
        let frames = &mut self.frames;
        Ok(self.encoder.push(stereo, &mut |frame| frames.push(frame.to_vec()))?)
    }

    /// Whether a whole chunk is there.
    pub fn is_full(&self) -> bool {
        self.frames.len() >= self.rendition.frames_per_chunk()
    }

    /// The next chunk, which has number `n`; [`Self::is_full`] said that it is there.
    ///
    /// # Errors
    /// The encoder's frames do not fit the rendition; they are let go.
    pub fn take(&mut self, n: u64) -> Result<Bytes, ChunkError> {
        let rest = self.frames.split_off(self.rendition.frames_per_chunk());
        let frames = std::mem::replace(&mut self.frames, rest);
        Ok(self.rendition.chunk(n, &frames)?.into())
    }
}

#[cfg(test)]
mod tests {
    use rostrum_media::program::CHUNK_SAMPLES;

    use super::*;

    #[test]
    fn every_rendition_gives_its_chunks() {
        for rendition in Rendition::ALL {
            let mut chunker = Chunker::new(rendition).expect("this libav has it");
            let mut chunks = 0;
            for _ in 0..3 {
                chunker.push(&vec![0.0; CHUNK_SAMPLES as usize * 2]).expect("it encodes");
                while chunker.is_full() {
                    let chunk = chunker.take(chunks).expect("a chunk");
                    let frames = rendition.frames(&chunk).expect("a whole chunk");
                    assert_eq!(frames.len(), rendition.frames_per_chunk());
                    chunks += 1;
                }
            }
            assert!(chunks >= 2, "{rendition:?} gave {chunks}");
        }
    }
}
