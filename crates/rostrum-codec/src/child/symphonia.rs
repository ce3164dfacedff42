//! Symphonia as a source: MP3, FLAC, Vorbis, PCM in WAV and AIFF.

use rostrum_media::sniff::Container;
use rostrum_media::{Tags, id3};
use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::formats::{FormatOptions, FormatReader, SeekMode, SeekTo, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::StandardTag;
use symphonia::core::units::{Time, TimeBase};
use symphonia::default::formats::{AiffReader, FlacReader, MpaReader, OggReader, WavReader};

use super::Stop;
use super::input::Input;
use super::source::{Chunk, DAMAGED_PACKETS_MAX, Decode, Facts, damaged};
use crate::message::{AudioStream, CHAPTERS_MAX, clean_text};

pub(crate) struct Source {
    format: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    track: u32,
    time_base: TimeBase,
    facts: Facts,
    damaged: u32,
    in_a_row: u32,
}

/// A source for the file; none if Symphonia does not take it, and libav shall try.
pub(crate) fn open(input: &Input, container: Container) -> Option<Source> {
    // An ID3 tag in front is no part of these formats; pictures in it may even look like frames.
    let cursor = input.cursor_from(input.audio_start().ok()?);
    let stream = MediaSourceStream::new(Box::new(cursor), MediaSourceStreamOptions::default());
    let options = FormatOptions::default();
    let mut format: Box<dyn FormatReader> = match container {
        Container::Mp3 => Box::new(MpaReader::try_new(stream, options).ok()?),
        Container::Flac => Box::new(FlacReader::try_new(stream, options).ok()?),
        Container::Wav => Box::new(WavReader::try_new(stream, options).ok()?),
        Container::Aiff => Box::new(AiffReader::try_new(stream, options).ok()?),
        Container::Ogg => Box::new(OggReader::try_new(stream, options).ok()?),
        _ => return None,
    };
    let mut facts = Facts { has_video: format.first_track(TrackType::Video).is_some(), ..Facts::default() };
    let track = format.first_track(TrackType::Audio)?;
    let Some(CodecParameters::Audio(params)) = &track.codec_params else { return None };
    let registry = symphonia::default::get_codecs();
    let decoder = registry.make_audio_decoder(params, &AudioDecoderOptions::default()).ok()?;
    let name = registry.get_audio_decoder(params.codec)?.codec.info.short_name;
    let sample_rate = params.sample_rate?;
    let time_base = track.time_base.or_else(|| TimeBase::try_from_recip(sample_rate))?;
    let frames_ms = track.num_frames.map(|frames| frames.saturating_mul(1000) / u64::from(sample_rate.max(1)));
    let ticks = track.duration.and_then(|duration| time_base.calc_duration(duration));
    let ticks_ms = ticks.map(|time| u64::try_from(time.as_millis()).unwrap_or_default());
    facts.duration_ms = frames_ms.or(ticks_ms).unwrap_or_default();
    let channels = params.channels.as_ref().map_or(0, |channels| channels.count() as u16);
    facts.streams.push(AudioStream { codec: name.to_lowercase(), sample_rate, channels });
    let track = track.id;
    read_tags(&mut *format, &mut facts);
    if let Ok(found) = id3::decode(input.cursor()) {
        read_id3(found, &mut facts);
    }
    Some(Source { format, decoder, track, time_base, facts, damaged: 0, in_a_row: 0 })
}

fn read_tags(format: &mut dyn FormatReader, facts: &mut Facts) {
    let mut metadata = format.metadata();
    let Some(revision) = metadata.skip_to_latest() else { return };
    for tag in &revision.media.tags {
        match &tag.std {
            Some(StandardTag::TrackTitle(text)) => facts.title = clean_text(text),
            Some(StandardTag::Artist(text)) => facts.artist = clean_text(text),
            Some(StandardTag::Album(text)) => facts.album = clean_text(text),
            _ => {}
        }
    }
}

fn read_id3(found: Tags, facts: &mut Facts) {
    facts.title = clean_text(&found.title).or(facts.title.take());
    facts.artist = clean_text(&found.artist).or(facts.artist.take());
    facts.album = clean_text(&found.album).or(facts.album.take());
    facts.chapters = found.chapters;
    facts.chapters.truncate(CHAPTERS_MAX);
}

impl Source {
    fn position(&self, ticks: i64, sample_rate: u32) -> i64 {
        let (numer, denom) = (i128::from(self.time_base.numer.get()), i128::from(self.time_base.denom.get()));
        i64::try_from(i128::from(ticks) * numer * i128::from(sample_rate) / denom).unwrap_or_default()
    }

    /// Counts a damaged packet; too many in a row end the file.
    fn skip_damaged(&mut self) -> bool {
        self.damaged += 1;
        self.in_a_row += 1;
        self.in_a_row < DAMAGED_PACKETS_MAX
    }
}

impl Decode for Source {
    fn facts(&self) -> Facts {
        self.facts.clone()
    }

    fn next(&mut self, chunk: &mut Chunk) -> Result<bool, Stop> {
        loop {
            let packet = match self.format.next_packet() {
                Ok(Some(packet)) => packet,
                Ok(None) | Err(Error::IoError(_)) => return Ok(false),
                Err(Error::DecodeError(_)) if self.skip_damaged() => continue,
                Err(_) => return Ok(false),
            };
            if packet.track_id != self.track {
                continue;
            }
            let start = packet.pts.get().saturating_add_unsigned(packet.trim_start.get());
            match self.decoder.decode(&packet) {
                Ok(audio) if audio.frames() > 0 => {
                    audio.copy_to_vecs_planar::<f32>(&mut chunk.planes);
                    chunk.sample_rate = audio.spec().rate();
                    chunk.position = self.position(start, chunk.sample_rate);
                    self.in_a_row = 0;
                    return Ok(true);
                }
                Ok(_) => {}
                Err(Error::DecodeError(_) | Error::IoError(_)) => {
                    if !self.skip_damaged() {
                        return Ok(false);
                    }
                }
                Err(_) => return Ok(false),
            }
        }
    }

    fn seek(&mut self, ms: u64) -> Result<(), Stop> {
        let time = Time::try_from_nanos_u128(u128::from(ms) * 1_000_000).ok_or_else(damaged)?;
        let to = SeekTo::Time { time, track_id: Some(self.track) };
        self.format.seek(SeekMode::Accurate, to).map_err(|_| damaged())?;
        self.decoder.reset();
        Ok(())
    }

    fn damaged(&self) -> u32 {
        self.damaged
    }
}
