//! The program on a folder of its own and port 0; ended, with its children, when dropped.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// The program, with no settings from this test's own surroundings.
pub(crate) fn rostrum(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rostrum"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("ROSTRUM_")) {
        command.env_remove(name);
    }
    command.env("ROSTRUM_RTC__LISTEN", "127.0.0.1:0").current_dir(folder).stdin(Stdio::null());
    command
}

/// Runs a command to its end.
pub(crate) fn run(folder: &Path, words: &[&str]) -> Output {
    rostrum(folder).args(words).output().unwrap()
}

/// What a failing command says.
pub(crate) fn complaint(folder: &Path, words: &[&str]) -> String {
    let output = run(folder, words);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success(), "it should fail; it said: {said}");
    assert!(!said.contains("panicked") && !said.contains("stack backtrace"), "{said}");
    said
}

/// Waits for a state.
pub(crate) fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < PATIENCE, "never: {what}");
        std::thread::yield_now();
    }
}

/// A running server.
pub(crate) struct Server {
    pub(crate) folder: TempDir,
    pub(crate) ready: Value,
    child: Child,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    pub(crate) fn start() -> Self {
        Self::start_with(&[], &[])
    }

    pub(crate) fn start_with(words: &[&str], variables: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = rostrum(folder.path());
        command.args(["serve", "--http", "127.0.0.1:0", "--ready", "stdout"]).args(words);
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        let mut child = command.envs(variables.iter().copied()).stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let log = || std::fs::read_to_string(folder.path().join("log")).unwrap();
        let ready = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error} in {line:?}; log:\n{}", log()));
        Self { folder, ready, child }
    }

    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.ready["http"].as_str().unwrap().parse().unwrap()
    }

    pub(crate) fn pid(&self) -> i32 {
        self.child.id().try_into().unwrap()
    }

    /// The status of a GET; zero when nothing answers.
    pub(crate) fn status(&self, path: &str) -> u16 {
        let ask = || -> std::io::Result<String> {
            let mut stream = TcpStream::connect(self.address())?;
            stream.set_read_timeout(Some(PATIENCE))?;
            write!(stream, "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address())?;
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer)?;
            Ok(String::from_utf8_lossy(&answer).into_owned())
        };
        ask().ok().and_then(|answer| answer.split(' ').nth(1)?.parse().ok()).unwrap_or(0)
    }

    /// Process ids of the running role called `name`.
    pub(crate) fn roles(&self, name: &str) -> Vec<i32> {
        children(self.pid()).into_iter().filter(|pid| words(*pid).ends_with(&format!("role\0{name}\0"))).collect()
    }

    pub(crate) fn signal(&self, signal: Signal) {
        send(self.pid(), signal);
    }

    /// Waits for the end; says how it ended.
    pub(crate) fn ended(&mut self) -> std::process::ExitStatus {
        let mut status = None;
        eventually("the server ends", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        status.unwrap()
    }
}

pub(crate) fn send(pid: i32, signal: Signal) {
    kill_process(Pid::from_raw(pid).unwrap(), signal).unwrap();
}

/// The command line of a process, its words ended by zeros.
pub(crate) fn words(pid: i32) -> String {
    std::fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default()
}

pub(crate) fn children(parent: i32) -> Vec<i32> {
    let processes =
        std::fs::read_dir("/proc").unwrap().filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    processes.filter(|pid| is_child(*pid, parent)).collect()
}

fn is_child(pid: i32, parent: i32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    status.lines().any(|line| line.strip_prefix("PPid:").is_some_and(|of| of.trim() == parent.to_string()))
}

pub(crate) fn alive(pid: i32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    !status.is_empty() && !status.contains("State:\tZ")
}
