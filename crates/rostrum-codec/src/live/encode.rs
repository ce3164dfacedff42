//! The program to packets, aligned: packet k decodes to program samples [k × frame, (k + 1) × frame), for every codec.
//! An encoder's own delay is filled up to a whole frame with silence in front, and that frame's packet is thrown away.

use rostrum_media::Codec;

use crate::encoder::{self, Choice, EncoderError};

/// An encoder this machine's libav lacks, or one that failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the live encoder failed: {0}")]
pub struct EncodeError(String);

impl From<EncoderError> for EncodeError {
    fn from(error: EncoderError) -> Self {
        Self(error.to_string())
    }
}

/// What comes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form {
    /// Of which codec.
    pub codec: Codec,
    /// 1 or 2; a stereo program is mixed down for 1.
    pub channels: u8,
    /// Bits per second.
    pub bitrate: u32,
}

impl Form {
    fn options(self) -> Vec<(&'static str, String)> {
        match self.codec {
            Codec::Mp3 => vec![("reservoir", "0".into()), ("compression_level", "5".into())],
            Codec::Aac => vec![("aac_coder", "fast".into())],
            Codec::Opus => vec![
                ("compression_level", "8".into()),
                ("frame_duration", "20".into()),
                ("vbr", "constrained".into()),
                ("application", if self.bitrate < 24_000 { "voip" } else { "audio" }.into()),
            ],
        }
    }
}

/// One rendition's encoder.
pub struct Encoder {
    inner: encoder::Encoder,
    form: Form,
    config: Vec<u8>,
    /// Packets still to be thrown away.
    skip: u32,
    planes: [Vec<f32>; 2],
}

impl Encoder {
    /// An encoder at the start of an epoch.
    ///
    /// # Errors
    /// The codec is missing from this build of libav.
    pub fn new(form: Form) -> Result<Self, EncodeError> {
        let Form { codec, channels, bitrate } = form;
        let mut inner = encoder::Encoder::open(&Choice { codec, channels, bitrate, options: form.options() })?;
        let (delay, config) = inner.facts();
        let frame = codec.frame_samples();
        let whole = delay.next_multiple_of(frame);
        let mut skip = whole / frame;
        inner.silence((whole - delay) as usize, &mut |_| -> Result<(), EncodeError> {
            skip = skip.saturating_sub(1);
            Ok(())
        })?;
        Ok(Self { inner, form, config, skip, planes: Default::default() })
    }

    /// The decoder's configuration: an AudioSpecificConfig for AAC, empty for others.
    pub fn config(&self) -> &[u8] {
        if self.form.codec == Codec::Aac { &self.config } else { &[] }
    }

    /// Takes interleaved stereo samples of the program, hands finished packets to `sink` in order.
    ///
    /// # Errors
    /// The encoder failed; a new one must be made.
    pub fn push(&mut self, stereo: &[f32], sink: &mut impl FnMut(&[u8])) -> Result<(), EncodeError> {
        let [left, right] = &mut self.planes;
        left.clear();
        right.clear();
        let pairs = stereo.as_chunks::<2>().0;
        if self.form.channels == 1 {
            left.extend(pairs.iter().map(|[l, r]| (l + r) * 0.5));
        } else {
            left.extend(pairs.iter().map(|[l, _]| *l));
            right.extend(pairs.iter().map(|[_, r]| *r));
        }
        let planes = &self.planes[..usize::from(self.form.channels)];
        let skip = &mut self.skip;
        self.inner.push(planes, &mut |packet| {
            if *skip > 0 {
                *skip -= 1;
            } else {
                sink(packet);
            }
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::Decoder;

    fn form(codec: Codec) -> Form {
        Form { codec, channels: 2, bitrate: 64_000 }
    }

    /// One loud sample pair at `at`, silence around it.
    fn click(samples: usize, at: usize) -> Vec<f32> {
        let mut pcm = vec![0.0; samples * 2];
        for index in at..at + 48 {
            pcm[index * 2] = 0.8;
            pcm[index * 2 + 1] = 0.8;
        }
        pcm
    }

    #[test]
    fn opus_packets_stand_where_the_program_has_them() {
        let mut encoder = Encoder::new(form(Codec::Opus)).expect("libopus is there");
        let mut packets = Vec::new();
        for block in click(48_000, 24_000).chunks(960 * 2) {
            encoder.push(block, &mut |packet| packets.push(packet.to_vec())).expect("it encodes");
        }
        let mut decoder = Decoder::new(1).expect("libopus is there");
        let mut heard = Vec::new();
        packets.iter().for_each(|packet| decoder.packet(packet, &mut heard).expect("it decodes"));
        let loudest = heard.iter().enumerate().max_by(|a, b| a.1.abs().total_cmp(&b.1.abs())).expect("samples").0;
        assert!(loudest.abs_diff(24_024) < 120, "the click is at {loudest}");
    }

    #[test]
    fn every_codec_gives_one_packet_a_frame_and_no_more() {
        for codec in Codec::ALL {
            let mut encoder = Encoder::new(form(codec)).expect("this libav has it");
            let mut packets = 0;
            let frame = codec.frame_samples() as usize;
            for _ in 0..100 {
                encoder.push(&vec![0.0; frame * 2], &mut |_| packets += 1).expect("it encodes");
            }
            assert!((97..=100).contains(&packets), "{codec:?} gave {packets}");
            assert_eq!(encoder.config().is_empty(), codec != Codec::Aac);
        }
    }

    #[test]
    fn a_lost_packet_is_made_up_for() {
        let mut encoder = Encoder::new(Form { codec: Codec::Opus, channels: 1, bitrate: 48_000 }).expect("libopus");
        let tone: Vec<f32> =
            (0..48_000).map(|n| (n as f32 * 440.0 * std::f32::consts::TAU / 48_000.0).sin() * 0.5).collect();
        let stereo: Vec<f32> = tone.iter().flat_map(|sample| [*sample, *sample]).collect();
        let mut packets = Vec::new();
        encoder.push(&stereo, &mut |packet| packets.push(packet.to_vec())).expect("it encodes");
        let mut decoder = Decoder::new(1).expect("libopus");
        let mut heard = Vec::new();
        for (index, packet) in packets.iter().enumerate() {
            if index == 20 {
                decoder.fec(&packets[21], 960, &mut heard).expect("something comes");
            } else {
                decoder.packet(packet, &mut heard).expect("it decodes");
            }
        }
        assert_eq!(heard.len(), packets.len() * 960);
        let hole = &heard[20 * 960..21 * 960];
        let level = (hole.iter().map(|sample| sample * sample).sum::<f32>() / 960.0).sqrt();
        assert!(level > 0.1, "the gap is at {level}");
    }

    #[test]
    fn rubbish_is_refused_and_leaves_the_decoder_usable() {
        let mut decoder = Decoder::new(2).expect("libopus");
        let mut out = Vec::new();
        assert!(decoder.packet(&[0xff; 3], &mut out).is_err());
        assert!(out.is_empty());
        decoder.conceal(960, &mut out).expect("concealment");
        assert_eq!(out.len(), 1920);
        assert!(Decoder::new(3).is_err());
    }
}
