//! Codecs of the live path: a speaker's Opus to samples, the program to the packets of every rendition. Runs in the
//! stage's own process and decodes Opus only.

mod decode;
mod encode;

pub use decode::{DecodeError, Decoder};
pub use encode::{EncodeError, Encoder, Form};
