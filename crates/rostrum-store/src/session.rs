//! Sessions: browsers that are signed in, found by the digest of their secret.

use rostrum_domain::user::{Session, User};
use rostrum_domain::{Id, Timestamp};

use crate::account::{AccountRow, columns};
use crate::db::{all, exec, one};
use crate::row::{Row, micros};
use crate::{StoreError, Tx};

const INSERT: &str = "INSERT INTO session (id, account_id, secret_sha256, agent, created_at, seen_at, expires_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7)";
const BY_SECRET: &str = columns!(
    "SELECT s.id AS session_id, s.account_id, s.agent, s.created_at AS begun_at, s.seen_at, s.expires_at, ",
    " FROM session s JOIN account a ON a.id = s.account_id WHERE s.secret_sha256 = $1"
);
const OF_USER: &str = "SELECT id AS session_id, account_id, agent, created_at AS begun_at, seen_at, expires_at \
     FROM session WHERE account_id = $1 AND seen_at > $2 AND expires_at > $3 ORDER BY seen_at DESC, id DESC";
const SEEN: &str = "UPDATE session SET seen_at = $1 WHERE id = $2 AND seen_at < $3";
const REMOVE: &str = "DELETE FROM session WHERE id = $1 AND account_id = $2";
const REMOVE_BY_SECRET: &str = "DELETE FROM session WHERE secret_sha256 = $1";
const REMOVE_OF: &str = "DELETE FROM session WHERE account_id = $1";
const PRUNE: &str = "DELETE FROM session WHERE seen_at <= $1 OR expires_at <= $2";

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[INSERT, BY_SECRET, OF_USER, SEEN, REMOVE, REMOVE_BY_SECRET, REMOVE_OF, PRUNE];

/// A session as it is found by its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The session.
    pub session: Session,
    /// No use after this, however often it is used.
    pub expires_at: Timestamp,
    /// Whose it is.
    pub user: User,
}

/// The moments at which sessions end.
#[derive(Debug, Clone, Copy)]
pub struct Cut {
    /// Sessions not used since then are over.
    pub idle_since: Timestamp,
    /// Sessions that expire until then are over.
    pub now: Timestamp,
}

#[derive(sqlx::FromRow)]
struct SessionRow {
    session_id: String,
    account_id: String,
    agent: String,
    begun_at: i64,
    seen_at: i64,
    expires_at: i64,
}

#[derive(sqlx::FromRow)]
struct FoundRow {
    #[sqlx(flatten)]
    session: SessionRow,
    #[sqlx(flatten)]
    account: AccountRow,
}

impl TryFrom<SessionRow> for Session {
    type Error = StoreError;

    fn try_from(row: SessionRow) -> Result<Self, StoreError> {
        let at = Row { table: "session", id: &row.session_id };
        Ok(Self {
            id: at.id("id", &row.session_id)?,
            user_id: at.id("account_id", &row.account_id)?,
            created_at: at.time("created_at", row.begun_at)?,
            seen_at: at.time("seen_at", row.seen_at)?,
            agent: row.agent,
        })
    }
}

impl TryFrom<FoundRow> for Found {
    type Error = StoreError;

    fn try_from(row: FoundRow) -> Result<Self, StoreError> {
        let at = Row { table: "session", id: &row.session.session_id };
        let expires_at = at.time("expires_at", row.session.expires_at)?;
        Ok(Self { session: row.session.try_into()?, expires_at, user: row.account.try_into()? })
    }
}

/// Adds a session under the digest of its secret (SHA-256, hex).
pub async fn insert(
    tx: &mut Tx,
    session: &Session,
    secret_sha256: &str,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    exec!(
        tx,
        INSERT,
        session.id.to_string(),
        session.user_id.to_string(),
        secret_sha256,
        &session.agent,
        micros(session.created_at),
        micros(session.seen_at),
        micros(expires_at),
    )?;
    Ok(())
}

/// The session with this digest, over or not, and its user.
pub async fn by_secret(tx: &mut Tx, secret_sha256: &str) -> Result<Option<Found>, StoreError> {
    one!(tx, FoundRow, BY_SECRET, secret_sha256)?.map(Found::try_from).transpose()
}

/// A user's sessions that are not over, the latest used first.
pub async fn of_user(tx: &mut Tx, user: Id<User>, cut: Cut) -> Result<Vec<Session>, StoreError> {
    let rows = all!(tx, SessionRow, OF_USER, user.to_string(), micros(cut.idle_since), micros(cut.now))?;
    rows.into_iter().map(Session::try_from).collect()
}

/// Notes a use; never moves the time back.
pub async fn seen(tx: &mut Tx, id: Id<Session>, now: Timestamp) -> Result<(), StoreError> {
    exec!(tx, SEEN, micros(now), id.to_string(), micros(now))?;
    Ok(())
}

/// Ends one session of a user; false when there was none.
pub async fn remove(tx: &mut Tx, user: Id<User>, id: Id<Session>) -> Result<bool, StoreError> {
    Ok(exec!(tx, REMOVE, id.to_string(), user.to_string())? == 1)
}

/// Ends the session with this digest; false when there was none.
pub async fn remove_by_secret(tx: &mut Tx, secret_sha256: &str) -> Result<bool, StoreError> {
    Ok(exec!(tx, REMOVE_BY_SECRET, secret_sha256)? == 1)
}

/// Ends every session of a user; gives how many there were.
pub async fn remove_of(tx: &mut Tx, user: Id<User>) -> Result<u64, StoreError> {
    exec!(tx, REMOVE_OF, user.to_string())
}

/// Removes the sessions that are over; gives how many.
pub async fn prune(tx: &mut Tx, cut: Cut) -> Result<u64, StoreError> {
    exec!(tx, PRUNE, micros(cut.idle_since), micros(cut.now))
}
