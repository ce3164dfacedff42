//! One-time links, found and used up by the digest of their secret.

use rostrum_domain::user::{Link, LinkKind, User};
use rostrum_domain::{Id, Timestamp};

use crate::db::{exec, one};
use crate::row::{Row, micros};
use crate::{StoreError, Tx};

const INSERT: &str = "INSERT INTO link (id, kind, account_id, secret_sha256, created_at, expires_at) \
     VALUES ($1, $2, $3, $4, $5, $6)";
const FIND: &str =
    "SELECT id, kind, account_id, expires_at FROM link WHERE kind = $1 AND secret_sha256 = $2 AND expires_at > $3";
const TAKE: &str = "DELETE FROM link WHERE kind = $1 AND secret_sha256 = $2 AND expires_at > $3 \
     RETURNING id, kind, account_id, expires_at";
const REMOVE_SETUP: &str = "DELETE FROM link WHERE kind = 'setup'";
const REMOVE_OF: &str = "DELETE FROM link WHERE account_id = $1";
const PRUNE: &str = "DELETE FROM link WHERE expires_at <= $1";

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[INSERT, FIND, TAKE, REMOVE_SETUP, REMOVE_OF, PRUNE];

/// How a link is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Key<'a> {
    /// What it should do; a link of another kind is not found.
    pub kind: LinkKind,
    /// The digest of its secret (SHA-256, hex).
    pub secret_sha256: &'a str,
    /// A link that ends until then is not found.
    pub now: Timestamp,
}

#[derive(sqlx::FromRow)]
struct LinkRow {
    id: String,
    kind: String,
    account_id: Option<String>,
    expires_at: i64,
}

impl TryFrom<LinkRow> for Link {
    type Error = StoreError;

    fn try_from(row: LinkRow) -> Result<Self, StoreError> {
        let at = Row { table: "link", id: &row.id };
        Ok(Self {
            id: at.id("id", &row.id)?,
            kind: at.word("kind", &row.kind)?,
            user_id: at.maybe_id("account_id", row.account_id.as_deref())?,
            expires_at: at.time("expires_at", row.expires_at)?,
        })
    }
}

/// Adds a link made at `now` under the digest of its secret.
pub async fn insert(tx: &mut Tx, link: &Link, secret_sha256: &str, now: Timestamp) -> Result<(), StoreError> {
    exec!(
        tx,
        INSERT,
        link.id.to_string(),
        link.kind.as_str(),
        link.user_id.map(|id| id.to_string()),
        secret_sha256,
        micros(now),
        micros(link.expires_at),
    )?;
    Ok(())
}

/// The link, left as it is.
pub async fn find(tx: &mut Tx, key: Key<'_>) -> Result<Option<Link>, StoreError> {
    let row = one!(tx, LinkRow, FIND, key.kind.as_str(), key.secret_sha256, micros(key.now))?;
    row.map(Link::try_from).transpose()
}

/// The link, used up; of two who take it at once, one gets it.
pub async fn take(tx: &mut Tx, key: Key<'_>) -> Result<Option<Link>, StoreError> {
    let row = one!(tx, LinkRow, TAKE, key.kind.as_str(), key.secret_sha256, micros(key.now))?;
    row.map(Link::try_from).transpose()
}

/// Removes every set-up link.
pub async fn remove_setup(tx: &mut Tx) -> Result<u64, StoreError> {
    exec!(tx, REMOVE_SETUP)
}

/// Removes every link of a user.
pub async fn remove_of(tx: &mut Tx, user: Id<User>) -> Result<u64, StoreError> {
    exec!(tx, REMOVE_OF, user.to_string())
}

/// Removes the links that are over; gives how many.
pub async fn prune(tx: &mut Tx, now: Timestamp) -> Result<u64, StoreError> {
    exec!(tx, PRUNE, micros(now))
}
