//! Keeps one role alive: starts its process, waits for its ready line, starts it again when it dies, ends it on demand.

use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use rostrum_wire::{ReadyInfo, Shutdown};
use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout};

use super::policy::Policy;
use crate::roles::Role;

/// How long a role may take to become ready.
const READY_TIME: Duration = Duration::from_secs(60);
/// This very program, even after an update has put another one at its path.
const OWN_PROGRAM: &str = "/proc/self/exe";

/// What a keeper tells the supervisor.
#[derive(Debug)]
pub(super) enum Event {
    /// The role serves.
    Ready((Role, usize), ReadyInfo),
    /// The role's process ended without being asked to; it will be started again.
    Ended((Role, usize), String),
}

/// One role to keep.
pub(super) struct Keeper {
    pub(super) role: (Role, usize),
    pub(super) order: Arc<str>,
    pub(super) events: mpsc::Sender<Event>,
}

/// How a role's process came to its end.
enum End {
    /// It was asked to stop, and did.
    Stopped,
    /// By itself; words for the log.
    Died(String),
}

impl Keeper {
    /// Keeps the role until `stop`.
    pub(super) async fn run(self, stop: Shutdown) {
        let (clock, mut policy) = (Instant::now(), Policy::default());
        while !stop.soft().is_cancelled() {
            policy.started(clock.elapsed());
            let End::Died(how) = self.live(&stop).await else { return };
            let pause = policy.died(clock.elapsed());
            let pause_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
            tracing::warn!(role = self.role.0.name(), how, pause_ms, "role ended; starting it again");
            if self.events.send(Event::Ended(self.role, how)).await.is_err() {
                return;
            }
            stop.soft().run_until_cancelled(sleep(pause)).await;
        }
    }

    async fn live(&self, stop: &Shutdown) -> End {
        let (mut child, mut lines) = match self.start().await {
            Ok(started) => started,
            Err(error) => return End::Died(format!("its process cannot be started: {error}")),
        };
        let ready = tokio::select! {
            ready = timeout(READY_TIME, ready_line(&mut lines)) => {
                ready.unwrap_or_else(|_| Err("it took too long to become ready".into()))
            }
            () = stop.soft().cancelled() => return end(&mut child, stop).await,
        };
        match ready {
            Ok(info) => {
                if self.events.send(Event::Ready(self.role, info)).await.is_err() {
                    return end(&mut child, stop).await;
                }
            }
            Err(reason) => return give_up(&mut child, reason).await,
        }
        tokio::select! {
            status = child.wait() => End::Died(words(status.ok())),
            () = stop.soft().cancelled() => end(&mut child, stop).await,
        }
    }

    async fn start(&self) -> std::io::Result<(Child, Lines<BufReader<ChildStdout>>)> {
        let mut command = Command::new(OWN_PROGRAM);
        command.arg0("rostrum").args(["role", self.role.0.name()]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        // A terminal's Ctrl+C goes to its whole group; the roles hear of it from the supervisor, in order.
        command.process_group(0);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("ROSTRUM_") {
                command.env_remove(name);
            }
        }
        let mut child = command.spawn()?;
        let mut stdin = child.stdin.take().expect("stdin is a pipe");
        stdin.write_all(self.order.as_bytes()).await?;
        drop(stdin);
        let stdout = child.stdout.take().expect("stdout is a pipe");
        Ok((child, BufReader::new(stdout).lines()))
    }
}

async fn ready_line(lines: &mut Lines<BufReader<ChildStdout>>) -> Result<ReadyInfo, String> {
    match lines.next_line().await {
        Ok(Some(line)) => serde_json::from_str(&line).map_err(|error| format!("its ready line is malformed: {error}")),
        Ok(None) => Err("it ended before it was ready".into()),
        Err(error) => Err(format!("its ready line cannot be read: {error}")),
    }
}

/// Ends a process that is not going to be ready; one that ended by itself tells by its status why.
async fn give_up(child: &mut Child, reason: String) -> End {
    let status = timeout(Duration::from_secs(1), child.wait()).await;
    match status {
        Ok(status) => End::Died(words(status.ok())),
        Err(_) => {
            // It may have ended in this very moment; waiting tells.
            let _ = child.start_kill();
            let _ = child.wait().await;
            End::Died(reason)
        }
    }
}

/// Asks a process to stop and waits; the hard stop ends it.
async fn end(child: &mut Child, stop: &Shutdown) -> End {
    let pid = child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
    if let Some(pid) = pid {
        // An error means that it is gone already; waiting tells.
        let _ = kill_process(pid, Signal::TERM);
    }
    tokio::select! {
        _ = child.wait() => {}
        () = stop.hard().cancelled() => {
            let _ = child.start_kill();
            let _ = child.wait().await;
        }
    }
    End::Stopped
}

fn words(status: Option<ExitStatus>) -> String {
    status.map_or_else(|| "unknown end".to_owned(), |status| status.to_string())
}
