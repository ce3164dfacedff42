//! The program made again from a journal: mixed as it was live, encoded once for each rendition, as long as it was.

use std::fs::File;
use std::io::{BufWriter, Read as _, Write as _};
use std::ops::Range;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use rostrum_codec::live::{DecodeError, Decoder, Encoder, Form};
use rostrum_domain::asset::{Asset, AssetKind};
use rostrum_domain::episode::Episode;
use rostrum_domain::show::Show;
use rostrum_live::erase::Erasure;
use rostrum_live::event::{Entry as Said, Event};
use rostrum_live::program::{Block, Decode, Replay};
use rostrum_live::reel::Reel;
use rostrum_media::gauge::Reading;
use rostrum_media::program::index::{Entry, Flags};
use rostrum_media::program::{CHUNK_SAMPLES, CHUNK_US, MP3_FRONT_BYTES, Rendition, mp3_front};
use rostrum_media::wave::Waveform;
use tempfile::{NamedTempFile, TempPath};

use crate::files::New;
use crate::rooms::finish::replay::{self, Fragments};
use crate::rooms::tape;
use crate::{App, Error, renditions};

/// What is made, and as what it is kept.
const MADE: [(Rendition, AssetKind); 3] = [
    (Rendition::Mp3, AssetKind::Mp3),
    (Rendition::Aac, AssetKind::AacFragments),
    (Rendition::Opus, AssetKind::OpusFragments),
];
/// Samples of program time in a millisecond.
const SAMPLES_PER_MS: u64 = 48;
/// Silence in one piece, in samples of a channel.
const STEP: u64 = 960;

/// What is to be made.
pub(super) struct Program {
    /// Samples it has.
    pub(super) end: u64,
    /// Wall time of its first sample, in µs since 1970.
    pub(super) live_at_us: i64,
    /// Silent whatever is heard there.
    pub(super) silent: Option<Range<u64>>,
}

/// What was made.
pub(super) struct Remade {
    files: Vec<Plate>,
    reading: Reading,
    waveform: Waveform,
    end: u64,
}

/// libopus behind the program's seam.
struct Ears(Decoder);

impl Decode for Ears {
    type Error = DecodeError;

    fn packet(&mut self, payload: &[u8], out: &mut Vec<f32>) -> Result<(), DecodeError> {
        self.0.packet(payload, out)
    }

    fn fec(&mut self, next: &[u8], samples: usize, out: &mut Vec<f32>) -> Result<(), DecodeError> {
        self.0.fec(next, samples, out)
    }

    fn conceal(&mut self, samples: usize, out: &mut Vec<f32>) -> Result<(), DecodeError> {
        self.0.conceal(samples, out)
    }
}

/// One rendition in the making.
struct Plate {
    rendition: Rendition,
    kind: AssetKind,
    encoder: Encoder,
    frames: Vec<Vec<u8>>,
    out: BufWriter<NamedTempFile>,
    front_bytes: u64,
    at: u64,
    entries: Vec<Entry>,
}

impl Plate {
    fn new(scratch: &Path, (rendition, kind): (Rendition, AssetKind)) -> Result<Self, Error> {
        let form = Form { codec: rendition.codec(), channels: rendition.channels(), bitrate: rendition.bitrate() };
        let encoder = Encoder::new(form).map_err(Error::internal)?;
        let front = rendition.front(encoder.config()).map_err(Error::internal)?;
        let mut out = BufWriter::with_capacity(1 << 20, NamedTempFile::new_in(scratch)?);
        // The front of an MP3 is known when its tags are.
        let front_bytes = if rendition == Rendition::Mp3 { 0 } else { front.len() as u64 };
        out.write_all(&front[..usize::try_from(front_bytes).unwrap_or_default()])?;
        Ok(Self {
            rendition,
            kind,
            encoder,
            frames: Vec::new(),
            out,
            front_bytes,
            at: front_bytes,
            entries: Vec::new(),
        })
    }

    fn push(&mut self, samples: &[f32], (chunks, live_at_us): (u64, i64)) -> Result<(), Error> {
        let frames = &mut self.frames;
        self.encoder.push(samples, &mut |frame| frames.push(frame.to_vec())).map_err(Error::internal)?;
        while self.frames.len() >= self.rendition.frames_per_chunk() && (self.entries.len() as u64) < chunks {
            let rest = self.frames.split_off(self.rendition.frames_per_chunk());
            let frames = std::mem::replace(&mut self.frames, rest);
            let n = self.entries.len() as u64;
            let chunk = self.rendition.chunk(n, &frames).map_err(Error::internal)?;
            let len = u32::try_from(chunk.len()).map_err(Error::internal)?;
            let wall_us = live_at_us + i64::try_from(n).unwrap_or_default() * CHUNK_US;
            let flags = Flags { remixed: true, ..Flags::default() };
            let entry = Entry { offset: self.at, len, epoch: 1, wall_us, flags, crc: 0 };
            self.entries.push(entry);
            self.at += u64::from(len);
            self.out.write_all(&chunk)?;
        }
        Ok(())
    }
}

/// All renditions, fed with one stream of blocks.
struct Press {
    plates: Vec<Plate>,
    program: Program,
    /// Samples fed so far.
    at: u64,
    failed: Option<Error>,
}

impl Press {
    fn block(&mut self, block: &Block, dumped: &[Range<u64>]) {
        if self.failed.is_some() || block.position < self.at || block.position >= self.program.end {
            return;
        }
        let until = block.position + block.samples.len() as u64 / 2;
        let gone = |span: &Range<u64>| span.start < until && block.position < span.end;
        let silent = self.program.silent.iter().chain(dumped).any(gone);
        let fed = self
            .silence(block.position)
            .and_then(|()| if silent { self.silence(until) } else { self.feed(&block.samples) });
        self.failed = fed.err();
    }

    fn silence(&mut self, until: u64) -> Result<(), Error> {
        while self.at < until {
            let step = usize::try_from(STEP.min(until - self.at)).unwrap_or_default();
            self.feed(&vec![0.0; step * 2])?;
        }
        Ok(())
    }

    fn feed(&mut self, samples: &[f32]) -> Result<(), Error> {
        let chunks = self.program.end / CHUNK_SAMPLES;
        self.at += samples.len() as u64 / 2;
        let at = (chunks, self.program.live_at_us);
        self.plates.iter_mut().try_for_each(|plate| plate.push(samples, at))
    }
}

/// Where nobody is to be heard: what was taken back before anybody heard it, which was said some seconds before that
/// was written down, and what was erased earlier, of which a packet that came early or late may have stayed.
fn dumped(paths: &[PathBuf]) -> Result<Vec<Range<u64>>, Error> {
    let mut dumped = Vec::new();
    tape::read(paths, &mut |record| {
        if let Some(Ok(Said { event: Event::Dumped { from, to }, .. })) = Said::from_record(record) {
            dumped.push(from..to);
        }
        dumped.extend(Erasure::silent_since(record));
        Ok(())
    })?;
    Ok(dumped)
}

/// Makes the program of a journal; blocks.
pub(super) fn remake(paths: &[PathBuf], scratch: &Path, program: Program) -> Result<Remade, Error> {
    let plates: Result<Vec<Plate>, Error> = MADE.into_iter().map(|made| Plate::new(scratch, made)).collect();
    let end = program.end;
    let mut press = Press { plates: plates?, program, at: 0, failed: None };
    let mut mix = Replay::new(0, |channels| Decoder::new(channels).map(Ears));
    let (mut reel, dumped) = (Reel::default(), dumped(paths)?);
    tape::read(paths, &mut |record| {
        reel.record(record);
        mix.record(&reel, record, &mut |block| press.block(&block, &dumped));
        press.failed.take().map_or(Ok(()), Err)
    })?;
    let (reading, waveform) = mix.finish(Some(end), &mut |block| press.block(&block, &dumped));
    press.failed.take().map_or(Ok(()), Err)?;
    // Encoders are a frame or two behind; silence behind the end pushes the last chunk out.
    press.silence(end + 2 * CHUNK_SAMPLES)?;
    if press.plates.iter().any(|plate| plate.entries.len() as u64 != end / CHUNK_SAMPLES) {
        return Err(Error::internal("the remade program is shorter than it was"));
    }
    Ok(Remade { files: press.plates, reading, waveform, end })
}

/// Stores what was made; the records are the caller's to insert.
pub(super) async fn store(app: &App, of: (&Show, &Episode), remade: Remade) -> Result<Vec<Asset>, Error> {
    let Remade { files, reading, waveform, end } = remade;
    let tags = renditions::tags(app, &mut app.store.read().await?, of).await?;
    let (mut stored, mut fragments) = (Vec::new(), Vec::new());
    for plate in files {
        let Plate { rendition, kind, out, front_bytes, entries, .. } = plate;
        let file = out.into_inner().map_err(|error| Error::internal(error.into_error()))?.into_temp_path();
        let file = if rendition == Rendition::Mp3 { with_front(app, &file, &tags, end)? } else { file };
        let asset = New::of_episode(of, kind).adopt(app, &file).await?;
        let duration_ms = i64::try_from(end / SAMPLES_PER_MS).map_err(Error::internal)?;
        let (bitrate, loudness_lufs) = (i64::from(rendition.bitrate()), reading.integrated_lufs);
        let asset = Asset { duration_ms, bitrate, loudness_lufs, ..asset };
        if rendition == Rendition::Aac {
            let m4a = New::of_episode(of, AssetKind::M4a).twin(app, &asset);
            stored.push(m4a);
        }
        if rendition != Rendition::Mp3 {
            fragments.push(Fragments { rendition, path: asset.path(), front_bytes, entries });
        }
        stored.push(asset);
    }
    let (kind, name) = (AssetKind::Replay, "replay.json".to_owned());
    let replay = New { file_name: name, ..New::of_episode(of, kind) }.put(app, replay::document(&fragments)?).await?;
    let peaks = serde_json::to_vec(&waveform).map_err(Error::internal)?;
    stored.extend([replay, renditions::peaks(app, of, peaks.into()).await?]);
    Ok(stored)
}

/// The MP3 with its tags in front.
fn with_front(app: &App, frames: &Path, tags: &rostrum_media::Tags, end: u64) -> Result<TempPath, Error> {
    let mut source = File::open(frames)?;
    let mut first = [0; 4];
    source.read_exact(&mut first)?;
    let bytes = source.metadata()?.len();
    let count = end / CHUNK_SAMPLES * Rendition::Mp3.frames_per_chunk() as u64;
    let front = mp3_front(tags, first, count, bytes).or_else(|_| {
        let plain = rostrum_media::Tags { artwork: None, ..tags.clone() };
        mp3_front(&plain, first, count, bytes)
    });
    let front = Bytes::from(front.map_err(Error::internal)?);
    debug_assert_eq!(front.len(), MP3_FRONT_BYTES);
    let mut out = NamedTempFile::new_in(&app.scratch)?;
    out.write_all(&front)?;
    std::io::copy(&mut File::open(frames)?, &mut out)?;
    Ok(out.into_temp_path())
}
