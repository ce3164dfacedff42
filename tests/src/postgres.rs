//! A private Postgres from the system's packages: its own folder, a unix socket instead of a port, no durability.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use rustix::process::Signal;

use crate::process::Process;
use crate::scratch::Scratch;
use crate::wait::eventually;

const START_WITHIN: Duration = Duration::from_secs(30);
const USER: &str = "postgres";
/// Where a running cluster's address is found; set by `with-servers`.
const SHARED: &str = "ROSTRUM_TEST_POSTGRES";

/// A running cluster; dropping it ends it.
#[derive(Debug)]
pub struct Cluster {
    process: Process,
    folder: Scratch,
}

impl Cluster {
    /// Makes and starts one. As root it runs as the user `postgres`, since the server refuses root.
    pub async fn start() -> Self {
        let folder = Scratch::new("pg");
        give_to_postgres(folder.path());
        let data = folder.join("data");
        let made = server_command("initdb", folder.path())
            .args(["--username", USER, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--pgdata"])
            .arg(&data)
            .output();
        succeeded("initdb", made.expect("initdb can be started"));
        let log = fs::File::create(folder.join("postgres.log")).expect("the folder is ours");
        let mut command = server_command("postgres", folder.path());
        command.arg("-D").arg(&data).arg("-k").arg(folder.path()).args(settings());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let process = Process::start(&mut command).expect("postgres can be started");
        let cluster = Self { process, folder };
        let answers = || run_sql(&cluster.url(), "SELECT 1").is_ok_and(|output| output.status.success());
        eventually(START_WITHIN, "Postgres answers", async || answers().then_some(())).await;
        cluster
    }

    /// The address of its first database; more are made beside it.
    pub fn url(&self) -> String {
        format!("postgres://{USER}@localhost/postgres?host={}", self.folder.path().display())
    }

    /// Stops it at once, without a checkpoint, as a power cut would stop its clients.
    pub fn kill(&mut self) {
        self.process.kill_tree();
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // An immediate shutdown gives shared memory back, which a kill would leave behind.
        self.process.signal(Signal::QUIT);
        let mut turns = 0;
        while self.process.ended().is_none() && turns < 1_000_000 {
            turns += 1;
            std::thread::yield_now();
        }
        self.process.kill_tree();
    }
}

/// An empty database of one test.
#[derive(Debug)]
pub struct Database {
    url: String,
    /// Present when this test had to start a cluster of its own.
    _cluster: Option<Arc<Cluster>>,
}

impl Database {
    /// Makes one in the run's shared cluster, or in a new one when there is none.
    pub async fn create() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let cluster = match std::env::var(SHARED) {
            Ok(_) => None,
            Err(_) => Some(Arc::new(Cluster::start().await)),
        };
        let server = cluster.as_ref().map_or_else(|| std::env::var(SHARED).expect("seen above"), |own| own.url());
        let name = format!("story_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let made = run_sql(&server, &format!("CREATE DATABASE {name}")).expect("psql can be started");
        succeeded("CREATE DATABASE", made);
        Self { url: server.replacen("/postgres?", &format!("/{name}?"), 1), _cluster: cluster }
    }

    /// Makes one in a cluster of the caller's.
    pub fn create_in(cluster: &Cluster) -> Self {
        succeeded("CREATE DATABASE", run_sql(&cluster.url(), "CREATE DATABASE own").expect("psql can be started"));
        Self { url: cluster.url().replacen("/postgres?", "/own?", 1), _cluster: None }
    }

    /// Its address, as the configuration wants it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Runs SQL and returns its rows, fields divided by `|`.
    pub fn sql(&self, text: &str) -> String {
        let output = succeeded(text, run_sql(&self.url, text).expect("psql can be started"));
        String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
    }
}

/// Nothing here survives the test, so nothing waits for a disk; no TCP port, so no two clusters can meet.
fn settings() -> impl Iterator<Item = &'static str> {
    const SETTINGS: [&str; 8] = [
        "listen_addresses=",
        "unix_socket_permissions=0777",
        "fsync=off",
        "synchronous_commit=off",
        "full_page_writes=off",
        "shared_buffers=64MB",
        "max_connections=200",
        "timezone=UTC",
    ];
    SETTINGS.iter().flat_map(|setting| ["-c", setting])
}

/// A program of the newest installed server. It ends when the thread that started it ends, however that ends.
fn server_command(program: &str, folder: &Path) -> Command {
    let mut command = Command::new("setpriv");
    if rustix::process::geteuid().is_root() {
        command.args(["--reuid", USER, "--regid", USER, "--init-groups"]);
    }
    command.args(["--pdeathsig", "QUIT", "--"]).arg(binaries().join(program));
    command.current_dir(folder).env_remove("PGDATA").env("LC_ALL", "C");
    command
}

/// Debian keeps server programs in `/usr/lib/postgresql/VERSION/bin`, off the PATH.
fn binaries() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().filter_map(Result::ok);
    let newest = versions
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path().join("bin"))))
        .filter(|(_, folder)| folder.join("initdb").is_file())
        .max();
    newest.expect("a Postgres server is installed; scripts/setup test installs it").1
}

fn run_sql(url: &str, text: &str) -> std::io::Result<Output> {
    let options = ["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"];
    Command::new("psql").args(options).arg("--command").arg(text).arg(url).stdin(Stdio::null()).output()
}

fn give_to_postgres(folder: &Path) {
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).expect("the folder is ours");
    if rustix::process::geteuid().is_root() {
        let status = Command::new("chown").arg(USER).arg(folder).status();
        assert!(status.is_ok_and(|status| status.success()), "the postgres package made the user {USER}");
    }
}

fn succeeded(what: &str, output: Output) -> Output {
    assert!(output.status.success(), "{what} failed: {}", String::from_utf8_lossy(&output.stderr));
    output
}
