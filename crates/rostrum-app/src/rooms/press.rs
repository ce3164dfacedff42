//! A room's program encoded again, once for each rendition, into the files that the stage would have made of it.

use std::fs::File;
use std::io::{BufWriter, Read as _, Write as _};
use std::ops::Range;
use std::path::{Path, PathBuf};

use rostrum_codec::live::Chunker;
use rostrum_domain::asset::{Asset, AssetKind};
use rostrum_domain::episode::Episode;
use rostrum_domain::show::Show;
use rostrum_live::erase::Erasure;
use rostrum_live::event::{Entry as Said, Event};
use rostrum_live::program::Block;
use rostrum_media::gauge::Reading;
use rostrum_media::program::index::{Entry, Flags};
use rostrum_media::program::{CHUNK_SAMPLES, CHUNK_US, Rendition, SAMPLES_PER_MS};
use rostrum_media::wave::Waveform;
use tempfile::{NamedTempFile, TempPath};

use super::finish::replay::{self, Fragments};
use super::tape;
use crate::files::New;
use crate::{App, Error, renditions};

/// What is made, and as what it is kept.
const MADE: [(Rendition, AssetKind); 3] = [
    (Rendition::Mp3, AssetKind::Mp3),
    (Rendition::Aac, AssetKind::AacFragments),
    (Rendition::Opus, AssetKind::OpusFragments),
];
/// What LAME leaves of every sample at 128 kbit/s: its presets scale by this, so that fewer peaks are cut.
const LAME_LEAVES: f32 = 0.95;
/// Silence in one piece, in samples of a channel.
const STEP: u64 = 960;

/// What was made.
pub(crate) struct Pressed {
    files: Vec<Plate>,
    end: u64,
}

/// One rendition in the making.
struct Plate {
    kind: AssetKind,
    chunker: Chunker,
    out: BufWriter<NamedTempFile>,
    front_bytes: u64,
    at: u64,
    entries: Vec<Entry>,
    /// What its encoder takes away, to be given beforehand.
    gain: f32,
}

impl Plate {
    fn new(scratch: &Path, (rendition, kind): (Rendition, AssetKind)) -> Result<Self, Error> {
        let chunker = Chunker::new(rendition).map_err(Error::internal)?;
        let front = chunker.front().map_err(Error::internal)?;
        let mut out = BufWriter::with_capacity(1 << 20, NamedTempFile::new_in(scratch)?);
        // The front of an MP3 is known when its tags are.
        let front_bytes = if rendition == Rendition::Mp3 { 0 } else { front.len() as u64 };
        out.write_all(&front[..usize::try_from(front_bytes).unwrap_or_default()])?;
        Ok(Self { kind, chunker, out, front_bytes, at: front_bytes, entries: Vec::new(), gain: 1.0 })
    }

    fn push(&mut self, samples: &[f32], (chunks, live_at_us): (u64, i64)) -> Result<(), Error> {
        if self.gain == 1.0 {
            self.chunker.push(samples).map_err(Error::internal)?;
        } else {
            let louder: Vec<f32> = samples.iter().map(|sample| sample * self.gain).collect();
            self.chunker.push(&louder).map_err(Error::internal)?;
        }
        while self.chunker.is_full() && (self.entries.len() as u64) < chunks {
            let n = self.entries.len() as u64;
            let chunk = self.chunker.take(n).map_err(Error::internal)?;
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

/// All renditions, fed with one stream of samples.
pub(crate) struct Press {
    plates: Vec<Plate>,
    /// Samples the program has, whole chunks, and the wall time of its first in µs since 1970.
    program: (u64, i64),
}

impl Press {
    /// A press for a program of `end` samples whose first was heard at `live_at_us`.
    pub(crate) fn new(scratch: &Path, program: (u64, i64)) -> Result<Self, Error> {
        let plates: Result<Vec<Plate>, Error> = MADE.into_iter().map(|made| Plate::new(scratch, made)).collect();
        Ok(Self { plates: plates?, program })
    }

    /// Makes all renditions equally loud, whatever their encoders take away.
    pub(crate) fn alike(mut self) -> Self {
        for plate in self.plates.iter_mut().filter(|plate| plate.kind == AssetKind::Mp3) {
            plate.gain = 1.0 / LAME_LEAVES;
        }
        self
    }

    /// Takes the next interleaved stereo samples.
    pub(crate) fn feed(&mut self, samples: &[f32]) -> Result<(), Error> {
        let (end, live_at_us) = self.program;
        self.plates.iter_mut().try_for_each(|plate| plate.push(samples, (end / CHUNK_SAMPLES, live_at_us)))
    }

    /// Ends the files when all samples were fed.
    pub(crate) fn finish(mut self) -> Result<Pressed, Error> {
        // Encoders are a frame or two behind; silence behind the end pushes the last chunk out.
        for _ in 0..2 * CHUNK_SAMPLES / STEP {
            self.feed(&[0.0; STEP as usize * 2])?;
        }
        let (end, _) = self.program;
        if self.plates.iter().any(|plate| plate.entries.len() as u64 != end / CHUNK_SAMPLES) {
            return Err(Error::internal("the remade program is shorter than it was"));
        }
        Ok(Pressed { files: self.plates, end })
    }
}

/// Blocks of a program in one line without a hole: what is missing or shall not be heard is silence.
pub(crate) struct Line<F> {
    at: u64,
    end: u64,
    silent: Vec<Range<u64>>,
    feed: F,
    failed: Option<Error>,
}

impl<F: FnMut(&[f32]) -> Result<(), Error>> Line<F> {
    /// A line of `end` samples.
    pub(crate) fn new(end: u64, silent: Vec<Range<u64>>, feed: F) -> Self {
        Self { at: 0, end, silent, feed, failed: None }
    }

    /// Takes the next block; after an error, which [`Self::check`] gives, nothing more is fed.
    pub(crate) fn block(&mut self, block: &Block) {
        if self.failed.is_some() || block.position < self.at || block.position >= self.end {
            return;
        }
        let until = block.position + block.samples.len() as u64 / 2;
        let silent = self.silent.iter().any(|span| span.start < until && block.position < span.end);
        let fed = self.silence(block.position).and_then(|()| match silent {
            true => self.silence(until),
            false => {
                self.at = until;
                (self.feed)(&block.samples)
            }
        });
        self.failed = fed.err();
    }

    /// Why feeding failed, if it did.
    pub(crate) fn check(&mut self) -> Result<(), Error> {
        self.failed.take().map_or(Ok(()), Err)
    }

    /// Fills the rest with silence.
    pub(crate) fn finish(mut self) -> Result<(), Error> {
        self.check()?;
        self.silence(self.end)
    }

    fn silence(&mut self, until: u64) -> Result<(), Error> {
        while self.at < until {
            let step = STEP.min(until - self.at);
            self.at += step;
            (self.feed)(&vec![0.0; usize::try_from(step).unwrap_or_default() * 2])?;
        }
        Ok(())
    }
}

/// Where nobody is to be heard: what was taken back before anybody heard it, which was said some seconds before that
/// was written down, and what was erased earlier, of which a packet that came early or late may have stayed.
pub(crate) fn silenced(paths: &[PathBuf]) -> Result<Vec<Range<u64>>, Error> {
    let mut silent = Vec::new();
    tape::read(paths, &mut |record| {
        if let Some(Ok(Said { event: Event::Dumped { from, to }, .. })) = Said::from_record(record) {
            silent.push(from..to);
        }
        silent.extend(Erasure::silent_since(record));
        Ok(())
    })?;
    Ok(silent)
}

/// What a program comes out at, and its drawing.
pub(crate) type Measured = (Reading, Waveform);

/// Stores what was made; the records are the caller's to insert.
pub(crate) async fn store(
    app: &App,
    of: (&Show, &Episode),
    pressed: Pressed,
    (reading, waveform): Measured,
) -> Result<Vec<Asset>, Error> {
    let Pressed { files, end } = pressed;
    let tags = renditions::tags(app, &mut app.store.read().await?, of).await?;
    let (mut stored, mut fragments) = (Vec::new(), Vec::new());
    for plate in files {
        let Plate { kind, chunker, out, front_bytes, entries, .. } = plate;
        let rendition = chunker.rendition();
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
            fragments.push(Fragments { rendition, path: asset.path(), front_bytes, entries, short_ms: 0 });
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
    let mut out = NamedTempFile::new_in(&app.scratch)?;
    out.write_all(&renditions::mp3_front(tags, first, (count, bytes))?)?;
    std::io::copy(&mut File::open(frames)?, &mut out)?;
    Ok(out.into_temp_path())
}
