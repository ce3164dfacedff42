//! One rendition's file and its index, appended chunk by chunk. A disk that fails holds nobody up: chunks wait in
//! memory and are written when it works again.

use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use bytes::Bytes;
use rostrum_media::program::Rendition;
use rostrum_media::program::index::{self, Entry, Flags};

use crate::failpoint::reach;

/// Chunks that wait for the disk: an hour. Beyond, the oldest are given up; the journal has them.
const WAITING_MAX: usize = 3750;

/// A rendition's file.
#[derive(Debug)]
pub(super) struct Volume {
    rendition: Rendition,
    file: File,
    index: File,
    /// Sound bytes of both.
    end: u64,
    index_end: u64,
    /// Chunks in the file.
    chunks: u64,
    waiting: VecDeque<(Entry, Bytes)>,
}

impl Volume {
    /// Opens the file in `folder` for appending behind its first `chunks` chunks, or makes it with `front`.
    pub(super) fn open(folder: &Path, rendition: Rendition, front: &[u8], chunks: u64) -> io::Result<Self> {
        let path = folder.join(rendition.file_name());
        let open = |path: &Path| OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
        let (file, index) = (open(&path)?, open(&path.with_extension("index"))?);
        let known = entries(folder, rendition);
        let kept = known.get(..usize::try_from(chunks).unwrap_or(usize::MAX)).unwrap_or(&known);
        let end = kept.last().map_or(front.len() as u64, Entry::end);
        let index_end = (index::HEADER_BYTES + kept.len() * index::ENTRY_BYTES) as u64;
        if kept.is_empty() {
            file.write_all_at(front, 0)?;
            index.write_all_at(&index::header(rendition), 0)?;
        }
        file.set_len(end)?;
        index.set_len(index_end)?;
        let chunks = kept.len() as u64;
        Ok(Self { rendition, file, index, end, index_end, chunks, waiting: VecDeque::new() })
    }

    /// Appends the next chunk.
    pub(super) fn append(&mut self, chunk: &Bytes, (epoch, wall_us): (u32, i64), flags: Flags) {
        let waits = self.waiting.back().map_or(self.end, |(entry, _)| entry.end());
        let crc = crc32c::crc32c(chunk);
        let len = u32::try_from(chunk.len()).unwrap_or(u32::MAX);
        let entry = Entry { offset: waits, len, epoch, wall_us, flags, crc };
        self.waiting.push_back((entry, chunk.clone()));
        if let Err(error) = self.flush() {
            let rendition = self.rendition.name();
            tracing::error!(%error, rendition, waiting = self.waiting.len(), "the program log cannot be written");
        }
    }

    /// Writes what waits.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        while let Some((entry, chunk)) = self.waiting.front() {
            if self.waiting.len() <= WAITING_MAX {
                self.file.write_all_at(chunk, self.end)?;
                reach("program: chunk written");
                self.index.write_all_at(&entry.to_bytes(self.chunks), self.index_end)?;
            } else {
                return Err(io::Error::other("too much waits for the disk"));
            }
            self.end = entry.end();
            self.index_end += index::ENTRY_BYTES as u64;
            self.chunks += 1;
            self.waiting.pop_front();
        }
        Ok(())
    }

    /// Writes what waits and has the disk confirm it.
    pub(super) fn close(&mut self) -> io::Result<()> {
        self.flush()?;
        self.file.sync_all()?;
        self.index.sync_all()
    }
}

/// The chunks that a rendition's file surely has.
pub(crate) fn entries(folder: &Path, rendition: Rendition) -> Vec<Entry> {
    let path = folder.join(rendition.file_name());
    let Ok(bytes) = std::fs::read(path.with_extension("index")) else { return Vec::new() };
    let mut entries = index::read(&bytes).map(|index| index.entries).unwrap_or_default();
    let length = std::fs::metadata(path).map_or(0, |meta| meta.len());
    // The index may have reached the disk before the bytes it speaks of.
    entries.truncate(entries.iter().take_while(|entry| entry.end() <= length).count());
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLAGS: Flags = Flags { silence: false, remixed: false, gap: false };

    #[test]
    fn a_cut_append_is_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let rendition = Rendition::Opus;
        let open = |chunks| Volume::open(folder.path(), rendition, b"front", chunks).unwrap();
        let mut volume = open(u64::MAX);
        for chunk in [&b"one"[..], b"two", b"three"] {
            volume.append(&Bytes::copy_from_slice(chunk), (1, 5), FLAGS);
        }
        volume.close().unwrap();
        assert_eq!(entries(folder.path(), rendition).len(), 3);
        let path = folder.path().join(rendition.file_name());
        File::options().write(true).open(&path).unwrap().set_len(5 + 3 + 3 + 2).unwrap();
        assert_eq!(entries(folder.path(), rendition).len(), 2, "the third was cut");
        let mut volume = open(1);
        volume.append(&Bytes::from_static(b"TWO"), (2, 6), FLAGS);
        volume.close().unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"frontoneTWO");
        let epochs: Vec<u32> = entries(folder.path(), rendition).iter().map(|entry| entry.epoch).collect();
        assert_eq!(epochs, [1, 2]);
    }
}
