//! Full text over titles, notes and transcripts: which episodes a query finds, and what is said in them. The one module
//! with a dialect per database (FTS5, GIN over tsvector); both index the words that the program makes of a text.

mod query;
mod text;

use rostrum_domain::asset::Asset;
use rostrum_domain::episode::{Episode, State};
use rostrum_domain::transcript::Cue;
use rostrum_domain::{Id, Timestamp};

use crate::db::{Conn, Dialect, all, exec, one};
use crate::episode::EpisodeRow;
use crate::row::{Row, micros};
use crate::{StoreError, Tx};

pub use query::{Query, Term};
pub use text::{fold, fold_into};

use text::Words;

macro_rules! found {
    ($($inner:tt)*) => {
        concat!(
            "SELECT e.id, e.show_id, e.slug, e.guid, e.state, e.published_at, e.facts, e.created_at, e.updated_at, ",
            "e.version, s.cues, s.notes, m.duration_ms, a.id AS artwork_id FROM (",
            $($inner)*,
            ") hit JOIN episode e ON e.id = hit.episode_id LEFT JOIN spoken s ON s.episode_id = e.id ",
            "LEFT JOIN asset m ON m.episode_id = e.id AND m.kind = 'mp3' AND m.retired_at IS NULL ",
            "AND m.shelf IS NULL ",
            "LEFT JOIN asset a ON a.episode_id = e.id AND a.kind = 'artwork' AND a.retired_at IS NULL ",
            "AND a.shelf IS NULL ",
            "WHERE e.state = 'published' ORDER BY hit.listed_at DESC, e.id"
        )
    };
}

macro_rules! find_postgres {
    ($column:literal) => {
        found!(concat!(
            "SELECT episode_id, listed_at FROM document ",
            "WHERE array_to_tsvector(string_to_array(",
            $column,
            ", ' ')) @@ CAST($1 AS tsquery) AND listed_at IS NOT NULL ORDER BY listed_at DESC, id LIMIT $2"
        ))
    };
}

const PUT: &str = "INSERT INTO document (episode_id, listed_at, title, main, whole) VALUES ($1, $2, $3, $4, $5) \
     ON CONFLICT (episode_id) DO UPDATE SET listed_at = excluded.listed_at, title = excluded.title, \
     main = excluded.main, whole = excluded.whole";
const LIST: &str = "UPDATE document SET listed_at = $1 WHERE episode_id = $2";
const SAY: &str = "INSERT INTO spoken (episode_id, cues) VALUES ($1, $2) \
     ON CONFLICT (episode_id) DO UPDATE SET cues = excluded.cues";
const WRITE: &str = "INSERT INTO spoken (episode_id, cues, notes) VALUES ($1, '', $2) \
     ON CONFLICT (episode_id) DO UPDATE SET notes = excluded.notes";
const SAID: &str = "SELECT cues FROM spoken WHERE episode_id = $1";
const MISSING: &str = "SELECT e.id FROM episode e LEFT JOIN document d ON d.episode_id = e.id \
     WHERE d.episode_id IS NULL ORDER BY e.id LIMIT $1";
// The small index is named: rows of the table hold every word of an episode, and thousands may have to be passed.
const FIND_SQLITE: &str = found!(
    "SELECT d.episode_id, d.listed_at FROM document_index JOIN document d INDEXED BY document_listed \
     ON d.id = document_index.rowid WHERE document_index MATCH $1 AND d.listed_at IS NOT NULL \
     ORDER BY d.listed_at DESC, d.id LIMIT $2"
);
const FIND_POSTGRES: [(Tier, &str); 3] = [
    (Tier::Title, find_postgres!("title")),
    (Tier::Main, find_postgres!("main")),
    (Tier::Whole, find_postgres!("whole")),
];
// Reading the table instead of its index would unpack every episode's words, which the planner does not count; and it
// takes the price put on that for work that is worth compiling, which takes a hundred times as long as the search.
const PLAN_POSTGRES: &str = "SELECT set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true)";

#[cfg(test)]
pub(crate) fn statements(dialect: Dialect) -> &'static [&'static str] {
    const POSTGRES: &[&str] = &[
        PUT,
        LIST,
        SAY,
        WRITE,
        SAID,
        MISSING,
        FIND_POSTGRES[0].1,
        FIND_POSTGRES[1].1,
        FIND_POSTGRES[2].1,
        PLAN_POSTGRES,
    ];
    match dialect {
        Dialect::Sqlite => &[PUT, LIST, SAY, WRITE, SAID, MISSING, FIND_SQLITE],
        Dialect::Postgres => POSTGRES,
    }
}

/// Where all words of a query were found, the most telling first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tier {
    Title,
    Main,
    Whole,
}

impl Tier {
    const fn column(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Main => "main",
            Self::Whole => "whole",
        }
    }
}

/// What somebody says in one go, where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Where it begins, in milliseconds.
    pub start_ms: i64,
    /// Who says it; empty if unknown.
    pub speaker: String,
    /// The words as people read them.
    pub text: String,
}

/// A published episode that may match: the index knows its words, but not always their order.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The episode.
    pub episode: Episode,
    /// The plain text of its notes.
    pub notes: String,
    /// What is said in it.
    pub said: Vec<Said>,
    /// Length of its sound in milliseconds.
    pub duration_ms: i64,
    /// A picture of its own.
    pub artwork_id: Option<Id<Asset>>,
}

#[derive(sqlx::FromRow)]
struct CandidateRow {
    #[sqlx(flatten)]
    episode: EpisodeRow,
    cues: Option<String>,
    notes: Option<String>,
    duration_ms: Option<i64>,
    artwork_id: Option<String>,
}

#[derive(sqlx::FromRow)]
struct CuesRow {
    cues: String,
}

#[derive(sqlx::FromRow)]
struct IdRow {
    id: String,
}

impl TryFrom<CandidateRow> for Candidate {
    type Error = StoreError;

    fn try_from(row: CandidateRow) -> Result<Self, StoreError> {
        let episode = Episode::try_from(row.episode)?;
        let id = episode.id.to_string();
        let artwork_id = Row { table: "asset", id: &id }.maybe_id("id", row.artwork_id.as_deref())?;
        let said = row.cues.as_deref().map(lines).unwrap_or_default();
        let (notes, duration_ms) = (row.notes.unwrap_or_default(), row.duration_ms.unwrap_or(0));
        Ok(Self { episode, notes, said, duration_ms, artwork_id })
    }
}

/// Puts an episode in the index as it is now, with the plain text of its notes and what is said in it.
pub async fn put(tx: &mut Tx, episode: &Episode, notes: &str, said: &[Said]) -> Result<(), StoreError> {
    let words = Words::of(&episode.facts.title, notes, said.iter().map(|one| one.text.as_str()));
    exec!(tx, PUT, episode.id.to_string(), listed_at(episode), words.title, words.main, words.whole)?;
    exec!(tx, WRITE, episode.id.to_string(), notes)?;
    Ok(())
}

/// Notes whether an episode is to be found, and since when.
pub async fn list(tx: &mut Tx, episode: &Episode) -> Result<(), StoreError> {
    exec!(tx, LIST, listed_at(episode), episode.id.to_string())?;
    Ok(())
}

fn listed_at(episode: &Episode) -> Option<i64> {
    let at: Timestamp = episode.published_at.unwrap_or(episode.created_at);
    (episode.state == State::Published).then(|| micros(at))
}

/// Keeps what is said in an episode, for [`put`] and for results.
pub async fn say(tx: &mut Tx, episode: Id<Episode>, cues: &[Cue]) -> Result<(), StoreError> {
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = |cue: &Cue| {
        let speaker = plain(cue.speaker.as_deref().unwrap_or_default());
        format!("{}\t{speaker}\t{}", cue.start_ms, plain(&cue.text))
    };
    let text = cues.iter().map(line).collect::<Vec<_>>().join("\n");
    exec!(tx, SAY, episode.to_string(), text)?;
    Ok(())
}

/// What is said in an episode.
pub async fn said(tx: &mut Tx, episode: Id<Episode>) -> Result<Vec<Said>, StoreError> {
    Ok(one!(tx, CuesRow, SAID, episode.to_string())?.map(|row| lines(&row.cues)).unwrap_or_default())
}

fn lines(cues: &str) -> Vec<Said> {
    let line = |line: &str| {
        let (start_ms, rest) = line.split_once('\t')?;
        let (speaker, text) = rest.split_once('\t')?;
        Some(Said { start_ms: start_ms.parse().ok()?, speaker: speaker.to_owned(), text: text.to_owned() })
    };
    cues.lines().filter_map(line).collect()
}

/// Some of the episodes that no index knows yet.
pub async fn missing(tx: &mut Tx, limit: i64) -> Result<Vec<Id<Episode>>, StoreError> {
    let id = |row: IdRow| Row { table: "episode", id: &row.id }.id("id", &row.id);
    all!(tx, IdRow, MISSING, limit)?.into_iter().map(id).collect()
}

/// The published episodes that may match best, at most `limit`: first those whose title holds all words, then those
/// that are about them, then those that mention them; in each group the newest first.
pub async fn find(tx: &mut Tx, query: &Query, limit: usize) -> Result<Vec<Candidate>, StoreError> {
    if let Conn::Postgres(conn) = tx.conn() {
        sqlx::query(PLAN_POSTGRES).execute(conn).await?;
    }
    let mut found: Vec<Candidate> = Vec::new();
    for (tier, postgres) in FIND_POSTGRES {
        // Only title and whole know which words follow each other.
        if found.len() >= limit || (tier == Tier::Main && query.has_phrase()) {
            continue;
        }
        let dialect = tx.dialect();
        let sql = if dialect == Dialect::Sqlite { FIND_SQLITE } else { postgres };
        let rows = all!(tx, CandidateRow, sql, query.text(dialect, tier.column()), wanted(limit))?;
        for row in rows {
            let next = Candidate::try_from(row)?;
            if found.len() < limit && found.iter().all(|known| known.episode.id != next.episode.id) {
                found.push(next);
            }
        }
    }
    Ok(found)
}

fn wanted(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asset::Shelf;
    use crate::suite::{a_picture, a_show, an_episode, on_both};
    use crate::{Store, asset, episode, show};
    use rostrum_domain::asset::AssetKind;

    async fn fill(store: &Store) -> Tx {
        let mut tx = store.write().await.expect("a transaction begins");
        show::insert(&mut tx, &a_show()).await.expect("the table is empty");
        for (number, state) in [(1, State::Published), (2, State::Draft), (3, State::Published)] {
            let mut it = an_episode(number, state, Some(number as i64));
            it.facts.title = if number == 1 { "Das Café".into() } else { "Other".into() };
            episode::insert(&mut tx, &it).await.expect("it is new");
            let cue = |start_ms, speaker: Option<&str>, text: &str| Cue {
                start_ms,
                end_ms: start_ms + 1,
                speaker: speaker.map(str::to_owned),
                text: text.to_owned(),
            };
            let cues = [cue(61_000, Some("Zoë\tA"), "Le café était\nfermé,"), cue(63_000, None, "naïve Übung.")];
            say(&mut tx, it.id, &cues).await.expect("it is kept");
            let said = said(&mut tx, it.id).await.expect("it is there");
            assert_eq!((said[0].speaker.as_str(), said[0].text.as_str()), ("Zoë A", "Le café était fermé,"));
            put(&mut tx, &it, "notes on cheese", &said).await.expect("it is indexed");
            put(&mut tx, &it, "notes on cheese", &said).await.expect("it is indexed again");
        }
        tx
    }

    async fn slugs(tx: &mut Tx, text: &str) -> Vec<String> {
        let query = Query::parse(text).expect("there are words");
        let found = find(tx, &query, 10).await.expect("it finds");
        found.iter().map(|one| one.episode.slug.to_string()).collect()
    }

    #[tokio::test]
    async fn finds_folded_words_of_published_episodes_titles_first() {
        on_both(|store| async move {
            let mut tx = fill(&store).await;
            assert_eq!(slugs(&mut tx, "CAFE").await, ["e1", "e3"]);
            assert_eq!(slugs(&mut tx, "fermé ubu").await, ["e3", "e1"], "the newest first");
            assert_eq!(slugs(&mut tx, "ub").await, [""; 0], "two letters are no beginning");
            assert_eq!(slugs(&mut tx, "cheese naive").await, ["e3", "e1"]);
            assert_eq!(slugs(&mut tx, "nowhere").await, [""; 0]);
            assert_eq!(slugs(&mut tx, "\"fermé naïve\"").await, ["e3", "e1"], "from one cue to the next");
            assert_eq!(slugs(&mut tx, "\"naïve fermé\"").await, [""; 0]);
            assert_eq!(slugs(&mut tx, "\"das café\"").await, ["e1"]);
        })
        .await;
    }

    #[tokio::test]
    async fn a_trimmed_episode_is_found_once_and_as_long_as_it_is_served() {
        on_both(|store| async move {
            let mut tx = fill(&store).await;
            let whole = |number, duration_ms| Asset {
                episode_id: Some(an_episode(1, State::Published, Some(1)).id),
                kind: AssetKind::Mp3,
                duration_ms,
                ..a_picture(number)
            };
            asset::insert_aside(&mut tx, &whole(1, 9_000), Shelf::Whole).await.expect("there is none");
            asset::insert(&mut tx, &whole(2, 5_000)).await.expect("there is none");
            let found = find(&mut tx, &Query::parse("das").expect("it is a word"), 10).await.expect("it finds");
            assert_eq!(found.iter().map(|one| one.duration_ms).collect::<Vec<_>>(), [5_000]);
        })
        .await;
    }

    #[tokio::test]
    async fn an_episode_is_found_from_its_publication_to_its_end() {
        on_both(|store| async move {
            let mut tx = fill(&store).await;
            let mut hidden = an_episode(1, State::Unpublished, Some(1));
            list(&mut tx, &hidden).await.expect("it is noted");
            assert_eq!(slugs(&mut tx, "cafe").await, ["e3"]);
            hidden.state = State::Published;
            list(&mut tx, &hidden).await.expect("it is noted");
            assert_eq!(slugs(&mut tx, "cafe").await, ["e1", "e3"]);
            let last = episode::get(&mut tx, an_episode(3, State::Draft, None).id).await.expect("it reads");
            episode::delete(&mut tx, &last.expect("it is there")).await.expect("nobody changed it");
            assert_eq!(slugs(&mut tx, "cafe").await, ["e1"]);
            assert_eq!(slugs(&mut tx, "other").await, [""; 0]);
            let fresh = an_episode(9, State::Draft, None);
            episode::insert(&mut tx, &fresh).await.expect("it is new");
            assert_eq!(missing(&mut tx, 5).await.expect("it looks"), [fresh.id]);
        })
        .await;
    }
}
