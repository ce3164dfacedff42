//! The steps of a room's life that its hosts ask for: open, go live, mark, end. The stage takes them; what it says
//! comes back to the database here at once, and by [`super::follow`] in any case.

use rostrum_domain::access::{Action, Caller};
use rostrum_domain::room::{Room, RoomState};
use rostrum_domain::{Id, Timestamp};
use rostrum_live::room::Command;
use rostrum_store::{Tx, room, room_log};
use rostrum_wire::stage::{Open, Standing};

use super::{about, guarded};
use crate::audit::{self, Note};
use crate::{App, Error};

/// Opens a room's green room; opening an open one changes nothing.
pub async fn open(app: &App, caller: &Caller, name: &str) -> Result<Room, Error> {
    let found = guarded(&mut app.store.read().await?, caller, Action::EditEpisodes, name).await?.room;
    not_over(&found)?;
    let standing = app.stage()?.open(asked(&found)).await?;
    noted(app, caller, (&found, News::of(&standing)), "room-opened").await
}

/// Goes on air, opening the room first if need be.
pub async fn go_live(app: &App, caller: &Caller, name: &str) -> Result<Room, Error> {
    let found = guarded(&mut app.store.read().await?, caller, Action::EditEpisodes, name).await?.room;
    not_over(&found)?;
    let stage = app.stage()?;
    stage.open(asked(&found)).await?;
    stage.command(found.id, request(app), Command::GoLive).await?;
    let standing = stage.standing(found.id).await?;
    noted(app, caller, (&found, News::of(&standing)), "room-live").await
}

/// Ends a room for good. One that the stage does not know any more has ended with it.
pub async fn end(app: &App, caller: &Caller, name: &str) -> Result<Room, Error> {
    let found = guarded(&mut app.store.read().await?, caller, Action::EditEpisodes, name).await?.room;
    match found.state {
        RoomState::Ended => return Ok(found),
        RoomState::Scheduled => {
            return Err(Error::Conflict("This room was never opened; delete it instead.".into()));
        }
        RoomState::GreenRoom | RoomState::Live => {}
    }
    let stage = app.stage()?;
    let ended = async {
        stage.command(found.id, request(app), Command::End).await?;
        stage.standing(found.id).await
    };
    let standing = match ended.await {
        Err(Error::Refused { code, .. }) if code == "room_missing" => News::ended(&found),
        standing => News::of(&standing?),
    };
    noted(app, caller, (&found, standing), "room-ended").await
}

/// Marks a place, now or at a program time in samples; it becomes a chapter.
pub async fn mark(app: &App, caller: &Caller, name: &str, marker: (String, Option<u64>)) -> Result<(), Error> {
    let found = guarded(&mut app.store.read().await?, caller, Action::EditEpisodes, name).await?.room;
    let (title, at) = marker;
    app.stage()?.command(found.id, request(app), Command::Marker { title, at }).await
}

pub(super) fn asked(room: &Room) -> Open {
    Open { room: room.id, slug: room.slug.to_string(), facts: room.facts.clone() }
}

pub(super) fn not_over(room: &Room) -> Result<(), Error> {
    if room.state == RoomState::Ended { Err(Error::Conflict("This room has ended.".into())) } else { Ok(()) }
}

/// A request's id, for a step that its asker did not name.
pub(super) fn request(app: &App) -> String {
    app.id::<Room>(app.now()).to_string()
}

async fn noted(app: &App, caller: &Caller, (before, news): (&Room, News), action: &'static str) -> Result<Room, Error> {
    let mut tx = app.store.write().await?;
    let room = stood(app, &mut tx, news).await?.ok_or(Error::Missing("room"))?;
    if room.state != before.state {
        audit::note(app, &mut tx, about(&room, |object| Note::by(caller, action, object))).await?;
    }
    tx.commit().await?;
    Ok(room)
}

/// What is told of a room.
#[derive(Debug, Clone, Copy)]
pub(super) struct News {
    id: Id<Room>,
    state: RoomState,
    live_at: Option<Timestamp>,
}

impl News {
    /// What the stage says.
    pub(super) fn of(standing: &Standing) -> Self {
        let live_at = standing.live_at_us.and_then(|at| Timestamp::from_microsecond(at).ok());
        Self { id: standing.room, state: standing.state, live_at }
    }

    /// The room is gone from the stage.
    const fn ended(room: &Room) -> Self {
        Self { id: room.id, state: RoomState::Ended, live_at: None }
    }
}

/// Writes down how a room stands, if that is news; none when there is no such room.
pub(super) async fn stood(app: &App, tx: &mut Tx, news: News) -> Result<Option<Room>, Error> {
    let Some(before) = room::get(tx, news.id).await? else { return Ok(None) };
    let mut now = before.clone();
    now.state = before.state.max(news.state);
    now.live_at = before.live_at.or(news.live_at);
    if now.state == RoomState::Ended {
        now.ended_at = before.ended_at.or(Some(app.now()));
    }
    if now == before {
        return Ok(Some(before));
    }
    now.updated_at = app.now();
    room::set_state(tx, &now).await?;
    if now.state == RoomState::Ended {
        room_log::empty(tx, now.id).await?;
    }
    now.version += 1;
    Ok(Some(now))
}

/// The room's id by slug or id, for who may know that it exists.
pub(super) async fn known(tx: &mut Tx, name: &str) -> Result<Room, Error> {
    room::find(tx, name).await?.ok_or(Error::Missing("room"))
}

/// Whether an id names a room here.
pub(super) async fn exists(app: &App, id: Id<Room>) -> Result<bool, Error> {
    Ok(room::get(&mut app.store.read().await?, id).await?.is_some())
}
