//! The stage as a process: sockets, shards, desk, in the order in which they depend.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use rostrum_domain::{Clock, Ids};
use rostrum_live::grant::Key;
use rostrum_wire::{ReadyInfo, Shutdown, Socket, SocketError, link};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::desk::{Desk, Rooms};
use crate::net::{Bound, Front, Routes};
use crate::recover;
use crate::shard::{Setup, Shard};
use crate::time::Time;

/// Datagrams that wait for a shard.
const DATAGRAMS: usize = 4096;
/// Questions that wait for a shard.
const ASKS: usize = 256;

/// What the stage needs.
pub struct StageConfig {
    /// Where speakers reach it, UDP and TCP.
    pub rtc: SocketAddr,
    /// The address that speakers are told instead, behind a router.
    pub public: Option<IpAddr>,
    /// Threads that share the rooms.
    pub shards: usize,
    /// Where rooms keep their journals and program logs.
    pub live: PathBuf,
    /// Where the other roles ask.
    pub socket: Socket,
    /// Checks grants.
    pub key: Key,
    /// The wall clock.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub ids: Arc<dyn Ids>,
}

/// Why the stage could not go on.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The address for speakers cannot be had.
    #[error("cannot listen for speakers on {0} (rtc.listen or --rtc): {1}")]
    Rtc(SocketAddr, io::Error),
    /// The addresses cannot be told to speakers.
    #[error("no address to tell speakers (rtc.public_ip): {0}")]
    Candidates(String),
    /// Its own socket cannot be had.
    #[error(transparent)]
    Socket(#[from] SocketError),
    /// The disk or the system refuses.
    #[error("the stage cannot start: {0}")]
    Io(#[from] io::Error),
}

/// Runs the stage until the stop.
///
/// # Errors
/// See [`RunError`].
pub async fn run(config: StageConfig, stop: Shutdown, ready: impl FnOnce(ReadyInfo)) -> Result<(), RunError> {
    let bound = Bound::open(config.rtc, config.public).map_err(|error| RunError::Rtc(config.rtc, error))?;
    let candidates = bound.candidates().map_err(|error| RunError::Candidates(error.to_string()))?;
    let time = Time::new(Arc::clone(&config.clock));
    let (rooms, routes) = (Arc::<Rooms>::default(), Arc::<Routes>::default());
    let count = config.shards.max(1);
    let mut houses = recover::rooms(&config.live, &rooms, &time)?;
    let token = CancellationToken::new();
    let _cancels = token.clone().drop_guard();
    let (mut inboxes, mut questions, mut threads) = (Vec::new(), Vec::new(), Vec::new());
    for index in 0..count {
        let sockets: io::Result<Vec<_>> =
            bound.0.iter().map(|local| Ok((local.told, local.udp.try_clone()?))).collect();
        let setup = Setup {
            index,
            routes: Arc::clone(&routes),
            sockets: sockets?,
            candidates: candidates.clone(),
            time: time.clone(),
            live: config.live.clone(),
            rooms: Arc::clone(&rooms),
        };
        let own = |id: &rostrum_domain::Id<_>| (id.bits() % count as u128) as usize == index;
        let (mine, others) = houses.drain().partition::<HashMap<_, _>, _>(|(id, _)| own(id));
        houses = others;
        let (inbox, datagrams) = mpsc::channel(DATAGRAMS);
        let (question, asks) = mpsc::channel(ASKS);
        inboxes.push(inbox);
        questions.push(question);
        let shard = Shard::new(setup, mine);
        let stopped = token.clone();
        threads.push(crate::thread::start("shard", index, move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
            match runtime {
                Ok(runtime) => runtime.block_on(shard.run(datagrams, asks, stopped)),
                Err(error) => tracing::error!(%error, "a shard cannot run"),
            }
        })?);
    }
    let front = Front { routes, shards: inboxes };
    let desk = Desk { rooms, shards: questions, key: config.key, time, ids: config.ids, live: config.live };
    let listener = config.socket.listen()?;
    ready(ReadyInfo { rtc: bound.first(), ..ReadyInfo::default() });
    tokio::select! {
        received = front.run(&bound.0, token.clone()) => received?,
        () = answer(listener, Arc::new(desk)) => {}
        () = stop.soft().cancelled() => {}
    }
    token.cancel();
    let joined = tokio::task::spawn_blocking(move || threads.into_iter().for_each(|thread| drop(thread.join())));
    joined.await.ok();
    Ok(())
}

async fn answer(listener: tokio::net::UnixListener, desk: Arc<Desk>) {
    let mut open = JoinSet::new();
    loop {
        while open.try_join_next().is_some() {}
        match listener.accept().await {
            Ok((stream, _)) => {
                open.spawn(link::serve(stream, Arc::clone(&desk)));
            }
            Err(error) => {
                tracing::warn!(%error, "the stage's socket is out of descriptors");
                tokio::task::yield_now().await;
            }
        }
    }
}
