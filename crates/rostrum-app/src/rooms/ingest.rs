//! Encoders: what they are set up with, and the rooms that they open by themselves.

use rostrum_domain::access::{Action, Caller};
use rostrum_domain::room::{Room, RoomState};
use rostrum_domain::{Id, Secret};
use rostrum_live::ingest::USER;
use rostrum_live::room::Command;

use super::life::{self, News};
use super::{about, guarded};
use crate::audit::{self, Note};
use crate::{App, Error};

/// What an encoder of the Icecast family is set up with.
#[derive(Debug, Clone)]
pub struct Ingest {
    /// The server's address, as `https://example.org`.
    pub server: String,
    /// The mount.
    pub mount: String,
    /// The user.
    pub user: &'static str,
    /// The password: good for this room as long as it lasts.
    pub key: Secret<String>,
}

/// What an encoder needs to broadcast into the room called `name`, for those who may open it.
pub async fn show(app: &App, caller: &Caller, name: &str) -> Result<Ingest, Error> {
    let room = guarded(&mut app.store.read().await?, caller, Action::EditEpisodes, name).await?.room;
    if room.state == RoomState::Ended {
        return Err(Error::Conflict("This room has ended.".into()));
    }
    let key = Secret::new(app.stage()?.ingest_key(room.id));
    let (server, mount) = (app.address("").trim_end_matches('/').to_owned(), format!("/ingest/{}", room.slug));
    Ok(Ingest { server, mount, user: USER, key })
}

/// Opens the room called `name` and goes on air, for an encoder that brings its key. One that is open stays as it is:
/// its hosts say when it goes on air.
pub async fn open(app: &App, name: &str, key: &str) -> Result<Id<Room>, Error> {
    let found = life::known(&mut app.store.read().await?, name).await?;
    let stage = app.stage()?;
    if !stage.knows_ingest_key(found.id, key) {
        return Err(Error::Unauthenticated("This is not the room's ingest key; its hosts find it on its page."));
    }
    life::not_over(&found)?;
    if found.state != RoomState::Scheduled {
        return Ok(found.id);
    }
    stage.open(life::asked(&found)).await?;
    stage.command(found.id, life::request(app), Command::GoLive).await?;
    let news = News::of(&stage.standing(found.id).await?);
    let mut tx = app.store.write().await?;
    let room = life::stood(app, &mut tx, news).await?.ok_or(Error::Missing("room"))?;
    let note = about(&room, |object| Note::anonymous("room-live-by-encoder", object, String::new()));
    audit::note(app, &mut tx, note).await?;
    tx.commit().await?;
    Ok(room.id)
}
