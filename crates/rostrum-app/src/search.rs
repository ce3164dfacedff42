//! Search over titles, notes and transcripts of published episodes.

use rostrum_domain::Id;
use rostrum_domain::asset::Asset;
use rostrum_domain::episode::Episode;
use rostrum_domain::show::Show;
use rostrum_domain::transcript::Cue;
use rostrum_feed::notes;
use rostrum_store::search::{self, Hit, Part, Passage, Query};
use rostrum_store::{Tx, asset, episode, show};

use crate::{App, Error};

/// Characters of notes that one passage holds at most.
const NOTES_MAX: usize = 20_000;
/// A transcript passage ends once it is this long, in milliseconds: a hit should land near the words.
const PASSAGE_MS: i64 = 20_000;
/// Results shown.
const HITS_MAX: i64 = 50;

/// A result with what a page says about it.
#[derive(Debug, Clone)]
pub struct Found {
    /// The show.
    pub show: Show,
    /// The episode.
    pub episode: Episode,
    /// Its current files.
    pub assets: Vec<Asset>,
    /// The passage.
    pub hit: Hit,
}

/// Results, best first, and the folded words they match; nothing for a query without words.
pub async fn find(app: &App, text: &str) -> Result<(Vec<Found>, Vec<String>), Error> {
    let Some(query) = Query::parse(text) else { return Ok((Vec::new(), Vec::new())) };
    let mut tx = app.store.read().await?;
    let mut found: Vec<Found> = Vec::new();
    for hit in search::find(&mut tx, &query, HITS_MAX).await? {
        let known = found.iter().find(|earlier| earlier.episode.id == hit.episode_id);
        let (show, episode, assets) = match known {
            Some(earlier) => (earlier.show.clone(), earlier.episode.clone(), earlier.assets.clone()),
            None => match load(&mut tx, hit.episode_id).await? {
                Some(whole) => whole,
                None => continue,
            },
        };
        found.push(Found { show, episode, assets, hit });
    }
    Ok((found, query.words().to_vec()))
}

async fn load(tx: &mut Tx, id: Id<Episode>) -> Result<Option<(Show, Episode, Vec<Asset>)>, Error> {
    let Some(episode) = episode::get(tx, id).await? else { return Ok(None) };
    let assets = asset::of_episode(tx, id).await?;
    Ok(show::get(tx, episode.show_id).await?.map(|show| (show, episode, assets)))
}

/// Puts an episode's title and notes in the index.
pub(crate) async fn index_facts(tx: &mut Tx, episode: &Episode) -> Result<(), Error> {
    let passage = |words: String| Passage { start_ms: 0, words };
    search::replace(tx, episode.id, Part::Title, &[passage(episode.facts.title.clone())]).await?;
    let words = format!("{} {}", episode.facts.summary, notes::plain(&episode.facts.notes, NOTES_MAX));
    let kept: Vec<Passage> = (!words.trim().is_empty()).then(|| passage(words)).into_iter().collect();
    search::replace(tx, episode.id, Part::Notes, &kept).await?;
    Ok(())
}

/// Puts what is said in an episode in the index.
pub(crate) async fn index_transcript(tx: &mut Tx, episode: Id<Episode>, cues: &[Cue]) -> Result<(), Error> {
    search::replace(tx, episode, Part::Transcript, &passages(cues)).await?;
    Ok(())
}

/// Cues gathered into passages of about 20 s.
fn passages(cues: &[Cue]) -> Vec<Passage> {
    let mut passages: Vec<Passage> = Vec::new();
    for cue in cues {
        match passages.last_mut() {
            Some(last) if cue.end_ms - last.start_ms <= PASSAGE_MS => {
                last.words.push(' ');
                last.words.push_str(&cue.text);
            }
            _ => passages.push(Passage { start_ms: cue.start_ms, words: cue.text.clone() }),
        }
    }
    passages
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passages_begin_where_their_words_do() {
        let cue = |start_s: i64, text: &str| Cue {
            start_ms: start_s * 1000,
            end_ms: start_s * 1000 + 5000,
            speaker: None,
            text: text.into(),
        };
        let passages = passages(&[cue(0, "a"), cue(10, "b"), cue(16, "c"), cue(300, "d")]);
        let found: Vec<_> = passages.iter().map(|p| (p.start_ms / 1000, p.words.as_str())).collect();
        assert_eq!(found, [(0, "a b"), (16, "c"), (300, "d")]);
    }
}
