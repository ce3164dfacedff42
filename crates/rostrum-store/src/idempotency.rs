//! Answers to requests that must not be carried out twice, by the key their sender gave them.

use rostrum_domain::user::User;
use rostrum_domain::{Id, Timestamp};

use crate::db::{exec, one};
use crate::error::one_changed;
use crate::row::micros;
use crate::{StoreError, Tx};

const BEGIN: &str = "INSERT INTO idempotency \
     (account_id, key, request_sha256, status, location, body, created_at, lease_until) \
     VALUES ($1, $2, $3, 0, NULL, '', $4, $5) ON CONFLICT (account_id, key) DO NOTHING";
const GET: &str = "SELECT request_sha256, status, location, body, created_at, lease_until, effect FROM idempotency \
     WHERE account_id = $1 AND key = $2";
const TAKE_OVER: &str = "UPDATE idempotency SET lease_until = $1 \
     WHERE account_id = $2 AND key = $3 AND status = 0 AND effect IS NULL AND lease_until <= $4";
const MARK: &str = "UPDATE idempotency SET effect = COALESCE(effect, $1) \
     WHERE account_id = $2 AND key = $3 AND status = 0 AND lease_until = $4";
const FINISH: &str = "UPDATE idempotency SET status = $1, location = $2, body = $3 \
     WHERE account_id = $4 AND key = $5 AND status = 0 AND lease_until = $6";
const DROP: &str = "DELETE FROM idempotency \
     WHERE account_id = $1 AND key = $2 AND status = 0 AND effect IS NULL AND lease_until = $3";
const PRUNE: &str = "DELETE FROM idempotency WHERE created_at <= $1";

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[BEGIN, GET, TAKE_OVER, MARK, FINISH, DROP, PRUNE];

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

/// The right to carry a request out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The request.
    pub key: Key,
    /// From then on another may take the request over; also what tells this lease from that one.
    pub until: Timestamp,
}

/// What is known of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The digest of the request (SHA-256, hex).
    pub request_sha256: String,
    /// When it came.
    pub created_at: Timestamp,
    /// Until when somebody is carrying it out.
    pub lease_until: Timestamp,
    /// What it made or changed, as in `show 01J…`, once that is durable.
    pub effect: Option<String>,
    /// How it was answered; none while it is being carried out, and when that was cut off.
    pub answer: Option<Answer>,
}

#[derive(sqlx::FromRow)]
struct KnownRow {
    request_sha256: String,
    status: i64,
    location: Option<String>,
    body: String,
    created_at: i64,
    lease_until: i64,
    effect: Option<String>,
}

/// Notes that a request is being carried out; false when its key is known.
pub async fn begin(tx: &mut Tx, lease: &Lease, request_sha256: &str, now: Timestamp) -> Result<bool, StoreError> {
    let Key { user_id, key } = &lease.key;
    Ok(exec!(tx, BEGIN, user_id.to_string(), key, request_sha256, micros(now), micros(lease.until))? == 1)
}

/// What is known of a request.
pub async fn get(tx: &mut Tx, key: &Key) -> Result<Option<Known>, StoreError> {
    let Some(row) = one!(tx, KnownRow, GET, key.user_id.to_string(), &key.key)? else {
        return Ok(None);
    };
    let at = crate::row::Row { table: "idempotency", id: &key.key };
    let status = u16::try_from(row.status).map_err(|_| at.bad("status"))?;
    Ok(Some(Known {
        created_at: at.time("created_at", row.created_at)?,
        lease_until: at.time("lease_until", row.lease_until)?,
        answer: (status != 0).then_some(Answer { status, location: row.location, body: row.body }),
        request_sha256: row.request_sha256,
        effect: row.effect,
    }))
}

/// Takes over a request whose lease has run out before it had any effect; false when somebody else did.
pub async fn take_over(tx: &mut Tx, lease: &Lease, now: Timestamp) -> Result<bool, StoreError> {
    let Key { user_id, key } = &lease.key;
    Ok(exec!(tx, TAKE_OVER, micros(lease.until), user_id.to_string(), key, micros(now))? == 1)
}

/// Notes what a request has made or changed, in the transaction that does it; the first note counts. `Stale` when the
/// lease was lost, and then that transaction must not commit.
pub async fn mark(tx: &mut Tx, lease: &Lease, effect: &str) -> Result<(), StoreError> {
    let Key { user_id, key } = &lease.key;
    one_changed(exec!(tx, MARK, effect, user_id.to_string(), key, micros(lease.until))?)
}

/// Keeps the answer of a request that was begun; `Stale` when the lease was lost.
pub async fn finish(tx: &mut Tx, lease: &Lease, answer: &Answer) -> Result<(), StoreError> {
    let (status, user) = (i64::from(answer.status), lease.key.user_id.to_string());
    let location = answer.location.as_deref();
    one_changed(exec!(tx, FINISH, status, location, &answer.body, user, &lease.key.key, micros(lease.until))?)
}

/// Forgets a request that was begun and came to nothing; false when it had an effect or the lease was lost.
pub async fn drop(tx: &mut Tx, lease: &Lease) -> Result<bool, StoreError> {
    let Key { user_id, key } = &lease.key;
    Ok(exec!(tx, DROP, user_id.to_string(), key, micros(lease.until))? == 1)
}

/// Forgets what is older than a moment; gives how many.
pub async fn prune(tx: &mut Tx, until: Timestamp) -> Result<u64, StoreError> {
    exec!(tx, PRUNE, micros(until))
}
