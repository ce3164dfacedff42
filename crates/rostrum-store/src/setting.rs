//! Settings that administrators change while the program runs: texts by name.

use crate::db::{exec, one};
use crate::{StoreError, Tx};

const GET: &str = "SELECT value FROM setting WHERE name = $1";
const SET: &str = "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET \
     value = excluded.value";
const REMOVE: &str = "DELETE FROM setting WHERE name = $1";

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[GET, SET, REMOVE];

#[derive(sqlx::FromRow)]
struct SettingRow {
    value: String,
}

/// The value of a setting, if it was ever set.
pub async fn get(tx: &mut Tx, name: &str) -> Result<Option<String>, StoreError> {
    Ok(one!(tx, SettingRow, GET, name)?.map(|row| row.value))
}

/// Sets a setting.
pub async fn set(tx: &mut Tx, name: &str, value: &str) -> Result<(), StoreError> {
    exec!(tx, SET, name, value)?;
    Ok(())
}

/// Forgets a setting; false when it was not set.
pub async fn remove(tx: &mut Tx, name: &str) -> Result<bool, StoreError> {
    Ok(exec!(tx, REMOVE, name)? == 1)
}
