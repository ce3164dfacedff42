//! The data folder: made, tried, and locked, so that no two servers ever work on the same one.

use std::fs::{self, DirBuilder, File, TryLockError};
use std::io::{self, ErrorKind, Read, Seek, Write};
use std::net::SocketAddr;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use anyhow::{Context, bail};

/// What must be free before a server starts; less would fail within minutes anyway.
const FREE_BYTES_MIN: u64 = 64 * 1024 * 1024;

/// A usable data folder that is ours until this value goes.
#[derive(Debug)]
pub(crate) struct DataFolder {
    lock: File,
}

impl DataFolder {
    /// Makes, tries and locks the folder.
    pub(crate) fn prepare(path: &Path) -> anyhow::Result<Self> {
        let shown = path.display();
        DirBuilder::new().recursive(true).mode(0o700).create(path).with_context(|| {
            format!("the data folder {shown} cannot be made; choose another with --data, or give leave to make it")
        })?;
        let lock = lock(path)?;
        try_out(path)?;
        Ok(Self { lock })
    }

    /// Notes in the folder who holds it and where it serves, for messages and for commands that print links.
    pub(crate) fn note(&self, http: Option<SocketAddr>) -> anyhow::Result<()> {
        let http = http.map_or_else(String::new, |http| http.to_string());
        let mut file = &self.lock;
        let noted = file.set_len(0).and_then(|()| file.rewind());
        noted.and_then(|()| write!(file, "{}\n{http}\n", std::process::id())).context("cannot write rostrum.lock")
    }
}

fn lock(folder: &Path) -> anyhow::Result<File> {
    let path = folder.join("rostrum.lock");
    let mut options = File::options();
    let mut file = match options.read(true).write(true).create(true).truncate(false).open(&path) {
        Ok(file) => file,
        Err(error) => return Err(explain(folder, error)),
    };
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            // The number only helps a person to find the other server; without it the message still holds.
            let _ = file.read_to_string(&mut holder);
            let holder = holder.lines().next().unwrap_or_default();
            bail!(
                "another Rostrum (process {holder}) already uses the data folder {}; stop it, or choose another \
                 folder with --data",
                folder.display()
            );
        }
        Err(TryLockError::Error(error)) => return Err(explain(folder, error)),
    }
    let noted = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| writeln!(file, "{}", std::process::id()));
    noted.map_err(|error| explain(folder, error))?;
    Ok(file)
}

/// Where the server that holds the folder serves, if one does.
pub(crate) fn running_at(folder: &Path) -> Option<SocketAddr> {
    let mut file = File::open(folder.join("rostrum.lock")).ok()?;
    if !matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)) {
        return None;
    }
    let mut text = String::new();
    file.read_to_string(&mut text).ok()?;
    text.lines().nth(1)?.parse().ok()
}

/// Writes as a database would, to learn of a read-only or full disk now and in plain words.
fn try_out(folder: &Path) -> anyhow::Result<()> {
    let path = folder.join("rostrum.try");
    let write = || {
        let mut file = File::create(&path)?;
        file.write_all(&[0; 4096])?;
        file.sync_all()
    };
    let written = write();
    let removed = fs::remove_file(&path);
    written.and(removed).map_err(|error| explain(folder, error))?;
    let free = free_bytes(folder)?;
    if free < FREE_BYTES_MIN {
        return Err(explain(folder, ErrorKind::StorageFull.into()));
    }
    Ok(())
}

/// Bytes free to us on the disk of `path`.
pub(crate) fn free_bytes(path: &Path) -> io::Result<u64> {
    let disk = rustix::fs::statvfs(path)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

fn explain(folder: &Path, error: io::Error) -> anyhow::Error {
    let folder = folder.display();
    let advice = match error.kind() {
        ErrorKind::PermissionDenied => {
            format!("the data folder {folder} may not be written; give this user leave, or choose another with --data")
        }
        ErrorKind::ReadOnlyFilesystem => {
            format!("the data folder {folder} is on a read-only disk; choose another with --data")
        }
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            format!("the disk of the data folder {folder} is full; free at least 64 MiB, or choose another with --data")
        }
        _ => format!("the data folder {folder} cannot be used"),
    };
    anyhow::Error::new(error).context(advice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_has_one_server() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("a/b");
        let held = DataFolder::prepare(&path).unwrap();
        let error = format!("{:#}", DataFolder::prepare(&path).unwrap_err());
        let pid = std::process::id();
        assert!(error.contains(&format!("process {pid}")) && error.contains("--data"), "{error}");
        let address: SocketAddr = "127.0.0.1:7".parse().unwrap();
        held.note(Some(address)).unwrap();
        assert_eq!(running_at(&path), Some(address));
        drop(held);
        assert_eq!(running_at(&path), None);
        DataFolder::prepare(&path).expect("a lock goes with its process");
    }

    #[test]
    fn a_file_where_the_folder_belongs_is_named() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("file");
        fs::write(&path, "").unwrap();
        let error = format!("{:#}", DataFolder::prepare(&path).unwrap_err());
        assert!(error.contains("file") && error.contains("--data"), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "");
    }

    #[test]
    fn advice_fits_the_trouble() {
        for (kind, word) in [
            (ErrorKind::PermissionDenied, "leave"),
            (ErrorKind::StorageFull, "full"),
            (ErrorKind::ReadOnlyFilesystem, "read-only"),
        ] {
            let error = format!("{:#}", explain(Path::new("/srv/d"), kind.into()));
            assert!(error.contains(word) && error.contains("/srv/d") && error.contains("--data"), "{error}");
        }
    }
}
