//! What an episode keeps of its recording, and how that was mixed.

use rostrum_domain::Id;
use rostrum_domain::edit::Edit;
use rostrum_domain::episode::Episode;

use crate::db::{exec, one};
use crate::row::{Row, json};
use crate::{StoreError, Tx};

const GET: &str = "SELECT episode_id, marks, remaster FROM edit WHERE episode_id = $1";
const PUT: &str = "INSERT INTO edit (episode_id, marks, remaster) VALUES ($1, $2, $3) \
     ON CONFLICT (episode_id) DO UPDATE SET marks = excluded.marks, remaster = excluded.remaster";

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[GET, PUT];

#[derive(sqlx::FromRow)]
struct EditRow {
    episode_id: String,
    marks: String,
    remaster: Option<String>,
}

/// An episode's edit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Kept {
    /// What is cut off, and the marks that lie there.
    pub edit: Edit,
    /// How the recording that is served was mixed again, as JSON; none for the mix that was made live and for uploads.
    pub remaster: Option<String>,
}

/// The edit of an episode; nothing is cut off where none was ever made.
pub async fn get(tx: &mut Tx, episode: Id<Episode>) -> Result<Kept, StoreError> {
    let Some(row) = one!(tx, EditRow, GET, episode.to_string())? else { return Ok(Kept::default()) };
    let at = Row { table: "edit", id: &row.episode_id };
    Ok(Kept { edit: at.json("marks", &row.marks)?, remaster: row.remaster })
}

/// Writes the edit of an episode in place of the one it has.
pub async fn put(tx: &mut Tx, episode: Id<Episode>, kept: &Kept) -> Result<(), StoreError> {
    exec!(tx, PUT, episode.to_string(), json(&kept.edit), kept.remaster.as_deref())?;
    Ok(())
}
