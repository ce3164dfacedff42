//! Follows the stage: which rooms there are, and each room's program log. When the stage goes away, listeners stay
//! where they are and pages are told; when it is back, following goes on with the chunk that is wanted next.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use bytes::Bytes;
use rostrum_domain::Id;
use rostrum_domain::room::{Room, RoomState};
use rostrum_live::audience::AudienceEvent;
use rostrum_media::hls::DVR_CHUNKS_MIN;
use rostrum_media::program::Rendition;
use rostrum_wire::link::{Client, LinkError};
use rostrum_wire::stage::{Call, Piece, Standing, Told};
use tokio::task::AbortHandle;
use tokio::time::{MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::room::OnAir;
use crate::fan::Fan;

/// Between two tries to find the stage: it is back within a second, and listeners wait.
const RETRY: Duration = Duration::from_millis(100);
/// How often the stage is told how many listen.
const COUNT_EVERY: Duration = Duration::from_secs(1);
/// How long a message to the stage may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// The rooms, by id; a slug leads to the same.
#[derive(Debug)]
pub(super) struct Rooms {
    fan: Arc<Fan>,
    held: RwLock<HashMap<Id<Room>, Followed>>,
}

/// A room and the task that follows it.
type Followed = (Arc<OnAir>, AbortHandle);

impl Rooms {
    pub(super) fn new(fan: Arc<Fan>) -> Self {
        Self { fan, held: RwLock::default() }
    }

    /// A room by its id or slug; of several with one slug the one that is not over.
    pub(super) fn find(&self, word: &str) -> Option<Arc<OnAir>> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        if let Some((room, _)) = word.parse().ok().and_then(|id| held.get(&id)) {
            return Some(Arc::clone(room));
        }
        let named = held.values().map(|(room, _)| room).filter(|room| room.standing().slug == word);
        named.min_by_key(|room| room.is_over()).cloned()
    }

    /// The rooms that directories of streams may tell of, in the order of their addresses.
    pub(super) fn shown(&self) -> Vec<Arc<OnAir>> {
        let all = self.all().into_iter().map(|(_, room)| (room.standing(), room));
        let mut shown: Vec<_> =
            all.filter(|(standing, _)| standing.listed.is_some() && standing.state == RoomState::Live).collect();
        shown.sort_by(|(one, _), (other, _)| one.slug.cmp(&other.slug));
        shown.into_iter().map(|(_, room)| room).collect()
    }

    fn all(&self) -> Vec<(Id<Room>, Arc<OnAir>)> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        held.iter().map(|(id, (room, _))| (*id, Arc::clone(room))).collect()
    }

    fn drop_missing(&self, present: &[Id<Room>]) {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        held.retain(|id, (room, task)| {
            // A room the stage has forgotten; its pages have been told that it is over.
            let stays = present.contains(id) || !room.is_over();
            if !stays {
                task.abort();
            }
            stays
        });
    }
}

/// The followers, all of which end with one token.
#[derive(Debug, Clone)]
pub(super) struct Tasks {
    tracker: TaskTracker,
    stop: CancellationToken,
}

impl Tasks {
    pub(super) fn new(stop: CancellationToken) -> Self {
        Self { tracker: TaskTracker::new(), stop }
    }

    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) -> AbortHandle {
        let stop = self.stop.clone();
        let ends = async move {
            stop.run_until_cancelled(task).await;
        };
        self.tracker.spawn(ends).abort_handle()
    }
}

/// Follows the stage for ever.
pub(super) async fn follow(stage: Client, rooms: Arc<Rooms>, tasks: Tasks) {
    loop {
        if let Err(error) = rooms_of(&stage, &rooms, &tasks).await {
            tracing::debug!(%error, "the stage is not followed");
        }
        sleep(RETRY).await;
    }
}

async fn rooms_of(stage: &Client, rooms: &Arc<Rooms>, tasks: &Tasks) -> Result<(), LinkError> {
    let mut follow = stage.follow(&Call::FollowRooms, Bytes::new()).await?;
    let mut seen = Vec::new();
    while let Some((standing, _)) = follow.next::<Standing>().await? {
        seen.push(standing.room);
        take(stage, rooms, tasks, standing);
        rooms.drop_missing(&seen);
    }
    Ok(())
}

fn take(stage: &Client, rooms: &Arc<Rooms>, tasks: &Tasks, standing: Standing) {
    let id = standing.room;
    let mut held = rooms.held.write().unwrap_or_else(PoisonError::into_inner);
    if let Some((room, _)) = held.get(&id) {
        room.stand(standing);
        return;
    }
    let room = Arc::new(OnAir::new(standing, Arc::clone(&rooms.fan)));
    let task = tasks.spawn(program(stage.clone(), id, Arc::clone(&room)));
    held.insert(id, (room, task));
}

/// Follows one room to its end.
async fn program(stage: Client, id: Id<Room>, room: Arc<OnAir>) {
    let mut heard = 0;
    loop {
        match pieces(&stage, id, &room, &mut heard).await {
            Ok(true) => return room.end(),
            Ok(false) => {}
            Err(LinkError::Refused(refused)) if refused.code == "room_missing" => return room.end(),
            Err(error) => {
                tracing::warn!(%error, room = %id, "the stage is away; listeners wait");
                room.event(0, &AudienceEvent::StageLost);
            }
        }
        while stage.ask::<Standing>(&Call::Standing { room: id }, Bytes::new(), PATIENCE).await.is_err_and(is_away) {
            sleep(RETRY).await;
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the signature that `is_err_and` wants")]
fn is_away(error: LinkError) -> bool {
    matches!(error, LinkError::Away(_) | LinkError::Late(_))
}

/// Takes pieces until the log ends (true) or the stream does (false); `heard` counts events that are known already.
async fn pieces(stage: &Client, id: Id<Room>, room: &Arc<OnAir>, heard: &mut u64) -> Result<bool, LinkError> {
    let standing: Standing = stage.ask(&Call::Standing { room: id }, Bytes::new(), PATIENCE).await?.0;
    let epoch = standing.epoch;
    if epoch != room.standing().epoch {
        // A restarted stage counts its events anew.
        *heard = 0;
    }
    let from = match room.next() {
        0 => standing.chunks.saturating_sub(DVR_CHUNKS_MIN as u64),
        next => next,
    };
    room.stand(standing);
    let call = Call::FollowProgram { room: id, from: Some(from), renditions: Rendition::ALL.to_vec() };
    let mut follow = stage.follow(&call, Bytes::new()).await?;
    while let Some((piece, body)) = follow.next::<Piece>().await? {
        match piece {
            Piece::Start { rendition } => room.start(rendition, &body, from),
            Piece::Chunk { rendition, n, epoch, at_us } => room.chunk(rendition, (n, epoch, at_us), &body),
            Piece::Event { no, at, event } => {
                if no >= *heard {
                    *heard = no + 1;
                    room.event(at, &event);
                }
            }
            Piece::End { .. } => return Ok(true),
        }
    }
    Ok(false)
}

/// Tells the stage how many listen, once a second.
pub(super) async fn count(stage: Client, rooms: Arc<Rooms>, edge: String) {
    let mut clock = interval(COUNT_EVERY);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        clock.tick().await;
        for (room, on_air) in rooms.all() {
            if on_air.standing().state != RoomState::Live {
                continue;
            }
            let event = Told::Occupancy { edge: edge.clone(), listeners: on_air.listeners() };
            let told = stage.ask::<()>(&Call::Event { room, event }, Bytes::new(), PATIENCE).await;
            if let Err(error) = told {
                tracing::debug!(%error, "the stage does not hear how many listen");
            }
        }
    }
}
