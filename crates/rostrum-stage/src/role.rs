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
    let (mut inboxes, mut questions) = (Vec::new(), Vec::new());
    let (mut ends, mut threads) = (Vec::new(), Vec::new());
    for _ in 0..count {
        let (inbox, datagrams) = mpsc::channel(DATAGRAMS);
        let (question, asks) = mpsc::channel(ASKS);
        inboxes.push(inbox);
        questions.push(question);
        ends.push((datagrams, asks));
    }
    let front = Front { routes: Arc::clone(&routes), shards: inboxes };
    for (index, (datagrams, asks)) in ends.into_iter().enumerate() {
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
        let shard = Shard::new(setup, mine).run(datagrams, asks, token.clone());
        let read = bound.0.iter().skip(index).step_by(count);
        let read: io::Result<Vec<_>> = read.map(|local| Ok((local.told, local.udp.try_clone()?))).collect();
        let (front, read, cancels) = (front.clone(), read?, token.clone().drop_guard());
        threads.push(crate::thread::start("shard", index, move || {
            if let Err(error) = on_this_thread(shard, front.read(read)) {
                tracing::error!(%error, "a shard cannot run");
            }
            drop(cancels);
        })?);
    }
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

/// Runs a shard to its end, and beside it what reads for it. Both are tasks of one runtime: one wakes the other without
/// asking the system.
fn on_this_thread(
    shard: impl Future<Output = ()> + Send + 'static,
    reading: impl Future<Output = io::Result<()>> + Send + 'static,
) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (shard, reading) = (runtime.spawn(shard), runtime.spawn(reading));
    runtime.block_on(async {
        tokio::select! {
            ended = shard => ended.map_err(io::Error::other),
            failed = reading => failed.map_err(io::Error::other)?,
        }
    })
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
