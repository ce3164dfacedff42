//! libav as a source: the demuxer is forced by our own sniff, formats and codecs are on a list, no protocol is.

use ffmpeg_next::codec::{self, Id, decoder};
use ffmpeg_next::format::context::Input as Demuxer;
use ffmpeg_next::media::Type;
use ffmpeg_next::util::format::Sample;
use ffmpeg_next::{Dictionary, Error, Packet, Rational, frame};
use rostrum_domain::chapter::Chapter;
use rostrum_media::sniff::Container;

use super::Stop;
use super::input::Input;
use super::source::{Chunk, DAMAGED_PACKETS_MAX, Decode, Facts, damaged};
use crate::ffi;
use crate::message::{AudioStream, CHAPTERS_MAX, STREAMS_MAX, clean_text};

/// Decoders libav may open, by its own names; nothing for pictures among them.
const DECODERS: &str = "mp3float,mp3,aac,aac_latm,alac,flac,vorbis,libopus,opus,ac3,eac3,pcm_s16le,pcm_s16be,\
    pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be,pcm_f32le,pcm_f32be,pcm_f64le,pcm_f64be,pcm_u8,pcm_s8,pcm_alaw,pcm_mulaw,\
    adpcm_ima_qt,adpcm_ms,adpcm_ima_wav";

const MICROSECONDS: Rational = Rational(1, 1_000_000);

pub(crate) struct Source {
    demuxer: Demuxer,
    decoder: decoder::Audio,
    stream: usize,
    time_base: Rational,
    start: i64,
    facts: Facts,
    ended: bool,
    /// Where the next frame belongs if it does not say so itself.
    expected: i64,
    damaged: u32,
    in_a_row: u32,
}

/// The demuxer for a container, as libavformat names it.
fn demuxer_name(container: Container) -> &'static str {
    match container {
        Container::Mp3 => "mp3",
        Container::Mp4 => "mov",
        Container::Ogg => "ogg",
        Container::Flac => "flac",
        Container::Wav => "wav",
        Container::W64 => "w64",
        Container::Aiff => "aiff",
        Container::Matroska => "matroska",
        Container::Adts => "aac",
        Container::Caf => "caf",
    }
}

fn options(container: Container) -> Dictionary<'static> {
    let name = if container == Container::Mp4 {
        "mov,mp4,m4a,3gp,3g2,mj2"
    } else if container == Container::Matroska {
        "matroska,webm"
    } else {
        demuxer_name(container)
    };
    let streams = STREAMS_MAX.to_string();
    let mut options = Dictionary::new();
    for (key, value) in [
        ("format_whitelist", name),
        ("codec_whitelist", DECODERS),
        ("protocol_whitelist", "none"),
        ("probesize", "4000000"),
        ("analyzeduration", "3000000"),
        ("max_streams", &streams),
        ("max_probe_packets", "500"),
        ("skip_estimate_duration_from_pts", "1"),
    ] {
        options.set(key, value);
    }
    options
}

pub(crate) fn open(input: &Input, container: Container) -> Result<Source, Stop> {
    let opened = ffi::open_input(input.cursor(), demuxer_name(container), options(container));
    let demuxer = opened.map_err(|_| damaged())?;
    let pictures = |stream: &ffmpeg_next::Stream<'_>| {
        let attached = stream.disposition().contains(ffmpeg_next::format::stream::Disposition::ATTACHED_PIC);
        stream.parameters().medium() == Type::Video && !attached
    };
    let has_video = demuxer.streams().any(|stream| pictures(&stream));
    let audio = |stream: &ffmpeg_next::Stream<'_>| stream.parameters().medium() == Type::Audio;
    let stream = demuxer.streams().find(audio).ok_or_else(no_sound)?;
    let (index, time_base, start_time) = (stream.index(), stream.time_base(), stream.start_time());
    let decoder = open_decoder(&stream)?;
    if decoder.rate() == 0 || decoder.channels() == 0 || time_base.denominator() == 0 {
        return Err(damaged());
    }
    let name = decoder.codec().map_or_else(String::new, |codec| codec.id().name().to_owned());
    let first = AudioStream { codec: name, sample_rate: decoder.rate(), channels: decoder.channels() };
    let others = demuxer.streams().filter(audio).skip(1).map(|stream| {
        let codec = stream.parameters().id().name().to_owned();
        AudioStream { codec, sample_rate: 0, channels: 0 }
    });
    let mut streams = vec![first];
    streams.extend(others.take(STREAMS_MAX - 1));
    let facts = facts(&demuxer, streams, has_video);
    let start = if start_time == ffmpeg_next::ffi::AV_NOPTS_VALUE { 0 } else { start_time };
    let (stream, expected) = (index, 0);
    Ok(Source { demuxer, decoder, stream, time_base, start, facts, ended: false, expected, damaged: 0, in_a_row: 0 })
}

fn no_sound() -> Stop {
    Stop::refused("This file has no sound. Please upload a recording with an audio track.")
}

fn open_decoder(stream: &ffmpeg_next::Stream<'_>) -> Result<decoder::Audio, Stop> {
    let parameters = stream.parameters();
    let id = parameters.id();
    let codec = if id == Id::OPUS { decoder::find_by_name("libopus") } else { decoder::find(id) };
    let codec = codec.filter(|codec| DECODERS.split(',').any(|name| name == codec.name()));
    let codec = codec.ok_or_else(|| {
        let reason = format!(
            "The sound in this file is encoded as {}, which is not accepted. \
            Please convert it to MP3, AAC, FLAC or WAV and upload that.",
            id.name()
        );
        Stop::refused(reason)
    })?;
    let context = codec::Context::from_parameters(parameters).map_err(|_| damaged())?;
    let mut decoder = context.decoder();
    decoder.set_packet_time_base(stream.time_base());
    decoder.open_as(codec).and_then(decoder::Opened::audio).map_err(|_| damaged())
}

fn facts(demuxer: &Demuxer, streams: Vec<AudioStream>, has_video: bool) -> Facts {
    let metadata = demuxer.metadata();
    // Ogg keeps its tags with the stream.
    let best = demuxer.streams().best(Type::Audio);
    let tag = |key: &str| {
        let of_stream = || best.as_ref().and_then(|stream| stream.metadata().get(key).and_then(clean_text));
        metadata.get(key).and_then(clean_text).or_else(of_stream)
    };
    let ms = |value: i64, base: Rational| {
        let (numer, denom) = (i128::from(base.numerator()), i128::from(base.denominator().max(1)));
        i64::try_from(i128::from(value) * numer * 1000 / denom).unwrap_or_default()
    };
    let chapters = demuxer.chapters().take(CHAPTERS_MAX).filter_map(|chapter| {
        let title = chapter.metadata().get("title").and_then(clean_text)?;
        let start_ms = ms(chapter.start(), chapter.time_base()).max(0);
        Some(Chapter { start_ms, title, url: None, image: None, hidden: false })
    });
    Facts {
        streams,
        has_video,
        duration_ms: u64::try_from(ms(demuxer.duration(), MICROSECONDS)).unwrap_or_default(),
        title: tag("title"),
        artist: tag("artist"),
        album: tag("album"),
        chapters: chapters.collect(),
    }
}

impl Source {
    fn receive(&mut self, chunk: &mut Chunk) -> Option<()> {
        let mut frame = frame::Audio::empty();
        self.decoder.receive_frame(&mut frame).ok()?;
        to_planes(&frame, &mut chunk.planes)?;
        let rate = frame.rate().max(1);
        chunk.sample_rate = rate;
        let stamp = frame.timestamp().or_else(|| frame.pts());
        chunk.position = match stamp {
            Some(ticks) => {
                let ticks = i128::from(ticks) - i128::from(self.start);
                let (numer, denom) = (i128::from(self.time_base.numerator()), i128::from(self.time_base.denominator()));
                i64::try_from(ticks * numer * i128::from(rate) / denom).unwrap_or_default()
            }
            None => self.expected,
        };
        self.expected = chunk.position.saturating_add(frame.samples().cast_signed() as i64);
        self.in_a_row = 0;
        Some(())
    }
}

impl Decode for Source {
    fn facts(&self) -> Facts {
        self.facts.clone()
    }

    fn next(&mut self, chunk: &mut Chunk) -> Result<bool, Stop> {
        loop {
            if self.receive(chunk).is_some() {
                return Ok(true);
            }
            if self.ended {
                return Ok(false);
            }
            let mut packet = Packet::empty();
            match packet.read(&mut self.demuxer) {
                Ok(()) if packet.stream() != self.stream => {}
                Ok(()) => {
                    if self.decoder.send_packet(&packet).is_err() {
                        self.damaged += 1;
                        self.in_a_row += 1;
                    }
                }
                Err(Error::InvalidData) => self.in_a_row += 1,
                Err(_) => {
                    self.ended = true;
                    // Nothing is left to send; a decoder that refuses the end has nothing more to give either.
                    let _ = self.decoder.send_eof();
                }
            }
            if self.in_a_row >= DAMAGED_PACKETS_MAX {
                self.ended = true;
            }
        }
    }

    fn seek(&mut self, ms: u64) -> Result<(), Stop> {
        let to = i64::try_from(ms * 1000).map_err(|_| damaged())?;
        self.demuxer.seek(to, ..to).map_err(|_| damaged())?;
        self.decoder.flush();
        self.ended = false;
        Ok(())
    }

    fn damaged(&self) -> u32 {
        self.damaged
    }
}

/// The samples of a frame as planar f32; none for an empty frame or a format there is no decoder for.
pub(super) fn to_planes(frame: &frame::Audio, planes: &mut Vec<Vec<f32>>) -> Option<()> {
    let (channels, samples) = (usize::from(frame.channels()), frame.samples());
    if channels == 0 || samples == 0 {
        return None;
    }
    planes.resize(channels, Vec::new());
    let format = frame.format();
    let width = format.bytes();
    for (index, plane) in planes.iter_mut().enumerate() {
        let (data, step) = if format.is_planar() {
            (frame.data(index), width)
        } else {
            (frame.data(0).get(index * width..)?, width * channels)
        };
        plane.clear();
        plane.reserve(samples);
        let values = data.chunks(step).take(samples).filter_map(|bytes| bytes.get(..width));
        read_samples(format, values, plane)?;
        if plane.len() != samples {
            return None;
        }
    }
    Some(())
}

/// Appends samples of `format`, each given as its bytes; none for a format no decoder here gives.
fn read_samples<'b>(format: Sample, values: impl Iterator<Item = &'b [u8]>, plane: &mut Vec<f32>) -> Option<()> {
    match format {
        Sample::U8(_) => plane.extend(values.map(|bytes| (f32::from(bytes[0]) - 128.0) / 128.0)),
        Sample::I16(_) => plane.extend(values.map(|bytes| f32::from(i16::from_ne_bytes(array(bytes))) / 32_768.0)),
        Sample::I32(_) => {
            let scaled = |bytes| f64::from(i32::from_ne_bytes(array(bytes))) / 2_147_483_648.0;
            plane.extend(values.map(|bytes| scaled(bytes) as f32));
        }
        Sample::F32(_) => plane.extend(values.map(|bytes| f32::from_ne_bytes(array(bytes)))),
        Sample::F64(_) => plane.extend(values.map(|bytes| f64::from_ne_bytes(array(bytes)) as f32)),
        Sample::None | Sample::I64(_) => return None,
    }
    Some(())
}

fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes.try_into().expect("cut to the width of the format")
}
