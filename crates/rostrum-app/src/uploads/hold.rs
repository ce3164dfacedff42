//! Holding an upload: its facts and its file together, by one writer; and the two things done without sending bytes.

use std::path::PathBuf;

use rostrum_domain::access::{Action, Caller};
use rostrum_domain::{Id, Timestamp};
use rostrum_store::Tx;
use rostrum_store::upload::{self, Part, Upload};
use tokio_util::sync::CancellationToken;

use super::complete::{complete, drop_stored, key};
use super::staging::Staged;
use super::{Error, LIFE_DAYS, blocking};
use crate::{App, shows};

/// How far an upload is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// What was announced; with `finished_at` and the episode once it is whole.
    pub upload: Upload,
    /// Bytes that have arrived and will not be lost.
    pub offset: u64,
}

/// Where the staged files are.
pub(super) fn folder(app: &App) -> PathBuf {
    app.scratch.join("uploads")
}

/// Bytes an upload announced.
pub(super) fn length(upload: &Upload) -> u64 {
    u64::try_from(upload.length_bytes).unwrap_or(0)
}

/// When an upload that moved at `now` is given up.
pub(super) fn end_of_life(now: Timestamp) -> Timestamp {
    now.checked_add(jiff::SignedDuration::from_hours(24 * LIFE_DAYS)).unwrap_or(Timestamp::MAX)
}

/// An unfinished upload and the right to write it.
pub(super) struct Held {
    pub(super) upload: Upload,
    pub(super) staged: Staged,
    /// Cancelled when another request of this upload waits.
    pub(super) leave: CancellationToken,
    /// Whether the bytes are in the media store already: the process was killed between that step and the next.
    pub(super) adopted: bool,
}

impl Held {
    /// Bytes that have arrived.
    pub(super) fn offset(&self) -> u64 {
        if self.adopted { length(&self.upload) } else { self.staged.length() }
    }

    /// Whether every byte is there.
    pub(super) fn is_whole(&self) -> bool {
        self.offset() == length(&self.upload)
    }

    /// Whether it is to be finished now; a part waits to be joined.
    pub(super) fn is_due(&self) -> bool {
        self.is_whole() && self.upload.part != Part::Partial
    }

    /// How far it is.
    pub(super) fn progress(&self) -> Progress {
        Progress { upload: self.upload.clone(), offset: self.offset() }
    }

    /// Forgets the upload and its bytes.
    pub(super) async fn forget(self, app: &App) -> Result<(), Error> {
        let mut tx = app.store.write().await?;
        upload::delete(&mut tx, self.upload.id).await?;
        tx.commit().await?;
        if self.adopted {
            drop_stored(app, self.upload.id).await?;
        }
        Ok(blocking(move || self.staged.remove()).await??)
    }
}

/// What was found when reaching for an upload.
pub(super) enum Reached {
    /// It is unfinished, and ours to write.
    Open(Box<Held>),
    /// It is finished; nothing is left to write.
    Finished(Box<Upload>),
    /// Nobody knows it any more.
    Gone,
}

/// Reaches for an upload; `Busy` while somebody else holds it.
pub(super) async fn reach(app: &App, id: Id<Upload>) -> Result<Reached, Error> {
    let (staged, leave) = stage(app, id).await?;
    // Read under the lock, so that nobody can have finished or forgotten it since.
    match upload::get(&mut app.store.read().await?, id).await? {
        Some(upload) if upload.finished_at.is_none() => {
            let may_be_adopted = staged.fresh() && upload.part != Part::Partial;
            let adopted = may_be_adopted && app.media.size(&key(id)).await.is_ok_and(|size| size == length(&upload));
            Ok(Reached::Open(Box::new(Held { upload, staged, leave, adopted })))
        }
        found => {
            blocking(move || staged.remove()).await??;
            Ok(found.map_or(Reached::Gone, |upload| Reached::Finished(Box::new(upload))))
        }
    }
}

/// The staged file of an upload, made when there is none.
pub(super) async fn stage(app: &App, id: Id<Upload>) -> Result<(Staged, CancellationToken), Error> {
    let seat = app.seats().take(id).ok_or(Error::Busy)?;
    let (leave, folder) = (seat.leave(), folder(app));
    let staged = blocking(move || Staged::open(&folder, &id.to_string(), seat)).await??;
    Ok((staged.ok_or(Error::Busy)?, leave))
}

/// The upload with this id, if the caller may edit episodes of its show.
pub(super) async fn allowed(tx: &mut Tx, caller: &Caller, id: Id<Upload>) -> Result<Upload, Error> {
    let found = upload::get(tx, id).await?.ok_or(crate::Error::Missing("upload"))?;
    match shows::by_id(tx, caller, Action::EditEpisodes, found.show_id).await {
        Ok(_) => Ok(found),
        // Whose role is too small for the show's uploads may not know of one either, unless it is their own.
        Err(crate::Error::Denied(why)) if found.user_id == caller.user_id => Err(crate::Error::Denied(why).into()),
        Err(crate::Error::Denied(_) | crate::Error::Missing(_)) => Err(crate::Error::Missing("upload").into()),
        Err(other) => Err(other.into()),
    }
}

/// `Expired` when the upload's time is over.
pub(super) fn alive(app: &App, upload: Upload) -> Result<Upload, Error> {
    if upload.finished_at.is_none() && upload.expires_at < app.now() { Err(Error::Expired) } else { Ok(upload) }
}

/// How far an upload is. A writer whose client has come back to ask is told to leave first; an upload whose bytes are
/// all there is finished first.
pub async fn progress(app: &App, caller: &Caller, id: Id<Upload>) -> Result<Progress, Error> {
    let found = allowed(&mut app.store.read().await?, caller, id).await?;
    let found = alive(app, found)?;
    if found.finished_at.is_some() {
        return Ok(finished(found));
    }
    app.seats().vacate(id).await;
    match reach(app, id).await? {
        Reached::Open(held) if held.is_due() => complete(app, *held).await,
        Reached::Open(held) => Ok(held.progress()),
        Reached::Finished(upload) => Ok(finished(*upload)),
        Reached::Gone => Err(crate::Error::Missing("upload").into()),
    }
}

pub(super) fn finished(upload: Upload) -> Progress {
    Progress { offset: length(&upload), upload }
}

/// About how many bytes of an upload have arrived, for a list: disturbs nobody and promises nothing.
pub async fn arrived(app: &App, upload: &Upload) -> u64 {
    if upload.finished_at.is_some() {
        return length(upload);
    }
    let staged = tokio::fs::metadata(folder(app).join(upload.id.to_string())).await;
    staged.map_or(0, |file| file.len())
}

/// Ends an upload and forgets its bytes; a finished one leaves its episode as it is.
pub async fn terminate(app: &App, caller: &Caller, id: Id<Upload>) -> Result<(), Error> {
    allowed(&mut app.store.read().await?, caller, id).await?;
    app.seats().vacate(id).await;
    match reach(app, id).await? {
        Reached::Open(held) => held.forget(app).await,
        Reached::Finished(upload) => {
            let mut tx = app.store.write().await?;
            upload::delete(&mut tx, upload.id).await?;
            Ok(tx.commit().await?)
        }
        Reached::Gone => Ok(()),
    }
}
