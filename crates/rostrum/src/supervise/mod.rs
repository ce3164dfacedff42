//! The supervisor: prepares the data folder and the port, runs each role as a process of its own, says when all are
//! ready, restarts what dies, and stops everything in two stages. It serves nothing itself.

mod announce;
mod data;
mod keeper;
mod key;
mod order;
mod policy;
mod ports;
pub(crate) mod signals;

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use rostrum_store::Store;
use rostrum_wire::Shutdown;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_util::task::TaskTracker;

use crate::cli::Serve;
use crate::config::Config;
use crate::roles::{Role, app};

pub(crate) use data::{DataFolder, free_bytes, running_at};
pub(crate) use key::grant_key;
pub(crate) use order::Order;
pub(crate) use ports::{reserve, reserve_rtc};

use announce::Gathering;
use keeper::{Event, Keeper};
use key::make_grant_key;

/// How long a stage of the stop may take before it is cut: longer than the edge drains.
const STAGE_TIME: Duration = Duration::from_secs(15);
/// Events of roles not yet looked at; keepers wait when it is full.
const EVENTS_MAX: usize = 32;

/// A prepared site, ready to run.
pub(crate) struct Site {
    serve: Serve,
    config: Config,
    order: Order,
    /// Held as long as this process lives, so that no other one works on the folder or takes the port.
    _held: (DataFolder, Vec<ports::Reserved>),
}

impl Site {
    /// Prepares everything that has to be right before a role can start, in the order in which it depends.
    pub(crate) async fn load(serve: Serve) -> anyhow::Result<Self> {
        let settings = serve.settings()?;
        let config = Config::build(&settings)?;
        let folder = DataFolder::prepare(&config.data)?;
        let mut held = Vec::new();
        let mut http = None;
        if serve.roles.contains(&Role::Edge) {
            let reserved = reserve(config.http.listen, "http.listen or --http")?;
            http = Some(reserved.address);
            held.push(reserved);
            if let Some(redirect) = config.http.redirect {
                held.push(reserve(redirect, "http.redirect")?);
            }
        }
        let mut rtc = None;
        if serve.roles.contains(&Role::Stage) {
            make_grant_key(&config.data)?;
            let reserved = reserve_rtc(config.rtc.listen)?;
            rtc = Some(reserved.address);
            held.push(reserved);
        }
        folder.note(http)?;
        migrate(&config).await?;
        if let Some(folder) = &serve.demo {
            let app = app(&config, http.unwrap_or(config.http.listen)).await?;
            rostrum_app::demo::plant(&app, folder).await.context("the demo show cannot be planted (--demo)")?;
            app.store.close().await;
        }
        let order = Order::new(&settings, (http, rtc));
        Ok(Self { serve, config, order, _held: (folder, held) })
    }

    /// Runs the roles until a signal asks to stop, or one cannot start.
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let asked = signals::listen()?;
        let stages = Stages::default();
        let (events, mut told) = mpsc::channel(EVENTS_MAX);
        let mut gathering = Gathering::default();
        let order: Arc<str> = self.order.to_line()?.into();
        for role in self.roles() {
            gathering.expect(role);
            stages.keep(Keeper { role, order: Arc::clone(&order), events: events.clone() });
        }
        drop(events);
        let ended = tokio::select! {
            ended = self.watch(&mut told, gathering) => ended,
            () = asked.soft().cancelled() => Ok(()),
        };
        tokio::select! {
            () = stages.stop() => {}
            () = asked.hard().cancelled() => stages.force().await,
            () = drain(&mut told) => {}
        }
        ended
    }

    fn roles(&self) -> Vec<(Role, usize)> {
        let count = |role: Role| if role == Role::Edge { self.config.edges } else { 1 };
        let mut roles: Vec<Role> = Role::ALL.into_iter().filter(|role| self.serve.roles.contains(role)).collect();
        roles.dedup();
        roles.into_iter().flat_map(|role| (0..count(role)).map(move |number| (role, number))).collect()
    }

    /// Follows the roles; returns only when one fails before all were ready once.
    async fn watch(&self, told: &mut mpsc::Receiver<Event>, mut gathering: Gathering) -> anyhow::Result<()> {
        while let Some(event) = told.recv().await {
            match event {
                Event::Ready(role, info) => {
                    if let Some(said) = gathering.ready(role, info) {
                        said.tell(self.serve.ready, &self.config.public_url(self.bound()))?;
                    }
                }
                Event::Ended(role, how) if gathering.waits() => {
                    bail!("the {} role did not start ({how}); its own words stand above", role.0.name());
                }
                Event::Ended(..) => {}
            }
        }
        bail!("no roles are left to run")
    }

    fn bound(&self) -> std::net::SocketAddr {
        self.order.http.unwrap_or(self.config.http.listen)
    }
}

async fn migrate(config: &Config) -> anyhow::Result<()> {
    let store = Store::open(&config.database_url).await.context("the database cannot be opened (database.url)")?;
    let migrated = store.migrate().await.context("the database cannot be used");
    store.close().await;
    migrated
}

/// Keeps the queue of events moving while the roles stop.
async fn drain(told: &mut mpsc::Receiver<Event>) {
    while told.recv().await.is_some() {}
}

/// The two stages of the stop: first those that take in work, then web, which those still need while they finish.
#[derive(Default)]
struct Stages {
    front: Stage,
    back: Stage,
}

#[derive(Default)]
struct Stage {
    stop: Shutdown,
    keepers: TaskTracker,
}

impl Stages {
    fn keep(&self, keeper: Keeper) {
        let stage = if keeper.role.0 == Role::Web { &self.back } else { &self.front };
        stage.keepers.spawn(keeper.run(stage.stop.clone()));
    }

    async fn stop(&self) {
        for stage in [&self.front, &self.back] {
            stage.stop.begin();
            stage.keepers.close();
            if timeout(STAGE_TIME, stage.keepers.wait()).await.is_err() {
                tracing::warn!("a role does not stop; ending it");
                stage.stop.force();
                stage.keepers.wait().await;
            }
        }
    }

    async fn force(&self) {
        for stage in [&self.front, &self.back] {
            stage.stop.force();
            stage.keepers.close();
            stage.keepers.wait().await;
        }
    }
}
