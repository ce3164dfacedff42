//! Announcing an upload: who, where, how large; everything that would refuse it is said before a byte is taken.

use std::iter;
use std::path::{Path, PathBuf};

use jiff::SignedDuration;
use rostrum_domain::access::{Action, Caller};
use rostrum_domain::episode::Episode;
use rostrum_domain::show::Show;
use rostrum_domain::{Id, Timestamp};
use rostrum_media::sniff::Refusal;
use rostrum_store::upload::{self, Part, Upload};
use rostrum_store::{Tx, asset, show};

use super::hold::{end_of_life, folder, length, stage};
use super::{Error, Target, UPLOADS_MAX, blocking, names};
use crate::context::show_for;
use crate::{App, episodes};

/// An upload that is to begin.
#[derive(Debug, Clone)]
pub struct Announcement {
    /// Its length in bytes.
    pub length_bytes: u64,
    /// Whether it is a piece of a later final upload.
    pub partial: bool,
    /// Where it belongs.
    pub target: Target,
}

/// Begins an upload.
pub async fn announce(app: &App, caller: &Caller, announcement: Announcement) -> Result<Upload, Error> {
    let mut tx = app.store.write().await?;
    let place = place(&mut tx, caller, &announcement.target).await?;
    check(app, &mut tx, &place, announcement.length_bytes).await?;
    let part = if announcement.partial { Part::Partial } else { Part::Whole };
    let made = make(app, caller, place, (announcement.target, part, announcement.length_bytes));
    upload::insert(&mut tx, &made).await?;
    tx.commit().await?;
    drop(stage(app, made.id).await?);
    Ok(made)
}

/// The show and episode an upload is for.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) show: Id<Show>,
    pub(super) episode: Option<Id<Episode>>,
}

/// Where the client wants the upload, if the caller may edit episodes there.
pub(super) async fn place(tx: &mut Tx, caller: &Caller, target: &Target) -> Result<Place, Error> {
    let Some(episode) = target.episode else {
        let name = target.show.as_deref().ok_or_else(|| {
            crate::Error::invalid("show", "Say which show this is for: its slug or id in the metadata “show”.")
        })?;
        let show = show_for(tx, caller, Action::EditEpisodes, name).await?;
        return Ok(Place { show: show.id, episode: None });
    };
    let (show, _) = episodes::guarded(tx, caller, Action::EditEpisodes, episode).await?;
    let agrees = target.show.as_deref().is_none_or(|name| name == show.slug.as_str() || name == show.id.to_string());
    if !agrees {
        return Err(crate::Error::invalid("show", "The episode does not belong to this show.").into());
    }
    Ok(Place { show: show.id, episode: Some(episode) })
}

/// The record of an upload that begins now.
pub(super) fn make(app: &App, caller: &Caller, place: Place, what: (Target, Part, u64)) -> Upload {
    let (now, (target, part, length)) = (app.now(), what);
    Upload {
        id: app.id(now),
        user_id: caller.user_id,
        show_id: place.show,
        episode_id: place.episode,
        file_name: names::plain(&target.file_name),
        part,
        parts: Vec::new(),
        length_bytes: i64::try_from(length).unwrap_or(i64::MAX),
        metadata: target.metadata,
        created_at: now,
        expires_at: end_of_life(now),
        finished_at: None,
    }
}

async fn check(app: &App, tx: &mut Tx, place: &Place, length: u64) -> Result<(), Error> {
    if length == 0 {
        return Err(Refusal::Empty.into());
    }
    check_size(app, length)?;
    // Two that are announced at once are judged one after the other.
    show::hold(tx, place.show).await?;
    let pending = upload::pending(tx, place.show).await?;
    if pending.uploads >= UPLOADS_MAX {
        let text = "Too many uploads of this show are unfinished. Finish or cancel some, or wait until they expire.";
        return Err(crate::Error::Busy(text, 3600).into());
    }
    let stored = asset::bytes_of_show(tx, place.show).await?;
    let used = u64::try_from(stored.saturating_add(pending.bytes)).unwrap_or(0);
    let free = app.limits.show_bytes_max.saturating_sub(used);
    if length > free {
        let text = format!("This show may take {} more; the file has {}.", size(free), size(length));
        return Err(crate::Error::TooLarge(text).into());
    }
    let coming = upload::coming(tx, moved_since(app.now())).await?;
    room(app, length.saturating_add(still_to_come(app, coming).await?)).await
}

/// The end of life of an upload that moved an hour ago: room is kept for those that move, not for what was given up.
fn moved_since(now: Timestamp) -> Timestamp {
    end_of_life(now).checked_sub(SignedDuration::from_hours(1)).unwrap_or(now)
}

/// Bytes that uploads under way have announced and not yet sent.
async fn still_to_come(app: &App, coming: Vec<Upload>) -> Result<u64, Error> {
    let folder = folder(app);
    let left = move |upload: &Upload| {
        let arrived = std::fs::metadata(folder.join(upload.id.to_string())).map_or(0, |file| file.len());
        length(upload).saturating_sub(arrived)
    };
    Ok(blocking(move || coming.iter().map(left).fold(0, u64::saturating_add)).await?)
}

/// Refuses a file larger than any may be.
pub(super) fn check_size(app: &App, length: u64) -> Result<(), Error> {
    let max = app.limits.upload_bytes_max;
    if length <= max {
        return Ok(());
    }
    let text = format!("The file has {}; the largest upload here is {}.", size(length), size(max));
    Err(crate::Error::TooLarge(text).into())
}

/// `NoRoom` unless `bytes` more fit where they arrive and, should that be another disk, where they stay, with the
/// reserve left free on each.
pub(super) async fn room(app: &App, bytes: u64) -> Result<(), Error> {
    let places: Vec<PathBuf> = iter::once(&*app.scratch).chain(app.media.folder()).map(Path::to_owned).collect();
    let least = blocking(move || free_bytes(&places)).await??;
    let fits = least.saturating_sub(app.limits.disk_reserve_bytes) >= bytes;
    if fits { Ok(()) } else { Err(Error::NoRoom) }
}

/// Bytes free on the fullest of the disks of these folders.
fn free_bytes(folders: &[PathBuf]) -> std::io::Result<u64> {
    folders.iter().try_fold(u64::MAX, |least, folder| {
        let disk = rustix::fs::statvfs(folder)?;
        Ok(least.min(disk.f_bavail.saturating_mul(disk.f_frsize)))
    })
}

/// A number of bytes for people.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        1_000_000..1_000_000_000 => format!("{} MB", bytes / 1_000_000),
        _ => format!("{}.{} GB", bytes / 1_000_000_000, bytes / 100_000_000 % 10),
    }
}
