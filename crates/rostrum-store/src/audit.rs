//! The audit log: rows are only added, and each carries a hash over itself and the one before it.
//! Whoever changes a row must change every later one and the head; a copy of one hash elsewhere then tells.

use rostrum_domain::user::User;
use rostrum_domain::{Id, Timestamp};
use sha2::{Digest as _, Sha256};

use crate::db::{all, exec, one};
use crate::error::one_changed;
use crate::row::{Row, micros};
use crate::{StoreError, Tx};

/// Entries that match: about a kind of thing, in a span of time, behind another, and with a text in what was done, to
/// what or whom, or in who did it.
macro_rules! matching {
    ($head:literal, $rest:literal) => {
        concat!(
            $head,
            " FROM audit u LEFT JOIN account a ON a.id = u.account_id \
             LEFT JOIN account o ON o.id = SUBSTR(u.object, 6) AND u.object LIKE 'user %' \
             WHERE u.object LIKE $1 AND u.at >= $2 AND u.at < $3 AND \
             (u.action LIKE $4 OR LOWER(u.object) LIKE $5 OR LOWER(u.detail) LIKE $6 OR LOWER(a.name) LIKE $7 \
             OR a.email LIKE $8 OR LOWER(o.name) LIKE $9 OR o.email LIKE $10)",
            $rest
        )
    };
}

const ADVANCE: &str = "UPDATE audit_head SET number = number + 1 WHERE id = 1 RETURNING number, hash";
const SEAL: &str = "UPDATE audit_head SET hash = $1 WHERE id = 1 AND number = $2";
const HEAD: &str = "SELECT number, hash FROM audit_head WHERE id = 1";
const INSERT: &str = "INSERT INTO audit (number, at, account_id, action, object, detail, address, hash) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const LATEST: &str = matching!(
    "SELECT u.number, u.at, u.account_id, u.action, u.object, u.detail, u.address, u.hash",
    " AND u.number < $11 ORDER BY u.number DESC LIMIT $12 OFFSET $13"
);
const COUNT: &str = matching!("SELECT COUNT(*) AS n", "");
const AFTER: &str = "SELECT number, at, account_id, action, object, detail, address, hash FROM audit \
     WHERE number > $1 ORDER BY number LIMIT $2";

/// Rows read at a time while the chain is verified.
const VERIFIED_AT_ONCE: i64 = 500;

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[ADVANCE, SEAL, HEAD, INSERT, LATEST, COUNT, AFTER];

/// Something that was done, to be noted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// By whom; none for somebody unknown and for the machine's operator.
    pub user_id: Option<Id<User>>,
    /// What, as in `sign-in` or `role-changed`.
    pub action: String,
    /// To what, as in `user 01J…`.
    pub object: String,
    /// More about it, a JSON object with its keys in order.
    pub detail: String,
    /// The network it came from; empty for within the machine.
    pub address: String,
}

/// A noted entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noted {
    /// Its place, from 1, without holes.
    pub number: i64,
    /// What was noted.
    pub entry: Entry,
    /// SHA-256, hex, over the hash before it and the entry.
    pub hash: String,
}

/// The end of the chain.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Head {
    /// The number of the last entry; 0 when there is none.
    pub number: i64,
    /// Its hash; empty when there is none.
    pub hash: String,
}

#[derive(sqlx::FromRow)]
struct CountRow {
    n: i64,
}

#[derive(sqlx::FromRow)]
struct AuditRow {
    number: i64,
    at: i64,
    account_id: Option<String>,
    action: String,
    object: String,
    detail: String,
    address: String,
    hash: String,
}

impl TryFrom<AuditRow> for Noted {
    type Error = StoreError;

    fn try_from(row: AuditRow) -> Result<Self, StoreError> {
        let id = row.number.to_string();
        let at = Row { table: "audit", id: &id };
        let entry = Entry {
            at: at.time("at", row.at)?,
            user_id: at.maybe_id("account_id", row.account_id.as_deref())?,
            action: row.action,
            object: row.object,
            detail: row.detail,
            address: row.address,
        };
        Ok(Self { number: row.number, entry, hash: row.hash })
    }
}

/// The hash of the entry with this number that follows one with the hash `before`.
pub fn hash(before: &str, number: i64, entry: &Entry) -> String {
    let user = entry.user_id.map(|id| id.to_string());
    // An array has one JSON form, so the same facts give the same hash in every version of the program.
    let facts = (number, micros(entry.at), user, &entry.action, &entry.object, &entry.detail, &entry.address);
    let text = serde_json::to_string(&facts).expect("numbers and texts are JSON");
    hex::encode(Sha256::new().chain_update(before).chain_update(text).finalize())
}

/// Appends an entry. The head's row is locked until the transaction ends: what the caller reads afterwards cannot be
/// changed by another transaction that notes something.
pub async fn append(tx: &mut Tx, entry: &Entry) -> Result<i64, StoreError> {
    let missing = StoreError::Row { table: "audit_head", column: "id", id: "1".into() };
    let Head { number, hash: before } = one!(tx, Head, ADVANCE)?.ok_or(missing)?;
    let hash = hash(&before, number, entry);
    exec!(
        tx,
        INSERT,
        number,
        micros(entry.at),
        entry.user_id.map(|id| id.to_string()),
        &entry.action,
        &entry.object,
        &entry.detail,
        &entry.address,
        &hash,
    )?;
    one_changed(exec!(tx, SEAL, &hash, number)?)?;
    Ok(number)
}

/// Whether the log is as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is; the head tells up to where. Kept elsewhere, the head's hash also proves that nobody rewrote the whole.
    Whole(Head),
    /// The first number at which it is not: a row that was changed, removed, or added behind the program's back.
    Broken(i64),
}

/// Walks the whole chain, a bounded number of rows at a time.
pub async fn verify(tx: &mut Tx) -> Result<Verdict, StoreError> {
    let end = head(tx).await?;
    let mut last = Head { number: 0, hash: String::new() };
    loop {
        let rows = after(tx, last.number, VERIFIED_AT_ONCE).await?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            let number = last.number + 1;
            if row.number != number || row.hash != hash(&last.hash, number, &row.entry) {
                return Ok(Verdict::Broken(number));
            }
            last = Head { number, hash: row.hash };
        }
    }
    Ok(if last == end { Verdict::Whole(end) } else { Verdict::Broken(last.number.min(end.number) + 1) })
}

/// Where the chain ends.
pub async fn head(tx: &mut Tx) -> Result<Head, StoreError> {
    Ok(one!(tx, Head, HEAD)?.unwrap_or(Head { number: 0, hash: String::new() }))
}

/// Which entries a list shows.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter<'a> {
    /// A text they hold; an empty one is held by all.
    pub text: &'a str,
    /// The kind of thing they are about, as in `show`: the first word of the object; empty for all.
    pub about: &'a str,
    /// The first instant.
    pub since: Option<Timestamp>,
    /// The first instant no more.
    pub until: Option<Timestamp>,
}

impl Filter<'_> {
    fn object(&self) -> String {
        if self.about.is_empty() { "%".to_owned() } else { format!("{} %", plain(self.about)) }
    }

    fn span(&self) -> (i64, i64) {
        (self.since.map_or(i64::MIN, micros), self.until.map_or(i64::MAX, micros))
    }
}

/// A text without the letters that stand for others.
fn plain(text: &str) -> String {
    text.to_lowercase().replace(['%', '_', '\\'], "")
}

/// Where in the list one is, from the newest back: behind an entry, past some more, so many.
#[derive(Debug, Clone, Copy, Default)]
pub struct Stretch {
    /// The number of the entry before; none for the beginning.
    pub after: Option<i64>,
    /// Entries to pass over.
    pub offset: i64,
    /// Entries at most.
    pub limit: i64,
}

/// Entries that match, from the newest back, and how many match in all.
pub async fn latest(tx: &mut Tx, filter: Filter<'_>, stretch: Stretch) -> Result<(Vec<Noted>, i64), StoreError> {
    let (object, (since, until)) = (filter.object(), filter.span());
    let text = format!("%{}%", plain(filter.text));
    let [a, b, c, d, e, f, g] = [&text; 7];
    let Stretch { after, offset, limit } = stretch;
    let after = after.unwrap_or(i64::MAX);
    let rows = all!(tx, AuditRow, LATEST, &object, since, until, a, b, c, d, e, f, g, after, limit, offset)?;
    let count = one!(tx, CountRow, COUNT, &object, since, until, a, b, c, d, e, f, g)?.map_or(0, |row| row.n);
    Ok((rows.into_iter().map(Noted::try_from).collect::<Result<_, _>>()?, count))
}

/// Entries that follow a number, in order.
pub async fn after(tx: &mut Tx, number: i64, limit: i64) -> Result<Vec<Noted>, StoreError> {
    all!(tx, AuditRow, AFTER, number, limit)?.into_iter().map(Noted::try_from).collect()
}
