//! Mixing a room's speakers once more from its journal, and going back to the mix that was made live.

use rostrum_domain::Id;
use rostrum_domain::access::{Action, Caller};
pub use rostrum_domain::edit::Remaster;
use rostrum_domain::episode::Episode;
use rostrum_domain::job::Job;
use rostrum_store::asset::Shelf;
use rostrum_store::{asset, room};
use serde_json::json;

use super::undisturbed;
use crate::audit::{self, Note};
use crate::rooms::stems;
use crate::{App, Error, episodes, jobs};

/// Queues a new mix, in place of the one that is served.
pub async fn ask(app: &App, caller: &Caller, id: Id<Episode>, how: Remaster) -> Result<Id<Job>, Error> {
    queue(app, caller, id, Some(how)).await
}

/// Queues the way back to the mix that was made live.
pub async fn undo(app: &App, caller: &Caller, id: Id<Episode>) -> Result<Id<Job>, Error> {
    queue(app, caller, id, None).await
}

async fn queue(app: &App, caller: &Caller, id: Id<Episode>, how: Option<Remaster>) -> Result<Id<Job>, Error> {
    let mut tx = app.store.write().await?;
    let (_, episode) = episodes::guarded(&mut tx, caller, Action::EditEpisodes, id).await?;
    let files = asset::of_episode(&mut tx, id).await?;
    if how.is_some() && (room::of_episode(&mut tx, id).await?.is_none() || !stems::possible(&files)) {
        let text = "This episode has no journal of a room to mix from, or it is still being put away; try again later.";
        return Err(Error::Conflict(text.into()));
    }
    if how.is_none() && asset::aside(&mut tx, id, Shelf::Live).await?.is_empty() {
        return Err(Error::Conflict("The mix that was made live is the one that is served.".into()));
    }
    undisturbed(&mut tx, id).await?;
    let action = if how.is_some() { "recording-remastered" } else { "recording-live-mix" };
    let note = Note::by(caller, action, format!("episode {id}"));
    audit::note(app, &mut tx, note.with(json!({"title": episode.facts.title, "how": how}))).await?;
    let job = jobs::remaster::enqueue(app, &mut tx, &episode, how).await?;
    tx.commit().await?;
    app.wake_worker();
    Ok(job)
}
