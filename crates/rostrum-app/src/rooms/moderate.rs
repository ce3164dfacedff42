//! What those who work on a show do to people and lines of a room from outside of it. The stage does it in the name of
//! the site; what was written in a room that is over is taken out here.

use rostrum_domain::Id;
use rostrum_domain::access::{Action, Caller};
use rostrum_domain::room::{ChatLine, Participant, Room, RoomState, StageRole};
use rostrum_live::room::Command;
use rostrum_store::room_log;

use super::{about, guarded, life};
use crate::audit::{self, Note};
use crate::{App, Error};

/// How somebody is to stand from now on; what is left out stays.
#[derive(Debug, Clone, Copy, Default)]
pub struct Standing {
    /// The role, any but the host's.
    pub role: Option<StageRole>,
    /// Whether a moderator keeps the microphone closed.
    pub muted: Option<bool>,
}

/// Takes a line out, of the chat and of its replay.
pub async fn remove_line(app: &App, caller: &Caller, (name, line): (&str, Id<ChatLine>)) -> Result<(), Error> {
    let found = guarded(&mut app.store.read().await?, caller, Action::EditEpisodes, name).await?.room;
    if is_open(&found) {
        app.stage()?.command(found.id, life::request(app), Command::DeleteChat { line }).await?;
    }
    let mut tx = app.store.write().await?;
    let there = room_log::remove_line(&mut tx, found.id, line).await?;
    if !there && !is_open(&found) {
        return Err(Error::Missing("line"));
    }
    audit::note(app, &mut tx, about(&found, |object| Note::by(caller, "room-line-removed", object))).await?;
    tx.commit().await?;
    Ok(())
}

/// Gives somebody in an open room another role, or closes their microphone.
pub async fn change(
    app: &App,
    caller: &Caller,
    (name, who): (&str, Id<Participant>),
    wanted: Standing,
) -> Result<(), Error> {
    let found = open(app, caller, name).await?;
    let stage = app.stage()?;
    if let Some(role) = wanted.role {
        stage.command(found.id, life::request(app), Command::SetRole { who, role }).await?;
    }
    if let Some(muted) = wanted.muted {
        let command = if muted { Command::Mute { who } } else { Command::Unmute { who } };
        stage.command(found.id, life::request(app), command).await?;
    }
    noted(app, caller, (&found, "room-person-changed")).await
}

/// Takes somebody out of an open room; a ban is for the account and the invitation as well.
pub async fn remove(app: &App, caller: &Caller, (name, who): (&str, Id<Participant>), ban: bool) -> Result<(), Error> {
    let found = open(app, caller, name).await?;
    let command = if ban { Command::Ban { who } } else { Command::Remove { who } };
    app.stage()?.command(found.id, life::request(app), command).await?;
    noted(app, caller, (&found, "room-person-removed")).await
}

async fn open(app: &App, caller: &Caller, name: &str) -> Result<Room, Error> {
    let found = guarded(&mut app.store.read().await?, caller, Action::EditEpisodes, name).await?.room;
    if is_open(&found) { Ok(found) } else { Err(Error::Conflict("This room is not open.".into())) }
}

const fn is_open(room: &Room) -> bool {
    matches!(room.state, RoomState::GreenRoom | RoomState::Live)
}

async fn noted(app: &App, caller: &Caller, (room, action): (&Room, &'static str)) -> Result<(), Error> {
    let mut tx = app.store.write().await?;
    audit::note(app, &mut tx, about(room, |object| Note::by(caller, action, object))).await?;
    tx.commit().await?;
    Ok(())
}
