//! Takes somebody, or a span of time, out of a room's journal and makes everything that came of it anew: recordings,
//! replay, drawing, stems. Until one transaction all is old, from it on all is new, at new addresses under the same
//! guid; what was is removed at once.

mod remake;
mod rewrite;

use rostrum_domain::asset::{Asset, AssetKind};
use rostrum_domain::episode::Episode;
use rostrum_domain::job::Job;
use rostrum_domain::room::Room;
use rostrum_domain::show::Show;
use rostrum_domain::{Id, Timestamp};
use rostrum_live::erase::Erasure;
use rostrum_media::program::SAMPLES_PER_MS;
use rostrum_store::{Tx, asset, episode, failpoint, room, room_log, show};
use serde_json::json;

use super::{Failed, For, Handle, Work, enqueue as put, recording, stems, sweep};
use crate::audit::{self, Note};
use crate::renditions::blocking;
use crate::rooms::tape;
use crate::{App, Error, search};

/// Everything that is made of the journal, and the journal. A transcript tells what was said, and goes.
const MADE: [AssetKind; 14] = [
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

/// What the work is done on.
struct Subject {
    show: Show,
    episode: Episode,
    room: Room,
    segments: Vec<Asset>,
    /// Samples of program there are.
    end: u64,
}

impl Work for Erase {
    const KIND: &'static str = "erase";
    const PRIORITY: i64 = 9;

    async fn run(self, app: &App, handle: &Handle) -> Result<(), Failed> {
        let Some(subject) = self.load(app).await? else {
            return Err(Failed::Final("the episode, its room or its journal is gone".into()));
        };
        // What the stage still has would outlive the erasure; everything that is needed is in the media store.
        app.stage()?.discard(subject.room.id).await?;
        failpoint::reach("erase: the stage has discarded");
        handle.progress("erasing", 0, 0);
        let made = self.make(app, &subject).await?;
        failpoint::reach("erase: files stored");
        let mut tx = app.store.write().await?;
        let old = asset::purge(&mut tx, subject.episode.id, &MADE, app.now()).await?;
        for file in &made {
            asset::insert(&mut tx, file).await?;
        }
        self.forget(&mut tx, &subject).await?;
        search::transcript(&mut tx, &subject.episode, &[]).await?;
        sweep::enqueue(app, &mut tx, old).await?;
        recording::enqueue(app, &mut tx, &subject.episode).await?;
        stems::enqueue(app, &mut tx, &subject.episode, stems::Form::Opus).await?;
        episode::touch(&mut tx, subject.episode.id, app.now()).await?;
        let note = Note::operator("recording-erased", format!("episode {}", subject.episode.id));
        audit::note(app, &mut tx, note.with(json!({"title": subject.episode.facts.title}))).await?;
        handle.commit(app, tx).await
    }
}

impl Erase {
    /// None where there is nothing any more to erase from.
    async fn load(&self, app: &App) -> Result<Option<Subject>, Error> {
        let mut tx = app.store.read().await?;
        let Some(episode) = episode::get(&mut tx, self.episode).await? else { return Ok(None) };
        let show = show::get(&mut tx, episode.show_id).await?.ok_or(Error::Missing("show"))?;
        let files = asset::of_episode(&mut tx, episode.id).await?;
        let Some(room) = room::of_episode(&mut tx, episode.id).await? else { return Ok(None) };
        let Some(audio) = files.iter().find(|file| file.kind == AssetKind::Mp3) else { return Ok(None) };
        let end = u64::try_from(audio.duration_ms).unwrap_or_default() * SAMPLES_PER_MS;
        let segments = tape::of(&files);
        Ok((!segments.is_empty()).then_some(Subject { show, episode, room, segments, end }))
    }

    /// All new files, stored but not yet recorded.
    async fn make(&self, app: &App, subject: &Subject) -> Result<Vec<Asset>, Error> {
        let copies = tape::local(app, &subject.segments).await?;
        let (paths, scratch, erasure) = (tape::paths(&copies), app.scratch.clone(), self.erasure.clone());
        let rewritten = blocking(move || rewrite::rewrite(&paths, &scratch, erasure)).await?;
        drop(copies);
        let live_at_us = subject.room.live_at.map_or(0, Timestamp::as_microsecond);
        let (scratch, paths) = (app.scratch.clone(), rewrite::paths(&rewritten));
        let program = remake::Program { end: subject.end, live_at_us, silent: self.erasure.span.clone() };
        let whole = self.erasure.who.is_none();
        let program = remake::Program { silent: program.silent.filter(|_| whole), ..program };
        let remade = blocking(move || remake::remake(&paths, &scratch, program)).await?;
        let of = (&subject.show, &subject.episode);
        let mut made = rewrite::store(app, of, &subject.segments, rewritten).await?;
        made.extend(remake::store(app, of, remade).await?);
        Ok(made)
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

#[cfg(test)]
mod tests;
