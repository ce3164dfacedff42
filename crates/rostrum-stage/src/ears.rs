//! libopus behind the program's seam.

use rostrum_codec::live::{DecodeError, Decoder};
use rostrum_live::program::Decode;

/// One track's decoder.
#[derive(Debug)]
pub(crate) struct Ears(pub(crate) Decoder);

impl Decode for Ears {
    type Error = DecodeError;

    fn packet(&mut self, payload: &[u8], out: &mut Vec<f32>) -> Result<(), DecodeError> {
        self.0.packet(payload, out)
    }

    fn fec(&mut self, next: &[u8], samples: usize, out: &mut Vec<f32>) -> Result<(), DecodeError> {
        self.0.fec(next, samples, out)
    }

    fn conceal(&mut self, samples: usize, out: &mut Vec<f32>) -> Result<(), DecodeError> {
        self.0.conceal(samples, out)
    }
}
