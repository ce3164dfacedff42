//! The worker role: claims jobs under a lease, runs a few at a time, publishes what is scheduled when its time comes.
//! What the jobs do is the use-cases' business.

mod hold;
mod rounds;

use std::sync::Arc;

use rostrum_app::{App, Error};
use rostrum_wire::{Pokes, ReadyInfo, Reporter, Shutdown, SocketError, Sockets};
use tokio_util::task::TaskTracker;

use crate::rounds::Rounds;

/// What the worker role needs.
pub struct Config {
    /// The sockets of the data folder.
    pub sockets: Sockets,
    /// The use-cases.
    pub app: Arc<App>,
    /// Jobs run at the same time.
    pub slots: usize,
}

/// Why the worker could not go on.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A socket cannot be had.
    #[error(transparent)]
    Socket(#[from] SocketError),
    /// Listening for pokes failed.
    #[error("the worker's socket failed: {0}")]
    Poke(#[from] std::io::Error),
    /// The database failed while starting.
    #[error(transparent)]
    App(#[from] Error),
}

/// Works until the stop; a soft stop lets running jobs go back to the queue at once, since each can be repeated.
pub async fn run(config: Config, stop: Shutdown, ready: impl FnOnce(ReadyInfo)) -> Result<(), RunError> {
    let mut pokes = Pokes::listen(&config.sockets.worker())?;
    let reporter = Arc::new(Reporter::new(config.sockets.progress())?);
    let holder = hex_name(&config.app);
    let tasks = TaskTracker::new();
    let mut rounds = Rounds::new(config.app, holder, config.slots, reporter);
    ready(ReadyInfo::default());
    loop {
        let pause = rounds.go(&tasks, &stop).await;
        tokio::select! {
            poked = pokes.next() => poked?,
            () = rounds.slot_freed() => {}
            () = tokio::time::sleep(pause) => {}
            () = stop.soft().cancelled() => break,
        }
    }
    tasks.close();
    tokio::select! {
        () = tasks.wait() => {}
        () = stop.hard().cancelled() => {}
    }
    Ok(())
}

/// A name for this process's leases that no other process has had.
fn hex_name(app: &App) -> String {
    app.ids.bytes()[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}
