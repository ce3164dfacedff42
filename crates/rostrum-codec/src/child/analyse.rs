//! Measuring a recording: loudness, peaks, silence, which channels matter; in as many pieces at once as there are
//! processors where the container seeks cheaply.

use rostrum_media::SAMPLE_RATE;
use rostrum_media::limiter::{self, Target};
use rostrum_media::loudness::{Levels, Meter, STEP_SAMPLES, db};
use rostrum_media::sniff::Container;

use super::Stop;
use super::audio::Audio;
use super::input::Input;
use crate::message::{Analysis, Mix};

/// Shorter recordings are measured in one piece.
const PIECES_FROM_MS: u64 = 60_000;
/// Audio before a piece that settles filters and decoders, in samples.
const RUN_IN: i64 = 19_200;
/// Below this loudness a moment counts as silence, in LUFS.
const SILENCE_LUFS: f64 = -55.0;
/// Energy of a channel or a difference, relative to the other, that counts as none: −50 dB.
const NOTHING: f64 = 1e-5;
/// A recording quieter than this is warned about, in LUFS.
const QUIET_LUFS: f64 = -50.0;

/// What one piece gave.
#[derive(Default)]
struct Piece {
    levels: Levels,
    samples: u64,
    channels: usize,
    left: f64,
    right: f64,
    difference: f64,
    damaged: u32,
}

impl Piece {
    fn add(&mut self, planes: &[Vec<f32>]) {
        self.samples += planes.first().map_or(0, Vec::len) as u64;
        self.channels = planes.len();
        if let [left, right] = planes {
            for (left, right) in left.iter().zip(right) {
                let (left, right) = (f64::from(*left), f64::from(*right));
                self.left += left * left;
                self.right += right * right;
                self.difference += (left - right) * (left - right);
            }
        }
    }

    fn append(&mut self, next: Self) {
        self.levels.append(next.levels);
        self.samples += next.samples;
        self.channels = next.channels;
        self.left += next.left;
        self.right += next.right;
        self.difference += next.difference;
        self.damaged += next.damaged;
    }

    fn mix(&self) -> Mix {
        let louder = self.left.max(self.right);
        if self.channels < 2 || self.difference <= louder * NOTHING {
            Mix::Mono
        } else if self.right <= louder * NOTHING {
            Mix::Left
        } else if self.left <= louder * NOTHING {
            Mix::Right
        } else {
            Mix::Stereo
        }
    }
}

pub(crate) fn run(input: &Input, container: Container, duration_ms: u64, threads: usize) -> Result<Analysis, Stop> {
    let seeks = !matches!(container, Container::Matroska | Container::Adts);
    let pieces = if seeks && duration_ms >= PIECES_FROM_MS { threads } else { 1 };
    // A file that cannot be entered in the middle is read from its start.
    let piece = measure_pieces(input, container, duration_ms, pieces)
        .or_else(|stop| if pieces > 1 { measure(input, container, 0, None) } else { Err(stop) })?;
    let declared_ms = if states_length(input, container)? { duration_ms } else { 0 };
    Ok(judge(piece, declared_ms))
}

/// Whether a file says how long it is; otherwise its length was guessed from its size.
fn states_length(input: &Input, container: Container) -> Result<bool, Stop> {
    match container {
        Container::Adts => Ok(false),
        Container::Mp3 => {
            let head = input.head(input.audio_start()?, 4096)?;
            Ok(head.windows(4).any(|four| four == b"Xing" || four == b"Info" || four == b"VBRI"))
        }
        _ => Ok(true),
    }
}

fn measure_pieces(input: &Input, container: Container, duration_ms: u64, pieces: usize) -> Result<Piece, Stop> {
    let steps = duration_ms * u64::from(SAMPLE_RATE) / 1000 / STEP_SAMPLES as u64;
    let border = |index: usize| (steps * index as u64 / pieces as u64 * STEP_SAMPLES as u64).cast_signed();
    let measured: Vec<Result<Piece, Stop>> = std::thread::scope(|scope| {
        let start = |index: usize| {
            let end = (index + 1 < pieces).then(|| border(index + 1));
            scope.spawn(move || measure(input, container, border(index), end))
        };
        let threads: Vec<_> = (0..pieces).map(start).collect();
        let failed = |_| Err(super::source::damaged());
        threads.into_iter().map(|thread| thread.join().unwrap_or_else(failed)).collect()
    });
    let mut whole = Piece::default();
    for (index, piece) in measured.into_iter().enumerate() {
        let piece = piece?;
        let expected = (border(index + 1) - border(index)).unsigned_abs();
        if index + 1 < pieces && piece.samples != expected {
            return Err(super::source::damaged());
        }
        whole.append(piece);
    }
    Ok(whole)
}

/// Measures from `start` to `end` or the end of the file, in samples at 48 kHz.
fn measure(input: &Input, container: Container, start: i64, end: Option<i64>) -> Result<Piece, Stop> {
    let mut audio = Audio::open(input, container)?;
    let (mut pending, mut position) = (Vec::new(), 0);
    if start > 0 {
        let ms = (start - RUN_IN).max(0).unsigned_abs() * 1000 / u64::from(SAMPLE_RATE);
        position = audio.seek(ms, &mut pending)?;
        if position > start {
            return Err(super::source::damaged());
        }
    }
    let mut piece = Piece::default();
    let mut meter: Option<Meter> = None;
    loop {
        let more = if pending.first().is_none_or(Vec::is_empty) { audio.next(&mut pending)? } else { true };
        if !more {
            break;
        }
        let length = pending.first().map_or(0, Vec::len).cast_signed() as i64;
        if length == 0 {
            continue;
        }
        let meter = meter.get_or_insert_with(|| Meter::new(audio.channels(), true));
        if position < start {
            let run_in: Vec<Vec<f32>> = take(&mut pending, start - position);
            position += run_in[0].len().cast_signed() as i64;
            meter.push(&run_in);
            if position >= start {
                meter.forget();
            }
            continue;
        }
        let planes = take(&mut pending, end.map_or(length, |end| end - position));
        position += planes[0].len().cast_signed() as i64;
        piece.add(&planes);
        meter.push(&planes);
        if end.is_some_and(|end| position >= end) {
            break;
        }
    }
    piece.levels = meter.map(Meter::finish).unwrap_or_default();
    piece.damaged = audio.damaged();
    Ok(piece)
}

/// The first `count` samples of each plane.
fn take(planes: &mut [Vec<f32>], count: i64) -> Vec<Vec<f32>> {
    let count = usize::try_from(count).unwrap_or_default();
    planes.iter_mut().map(|plane| plane.drain(..count.min(plane.len())).collect()).collect()
}

fn judge(piece: Piece, declared_ms: u64) -> Analysis {
    let mix = piece.mix();
    let duration_ms = piece.samples * 1000 / u64::from(SAMPLE_RATE);
    let mut warnings = Vec::new();
    if piece.damaged > 0 {
        warnings.push(format!("{} damaged places were left out; please listen to the result.", piece.damaged));
    }
    if duration_ms + 2000 + declared_ms / 50 < declared_ms {
        let (has, says) = (clock(duration_ms), clock(declared_ms));
        warnings.push(format!("The file ends after {has} although it says it is {says} long; it may be cut off."));
    }
    let mut levels = piece.levels;
    if mix == Mix::Mono && piece.channels == 2 {
        // Two equal channels hold twice the energy of the one that is delivered.
        levels.scale_energy(0.5);
    }
    let plan = limiter::plan(&levels, Target::for_channels(mix.channels()));
    let loudness_lufs = levels.integrated();
    match loudness_lufs {
        None => warnings.push("There is no sound in this recording, only silence.".into()),
        Some(lufs) if lufs < QUIET_LUFS => {
            warnings.push("The recording is very quiet; raising it will also raise its noise.".into());
        }
        Some(_) => {}
    }
    match mix {
        Mix::Left => warnings.push("Only the left channel has sound; it will be heard on both sides.".into()),
        Mix::Right => warnings.push("Only the right channel has sound; it will be heard on both sides.".into()),
        Mix::Mono | Mix::Stereo => {}
    }
    let (silence_head_ms, silence_tail_ms) = levels.silence_ms(SILENCE_LUFS);
    Analysis {
        duration_ms,
        loudness_lufs,
        range_lu: levels.range(),
        true_peak_dbtp: db(levels.true_peak()).max(-120.0),
        silence_head_ms: silence_head_ms.min(duration_ms),
        silence_tail_ms: silence_tail_ms.min(duration_ms),
        mix,
        gain_db: plan.map_or(0.0, |plan| plan.gain_db),
        warnings,
    }
}

/// A length as people write it.
fn clock(ms: u64) -> String {
    let seconds = ms / 1000;
    format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}
