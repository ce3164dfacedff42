//! Rooms: planned by those who edit a show, carried out by the stage, remembered as episodes.

pub(crate) mod aired;
pub mod backfill;
pub mod calendar;
pub mod erase;
pub mod finish;
pub mod follow;
pub mod grants;
pub mod ingest;
pub mod invites;
mod keyed;
pub mod life;
pub mod listed;
pub mod moderate;
mod pace;
pub(crate) mod press;
pub mod replay;
pub mod stems;
pub mod talk;
pub(crate) mod tape;
mod told;

#[cfg(test)]
pub(crate) mod tests;

use rostrum_domain::access::{Action, Caller};
use rostrum_domain::room::{Room, RoomFacts, RoomState};
use rostrum_domain::show::Show;
use rostrum_domain::{Id, Slug};
use rostrum_store::episode::Page;
use rostrum_store::room::Filter;
use rostrum_store::room_log::{Line, Marker, Person};
use rostrum_store::{StoreError, Tx, room, room_log, show};
use serde_json::json;

use crate::audit::{self, Note};
use crate::context::show_for;
use crate::{App, Error, shows};

pub(crate) use keyed::Keyed;
pub(crate) use pace::Desk;

/// Numbers tried behind a slug that is taken.
const SLUG_TRIES: u32 = 200;

/// A change to a room as its host sends it.
#[derive(Debug, Clone)]
pub struct Change {
    /// The new facts, whole.
    pub facts: RoomFacts,
    /// A new address, if it is to change; old addresses then lead nowhere.
    pub slug: Option<Slug>,
    /// The version the change was made on; none accepts any.
    pub version: Option<i64>,
}

/// A room with its show.
#[derive(Debug, Clone, PartialEq)]
pub struct Detail {
    /// The show it belongs to.
    pub show: Show,
    /// The room.
    pub room: Room,
}

/// The path of a room's page.
pub fn path(room: &Room) -> String {
    format!("/rooms/{}", room.slug)
}

/// The path of a room's studio.
pub fn studio_path(room: &Room) -> String {
    format!("/rooms/{}/studio", room.slug)
}

/// Plans a room.
pub async fn create(app: &App, caller: &Caller, show: &str, facts: RoomFacts) -> Result<Room, Error> {
    facts.check()?;
    let now = app.now();
    let mut tx = app.store.write().await?;
    let show = show_for(&mut tx, caller, Action::EditEpisodes, show).await?;
    let made = Room {
        id: app.id(now),
        show_id: show.id,
        slug: free_slug(&mut tx, &facts.title).await?,
        facts,
        state: RoomState::Scheduled,
        live_at: None,
        ended_at: None,
        peak: 0,
        episode_id: None,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    room::insert(&mut tx, &made).await?;
    audit::note(app, &mut tx, about(&made, |object| Note::by(caller, "room-made", object))).await?;
    tx.commit().await?;
    Ok(made)
}

async fn free_slug(tx: &mut Tx, title: &str) -> Result<Slug, Error> {
    let wish = Slug::from_title(title, "room");
    for n in 1..SLUG_TRIES {
        let slug = if n == 1 { wish.clone() } else { wish.numbered(n) };
        if room::find(tx, slug.as_str()).await?.is_none() {
            return Ok(slug);
        }
    }
    Err(Error::invalid("title", "Too many rooms have this title; choose another."))
}

/// A note about a room that still tells its title when the room is gone.
pub(crate) fn about(room: &Room, note: impl FnOnce(String) -> Note) -> Note {
    note(format!("room {}", room.id)).with(json!({"title": room.facts.title}))
}

/// A room as those who work on its show see it, by slug or id.
pub async fn get(app: &App, caller: &Caller, name: &str) -> Result<Detail, Error> {
    guarded(&mut app.store.read().await?, caller, Action::ViewShow, name).await
}

/// The room called `name` (slug or id) and its show, if the caller may do `action` there.
pub(crate) async fn guarded(tx: &mut Tx, caller: &Caller, action: Action, name: &str) -> Result<Detail, Error> {
    let found = room::find(tx, name).await?.ok_or(Error::Missing("room"))?;
    match shows::by_id(tx, caller, action, found.show_id).await {
        Ok(show) => Ok(Detail { show, room: found }),
        Err(Error::Missing(_)) => Err(Error::Missing("room")),
        Err(other) => Err(other),
    }
}

/// What a list of rooms is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// The show, by slug or id.
    pub show: Option<String>,
    /// The state.
    pub state: Option<RoomState>,
}

/// Rooms of the shows that a caller works on: on air, about to be, scheduled by time, then over; and how many there
/// are.
pub async fn page(app: &App, caller: &Caller, wanted: &Wanted, page: Page) -> Result<(Vec<Detail>, i64), Error> {
    let mut tx = app.store.read().await?;
    let show = match &wanted.show {
        Some(name) => Some(show_for(&mut tx, caller, Action::ViewShow, name).await?.id),
        None => None,
    };
    let member = if show.is_some() { None } else { shows::whose(caller)? };
    let (rooms, count) = room::page(&mut tx, Filter { show, state: wanted.state, member }, page).await?;
    let mut details = Vec::with_capacity(rooms.len());
    for room in rooms {
        details.push(with_show(&mut tx, room).await?);
    }
    Ok((details, count))
}

pub(crate) async fn with_show(tx: &mut Tx, room: Room) -> Result<Detail, Error> {
    let show = show::get(tx, room.show_id).await?.ok_or(Error::Missing("show"))?;
    Ok(Detail { show, room })
}

/// Changes a room. Once it is open, the stage goes by what it was opened with; only what pages and the episode say can
/// change then.
pub async fn update(app: &App, caller: &Caller, name: &str, change: Change) -> Result<Room, Error> {
    change.facts.check()?;
    let mut tx = app.store.write().await?;
    let before = guarded(&mut tx, caller, Action::EditEpisodes, name).await?.room;
    if before.state != RoomState::Scheduled && on_stage(&before.facts) != on_stage(&change.facts) {
        let text = "Seats, delay, chat, hands and times can be changed only before the room is opened.";
        return Err(Error::Conflict(text.into()));
    }
    let mut found = before.clone();
    found.version = change.version.unwrap_or(found.version);
    found.facts = change.facts;
    found.slug = change.slug.unwrap_or(found.slug);
    found.updated_at = app.now();
    room::update(&mut tx, &found).await.map_err(|error| match error {
        StoreError::Taken => Error::invalid("slug", "Another room has this address; choose another."),
        other => other.into(),
    })?;
    found.version += 1;
    let mut changes = audit::changes(&before.facts, &found.facts);
    changes.extend(audit::changes(&json!({"address": before.slug}), &json!({"address": found.slug})));
    if !changes.is_empty() {
        let note = Note::by(caller, "room-changed", format!("room {}", found.id));
        audit::note(app, &mut tx, note.with(json!({"title": found.facts.title, "changes": changes}))).await?;
    }
    tx.commit().await?;
    Ok(found)
}

/// The facts that the stage is given when a room opens.
fn on_stage(facts: &RoomFacts) -> impl PartialEq + use<> {
    let RoomFacts { starts_at, seats, delay_s, chat, slow_mode_s, hands, shows_count, .. } = *facts;
    (starts_at, seats, delay_s, chat, slow_mode_s, hands, shows_count)
}

/// Deletes a room that is not open; an episode that came of it stays.
pub async fn delete(app: &App, caller: &Caller, name: &str) -> Result<(), Error> {
    let mut tx = app.store.write().await?;
    let found = guarded(&mut tx, caller, Action::EditEpisodes, name).await?.room;
    let open = matches!(found.state, RoomState::GreenRoom | RoomState::Live);
    let owed = found.state == RoomState::Ended && room::unfinished(&mut tx).await?.iter().any(|one| one.id == found.id);
    if open || owed {
        let text = "This room is open, or its episode is being made. End it and wait for the episode, then delete it.";
        return Err(Error::Conflict(text.into()));
    }
    room::delete(&mut tx, &found).await?;
    audit::note(app, &mut tx, about(&found, |object| Note::by(caller, "room-deleted", object))).await?;
    tx.commit().await?;
    Ok(())
}

/// Who took part in a room, those present first.
pub async fn participants(app: &App, caller: &Caller, name: &str) -> Result<Vec<Person>, Error> {
    let mut tx = app.store.read().await?;
    let found = guarded(&mut tx, caller, Action::ViewShow, name).await?.room;
    Ok(room_log::people(&mut tx, found.id).await?)
}

/// Lines of a room's chat, the newest first, from behind the one with the id `after`, and how many there are.
pub async fn messages(
    app: &App,
    caller: &Caller,
    name: &str,
    stretch: (Option<Id<rostrum_domain::room::ChatLine>>, i64),
) -> Result<(Vec<Line>, i64), Error> {
    let mut tx = app.store.read().await?;
    let found = guarded(&mut tx, caller, Action::ViewShow, name).await?.room;
    Ok(room_log::lines(&mut tx, found.id, stretch).await?)
}

/// The marked places of a room.
pub async fn markers(app: &App, caller: &Caller, name: &str) -> Result<Vec<Marker>, Error> {
    let mut tx = app.store.read().await?;
    let found = guarded(&mut tx, caller, Action::ViewShow, name).await?.room;
    Ok(room_log::markers(&mut tx, found.id).await?)
}
