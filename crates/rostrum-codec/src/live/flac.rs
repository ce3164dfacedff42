//! Sound without loss: samples to a FLAC file (RFC 9639), 16 bits at 48 kHz, by libav.

use ffmpeg_next::util::format::Sample;
use ffmpeg_next::util::format::sample::Type::Packed;
use ffmpeg_next::{ChannelLayout, Packet, Rational, codec, encoder, frame};
use rostrum_media::SAMPLE_RATE;

use super::EncodeError;
use crate::encoder::EncoderError;
use crate::ffi;

/// Bytes of a STREAMINFO block, and where in it the 64 bits stand whose last 36 are the number of samples.
const INFO_BYTES: usize = 34;
const COUNT_AT: usize = 10;

/// A FLAC stream in the making.
pub struct Flac {
    inner: encoder::audio::Encoder,
    layout: ChannelLayout,
    channels: usize,
    frame_samples: usize,
    /// Interleaved samples that do not fill a frame yet.
    pending: Vec<i16>,
    /// Samples a channel handed to the library.
    fed: u64,
}

impl Flac {
    /// Begins a stream of 1 or 2 channels that will have `samples` samples each; gives what stands in front of it.
    ///
    /// # Errors
    /// The codec is missing from this build of libav.
    pub fn new(channels: u8, samples: u64) -> Result<(Self, Vec<u8>), EncodeError> {
        let failed = |error: ffmpeg_next::Error| EncoderError::from(error);
        let library = encoder::find_by_name("flac");
        let library = library.ok_or_else(|| EncoderError("this build of libav has no flac".into()))?;
        let layout = if channels == 1 { ChannelLayout::MONO } else { ChannelLayout::STEREO };
        let mut context = codec::Context::new_with_codec(library).encoder().audio().map_err(failed)?;
        context.set_rate(SAMPLE_RATE.cast_signed());
        context.set_format(Sample::I16(Packed));
        context.set_channel_layout(layout);
        context.set_time_base(Rational(1, SAMPLE_RATE.cast_signed()));
        let inner = context.open_as(library).map_err(failed)?;
        let (_, info) = ffi::encoder_facts(&inner);
        let head = head(info, samples)?;
        let frame_samples = inner.frame_size() as usize;
        let channels = usize::from(channels);
        Ok((Self { inner, layout, channels, frame_samples, pending: Vec::new(), fed: 0 }, head))
    }

    /// Takes interleaved samples (−1 to 1), hands finished frames to `sink`.
    ///
    /// # Errors
    /// The encoder failed; the stream is lost.
    pub fn push(&mut self, samples: &[f32], sink: &mut impl FnMut(&[u8])) -> Result<(), EncodeError> {
        let whole = |sample: &f32| (sample.clamp(-1.0, 1.0) * 32_767.0).round() as i16;
        self.pending.extend(samples.iter().map(whole));
        while self.pending.len() >= self.frame_samples * self.channels {
            self.frame(self.frame_samples, sink)?;
        }
        Ok(())
    }

    /// Ends the stream; the last frames go to `sink`.
    ///
    /// # Errors
    /// The encoder failed; the stream is lost.
    pub fn finish(mut self, sink: &mut impl FnMut(&[u8])) -> Result<(), EncodeError> {
        let rest = self.pending.len() / self.channels;
        if rest > 0 {
            self.frame(rest, sink)?;
        }
        self.inner.send_eof().map_err(EncoderError::from)?;
        self.drain(sink);
        Ok(())
    }

    fn frame(&mut self, samples: usize, sink: &mut impl FnMut(&[u8])) -> Result<(), EncodeError> {
        let mut frame = frame::Audio::new(Sample::I16(Packed), samples, self.layout);
        frame.set_rate(SAMPLE_RATE);
        frame.set_pts(Some(self.fed.cast_signed()));
        let own = self.pending.drain(..samples * self.channels);
        if self.channels == 1 {
            frame.plane_mut::<i16>(0).iter_mut().zip(own).for_each(|(to, from)| *to = from);
        } else {
            let own: Vec<i16> = own.collect();
            let pairs = own.as_chunks::<2>().0.iter();
            frame.plane_mut::<(i16, i16)>(0).iter_mut().zip(pairs).for_each(|(to, [l, r])| *to = (*l, *r));
        }
        self.inner.send_frame(&frame).map_err(EncoderError::from)?;
        self.fed += samples as u64;
        self.drain(sink);
        Ok(())
    }

    fn drain(&mut self, sink: &mut impl FnMut(&[u8])) {
        let mut packet = Packet::empty();
        while self.inner.receive_packet(&mut packet).is_ok() {
            // At its end the library hands over facts of the whole in a packet without sound.
            sink(packet.data().unwrap_or_default());
        }
    }
}

/// The marker and the one block of facts, with the number of samples; the checksum of the sound is left open (§8.2).
fn head(mut info: Vec<u8>, samples: u64) -> Result<Vec<u8>, EncoderError> {
    let at = COUNT_AT..COUNT_AT + 8;
    let count = info.get(at.clone()).and_then(|bytes| bytes.first_chunk::<8>());
    let count = count.filter(|_| info.len() == INFO_BYTES).map(|bytes| u64::from_be_bytes(*bytes));
    let count = count.ok_or_else(|| EncoderError("libav's flac tells other facts than FLAC has".into()))?;
    let most = (1 << 36) - 1;
    info[at].copy_from_slice(&(count & !most | samples.min(most)).to_be_bytes());
    let mut head = b"fLaC".to_vec();
    // The last block of metadata, of kind 0, this long.
    head.extend([0x80, 0, 0, INFO_BYTES as u8]);
    head.extend(info);
    Ok(head)
}
