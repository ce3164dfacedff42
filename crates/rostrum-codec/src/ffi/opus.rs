//! libopus' decoder, for what libav's wrapper of it hides: forward error correction and concealment (RFC 6716 §4.4).
//! The library is the system's, the same that libavcodec has loaded, so that one process never holds two of them.

use std::ptr::NonNull;

use opusic_sys::{OPUS_OK, OpusDecoder, opus_decode_float, opus_decoder_create, opus_decoder_destroy};

#[link(name = "opus")]
unsafe extern "C" {}

/// What libopus says when it refuses, as its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Code(pub(crate) i32);

/// One decoder's state at 48 kHz.
#[derive(Debug)]
pub(crate) struct Decoder {
    state: NonNull<OpusDecoder>,
    channels: usize,
}

// SAFETY: the state is plain memory that libopus keeps no other pointer to and no thread-local data for; it is owned
// here alone and every call takes `&mut self`.
unsafe impl Send for Decoder {}

impl Decoder {
    pub(crate) fn new(channels: u8) -> Result<Self, Code> {
        let mut code = OPUS_OK;
        let rate = rostrum_media::SAMPLE_RATE.cast_signed();
        // SAFETY: `code` outlives the call; the result is null, which is checked, or a state that is ours alone.
        let state = unsafe { opus_decoder_create(rate, i32::from(channels), &raw mut code) };
        let state = NonNull::new(state).filter(|_| code == OPUS_OK).ok_or(Code(code))?;
        Ok(Self { state, channels: usize::from(channels) })
    }

    /// Decodes `packet` into `out` (interleaved), or conceals as much as `out` takes where there is none; with `fec`
    /// gives the frame before `packet`. Returns the samples of one channel.
    pub(crate) fn decode(&mut self, packet: Option<&[u8]>, out: &mut [f32], fec: bool) -> Result<usize, Code> {
        let (data, length) = packet.map_or((std::ptr::null(), 0), |bytes| (bytes.as_ptr(), bytes.len()));
        let room = i32::try_from(out.len() / self.channels).unwrap_or(i32::MAX);
        let length = i32::try_from(length).unwrap_or(i32::MAX);
        // SAFETY: the state is valid until drop; `data` is null with length 0 or `length` readable bytes; `out` has
        // room for `room` samples of every channel, and libopus writes no more.
        let samples =
            unsafe { opus_decode_float(self.state.as_ptr(), data, length, out.as_mut_ptr(), room, i32::from(fec)) };
        usize::try_from(samples).map_err(|_| Code(samples))
    }
}

impl Drop for Decoder {
    fn drop(&mut self) {
        // SAFETY: the state came from `opus_decoder_create`, is ours and is not used again.
        unsafe { opus_decoder_destroy(self.state.as_ptr()) }
    }
}
