//! What an uploaded file holds beside its sound.

use rostrum_domain::Id;
use rostrum_domain::asset::Asset;
use rostrum_domain::chapter::Chapter;

use crate::db::{exec, one};
use crate::row::{Row, json};
use crate::{StoreError, Tx};

const PUT: &str = "INSERT INTO finding (asset_id, chapters) VALUES ($1, $2) \
     ON CONFLICT (asset_id) DO UPDATE SET chapters = excluded.chapters";
const GET: &str = "SELECT chapters FROM finding WHERE asset_id = $1";

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[PUT, GET];

#[derive(sqlx::FromRow)]
struct FindingRow {
    chapters: String,
}

/// Keeps the chapters found in a file.
pub async fn put(tx: &mut Tx, asset: Id<Asset>, chapters: &[Chapter]) -> Result<(), StoreError> {
    exec!(tx, PUT, asset.to_string(), json(&chapters))?;
    Ok(())
}

/// The chapters found in a file; empty when there are none.
pub async fn chapters(tx: &mut Tx, asset: Id<Asset>) -> Result<Vec<Chapter>, StoreError> {
    let id = asset.to_string();
    let found = one!(tx, FindingRow, GET, &id)?;
    found.map_or(Ok(Vec::new()), |row| Row { table: "finding", id: &id }.json("chapters", &row.chapters))
}
