//! One encoder: planar 48 kHz audio in, packets to the parent out.

use ffmpeg_next::util::format::Sample;
use ffmpeg_next::util::format::sample::Type::{Packed, Planar};
use ffmpeg_next::{ChannelLayout, Dictionary, Packet, Rational, codec, encoder, frame};
use rostrum_media::{Codec, SAMPLE_RATE};

use super::{Output, Stop};
use crate::message::{Rendition, Settings};
use crate::{ffi, frame as wire};

pub(crate) struct Encoder<'o> {
    codec: Codec,
    inner: encoder::audio::Encoder,
    format: Sample,
    layout: ChannelLayout,
    output: &'o Output,
    pending: Vec<Vec<f32>>,
    delay: u32,
    config: Vec<u8>,
    /// Samples handed in, silence behind the end not counted.
    samples: u64,
    /// Samples handed to the library.
    fed: u64,
    packets: u64,
    /// Packets that hold all samples; what comes after is dropped. Known at the end.
    needed: u64,
}

fn failed(error: ffmpeg_next::Error) -> Stop {
    Stop::Failed(format!("encoder: {error}"))
}

/// The library's encoder, its sample format, its options.
fn choice(codec: Codec, settings: &Settings) -> (&'static str, Sample, Vec<(&'static str, String)>) {
    let planar = Sample::F32(Planar);
    match codec {
        Codec::Mp3 => {
            let effort = settings.mp3_effort.min(9).to_string();
            ("libmp3lame", planar, vec![("reservoir", "0".into()), ("compression_level", effort)])
        }
        Codec::Aac => ("aac", planar, vec![("aac_coder", settings.aac_coder.clone())]),
        Codec::Opus => {
            let effort = settings.opus_complexity.min(10).to_string();
            ("libopus", Sample::F32(Packed), vec![("compression_level", effort), ("frame_duration", "20".into())])
        }
    }
}

impl<'o> Encoder<'o> {
    pub(crate) fn open(codec: Codec, channels: u8, settings: &Settings, output: &'o Output) -> Result<Self, Stop> {
        let (name, format, options) = choice(codec, settings);
        let missing = || Stop::Failed(format!("this build of libav has no {name}"));
        let library = encoder::find_by_name(name).ok_or_else(missing)?;
        let layout = if channels == 1 { ChannelLayout::MONO } else { ChannelLayout::STEREO };
        let mut context = codec::Context::new_with_codec(library).encoder().audio().map_err(failed)?;
        context.set_rate(SAMPLE_RATE.cast_signed());
        context.set_format(format);
        context.set_channel_layout(layout);
        context.set_bit_rate(codec.bitrate(channels) as usize);
        context.set_time_base(Rational(1, SAMPLE_RATE.cast_signed()));
        // AAC in MP4 wants its configuration beside the stream, not in it.
        context.set_flags(codec::Flags::GLOBAL_HEADER);
        let mut dictionary = Dictionary::new();
        options.iter().for_each(|(key, value)| dictionary.set(key, value));
        let inner = context.open_as_with(library, dictionary).map_err(failed)?;
        if inner.frame_size() != codec.frame_samples() {
            return Err(Stop::Failed(format!("{name} takes frames of {} samples", inner.frame_size())));
        }
        let (delay, config) = ffi::encoder_facts(&inner);
        let config = if codec == Codec::Aac { config } else { Vec::new() };
        let pending = vec![Vec::new(); usize::from(channels)];
        let (samples, fed, packets, needed) = (0, 0, 0, u64::MAX);
        Ok(Self { codec, inner, format, layout, output, pending, delay, config, samples, fed, packets, needed })
    }

    pub(crate) fn push(&mut self, planes: &[Vec<f32>]) -> Result<(), Stop> {
        for (pending, plane) in self.pending.iter_mut().zip(planes) {
            pending.extend_from_slice(plane);
        }
        self.samples += planes.first().map_or(0, Vec::len) as u64;
        self.encode_whole_frames()
    }

    fn encode_whole_frames(&mut self) -> Result<(), Stop> {
        let size = self.codec.frame_samples() as usize;
        let whole = self.pending[0].len() / size;
        for index in 0..whole {
            let frame = self.frame(index * size, size);
            self.inner.send_frame(&frame).map_err(failed)?;
            self.fed += size as u64;
            self.drain()?;
        }
        self.pending.iter_mut().for_each(|pending| drop(pending.drain(..whole * size)));
        Ok(())
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

    fn drain(&mut self) -> Result<(), Stop> {
        let mut packet = Packet::empty();
        while self.inner.receive_packet(&mut packet).is_ok() {
            let bytes = packet.data().unwrap_or_default();
            if self.packets < self.needed {
                self.output.with(|mut out| wire::put_packet(&mut out, self.codec, bytes))?;
                self.packets += 1;
            }
        }
        Ok(())
    }

    /// Encodes what is left, with as much silence behind it as the delay asks for.
    pub(crate) fn finish(mut self) -> Result<Rendition, Stop> {
        let frame = u64::from(self.codec.frame_samples());
        let coded = (self.samples + u64::from(self.delay)).next_multiple_of(frame);
        self.needed = coded / frame;
        let silence = usize::try_from(coded + frame - self.samples).unwrap_or_default();
        self.pending.iter_mut().for_each(|pending| pending.resize(pending.len() + silence, 0.0));
        self.encode_whole_frames()?;
        self.inner.send_eof().map_err(failed)?;
        self.drain()?;
        if self.packets < self.needed {
            return Err(Stop::Failed(format!("{:?} gave {} packets of {}", self.codec, self.packets, self.needed)));
        }
        let Self { codec, delay, config, packets, .. } = self;
        Ok(Rendition { codec, delay, config, packets })
    }
}
