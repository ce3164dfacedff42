//! Puts what the copies of speakers bring into a room's journal and makes everything of it anew, under the same guid
//! and on the same clock, in one transaction.

use std::collections::BTreeMap;
use std::path::PathBuf;

use rostrum_domain::Id;
use rostrum_domain::asset::AssetKind;
use rostrum_domain::edit::Remaster as How;
use rostrum_domain::episode::Episode;
use rostrum_domain::job::JobState;
use rostrum_live::backfill::{Frame, Late, Survey, Weaver, fill};
use rostrum_live::event::Who;
use rostrum_store::asset::Shelf;
use rostrum_store::room_copy::{self, Part};
use rostrum_store::{Tx, asset, edit, episode, failpoint, job};
use serde_json::json;

use super::erase::{Made, Subject, rewrite};
use super::{Failed, For, Handle, Work, enqueue as put, recording, remaster, stems, sweep};
use crate::audit::{self, Note};
use crate::edits::{Fresh, SOUND};
use crate::renditions::blocking;
use crate::rooms::{backfill as copies, tape};
use crate::{App, Error, edits};

/// Seconds for which more parts are waited for, so that several become one making.
const DELAY_S: i64 = 3;

/// The episode whose recording has something to gain.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub struct Backfill {
    episode: Id<Episode>,
}

/// Queues the work, unless it is about to begin anyway.
pub(crate) async fn enqueue(app: &App, tx: &mut Tx, of: &Episode) -> Result<(), Error> {
    let waits = |job: &rostrum_domain::job::Job| job.kind == Backfill::KIND && job.state == JobState::Ready;
    if !job::of_episode(tx, of.id).await?.iter().any(waits) {
        put(app, tx, &Backfill { episode: of.id }, For { delay_s: DELAY_S, ..For::episode(of) }).await?;
    }
    Ok(())
}

impl Work for Backfill {
    const KIND: &'static str = "backfill";
    const PRIORITY: i64 = 7;

    async fn run(self, app: &App, handle: &Handle) -> Result<(), Failed> {
        let Some(subject) = Subject::load(app, self.episode).await? else {
            return Err(Failed::Final("the episode, its room or its journal is gone".into()));
        };
        let parts = room_copy::of_room(&mut app.store.read().await?, subject.room.id).await?;
        handle.progress("adding what was missing", 0, 0);
        let late = late(app, &subject, &parts).await?;
        let packets = late.len();
        let made = if late.is_empty() { None } else { Some(make(app, handle, (&subject, late)).await?) };
        failpoint::reach("backfill: files stored");
        let mut tx = app.store.write().await?;
        for part in &parts {
            room_copy::forget(&mut tx, &part.key).await?;
        }
        sweep::enqueue(app, &mut tx, parts.into_iter().map(|part| part.key).collect()).await?;
        if let Some(made) = made {
            install(app, &mut tx, (&subject, made)).await?;
            let note = Note::operator("recording-completed", format!("episode {}", self.episode));
            let what = json!({"title": subject.episode.facts.title, "packets": packets});
            audit::note(app, &mut tx, note.with(what)).await?;
        }
        handle.commit(app, tx).await
    }
}

/// The packets of all parts that the journal lacks.
async fn late(app: &App, subject: &Subject, parts: &[Part]) -> Result<Vec<Late>, Error> {
    let mut frames = BTreeMap::<Who, Vec<Frame>>::new();
    for part in parts {
        let bytes = app.media.bytes(&part.key, copies::BYTES_MAX as u64).await?;
        frames.entry(part.who).or_default().extend(Frame::read_all(bytes).unwrap_or_default());
    }
    let copies = tape::local(app, &subject.segments).await?;
    let paths = tape::paths(&copies);
    blocking(move || {
        let mut surveys: Vec<(Survey, Vec<Frame>)> =
            frames.into_iter().map(|(who, frames)| (Survey::new(who), frames)).collect();
        tape::read(&paths, &mut |record| {
            surveys.iter_mut().for_each(|(survey, _)| survey.record(record));
            Ok(())
        })?;
        let mut late: Vec<Late> =
            surveys.into_iter().flat_map(|(survey, frames)| fill(&survey.gaps(), frames)).collect();
        late.sort_by_key(|one| one.at_us);
        Ok(late)
    })
    .await
}

/// All new files.
async fn make(app: &App, handle: &Handle, (subject, late): (&Subject, Vec<Late>)) -> Result<Made, Error> {
    let copies = tape::local(app, &subject.segments).await?;
    let (paths, scratch): (Vec<PathBuf>, _) = (tape::paths(&copies), app.scratch.clone());
    let rewritten = blocking(move || {
        let mut weaver = Weaver::new(late);
        rewrite::rewrite(&paths, &scratch, &mut |record, out| match record {
            Some(record) => weaver.record(record, out),
            None => weaver.finish(out),
        })
    })
    .await?;
    drop(copies);
    subject.make(app, handle, (rewritten, None)).await
}

/// Puts the new files in the place of the old, and queues what else is made of the journal.
async fn install(app: &App, tx: &mut Tx, (subject, made): (&Subject, Made)) -> Result<(), Error> {
    let (episode, now) = (&subject.episode, app.now());
    let forms = [
        (AssetKind::Stem, stems::Form::Opus),
        (AssetKind::StemWav, stems::Form::Wav),
        (AssetKind::StemFlac, stems::Form::Flac),
    ];
    let files = asset::of_episode(tx, episode.id).await?;
    asset::retire(tx, episode.id, AssetKind::Journal, now).await?;
    for file in &made.journal {
        asset::insert(tx, file).await?;
    }
    let Made { whole, cut, .. } = made;
    edits::install(app, tx, episode.id, Fresh { kinds: &SOUND, whole, cut }).await?;
    recording::enqueue(app, tx, episode).await?;
    for (kind, form) in forms {
        // The one form that every room has may not be made yet.
        if form == stems::Form::Opus || files.iter().any(|file| file.kind == kind) {
            stems::enqueue(app, tx, episode, form).await?;
        }
    }
    mix_again(app, tx, episode).await?;
    episode::touch(tx, episode.id, now).await?;
    Ok(())
}

/// A remaster is made once more; until then the mix as it was live is served.
async fn mix_again(app: &App, tx: &mut Tx, episode: &Episode) -> Result<(), Error> {
    let kept = edit::get(tx, episode.id).await?;
    let Some(how) = kept.remaster.as_deref() else { return Ok(()) };
    let how: How = serde_json::from_str(how).map_err(Error::internal)?;
    for kind in SOUND {
        asset::retire_aside(tx, (episode.id, Shelf::Live), kind, app.now()).await?;
    }
    edit::put(tx, episode.id, &edit::Kept { remaster: None, ..kept }).await?;
    remaster::enqueue(app, tx, episode, Some(how)).await?;
    Ok(())
}
