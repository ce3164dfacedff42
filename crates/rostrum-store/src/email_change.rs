//! Addresses that are to replace those of accounts, once somebody has opened the letter sent there.

use rostrum_domain::user::User;
use rostrum_domain::{Id, Timestamp};

use crate::db::{exec, one};
use crate::row::{Row, micros};
use crate::{StoreError, Tx};

const PUT: &str = "INSERT INTO email_change (account_id, email, secret_sha256, created_at, expires_at) \
     VALUES ($1, $2, $3, $4, $5) ON CONFLICT (account_id) DO UPDATE SET email = excluded.email, \
     secret_sha256 = excluded.secret_sha256, created_at = excluded.created_at, expires_at = excluded.expires_at";
const FIND: &str =
    "SELECT account_id, email, expires_at FROM email_change WHERE secret_sha256 = $1 AND expires_at > $2";
const OF_USER: &str =
    "SELECT account_id, email, expires_at FROM email_change WHERE account_id = $1 AND expires_at > $2";
const TAKE: &str = "DELETE FROM email_change WHERE secret_sha256 = $1 AND expires_at > $2 \
     RETURNING account_id, email, expires_at";
const REMOVE_OF: &str = "DELETE FROM email_change WHERE account_id = $1";
const PRUNE: &str = "DELETE FROM email_change WHERE expires_at <= $1";

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[PUT, FIND, OF_USER, TAKE, REMOVE_OF, PRUNE];

/// An address that waits to be confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailChange {
    /// Whose it is to be.
    pub user_id: Id<User>,
    /// The address.
    pub email: String,
    /// No confirmation from then on.
    pub expires_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct ChangeRow {
    account_id: String,
    email: String,
    expires_at: i64,
}

impl TryFrom<ChangeRow> for EmailChange {
    type Error = StoreError;

    fn try_from(row: ChangeRow) -> Result<Self, StoreError> {
        let at = Row { table: "email_change", id: &row.account_id };
        Ok(Self {
            user_id: at.id("account_id", &row.account_id)?,
            expires_at: at.time("expires_at", row.expires_at)?,
            email: row.email,
        })
    }
}

/// Keeps a change made at `now` under the digest of its secret (SHA-256, hex), in place of an earlier one.
pub async fn put(tx: &mut Tx, new: &EmailChange, secret_sha256: &str, now: Timestamp) -> Result<(), StoreError> {
    let user = new.user_id.to_string();
    exec!(tx, PUT, user, &new.email, secret_sha256, micros(now), micros(new.expires_at))?;
    Ok(())
}

/// The change with this secret, left as it is.
pub async fn find(tx: &mut Tx, secret_sha256: &str, now: Timestamp) -> Result<Option<EmailChange>, StoreError> {
    one!(tx, ChangeRow, FIND, secret_sha256, micros(now))?.map(EmailChange::try_from).transpose()
}

/// The change that waits for a user.
pub async fn of_user(tx: &mut Tx, user: Id<User>, now: Timestamp) -> Result<Option<EmailChange>, StoreError> {
    one!(tx, ChangeRow, OF_USER, user.to_string(), micros(now))?.map(EmailChange::try_from).transpose()
}

/// The change with this secret, used up; of two who take it at once, one gets it.
pub async fn take(tx: &mut Tx, secret_sha256: &str, now: Timestamp) -> Result<Option<EmailChange>, StoreError> {
    one!(tx, ChangeRow, TAKE, secret_sha256, micros(now))?.map(EmailChange::try_from).transpose()
}

/// Forgets the change that waits for a user; false when there is none.
pub async fn remove_of(tx: &mut Tx, user: Id<User>) -> Result<bool, StoreError> {
    Ok(exec!(tx, REMOVE_OF, user.to_string())? == 1)
}

/// Forgets the changes that are over; gives how many.
pub async fn prune(tx: &mut Tx, now: Timestamp) -> Result<u64, StoreError> {
    exec!(tx, PRUNE, micros(now))
}
