//! Takes somebody, or a span of time, out of a room's journal and makes everything that came of it anew: recordings,
//! replay, drawing, stems. Until one transaction all is old, from it on all is new, at new addresses under the same
//! guid; what was is removed at once.

pub(super) mod remake;
pub(super) mod rewrite;

use std::ops::Range;

use rostrum_domain::asset::{Asset, AssetKind};
use rostrum_domain::edit::Trim;
use rostrum_domain::episode::Episode;
use rostrum_domain::job::Job;
use rostrum_domain::room::Room;
use rostrum_domain::show::Show;
use rostrum_domain::{Id, Timestamp};
use rostrum_live::erase::{Eraser, Erasure};
use rostrum_media::program::SAMPLES_PER_MS;
use rostrum_store::{Tx, asset, edit, episode, failpoint, job, room, room_copy, room_log, show};
use serde_json::json;
use tempfile::TempPath;

use super::{Failed, For, Handle, Work, enqueue as put, recording, remaster, stems, sweep, trim};
use crate::audit::{self, Note};
use crate::edits::{Fresh, SOUND, cut};
use crate::renditions::{self, blocking};
use crate::rooms::{press, tape};
use crate::{App, Error, edits, search};

/// Everything that is made of the journal, and the journal. A transcript tells what was said, and goes.
const MADE: [AssetKind; 15] = [
    AssetKind::Journal,
    AssetKind::Mp3,
    AssetKind::M4a,
    AssetKind::Opus,
    AssetKind::AacFragments,
    AssetKind::OpusFragments,
    AssetKind::Replay,
    AssetKind::Peaks,
    AssetKind::Stem,
    AssetKind::StemWav,
    AssetKind::StemFlac,
    AssetKind::Vtt,
    AssetKind::Srt,
    AssetKind::Json,
    AssetKind::Html,
];

/// The erasure, and the episode it is for.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub struct Erase {
    episode: Id<Episode>,
    erasure: Erasure,
}

/// Queues the work.
pub(crate) async fn enqueue(app: &App, tx: &mut Tx, of: &Episode, erasure: Erasure) -> Result<Id<Job>, Error> {
    put(app, tx, &Erase { episode: of.id, erasure }, For::episode(of)).await
}

/// A room's recording, whose journal is to be written anew and everything with it.
pub(super) struct Subject {
    pub(super) show: Show,
    pub(super) episode: Episode,
    pub(super) room: Room,
    pub(super) segments: Vec<Asset>,
    /// Samples of program there are.
    end: u64,
    /// What of it is not served.
    trim: Trim,
}

impl Work for Erase {
    const KIND: &'static str = "erase";
    const PRIORITY: i64 = 9;

    async fn run(self, app: &App, handle: &Handle) -> Result<(), Failed> {
        let Some(subject) = Subject::load(app, self.episode).await? else {
            return Err(Failed::Final("the episode, its room or its journal is gone".into()));
        };
        // What the stage still has would outlive the erasure; everything that is needed is in the media store.
        app.stage()?.discard(subject.room.id).await?;
        failpoint::reach("erase: the stage has discarded");
        handle.progress("erasing", 0, 0);
        let Made { journal, whole, cut } = self.make(app, handle, &subject).await?;
        failpoint::reach("erase: files stored");
        let mut tx = app.store.write().await?;
        let old = asset::purge(&mut tx, subject.episode.id, &MADE, app.now()).await?;
        for file in &journal {
            asset::insert(&mut tx, file).await?;
        }
        edits::install(app, &mut tx, subject.episode.id, Fresh { kinds: &SOUND, whole, cut }).await?;
        // What is made of the old recording at this moment must not come after.
        for kind in [trim::Trim::KIND, remaster::Remaster::KIND] {
            job::cancel_of_episode(&mut tx, subject.episode.id, kind, app.now()).await?;
        }
        let edit = edit::get(&mut tx, subject.episode.id).await?.edit;
        edit::put(&mut tx, subject.episode.id, &edit::Kept { edit, remaster: None }).await?;
        self.forget(&mut tx, &subject).await?;
        search::transcript(&mut tx, &subject.episode, &[]).await?;
        let copies = waiting(&mut tx, &subject.room).await?;
        sweep::enqueue(app, &mut tx, [old, copies].concat()).await?;
        recording::enqueue(app, &mut tx, &subject.episode).await?;
        stems::enqueue(app, &mut tx, &subject.episode, stems::Form::Opus).await?;
        episode::touch(&mut tx, subject.episode.id, app.now()).await?;
        let note = Note::operator("recording-erased", format!("episode {}", subject.episode.id));
        audit::note(app, &mut tx, note.with(json!({"title": subject.episode.facts.title}))).await?;
        handle.commit(app, tx).await
    }
}

/// What was made anew, stored but not yet recorded.
pub(super) struct Made {
    pub(super) journal: Vec<Asset>,
    pub(super) whole: Vec<Asset>,
    /// The part that is served; nothing where the whole is.
    pub(super) cut: Vec<Asset>,
}

impl Subject {
    /// None where there is no recording of a room any more.
    pub(super) async fn load(app: &App, id: Id<Episode>) -> Result<Option<Self>, Error> {
        let mut tx = app.store.read().await?;
        let Some(episode) = episode::get(&mut tx, id).await? else { return Ok(None) };
        let show = show::get(&mut tx, episode.show_id).await?.ok_or(Error::Missing("show"))?;
        let files = asset::of_episode(&mut tx, episode.id).await?;
        let Some(room) = room::of_episode(&mut tx, episode.id).await? else { return Ok(None) };
        let trim = edits::trim_of(&mut tx, episode.id).await?;
        let Some(end) = edits::whole_samples(&files, trim) else { return Ok(None) };
        let segments = tape::of(&files);
        Ok((!segments.is_empty()).then_some(Self { show, episode, room, segments, end, trim }))
    }

    /// All new files of a journal that was written anew; nothing is heard in the span of `silent`.
    pub(super) async fn make(
        &self,
        app: &App,
        handle: &Handle,
        (rewritten, silent): (Vec<TempPath>, Option<Range<u64>>),
    ) -> Result<Made, Error> {
        let live_at_us = self.room.live_at.map_or(0, Timestamp::as_microsecond);
        let (scratch, paths) = (app.scratch.clone(), rewrite::paths(&rewritten));
        let program = remake::Program { end: self.end, live_at_us, silent };
        let (pressed, measured) = blocking(move || remake::remake(&paths, &scratch, program)).await?;
        let of = (&self.show, &self.episode);
        let journal = rewrite::store(app, of, &self.segments, rewritten).await?;
        let whole = press::store(app, of, pressed, measured).await?;
        let cut = if self.trim.is_none() { Vec::new() } else { self.cut(app, handle, &whole).await? };
        Ok(Made { journal, whole, cut })
    }

    async fn cut(&self, app: &App, handle: &Handle, whole: &[Asset]) -> Result<Vec<Asset>, Error> {
        let of = (&self.show, &self.episode);
        let tags = &renditions::tags(app, &mut app.store.read().await?, of).await?;
        let whole_ms = i64::try_from(self.end / SAMPLES_PER_MS).map_err(Error::internal)?;
        let live_at_us = self.room.live_at.map_or(0, Timestamp::as_microsecond);
        let wanted = cut::Wanted { of, whole, trim: self.trim, whole_ms, tags, live_at_us };
        Ok(cut::cut(app, handle, &wanted).await?.files)
    }
}

impl Erase {
    /// All new files.
    async fn make(&self, app: &App, handle: &Handle, subject: &Subject) -> Result<Made, Error> {
        let copies = tape::local(app, &subject.segments).await?;
        let (paths, scratch, erasure) = (tape::paths(&copies), app.scratch.clone(), self.erasure.clone());
        let rewritten = blocking(move || {
            let mut eraser = Eraser::new(erasure);
            rewrite::rewrite(&paths, &scratch, &mut |record, out| {
                out.extend(record.and_then(|record| eraser.record(record)));
            })
        });
        let rewritten = rewritten.await?;
        drop(copies);
        let silent = self.erasure.span.clone().filter(|_| self.erasure.who.is_none());
        subject.make(app, handle, (rewritten, silent)).await
    }

    /// What the database has of it.
    async fn forget(&self, tx: &mut Tx, subject: &Subject) -> Result<(), Error> {
        let signed = |at: u64| i64::try_from(at).unwrap_or(i64::MAX);
        let span =
            self.erasure.span.as_ref().map_or((i64::MIN, i64::MAX), |span| (signed(span.start), signed(span.end)));
        room_log::erase_lines(tx, subject.room.id, self.erasure.who, span).await?;
        if let (Some(who), None) = (self.erasure.who, &self.erasure.span) {
            room_log::erase_person(tx, subject.room.id, who).await?;
        }
        Ok(())
    }
}

/// Closes a room to the copies of its speakers, or what was erased could come back; the files that wait of them.
async fn waiting(tx: &mut Tx, room: &Room) -> Result<Vec<String>, Error> {
    room_copy::close(tx, room.id).await?;
    let parts = room_copy::of_room(tx, room.id).await?;
    for part in &parts {
        room_copy::forget(tx, &part.key).await?;
    }
    Ok(parts.into_iter().map(|part| part.key).collect())
}

#[cfg(test)]
pub(crate) mod tests;
