//! A stage in a process of its own: it may be killed at any instant, and its rooms may lie on a small disk.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::station::Station;

/// Names the folder of the stage that the child is to run.
const DATA: &str = "STAGE_APART";
/// What it says when others may ask it.
const READY: &str = "the stage is ready";

/// How it is to be started.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wishes {
    /// A folder with the order at which point it is to die.
    pub(crate) failpoints: Option<PathBuf>,
    /// MiB of memory that stand in for the disk of the rooms.
    pub(crate) disk_mib: Option<u32>,
}

/// The process, and the link to it.
pub(crate) struct Apart {
    child: Child,
    pub(crate) station: Station,
}

impl Apart {
    /// Starts a stage on `data`; none if it died before it was ready.
    pub(crate) async fn start(data: &Path, wishes: &Wishes) -> Option<Self> {
        let mut command = match wishes.disk_mib {
            Some(mib) => on_a_disk(&data.join("live"), mib),
            None => Command::new(std::env::current_exe().unwrap()),
        };
        command.args(["apart::the_stage", "--exact", "--ignored", "--nocapture"]).env(DATA, data);
        command.env_remove("FAILPOINTS").envs(wishes.failpoints.iter().map(|folder| ("FAILPOINTS", folder)));
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let ready = tokio::task::spawn_blocking(move || {
            let ready = lines.any(|line| line.is_ok_and(|line| line.contains(READY)));
            // Whatever it says later must find a reader.
            std::thread::spawn(move || lines.for_each(drop));
            ready
        });
        if !ready.await.unwrap() {
            child.wait().unwrap();
            return None;
        }
        Some(Self { child, station: Station::elsewhere(data) })
    }

    /// Ends it as if its power had gone.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Whether it has died.
    pub(crate) fn is_dead(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// A path as the process sees it.
    pub(crate) fn seen(&self, path: &Path) -> PathBuf {
        Path::new("/proc").join(self.child.id().to_string()).join("root").join(path.strip_prefix("/").unwrap())
    }
}

impl Drop for Apart {
    fn drop(&mut self) {
        // It may be dead already.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn on_a_disk(folder: &Path, mib: u32) -> Command {
    std::fs::create_dir_all(folder).unwrap();
    let mut command = Command::new("unshare");
    command.args(["--mount", "--propagation", "private"]);
    if !rustix::process::geteuid().is_root() {
        command.args(["--user", "--map-root-user"]);
    }
    command.args(["--", "sh", "-c", r#"mount -t tmpfs -o "$1" none "$2" && shift 2 && exec "$@""#, "sh"]);
    command.arg(format!("size={mib}m,mode=700")).arg(folder).arg(std::env::current_exe().unwrap());
    command
}

#[test]
#[ignore = "the stage of other tests, which start it themselves"]
fn the_stage() {
    let Some(data) = std::env::var_os(DATA) else { return };
    // It must not outlive the test that started it.
    std::thread::spawn(|| {
        std::io::copy(&mut std::io::stdin(), &mut std::io::sink()).ok();
        std::process::exit(0);
    });
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let _station = Station::on(data.into(), None).await;
        let mut out = std::io::stdout().lock();
        out.write_all(format!("{READY}\n").as_bytes()).and_then(|()| out.flush()).unwrap();
        std::future::pending::<()>().await;
    });
}
