//! Invitations to rooms; the caller hashes their secrets.

use rostrum_domain::room::{Invite, Participant, Room, StageRole};
use rostrum_domain::{Id, Timestamp};

use crate::db::{all, exec, one};
use crate::error::one_changed;
use crate::row::{Row, micros};
use crate::{StoreError, Tx};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, room_id, role, label, once, used_by, uses, created_at, expires_at, revoked_at FROM invite ",
            $rest
        )
    };
}

const INSERT: &str = "INSERT INTO invite (id, room_id, role, label, secret_sha256, once, used_by, uses, created_at, \
     expires_at, revoked_at) VALUES ($1, $2, $3, $4, $5, $6, NULL, 0, $7, $8, NULL)";
const GET: &str = select!("WHERE id = $1");
const BY_SECRET: &str = select!("WHERE secret_sha256 = $1");
const OF_ROOM: &str = select!("WHERE room_id = $1 ORDER BY id DESC");
// Somebody who comes back does not count again.
const USE: &str = "UPDATE invite SET uses = uses + CASE WHEN used_by = $1 THEN 0 ELSE 1 END, used_by = $2 \
     WHERE id = $3 AND revoked_at IS NULL AND (NOT once OR used_by IS NULL OR used_by = $4)";
const REVOKE: &str = "UPDATE invite SET revoked_at = $1 WHERE id = $2 AND room_id = $3 AND revoked_at IS NULL";

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[INSERT, GET, BY_SECRET, OF_ROOM, USE, REVOKE];

/// An invitation as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Names it.
    pub id: Id<Invite>,
    /// The room it opens.
    pub room_id: Id<Room>,
    /// The role it gives.
    pub role: StageRole,
    /// For whom it was made, in its maker's words.
    pub label: String,
    /// Whether one person only may use it.
    pub once: bool,
    /// Who used it last, or the one person who may.
    pub used_by: Option<Id<Participant>>,
    /// How often it was used.
    pub uses: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct InviteRow {
    id: String,
    room_id: String,
    role: String,
    label: String,
    once: bool,
    used_by: Option<String>,
    uses: i64,
    created_at: i64,
    expires_at: i64,
    revoked_at: Option<i64>,
}

impl TryFrom<InviteRow> for Kept {
    type Error = StoreError;

    fn try_from(row: InviteRow) -> Result<Self, StoreError> {
        let at = Row { table: "invite", id: &row.id };
        Ok(Self {
            id: at.id("id", &row.id)?,
            room_id: at.id("room_id", &row.room_id)?,
            role: at.word("role", &row.role)?,
            used_by: at.maybe_id("used_by", row.used_by.as_deref())?,
            created_at: at.time("created_at", row.created_at)?,
            expires_at: at.time("expires_at", row.expires_at)?,
            revoked_at: at.maybe_time("revoked_at", row.revoked_at)?,
            label: row.label,
            once: row.once,
            uses: row.uses,
        })
    }
}

/// Adds an invitation with the digest of its secret (SHA-256, hex).
pub async fn insert(tx: &mut Tx, invite: &Kept, secret_sha256: &str) -> Result<(), StoreError> {
    exec!(
        tx,
        INSERT,
        invite.id.to_string(),
        invite.room_id.to_string(),
        invite.role.as_str(),
        &invite.label,
        secret_sha256,
        invite.once,
        micros(invite.created_at),
        micros(invite.expires_at),
    )?;
    Ok(())
}

/// The invitation with this id, good or not.
pub async fn get(tx: &mut Tx, id: Id<Invite>) -> Result<Option<Kept>, StoreError> {
    one!(tx, InviteRow, GET, id.to_string())?.map(Kept::try_from).transpose()
}

/// The invitation whose secret has this digest, good or not.
pub async fn by_secret(tx: &mut Tx, secret_sha256: &str) -> Result<Option<Kept>, StoreError> {
    one!(tx, InviteRow, BY_SECRET, secret_sha256)?.map(Kept::try_from).transpose()
}

/// The invitations of a room, the newest first.
pub async fn of_room(tx: &mut Tx, room: Id<Room>) -> Result<Vec<Kept>, StoreError> {
    all!(tx, InviteRow, OF_ROOM, room.to_string())?.into_iter().map(Kept::try_from).collect()
}

/// Notes a use; false when it was taken back, or was for one person and somebody else has used it.
pub async fn used(tx: &mut Tx, id: Id<Invite>, by: Id<Participant>) -> Result<bool, StoreError> {
    let by = by.to_string();
    Ok(exec!(tx, USE, &by, &by, id.to_string(), &by)? == 1)
}

/// Takes an invitation of a room back; `Stale` when there is none that could be.
pub async fn revoke(tx: &mut Tx, (room, id): (Id<Room>, Id<Invite>), now: Timestamp) -> Result<(), StoreError> {
    one_changed(exec!(tx, REVOKE, micros(now), id.to_string(), room.to_string())?)
}
