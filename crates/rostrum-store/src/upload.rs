//! Resumable uploads: what was announced. How much has arrived is the length of the staged file, which cannot lie.

use rostrum_domain::episode::Episode;
use rostrum_domain::show::Show;
use rostrum_domain::user::User;
use rostrum_domain::{Id, Timestamp};

use crate::db::{all, exec, one};
use crate::error::one_changed;
use crate::row::{Row, micros};
use crate::{StoreError, Tx};

/// Whether an upload stands alone or takes part in a concatenation (tus 1.0.0, *Concatenation*).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// A file of its own.
    Whole,
    /// A piece of a later final upload.
    Partial,
    /// Made of pieces.
    Final,
}

impl Part {
    const ALL: [Self; 3] = [Self::Whole, Self::Partial, Self::Final];

    /// The word of the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Partial => "partial",
            Self::Final => "final",
        }
    }
}

/// An announced upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Names the upload and its staged file.
    pub id: Id<Upload>,
    /// Who sends it.
    pub user_id: Id<User>,
    /// The show it is for.
    pub show_id: Id<Show>,
    /// The episode it becomes the source of; none until the client says so.
    pub episode_id: Option<Id<Episode>>,
    /// The sender's file name, for people only.
    pub file_name: String,
    /// Alone, a piece, or made of pieces.
    pub part: Part,
    /// What a final upload was joined from, in order; empty for others.
    pub parts: Vec<Id<Upload>>,
    /// Bytes announced.
    pub length_bytes: i64,
    /// `Upload-Metadata` as it was sent.
    pub metadata: String,
    /// When it was announced.
    pub created_at: Timestamp,
    /// When it is forgotten unless finished.
    pub expires_at: Timestamp,
    /// When all bytes had arrived and its work was queued.
    pub finished_at: Option<Timestamp>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, account_id, show_id, episode_id, file_name, part, parts, length_bytes, metadata, ",
            "created_at, expires_at, finished_at FROM upload ",
            $rest
        )
    };
}

const INSERT: &str = "INSERT INTO upload (id, account_id, show_id, episode_id, file_name, part, parts, \
     length_bytes, metadata, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
const GET: &str = select!("WHERE id = $1");
const JOINED: &str = select!("WHERE account_id = $1 AND part = 'final' AND parts = $2");
const EXPIRED: &str = select!("WHERE expires_at < $1 ORDER BY expires_at LIMIT 100");
const OPEN_OF: &str =
    select!("WHERE account_id = $1 AND part <> 'partial' AND finished_at IS NULL ORDER BY created_at, id LIMIT 50");
const EXTEND: &str = "UPDATE upload SET expires_at = $1 WHERE id = $2 AND finished_at IS NULL";
const FINISH: &str = "UPDATE upload SET finished_at = $1, episode_id = $2 WHERE id = $3 AND finished_at IS NULL";
const SPEND: &str = "UPDATE upload SET finished_at = $1 WHERE id = $2 AND part = 'partial' AND finished_at IS NULL";
const DELETE: &str = "DELETE FROM upload WHERE id = $1";
const PENDING: &str = "SELECT COUNT(*) AS uploads, CAST(COALESCE(SUM(length_bytes), 0) AS BIGINT) AS bytes \
     FROM upload WHERE show_id = $1 AND finished_at IS NULL";
const COMING: &str =
    select!("WHERE finished_at IS NULL AND part <> 'final' AND expires_at > $1 ORDER BY id LIMIT 10000");

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] =
    &[INSERT, GET, JOINED, EXPIRED, OPEN_OF, EXTEND, FINISH, SPEND, DELETE, PENDING, COMING];

#[derive(sqlx::FromRow)]
struct UploadRow {
    id: String,
    account_id: String,
    show_id: String,
    episode_id: Option<String>,
    file_name: String,
    part: String,
    parts: String,
    length_bytes: i64,
    metadata: String,
    created_at: i64,
    expires_at: i64,
    finished_at: Option<i64>,
}

/// What a show's unfinished uploads come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Pending {
    /// How many there are.
    pub uploads: i64,
    /// The bytes they announced together.
    pub bytes: i64,
}

impl TryFrom<UploadRow> for Upload {
    type Error = StoreError;

    fn try_from(row: UploadRow) -> Result<Self, StoreError> {
        let at = Row { table: "upload", id: &row.id };
        Ok(Self {
            id: at.id("id", &row.id)?,
            user_id: at.id("account_id", &row.account_id)?,
            show_id: at.id("show_id", &row.show_id)?,
            episode_id: at.maybe_id("episode_id", row.episode_id.as_deref())?,
            part: Part::ALL.into_iter().find(|part| part.as_str() == row.part).ok_or_else(|| at.bad("part"))?,
            parts: row.parts.split_whitespace().map(|id| at.id("parts", id)).collect::<Result<_, _>>()?,
            created_at: at.time("created_at", row.created_at)?,
            expires_at: at.time("expires_at", row.expires_at)?,
            finished_at: at.maybe_time("finished_at", row.finished_at)?,
            file_name: row.file_name,
            length_bytes: row.length_bytes,
            metadata: row.metadata,
        })
    }
}

/// Notes an announced upload.
pub async fn insert(tx: &mut Tx, upload: &Upload) -> Result<(), StoreError> {
    exec!(
        tx,
        INSERT,
        upload.id.to_string(),
        upload.user_id.to_string(),
        upload.show_id.to_string(),
        upload.episode_id.map(|id| id.to_string()),
        &upload.file_name,
        upload.part.as_str(),
        spaced(&upload.parts),
        upload.length_bytes,
        &upload.metadata,
        micros(upload.created_at),
        micros(upload.expires_at),
    )?;
    Ok(())
}

/// The upload with this id.
pub async fn get(tx: &mut Tx, id: Id<Upload>) -> Result<Option<Upload>, StoreError> {
    one!(tx, UploadRow, GET, id.to_string())?.map(Upload::try_from).transpose()
}

/// What a user's uploads `parts` were joined into, if they were.
pub async fn joined(tx: &mut Tx, user: Id<User>, parts: &[Id<Upload>]) -> Result<Option<Upload>, StoreError> {
    one!(tx, UploadRow, JOINED, user.to_string(), spaced(parts))?.map(Upload::try_from).transpose()
}

fn spaced(parts: &[Id<Upload>]) -> String {
    parts.iter().map(Id::to_string).collect::<Vec<_>>().join(" ")
}

/// Uploads whose time is over, finished or not; at most 100.
pub async fn expired(tx: &mut Tx, now: Timestamp) -> Result<Vec<Upload>, StoreError> {
    all!(tx, UploadRow, EXPIRED, micros(now))?.into_iter().map(Upload::try_from).collect()
}

/// A user's unfinished uploads, the oldest first; at most 50. Pieces of a later whole are no uploads to a person.
pub async fn open_of(tx: &mut Tx, user: Id<User>) -> Result<Vec<Upload>, StoreError> {
    all!(tx, UploadRow, OPEN_OF, user.to_string())?.into_iter().map(Upload::try_from).collect()
}

/// Moves the end of an unfinished upload's life; nothing happens to a finished one.
pub async fn extend(tx: &mut Tx, id: Id<Upload>, until: Timestamp) -> Result<(), StoreError> {
    exec!(tx, EXTEND, micros(until), id.to_string())?;
    Ok(())
}

/// Marks an upload as finished, the source of `episode`; `Stale` when another request did so first.
pub async fn finish(tx: &mut Tx, id: Id<Upload>, episode: Id<Episode>, now: Timestamp) -> Result<(), StoreError> {
    one_changed(exec!(tx, FINISH, micros(now), episode.to_string(), id.to_string())?)
}

/// Marks a part as joined; its record stays until it expires, so that a client who missed the answer may ask again.
pub async fn spend(tx: &mut Tx, id: Id<Upload>, now: Timestamp) -> Result<(), StoreError> {
    one_changed(exec!(tx, SPEND, micros(now), id.to_string())?)
}

/// Forgets an upload.
pub async fn delete(tx: &mut Tx, id: Id<Upload>) -> Result<(), StoreError> {
    exec!(tx, DELETE, id.to_string())?;
    Ok(())
}

/// What a show's unfinished uploads come to.
pub async fn pending(tx: &mut Tx, show: Id<Show>) -> Result<Pending, StoreError> {
    Ok(one!(tx, Pending, PENDING, show.to_string())?.unwrap_or_default())
}

/// The unfinished uploads of the whole site that bring bytes of their own and expire after `then`.
pub async fn coming(tx: &mut Tx, then: Timestamp) -> Result<Vec<Upload>, StoreError> {
    all!(tx, UploadRow, COMING, micros(then))?.into_iter().map(Upload::try_from).collect()
}
