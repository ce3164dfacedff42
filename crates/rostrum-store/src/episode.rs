//! Episodes.

use rostrum_domain::episode::{Episode, State};
use rostrum_domain::show::Show;
use rostrum_domain::{Id, Slug, Timestamp};

use crate::db::{all, exec, one};
use crate::error::one_changed;
use crate::row::{Row, json, micros};
use crate::{StoreError, Tx, former};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, show_id, slug, guid, state, published_at, facts, created_at, updated_at, version FROM episode ",
            $rest
        )
    };
}

const INSERT: &str = "INSERT INTO episode (id, show_id, slug, guid, state, published_at, title, kind, facts, \
     created_at, updated_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
const GET: &str = select!("WHERE id = $1");
const FIND: &str = select!("WHERE show_id = $1 AND (slug = $2 OR id = $3)");
const OF_SHOW: &str = select!("WHERE show_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $3");
const FILTERED: &str = select!(
    "WHERE show_id = $1 AND ($2 = '' OR state = $3) AND LOWER(title) LIKE $4 ESCAPE '!' \
     ORDER BY created_at DESC, id DESC LIMIT $5 OFFSET $6"
);
const COUNT_FILTERED: &str = "SELECT COUNT(*) AS n FROM episode \
     WHERE show_id = $1 AND ($2 = '' OR state = $3) AND LOWER(title) LIKE $4 ESCAPE '!'";
const PUBLISHED: &str = select!(
    "WHERE show_id = $1 AND state = 'published' ORDER BY published_at DESC NULLS LAST, id DESC LIMIT $2 OFFSET $3"
);
const LATEST: &str = select!("WHERE state = 'published' ORDER BY published_at DESC NULLS LAST, id DESC LIMIT $1");
const DUE: &str = "SELECT id FROM episode WHERE state = 'scheduled' AND published_at <= $1 \
     ORDER BY published_at, id LIMIT 50 OFFSET $2";
const NEXT_DUE: &str =
    "SELECT CAST(MIN(published_at) AS BIGINT) AS at FROM episode WHERE state = 'scheduled' AND published_at > $1";
const REVISION: &str = "SELECT COUNT(*) AS n, CAST(SUM(version + touched) AS BIGINT) AS changes, \
     CAST(MAX(updated_at) AS BIGINT) AS at FROM episode WHERE show_id = $1 AND state = 'published'";
const TRAILERS: &str = select!(
    "WHERE show_id = $1 AND state = 'published' AND kind = 'trailer' \
     ORDER BY published_at DESC NULLS LAST LIMIT 20"
);
const AFTER: &str =
    select!("WHERE show_id = $1 AND state = 'published' AND published_at > $2 ORDER BY published_at, id LIMIT 1");
const BEFORE: &str = select!(
    "WHERE show_id = $1 AND state = 'published' AND published_at < $2 \
     ORDER BY published_at DESC NULLS LAST, id DESC LIMIT 1"
);
const COUNT: &str = "SELECT COUNT(*) AS n FROM episode WHERE show_id = $1";
const COUNT_PUBLISHED: &str = "SELECT COUNT(*) AS n FROM episode WHERE show_id = $1 AND state = 'published'";
const UPDATE: &str = "UPDATE episode SET slug = $1, state = $2, published_at = $3, title = $4, kind = $5, \
     facts = $6, updated_at = $7, version = version + 1 WHERE id = $8 AND version = $9";
// A change of files is no change of facts: who edits the facts meanwhile must not be told to start again.
const TOUCH: &str = "UPDATE episode SET updated_at = $1, touched = touched + 1 WHERE id = $2";
const DELETE: &str = "DELETE FROM episode WHERE id = $1 AND version = $2";

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[
    INSERT,
    GET,
    FIND,
    OF_SHOW,
    FILTERED,
    COUNT_FILTERED,
    PUBLISHED,
    LATEST,
    DUE,
    NEXT_DUE,
    COUNT,
    COUNT_PUBLISHED,
    REVISION,
    TRAILERS,
    AFTER,
    BEFORE,
    UPDATE,
    TOUCH,
    DELETE,
];

#[derive(sqlx::FromRow)]
pub(crate) struct EpisodeRow {
    id: String,
    show_id: String,
    slug: String,
    guid: String,
    state: String,
    published_at: Option<i64>,
    facts: String,
    created_at: i64,
    updated_at: i64,
    version: i64,
}

#[derive(sqlx::FromRow)]
struct Count {
    n: i64,
}

#[derive(sqlx::FromRow)]
struct IdRow {
    id: String,
}

#[derive(sqlx::FromRow)]
struct At {
    at: Option<i64>,
}

#[derive(sqlx::FromRow)]
pub(crate) struct RevisionRow {
    n: i64,
    changes: Option<i64>,
    at: Option<i64>,
}

impl From<RevisionRow> for Revision {
    fn from(row: RevisionRow) -> Self {
        Self { count: row.n, changes: row.changes.unwrap_or(0), changed_us: row.at.unwrap_or(0) }
    }
}

/// Changes whenever anything does that a show's published episodes say, also where clocks are set back or transactions
/// end in another order than they began in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Revision {
    /// How many are published.
    pub count: i64,
    /// How often they were changed, all together.
    pub changes: i64,
    /// When one last changed, in microseconds since 1970.
    pub changed_us: i64,
}

/// A stretch of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Rows at most.
    pub limit: i64,
    /// Rows to pass over.
    pub offset: i64,
}

impl TryFrom<EpisodeRow> for Episode {
    type Error = StoreError;

    fn try_from(row: EpisodeRow) -> Result<Self, StoreError> {
        let at = Row { table: "episode", id: &row.id };
        Ok(Self {
            id: at.id("id", &row.id)?,
            show_id: at.id("show_id", &row.show_id)?,
            slug: at.word("slug", &row.slug)?,
            guid: row.guid.clone(),
            state: State::parse(&row.state).ok_or_else(|| at.bad("state"))?,
            published_at: at.maybe_time("published_at", row.published_at)?,
            facts: at.json("facts", &row.facts)?,
            created_at: at.time("created_at", row.created_at)?,
            updated_at: at.time("updated_at", row.updated_at)?,
            version: row.version,
        })
    }
}

fn domain(rows: Vec<EpisodeRow>) -> Result<Vec<Episode>, StoreError> {
    rows.into_iter().map(Episode::try_from).collect()
}

/// Adds an episode; `Taken` when its slug or guid is in use in the show.
pub async fn insert(tx: &mut Tx, episode: &Episode) -> Result<(), StoreError> {
    exec!(
        tx,
        INSERT,
        episode.id.to_string(),
        episode.show_id.to_string(),
        episode.slug.as_str(),
        &episode.guid,
        episode.state.as_str(),
        episode.published_at.map(micros),
        &episode.facts.title,
        episode.facts.kind.as_str(),
        json(&episode.facts),
        micros(episode.created_at),
        micros(episode.updated_at),
        episode.version,
    )?;
    Ok(())
}

/// The episode with this id.
pub async fn get(tx: &mut Tx, id: Id<Episode>) -> Result<Option<Episode>, StoreError> {
    one!(tx, EpisodeRow, GET, id.to_string())?.map(Episode::try_from).transpose()
}

/// The episode of a show with this slug or id.
pub async fn find(tx: &mut Tx, show: Id<Show>, name: &str) -> Result<Option<Episode>, StoreError> {
    one!(tx, EpisodeRow, FIND, show.to_string(), name, name)?.map(Episode::try_from).transpose()
}

/// Whether a slug is in use in a show, or leads to the episode that had it.
pub async fn slug_taken(tx: &mut Tx, show: Id<Show>, slug: &Slug) -> Result<bool, StoreError> {
    let slug = slug.as_str();
    Ok(find(tx, show, slug).await?.is_some() || former::episode(tx, show, slug).await?.is_some())
}

/// Every episode of a show, the newest made first.
pub async fn of_show(tx: &mut Tx, show: Id<Show>, page: Page) -> Result<Vec<Episode>, StoreError> {
    domain(all!(tx, EpisodeRow, OF_SHOW, show.to_string(), page.limit, page.offset)?)
}

/// What a list of a show's episodes is narrowed to.
#[derive(Debug, Clone, Copy)]
pub struct Filter<'a> {
    /// The show.
    pub show: Id<Show>,
    /// The state, if one is wanted.
    pub state: Option<State>,
    /// Letters that occur in the title; empty for all.
    pub words: &'a str,
}

impl Filter<'_> {
    fn state(&self) -> &'static str {
        self.state.map_or("", State::as_str)
    }

    fn pattern(&self) -> String {
        let plain = self.words.to_lowercase().replace('!', "!!").replace('%', "!%").replace('_', "!_");
        format!("%{plain}%")
    }
}

/// Episodes that match, the newest made first, and how many match in all.
pub async fn filtered(tx: &mut Tx, filter: Filter<'_>, page: Page) -> Result<(Vec<Episode>, i64), StoreError> {
    let (show, state, words) = (filter.show.to_string(), filter.state(), filter.pattern());
    let rows = all!(tx, EpisodeRow, FILTERED, &show, state, state, &words, page.limit, page.offset)?;
    let count = one!(tx, Count, COUNT_FILTERED, &show, state, state, &words)?.map_or(0, |row| row.n);
    Ok((domain(rows)?, count))
}

/// The published episodes of a show, the newest first.
pub async fn published(tx: &mut Tx, show: Id<Show>, page: Page) -> Result<Vec<Episode>, StoreError> {
    domain(all!(tx, EpisodeRow, PUBLISHED, show.to_string(), page.limit, page.offset)?)
}

/// The newest published episodes of all shows.
pub async fn latest(tx: &mut Tx, limit: i64) -> Result<Vec<Episode>, StoreError> {
    domain(all!(tx, EpisodeRow, LATEST, limit)?)
}

/// Scheduled episodes whose time has come, at most 50, without the first `passed_over`.
pub async fn due(tx: &mut Tx, now: Timestamp, passed_over: i64) -> Result<Vec<Id<Episode>>, StoreError> {
    let rows = all!(tx, IdRow, DUE, micros(now), passed_over)?;
    rows.iter().map(|row| Row { table: "episode", id: &row.id }.id("id", &row.id)).collect()
}

/// When the next scheduled episode after `now` is due.
pub async fn next_due(tx: &mut Tx, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
    let at = one!(tx, At, NEXT_DUE, micros(now))?.and_then(|row| row.at);
    Row { table: "episode", id: "next due" }.maybe_time("published_at", at)
}

/// How many episodes a show has.
pub async fn count(tx: &mut Tx, show: Id<Show>) -> Result<i64, StoreError> {
    Ok(one!(tx, Count, COUNT, show.to_string())?.map_or(0, |row| row.n))
}

/// How many published episodes a show has.
pub async fn count_published(tx: &mut Tx, show: Id<Show>) -> Result<i64, StoreError> {
    Ok(one!(tx, Count, COUNT_PUBLISHED, show.to_string())?.map_or(0, |row| row.n))
}

/// What tells whether a show's public pages and feed must be made anew.
pub async fn revision(tx: &mut Tx, show: Id<Show>) -> Result<Revision, StoreError> {
    Ok(one!(tx, RevisionRow, REVISION, show.to_string())?.map(Revision::from).unwrap_or_default())
}

/// The published trailers of a show, the newest first.
pub async fn trailers(tx: &mut Tx, show: Id<Show>) -> Result<Vec<Episode>, StoreError> {
    domain(all!(tx, EpisodeRow, TRAILERS, show.to_string())?)
}

/// The published episodes just before and just after `at` in a show.
pub async fn neighbours(
    tx: &mut Tx,
    show: Id<Show>,
    at: Timestamp,
) -> Result<(Option<Episode>, Option<Episode>), StoreError> {
    let before = one!(tx, EpisodeRow, BEFORE, show.to_string(), micros(at))?.map(Episode::try_from).transpose()?;
    let after = one!(tx, EpisodeRow, AFTER, show.to_string(), micros(at))?.map(Episode::try_from).transpose()?;
    Ok((before, after))
}

/// Writes a changed episode; `Stale` when its version is not the stored one.
pub async fn update(tx: &mut Tx, episode: &Episode) -> Result<(), StoreError> {
    let rows = exec!(
        tx,
        UPDATE,
        episode.slug.as_str(),
        episode.state.as_str(),
        episode.published_at.map(micros),
        &episode.facts.title,
        episode.facts.kind.as_str(),
        json(&episode.facts),
        micros(episode.updated_at),
        episode.id.to_string(),
        episode.version,
    )?;
    one_changed(rows)
}

/// Notes that an episode's files changed.
pub async fn touch(tx: &mut Tx, id: Id<Episode>, now: Timestamp) -> Result<(), StoreError> {
    one_changed(exec!(tx, TOUCH, micros(now), id.to_string())?)
}

/// Removes an episode with its file records.
pub async fn delete(tx: &mut Tx, episode: &Episode) -> Result<(), StoreError> {
    one_changed(exec!(tx, DELETE, episode.id.to_string(), episode.version)?)
}
