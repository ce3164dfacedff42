//! A room's files for those who read them after the fact: pieces of them, old chunks, and the sealing of what ended.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use rostrum_media::program::index::Entry;
use rostrum_media::program::{CHUNK_SAMPLES, MP3_FRONT_BYTES, Rendition};
use rostrum_wire::link::{Answered, Refused};
use rostrum_wire::stage;

use crate::answers::ROOM_FILE;
use crate::hub::{Hub, Row};
use crate::journal::Folder;
use crate::press::{self, EVENTS_FILE, SUMMARY_FILE, Summary};

/// Most bytes in one answer.
const READ_BYTES_MAX: u32 = 2 << 20;

fn refused(error: &io::Error) -> Refused {
    match error.kind() {
        io::ErrorKind::NotFound => Refused::new("file_missing", "There is no such file of this room."),
        io::ErrorKind::StorageFull => {
            Refused::new("disk_full", "The stage's disk is full; free some room, then try again.")
        }
        _ => Refused::new("disk_failed", format!("The stage's disk failed: {error}.")),
    }
}

async fn blocking<T: Send + 'static>(run: impl FnOnce() -> io::Result<T> + Send + 'static) -> Result<T, Refused> {
    let joined = tokio::task::spawn_blocking(run).await;
    joined.map_err(|_| Refused::new("stage_failed", "The stage failed at this; try again."))?.map_err(|e| refused(&e))
}

/// A piece of a file of the program log or the journal.
pub(super) async fn read(folder: PathBuf, file: String, (from, bytes): (u64, u32)) -> Result<Answered, Refused> {
    let (length, read) = blocking(move || {
        let file = File::open(folder.join(inside(&file)?))?;
        let length = file.metadata()?.len();
        let wanted = u64::from(bytes.min(READ_BYTES_MAX)).min(length.saturating_sub(from));
        let mut read = vec![0; usize::try_from(wanted).unwrap_or_default()];
        file.read_exact_at(&mut read, from)?;
        Ok((length, read))
    })
    .await?;
    Ok(Answered::new(length).with(read.into()))
}

/// A name as [`stage::File`] gives it: one folder, one file, nothing else.
fn inside(name: &str) -> io::Result<PathBuf> {
    let plain = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
    };
    match name.split_once('/') {
        Some((folder @ ("program" | "journal" | "stems"), file)) if plain(file) => Ok(Path::new(folder).join(file)),
        _ => Err(io::ErrorKind::NotFound.into()),
    }
}

/// An old chunk out of the files; renditions whose bytes are damaged are left out.
pub(super) async fn row(folder: &Path, n: u64, renditions: &[Rendition]) -> Row {
    let (program, renditions) = (folder.join("program"), renditions.to_vec());
    let read = tokio::task::spawn_blocking(move || {
        let mut row = Row { n, epoch: 0, at_us: 0, chunks: Vec::new() };
        for rendition in renditions {
            if let Ok((entry, bytes)) = chunk(&program, rendition, n) {
                row.epoch = entry.epoch;
                row.at_us = entry.wall_us;
                row.chunks.push((rendition, bytes));
            }
        }
        row
    });
    read.await.unwrap_or(Row { n, epoch: 0, at_us: 0, chunks: Vec::new() })
}

fn chunk(program: &Path, rendition: Rendition, n: u64) -> io::Result<(Entry, Bytes)> {
    let path = program.join(rendition.file_name());
    let mut bytes = [0; rostrum_media::program::index::ENTRY_BYTES];
    let at = rostrum_media::program::index::HEADER_BYTES as u64 + n * bytes.len() as u64;
    File::open(path.with_extension("index"))?.read_exact_at(&mut bytes, at)?;
    let entry = Entry::from_bytes(n, &bytes).ok_or(io::ErrorKind::InvalidData)?;
    let mut chunk = vec![0; entry.len as usize];
    File::open(path)?.read_exact_at(&mut chunk, entry.offset)?;
    if crc32c::crc32c(&chunk) != entry.crc {
        return Err(io::ErrorKind::InvalidData.into());
    }
    Ok((entry, chunk.into()))
}

/// Puts the front before the MP3 and says what there is. May be asked again, with another front too.
pub(super) async fn seal(hub: Arc<Hub>, folder: PathBuf, front: Bytes) -> Result<Answered, Refused> {
    let ended = hub.look().ended;
    if ended.is_none() {
        return Err(Refused::new("room_open", "This room has not ended; end it first."));
    }
    let sealed = blocking(move || close(&folder, &front)).await?;
    hub.change(|held| held.standing.sealed = true);
    Ok(Answered::new(sealed))
}

fn close(folder: &Path, front: &[u8]) -> io::Result<stage::Sealed> {
    let program = folder.join("program");
    let summary: Summary = serde_json::from_slice(&std::fs::read(program.join(SUMMARY_FILE))?)?;
    if !front.is_empty() {
        if front.len() != MP3_FRONT_BYTES {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the front has another length than the room kept"));
        }
        let mp3 = File::options().write(true).open(program.join(Rendition::Mp3.file_name()))?;
        mp3.write_all_at(front, 0)?;
        mp3.sync_data()?;
    }
    let mut files = Vec::new();
    for rendition in Rendition::ALL {
        let entries = press::entries(&program, rendition);
        let front = entries.first().map_or(0, |entry| entry.offset);
        files.push(described(&program, rendition.file_name(), (Some(rendition), front))?);
        let index = Path::new(rendition.file_name()).with_extension("index");
        files.push(described(&program, &index.to_string_lossy(), (None, 0))?);
    }
    files.push(described(&program, EVENTS_FILE, (None, 0))?);
    Ok(stage::Sealed {
        samples: summary.chunks * CHUNK_SAMPLES,
        live_at_us: summary.live_at_us,
        files,
        loudness_lufs: summary.loudness_lufs,
        peak_dbtp: summary.peak_dbtp,
        waveform: summary.waveform,
        gaps: gaps(&press::entries(&program, Rendition::Mp3)),
    })
}

/// The segments of a room's journal.
pub(super) async fn journal(folder: PathBuf) -> Result<Answered, Refused> {
    let files = blocking(move || {
        let segments = Folder::new(folder.join("journal")).segments()?;
        let described = segments.into_iter().map(|(number, path)| {
            let (bytes, path) = (std::fs::metadata(&path)?.len(), path.canonicalize()?);
            Ok(stage::File { name: format!("journal/{number:06}.journal"), path, rendition: None, bytes, front: 0 })
        });
        described.collect::<io::Result<Vec<_>>>()
    })
    .await?;
    Ok(Answered::new(files))
}

/// Removes everything of a room; that there is nothing any more is no error.
pub(super) async fn discard(folder: PathBuf) -> Result<Answered, Refused> {
    blocking(move || {
        // First what makes it a room: a stage that is killed meanwhile does not take up what is left of it.
        for gone in [std::fs::remove_file(folder.join(ROOM_FILE)), std::fs::remove_dir_all(&folder)] {
            gone.or_else(|error| if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) })?;
        }
        Ok(())
    })
    .await
    .map(Answered::new)
}

fn described(program: &Path, name: &str, (rendition, front): (Option<Rendition>, u64)) -> io::Result<stage::File> {
    let path = program.join(name);
    let bytes = std::fs::metadata(&path)?.len();
    Ok(stage::File { name: format!("program/{name}"), path: path.canonicalize()?, rendition, bytes, front })
}

fn gaps(entries: &[Entry]) -> Vec<(u64, u64)> {
    let mut gaps: Vec<(u64, u64)> = Vec::new();
    for (n, _) in (0..).zip(entries).filter(|(_, entry)| entry.flags.silence || entry.flags.gap) {
        match gaps.last_mut() {
            Some((_, end)) if *end == n => *end += 1,
            _ => gaps.push((n, n + 1)),
        }
    }
    gaps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_rooms_own_files_are_read() {
        assert!(inside("program/opus.mp4").is_ok() && inside("journal/000001.journal").is_ok());
        for name in ["", "opus.mp4", "/etc/passwd", "program/../x", "program/.x", "program/a/b", "room/room.json"] {
            assert!(inside(name).is_err(), "{name}");
        }
    }
}
