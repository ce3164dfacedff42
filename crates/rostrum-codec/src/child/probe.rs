//! What a file is and holds, without decoding more than a moment of it.

use super::Stop;
use super::input::Input;
use super::source::{self, Chunk};
use crate::message::{DURATION_MS_MAX, Probe};

pub(crate) fn run(input: &Input) -> Result<Probe, Stop> {
    let container = input.sniff()?;
    let mut source = source::open(input, container)?;
    let facts = source.facts();
    if facts.duration_ms > DURATION_MS_MAX {
        return Err(Stop::refused("This recording is longer than 24 hours. Please cut it into parts."));
    }
    let mut chunk = Chunk::default();
    if !source.next(&mut chunk)? {
        let reason = if source.damaged() > 0 {
            super::input::DAMAGED
        } else {
            "This file has no sound in it: it is 0 seconds long. Please check that it plays on your computer."
        };
        return Err(Stop::refused(reason));
    }
    let mut streams = facts.streams;
    if let Some(first) = streams.first_mut() {
        // What was decoded counts, not what the header says: HE-AAC doubles both.
        first.sample_rate = chunk.sample_rate;
        first.channels = u16::try_from(chunk.planes.len()).unwrap_or(u16::MAX);
    }
    Ok(Probe {
        container,
        streams,
        has_video: facts.has_video,
        duration_ms: facts.duration_ms,
        title: facts.title,
        artist: facts.artist,
        album: facts.album,
        chapters: facts.chapters,
    })
}
