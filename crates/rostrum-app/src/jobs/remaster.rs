//! Mixes a room's speakers once more from its journal, or goes back to the mix that was made live: new files at new
//! addresses under the same guid, as long as they were, in one transaction. What was served live is kept aside.

mod mix;

use rostrum_domain::Id;
use rostrum_domain::asset::Asset;
use rostrum_domain::edit::{Remaster as How, Trim};
use rostrum_domain::episode::Episode;
use rostrum_domain::job::Job;
use rostrum_domain::show::Show;
use rostrum_domain::{Timestamp, room::Room};
use rostrum_store::asset::Shelf;
use rostrum_store::{Tx, asset, edit, episode, failpoint, job, room, show};

use super::{Failed, For, Handle, Work, enqueue as put, recording, retag, trim};
use crate::edits::{self, Fresh, SOUND, cut};
use crate::renditions::{self, blocking};
use crate::rooms::{press, tape};
use crate::{App, Error};

/// The episode, and how its recording is to be mixed; as it was live where that is not said.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub struct Remaster {
    episode: Id<Episode>,
    how: Option<How>,
}

/// Queues the work.
pub(crate) async fn enqueue(app: &App, tx: &mut Tx, of: &Episode, how: Option<How>) -> Result<Id<Job>, Error> {
    put(app, tx, &Remaster { episode: of.id, how }, For::episode(of)).await
}

/// What the work is done on.
struct Subject {
    show: Show,
    episode: Episode,
    room: Room,
    segments: Vec<Asset>,
    /// The live mix, where another is served.
    live: Vec<Asset>,
    /// Samples of program there are.
    end: u64,
    /// What of it is not served.
    trim: Trim,
}

impl Work for Remaster {
    const KIND: &'static str = "remaster";
    const PRIORITY: i64 = 3;

    async fn run(self, app: &App, handle: &Handle) -> Result<(), Failed> {
        let Some(subject) = self.load(app).await? else {
            return Err(Failed::Final("the episode, its room or its journal is gone".into()));
        };
        let whole = match self.how {
            Some(how) => subject.mixed(app, handle, how).await?,
            None => edits::twins(app, &subject.live, &SOUND),
        };
        let cut = if subject.trim.is_none() { Vec::new() } else { subject.cut(app, handle, &whole).await? };
        failpoint::reach("remaster: files stored");
        let mut tx = app.store.write().await?;
        self.keep_live(app, &mut tx).await?;
        edits::install(app, &mut tx, self.episode, Fresh { kinds: &SOUND, whole, cut }).await?;
        // What is cut out of the other mix at this moment must not come after; it is asked for again with the next.
        job::cancel_of_episode(&mut tx, self.episode, trim::Trim::KIND, app.now()).await?;
        let edit = edit::get(&mut tx, self.episode).await?.edit;
        let remaster = self.how.map(|how| serde_json::to_string(&how)).transpose().map_err(Error::internal)?;
        edit::put(&mut tx, self.episode, &edit::Kept { edit, remaster }).await?;
        recording::enqueue(app, &mut tx, &subject.episode).await?;
        if self.how.is_none() {
            retag::enqueue(app, &mut tx, &subject.episode).await?;
        }
        episode::touch(&mut tx, self.episode, app.now()).await?;
        handle.commit(app, tx).await
    }
}

impl Remaster {
    /// None where there is nothing to mix any more.
    async fn load(&self, app: &App) -> Result<Option<Subject>, Error> {
        let mut tx = app.store.read().await?;
        let Some(episode) = episode::get(&mut tx, self.episode).await? else { return Ok(None) };
        let show = show::get(&mut tx, episode.show_id).await?.ok_or(Error::Missing("show"))?;
        let files = asset::of_episode(&mut tx, episode.id).await?;
        let trim = edits::trim_of(&mut tx, episode.id).await?;
        let live = asset::aside(&mut tx, episode.id, Shelf::Live).await?;
        let (Some(room), Some(end)) =
            (room::of_episode(&mut tx, episode.id).await?, edits::whole_samples(&files, trim))
        else {
            return Ok(None);
        };
        let segments = tape::of(&files);
        let possible = if self.how.is_some() { !segments.is_empty() } else { !live.is_empty() };
        Ok(possible.then_some(Subject { show, episode, room, segments, live, end, trim }))
    }

    /// Keeps the live mix aside while another is served, and no longer.
    async fn keep_live(&self, app: &App, tx: &mut Tx) -> Result<(), Error> {
        let live = asset::aside(tx, self.episode, Shelf::Live).await?;
        if self.how.is_none() {
            for file in live {
                asset::retire_aside(tx, (self.episode, Shelf::Live), file.kind, app.now()).await?;
            }
        } else if live.is_empty() {
            for file in edits::twins(app, &edits::whole(tx, self.episode).await?, &SOUND) {
                asset::insert_aside(tx, &file, Shelf::Live).await?;
            }
        }
        Ok(())
    }
}

impl Subject {
    fn live_at_us(&self) -> i64 {
        self.room.live_at.map_or(0, Timestamp::as_microsecond)
    }

    /// The whole recording, mixed again.
    async fn mixed(&self, app: &App, handle: &Handle, how: How) -> Result<Vec<Asset>, Error> {
        let copies = tape::local(app, &self.segments).await?;
        let (paths, scratch) = (tape::paths(&copies), app.workbench()?);
        let wanted = mix::Wanted { paths, scratch, how, program: (self.end, self.live_at_us()) };
        let say = Box::new(handle.speaker("mixing"));
        let (pressed, measured) = blocking(move || mix::make(&wanted, say)).await?;
        drop(copies);
        handle.progress("writing files", 0, 0);
        press::store(app, (&self.show, &self.episode), pressed, measured).await
    }

    async fn cut(&self, app: &App, handle: &Handle, whole: &[Asset]) -> Result<Vec<Asset>, Error> {
        let of = (&self.show, &self.episode);
        let tags = &renditions::tags(app, &mut app.store.read().await?, of).await?;
        let whole_ms = i64::try_from(self.end / rostrum_media::program::SAMPLES_PER_MS).map_err(Error::internal)?;
        let wanted = cut::Wanted { of, whole, trim: self.trim, whole_ms, tags, live_at_us: self.live_at_us() };
        Ok(cut::cut(app, handle, &wanted).await?.files)
    }
}

#[cfg(test)]
mod tests;
