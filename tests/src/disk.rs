//! A small disk of one server: memory mounted over a folder, seen by that server alone. It can be made smaller and
//! larger while the server runs.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A folder that is a disk of its own.
#[derive(Debug, Clone)]
pub(crate) struct Disk {
    folder: PathBuf,
    mib: u64,
    read_only: bool,
}

impl Disk {
    pub(crate) fn new(folder: PathBuf, mib: u64) -> Self {
        Self { folder, mib, read_only: false }
    }

    pub(crate) fn read_only(self) -> Self {
        Self { read_only: true, ..self }
    }

    /// The command that runs `program` with the disk in place; what it starts keeps the process id.
    pub(crate) fn mount_for(&self, program: &Path) -> Command {
        std::fs::create_dir_all(&self.folder).expect("the folder is the test's own");
        let mode = if self.read_only { "ro" } else { "rw" };
        let mut command = Command::new("unshare");
        command.args(["--mount", "--propagation", "private"]);
        if !is_root() {
            command.args(["--user", "--map-root-user"]);
        }
        command.args(["--", "sh", "-c", r#"mount -t tmpfs -o "$1" none "$2" && shift 2 && exec "$@""#, "sh"]);
        command.arg(format!("{mode},size={}m,mode=700", self.mib)).arg(&self.folder).arg(program);
        command
    }

    /// The command that runs `program` where the process `pid` sees the disk.
    pub(crate) fn enter(pid: u32, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new("nsenter");
        command.args(["--mount", "--target", &pid.to_string()]);
        if !is_root() {
            command.args(["--user", "--preserve-credentials"]);
        }
        command.arg("--").arg(program);
        command
    }

    /// Leaves so many bytes free, as the process `pid` sees it.
    pub(crate) fn leave(&self, pid: u32, bytes: u64) {
        let disk = rustix::fs::statvfs(self.seen_by(pid)).expect("the disk is mounted");
        let used = (disk.f_blocks - disk.f_bfree) * disk.f_frsize;
        let size = format!("remount,size={}", used + bytes);
        let done = Self::enter(pid, "mount").args(["-o", &size]).arg(&self.folder).output().expect("nsenter is there");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }

    /// The folder's path from outside.
    pub(crate) fn seen_by(&self, pid: u32) -> PathBuf {
        let inside = self.folder.strip_prefix("/").expect("the folder's path is whole");
        Path::new("/proc").join(pid.to_string()).join("root").join(inside)
    }
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}
