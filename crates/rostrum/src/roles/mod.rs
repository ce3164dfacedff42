//! One role's process: reads its order, becomes what it says, reports when it is ready, ends with its supervisor.

mod edge;
mod site;
mod stage;
mod web;
mod worker;

use std::io::Write;

use anyhow::{Context, anyhow, bail};
use clap::ValueEnum;
use rostrum_wire::{ReadyInfo, Shutdown};
use rustix::process::{Resource, Rlimit, Signal, getppid, getrlimit, set_parent_process_death_signal, setrlimit};

use crate::config::Config;
use crate::supervise::{Order, signals};
use crate::trace;

pub(crate) use site::{app, codec, media, readable_media};

/// A role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Role {
    /// The only public socket.
    Edge,
    /// Pages, API, uploads.
    Web,
    /// Jobs.
    Worker,
    /// Live rooms.
    Stage,
}

impl Role {
    /// All of them, in the order in which they are started.
    pub(crate) const ALL: [Self; 4] = [Self::Stage, Self::Web, Self::Worker, Self::Edge];

    /// Its word on the command line and in logs.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Edge => "edge",
            Self::Web => "web",
            Self::Worker => "worker",
            Self::Stage => "stage",
        }
    }
}

/// What every role is built from.
struct Start {
    config: Config,
    order: Order,
    stop: Shutdown,
}

/// Becomes `role` until the supervisor asks it to stop.
pub(crate) fn run(role: Role) -> anyhow::Result<()> {
    // Before anything else: a supervisor that is killed outright takes its roles with it, and frees the data folder.
    set_parent_process_death_signal(Some(Signal::KILL)).context("cannot tie this process to its supervisor")?;
    let order = Order::read(std::io::stdin().lock())?;
    let parent = getppid().map(|pid| pid.as_raw_nonzero().get());
    if parent.and_then(|pid| u32::try_from(pid).ok()) != Some(order.supervisor) {
        bail!("the supervisor is gone");
    }
    let config = order.config()?;
    trace::start(role.name(), &config.log.level, config.log.format).map_err(|error| anyhow!(error))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let start = Start { stop: signals::listen()?, config, order };
        match role {
            Role::Edge => edge::run(start).await,
            Role::Web => web::run(start).await,
            Role::Worker => worker::run(start).await,
            Role::Stage => stage::run(start).await,
        }
    })
}

/// Tells the supervisor, with one line, that this role serves.
#[expect(clippy::needless_pass_by_value, reason = "the roles hand over what they know")]
fn tell_ready(info: ReadyInfo) {
    let line = serde_json::to_string(&info).expect("addresses and links are JSON") + "\n";
    let mut out = std::io::stdout().lock();
    if let Err(error) = out.write_all(line.as_bytes()).and_then(|()| out.flush()) {
        tracing::error!(%error, "the supervisor does not listen");
    }
}

/// Raises the limit of open descriptors as far as this user may; says how many there are now.
pub(crate) fn raise_descriptors() -> u64 {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    let now = if setrlimit(Resource::Nofile, raised).is_ok() { raised.current } else { limit.current };
    now.unwrap_or(u64::MAX)
}
