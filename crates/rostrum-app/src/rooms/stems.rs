//! The speakers of a room each by themselves: made after every room as Opus, as WAV or FLAC for who asks.

use rostrum_domain::Id;
use rostrum_domain::access::{Action, Caller};
use rostrum_domain::asset::{Asset, AssetKind};
use rostrum_domain::episode::Episode;
use rostrum_domain::job::Job;
use rostrum_store::asset;

use super::tape;
pub use crate::jobs::stems::Form;
use crate::{App, Error, episodes, jobs};

/// The stems among an episode's files, by name; Opus first.
pub fn of(files: &[Asset]) -> Vec<&Asset> {
    let mut stems: Vec<&Asset> = files.iter().filter(|file| AssetKind::STEMS.contains(&file.kind)).collect();
    stems.sort_by_key(|file| (file.kind, &file.file_name));
    stems
}

/// Whether an episode came of a room whose journal is kept, so that stems can be made of it.
pub fn possible(files: &[Asset]) -> bool {
    !tape::of(files).is_empty()
}

/// Queues the stems of an episode in another form.
pub async fn ask(app: &App, caller: &Caller, id: Id<Episode>, form: Form) -> Result<Id<Job>, Error> {
    let mut tx = app.store.write().await?;
    let (_, episode) = episodes::guarded(&mut tx, caller, Action::EditEpisodes, id).await?;
    if !possible(&asset::of_episode(&mut tx, episode.id).await?) {
        let text = "This episode has no recording of its speakers, or it is still being put away; try again later.";
        return Err(Error::Conflict(text.into()));
    }
    let job = jobs::stems::enqueue(app, &mut tx, &episode, form).await?;
    tx.commit().await?;
    app.wake_worker();
    Ok(job)
}
