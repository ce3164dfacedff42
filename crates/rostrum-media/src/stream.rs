//! An encoded stream as packets: what a container needs to know of it besides the bytes themselves.

/// The one sample rate of everything we make, in Hz.
pub const SAMPLE_RATE: u32 = 48_000;

/// How a stream is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Codec {
    /// MPEG-1 layer III, constant bit rate, no bit reservoir.
    Mp3,
    /// AAC-LC, raw access units.
    Aac,
    /// Opus, 20 ms frames.
    Opus,
}

impl Codec {
    /// Every codec, the enclosure's first.
    pub const ALL: [Self; 3] = [Self::Mp3, Self::Aac, Self::Opus];

    /// Samples a packet of this codec decodes to.
    pub const fn frame_samples(self) -> u32 {
        match self {
            Self::Mp3 => 1152,
            Self::Aac => 1024,
            Self::Opus => 960,
        }
    }

    /// The bit rate we encode it at, in bit/s, for one or two channels.
    pub const fn bitrate(self, channels: u8) -> u32 {
        match (self, channels) {
            (Self::Mp3, 1) => 96_000,
            (Self::Mp3, _) => 128_000,
            (Self::Aac, 1) => 64_000,
            (Self::Aac, _) => 96_000,
            (Self::Opus, 1) => 40_000,
            (Self::Opus, _) => 64_000,
        }
    }

    /// The largest packet we accept of it, in bytes.
    pub const fn packet_bytes_max(self) -> usize {
        match self {
            Self::Mp3 => 1441,
            Self::Aac => 1536,
            Self::Opus => 1275 * 6,
        }
    }
}

/// A stream at 48 kHz; its packets' bytes lie elsewhere, back to back.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Stream {
    /// How it is encoded.
    pub codec: Codec,
    /// One or two.
    pub channels: u8,
    /// Samples a decoder gives before the first that was recorded (for MP3 with the decoder's own 529).
    pub delay: u32,
    /// Samples that were recorded.
    pub samples: u64,
    /// AudioSpecificConfig of AAC (ISO 14496-3); empty for the others.
    pub config: Vec<u8>,
    /// Length in bytes of every packet, in order.
    pub sizes: Vec<u32>,
}

impl Stream {
    /// Samples after the last that was recorded; none if the packets are too few for `samples`.
    pub fn padding(&self) -> Option<u64> {
        self.coded_samples().checked_sub(u64::from(self.delay) + self.samples)
    }

    /// Samples all packets decode to.
    pub fn coded_samples(&self) -> u64 {
        self.sizes.len() as u64 * u64::from(self.codec.frame_samples())
    }

    /// Bytes of all packets.
    pub fn bytes(&self) -> u64 {
        self.sizes.iter().map(|size| u64::from(*size)).sum()
    }

    /// Length of what was recorded, in milliseconds.
    pub fn duration_ms(&self) -> u64 {
        self.samples * 1000 / u64::from(SAMPLE_RATE)
    }

    /// Refuses a stream that no container of ours can hold.
    pub fn check(&self) -> Result<(), FormatError> {
        let sound = matches!(self.channels, 1 | 2)
            && !self.sizes.is_empty()
            && self.padding().is_some()
            && self.sizes.iter().all(|size| *size > 0 && *size as usize <= self.codec.packet_bytes_max());
        if sound { Ok(()) } else { Err(FormatError::Malformed("the stream's facts contradict each other")) }
    }
}

/// Why bytes could not be written or read as a format of ours.
#[derive(Debug, thiserror::Error)]
pub enum FormatError {
    /// The reader or writer that was given failed; trying again may help.
    #[error("reading or writing failed: {0}")]
    Io(#[from] std::io::Error),
    /// The bytes are not what the format asks for; trying again does not help.
    #[error("not a file of this format: {0}")]
    Malformed(&'static str),
    /// The tags cannot be written.
    #[error("the tags cannot be written: {0}")]
    Tags(String),
}

#[cfg(test)]
pub(crate) mod samples {
    use super::{Codec, Stream};
    use proptest::prelude::*;

    /// A stream of real-looking packets: MP3 frames have headers, Opus packets a 20 ms TOC byte.
    pub(crate) fn stream(codec: Codec, seed: &[u8], channels: u8) -> (Stream, Vec<u8>) {
        let mut sizes = Vec::new();
        let mut data = Vec::new();
        for (index, byte) in seed.iter().enumerate() {
            let size = match codec {
                Codec::Mp3 => 384,
                _ => 3 + usize::from(*byte) * 4,
            };
            let mut packet: Vec<u8> = (0..size).map(|i| (i * 7 + index) as u8 ^ byte).collect();
            match codec {
                Codec::Mp3 => packet[..4].copy_from_slice(&[0xff, 0xfb, 0x94, if channels == 1 { 0xc4 } else { 0x44 }]),
                Codec::Opus => packet[0] = 0x78 | if channels == 2 { 4 } else { 0 },
                Codec::Aac => {}
            }
            sizes.push(size as u32);
            data.extend(packet);
        }
        let delay = match codec {
            Codec::Mp3 => 1105,
            Codec::Aac => 1024,
            Codec::Opus => 312,
        };
        let coded = sizes.len() as u64 * u64::from(codec.frame_samples());
        let padding = if codec == Codec::Mp3 { 700 } else { 200 };
        let config = if codec == Codec::Aac { vec![0x11, 0x90] } else { Vec::new() };
        let samples = coded - u64::from(delay) - padding;
        (Stream { codec, channels, delay, samples, config, sizes }, data)
    }

    pub(crate) fn streams() -> impl Strategy<Value = (Stream, Vec<u8>)> {
        let codec = prop_oneof![Just(Codec::Mp3), Just(Codec::Aac), Just(Codec::Opus)];
        (codec, prop::collection::vec(any::<u8>(), 3..200), 1u8..=2)
            .prop_map(|(codec, seed, channels)| stream(codec, &seed, channels))
    }
}
