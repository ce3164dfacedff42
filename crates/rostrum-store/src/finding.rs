//! What an uploaded file holds beside its sound.

use rostrum_domain::Id;
use rostrum_domain::asset::Asset;
use rostrum_domain::chapter::Chapter;

use crate::db::{exec, one};
use crate::row::{Row, json};
use crate::{StoreError, Tx};

const PUT: &str = "INSERT INTO finding (asset_id, chapters, warnings) VALUES ($1, $2, $3) \
     ON CONFLICT (asset_id) DO UPDATE SET chapters = excluded.chapters, warnings = excluded.warnings";
const GET: &str = "SELECT chapters, warnings FROM finding WHERE asset_id = $1";

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[PUT, GET];

#[derive(sqlx::FromRow)]
struct FindingRow {
    chapters: String,
    warnings: String,
}

/// What was found in a file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Finding {
    /// The chapters it brought along.
    pub chapters: Vec<Chapter>,
    /// What its maker should know of it; English sentences.
    pub warnings: Vec<String>,
}

/// Keeps what was found in a file.
pub async fn put(tx: &mut Tx, asset: Id<Asset>, found: &Finding) -> Result<(), StoreError> {
    exec!(tx, PUT, asset.to_string(), json(&found.chapters), json(&found.warnings))?;
    Ok(())
}

/// What was found in a file; nothing before anybody looked.
pub async fn get(tx: &mut Tx, asset: Id<Asset>) -> Result<Finding, StoreError> {
    let id = asset.to_string();
    let Some(row) = one!(tx, FindingRow, GET, &id)? else { return Ok(Finding::default()) };
    let at = Row { table: "finding", id: &id };
    Ok(Finding { chapters: at.json("chapters", &row.chapters)?, warnings: at.json("warnings", &row.warnings)? })
}
