//! One rendition of an upload: planar 48 kHz audio in, packets to the parent out, padding counted.

use rostrum_media::Codec;

use super::{Output, Stop};
use crate::encoder::{Choice, Encoder as Inner, EncoderError};
use crate::frame as wire;
use crate::message::{Rendition, Settings};

pub(crate) struct Encoder<'o> {
    codec: Codec,
    inner: Inner,
    delay: u32,
    config: Vec<u8>,
    /// Samples handed in, silence behind the end not counted.
    samples: u64,
    written: Written<'o>,
}

/// Where packets go, and how many went.
struct Written<'o> {
    codec: Codec,
    output: &'o Output,
    packets: u64,
    /// Packets that hold all samples; what comes after is dropped. Known at the end.
    needed: u64,
}

impl Written<'_> {
    fn put(&mut self, packet: &[u8]) -> Result<(), Stop> {
        if self.packets < self.needed {
            self.output.with(|mut out| wire::put_packet(&mut out, self.codec, packet))?;
            self.packets += 1;
        }
        Ok(())
    }
}

impl From<EncoderError> for Stop {
    fn from(error: EncoderError) -> Self {
        Self::Failed(error.to_string())
    }
}

fn options(codec: Codec, settings: &Settings) -> Vec<(&'static str, String)> {
    match codec {
        Codec::Mp3 => vec![("reservoir", "0".into()), ("compression_level", settings.mp3_effort.min(9).to_string())],
        Codec::Aac => vec![("aac_coder", settings.aac_coder.clone())],
        Codec::Opus => {
            let effort = settings.opus_complexity.min(10).to_string();
            vec![("compression_level", effort), ("frame_duration", "20".into())]
        }
    }
}

impl<'o> Encoder<'o> {
    pub(crate) fn open(codec: Codec, channels: u8, settings: &Settings, output: &'o Output) -> Result<Self, Stop> {
        let bitrate = codec.bitrate(channels);
        let inner = Inner::open(&Choice { codec, channels, bitrate, options: options(codec, settings) })?;
        let (delay, config) = inner.facts();
        let config = if codec == Codec::Aac { config } else { Vec::new() };
        let written = Written { codec, output, packets: 0, needed: u64::MAX };
        Ok(Self { codec, inner, delay, config, samples: 0, written })
    }

    pub(crate) fn push(&mut self, planes: &[Vec<f32>]) -> Result<(), Stop> {
        self.samples += planes.first().map_or(0, Vec::len) as u64;
        self.inner.push(planes, &mut |packet| self.written.put(packet))
    }

    /// Encodes what is left, with as much silence behind it as the delay asks for.
    pub(crate) fn finish(mut self) -> Result<Rendition, Stop> {
        let frame = u64::from(self.codec.frame_samples());
        let coded = (self.samples + u64::from(self.delay)).next_multiple_of(frame);
        self.written.needed = coded / frame;
        let silence = usize::try_from(coded + frame - self.samples).unwrap_or_default();
        self.inner.silence(silence, &mut |packet| self.written.put(packet))?;
        self.inner.end(&mut |packet| self.written.put(packet))?;
        let Written { packets, needed, .. } = self.written;
        if packets < needed {
            return Err(Stop::Failed(format!("{:?} gave {packets} packets of {needed}", self.codec)));
        }
        let Self { codec, delay, config, .. } = self;
        Ok(Rendition { codec, delay, config, packets })
    }
}
