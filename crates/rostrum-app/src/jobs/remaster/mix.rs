//! From a journal to a remaster: every speaker is measured, all are mixed into a file, and that file is brought to its
//! loudness under the true-peak ceiling on the way to the encoders. On the very clock of the live mix.

use std::collections::BTreeMap;
use std::io::{BufReader, BufWriter, Read, Seek as _, Write as _};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use rostrum_codec::live::Decoder;
use rostrum_domain::edit::Remaster;
use rostrum_live::event::{Source, TrackNo, Who};
use rostrum_live::program::{Desk, Replay};
use rostrum_live::reel::Reel;
use rostrum_media::gauge::Gauge;
use rostrum_media::limiter::{Limiter, Target, plan};
use rostrum_media::loudness::{Levels, Meter};
use rostrum_media::mixer::{BLOCK, Watch};
use rostrum_media::remaster::{Console, Known, Strip};

use crate::Error;
use crate::rooms::press::{self, Line, Measured, Press, Pressed};
use crate::rooms::tape;

/// Samples a channel that are read back at once: 1 s.
const STEP: u64 = 48_000;
/// Samples between two words on how far the work is: 20 s.
const TELL: u64 = 960_000;

/// What is to be made.
pub(super) struct Wanted {
    pub(super) paths: Vec<PathBuf>,
    pub(super) scratch: PathBuf,
    pub(super) how: Remaster,
    /// Samples the program has, and the wall time of its first in µs since 1970.
    pub(super) program: (u64, i64),
}

/// Hears how far the work is.
pub(super) type Say = Box<dyn FnMut(u64, u64) + Send>;

/// Makes the remaster; blocks.
pub(super) fn make(wanted: &Wanted, say: Say) -> Result<(Pressed, Measured), Error> {
    let (end, _) = wanted.program;
    let mut tally = Tally { say, done: 0, told: 0, total: 3 * end };
    let known = known(&wanted.paths, end, &mut tally)?;
    let mixed = mix(wanted, known, &mut tally)?;
    master(wanted, mixed, &mut tally)
}

/// Counts samples through all steps, and says so now and then.
struct Tally {
    say: Say,
    done: u64,
    told: u64,
    total: u64,
}

impl Tally {
    fn add(&mut self, samples: u64) {
        self.done += samples;
        if self.done >= self.told {
            self.told = self.done + TELL;
            (self.say)(self.done / STEP, self.total / STEP);
        }
    }
}

/// How loud every speaker is, by their tracks.
fn known(paths: &[PathBuf], end: u64, tally: &mut Tally) -> Result<BTreeMap<u32, Known>, Error> {
    let mut reel = Reel::default();
    tape::read(paths, &mut |record| {
        reel.record(record);
        Ok(())
    })?;
    let gauges = Arc::new(Mutex::new(BTreeMap::<(Who, bool), (Gauge, Vec<u32>)>::new()));
    let heard = Arc::clone(&gauges);
    let desk: Desk = Box::new(move |strips: &mut [Strip<'_>]| {
        let mut gauges = heard.lock().unwrap_or_else(PoisonError::into_inner);
        for strip in strips {
            let Some((who, source)) = reel.voice(TrackNo(strip.track)) else { continue };
            let lane = gauges.entry((who, source == Source::Voice)).or_insert_with(|| (Gauge::new(1), Vec::new()));
            if !lane.1.contains(&strip.track) {
                lane.1.push(strip.track);
            }
            let middle = |frame: &[f32]| frame.iter().sum::<f32>() / frame.len() as f32;
            lane.0.push(&[strip.samples.chunks(strip.channels).map(middle).collect()]);
        }
    });
    replay(paths, (end, desk), &mut |samples| {
        tally.add(samples.len() as u64 / 2);
        Ok(())
    })?;
    let gauges = std::mem::take(&mut *gauges.lock().unwrap_or_else(PoisonError::into_inner));
    let lanes = gauges.into_iter().flat_map(|((_, voice), (gauge, tracks))| {
        let known = Known { level_lufs: gauge.read().integrated_lufs, voice };
        tracks.into_iter().map(move |track| (track, known))
    });
    Ok(lanes.collect())
}

/// Plays the journal to `desk`; `feed` hears the sum, without a hole.
fn replay(
    paths: &[PathBuf],
    (end, desk): (u64, Desk),
    feed: &mut dyn FnMut(&[f32]) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut line = Line::new(end, press::silenced(paths)?, feed);
    let (mut reel, mut mix) = (Reel::default(), Replay::new(0, Decoder::new).with_desk(desk));
    tape::read(paths, &mut |record| {
        reel.record(record);
        mix.record(&reel, record, &mut |block| line.block(&block));
        line.check()
    })?;
    mix.finish(Some(end), &mut |block| line.block(&block));
    line.finish()
}

/// A mix that no ceiling has touched: interleaved stereo floats in a file, and what it holds.
struct Mixed {
    file: std::fs::File,
    levels: Levels,
    /// By how many samples it is late.
    delay: usize,
}

fn mix(wanted: &Wanted, known: BTreeMap<u32, Known>, tally: &mut Tally) -> Result<Mixed, Error> {
    let mut console = Console::new(wanted.how, known);
    let delay = console.delay_samples();
    let mut file = tempfile::tempfile_in(&wanted.scratch)?;
    let mut out = BufWriter::with_capacity(1 << 20, &mut file);
    let mut meter = Meter::new(2, true);
    let desk: Desk = Box::new(move |strips: &mut [Strip<'_>]| console.block(strips));
    let mut feed = |samples: &[f32]| {
        tally.add(samples.len() as u64 / 2);
        meter.push(&planes(samples));
        samples.iter().try_for_each(|sample| Ok(out.write_all(&sample.to_le_bytes())?))
    };
    replay(&wanted.paths, (wanted.program.0, desk), &mut feed)?;
    out.flush()?;
    drop(out);
    file.rewind()?;
    Ok(Mixed { file, levels: meter.finish(), delay })
}

/// Brings the mix to −16 LUFS below −1 dBTP and encodes it.
fn master(wanted: &Wanted, mixed: Mixed, tally: &mut Tally) -> Result<(Pressed, Measured), Error> {
    let target = Target::for_channels(2);
    let gain_db = plan(&mixed.levels, target).map_or(0.0, |plan| plan.gain_db);
    let mut limiter = Limiter::new(2, gain_db, target.ceiling_dbtp);
    let (mut press, mut watch) = (Press::new(&wanted.scratch, wanted.program)?.alike(), Watch::default());
    let mut file = BufReader::with_capacity(1 << 20, mixed.file);
    let (end, _) = wanted.program;
    // What was late stands at its place again.
    file.seek_relative(i64::try_from(mixed.delay * 8).map_err(Error::internal)?)?;
    let mut ready = [Vec::new(), Vec::new()];
    let mut at = 0;
    while at < end {
        let step = STEP.min(end - at);
        at += step;
        tally.add(step);
        limiter.push(&planes(&read(&mut file, step)?), &mut ready);
        give(&mut ready, &mut press, &mut watch)?;
    }
    limiter.finish(&mut ready);
    give(&mut ready, &mut press, &mut watch)?;
    Ok((press.finish()?, (watch.reading(), watch.waveform())))
}

fn give(ready: &mut [Vec<f32>; 2], press: &mut Press, watch: &mut Watch) -> Result<(), Error> {
    let [left, right] = ready;
    let samples: Vec<f32> = left.drain(..).zip(right.drain(..)).flat_map(|(left, right)| [left, right]).collect();
    for block in samples.chunks(BLOCK * 2) {
        watch.push(block);
        press.feed(block)?;
    }
    Ok(())
}

/// The next samples of the file; silence behind its end.
fn read(file: &mut impl Read, samples: u64) -> Result<Vec<f32>, Error> {
    let mut bytes = Vec::new();
    file.take(samples * 8).read_to_end(&mut bytes)?;
    bytes.resize(usize::try_from(samples * 8).map_err(Error::internal)?, 0);
    Ok(bytes.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect())
}

fn planes(stereo: &[f32]) -> [Vec<f32>; 2] {
    let pairs = stereo.as_chunks::<2>().0;
    [pairs.iter().map(|pair| pair[0]).collect(), pairs.iter().map(|pair| pair[1]).collect()]
}
