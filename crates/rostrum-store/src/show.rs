//! Shows.

use rostrum_domain::asset::Asset;
use rostrum_domain::show::Show;
use rostrum_domain::user::User;
use rostrum_domain::{Id, Slug};

use crate::db::{all, exec, one};
use crate::episode::Page;
use crate::error::one_changed;
use crate::row::{Row, json, micros};
use crate::{StoreError, Tx, former};

const HOLD: &str = "UPDATE show SET version = version WHERE id = $1";
const INSERT: &str = "INSERT INTO show (id, slug, guid, title, facts, artwork_id, created_at, updated_at, version) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
const GET: &str =
    "SELECT id, slug, guid, facts, artwork_id, created_at, updated_at, version FROM show WHERE id = $1 OR slug = $2";
const LIST: &str =
    "SELECT id, slug, guid, facts, artwork_id, created_at, updated_at, version FROM show ORDER BY LOWER(title), id";
const LIST_OF: &str = "SELECT s.id, s.slug, s.guid, s.facts, s.artwork_id, s.created_at, s.updated_at, s.version \
     FROM show s JOIN member m ON m.show_id = s.id WHERE m.account_id = $1 ORDER BY LOWER(s.title), s.id";
const SEEN: &str = "SELECT id, slug, guid, facts, artwork_id, created_at, updated_at, version FROM show \
     WHERE $1 OR id IN (SELECT show_id FROM member WHERE account_id = $2) \
     ORDER BY LOWER(title), id LIMIT $3 OFFSET $4";
const COUNT_SEEN: &str = "SELECT COUNT(*) AS n FROM show \
     WHERE $1 OR id IN (SELECT show_id FROM member WHERE account_id = $2)";
const UPDATE: &str = "UPDATE show SET slug = $1, title = $2, facts = $3, artwork_id = $4, updated_at = $5, \
     version = version + 1 WHERE id = $6 AND version = $7";
const DELETE: &str = "DELETE FROM show WHERE id = $1 AND version = $2";

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[INSERT, GET, LIST, LIST_OF, SEEN, COUNT_SEEN, HOLD, UPDATE, DELETE];

#[derive(sqlx::FromRow)]
struct ShowRow {
    id: String,
    slug: String,
    guid: String,
    facts: String,
    artwork_id: Option<String>,
    created_at: i64,
    updated_at: i64,
    version: i64,
}

#[derive(sqlx::FromRow)]
struct Count {
    n: i64,
}

impl TryFrom<ShowRow> for Show {
    type Error = StoreError;

    fn try_from(row: ShowRow) -> Result<Self, StoreError> {
        let at = Row { table: "show", id: &row.id };
        Ok(Self {
            id: at.id("id", &row.id)?,
            slug: at.word("slug", &row.slug)?,
            guid: row.guid.clone(),
            facts: at.json("facts", &row.facts)?,
            artwork_id: at.maybe_id::<Asset>("artwork_id", row.artwork_id.as_deref())?,
            created_at: at.time("created_at", row.created_at)?,
            updated_at: at.time("updated_at", row.updated_at)?,
            version: row.version,
        })
    }
}

/// Adds a show; `Taken` when its slug is in use.
pub async fn insert(tx: &mut Tx, show: &Show) -> Result<(), StoreError> {
    exec!(
        tx,
        INSERT,
        show.id.to_string(),
        show.slug.as_str(),
        &show.guid,
        &show.facts.title,
        json(&show.facts),
        show.artwork_id.map(|id| id.to_string()),
        micros(show.created_at),
        micros(show.updated_at),
        show.version,
    )?;
    Ok(())
}

/// The show with this slug or id.
pub async fn find(tx: &mut Tx, name: &str) -> Result<Option<Show>, StoreError> {
    one!(tx, ShowRow, GET, name, name)?.map(Show::try_from).transpose()
}

/// The show with this id.
pub async fn get(tx: &mut Tx, id: Id<Show>) -> Result<Option<Show>, StoreError> {
    find(tx, &id.to_string()).await
}

/// Whether a slug is in use, or leads to the show that had it.
pub async fn slug_taken(tx: &mut Tx, slug: &Slug) -> Result<bool, StoreError> {
    Ok(find(tx, slug.as_str()).await?.is_some() || former::show(tx, slug.as_str()).await?.is_some())
}

/// Every show, by title.
pub async fn list(tx: &mut Tx) -> Result<Vec<Show>, StoreError> {
    all!(tx, ShowRow, LIST)?.into_iter().map(Show::try_from).collect()
}

/// The shows a user is a member of, by title.
pub async fn list_of(tx: &mut Tx, user: Id<User>) -> Result<Vec<Show>, StoreError> {
    all!(tx, ShowRow, LIST_OF, user.to_string())?.into_iter().map(Show::try_from).collect()
}

/// Some of the shows a user is a member of, or of all where there is no user, by title, and how many there are.
pub async fn page(tx: &mut Tx, member: Option<Id<User>>, page: Page) -> Result<(Vec<Show>, i64), StoreError> {
    let (all, user) = (member.is_none(), member.map_or_else(String::new, |id| id.to_string()));
    let rows = all!(tx, ShowRow, SEEN, all, &user, page.limit, page.offset)?;
    let count = one!(tx, Count, COUNT_SEEN, all, &user)?.map_or(0, |row| row.n);
    Ok((rows.into_iter().map(Show::try_from).collect::<Result<_, _>>()?, count))
}

/// Writes a changed show; `Stale` when its version is not the stored one, `Taken` when its new slug is in use.
pub async fn update(tx: &mut Tx, show: &Show) -> Result<(), StoreError> {
    let rows = exec!(
        tx,
        UPDATE,
        show.slug.as_str(),
        &show.facts.title,
        json(&show.facts),
        show.artwork_id.map(|id| id.to_string()),
        micros(show.updated_at),
        show.id.to_string(),
        show.version,
    )?;
    one_changed(rows)
}

/// Lets other transactions that hold this show wait until this one ends.
pub async fn hold(tx: &mut Tx, id: Id<Show>) -> Result<(), StoreError> {
    one_changed(exec!(tx, HOLD, id.to_string())?)
}

/// Removes a show with its episodes, members and file records.
pub async fn delete(tx: &mut Tx, show: &Show) -> Result<(), StoreError> {
    one_changed(exec!(tx, DELETE, show.id.to_string(), show.version)?)
}
