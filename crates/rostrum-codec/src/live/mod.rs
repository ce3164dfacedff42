//! Codecs of the live path: a speaker's Opus to samples, the program to the packets of every rendition and those to
//! chunks. Runs in the stage's own process and decodes Opus only.

mod chunker;
mod decode;
mod encode;
mod flac;

pub use chunker::{ChunkError, Chunker};
pub use decode::{DecodeError, Decoder};
pub use encode::{EncodeError, Encoder, Form};
pub use flac::Flac;
