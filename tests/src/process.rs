//! A program under test with all that it started: found in /proc, signalled and ended as one tree.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::{Child, Command, ExitStatus};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::wait::eventually;

/// A running program; dropping it ends it and its descendants at once.
#[derive(Debug)]
pub struct Process {
    child: Child,
}

impl Process {
    /// Starts the command.
    pub fn start(command: &mut Command) -> io::Result<Self> {
        Ok(Self { child: command.spawn()? })
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// How it ended; `None` while it runs.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("the program is our child")
    }

    /// Sends it a signal, politely or not.
    pub fn signal(&self, signal: Signal) {
        send(self.pid(), signal);
    }

    /// Waits until it has ended by itself or by a signal sent before.
    pub async fn gone(&mut self, within: Duration) -> ExitStatus {
        eventually(within, "the program ends", async || self.ended()).await
    }

    /// Pids of all it started, directly or not, with the words of their command lines.
    pub fn descendants(&self) -> Vec<(u32, Vec<String>)> {
        descendants(self.pid()).into_iter().map(|pid| (pid, words(pid))).collect()
    }

    /// Memory that it and all it started hold, in KiB; what several share is counted once (proportional set size).
    pub fn memory_kib(&self) -> u64 {
        let family = descendants(self.pid()).into_iter().chain([self.pid()]);
        family.filter_map(memory_kib).sum()
    }

    /// Bytes of the files in a folder, and of those that were there and are still open in one of its processes.
    pub fn disk_bytes(&self, folder: &Path) -> u64 {
        let mut sizes = BTreeMap::new();
        named(folder, &mut sizes);
        for pid in descendants(self.pid()).into_iter().chain([self.pid()]) {
            unnamed(pid, folder, &mut sizes);
        }
        sizes.values().sum()
    }

    /// Ends it and all it started at once. It is stopped first, so that it cannot start a replacement meanwhile.
    pub fn kill_tree(&mut self) {
        if self.ended().is_some() {
            return;
        }
        self.signal(Signal::STOP);
        let family = descendants(self.pid());
        self.signal(Signal::KILL);
        for pid in family {
            send(pid, Signal::KILL);
        }
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill_tree();
    }
}

/// Sends a signal to a process that may have ended meanwhile.
pub(crate) fn send(pid: u32, signal: Signal) {
    if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
        let _ = kill_process(pid, signal);
    }
}

fn descendants(root: u32) -> Vec<u32> {
    let parents: Vec<(u32, u32)> = fs::read_dir("/proc")
        .expect("Linux has /proc")
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(|pid: u32| Some((pid, parent(pid)?)))
        .collect();
    let mut family = vec![root];
    let mut next = 0;
    while let Some(&pid) = family.get(next) {
        family.extend(parents.iter().filter(|&&(_, parent)| parent == pid).map(|&(child, _)| child));
        next += 1;
    }
    family.split_off(1)
}

/// The parent's pid from `/proc/PID/stat`, whose second field may hold spaces and brackets of its own.
fn parent(pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(") ")?.1.split(' ').nth(1)?.parse().ok()
}

/// Files in a folder and those below it, by inode; what goes away meanwhile is passed over.
fn named(folder: &Path, sizes: &mut BTreeMap<u64, u64>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.metadata() {
            Ok(facts) if facts.is_dir() => named(&entry.path(), sizes),
            Ok(facts) => drop(sizes.insert(facts.ino(), facts.blocks() * 512)),
            Err(_) => {}
        }
    }
}

/// Files that a process has open and that have lost their name in a folder, by inode.
fn unnamed(pid: u32, folder: &Path, sizes: &mut BTreeMap<u64, u64>) {
    for entry in fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten() {
        let gone = fs::read_link(entry.path())
            .is_ok_and(|path| path.starts_with(folder) && path.to_string_lossy().ends_with(" (deleted)"));
        if let (true, Ok(facts)) = (gone, fs::metadata(entry.path())) {
            sizes.insert(facts.ino(), facts.blocks() * 512);
        }
    }
}

fn memory_kib(pid: u32) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

fn words(pid: u32) -> Vec<String> {
    let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    line.split(|&byte| byte == 0)
        .filter(|word| !word.is_empty())
        .map(|word| String::from_utf8_lossy(word).into())
        .collect()
}
