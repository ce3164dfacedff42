//! A speaker's Opus, with what makes up for lost packets.

use rostrum_live::program::Decode;

use crate::ffi::opus;

/// Longest packet of Opus, in samples of one channel at 48 kHz (120 ms, RFC 6716 §3.2).
const PACKET_SAMPLES_MAX: usize = 5760;

/// A packet libopus does not take; the track goes on with concealment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("libopus refuses this packet (error {code})")]
pub struct DecodeError {
    /// libopus' number for the reason.
    pub code: i32,
}

impl From<opus::Code> for DecodeError {
    fn from(code: opus::Code) -> Self {
        Self { code: code.0 }
    }
}

/// Decodes one track to 48 kHz, interleaved.
#[derive(Debug)]
pub struct Decoder {
    inner: opus::Decoder,
    channels: usize,
    scratch: Vec<f32>,
}

impl Decoder {
    /// A decoder that gives 1 or 2 channels, whatever the packets hold.
    ///
    /// # Errors
    /// Another number of channels, or no memory.
    pub fn new(channels: u8) -> Result<Self, DecodeError> {
        let count = usize::from(channels);
        Ok(Self {
            inner: opus::Decoder::new(channels)?,
            channels: count,
            scratch: vec![0.0; PACKET_SAMPLES_MAX * count],
        })
    }

    /// Appends the samples of `packet` to `out`.
    ///
    /// # Errors
    /// The packet is damaged; `out` is as it was.
    pub fn packet(&mut self, packet: &[u8], out: &mut Vec<f32>) -> Result<(), DecodeError> {
        self.run(&Ask::Packet(packet), out)
    }

    /// Appends the `samples` before `next`, from the copy `next` carries or, where it has none, by concealment.
    ///
    /// # Errors
    /// The packet is damaged; `out` is as it was.
    pub fn fec(&mut self, next: &[u8], samples: usize, out: &mut Vec<f32>) -> Result<(), DecodeError> {
        self.run(&Ask::Before(next, samples), out)
    }

    /// Appends `samples` made from what was heard before; they fade out when this goes on.
    ///
    /// # Errors
    /// `samples` is not a multiple of 120 (2.5 ms).
    pub fn conceal(&mut self, samples: usize, out: &mut Vec<f32>) -> Result<(), DecodeError> {
        self.run(&Ask::Missing(samples), out)
    }

    fn run(&mut self, ask: &Ask<'_>, out: &mut Vec<f32>) -> Result<(), DecodeError> {
        let (packet, samples, fec) = match *ask {
            Ask::Packet(packet) => (Some(packet), PACKET_SAMPLES_MAX, false),
            Ask::Before(next, samples) => (Some(next), samples.min(PACKET_SAMPLES_MAX), true),
            Ask::Missing(samples) => (None, samples.min(PACKET_SAMPLES_MAX), false),
        };
        let room = &mut self.scratch[..samples * self.channels];
        let given = self.inner.decode(packet, room, fec)?;
        out.extend_from_slice(&room[..given * self.channels]);
        Ok(())
    }
}

impl Decode for Decoder {
    type Error = DecodeError;

    fn packet(&mut self, payload: &[u8], out: &mut Vec<f32>) -> Result<(), DecodeError> {
        Self::packet(self, payload, out)
    }

    fn fec(&mut self, next: &[u8], samples: usize, out: &mut Vec<f32>) -> Result<(), DecodeError> {
        Self::fec(self, next, samples, out)
    }

    fn conceal(&mut self, samples: usize, out: &mut Vec<f32>) -> Result<(), DecodeError> {
        Self::conceal(self, samples, out)
    }
}

/// What is wanted of libopus.
enum Ask<'a> {
    /// The packet.
    Packet(&'a [u8]),
    /// The samples before this packet.
    Before(&'a [u8], usize),
    /// Samples for which there is nothing.
    Missing(usize),
}
