//! Search over titles, notes and transcripts of published episodes: the index gives candidates, their texts are looked
//! through here, so that the best come first and every quotation begins at its second.

mod index;
mod rank;

pub use index::catch_up;
pub(crate) use index::{facts, listed, transcript};

use rostrum_domain::Id;
use rostrum_domain::asset::Asset;
use rostrum_domain::episode::Episode;
use rostrum_domain::show::Show;
use rostrum_feed::notes;
use rostrum_store::search::{self, Candidate, Query};
use rostrum_store::{Tx, show};

use crate::{App, Error};
use rank::{Reader, Reading};

pub use rank::Quote;

/// Candidates looked through; as many episodes can be found.
pub const FOUND_MAX: usize = 30;

/// An episode that was found, with what a page says about it.
#[derive(Debug, Clone)]
pub struct Found {
    /// The show.
    pub show: Show,
    /// The episode.
    pub episode: Episode,
    /// Length of its sound in milliseconds.
    pub duration_ms: i64,
    /// A picture of its own.
    pub artwork_id: Option<Id<Asset>>,
    /// Its notes as plain text where they match; empty where they do not.
    pub notes: String,
    /// What is said where it matches, at most three places in order.
    pub quotes: Vec<Quote>,
}

/// Episodes, best first, and the folded words they match; nothing for a query without words.
pub async fn find(app: &App, text: &str) -> Result<(Vec<Found>, Vec<String>), Error> {
    let Some(query) = Query::parse(text) else { return Ok((Vec::new(), Vec::new())) };
    let mut tx = app.store.read().await?;
    let candidates = search::find(&mut tx, &query, FOUND_MAX).await?;
    let reader = Reader::new(&query);
    let mut read: Vec<(Reading, Candidate)> = Vec::new();
    for candidate in candidates {
        read.extend(reader.read(&candidate).map(|reading| (reading, candidate)));
    }
    read.sort_by(|one, other| other.0.score.total_cmp(&one.0.score));
    let mut found = Vec::<Found>::with_capacity(read.len());
    for (reading, candidate) in read {
        let known = found.iter().find(|earlier| earlier.show.id == candidate.episode.show_id);
        let Some(show) = show_of(&mut tx, known, &candidate.episode).await? else { continue };
        let Candidate { episode, duration_ms, artwork_id, .. } = candidate;
        found.push(Found { show, episode, duration_ms, artwork_id, notes: reading.notes, quotes: reading.quotes });
    }
    Ok((found, query.words()))
}

async fn show_of(tx: &mut Tx, known: Option<&Found>, episode: &Episode) -> Result<Option<Show>, Error> {
    match known {
        Some(earlier) => Ok(Some(earlier.show.clone())),
        None => Ok(show::get(tx, episode.show_id).await?),
    }
}

/// Characters of notes that count.
const NOTES_MAX: usize = 20_000;

/// What an episode's notes say, without markup.
fn notes_of(episode: &Episode) -> String {
    let facts = &episode.facts;
    if facts.notes.is_empty() {
        return facts.summary.clone();
    }
    format!("{} {}", facts.summary, notes::plain(&facts.notes, NOTES_MAX)).trim().to_owned()
}
