//! One decode, one gain and limiter, three encoders side by side. Threads meet in short queues, so whoever is slowest
//! sets the pace and memory stays the same for an hour or a day.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use rostrum_media::limiter::Limiter;
use rostrum_media::loudness::Meter;
use rostrum_media::{Codec, SAMPLE_RATE, wave};

use super::audio::{Audio, mix};
use super::encode::Encoder;
use super::input::Input;
use super::{Output, Stop};
use crate::message::{Rendition, Reply, TranscodeRequest, Transcoded};

/// Samples handed over in one go, and how many such blocks a queue holds before the decoder waits.
const BLOCK_SAMPLES: usize = 9600;
const QUEUE_BLOCKS: usize = 16;
/// Progress is told this often, in milliseconds of audio.
const PROGRESS_MS: u64 = 5000;

type Block = Arc<Vec<Vec<f32>>>;

pub(crate) fn run(input: &Input, request: &TranscodeRequest, output: &Output) -> Result<Transcoded, Stop> {
    let mut audio = Audio::open(input, request.container)?;
    std::thread::scope(|scope| {
        let mut queues = Vec::new();
        let mut encoders = Vec::new();
        for codec in &request.renditions {
            let (sender, receiver) = sync_channel(QUEUE_BLOCKS);
            queues.push(sender);
            encoders.push(scope.spawn(move || encode(*codec, request, output, &receiver)));
        }
        let fed = feed(&mut audio, request, output, &queues);
        // Encoders end when their queue does.
        drop(queues);
        let died = || Err(Stop::Failed("an encoder died".into()));
        let done = encoders.into_iter().map(|encoder| encoder.join().unwrap_or_else(|_| died()));
        let renditions = done.collect::<Result<Vec<Rendition>, Stop>>();
        let fed = fed?;
        Ok(Transcoded { renditions: renditions?, ..fed })
    })
}

fn encode(
    codec: Codec,
    request: &TranscodeRequest,
    output: &Output,
    queue: &Receiver<Block>,
) -> Result<Rendition, Stop> {
    let mut encoder = Encoder::open(codec, request.mix.channels(), &request.settings, output)?;
    while let Ok(block) = queue.recv() {
        encoder.push(&block)?;
    }
    encoder.finish()
}

/// Measures and hands out what comes out of the limiter.
struct Outlet<'a> {
    queues: &'a [SyncSender<Block>],
    meter: Meter,
    waveform: wave::Collector,
    samples: u64,
}

impl Outlet<'_> {
    fn give(&mut self, planes: &mut [Vec<f32>]) -> Result<(), Stop> {
        let block: Vec<Vec<f32>> = planes.iter_mut().map(std::mem::take).collect();
        self.samples += block.first().map_or(0, Vec::len) as u64;
        self.meter.push(&block);
        self.waveform.push(&block);
        let block = Arc::new(block);
        let gone = || Stop::Failed("an encoder stopped".into());
        self.queues.iter().try_for_each(|queue| queue.send(Arc::clone(&block)).map_err(|_| gone()))
    }
}

fn feed(
    audio: &mut Audio,
    request: &TranscodeRequest,
    output: &Output,
    queues: &[SyncSender<Block>],
) -> Result<Transcoded, Stop> {
    let channels = usize::from(request.mix.channels());
    let mut limiter = Limiter::new(channels, request.gain_db, request.target.ceiling_dbtp);
    let (meter, waveform) = (Meter::new(channels, false), wave::Collector::default());
    let mut outlet = Outlet { queues, meter, waveform, samples: 0 };
    let (mut planes, mut limited) = (Vec::new(), vec![Vec::new(); channels]);
    let mut told_ms = 0;
    while audio.next(&mut planes)? {
        if planes.first().is_none_or(|plane: &Vec<f32>| plane.len() < BLOCK_SAMPLES) {
            continue;
        }
        mix(&mut planes, request.mix);
        limiter.push(&planes, &mut limited);
        planes.iter_mut().for_each(Vec::clear);
        outlet.give(&mut limited)?;
        let done_ms = outlet.samples * 1000 / u64::from(SAMPLE_RATE);
        if done_ms >= told_ms + PROGRESS_MS {
            output.reply(&Reply::Progress { done_ms })?;
            told_ms = done_ms;
        }
    }
    mix(&mut planes, request.mix);
    limiter.push(&planes, &mut limited);
    limiter.finish(&mut limited);
    outlet.give(&mut limited)?;
    if outlet.samples == 0 {
        return Err(super::source::damaged());
    }
    let damaged = audio.damaged();
    let warning = format!("{damaged} damaged places were left out; please listen to the result.");
    Ok(Transcoded {
        samples: outlet.samples,
        loudness_lufs: outlet.meter.finish().integrated(),
        renditions: Vec::new(),
        waveform: outlet.waveform.finish(),
        warnings: if damaged > 0 { vec![warning] } else { Vec::new() },
    })
}
