//! The binary under test: started on an empty folder, killed with all its roles, restarted on the same data.

use std::fs::{self, File};
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Output, Stdio};
use std::time::Duration;

use rustix::process::Signal;
use serde::Deserialize;

use crate::disk::Disk;
use crate::http::Http;
use crate::process::{Process, send};
use crate::scratch::{Scratch, say, target_folder};
use crate::wait::{eventually, poll};

const START_WITHIN: Duration = Duration::from_secs(20);
const STOP_WITHIN: Duration = Duration::from_secs(20);

/// What to start the server with; by default an empty data folder, SQLite and local media.
#[derive(Debug, Default)]
pub struct Launch {
    config: Option<String>,
    env: Vec<(String, String)>,
    args: Vec<String>,
    data: Option<PathBuf>,
    disk: Option<Disk>,
    tls: bool,
}

impl Launch {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Text of a `rostrum.toml`, given with `--config`.
    pub fn config(mut self, toml: impl Into<String>) -> Self {
        self.config = Some(toml.into());
        self
    }

    /// One environment variable.
    pub fn env(mut self, name: &str, value: impl Into<String>) -> Self {
        self.env.push((name.into(), value.into()));
        self
    }

    /// One more argument; a later `--http` replaces the usual one on port 0.
    pub fn arg(mut self, arg: impl Into<String>) -> Self {
        self.args.push(arg.into());
        self
    }

    /// HTTPS on the public port, with a certificate of its own making for this machine.
    pub fn tls(self) -> Self {
        Self { tls: true, ..self }
    }

    /// A data folder of the story's choice instead of an empty one.
    pub fn data(mut self, folder: impl Into<PathBuf>) -> Self {
        self.data = Some(folder.into());
        self
    }

    /// Makes a folder a disk of its own with so many MiB, which only this server sees.
    pub fn disk(mut self, folder: impl Into<PathBuf>, mib: u64) -> Self {
        self.disk = Some(Disk::new(folder.into(), mib));
        self
    }

    /// Makes that disk one that cannot be written.
    pub fn read_only(mut self) -> Self {
        self.disk = self.disk.map(Disk::read_only);
        self
    }

    /// Starts a server that should refuse to run, and returns how it refused.
    pub async fn refused(self) -> Refusal {
        let home = Scratch::new("rostrum");
        let mut process = self.start_in(&home);
        let stdout = home.join("stdout.log");
        let mut outcome = async || process.ended().map(Ok).or_else(|| text(&stdout).contains('\n').then_some(Err(())));
        let Some(Ok(status)) = poll(START_WITHIN, &mut outcome).await else {
            panic!("it started: {}\n{}", text(&stdout), tail(&text(&home.join("stderr.log")), 60));
        };
        Refusal { status, stdout: text(&stdout), stderr: text(&home.join("stderr.log")) }
    }

    fn data_in(&self, home: &Scratch) -> PathBuf {
        self.data.clone().unwrap_or_else(|| home.join("data"))
    }

    fn start_in(&self, home: &Scratch) -> Process {
        let log = |name| File::options().create(true).append(true).open(home.join(name)).expect("the folder is ours");
        let program = binary();
        let mut command = self.disk.as_ref().map_or_else(|| Command::new(&program), |disk| disk.mount_for(&program));
        forget_settings(&mut command);
        command.arg("serve").arg("--data").arg(self.data_in(home)).args(["--ready", "stdout"]);
        if !self.args.iter().any(|arg| arg == "--http") {
            command.args(["--http", "127.0.0.1:0"]);
        }
        if !self.args.iter().any(|arg| arg == "--rtc") {
            command.args(["--rtc", "127.0.0.1:0"]);
        }
        if let Some(toml) = &self.config {
            let file = home.join("rostrum.toml");
            fs::write(&file, toml).expect("the folder is ours");
            command.arg("--config").arg(file);
        }
        if self.tls {
            let (certificate, key) = certificate(home);
            command.env("ROSTRUM_HTTP__TLS_CERTIFICATE", certificate).env("ROSTRUM_HTTP__TLS_KEY", key);
        }
        command.args(&self.args).envs(self.env.iter().map(|(name, value)| (name, value)));
        command.current_dir(home.path()).stdin(Stdio::null());
        command.stdout(log("stdout.log")).stderr(log("stderr.log"));
        Process::start(&mut command).expect("the binary under test can be started")
    }
}

/// How a server that would not start said so.
#[derive(Debug)]
pub struct Refusal {
    /// The exit status; never zero when it kept its word.
    pub status: ExitStatus,
    /// All of standard output; empty unless it claimed to be ready.
    pub stdout: String,
    /// All of standard error: what happened and what to do.
    pub stderr: String,
}

/// The line that a server prints when it truly serves.
#[derive(Debug, Clone, Deserialize)]
pub struct Ready {
    /// Address of the front door, `127.0.0.1:PORT`.
    pub http: String,
    /// Address of the mounts, `127.0.0.1:PORT`.
    pub live: String,
    /// Address of the media port, `127.0.0.1:PORT`; none where no stage runs.
    pub rtc: Option<String>,
    /// The one-time link that makes the owner; absent when there is one.
    pub setup_url: Option<String>,
    /// Pid of the supervisor.
    pub pid: u32,
}

/// A running server with a folder of its own.
#[derive(Debug)]
pub struct Server {
    process: Process,
    ready: Ready,
    launch: Launch,
    home: Scratch,
}

impl Server {
    /// Starts the binary with the defaults.
    pub async fn spawn() -> Self {
        Self::start(Launch::new()).await
    }

    /// Starts the binary as told and waits until it is ready.
    pub async fn start(launch: Launch) -> Self {
        let home = Scratch::new("rostrum");
        let (process, ready) = start(&launch, &home).await;
        Self { process, ready, launch, home }
    }

    /// What it printed when it was ready.
    pub fn ready(&self) -> &Ready {
        &self.ready
    }

    /// The absolute address of a path: `url("/admin")`.
    pub fn url(&self, path: &str) -> String {
        let scheme = if self.launch.tls { "https" } else { "http" };
        format!("{scheme}://{}{path}", self.ready.http)
    }

    /// What vouches for it to clients that are to speak HTTPS with it, a file in PEM form.
    pub fn certificate(&self) -> PathBuf {
        certificate(&self.home).0
    }

    /// Where speakers' sound goes.
    pub fn rtc(&self) -> SocketAddr {
        let rtc = self.ready.rtc.as_deref().expect("the server has a stage");
        rtc.parse().expect("the media port is an address")
    }

    /// A client without cookies yet.
    pub fn http(&self) -> Http {
        Http::new(&self.url(""))
    }

    /// The data folder.
    pub fn data(&self) -> PathBuf {
        self.launch.data_in(&self.home)
    }

    /// A folder of this test beside the data.
    pub fn scratch(&self) -> &Path {
        self.home.path()
    }

    /// Leaves so many bytes free on the server's small disk.
    pub fn leave_free(&self, bytes: u64) {
        let disk = self.launch.disk.as_ref().expect("the story gave the server a small disk");
        disk.leave(self.process.pid(), bytes);
    }

    /// Where a story finds what is on that disk.
    pub fn small_disk(&self) -> PathBuf {
        let disk = self.launch.disk.as_ref().expect("the story gave the server a small disk");
        disk.seen_by(self.process.pid())
    }

    /// Everything logged since the first start.
    pub fn log(&self) -> String {
        text(&self.home.join("stderr.log"))
    }

    /// Runs another command of the binary on the same data, with text on its standard input.
    pub fn command(&self, args: &[&str], input: &str) -> Output {
        let place = self.launch.disk.as_ref().map(|_| self.process.pid());
        let mut command = place.map_or_else(|| Command::new(binary()), |pid| Disk::enter(pid, binary()));
        forget_settings(&mut command);
        command.args(args).arg("--data").arg(self.data()).current_dir(self.home.path());
        command.envs(self.launch.env.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the binary under test can be started");
        let mut stdin = child.stdin.take().expect("asked for above");
        // A command that does not read its input closes the pipe; that is its right.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        child.wait_with_output().expect("the command is our child")
    }

    /// The pid of a role: `edge`, `web`, `worker` or `stage`.
    pub async fn pid_of(&self, role: &str) -> u32 {
        eventually(START_WITHIN, "the role runs", async || {
            let family = self.process.descendants();
            family.into_iter().find(|(_, words)| words.iter().any(|word| names(word, role))).map(|(pid, _)| pid)
        })
        .await
    }

    /// Ends a role without warning and returns the pid it had.
    pub async fn kill9(&self, role: &str) -> u32 {
        let pid = self.pid_of(role).await;
        send(pid, Signal::KILL);
        pid
    }

    /// Sends a signal to a role that may not run at the moment, and gives its pid if it did.
    pub fn signal(&self, role: &str, signal: Signal) -> Option<u32> {
        let family = self.process.descendants();
        let (pid, _) = family.into_iter().find(|(_, words)| words.iter().any(|word| names(word, role)))?;
        send(pid, signal);
        Some(pid)
    }

    /// Memory that all its roles hold, in KiB; what they share is counted once.
    pub fn memory_kib(&self) -> u64 {
        self.process.memory_kib()
    }

    /// Bytes that its data folder takes, with files that are open but have no name any more.
    pub fn disk_bytes(&self) -> u64 {
        self.process.disk_bytes(&self.data())
    }

    /// Asks the server to stop and waits until it has.
    pub async fn stop(&mut self) -> ExitStatus {
        self.process.signal(Signal::TERM);
        self.process.gone(STOP_WITHIN).await
    }

    /// Ends everything at once and starts again on the same data.
    pub async fn crash_and_restart(&mut self) {
        self.process.kill_tree();
        self.restart().await;
    }

    /// Starts again on the same data after it has ended.
    pub async fn restart(&mut self) {
        self.process.kill_tree();
        fs::remove_file(self.home.join("stdout.log")).expect("the server wrote its line");
        (self.process, self.ready) = start(&self.launch, &self.home).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill_tree();
        if std::thread::panicking() {
            // Few lines, so that what the story itself says is still among the last of a long report.
            say(&format!("--- server log, last lines\n{}", tail(&self.log(), 25)));
        }
    }
}

async fn start(launch: &Launch, home: &Scratch) -> (Process, Ready) {
    let mut process = launch.start_in(home);
    let stdout = home.join("stdout.log");
    let ready = poll(START_WITHIN, &mut async || match text(&stdout).split_once('\n') {
        Some((line, _)) => Some(Ok(line.to_owned())),
        None => process.ended().map(Err),
    })
    .await;
    match ready {
        Some(Ok(line)) => match serde_json::from_str(&line) {
            Ok(ready) => (process, ready),
            Err(error) => panic!("not a ready line: {line}: {error}"),
        },
        Some(Err(status)) => panic!("the server ended ({status})\n{}", tail(&text(&home.join("stderr.log")), 60)),
        None => panic!("not ready in {START_WITHIN:?}\n{}", tail(&text(&home.join("stderr.log")), 60)),
    }
}

/// Certificate and key of this machine's loopback address, made when they are first asked for.
fn certificate(home: &Scratch) -> (PathBuf, PathBuf) {
    let files = (home.join("certificate.pem"), home.join("key.pem"));
    if !files.0.exists() {
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("an address can be vouched for");
        fs::write(&files.1, made.signing_key.serialize_pem()).expect("the folder is ours");
        fs::write(&files.0, made.cert.pem()).expect("the folder is ours");
    }
    files
}

/// The binary under test: `ROSTRUM_BIN`, else the one built beside the tests.
pub fn binary() -> PathBuf {
    std::env::var_os("ROSTRUM_BIN").map_or_else(|| target_folder().join("debug/rostrum"), PathBuf::from)
}

/// Settings of the developer's own environment must not leak into a story.
fn forget_settings(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("ROSTRUM_")) {
            command.env_remove(name);
        }
    }
}

/// Whether a word of a command line names the role: `web`, `--roles=web`.
fn names(word: &str, role: &str) -> bool {
    word == role || word.rsplit_once('=').is_some_and(|(_, value)| value == role)
}

fn text(file: &Path) -> String {
    fs::read(file).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

fn tail(text: &str, lines: usize) -> String {
    let all: Vec<&str> = text.lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}
