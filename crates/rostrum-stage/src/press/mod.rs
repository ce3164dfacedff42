//! The press makes the program log: it takes the mixed program block by block, encodes it once for every rendition,
//! cuts it into chunks, writes them to their files and shows them to those who follow. A thread of its own: neither an
//! encoder nor a disk can make the stage late.

mod minutes;
mod plate;
mod volume;

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::time::Duration;

use bytes::Bytes;
use rostrum_live::audience::AudienceEvent;
use rostrum_live::program::Block;
use rostrum_media::gauge::Reading;
use rostrum_media::hls::Epochs;
use rostrum_media::mixer::BLOCK;
use rostrum_media::program::index::Flags;
use rostrum_media::program::{CHUNK_SAMPLES, CHUNK_US, Rendition, events};
use rostrum_media::wave::Waveform;

use crate::failpoint::reach;
use crate::hub::{Hub, Row};
use minutes::Minutes;
use plate::{Plate, PlateError};

pub(crate) use volume::entries;

/// Blocks that wait for the press: a minute and a half.
const QUEUE: usize = 4500;
/// Between two tries of closing the files on a disk that fails.
const RETRY: Duration = Duration::from_millis(500);
/// Tries of closing the files: ten minutes. Beyond, a restart of the stage closes them.
const TRIES_MAX: u32 = 1200;
/// The events' file.
pub(crate) const EVENTS_FILE: &str = "events.log";
/// What is known of the whole when it ends.
pub(crate) const SUMMARY_FILE: &str = "summary.json";

/// What is known of a whole program.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub(crate) struct Summary {
    pub(crate) live_at_us: i64,
    pub(crate) chunks: u64,
    pub(crate) loudness_lufs: Option<f64>,
    pub(crate) peak_dbtp: Option<f64>,
    pub(crate) waveform: Option<Waveform>,
}

enum Job {
    Block(Block, Flags),
    Event(u64, AudienceEvent),
    Finish(Box<Option<(Reading, Waveform)>>),
}

/// The room's end of the press.
#[derive(Debug)]
pub(crate) struct Press {
    queue: SyncSender<Job>,
}

impl std::fmt::Debug for Job {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Block(block, _) => write!(f, "Block({})", block.position),
            Self::Event(at, _) => write!(f, "Event({at})"),
            Self::Finish(_) => write!(f, "Finish"),
        }
    }
}

impl Press {
    /// Starts on `folder`, behind the chunks that are there in every rendition.
    ///
    /// # Errors
    /// An encoder or a file cannot be had.
    pub(crate) fn start(folder: PathBuf, (epoch, live_at_us): (u32, i64), hub: Arc<Hub>) -> Result<Self, PlateError> {
        std::fs::create_dir_all(&folder)?;
        let chunks = sound_chunks(&folder);
        let plates: Result<Vec<_>, _> =
            Rendition::ALL.into_iter().map(|rendition| Plate::open(&folder, rendition, chunks)).collect();
        let plates = plates?;
        let events = Minutes::open(&folder.join(EVENTS_FILE))?;
        let starts = plates.iter().map(Plate::start).collect();
        hub.change(|held| {
            held.starts = starts;
            held.standing.chunks = chunks;
        });
        let (queue, jobs) = mpsc::sync_channel(QUEUE);
        let thread = Thread {
            folder,
            epoch,
            live_at_us,
            hub,
            plates,
            events,
            next: chunks,
            at: chunks * CHUNK_SAMPLES,
            flags: QUIET,
        };
        crate::thread::start("press", 1, move || thread.run(&jobs))?;
        Ok(Self { queue })
    }

    /// Takes the next block of the program; never waits.
    pub(crate) fn block(&self, block: Block) {
        self.put(Job::Block(block, QUIET));
    }

    /// Takes a block that is made up for a time when the stage was away; waits if need be.
    pub(crate) fn remade(&self, block: Block, flags: Flags) {
        self.queue.send(Job::Block(block, flags)).ok();
    }

    /// Takes an event of the program log; never waits.
    pub(crate) fn event(&self, at: u64, event: AudienceEvent) {
        self.put(Job::Event(at, event));
    }

    /// Ends the log; followers see its end when all is written. `measured` is none when only a part was.
    pub(crate) fn finish(self, measured: Option<(Reading, Waveform)>) {
        // The thread is alive and takes from the queue, so that this waits for moments if at all.
        self.queue.send(Job::Finish(Box::new(measured))).ok();
    }

    fn put(&self, job: Job) {
        if let Err(error) = self.queue.try_send(job) {
            tracing::error!(%error, "the press is too far behind; a block of the program is lost to the audience");
        }
    }
}

const QUIET: Flags = Flags { silence: false, remixed: false, gap: false };

/// Chunks that every rendition surely has.
pub(crate) fn sound_chunks(folder: &Path) -> u64 {
    let counts = Rendition::ALL.into_iter().map(|rendition| entries(folder, rendition).len() as u64);
    counts.min().unwrap_or_default()
}

/// When a program began, in µs since 1970, as its first chunk says.
pub(crate) fn began_us(folder: &Path) -> Option<i64> {
    Rendition::ALL.into_iter().find_map(|rendition| Some(entries(folder, rendition).first()?.wall_us))
}

/// With which chunk each epoch of a room's program began.
pub(crate) fn epochs(folder: &Path) -> Epochs {
    let mut epochs = Epochs::default();
    for (n, entry) in (0..).zip(entries(folder, Rendition::Aac)) {
        if epochs.last().is_none_or(|last| last.epoch < entry.epoch) {
            epochs.begin(entry.epoch, n);
        }
    }
    epochs
}

struct Thread {
    folder: PathBuf,
    epoch: u32,
    live_at_us: i64,
    hub: Arc<Hub>,
    plates: Vec<Plate>,
    events: Minutes,
    /// The number of the chunk at hand.
    next: u64,
    /// Program time of the next sample.
    at: u64,
    flags: Flags,
}

impl Thread {
    fn run(mut self, jobs: &Receiver<Job>) {
        while let Ok(job) = jobs.recv() {
            match job {
                Job::Block(block, flags) => self.block(&block, flags),
                Job::Event(at, event) => self.event(at, &event),
                Job::Finish(measured) => return self.finish(*measured),
            }
        }
    }

    /// Takes a block; one that the files have already is left out, and what is missing before it becomes silence.
    fn block(&mut self, block: &Block, flags: Flags) {
        if block.position < self.at {
            return;
        }
        while self.at < block.position {
            self.flags.silence = true;
            self.push(&[0.0; BLOCK * 2]);
        }
        self.flags.silence |= flags.silence;
        self.flags.remixed |= flags.remixed;
        self.push(&block.samples);
    }

    fn push(&mut self, samples: &[f32]) {
        self.at += samples.len() as u64 / 2;
        for plate in &mut self.plates {
            if let Err(error) = plate.push(samples) {
                tracing::error!(%error, rendition = plate.rendition().name(), "an encoder failed");
            }
        }
        while self.plates.iter().all(Plate::is_full) {
            self.chunk();
        }
    }

    fn chunk(&mut self) {
        let at_us = self.live_at_us + i64::try_from(self.next).unwrap_or(i64::MAX / CHUNK_US) * CHUNK_US;
        let (n, stamp, flags) = (self.next, (self.epoch, at_us), self.flags);
        let made = self.plates.iter_mut().map(|plate| Ok((plate.rendition(), plate.take(n, stamp, flags)?)));
        let made: Result<Vec<(Rendition, Bytes)>, PlateError> = made.collect();
        self.next += 1;
        self.flags = QUIET;
        match made {
            Ok(chunks) => self.hub.change(|held| held.push_row(Row { n, epoch: self.epoch, at_us, chunks })),
            Err(error) => tracing::error!(%error, n, "a chunk cannot be made"),
        }
    }

    fn event(&mut self, at: u64, event: &AudienceEvent) {
        let Ok(value) = serde_json::to_value(event) else { return };
        let kind = value.get("type").and_then(|kind| kind.as_str()).unwrap_or("event").to_owned();
        let json = value.to_string();
        let mut line = Vec::with_capacity(json.len() + 32);
        match (events::Event { at, kind: &kind, json: &json }).write(&mut line) {
            Ok(()) => self.events.append(&line),
            Err(error) => tracing::error!(%error, kind, "an event is missing from the program log; the journal has it"),
        }
    }

    /// Fills the chunk at hand with silence, closes the files, tells the followers.
    fn finish(&mut self, measured: Option<(Reading, Waveform)>) {
        let whole = self.at.div_ceil(CHUNK_SAMPLES);
        // Silence behind the end pushes the last chunk out of encoders that are a frame behind.
        while self.next < whole && self.at < (whole + 2) * CHUNK_SAMPLES {
            self.push(&[0.0; BLOCK * 2]);
        }
        let summary = Summary {
            live_at_us: self.live_at_us,
            chunks: self.next,
            loudness_lufs: measured.as_ref().and_then(|(reading, _)| reading.integrated_lufs),
            peak_dbtp: measured.as_ref().and_then(|(reading, _)| reading.true_peak_dbtp),
            waveform: measured.map(|(_, waveform)| waveform),
        };
        for _ in 0..TRIES_MAX {
            match self.close(&summary) {
                Ok(()) => break,
                Err(error) => tracing::error!(%error, "the program log cannot be closed; it is tried again"),
            }
            std::thread::park_timeout(RETRY);
        }
        self.hub.change(|held| held.ended = Some(summary.chunks));
    }

    /// Writes what waits and has the disk confirm it; the summary last, which says that all is there.
    fn close(&mut self, summary: &Summary) -> io::Result<()> {
        for plate in &mut self.plates {
            plate.close()?;
        }
        self.events.close()?;
        reach("program: files closed");
        write_whole(&self.folder.join(SUMMARY_FILE), summary)?;
        reach("program: summary written");
        Ok(())
    }
}

/// Writes a small file so that it is there as a whole or not at all.
pub(crate) fn write_whole(path: &Path, value: &impl serde::Serialize) -> io::Result<()> {
    let fresh = path.with_extension("new");
    let mut file = File::create(&fresh)?;
    file.write_all(&serde_json::to_vec(value)?)?;
    file.sync_all()?;
    reach("small file: before it has its name");
    std::fs::rename(&fresh, path)?;
    reach("small file: after it has its name");
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}
