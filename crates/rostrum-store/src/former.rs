//! Former slugs of shows and episodes: each leads to one of them, and is nobody else's as long as that one is there.

use rostrum_domain::episode::Episode;
use rostrum_domain::show::Show;
use rostrum_domain::{Id, Slug};

use crate::db::{exec, one};
use crate::row::Row;
use crate::{StoreError, Tx};

const SHOW: &str = "SELECT show_id AS id FROM show_former WHERE slug = $1";
const EPISODE: &str = "SELECT episode_id AS id FROM episode_former WHERE show_id = $1 AND slug = $2";
const KEEP_SHOW: &str = "INSERT INTO show_former (slug, show_id) VALUES ($1, $2) \
     ON CONFLICT (slug) DO UPDATE SET show_id = excluded.show_id";
const KEEP_EPISODE: &str = "INSERT INTO episode_former (show_id, slug, episode_id) VALUES ($1, $2, $3) \
     ON CONFLICT (show_id, slug) DO UPDATE SET episode_id = excluded.episode_id";
const DROP_SHOW: &str = "DELETE FROM show_former WHERE slug = $1 AND show_id = $2";
const DROP_EPISODE: &str = "DELETE FROM episode_former WHERE show_id = $1 AND slug = $2 AND episode_id = $3";

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[SHOW, EPISODE, KEEP_SHOW, KEEP_EPISODE, DROP_SHOW, DROP_EPISODE];

#[derive(sqlx::FromRow)]
struct Led {
    id: String,
}

/// The show that was once at a slug.
pub async fn show(tx: &mut Tx, slug: &str) -> Result<Option<Id<Show>>, StoreError> {
    let row = one!(tx, Led, SHOW, slug)?;
    row.map(|row| Row { table: "show_former", id: slug }.id("show_id", &row.id)).transpose()
}

/// The episode of a show that was once at a slug.
pub async fn episode(tx: &mut Tx, show: Id<Show>, slug: &str) -> Result<Option<Id<Episode>>, StoreError> {
    let row = one!(tx, Led, EPISODE, show.to_string(), slug)?;
    row.map(|row| Row { table: "episode_former", id: slug }.id("episode_id", &row.id)).transpose()
}

/// Notes that a show goes from one slug to another; `Taken` when another show was there once.
pub async fn move_show(tx: &mut Tx, id: Id<Show>, (from, to): (&Slug, &Slug)) -> Result<(), StoreError> {
    if show(tx, to.as_str()).await?.is_some_and(|other| other != id) {
        return Err(StoreError::Taken);
    }
    exec!(tx, DROP_SHOW, to.as_str(), id.to_string())?;
    exec!(tx, KEEP_SHOW, from.as_str(), id.to_string())?;
    Ok(())
}

/// Notes that an episode goes to another slug than the one it has; `Taken` when another of its show was there once.
pub async fn move_episode(tx: &mut Tx, moved: &Episode, to: &Slug) -> Result<(), StoreError> {
    let (show, id) = (moved.show_id, moved.id);
    if episode(tx, show, to.as_str()).await?.is_some_and(|other| other != id) {
        return Err(StoreError::Taken);
    }
    exec!(tx, DROP_EPISODE, show.to_string(), to.as_str(), id.to_string())?;
    exec!(tx, KEEP_EPISODE, show.to_string(), moved.slug.as_str(), id.to_string())?;
    Ok(())
}
