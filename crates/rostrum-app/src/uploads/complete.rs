//! The end of an upload, exactly once: its type judged, its bytes in the media store, its episode's new source recorded
//! and the work queued. Killed at any instant, the next look at the upload goes on where this stopped.

use futures_util::TryStreamExt as _;
use rostrum_domain::Id;
use rostrum_domain::asset::{Asset, AssetKind};
use rostrum_domain::episode::{Episode, EpisodeFacts};
use rostrum_media::sniff::sniff;
use rostrum_store::media::Stored;
use rostrum_store::upload::{self, Upload};
use rostrum_store::{StoreError, Tx, asset, episode, failpoint};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::hold::{Held, Progress, finished};
use super::{Error, blocking, names};
use crate::audit::{self, Note};
use crate::{App, episodes, jobs};

/// Where the media store keeps an upload's bytes; known from its id alone, so that a retry finds what was stored.
pub(super) fn key(id: Id<Upload>) -> String {
    format!("source/{id}")
}

/// Finishes an upload whose bytes are all there.
pub(super) async fn complete(app: &App, held: Held) -> Result<Progress, Error> {
    let held = if held.adopted { held } else { judge(app, held).await? };
    failpoint::reach("upload: judged");
    let key = key(held.upload.id);
    let stored =
        if held.adopted { stored(app, &key).await? } else { app.media.adopt(&key, held.staged.path()).await? };
    let upload = match record(app, &held.upload, &stored).await {
        Err(Error::App(crate::Error::Missing(what))) => {
            // The show or episode went away meanwhile, and the upload's record with it.
            drop_stored(app, held.upload.id).await?;
            blocking(move || held.staged.remove()).await??;
            return Err(crate::Error::Missing(what).into());
        }
        other => other?,
    };
    failpoint::reach("upload: recorded");
    blocking(move || held.staged.remove()).await??;
    failpoint::reach("upload: staged file removed");
    app.wake_worker();
    tracing::info!(upload = %upload.id, bytes = stored.bytes, "an upload is finished");
    Ok(finished(upload))
}

/// The upload again if its bytes are a recording; else it is forgotten.
pub(super) async fn judge(app: &App, held: Held) -> Result<Held, Error> {
    let (held, head) = blocking(move || {
        let head = held.staged.head();
        (held, head)
    })
    .await?;
    match sniff(&head?) {
        Ok(_) => Ok(held),
        Err(refusal) => {
            held.forget(app).await?;
            Err(refusal.into())
        }
    }
}

/// Removes an upload's bytes from the media store unless a record points to them.
pub(super) async fn drop_stored(app: &App, id: Id<Upload>) -> Result<(), Error> {
    let key = key(id);
    let used = asset::key_used(&mut app.store.read().await?, &key).await?;
    if !used {
        app.media.delete(&key).await?;
    }
    Ok(())
}

/// Size and digest of what an earlier try has put into the media store.
async fn stored(app: &App, key: &str) -> Result<Stored, Error> {
    let mut reading = app.media.get(key, None).await?;
    let mut hasher = Sha256::new();
    while let Some(bytes) = reading.stream.try_next().await? {
        hasher.update(&bytes);
    }
    Ok(Stored { bytes: reading.size, sha256: hex::encode(hasher.finalize()) })
}

/// One transaction: the upload is finished, its episode has a new source, the work is queued.
async fn record(app: &App, held: &Upload, stored: &Stored) -> Result<Upload, Error> {
    let now = app.now();
    let mut tx = app.store.write().await?;
    let owner = owner(app, &mut tx, held).await?;
    upload::finish(&mut tx, held.id, owner.id, now).await.map_err(|error| match error {
        StoreError::Stale => Error::from(crate::Error::Missing("upload")),
        other => other.into(),
    })?;
    asset::retire(&mut tx, owner.id, AssetKind::Source, now).await?;
    let source = Asset {
        id: app.id(now),
        show_id: held.show_id,
        episode_id: Some(owner.id),
        kind: AssetKind::Source,
        key: key(held.id),
        file_name: names::safe(&held.file_name),
        bytes: i64::try_from(stored.bytes).unwrap_or(i64::MAX),
        sha256: stored.sha256.clone(),
        duration_ms: 0,
        bitrate: 0,
        loudness_lufs: None,
        created_at: now,
    };
    asset::insert(&mut tx, &source).await?;
    jobs::transcode::enqueue(app, &mut tx, &owner, source.id).await?;
    let about = json!({"title": source.file_name, "episode": owner.id, "bytes": source.bytes});
    let note = Note::on_behalf(held.user_id, "upload-finished", format!("upload {}", held.id));
    audit::note(app, &mut tx, note.with(about)).await?;
    tx.commit().await?;
    Ok(Upload { finished_at: Some(now), episode_id: Some(owner.id), ..held.clone() })
}

/// The episode the upload is for; a new draft where the client named none.
async fn owner(app: &App, tx: &mut Tx, held: &Upload) -> Result<Episode, Error> {
    if let Some(id) = held.episode_id {
        return Ok(episode::get(tx, id).await?.ok_or(crate::Error::Missing("episode"))?);
    }
    // The show goes together with its uploads, so a new draft needs the upload to be there still.
    upload::get(tx, held.id).await?.ok_or(crate::Error::Missing("upload"))?;
    let facts = EpisodeFacts { title: names::title(&held.file_name), ..EpisodeFacts::default() };
    let made = episodes::insert_draft(app, tx, held.show_id, facts).await?;
    let note = episodes::about(&made, |object| Note::on_behalf(held.user_id, "episode-made", object));
    audit::note(app, tx, note).await?;
    Ok(made)
}
