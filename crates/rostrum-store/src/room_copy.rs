//! Parts of speakers' own copies that wait to be put into a room's journal, and whether the room takes more.

use rostrum_domain::room::{Participant, Room};
use rostrum_domain::{Id, Timestamp};

use crate::db::{all, exec, one};
use crate::row::{Row, micros};
use crate::{StoreError, Tx};

const INSERT: &str = "INSERT INTO room_copy (key, room_id, participant, bytes, received_at) \
     VALUES ($1, $2, $3, $4, $5) ON CONFLICT (key) DO NOTHING";
const OF_ROOM: &str = "SELECT key, participant, bytes FROM room_copy WHERE room_id = $1 ORDER BY received_at, key";
const FORGET: &str = "DELETE FROM room_copy WHERE key = $1";
const CLOSE: &str = "UPDATE room SET copies_closed = TRUE WHERE id = $1";
const CLOSED: &str = "SELECT COUNT(*) AS n FROM room WHERE id = $1 AND copies_closed";

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[INSERT, OF_ROOM, FORGET, CLOSE, CLOSED];

/// A part of somebody's copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Where it lies in the media store; the same for the same bytes.
    pub key: String,
    /// Whose it is.
    pub who: Id<Participant>,
    /// How long it is.
    pub bytes: i64,
}

#[derive(sqlx::FromRow)]
struct PartRow {
    key: String,
    participant: String,
    bytes: i64,
}

#[derive(sqlx::FromRow)]
struct Number {
    n: i64,
}

/// Adds a part; one that is there already changes nothing.
pub async fn insert(tx: &mut Tx, room: Id<Room>, (part, now): (&Part, Timestamp)) -> Result<(), StoreError> {
    let Part { key, who, bytes } = part;
    exec!(tx, INSERT, key, room.to_string(), who.to_string(), *bytes, micros(now))?;
    Ok(())
}

/// The parts that wait, in the order in which they came.
pub async fn of_room(tx: &mut Tx, room: Id<Room>) -> Result<Vec<Part>, StoreError> {
    let rows = all!(tx, PartRow, OF_ROOM, room.to_string())?;
    let part = |row: PartRow| {
        let who = Row { table: "room_copy", id: &row.key }.id("participant", &row.participant)?;
        Ok(Part { who, key: row.key, bytes: row.bytes })
    };
    rows.into_iter().map(part).collect()
}

/// Removes the record of a part.
pub async fn forget(tx: &mut Tx, key: &str) -> Result<(), StoreError> {
    exec!(tx, FORGET, key)?;
    Ok(())
}

/// Takes no more for a room, ever.
pub async fn close(tx: &mut Tx, room: Id<Room>) -> Result<(), StoreError> {
    exec!(tx, CLOSE, room.to_string())?;
    Ok(())
}

/// Whether a room takes no more.
pub async fn is_closed(tx: &mut Tx, room: Id<Room>) -> Result<bool, StoreError> {
    Ok(one!(tx, Number, CLOSED, room.to_string())?.is_some_and(|row| row.n > 0))
}
