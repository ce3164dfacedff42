//! Writes changed titles, chapters and artwork into an episode's files without encoding anything again. The files get
//! new addresses; the guid stays.

use rostrum_domain::Id;
use rostrum_domain::asset::{Asset, AssetKind};
use rostrum_domain::episode::Episode;
use rostrum_domain::job::{Job, JobState};
use rostrum_domain::show::Show;
use rostrum_store::episode::Page;
use rostrum_store::{Tx, asset, encoding, episode, job};

use super::{Failed, For, Handle, Work, enqueue as put};
use crate::renditions::Subject;
use crate::{App, Error, encode, renditions};

/// Seconds to wait for more changes.
const DELAY_S: i64 = 3;
/// Episodes asked for at a time when a whole show changes.
const STEP: i64 = 200;

/// The episode whose files are to be rewritten.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub struct Retag {
    episode: Id<Episode>,
}

/// Queues the rewriting of an episode's files, in place of an earlier one that has not begun; nothing without files,
/// unless they are being made at this moment, maybe with what was true before.
pub async fn enqueue(app: &App, tx: &mut Tx, of: &Episode) -> Result<(), Error> {
    let running = |job: &Job| job.state == JobState::Running;
    let made = asset::of_episode(tx, of.id).await?.iter().any(|file| file.kind == AssetKind::Mp3);
    if !made && !job::of_episode(tx, of.id).await?.iter().any(running) {
        return Ok(());
    }
    job::cancel_of_episode(tx, of.id, Retag::KIND, app.now()).await?;
    let whom = For { delay_s: DELAY_S, ..For::episode(of) };
    put(app, tx, &Retag { episode: of.id }, whom).await?;
    Ok(())
}

/// Queues the rewriting of all files of a show.
pub async fn enqueue_show(app: &App, tx: &mut Tx, show: Id<Show>) -> Result<(), Error> {
    let mut offset = 0;
    loop {
        let step = episode::of_show(tx, show, Page { limit: STEP, offset }).await?;
        for episode in &step {
            enqueue(app, tx, episode).await?;
        }
        if step.len() < usize::try_from(STEP).unwrap_or(usize::MAX) {
            return Ok(());
        }
        offset += STEP;
    }
}

impl Work for Retag {
    const KIND: &'static str = "retag";
    const PRIORITY: i64 = 5;

    async fn run(self, app: &App, handle: &Handle) -> Result<(), Failed> {
        let Some(Subject { show, episode, files, tags }) = renditions::subject(app, self.episode).await? else {
            return handle.commit(app, app.store.write().await?).await;
        };
        let mut made = Vec::new();
        let audio = files.iter().filter_map(|file| renditions::codec(file.kind).map(|codec| (codec, file)));
        let audio: Vec<_> = audio.collect();
        for (done, (codec, old)) in audio.iter().enumerate() {
            handle.progress("writing tags", done as u64, audio.len() as u64);
            let elementary = renditions::unpack(app, *codec, &old.key).await?;
            let mut new = renditions::package(app, (&show, &episode), elementary, &tags).await?;
            new.loudness_lufs = old.loudness_lufs;
            made.push(new);
        }
        let mut tx = app.store.write().await?;
        for ((_, old), new) in audio.iter().zip(&made) {
            asset::replace(&mut tx, old.id, app.now()).await?;
            asset::insert(&mut tx, new).await?;
        }
        remember(app, &mut tx, (&files, &made)).await?;
        episode::touch(&mut tx, episode.id, app.now()).await?;
        handle.commit(app, tx).await
    }
}

/// Lets who sends the same recording again find its streams in the new files, since the old ones go some day.
async fn remember(app: &App, tx: &mut Tx, (old, made): (&[Asset], &[Asset])) -> Result<(), Error> {
    let Some(source) = old.iter().find(|file| file.kind == AssetKind::Source) else { return Ok(()) };
    let digest = encode::digest(&source.sha256);
    let Some(note) = encoding::get(tx, &digest).await? else { return Ok(()) };
    let replaced = |key: &str| {
        let was = old.iter().find(|file| file.key == key)?;
        made.iter().find(|file| file.kind == was.kind).map(|file| file.key.clone())
    };
    if let Some(note) = encode::moved(&note, replaced) {
        encoding::put(tx, &digest, &note, app.now()).await?;
    }
    Ok(())
}
