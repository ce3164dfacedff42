//! Full text over titles, notes and transcripts: the one module with a dialect per database (FTS5, tsvector).
//! Terms are folded to lower-case ASCII-like letters by the program, so both databases find the same.

use rostrum_domain::Id;
use rostrum_domain::episode::Episode;

use crate::db::{Dialect, all, exec};
use crate::row::Row;
use crate::{StoreError, Tx};

const CLEAR: &str = "DELETE FROM passage WHERE episode_id = $1 AND part = $2";
const ADD_SQLITE: &str = "INSERT INTO passage (episode_id, part, start_ms, words) VALUES ($1, $2, $3, $4)";
const ADD_POSTGRES: &str = "INSERT INTO passage (episode_id, part, start_ms, words, folded) \
     VALUES ($1, $2, $3, $4, to_tsvector('simple', $5))";
// The index gives the best few hundred passages by rank alone; what may be seen is decided on those.
const FIND_SQLITE: &str = "SELECT p.episode_id, p.part, p.start_ms, p.words FROM ( \
         SELECT rowid AS id, rank AS score FROM passage_index WHERE passage_index MATCH $1 ORDER BY rank LIMIT 300 \
     ) hit JOIN passage p ON p.id = hit.id JOIN episode e ON e.id = p.episode_id \
     WHERE e.state = 'published' ORDER BY (p.part = 'title') DESC, hit.score, p.id LIMIT $2";
const FIND_POSTGRES: &str = "SELECT p.episode_id, p.part, p.start_ms, p.words FROM ( \
         SELECT id, ts_rank(folded, to_tsquery('simple', $1)) AS score FROM ( \
             SELECT id, folded FROM passage WHERE folded @@ to_tsquery('simple', $1) LIMIT 3000 \
         ) few ORDER BY score DESC LIMIT 300 \
     ) hit JOIN passage p ON p.id = hit.id JOIN episode e ON e.id = p.episode_id \
     WHERE e.state = 'published' ORDER BY (p.part = 'title') DESC, hit.score DESC, p.id LIMIT $2";

#[cfg(test)]
pub(crate) fn statements(dialect: Dialect) -> &'static [&'static str] {
    match dialect {
        Dialect::Sqlite => &[CLEAR, ADD_SQLITE, FIND_SQLITE],
        Dialect::Postgres => &[CLEAR, ADD_POSTGRES, FIND_POSTGRES],
    }
}

/// Where a passage comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The episode's title.
    Title,
    /// Its notes.
    Notes,
    /// What is said in it.
    Transcript,
}

impl Part {
    const ALL: [Self; 3] = [Self::Title, Self::Notes, Self::Transcript];

    /// The word of the database and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Notes => "notes",
            Self::Transcript => "transcript",
        }
    }
}

/// A stretch of text with its place in the episode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// Where it is said, in milliseconds; zero for titles and notes.
    pub start_ms: i64,
    /// The text as people read it.
    pub words: String,
}

/// A passage that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The episode it belongs to.
    pub episode_id: Id<Episode>,
    /// Where in the episode.
    pub part: Part,
    /// The passage.
    pub passage: Passage,
}

/// A query as both databases understand it: folded words, all of which must occur, the last as a beginning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query(Vec<String>);

impl Query {
    /// The query a person typed; none when it holds no word. At most eight words count.
    pub fn parse(text: &str) -> Option<Self> {
        let words: Vec<String> = fold(text).split_whitespace().take(8).map(str::to_owned).collect();
        (!words.is_empty()).then_some(Self(words))
    }

    /// The folded words, to mark them in a result.
    pub fn words(&self) -> &[String] {
        &self.0
    }

    // Words hold only letters and digits, so no quoting can go wrong in either syntax.
    fn text(&self, dialect: Dialect) -> String {
        let (glue, open, prefix) = match dialect {
            Dialect::Sqlite => (" ", "\"", "\"*"),
            Dialect::Postgres => (" & ", "", ":*"),
        };
        let last = self.0.len() - 1;
        let word = |(at, word): (usize, &String)| {
            let close = if at == last { prefix } else { open };
            format!("{open}{word}{close}")
        };
        self.0.iter().enumerate().map(word).collect::<Vec<_>>().join(glue)
    }
}

/// Lower-case, accents off, everything that is no letter or digit a space.
pub fn fold(text: &str) -> String {
    use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};
    text.nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect()
}

#[derive(sqlx::FromRow)]
struct HitRow {
    episode_id: String,
    part: String,
    start_ms: i64,
    words: String,
}

impl TryFrom<HitRow> for Hit {
    type Error = StoreError;

    fn try_from(row: HitRow) -> Result<Self, StoreError> {
        let at = Row { table: "passage", id: &row.episode_id };
        let part = Part::ALL.into_iter().find(|part| part.as_str() == row.part).ok_or_else(|| at.bad("part"))?;
        let episode_id = at.id("episode_id", &row.episode_id)?;
        Ok(Self { episode_id, part, passage: Passage { start_ms: row.start_ms, words: row.words } })
    }
}

/// Puts an episode's passages of one part in the index in place of the old ones.
pub async fn replace(tx: &mut Tx, episode: Id<Episode>, part: Part, passages: &[Passage]) -> Result<(), StoreError> {
    let episode = episode.to_string();
    exec!(tx, CLEAR, &episode, part.as_str())?;
    for passage in passages {
        match tx.dialect() {
            Dialect::Sqlite => exec!(tx, ADD_SQLITE, &episode, part.as_str(), passage.start_ms, &passage.words)?,
            Dialect::Postgres => exec!(
                tx,
                ADD_POSTGRES,
                &episode,
                part.as_str(),
                passage.start_ms,
                &passage.words,
                fold(&passage.words)
            )?,
        };
    }
    Ok(())
}

/// The best passages of published episodes, titles first.
pub async fn find(tx: &mut Tx, query: &Query, limit: i64) -> Result<Vec<Hit>, StoreError> {
    let dialect = tx.dialect();
    let sql = if dialect == Dialect::Sqlite { FIND_SQLITE } else { FIND_POSTGRES };
    all!(tx, HitRow, sql, query.text(dialect), limit)?.into_iter().map(Hit::try_from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suite::{a_show, an_episode, on_both};
    use crate::{episode, show};
    use rostrum_domain::episode::State;

    #[test]
    fn queries_hold_only_words() {
        assert_eq!(Query::parse(" \"'*:& "), None);
        let query = Query::parse("Über \"OR\" Größe*").expect("there are words");
        assert_eq!(query.text(Dialect::Sqlite), "\"uber\" \"or\" \"große\"*");
        assert_eq!(query.text(Dialect::Postgres), "uber & or & große:*");
    }

    #[tokio::test]
    async fn finds_folded_words_of_published_episodes_only() {
        on_both(|store| async move {
            let mut tx = store.write().await.expect("a transaction begins");
            show::insert(&mut tx, &a_show()).await.expect("the table is empty");
            for (number, state) in [(1, State::Published), (2, State::Draft)] {
                let it = an_episode(number, state, Some(1));
                episode::insert(&mut tx, &it).await.expect("it is new");
                let spoken = [Passage { start_ms: 61_000, words: "Le café était fermé, naïve Übung.".into() }];
                replace(&mut tx, it.id, Part::Transcript, &spoken).await.expect("it is indexed");
                let title = [Passage { start_ms: 0, words: "Das Café".into() }];
                replace(&mut tx, it.id, Part::Title, &title).await.expect("it is indexed");
                replace(&mut tx, it.id, Part::Title, &title).await.expect("it is indexed again");
            }
            let query = Query::parse("CAFE").expect("a word");
            let hits = find(&mut tx, &query, 10).await.expect("it finds");
            let found: Vec<_> = hits.iter().map(|hit| (hit.episode_id, hit.part, hit.passage.start_ms)).collect();
            let first = an_episode(1, State::Published, None).id;
            assert_eq!(found, [(first, Part::Title, 0), (first, Part::Transcript, 61_000)]);
            let query = Query::parse("fermé ubu").expect("words");
            assert_eq!(find(&mut tx, &query, 10).await.expect("it finds").len(), 1);
            let query = Query::parse("nowhere").expect("a word");
            assert_eq!(find(&mut tx, &query, 10).await.expect("it finds"), vec![]);
        })
        .await;
    }
}
