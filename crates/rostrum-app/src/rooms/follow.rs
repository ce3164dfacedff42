//! Follows the stage: every room's state, every entry of its journal, and its end, which becomes an episode. What was
//! missed while either side was away is caught up with.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use rostrum_domain::Id;
use rostrum_domain::room::{Room, RoomState};
use rostrum_live::event::Entry;
use rostrum_wire::link::LinkError;
use rostrum_wire::stage::{Call, Standing};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{finish, life, told};
use crate::{App, Error};

/// Wait before the stage, or a room that failed, is asked again.
const AGAIN: Duration = Duration::from_millis(500);
/// Longest such wait for a room that goes on failing.
const AGAIN_MAX: Duration = Duration::from_secs(30);
/// Entries that wait to be written; a stage that has more waits.
const QUEUE: usize = 256;
/// Entries written in one transaction at most.
const BATCH: usize = 128;

/// Follows until the stop.
pub async fn run(app: Arc<App>, stop: CancellationToken) {
    if app.stage().is_err() {
        return;
    }
    let mut away = false;
    while !stop.is_cancelled() {
        let ended = tokio::select! {
            ended = rooms(&app) => ended,
            () = stop.cancelled() => return,
        };
        if let Err(error) = ended {
            if !away {
                tracing::warn!(%error, "the rooms cannot be followed; trying again until they can");
            }
            away = true;
        }
        tokio::select! {
            () = tokio::time::sleep(AGAIN) => {}
            () = stop.cancelled() => return,
        }
    }
}

/// Follows all rooms until the stage goes away. A room's own work ends with this: it goes on from what is written.
async fn rooms(app: &Arc<App>) -> Result<(), Error> {
    let mut follow = app.stage()?.follow(&Call::FollowRooms).await?;
    let mut open = JoinSet::new();
    let mut known = HashSet::new();
    while let Some((standing, _)) = follow.next::<Standing>().await? {
        while let Some(done) = open.try_join_next() {
            known.remove(&done.map_err(Error::internal)?);
        }
        if !take_in(app, &standing).await? {
            tracing::warn!(room = %standing.room, "the stage has a room that is not known here; it is left alone");
            continue;
        }
        if known.insert(standing.room) {
            open.spawn(room(Arc::clone(app), standing.room));
        }
    }
    Ok(())
}

/// Writes down how a room stands; false for a room that does not exist here.
async fn take_in(app: &App, standing: &Standing) -> Result<bool, Error> {
    let mut tx = app.store.write().await?;
    let known = life::stood(app, &mut tx, life::News::of(standing)).await?.is_some();
    tx.commit().await?;
    Ok(known)
}

/// Follows one room to its end and beyond.
async fn room(app: Arc<App>, id: Id<Room>) -> Id<Room> {
    let mut wait = AGAIN;
    loop {
        match to_the_end(&app, id).await {
            Ok(()) => return id,
            // The stage takes its time to write the last chunk.
            Err(Error::Refused { code, .. }) if code == "room_open" => wait = AGAIN,
            Err(error) => {
                tracing::error!(room = %id, %error, "a room cannot be followed; trying again");
                wait = (wait * 2).min(AGAIN_MAX);
            }
        }
        tokio::time::sleep(wait).await;
    }
}

async fn to_the_end(app: &App, id: Id<Room>) -> Result<(), Error> {
    entries(app, id).await?;
    let standing = match app.stage()?.standing(id).await {
        Err(Error::Refused { code, .. }) if code == "room_missing" => return Ok(()),
        standing => standing?,
    };
    if standing.state != RoomState::Ended || !life::exists(app, id).await? {
        return Ok(());
    }
    take_in(app, &standing).await?;
    finish::finish(app, &standing).await.map(drop)
}

/// Takes in what the journal tells until the room has ended.
async fn entries(app: &App, id: Id<Room>) -> Result<(), Error> {
    let call = Call::FollowEntries { room: id, from: told::next(app, id).await? };
    let mut follow = app.stage()?.follow(&call).await?;
    let (queue, mut waiting) = mpsc::channel(QUEUE);
    let reading = async move {
        while let Some((entry, _)) = follow.next::<Entry>().await? {
            if queue.send(entry).await.is_err() {
                break;
            }
        }
        Ok::<_, LinkError>(())
    };
    let writing = async {
        let mut batch = Vec::with_capacity(BATCH);
        while waiting.recv_many(&mut batch, BATCH).await > 0 {
            told::take_in(app, id, &batch).await?;
            batch.clear();
        }
        Ok::<_, Error>(())
    };
    let (read, written) = tokio::join!(reading, writing);
    written?;
    Ok(read?)
}
