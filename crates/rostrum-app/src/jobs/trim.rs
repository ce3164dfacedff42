//! Serves a part of a recording, or the whole again: new files at new addresses, chapters and transcript moved with
//! them, all in one transaction; the whole is kept aside.

use rostrum_domain::asset::{Asset, AssetKind};
use rostrum_domain::edit::Trim as Wish;
use rostrum_domain::episode::Episode;
use rostrum_domain::job::{Job, JobState};
use rostrum_domain::show::Show;
use rostrum_domain::transcript::Cue;
use rostrum_domain::{Id, Timestamp};
use rostrum_media::Tags;
use rostrum_store::{Tx, edit, episode, failpoint, job, room, show};

use super::{Failed, For, Handle, Work, enqueue as put, recording, retag};
use crate::edits::{self, CUT, Fresh, cut};
use crate::{App, Error, renditions, search, transcripts};

/// The episode, and what is to be cut off its recording.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub struct Trim {
    episode: Id<Episode>,
    trim: Wish,
}

/// Queues the work, in place of such work that is not done.
pub(crate) async fn enqueue(app: &App, tx: &mut Tx, of: &Episode, trim: Wish) -> Result<Id<Job>, Error> {
    job::cancel_of_episode(tx, of.id, Trim::KIND, app.now()).await?;
    put(app, tx, &Trim { episode: of.id, trim }, For::episode(of)).await
}

/// What the work is done on.
struct Subject {
    show: Show,
    /// The episode as it will be.
    episode: Episode,
    whole: Vec<Asset>,
    whole_ms: i64,
    tags: Tags,
    live_at_us: i64,
}

impl Work for Trim {
    const KIND: &'static str = "trim";
    const PRIORITY: i64 = 9;

    async fn run(self, app: &App, handle: &Handle) -> Result<(), Failed> {
        let Some(subject) = self.load(app).await? else {
            return handle.commit(app, app.store.write().await?).await;
        };
        if self.trim.check(subject.whole_ms).is_err() {
            return Err(Failed::Final("the recording is shorter than what is to be cut off".into()));
        }
        let part = self.make(app, handle, &subject).await?;
        failpoint::reach("trim: files stored");
        let mut tx = app.store.write().await?;
        let Some(mut changed) = episode::get(&mut tx, self.episode).await? else {
            return handle.commit(app, tx).await;
        };
        let mut kept = edit::get(&mut tx, changed.id).await?;
        kept.edit = kept.edit.moved(&mut changed.facts, (self.trim, subject.whole_ms));
        edit::put(&mut tx, changed.id, &kept).await?;
        let renamed = changed.version != subject.episode.version;
        changed.updated_at = app.now();
        episode::update(&mut tx, &changed).await.map_err(Error::from)?;
        let whole = edits::twins(app, &edits::whole(&mut tx, changed.id).await?, &CUT);
        edits::install(app, &mut tx, changed.id, Fresh { kinds: &CUT, whole, cut: part.files }).await?;
        search::transcript(&mut tx, &changed, &part.cues).await?;
        if self.trim.is_none() && edits::of(&subject.whole, AssetKind::AacFragments).is_some() {
            recording::enqueue(app, &mut tx, &changed).await?;
        }
        if self.trim.is_none() || renamed || retagging(&mut tx, changed.id).await? {
            retag::enqueue(app, &mut tx, &changed).await?;
        }
        handle.commit(app, tx).await
    }
}

impl Trim {
    /// None where there is nothing to cut any more.
    async fn load(&self, app: &App) -> Result<Option<Subject>, Error> {
        let mut tx = app.store.read().await?;
        let Some(mut episode) = episode::get(&mut tx, self.episode).await? else { return Ok(None) };
        let show = show::get(&mut tx, episode.show_id).await?.ok_or(Error::Missing("show"))?;
        let whole = edits::whole(&mut tx, episode.id).await?;
        let Some(whole_ms) = edits::whole_ms(&whole, Wish::default()) else { return Ok(None) };
        let kept = edit::get(&mut tx, episode.id).await?;
        kept.edit.moved(&mut episode.facts, (self.trim, whole_ms));
        let tags = renditions::tags(app, &mut tx, (&show, &episode)).await?;
        let room = room::of_episode(&mut tx, episode.id).await?;
        let live_at_us = room.and_then(|room| room.live_at).map_or(0, Timestamp::as_microsecond);
        Ok(Some(Subject { show, episode, whole, whole_ms, tags, live_at_us }))
    }

    /// The part; no files where the whole is to be served.
    async fn make(&self, app: &App, handle: &Handle, subject: &Subject) -> Result<cut::Part, Error> {
        let Subject { show, episode, whole, whole_ms, tags, live_at_us } = subject;
        if self.trim.is_none() {
            let cues: Vec<Cue> = transcripts::cues(app, whole).await?;
            return Ok(cut::Part { files: Vec::new(), cues });
        }
        let (whole_ms, live_at_us) = (*whole_ms, *live_at_us);
        let wanted = cut::Wanted { of: (show, episode), whole, trim: self.trim, whole_ms, tags, live_at_us };
        cut::cut(app, handle, &wanted).await
    }
}

/// Whether files with other tags are being made, which would be put in the place of what was cut just now.
async fn retagging(tx: &mut Tx, episode: Id<Episode>) -> Result<bool, Error> {
    let open = |job: &Job| matches!(job.state, JobState::Ready | JobState::Running);
    Ok(job::of_episode(tx, episode).await?.iter().any(|job| open(job) && job.kind == retag::Retag::KIND))
}

#[cfg(test)]
pub(crate) mod tests;
