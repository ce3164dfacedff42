//! The events' file, appended line by line. A disk that fails loses none: lines wait in memory until it works again,
//! and one that was cut is written over.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use rostrum_media::program::events;

/// Bytes that wait for the disk at most: hours of a busy chat. Beyond, lines are given up; the journal has them.
const WAITING_MAX: usize = 32 << 20;

/// The file and what waits for it.
#[derive(Debug)]
pub(super) struct Minutes {
    file: File,
    /// Bytes of whole lines in the file.
    end: u64,
    waiting: Vec<u8>,
}

impl Minutes {
    /// Opens the file behind its last whole line, or makes it.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let end = std::fs::read(path).map_or(0, |bytes| events::sound_bytes(&bytes)) as u64;
        let file = File::options().write(true).create(true).truncate(false).open(path)?;
        file.set_len(end)?;
        Ok(Self { file, end, waiting: Vec::new() })
    }

    /// Takes a line; never fails.
    pub(super) fn append(&mut self, line: &[u8]) {
        if self.waiting.len() + line.len() > WAITING_MAX {
            tracing::error!("an event is missing from the program log; the journal has it");
            return;
        }
        self.waiting.extend_from_slice(line);
        if let Err(error) = self.flush() {
            tracing::error!(%error, waiting = self.waiting.len(), "events cannot be written");
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.write_all_at(&self.waiting, self.end)?;
        self.end += self.waiting.len() as u64;
        self.waiting.clear();
        Ok(())
    }

    /// Has the disk confirm all that was taken; may be asked again after an error.
    pub(super) fn close(&mut self) -> io::Result<()> {
        self.flush()?;
        self.file.sync_all()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_line_is_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("events.log");
        let mut line = Vec::new();
        events::Event { at: 5, kind: "chat", json: "{}" }.write(&mut line).unwrap();
        std::fs::write(&path, [&line[..], &line[..7]].concat()).unwrap();
        let mut minutes = Minutes::open(&path).unwrap();
        minutes.append(&line);
        minutes.close().unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), [&line[..], &line].concat());
    }
}
