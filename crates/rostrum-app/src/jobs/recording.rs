//! After a room became an episode: its fragments written once more as files that every player takes, with tags and an
//! index in front; digests of what was taken over without being read; measures that a restart of the stage lost.

mod measure;

use futures_util::TryStreamExt as _;
use rostrum_domain::Id;
use rostrum_domain::asset::{Asset, AssetKind};
use rostrum_domain::episode::Episode;
use rostrum_domain::show::Show;
use rostrum_store::{Tx, asset, episode};
use sha2::{Digest as _, Sha256};

use super::{Failed, For, Handle, Work, enqueue as put};
use crate::renditions::{self, Subject, fragments};
use crate::{App, Error};

/// What fragments become.
const MADE: [(AssetKind, AssetKind); 2] =
    [(AssetKind::AacFragments, AssetKind::M4a), (AssetKind::OpusFragments, AssetKind::Opus)];

/// The episode that a room became.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub struct Recording {
    episode: Id<Episode>,
}

/// Queues the work.
pub(crate) async fn enqueue(app: &App, tx: &mut Tx, of: &Episode) -> Result<(), Error> {
    put(app, tx, &Recording { episode: of.id }, For::episode(of)).await?;
    Ok(())
}

impl Work for Recording {
    const KIND: &'static str = "recording";
    const PRIORITY: i64 = 8;

    async fn run(self, app: &App, handle: &Handle) -> Result<(), Failed> {
        let Some(Subject { show, episode, files, tags }) = renditions::subject(app, self.episode).await? else {
            return handle.commit(app, app.store.write().await?).await;
        };
        let measured = lost_measures(app, (&show, &episode), &files).await?;
        let lost = measured.as_ref().and_then(|(loudness, _)| *loudness);
        let mut made = Vec::new();
        for (from, to) in MADE {
            let Some(from_file) = wanting(&files, (from, to)) else { continue };
            handle.progress("writing files", made.len() as u64, MADE.len() as u64);
            let elementary = fragments::unpack(app, &from_file.key).await?;
            let new = renditions::package(app, (&show, &episode), elementary, &tags).await?;
            made.push(Asset { loudness_lufs: from_file.loudness_lufs.or(lost), ..new });
        }
        made.extend(measured.map(|(_, peaks)| peaks));
        let digests = digests(app, &files).await?;
        let mut tx = app.store.write().await?;
        for new in &made {
            asset::retire(&mut tx, episode.id, new.kind, app.now()).await?;
            asset::insert(&mut tx, new).await?;
        }
        if let Some(loudness) = lost {
            asset::set_loudness(&mut tx, episode.id, loudness).await?;
        }
        for (key, digest) in &digests {
            asset::set_sha256(&mut tx, key, digest).await?;
        }
        episode::touch(&mut tx, episode.id, app.now()).await?;
        handle.commit(app, tx).await
    }
}

/// Loudness and peaks of a program without peaks: the stage was restarted and could not tell.
async fn lost_measures(
    app: &App,
    of: (&Show, &Episode),
    files: &[Asset],
) -> Result<Option<(Option<f64>, Asset)>, Error> {
    let current = |kind| files.iter().find(|file| file.kind == kind);
    let (None, Some(opus)) = (current(AssetKind::Peaks), current(AssetKind::OpusFragments)) else { return Ok(None) };
    let (reading, waveform) = measure::measure(app, &opus.key).await?;
    let json = serde_json::to_vec(&waveform).map_err(Error::internal)?;
    Ok(Some((reading.integrated_lufs, renditions::peaks(app, of, json.into()).await?)))
}

/// The fragments of which a file is still to be made.
fn wanting(files: &[Asset], (from, to): (AssetKind, AssetKind)) -> Option<&Asset> {
    let current = |kind| files.iter().find(|file| file.kind == kind);
    let fragments = current(from)?;
    current(to).is_none_or(|file| file.key == fragments.key).then_some(fragments)
}

/// The digests of files that were stored without reading them, by key.
async fn digests(app: &App, files: &[Asset]) -> Result<Vec<(String, String)>, Error> {
    let mut digests = Vec::<(String, String)>::new();
    for file in files.iter().filter(|file| file.sha256.is_empty()) {
        if digests.iter().any(|(key, _)| *key == file.key) {
            continue;
        }
        let stream = app.media.get(&file.key, None).await?.stream;
        let hasher = stream.try_fold(Sha256::new(), async |hasher, bytes| Ok(hasher.chain_update(&bytes))).await?;
        digests.push((file.key.clone(), hex::encode(hasher.finalize())));
    }
    Ok(digests)
}
