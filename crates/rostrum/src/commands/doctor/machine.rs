//! Checks of the machine: the data folder and its disk, descriptors, the clock.

use std::fs;
use std::io::Write;
use std::path::Path;

use rostrum_domain::{Clock, Timestamp};
use rustix::process::{Resource, getrlimit};

use super::{Check, Finding};
use crate::config::Config;
use crate::supervise::free_bytes;
use crate::system::SystemClock;

const GIB: u64 = 1 << 30;
/// No clock that is right shows an earlier time than this program's making.
const EARLIEST: &str = "2026-01-01T00:00:00Z";

/// The nearest folder above `path` that exists, `path` itself included.
pub(super) fn existing(path: &Path) -> &Path {
    let whole = path.ancestors().find(|folder| !folder.as_os_str().is_empty() && folder.exists());
    whole.unwrap_or_else(|| Path::new("."))
}

pub(super) fn data_folder(config: &Config) -> Finding {
    let check = Check("data folder", "Everything that is kept on this machine is kept there.");
    let folder = existing(&config.data);
    let path = folder.join(".rostrum-doctor");
    let write = || {
        fs::File::create(&path)?.write_all(b"x")?;
        fs::remove_file(&path)
    };
    let made = if folder == config.data { "" } else { ", still to be made" };
    match write() {
        Ok(()) => check.good(format!("{}{made}", config.data.display())),
        Err(error) => check.bad(
            format!("{} cannot be written: {error}", folder.display()),
            "Give this user leave to write there, or choose another folder with --data or data.dir.",
        ),
    }
}

pub(super) fn free_space(config: &Config) -> Finding {
    let check = Check("free space", "Uploads are refused before the disk is full, so that the database can go on.");
    let reserve = config.limits.disk_reserve_bytes;
    let folders = std::iter::once(config.data.as_path()).chain(config.media.folder());
    let free = folders.map(|folder| free_bytes(existing(folder))).reduce(|one, other| Ok(one?.min(other?)));
    match free.expect("there is a data folder") {
        Ok(free) if free < reserve => check.bad(
            format!("{} GiB free, {} GiB are kept in reserve", free / GIB, reserve / GIB),
            "Free some space, move the data folder or the media folder, or lower limits.disk_reserve_bytes.",
        ),
        Ok(free) => check.good(format!("{} GiB", free / GIB)),
        Err(error) => check.odd(format!("unknown: {error}"), "Look at the disk with `df`."),
    }
}

pub(super) fn descriptors(config: &Config) -> Finding {
    let check = Check("open descriptors", "Each listener holds one or two of them.");
    let most = getrlimit(Resource::Nofile).maximum.unwrap_or(u64::MAX);
    let wanted = config.limits.connections as u64 * 2 + 64;
    if most >= wanted {
        return check.good(if most == u64::MAX { "no limit".to_owned() } else { format!("{most} a process") });
    }
    check.odd(
        format!("{most} a process, {wanted} for limits.connections"),
        "Raise the hard limit (`ulimit -Hn`, or LimitNOFILE in a systemd unit); until then fewer connect.",
    )
}

pub(super) fn clock(config: &Config) -> Finding {
    let check = Check("clock", "Sign-ins, scheduled publishing and feeds go by it.");
    let now = SystemClock.now();
    let earliest: Timestamp = EARLIEST.parse().expect("a constant");
    let advice = "Set the clock, and keep it set with NTP (`timedatectl set-ntp true`).";
    if now < earliest {
        return check.bad(format!("it shows {now}, which is past"), advice);
    }
    let last = fs::metadata(config.data.join("rostrum.db")).and_then(|found| found.modified()).ok();
    match last.and_then(|last| Timestamp::try_from(last).ok()) {
        Some(last) if last > now => check.bad(format!("it shows {now}, but data was written at {last}"), advice),
        _ => check.good(now.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::super::tests::config;
    use super::*;
    use std::time::{Duration, UNIX_EPOCH};

    #[test]
    fn a_clock_behind_the_data_is_noticed() {
        let data = tempfile::tempdir().unwrap();
        let config = config(data.path(), &[]);
        assert_eq!(clock(&config).state, State::Good);
        let file = fs::File::create(data.path().join("rostrum.db")).unwrap();
        file.set_modified(UNIX_EPOCH + Duration::from_secs(7_000_000_000)).unwrap();
        assert_eq!(clock(&config).state, State::Bad);
    }

    #[test]
    fn a_reserve_larger_than_the_disk_is_noticed() {
        let data = tempfile::tempdir().unwrap();
        let config = config(data.path(), &[("limits.disk_reserve_bytes", "1000000 TiB")]);
        assert_eq!(free_space(&config).state, State::Bad);
    }

    #[test]
    fn a_folder_that_is_a_file_is_noticed() {
        let data = tempfile::tempdir().unwrap();
        let path = data.path().join("file");
        fs::write(&path, "").unwrap();
        assert_eq!(data_folder(&config(&path, &[])).state, State::Bad);
    }
}
