//! One of libav's audio encoders behind a plain face: planar 48 kHz sound in, packets out. Knows neither the child nor
//! the live rooms, which both use it.

use ffmpeg_next::util::format::Sample;
use ffmpeg_next::util::format::sample::Type::{Packed, Planar};
use ffmpeg_next::{ChannelLayout, Dictionary, Packet, Rational, codec, encoder, frame};
use rostrum_media::{Codec, SAMPLE_RATE};

use crate::ffi;

/// How an encoder is to work.
#[derive(Debug, Clone)]
pub(crate) struct Choice {
    pub(crate) codec: Codec,
    pub(crate) channels: u8,
    /// Bits per second.
    pub(crate) bitrate: u32,
    /// The library's own options.
    pub(crate) options: Vec<(&'static str, String)>,
}

/// An encoder that is missing or refuses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("encoder: {0}")]
pub(crate) struct EncoderError(pub(crate) String);

impl From<ffmpeg_next::Error> for EncoderError {
    fn from(error: ffmpeg_next::Error) -> Self {
        Self(error.to_string())
    }
}

pub(crate) struct Encoder {
    inner: encoder::audio::Encoder,
    format: Sample,
    layout: ChannelLayout,
    frame_samples: usize,
    pending: Vec<Vec<f32>>,
    /// Samples handed to the library.
    fed: u64,
}

/// The library's name and its sample format.
fn library(codec: Codec) -> (&'static str, Sample) {
    match codec {
        Codec::Mp3 => ("libmp3lame", Sample::F32(Planar)),
        Codec::Aac => ("aac", Sample::F32(Planar)),
        Codec::Opus => ("libopus", Sample::F32(Packed)),
    }
}

impl Encoder {
    pub(crate) fn open(choice: &Choice) -> Result<Self, EncoderError> {
        let (name, format) = library(choice.codec);
        let missing = || EncoderError(format!("this build of libav has no {name}"));
        let library = encoder::find_by_name(name).ok_or_else(missing)?;
        let layout = if choice.channels == 1 { ChannelLayout::MONO } else { ChannelLayout::STEREO };
        let mut context = codec::Context::new_with_codec(library).encoder().audio()?;
        context.set_rate(SAMPLE_RATE.cast_signed());
        context.set_format(format);
        context.set_channel_layout(layout);
        context.set_bit_rate(choice.bitrate as usize);
        context.set_time_base(Rational(1, SAMPLE_RATE.cast_signed()));
        // AAC in MP4 wants its configuration beside the stream, not in it.
        context.set_flags(codec::Flags::GLOBAL_HEADER);
        let mut dictionary = Dictionary::new();
        choice.options.iter().for_each(|(key, value)| dictionary.set(key, value));
        let inner = context.open_as_with(library, dictionary)?;
        if inner.frame_size() != choice.codec.frame_samples() {
            return Err(EncoderError(format!("{name} takes frames of {} samples", inner.frame_size())));
        }
        let frame_samples = choice.codec.frame_samples() as usize;
        let pending = vec![Vec::new(); usize::from(choice.channels)];
        Ok(Self { inner, format, layout, frame_samples, pending, fed: 0 })
    }

    /// Samples it puts before the first it was given, and its out-of-band configuration.
    pub(crate) fn facts(&self) -> (u32, Vec<u8>) {
        ffi::encoder_facts(&self.inner)
    }

    /// Takes one slice of samples for each channel, hands finished packets to `sink`.
    pub(crate) fn push<E: From<EncoderError>>(
        &mut self,
        planes: &[impl AsRef<[f32]>],
        sink: &mut impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        for (pending, plane) in self.pending.iter_mut().zip(planes) {
            pending.extend_from_slice(plane.as_ref());
        }
        let size = self.frame_samples;
        let whole = self.pending[0].len() / size;
        for index in 0..whole {
            let frame = self.frame(index * size, size);
            self.inner.send_frame(&frame).map_err(EncoderError::from)?;
            self.fed += size as u64;
            self.drain(sink)?;
        }
        self.pending.iter_mut().for_each(|pending| drop(pending.drain(..whole * size)));
        Ok(())
    }

    /// Pushes `samples` of silence.
    pub(crate) fn silence<E: From<EncoderError>>(
        &mut self,
        samples: usize,
        sink: &mut impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let planes = vec![vec![0.0; samples]; self.pending.len()];
        self.push(&planes, sink)
    }

    /// Ends the stream; packets the library still held go to `sink`.
    pub(crate) fn end<E: From<EncoderError>>(
        &mut self,
        sink: &mut impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        self.inner.send_eof().map_err(EncoderError::from)?;
        self.drain(sink)
    }

    fn frame(&self, from: usize, size: usize) -> frame::Audio {
        let mut frame = frame::Audio::new(self.format, size, self.layout);
        frame.set_rate(SAMPLE_RATE);
        frame.set_pts(Some(self.fed.cast_signed()));
        match (&self.pending[..], self.format.is_packed()) {
            ([left, right], true) => {
                let pairs = left[from..from + size].iter().zip(&right[from..from + size]);
                frame.plane_mut::<(f32, f32)>(0).iter_mut().zip(pairs).for_each(|(out, (l, r))| *out = (*l, *r));
            }
            (planes, _) => {
                for (index, plane) in planes.iter().enumerate() {
                    frame.plane_mut::<f32>(index).copy_from_slice(&plane[from..from + size]);
                }
            }
        }
        frame
    }

    fn drain<E>(&mut self, sink: &mut impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        let mut packet = Packet::empty();
        while self.inner.receive_packet(&mut packet).is_ok() {
            sink(packet.data().unwrap_or_default())?;
        }
        Ok(())
    }
}
