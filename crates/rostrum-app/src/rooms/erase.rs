//! Taking somebody, or a span of time, out of everything that is kept of a room: its journal, its recordings, its chat.
//! Asked for by people of the show, written into the audit log, carried out by a job.

use rostrum_domain::Id;
use rostrum_domain::access::{Action, Caller};
use rostrum_domain::episode::Episode;
use rostrum_domain::job::Job;
use rostrum_domain::room::Participant;
use rostrum_live::erase::Erasure;
use rostrum_media::program::SAMPLES_PER_MS;
use rostrum_store::{asset, room, room_log};
use serde_json::json;

use super::stems;
use crate::audit::{self, Note};
use crate::{App, Error, edits, episodes, jobs};

/// What is to go, as people say it.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// Only what this person said and wrote; everybody's when left out.
    pub participant: Option<Id<Participant>>,
    /// From this millisecond of the episode on; from the beginning when left out.
    pub from_ms: Option<u64>,
    /// To this millisecond, which stays; to the end when left out.
    pub to_ms: Option<u64>,
}

impl Wish {
    /// On the clock of the whole recording, of which an episode may serve what comes after `head_ms`.
    fn erasure(&self, head_ms: u64) -> Result<Erasure, Error> {
        let (from, to) = (self.from_ms.unwrap_or(0), self.to_ms.unwrap_or(u64::MAX / SAMPLES_PER_MS));
        let all = self.from_ms.is_none() && self.to_ms.is_none();
        if from >= to {
            return Err(Error::invalid("to", "The end must lie behind the beginning."));
        }
        if all && self.participant.is_none() {
            return Err(Error::invalid(
                "participant",
                "Say who or from when to when; to remove all, delete the episode.",
            ));
        }
        let samples = |ms: u64| ms.saturating_add(head_ms).saturating_mul(SAMPLES_PER_MS);
        // What lies before the part that is served has no time of the episode: it goes with its beginning.
        let from = if self.from_ms.is_none_or(|from| from == 0) { 0 } else { samples(from) };
        let span = (!all).then(|| from..samples(to));
        Ok(Erasure { who: self.participant, span })
    }
}

/// Who took part in the room that an episode came of, for those who may erase; nobody where it came of none.
pub async fn people(app: &App, caller: &Caller, id: Id<Episode>) -> Result<Vec<room_log::Person>, Error> {
    let mut tx = app.store.read().await?;
    let (_, episode) = episodes::guarded(&mut tx, caller, Action::EditEpisodes, id).await?;
    match room::of_episode(&mut tx, episode.id).await? {
        Some(found) => Ok(room_log::people(&mut tx, found.id).await?),
        None => Ok(Vec::new()),
    }
}

/// Queues an erasure.
pub async fn ask(app: &App, caller: &Caller, id: Id<Episode>, wish: &Wish) -> Result<Id<Job>, Error> {
    let mut tx = app.store.write().await?;
    let (_, episode) = episodes::guarded(&mut tx, caller, Action::EditEpisodes, id).await?;
    let head_ms = edits::trim_of(&mut tx, episode.id).await?.head_ms.unsigned_abs();
    let erasure = wish.erasure(head_ms)?;
    let found = room::of_episode(&mut tx, episode.id).await?;
    if found.is_none() || !stems::possible(&asset::of_episode(&mut tx, episode.id).await?) {
        let text =
            "This episode has no journal of a room to erase from, or it is still being put away; try again later.";
        return Err(Error::Conflict(text.into()));
    }
    if let (Some(found), Some(who)) = (&found, wish.participant)
        && room_log::person(&mut tx, found.id, who).await?.is_none()
    {
        return Err(Error::invalid("participant", "Nobody of that id took part in this room."));
    }
    let note = Note::by(caller, "recording-erasure-asked", format!("episode {}", episode.id));
    let what = json!({"title": episode.facts.title, "participant": wish.participant, "from_ms": wish.from_ms,
        "to_ms": wish.to_ms});
    audit::note(app, &mut tx, note.with(what)).await?;
    let job = jobs::erase::enqueue(app, &mut tx, &episode, erasure).await?;
    tx.commit().await?;
    app.wake_worker();
    Ok(job)
}
