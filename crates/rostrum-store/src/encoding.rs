//! What an input became under given settings, so that the same work is never done twice.

use rostrum_domain::Timestamp;

use crate::db::{exec, one};
use crate::row::micros;
use crate::{StoreError, Tx};

const PUT: &str = "INSERT INTO encoding (digest, result, created_at) VALUES ($1, $2, $3) \
     ON CONFLICT (digest) DO UPDATE SET result = excluded.result, created_at = excluded.created_at";
const GET: &str = "SELECT result FROM encoding WHERE digest = $1";

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[PUT, GET];

#[derive(sqlx::FromRow)]
struct ResultRow {
    result: String,
}

/// Keeps the result (JSON of the caller's) of the work a digest names.
pub async fn put(tx: &mut Tx, digest: &str, result: &str, now: Timestamp) -> Result<(), StoreError> {
    exec!(tx, PUT, digest, result, micros(now))?;
    Ok(())
}

/// The kept result of a digest.
pub async fn get(tx: &mut Tx, digest: &str) -> Result<Option<String>, StoreError> {
    Ok(one!(tx, ResultRow, GET, digest)?.map(|row| row.result))
}
