//! Cutting the beginning and the end off what is served of a recording, which itself stays whole.

use rostrum_domain::Id;
use rostrum_domain::access::{Action, Caller};
use rostrum_domain::asset::{Asset, AssetKind};
pub use rostrum_domain::edit::Trim;
use rostrum_domain::episode::Episode;
use rostrum_domain::job::Job;
use rostrum_domain::show::Show;
use rostrum_store::{asset, edit};
use serde_json::json;

use super::{of, trim_of, undisturbed, whole, whole_ms};
use crate::audit::{self, Note};
use crate::{App, Error, episodes, jobs, waves};

/// What an episode serves of its recording.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The show it belongs to.
    pub show: Show,
    /// The episode.
    pub episode: Episode,
    /// What is cut off.
    pub trim: Trim,
    /// How long the whole recording is, in milliseconds; 0 without one.
    pub whole_ms: i64,
    /// The path of the whole recording, for those who work on the show.
    pub listen: Option<String>,
    /// The whole recording drawn, as with [`waves::of`].
    pub wave: Vec<u8>,
    /// How the recording was mixed again, as JSON; none for the mix that was made live and for uploads.
    pub remaster: Option<String>,
    /// All files, of the whole recording.
    pub files: Vec<Asset>,
}

/// How an episode's recording is cut, for those who may change it.
pub async fn get(app: &App, caller: &Caller, id: Id<Episode>) -> Result<Standing, Error> {
    let mut tx = app.store.read().await?;
    let (show, episode) = episodes::guarded(&mut tx, caller, Action::ViewShow, id).await?;
    let edit::Kept { edit, remaster } = edit::get(&mut tx, id).await?;
    let files = whole(&mut tx, id).await?;
    drop(tx);
    let audio = of(&files, AssetKind::Mp3);
    Ok(Standing {
        trim: edit.trim,
        whole_ms: audio.map_or(0, |file| file.duration_ms),
        listen: audio.map(Asset::path),
        wave: waves::of(app, &files, WAVE_VALUES).await?,
        remaster,
        show,
        episode,
        files,
    })
}

/// Values of the drawing.
const WAVE_VALUES: usize = 240;

/// Queues the cutting, in place of one that has not been done; nothing cut off serves the whole again.
pub async fn ask(app: &App, caller: &Caller, id: Id<Episode>, trim: Trim) -> Result<Id<Job>, Error> {
    let mut tx = app.store.write().await?;
    let (_, episode) = episodes::guarded(&mut tx, caller, Action::EditEpisodes, id).await?;
    let before = trim_of(&mut tx, id).await?;
    let files = asset::of_episode(&mut tx, id).await?;
    let Some(whole_ms) = whole_ms(&files, before) else {
        return Err(Error::Conflict("There is no recording to trim yet.".into()));
    };
    trim.check(whole_ms)?;
    undisturbed(&mut tx, id).await?;
    let what = json!({"title": episode.facts.title, "head_ms": trim.head_ms, "tail_ms": trim.tail_ms});
    let note = Note::by(caller, "recording-trimmed", format!("episode {id}"));
    audit::note(app, &mut tx, note.with(what)).await?;
    let job = jobs::trim::enqueue(app, &mut tx, &episode, trim).await?;
    tx.commit().await?;
    app.wake_worker();
    Ok(job)
}
