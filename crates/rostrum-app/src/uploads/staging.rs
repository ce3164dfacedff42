//! The bytes of uploads under way: one file each, one writer at a time by a file lock that dies with its process.
//! Every call blocks on the disk. Knows nothing of the database.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use rostrum_media::{id3, sniff};
use rostrum_store::failpoint;

use super::seats::Seat;

/// Bytes after which what was written is made durable, so that the sync at the end of a long request stays short.
const SYNC_BYTES: u64 = 64 << 20;
/// Ending of the lock's file name.
const LOCK: &str = "lock";

/// The staged file of one upload, held by one writer.
///
/// While bytes arrive that may yet be refused, the lock's file holds the length to fall back to; a writer that dies in
/// the middle leaves it there, and the next one falls back before anything else.
#[derive(Debug)]
pub(super) struct Staged {
    path: PathBuf,
    data: File,
    /// Length now.
    length: u64,
    /// Length when this writer began: durable, and nobody's doubt.
    floor: u64,
    synced: u64,
    fresh: bool,
    doubted: bool,
    // Declared, and so dropped, in this order: who hears that the seat is free must find the file unlocked.
    lock: File,
    _seat: Seat,
}

impl Staged {
    /// Opens the file called `name`, empty when there is none; none while another holds it.
    pub(super) fn open(folder: &Path, name: &str, seat: Seat) -> io::Result<Option<Self>> {
        fs::create_dir_all(folder)?;
        let path = folder.join(name);
        let lock =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path.with_extension(LOCK))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        let fresh = !path.try_exists()?;
        let data = OpenOptions::new().read(true).append(true).create(true).open(&path)?;
        let mut staged = Self { path, data, length: 0, floor: 0, synced: 0, fresh, doubted: false, lock, _seat: seat };
        staged.recover()?;
        Ok(Some(staged))
    }

    /// Falls back where the last writer left a floor; what then remains is durable before anybody is told of it.
    fn recover(&mut self) -> io::Result<()> {
        let mut text = String::new();
        self.lock.read_to_string(&mut text)?;
        self.length = self.data.metadata()?.len();
        // A floor is durable before the first byte above it, so a torn one says that none was written.
        if let Some(floor) = text.strip_suffix('\n').and_then(|digits| digits.parse().ok()) {
            self.length = self.length.min(floor);
            self.data.set_len(self.length)?;
        }
        if self.length > 0 || !text.is_empty() {
            self.data.sync_data()?;
        }
        self.doubted = !text.is_empty();
        self.lift_floor()?;
        (self.floor, self.synced) = (self.length, self.length);
        Ok(())
    }

    fn lift_floor(&mut self) -> io::Result<()> {
        if std::mem::take(&mut self.doubted) {
            self.lock.set_len(0)?;
            self.lock.sync_data()?;
        }
        Ok(())
    }

    /// Bytes that have arrived.
    pub(super) const fn length(&self) -> u64 {
        self.length
    }

    /// Whether there was no file before.
    pub(super) const fn fresh(&self) -> bool {
        self.fresh
    }

    /// Where the file is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Notes that the bytes to come may be refused.
    pub(super) fn doubt(&mut self) -> io::Result<()> {
        self.doubted = true;
        self.lock.seek(SeekFrom::Start(0))?;
        self.lock.write_all(format!("{}\n", self.floor).as_bytes())?;
        self.lock.sync_data()
    }

    /// Adds bytes at the end; when the disk fills up, those that fitted stay.
    pub(super) fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let outcome = self.data.write_all(bytes);
        self.length = self.data.metadata()?.len();
        outcome?;
        if self.length - self.synced >= SYNC_BYTES {
            self.data.sync_data()?;
            self.synced = self.length;
        }
        Ok(())
    }

    /// Adds all of another staged file at the end.
    pub(super) fn append_file(&mut self, other: &Self) -> io::Result<()> {
        io::copy(&mut File::open(&other.path)?, &mut self.data)?;
        self.length = self.data.metadata()?.len();
        Ok(())
    }

    /// Makes what was added durable and certain.
    pub(super) fn keep(&mut self) -> io::Result<()> {
        // After a failed sync nobody knows which bytes are on the disk, so none of the doubtful ones may be counted.
        if let Err(error) = self.data.sync_data() {
            self.discard()?;
            return Err(error);
        }
        failpoint::reach("upload: bytes synced");
        self.lift_floor()?;
        (self.floor, self.synced) = (self.length, self.length);
        Ok(())
    }

    /// Takes back what was added since the last `keep`.
    pub(super) fn discard(&mut self) -> io::Result<()> {
        self.data.set_len(self.floor)?;
        self.data.sync_data()?;
        self.length = self.floor;
        self.synced = self.synced.min(self.floor);
        self.lift_floor()
    }

    /// The first bytes that a judgement of the file's type needs, after a leading ID3v2 tag.
    pub(super) fn head(&self) -> io::Result<Vec<u8>> {
        let mut file = File::open(&self.path)?;
        let mut start = Vec::new();
        (&file).take(10).read_to_end(&mut start)?;
        let tag = id3::length(&start).filter(|tag| *tag < self.length);
        file.seek(SeekFrom::Start(tag.unwrap_or(0)))?;
        let mut head = Vec::new();
        file.take(sniff::HEAD_BYTES as u64).read_to_end(&mut head)?;
        Ok(head)
    }

    /// Forgets the file; one that has moved elsewhere is no error.
    pub(super) fn remove(self) -> io::Result<()> {
        gone(fs::remove_file(&self.path))?;
        gone(fs::remove_file(self.path.with_extension(LOCK)))
    }
}

fn gone(outcome: io::Result<()>) -> io::Result<()> {
    match outcome {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// The names of all staged files in a folder.
pub(super) fn names(folder: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut names = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let stem = path.file_stem().and_then(|stem| stem.to_str());
        names.extend(stem.map(str::to_owned));
    }
    names.sort();
    names.dedup();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use rostrum_domain::Id;

    use super::super::seats::Seats;
    use super::*;

    fn open(folder: &Path) -> Option<Staged> {
        let seat = Seats::default().take(Id::from_bits(1)).expect("these seats are new");
        Staged::open(folder, "a", seat).expect("the folder is ours")
    }

    fn bytes(folder: &Path) -> Vec<u8> {
        fs::read(folder.join("a")).expect("the file is there")
    }

    #[test]
    fn one_writer_at_a_time() {
        let folder = tempfile::tempdir().expect("a folder");
        let first = open(folder.path()).expect("nobody has it");
        assert!(open(folder.path()).is_none());
        drop(first);
        assert!(open(folder.path()).is_some());
    }

    #[test]
    fn what_was_kept_stays_and_what_was_doubted_goes() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut first = open(folder.path()).expect("nobody has it");
        assert!(first.fresh());
        first.append(b"sure").expect("there is room");
        first.keep().expect("the disk is well");
        drop(first);
        let mut second = open(folder.path()).expect("it is free");
        assert!(!second.fresh());
        second.doubt().expect("the disk is well");
        second.append(b" and not").expect("there is room");
        drop(second);
        assert_eq!(bytes(folder.path()), b"sure and not", "as a killed process leaves it");
        let mut third = open(folder.path()).expect("it is free");
        assert_eq!((third.length(), bytes(folder.path())), (4, b"sure".to_vec()));
        third.append(b", more").expect("there is room");
        third.discard().expect("the disk is well");
        third.append(b" it is").expect("there is room");
        drop(third);
        assert_eq!(open(folder.path()).expect("it is free").length(), 10, "a dropped line keeps what had arrived");
    }

    #[test]
    fn the_head_is_read_behind_a_tag() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut staged = open(folder.path()).expect("nobody has it");
        staged.append(b"ID3\x03\0\0\0\0\x01\0").expect("there is room");
        staged.append(&[7; 128]).expect("there is room");
        staged.append(b"fLaC").expect("there is room");
        assert_eq!(staged.head().expect("it reads"), b"fLaC");
        staged.data.set_len(138).expect("the disk is well");
        staged.length = 138;
        assert!(staged.head().expect("it reads").starts_with(b"ID3"), "a tag alone is not nothing");
        assert_eq!(names(folder.path()).expect("it lists"), ["a"]);
        staged.remove().expect("it goes");
        assert!(names(folder.path()).expect("it lists").is_empty());
    }
}
