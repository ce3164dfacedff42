//! An encoder's MP3 or AAC as it comes: frames in on the pipe, packets of Opus out as soon as there are any. There is
//! no container and so no demuxer; each frame goes to the decoder alone.

use std::io::Read;

use ffmpeg_next::codec::decoder;
use ffmpeg_next::{Packet, codec, frame};
use rostrum_media::Codec;
use rostrum_media::frames::{Frames, Kind};

use super::input::Input;
use super::libav::to_planes;
use super::resample::Resampler;
use super::source::Chunk;
use super::{Output, Stop};
use crate::encoder::{Choice, Encoder};
use crate::frame as wire;

/// Bytes that may pass without a frame before this counts as something else.
const RUBBISH_BYTES_MAX: usize = 128 << 10;
/// Damaged frames in a row after which nothing more is expected.
const DAMAGED_MAX: u32 = 500;
/// Bytes read at once: a quarter of a second of the best MP3.
const READ_BYTES: usize = 8 << 10;
const WRONG: &str = "This is neither MP3 nor AAC; choose one of them, or Ogg Opus, in the encoder.";

/// Bits per second of what comes out: enough that nobody hears that it was encoded twice.
fn bitrate(channels: u8) -> u32 {
    if channels == 1 { 80_000 } else { 144_000 }
}

/// Decodes until the pipe is closed.
pub(crate) fn run(input: &Input, output: &Output) -> Result<(), Stop> {
    let (mut frames, mut line) = (Frames::new(), None);
    let mut buffer = vec![0; READ_BYTES];
    loop {
        let count = input.stream().read(&mut buffer)?;
        if count == 0 {
            return line.map_or(Ok(()), |line: Line<'_>| line.finish());
        }
        frames.push(&buffer[..count]);
        for (kind, frame) in &mut frames {
            let line = match &mut line {
                Some(line) if line.kind == kind => line,
                other => other.insert(Line::open(kind, output)?),
            };
            line.frame(&frame)?;
        }
        if frames.skipped() > RUBBISH_BYTES_MAX {
            return Err(Stop::refused(WRONG));
        }
        output.with(|out| out.flush())?;
    }
}

/// Decoder, resampler and encoder of one kind of frames.
struct Line<'o> {
    kind: Kind,
    decoder: decoder::Audio,
    resampler: Resampler,
    chunk: Chunk,
    planes: Vec<Vec<f32>>,
    encoder: Option<Encoder>,
    output: &'o Output,
    damaged: u32,
}

impl<'o> Line<'o> {
    fn open(kind: Kind, output: &'o Output) -> Result<Self, Stop> {
        let name = if kind == Kind::Mp3 { "mp3float" } else { "aac" };
        let missing = || Stop::Failed(format!("this build of libav has no {name} decoder"));
        let library = decoder::find_by_name(name).ok_or_else(missing)?;
        let context = codec::Context::new_with_codec(library).decoder();
        let decoder = context.open_as(library).and_then(decoder::Opened::audio).map_err(|_| missing())?;
        let (resampler, chunk) = (Resampler::default(), Chunk::default());
        Ok(Self { kind, decoder, resampler, chunk, planes: Vec::new(), encoder: None, output, damaged: 0 })
    }

    fn frame(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        if self.decoder.send_packet(&Packet::copy(bytes)).is_err() {
            self.damaged += 1;
            return if self.damaged < DAMAGED_MAX { Ok(()) } else { Err(Stop::refused(WRONG)) };
        }
        self.receive()
    }

    fn receive(&mut self) -> Result<(), Stop> {
        let mut decoded = frame::Audio::empty();
        while self.decoder.receive_frame(&mut decoded).is_ok() {
            if to_planes(&decoded, &mut self.chunk.planes).is_none() {
                continue;
            }
            self.damaged = 0;
            self.chunk.sample_rate = decoded.rate();
            self.resampler.push(&mut self.chunk, &mut self.planes)?;
            self.encode()?;
        }
        Ok(())
    }

    fn encode(&mut self) -> Result<(), Stop> {
        let encoder = match &mut self.encoder {
            Some(encoder) => encoder,
            none => {
                let channels = self.resampler.channels() as u8;
                let options = vec![("compression_level", "8".into()), ("frame_duration", "20".into())];
                let choice = Choice { codec: Codec::Opus, channels, bitrate: bitrate(channels), options };
                none.insert(Encoder::open(&choice)?)
            }
        };
        encoder.push(&self.planes, &mut |packet| put(self.output, packet))?;
        self.planes.iter_mut().for_each(Vec::clear);
        Ok(())
    }

    fn finish(mut self) -> Result<(), Stop> {
        // What the decoder still holds; it may have nothing.
        let _ = self.decoder.send_eof();
        self.receive()?;
        let Some(mut encoder) = self.encoder else { return Ok(()) };
        let frame = Codec::Opus.frame_samples() as usize;
        encoder.silence(frame, &mut |packet| put(self.output, packet))?;
        encoder.end(&mut |packet| put(self.output, packet))
    }
}

fn put(output: &Output, packet: &[u8]) -> Result<(), Stop> {
    Ok(output.with(|mut out| wire::put_packet(&mut out, Codec::Opus, packet))?)
}
