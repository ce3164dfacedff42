//! Answers to requests that must not be carried out twice, by the key their sender gave them.

use rostrum_domain::user::User;
use rostrum_domain::{Id, Timestamp};

use crate::db::{exec, one};
use crate::error::one_changed;
use crate::row::micros;
use crate::{StoreError, Tx};

const BEGIN: &str = "INSERT INTO idempotency (account_id, key, request_sha256, status, location, body, created_at) \
     VALUES ($1, $2, $3, 0, NULL, '', $4) ON CONFLICT (account_id, key) DO NOTHING";
const GET: &str =
    "SELECT request_sha256, status, location, body, created_at FROM idempotency WHERE account_id = $1 AND key = $2";
const FINISH: &str = "UPDATE idempotency SET status = $1, location = $2, body = $3 \
     WHERE account_id = $4 AND key = $5 AND status = 0";
const DROP: &str = "DELETE FROM idempotency WHERE account_id = $1 AND key = $2 AND status = 0";
const PRUNE: &str = "DELETE FROM idempotency WHERE created_at <= $1";

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[BEGIN, GET, FINISH, DROP, PRUNE];

/// Names a request: who sent it, and the key they gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The sender.
    pub user_id: Id<User>,
    /// The sender's key.
    pub key: String,
}

/// An answer as it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The address of what was made.
    pub location: Option<String>,
    /// The body.
    pub body: String,
}

/// What is known of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The digest of the request (SHA-256, hex).
    pub request_sha256: String,
    /// When it came.
    pub created_at: Timestamp,
    /// How it was answered; none while it is being carried out.
    pub answer: Option<Answer>,
}

#[derive(sqlx::FromRow)]
struct KnownRow {
    request_sha256: String,
    status: i64,
    location: Option<String>,
    body: String,
    created_at: i64,
}

/// Notes that a request is being carried out; false when its key is known.
pub async fn begin(tx: &mut Tx, key: &Key, request_sha256: &str, now: Timestamp) -> Result<bool, StoreError> {
    Ok(exec!(tx, BEGIN, key.user_id.to_string(), &key.key, request_sha256, micros(now))? == 1)
}

/// What is known of a request.
pub async fn get(tx: &mut Tx, key: &Key) -> Result<Option<Known>, StoreError> {
    let Some(row) = one!(tx, KnownRow, GET, key.user_id.to_string(), &key.key)? else {
        return Ok(None);
    };
    let at = crate::row::Row { table: "idempotency", id: &key.key };
    let status = u16::try_from(row.status).map_err(|_| at.bad("status"))?;
    let answer = (status != 0).then_some(Answer { status, location: row.location, body: row.body });
    let created_at = at.time("created_at", row.created_at)?;
    Ok(Some(Known { request_sha256: row.request_sha256, created_at, answer }))
}

/// Keeps the answer of a request that was begun.
pub async fn finish(tx: &mut Tx, key: &Key, answer: &Answer) -> Result<(), StoreError> {
    let status = i64::from(answer.status);
    let user = key.user_id.to_string();
    one_changed(exec!(tx, FINISH, status, answer.location.as_deref(), &answer.body, user, &key.key)?)
}

/// Forgets a request that was begun and came to nothing.
pub async fn drop(tx: &mut Tx, key: &Key) -> Result<bool, StoreError> {
    Ok(exec!(tx, DROP, key.user_id.to_string(), &key.key)? == 1)
}

/// Forgets what is older than a moment; gives how many.
pub async fn prune(tx: &mut Tx, until: Timestamp) -> Result<u64, StoreError> {
    exec!(tx, PRUNE, micros(until))
}
