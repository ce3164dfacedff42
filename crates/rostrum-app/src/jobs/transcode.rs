//! From an uploaded recording to its renditions: measure, encode once, wrap with tags, swap in one transaction.

use rostrum_domain::Id;
use rostrum_domain::asset::Asset;
use rostrum_domain::episode::Episode;
use rostrum_domain::job::Job;
use rostrum_domain::show::Show;
use rostrum_store::finding::Finding;
use rostrum_store::{Tx, asset, encoding, episode, failpoint, job, show};

use super::{Failed, For, Handle, Work, enqueue as put};
use crate::encode::{self, Encoded};
use crate::{App, Error, chapters, edits, renditions};

/// The source to be made into renditions.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub struct Transcode {
    episode: Id<Episode>,
    source: Id<Asset>,
}

/// Queues the work on an episode's new source, in place of work on an older one.
pub async fn enqueue(app: &App, tx: &mut Tx, of: &Episode, source: Id<Asset>) -> Result<Id<Job>, Error> {
    job::cancel_of_episode(tx, of.id, Transcode::KIND, app.now()).await?;
    put(app, tx, &Transcode { episode: of.id, source }, For::episode(of)).await
}

/// What the job works on, as it is now.
struct Subject {
    show: Show,
    episode: Episode,
    source: Asset,
}

impl Work for Transcode {
    const KIND: &'static str = "transcode";
    const PRIORITY: i64 = 10;

    async fn run(self, app: &App, handle: &Handle) -> Result<(), Failed> {
        let Some(subject) = self.load(app).await? else {
            return handle.commit(app, app.store.write().await?).await;
        };
        let digest = encode::digest(&subject.source.sha256);
        let _turn = app.turns().take(&digest).await;
        let encoded = match encode::kept(app, &digest).await? {
            Some(encoded) => encoded,
            None => {
                tracing::info!(source = %subject.source.id, "a recording is encoded");
                encode::anew(app, handle, &subject.source).await?
            }
        };
        failpoint::reach("transcode: encoded");
        handle.progress("writing files", 0, 0);
        let found = Finding {
            chapters: chapters::usable(encoded.known.chapters.clone(), encoded.duration_ms()),
            warnings: encoded.known.warnings.clone(),
        };
        let (files, kept) = wrap(app, &subject, encoded).await?;
        let mut tx = app.store.write().await?;
        let Some(mut episode) = episode::get(&mut tx, subject.episode.id).await? else {
            return handle.commit(app, tx).await;
        };
        let before = episode.facts.clone();
        edits::forget(app, &mut tx, &mut episode).await?;
        if episode.facts != before {
            episode::update(&mut tx, &episode).await.map_err(Error::from)?;
        }
        for file in &files {
            asset::retire(&mut tx, subject.episode.id, file.kind, app.now()).await?;
            asset::insert(&mut tx, file).await?;
        }
        chapters::note(&mut tx, subject.source.id, &found).await?;
        encoding::put(&mut tx, &digest, &kept, app.now()).await?;
        episode::touch(&mut tx, subject.episode.id, app.now()).await?;
        handle.commit(app, tx).await
    }
}

impl Transcode {
    /// None when the episode or this source of it is gone: then there is nothing to do.
    async fn load(&self, app: &App) -> Result<Option<Subject>, Error> {
        let mut tx = app.store.read().await?;
        let Some(episode) = episode::get(&mut tx, self.episode).await? else { return Ok(None) };
        let current = asset::of_episode(&mut tx, episode.id).await?;
        let Some(source) = current.into_iter().find(|file| file.id == self.source) else { return Ok(None) };
        let show = show::get(&mut tx, episode.show_id).await?.ok_or(Error::Missing("show"))?;
        Ok(Some(Subject { show, episode, source }))
    }
}

/// The files of an episode, stored but not yet recorded, and the note that lets a later job find the streams in them.
async fn wrap(app: &App, subject: &Subject, encoded: Encoded) -> Result<(Vec<Asset>, String), Error> {
    let of = (&subject.show, &subject.episode);
    let tags = renditions::tags(app, &mut app.store.read().await?, of).await?;
    let mut files = Vec::new();
    for elementary in encoded.streams {
        let mut file = renditions::package(app, of, elementary, &tags).await?;
        file.loudness_lufs = encoded.known.loudness_lufs;
        files.push(file);
    }
    files.push(renditions::peaks(app, of, encoded.peaks).await?);
    let kept = encode::note(&files, encoded.known);
    Ok((files, kept))
}
