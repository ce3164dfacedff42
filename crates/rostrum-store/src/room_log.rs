//! What the journal of a room tells, as far as pages and episodes need it: who took part, what was written, which
//! places were marked. Writing the same a second time changes nothing.

use rostrum_domain::Id;
use rostrum_domain::room::{Badge, ChatLine, Participant, Room, StageRole};
use rostrum_domain::user::User;

use crate::db::{all, exec, one};
use crate::row::{Row, below};
use crate::{StoreError, Tx};

const PUT_PERSON: &str = "INSERT INTO room_person (room_id, participant, account_id, name, role, here) \
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (room_id, participant) DO UPDATE SET \
     account_id = excluded.account_id, name = excluded.name, role = excluded.role, here = excluded.here";
const SET_ROLE: &str = "UPDATE room_person SET role = $1 WHERE room_id = $2 AND participant = $3";
const SET_HERE: &str = "UPDATE room_person SET here = $1 WHERE room_id = $2 AND participant = $3";
const EMPTY: &str = "UPDATE room_person SET here = FALSE WHERE room_id = $1";
const PEOPLE: &str = "SELECT participant, account_id, name, role, here FROM room_person WHERE room_id = $1 \
     ORDER BY here DESC, LOWER(name), participant LIMIT 1000";
const PERSON: &str = "SELECT participant, account_id, name, role, here FROM room_person \
     WHERE room_id = $1 AND participant = $2";
const PUT_LINE: &str = "INSERT INTO room_line (id, room_id, at, participant, account_id, name, badge, text, removed) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, FALSE) ON CONFLICT (id) DO NOTHING";
const REMOVE_LINE: &str =
    "UPDATE room_line SET removed = TRUE, text = '' WHERE id = $1 AND room_id = $2 AND NOT removed";
const LINES: &str = "SELECT id, at, participant, account_id, name, badge, text FROM room_line \
     WHERE room_id = $1 AND NOT removed AND id < $2 ORDER BY id DESC LIMIT $3";
const COUNT_LINES: &str = "SELECT COUNT(*) AS n FROM room_line WHERE room_id = $1 AND NOT removed";
const REPLAY: &str = "SELECT id, at, participant, account_id, name, badge, text FROM room_line \
     WHERE room_id = $1 AND NOT removed AND at >= $2 ORDER BY at, id LIMIT $3";
const PUT_MARKER: &str = "INSERT INTO room_marker (room_id, at, title) VALUES ($1, $2, $3) \
     ON CONFLICT (room_id, at, title) DO NOTHING";
const MARKERS: &str = "SELECT at, title FROM room_marker WHERE room_id = $1 ORDER BY at, title LIMIT 1000";

const ERASE_OF: &str = "UPDATE room_line SET removed = TRUE, text = '', name = '', account_id = NULL \
     WHERE room_id = $1 AND participant = $2 AND at >= $3 AND at < $4";
const ERASE_IN: &str = "UPDATE room_line SET removed = TRUE, text = '', name = '', account_id = NULL \
     WHERE room_id = $1 AND at >= $2 AND at < $3";
const ERASE_MARKERS: &str = "DELETE FROM room_marker WHERE room_id = $1 AND at >= $2 AND at < $3";
const ERASE_PERSON: &str = "DELETE FROM room_person WHERE room_id = $1 AND participant = $2";

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[
    PUT_PERSON,
    SET_ROLE,
    SET_HERE,
    EMPTY,
    PEOPLE,
    PERSON,
    PUT_LINE,
    REMOVE_LINE,
    LINES,
    COUNT_LINES,
    REPLAY,
    PUT_MARKER,
    MARKERS,
    ERASE_OF,
    ERASE_IN,
    ERASE_MARKERS,
    ERASE_PERSON,
];

/// Somebody who took part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub id: Id<Participant>,
    /// The account.
    pub user: Option<Id<User>>,
    /// The name shown.
    pub name: String,
    /// The role held last.
    pub role: StageRole,
    /// Whether in the room, as far as is known.
    pub here: bool,
}

/// A line of chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Names it.
    pub id: Id<ChatLine>,
    /// Program time in samples; 0 before the room was live.
    pub at: i64,
    /// Who wrote it.
    pub who: Id<Participant>,
    /// The writer's account; never shown to the public.
    pub user: Option<Id<User>>,
    /// The writer's name.
    pub name: String,
    /// How the name stands.
    pub badge: Badge,
    /// The words, plain text.
    pub text: String,
}

/// A marked place.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Marker {
    /// Program time in samples.
    pub at: i64,
    /// What it is called.
    pub title: String,
}

#[derive(sqlx::FromRow)]
struct PersonRow {
    participant: String,
    account_id: Option<String>,
    name: String,
    role: String,
    here: bool,
}

#[derive(sqlx::FromRow)]
struct LineRow {
    id: String,
    at: i64,
    participant: String,
    account_id: Option<String>,
    name: String,
    badge: String,
    text: String,
}

#[derive(sqlx::FromRow)]
struct Number {
    n: i64,
}

impl TryFrom<PersonRow> for Person {
    type Error = StoreError;

    fn try_from(row: PersonRow) -> Result<Self, StoreError> {
        let at = Row { table: "room_person", id: &row.participant };
        Ok(Self {
            id: at.id("participant", &row.participant)?,
            user: at.maybe_id("account_id", row.account_id.as_deref())?,
            role: at.word("role", &row.role)?,
            name: row.name.clone(),
            here: row.here,
        })
    }
}

impl TryFrom<LineRow> for Line {
    type Error = StoreError;

    fn try_from(row: LineRow) -> Result<Self, StoreError> {
        let at = Row { table: "room_line", id: &row.id };
        Ok(Self {
            id: at.id("id", &row.id)?,
            at: row.at,
            who: at.id("participant", &row.participant)?,
            user: at.maybe_id("account_id", row.account_id.as_deref())?,
            badge: at.word("badge", &row.badge)?,
            name: row.name.clone(),
            text: row.text.clone(),
        })
    }
}

/// Notes somebody who came, or how they stand now.
pub async fn put_person(tx: &mut Tx, room: Id<Room>, person: &Person) -> Result<(), StoreError> {
    exec!(
        tx,
        PUT_PERSON,
        room.to_string(),
        person.id.to_string(),
        person.user.map(|id| id.to_string()),
        &person.name,
        person.role.as_str(),
        person.here,
    )?;
    Ok(())
}

/// Notes a new role.
pub async fn set_role(
    tx: &mut Tx,
    (room, who): (Id<Room>, Id<Participant>),
    role: StageRole,
) -> Result<(), StoreError> {
    exec!(tx, SET_ROLE, role.as_str(), room.to_string(), who.to_string())?;
    Ok(())
}

/// Notes whether somebody is in the room.
pub async fn set_here(tx: &mut Tx, (room, who): (Id<Room>, Id<Participant>), here: bool) -> Result<(), StoreError> {
    exec!(tx, SET_HERE, here, room.to_string(), who.to_string())?;
    Ok(())
}

/// Notes that nobody is in the room any more.
pub async fn empty(tx: &mut Tx, room: Id<Room>) -> Result<(), StoreError> {
    exec!(tx, EMPTY, room.to_string())?;
    Ok(())
}

/// Who took part, those present first, by name; at most 1000.
pub async fn people(tx: &mut Tx, room: Id<Room>) -> Result<Vec<Person>, StoreError> {
    all!(tx, PersonRow, PEOPLE, room.to_string())?.into_iter().map(Person::try_from).collect()
}

/// Somebody who took part.
pub async fn person(tx: &mut Tx, room: Id<Room>, who: Id<Participant>) -> Result<Option<Person>, StoreError> {
    one!(tx, PersonRow, PERSON, room.to_string(), who.to_string())?.map(Person::try_from).transpose()
}

/// Keeps a line.
pub async fn put_line(tx: &mut Tx, room: Id<Room>, line: &Line) -> Result<(), StoreError> {
    exec!(
        tx,
        PUT_LINE,
        line.id.to_string(),
        room.to_string(),
        line.at,
        line.who.to_string(),
        line.user.map(|id| id.to_string()),
        &line.name,
        line.badge.as_str(),
        &line.text,
    )?;
    Ok(())
}

/// Takes a line out; its words are forgotten. False when there was none to take out.
pub async fn remove_line(tx: &mut Tx, room: Id<Room>, line: Id<ChatLine>) -> Result<bool, StoreError> {
    Ok(exec!(tx, REMOVE_LINE, line.to_string(), room.to_string())? == 1)
}

/// Lines of a room, the newest first, from behind the one with the id `after`, and how many there are in all.
pub async fn lines(
    tx: &mut Tx,
    room: Id<Room>,
    (after, limit): (Option<Id<ChatLine>>, i64),
) -> Result<(Vec<Line>, i64), StoreError> {
    let rows = all!(tx, LineRow, LINES, room.to_string(), below(after), limit)?;
    let count = count_lines(tx, room).await?;
    Ok((rows.into_iter().map(Line::try_from).collect::<Result<_, _>>()?, count))
}

/// Lines of a room in the order of the program, from one of its samples on.
pub async fn replay(tx: &mut Tx, room: Id<Room>, (from, limit): (i64, i64)) -> Result<Vec<Line>, StoreError> {
    let rows = all!(tx, LineRow, REPLAY, room.to_string(), from, limit)?;
    rows.into_iter().map(Line::try_from).collect()
}

/// How many lines of a room have not been taken out: what tells whether any has been.
pub async fn count_lines(tx: &mut Tx, room: Id<Room>) -> Result<i64, StoreError> {
    Ok(one!(tx, Number, COUNT_LINES, room.to_string())?.map_or(0, |row| row.n))
}

/// Keeps a marked place.
pub async fn put_marker(tx: &mut Tx, room: Id<Room>, marker: &Marker) -> Result<(), StoreError> {
    exec!(tx, PUT_MARKER, room.to_string(), marker.at, &marker.title)?;
    Ok(())
}

/// The marked places of a room in order; at most 1000.
pub async fn markers(tx: &mut Tx, room: Id<Room>) -> Result<Vec<Marker>, StoreError> {
    all!(tx, Marker, MARKERS, room.to_string())
}

/// Takes out what was written within a span of program time: by somebody, or by everybody, then with the markers there.
pub async fn erase_lines(
    tx: &mut Tx,
    room: Id<Room>,
    who: Option<Id<Participant>>,
    (from, to): (i64, i64),
) -> Result<(), StoreError> {
    match who {
        Some(who) => exec!(tx, ERASE_OF, room.to_string(), who.to_string(), from, to)?,
        None => {
            exec!(tx, ERASE_MARKERS, room.to_string(), from, to)?;
            exec!(tx, ERASE_IN, room.to_string(), from, to)?
        }
    };
    Ok(())
}

/// Takes somebody off the list of those who took part.
pub async fn erase_person(tx: &mut Tx, room: Id<Room>, who: Id<Participant>) -> Result<(), StoreError> {
    exec!(tx, ERASE_PERSON, room.to_string(), who.to_string())?;
    Ok(())
}
