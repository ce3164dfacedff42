//! Keeping the index in step with episodes and their transcripts, and making what is missing of it.

use rostrum_domain::Id;
use rostrum_domain::episode::Episode;
use rostrum_domain::transcript::Cue;
use rostrum_store::{Tx, asset, episode, search};

use super::notes_of;
use crate::{App, Error, transcripts};

/// Puts an episode's title and notes in the index, beside what is said in it.
pub(crate) async fn facts(tx: &mut Tx, episode: &Episode) -> Result<(), Error> {
    let said = search::said(tx, episode.id).await?;
    Ok(search::put(tx, episode, &notes_of(episode), &said).await?)
}

/// Puts what is said in an episode in the index, beside its title and notes.
pub(crate) async fn transcript(tx: &mut Tx, episode: &Episode, cues: &[Cue]) -> Result<(), Error> {
    search::say(tx, episode.id, cues).await?;
    facts(tx, episode).await
}

/// Notes whether an episode is to be found.
pub(crate) async fn listed(tx: &mut Tx, episode: &Episode) -> Result<(), Error> {
    Ok(search::list(tx, episode).await?)
}

/// Makes what is missing of the index, at most `limit` episodes of it; gives how many it made.
pub async fn catch_up(app: &App, limit: i64) -> Result<usize, Error> {
    let missing = search::missing(&mut app.store.read().await?, limit).await?;
    for id in &missing {
        one(app, *id).await?;
    }
    Ok(missing.len())
}

async fn one(app: &App, id: Id<Episode>) -> Result<(), Error> {
    let files = asset::of_episode(&mut app.store.read().await?, id).await?;
    let cues = transcripts::cues(app, &files).await.unwrap_or_else(|error| {
        tracing::warn!(episode = %id, %error, "the transcript cannot be read and is left out of the search");
        Vec::new()
    });
    let mut tx = app.store.write().await?;
    let Some(found) = episode::get(&mut tx, id).await? else { return Ok(()) };
    transcript(&mut tx, &found, &cues).await?;
    Ok(tx.commit().await?)
}
