//! Rooms: what their hosts say of them, and where they stand as the stage tells it.

use rostrum_domain::episode::Episode;
use rostrum_domain::room::{Room, RoomFacts, RoomState};
use rostrum_domain::show::Show;
use rostrum_domain::{Id, Timestamp};

use crate::db::{all, exec, one};
use crate::episode::{Page, Revision, RevisionRow};
use crate::error::one_changed;
use crate::row::{Row, json, micros};
use crate::{StoreError, Tx};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, show_id, slug, facts, state, live_at, ended_at, peak, episode_id, created_at, updated_at, ",
            "version FROM room ",
            $rest
        )
    };
}

const INSERT: &str = "INSERT INTO room (id, show_id, slug, title, facts, audience, state, starts_at, live_at, \
     ended_at, peak, episode_id, finished_at, entries, created_at, updated_at, version) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL, NULL, 0, NULL, NULL, 0, $9, $10, $11)";
const GET: &str = select!("WHERE id = $1 OR slug = $2");
const OF_EPISODE: &str = select!("WHERE episode_id = $1");
// The next to come first, then those that are over, the last first.
const PAGE: &str = select!(
    "WHERE ($1 = '' OR show_id = $2) AND ($3 = '' OR state = $4) \
     AND ($5 OR show_id IN (SELECT show_id FROM member WHERE account_id = $6)) \
     ORDER BY CASE state WHEN 'live' THEN 0 WHEN 'green_room' THEN 1 WHEN 'scheduled' THEN 2 ELSE 3 END, \
     ended_at DESC NULLS FIRST, starts_at ASC NULLS LAST, id DESC LIMIT $7 OFFSET $8"
);
const COUNT: &str = "SELECT COUNT(*) AS n FROM room WHERE ($1 = '' OR show_id = $2) AND ($3 = '' OR state = $4) \
     AND ($5 OR show_id IN (SELECT show_id FROM member WHERE account_id = $6))";
const LISTED: &str = select!(
    "WHERE audience = 'public' AND ($1 = '' OR show_id = $2) AND (state IN ('live', 'green_room') \
     OR state = 'scheduled' AND starts_at > $3) \
     ORDER BY CASE state WHEN 'live' THEN 0 ELSE 1 END, starts_at ASC NULLS LAST, id LIMIT $4"
);
const RECENT: &str = select!(
    "WHERE audience = 'public' AND show_id = $1 AND starts_at IS NOT NULL AND starts_at > $2 \
     ORDER BY starts_at, id LIMIT 200"
);
const OVER: &str = select!(
    "WHERE audience = 'public' AND show_id = $1 AND state = 'ended' AND live_at IS NOT NULL AND ended_at > $2 \
     ORDER BY ended_at, id LIMIT 20"
);
const REVISION: &str = "SELECT COUNT(*) AS n, CAST(SUM(version) AS BIGINT) AS changes, \
     CAST(MAX(updated_at) AS BIGINT) AS at FROM room WHERE show_id = $1";
const UNFINISHED: &str = select!("WHERE state = 'ended' AND finished_at IS NULL ORDER BY id LIMIT 100");
const OPEN: &str = select!("WHERE state IN ('green_room', 'live') ORDER BY id LIMIT 1000");
const UPDATE: &str = "UPDATE room SET slug = $1, title = $2, facts = $3, audience = $4, starts_at = $5, \
     updated_at = $6, version = version + 1 WHERE id = $7 AND version = $8";
const MOVE: &str = "UPDATE room SET state = $1, live_at = $2, ended_at = $3, updated_at = $4, \
     version = version + 1 WHERE id = $5";
const ENTRIES: &str = "SELECT entries AS n FROM room WHERE id = $1";
const TAKE_IN: &str = "UPDATE room SET entries = $1 WHERE id = $2 AND entries = $3";
const PEAK: &str = "UPDATE room SET peak = $1 WHERE id = $2 AND peak < $3";
const FINISH: &str = "UPDATE room SET episode_id = $1, finished_at = $2, updated_at = $3, version = version + 1 \
     WHERE id = $4 AND state = 'ended' AND finished_at IS NULL";
const FINISHED: &str = "SELECT COUNT(*) AS n FROM room WHERE id = $1 AND finished_at IS NOT NULL";
const DELETE: &str = "DELETE FROM room WHERE id = $1 AND version = $2";

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[
    INSERT, GET, OF_EPISODE, PAGE, COUNT, LISTED, RECENT, OVER, REVISION, UNFINISHED, OPEN, UPDATE, MOVE, ENTRIES,
    TAKE_IN, PEAK, FINISH, FINISHED, DELETE,
];

#[derive(sqlx::FromRow)]
struct RoomRow {
    id: String,
    show_id: String,
    slug: String,
    facts: String,
    state: String,
    live_at: Option<i64>,
    ended_at: Option<i64>,
    peak: i64,
    episode_id: Option<String>,
    created_at: i64,
    updated_at: i64,
    version: i64,
}

#[derive(sqlx::FromRow)]
struct Number {
    n: i64,
}

impl TryFrom<RoomRow> for Room {
    type Error = StoreError;

    fn try_from(row: RoomRow) -> Result<Self, StoreError> {
        let at = Row { table: "room", id: &row.id };
        Ok(Self {
            id: at.id("id", &row.id)?,
            show_id: at.id("show_id", &row.show_id)?,
            slug: at.word("slug", &row.slug)?,
            facts: at.json::<RoomFacts>("facts", &row.facts)?,
            state: at.word("state", &row.state)?,
            live_at: at.maybe_time("live_at", row.live_at)?,
            ended_at: at.maybe_time("ended_at", row.ended_at)?,
            peak: row.peak,
            episode_id: at.maybe_id("episode_id", row.episode_id.as_deref())?,
            created_at: at.time("created_at", row.created_at)?,
            updated_at: at.time("updated_at", row.updated_at)?,
            version: row.version,
        })
    }
}

fn domain(rows: Vec<RoomRow>) -> Result<Vec<Room>, StoreError> {
    rows.into_iter().map(Room::try_from).collect()
}

/// Adds a room; `Taken` when its slug is in use.
pub async fn insert(tx: &mut Tx, room: &Room) -> Result<(), StoreError> {
    exec!(
        tx,
        INSERT,
        room.id.to_string(),
        room.show_id.to_string(),
        room.slug.as_str(),
        &room.facts.title,
        json(&room.facts),
        room.facts.audience.as_str(),
        room.state.as_str(),
        room.facts.starts_at.map(micros),
        micros(room.created_at),
        micros(room.updated_at),
        room.version,
    )?;
    Ok(())
}

/// The room with this slug or id.
pub async fn find(tx: &mut Tx, name: &str) -> Result<Option<Room>, StoreError> {
    one!(tx, RoomRow, GET, name, name)?.map(Room::try_from).transpose()
}

/// The room with this id.
pub async fn get(tx: &mut Tx, id: Id<Room>) -> Result<Option<Room>, StoreError> {
    find(tx, &id.to_string()).await
}

/// The room that an episode came of.
pub async fn of_episode(tx: &mut Tx, episode: Id<Episode>) -> Result<Option<Room>, StoreError> {
    one!(tx, RoomRow, OF_EPISODE, episode.to_string())?.map(Room::try_from).transpose()
}

/// What a list of rooms is narrowed to.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter {
    /// The show, if one is wanted.
    pub show: Option<Id<Show>>,
    /// The state, if one is wanted.
    pub state: Option<RoomState>,
    /// Whose shows; none for all.
    pub member: Option<Id<rostrum_domain::user::User>>,
}

/// Rooms that match: on air, about to be, scheduled by time, then over; and how many match in all.
pub async fn page(tx: &mut Tx, filter: Filter, page: Page) -> Result<(Vec<Room>, i64), StoreError> {
    let show = filter.show.map_or_else(String::new, |id| id.to_string());
    let state = filter.state.map_or("", RoomState::as_str);
    let (all, user) = (filter.member.is_none(), filter.member.map_or_else(String::new, |id| id.to_string()));
    let rows = all!(tx, RoomRow, PAGE, &show, &show, state, state, all, &user, page.limit, page.offset)?;
    let count = one!(tx, Number, COUNT, &show, &show, state, state, all, &user)?.map_or(0, |row| row.n);
    Ok((domain(rows)?, count))
}

/// Public rooms on air, or due after `since`, of a show or of all: those on air first, then by time.
pub async fn listed(
    tx: &mut Tx,
    show: Option<Id<Show>>,
    (since, limit): (Timestamp, i64),
) -> Result<Vec<Room>, StoreError> {
    let show = show.map_or_else(String::new, |id| id.to_string());
    domain(all!(tx, RoomRow, LISTED, &show, &show, micros(since), limit)?)
}

/// Public rooms of a show with a time after `since`, whatever became of them, by time.
pub async fn dated(tx: &mut Tx, show: Id<Show>, since: Timestamp) -> Result<Vec<Room>, StoreError> {
    domain(all!(tx, RoomRow, RECENT, show.to_string(), micros(since))?)
}

/// Public rooms of a show that were on air and ended after `since`, by their end; at most 20.
pub async fn over(tx: &mut Tx, show: Id<Show>, since: Timestamp) -> Result<Vec<Room>, StoreError> {
    domain(all!(tx, RoomRow, OVER, show.to_string(), micros(since))?)
}

/// What tells whether a show's pages and feed must be made anew for its rooms.
pub async fn revision(tx: &mut Tx, show: Id<Show>) -> Result<Revision, StoreError> {
    Ok(one!(tx, RevisionRow, REVISION, show.to_string())?.map(Revision::from).unwrap_or_default())
}

/// Rooms that ended and of which nothing has come yet, at most 100.
pub async fn unfinished(tx: &mut Tx) -> Result<Vec<Room>, StoreError> {
    domain(all!(tx, RoomRow, UNFINISHED)?)
}

/// Rooms that were open when last heard of, at most 1000.
pub async fn open(tx: &mut Tx) -> Result<Vec<Room>, StoreError> {
    domain(all!(tx, RoomRow, OPEN)?)
}

/// Writes what a host changed; `Stale` when its version is not the stored one, `Taken` when its slug is in use.
pub async fn update(tx: &mut Tx, room: &Room) -> Result<(), StoreError> {
    one_changed(exec!(
        tx,
        UPDATE,
        room.slug.as_str(),
        &room.facts.title,
        json(&room.facts),
        room.facts.audience.as_str(),
        room.facts.starts_at.map(micros),
        micros(room.updated_at),
        room.id.to_string(),
        room.version,
    )?)
}

/// Writes where a room stands now; a host's change under way must be made again.
pub async fn set_state(tx: &mut Tx, room: &Room) -> Result<(), StoreError> {
    one_changed(exec!(
        tx,
        MOVE,
        room.state.as_str(),
        room.live_at.map(micros),
        room.ended_at.map(micros),
        micros(room.updated_at),
        room.id.to_string(),
    )?)
}

/// The number of the last entry of a room's journal that was taken in; none without the room.
pub async fn entries(tx: &mut Tx, id: Id<Room>) -> Result<Option<i64>, StoreError> {
    Ok(one!(tx, Number, ENTRIES, id.to_string())?.map(|row| row.n))
}

/// Notes that entries were taken in up to number `to`; `Stale` when they are not those after `from`.
pub async fn took_in(tx: &mut Tx, id: Id<Room>, (from, to): (i64, i64)) -> Result<(), StoreError> {
    one_changed(exec!(tx, TAKE_IN, to, id.to_string(), from)?)
}

/// Notes how many listened at one time, if it is more than ever before.
pub async fn raise_peak(tx: &mut Tx, id: Id<Room>, listeners: i64) -> Result<(), StoreError> {
    exec!(tx, PEAK, listeners, id.to_string(), listeners)?;
    Ok(())
}

/// Notes what came of an ended room, once; `Stale` when that is known already.
pub async fn finish(
    tx: &mut Tx,
    id: Id<Room>,
    (episode, now): (Option<Id<Episode>>, Timestamp),
) -> Result<(), StoreError> {
    let episode = episode.map(|id| id.to_string());
    one_changed(exec!(tx, FINISH, episode, micros(now), micros(now), id.to_string())?)
}

/// Whether it is known what came of a room.
pub async fn is_finished(tx: &mut Tx, id: Id<Room>) -> Result<bool, StoreError> {
    Ok(one!(tx, Number, FINISHED, id.to_string())?.is_some_and(|row| row.n > 0))
}

/// Removes a room with its invitations and what was said in it.
pub async fn delete(tx: &mut Tx, room: &Room) -> Result<(), StoreError> {
    one_changed(exec!(tx, DELETE, room.id.to_string(), room.version)?)
}
