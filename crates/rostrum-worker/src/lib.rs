//! The worker role: claims jobs under a lease, runs a few at a time, publishes what is scheduled when its time comes.
//! What the jobs do is the use-cases' business.

mod hold;
mod rounds;

use std::sync::Arc;

use rostrum_app::{App, Error, jobs};
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
    // The socket above is held by one worker of a data folder at a time, so whoever worked here before is gone.
    jobs::clear_workbench(&config.app)?;
    let house = house(&config.app)?;
    jobs::reclaim(&config.app, &house).await?;
    let holder = format!("{house}:{}", fresh_name(&config.app));
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

/// The name of this data folder among those that share a database; made once and kept.
fn house(app: &App) -> std::io::Result<String> {
    let path = app.scratch.join("house");
    match std::fs::read_to_string(&path) {
        Ok(name) if !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_hexdigit()) => return Ok(name),
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let name = fresh_name(app);
    std::fs::write(&path, &name)?;
    Ok(name)
}

/// Sixteen hexadecimal digits that nobody has had before.
fn fresh_name(app: &App) -> String {
    app.ids.bytes()[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}
