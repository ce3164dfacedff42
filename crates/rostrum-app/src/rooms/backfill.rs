//! What the browsers of speakers kept of their own voices, for a room that has ended: which of it the journal lacks,
//! and taking it in. What comes waits in the media store until a job has put it into the journal.

use bytes::Bytes;
use jiff::SignedDuration;
use rostrum_domain::Timestamp;
use rostrum_domain::asset::Asset;
use rostrum_domain::episode::Episode;
use rostrum_domain::room::{Room, RoomState};
use rostrum_live::backfill::{Frame, Gap, Survey, fill};
use rostrum_live::event::Who;
use rostrum_store::room_copy::{self, Part};
use rostrum_store::{asset, episode, room};
use sha2::{Digest as _, Sha256};

use super::grants::past_claims;
use super::pace::Rate;
use super::talk::{Bearer, paced};
use super::tape;
use crate::renditions::blocking;
use crate::{App, Error, jobs};

/// Most bytes of a copy in one request: some minutes.
pub const BYTES_MAX: usize = 1 << 20;
/// How long after its end a room takes copies.
const OPEN_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Most bytes of one person's that wait at one time, and most parts.
const WAITING_BYTES_MAX: i64 = 200 << 20;
const WAITING_MAX: usize = 200;
/// Requests of one person; each reads the journal.
const ASKS: Rate = Rate { burst: 20.0, per_s: 0.5 };
/// Requests from one network.
const ASKS_NETWORK: Rate = Rate { burst: 60.0, per_s: 2.0 };

/// Refusals that pass, and those that do not.
const NOT_YET: [&str; 2] = ["not_ended", "not_yet"];
const NO_MORE: [&str; 2] = ["copy_late", "copy_closed"];

/// Whose copy is for which recording.
struct Subject {
    who: Who,
    room: Room,
    episode: Episode,
    segments: Vec<Asset>,
}

/// What the journal lacks of the bearer's voice, nothing where it takes none; none while that cannot be known yet.
pub async fn lacking(app: &App, bearer: Bearer<'_>) -> Result<Option<Vec<Gap>>, Error> {
    match load(app, bearer).await {
        Ok(subject) => survey(app, &subject).await.map(Some),
        Err(Error::Refused { code, .. }) if NOT_YET.contains(&code.as_str()) => Ok(None),
        Err(Error::Refused { code, .. }) if NO_MORE.contains(&code.as_str()) => Ok(Some(Vec::new())),
        Err(other) => Err(other),
    }
}

/// Takes frames of a copy, as [`Frame::read_all`] reads them; how many of them were missing. The same frames a second
/// time change nothing.
pub async fn take(app: &App, bearer: Bearer<'_>, body: Bytes) -> Result<usize, Error> {
    let frames = Frame::read_all(body).ok_or_else(|| refused("bad_copy", "This is no part of a copy."))?;
    let subject = load(app, bearer).await?;
    let late = fill(&survey(app, &subject).await?, frames);
    if late.is_empty() {
        return Ok(0);
    }
    let mut bytes = Vec::new();
    late.iter().filter_map(rostrum_live::backfill::Late::frame).for_each(|frame| frame.write(&mut bytes));
    keep(app, &subject, bytes.into()).await?;
    Ok(late.len())
}

async fn load(app: &App, bearer: Bearer<'_>) -> Result<Subject, Error> {
    let (claims, room) = past_claims(app, bearer.room, bearer.grant).await?;
    paced(app, ("copy", bearer.from), &claims, (ASKS, ASKS_NETWORK))?;
    if room.state != RoomState::Ended {
        return Err(refused("not_ended", "The room still goes on; what is missing is taken when it has ended."));
    }
    let now = app.now();
    if room.ended_at.is_none_or(|at| too_late(at, now)) {
        return Err(refused("copy_late", "It is too late to add to this recording."));
    }
    let mut tx = app.store.read().await?;
    let made = match room.episode_id {
        Some(id) => episode::get(&mut tx, id).await?,
        None if room::is_finished(&mut tx, room.id).await? => None,
        None => return Err(not_yet()),
    };
    let Some(episode) = made else { return Err(closed()) };
    if room_copy::is_closed(&mut tx, room.id).await? {
        return Err(closed());
    }
    let segments = tape::of(&asset::of_episode(&mut tx, episode.id).await?);
    if segments.is_empty() { Err(not_yet()) } else { Ok(Subject { who: claims.participant, room, episode, segments }) }
}

fn too_late(ended: Timestamp, now: Timestamp) -> bool {
    now.duration_since(ended) > OPEN_FOR
}

async fn survey(app: &App, subject: &Subject) -> Result<Vec<Gap>, Error> {
    let copies = tape::local(app, &subject.segments).await?;
    let (paths, mut survey) = (tape::paths(&copies), Survey::new(subject.who));
    blocking(move || {
        tape::read(&paths, &mut |record| {
            survey.record(record);
            Ok(())
        })?;
        Ok(survey.gaps())
    })
    .await
}

async fn keep(app: &App, subject: &Subject, bytes: Bytes) -> Result<(), Error> {
    let Subject { who, room, episode, .. } = subject;
    let digest: String = Sha256::digest(&bytes).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let key = format!("{}/{}/copy-{who}-{digest}", episode.show_id, episode.id);
    let part = Part { key, who: *who, bytes: i64::try_from(bytes.len()).map_err(Error::internal)? };
    let waiting = room_copy::of_room(&mut app.store.read().await?, room.id).await?;
    let own = waiting.iter().filter(|one| one.who == *who && one.key != part.key);
    let (count, sum) = own.fold((0, part.bytes), |(count, sum), one| (count + 1, sum + one.bytes));
    if count >= WAITING_MAX || sum > WAITING_BYTES_MAX {
        return Err(Error::Busy("What came before is still being added; try again in a few minutes.", 60));
    }
    // Its name follows from what it holds: what a try before this one has stored is the same.
    if app.media.size(&part.key).await.is_err() {
        app.media.put(&part.key, bytes).await?;
    }
    let mut tx = app.store.write().await?;
    if room_copy::is_closed(&mut tx, room.id).await? {
        app.media.delete(&part.key).await?;
        return Err(closed());
    }
    room_copy::insert(&mut tx, room.id, (&part, app.now())).await?;
    jobs::backfill::enqueue(app, &mut tx, episode).await?;
    tx.commit().await?;
    app.wake_worker();
    Ok(())
}

fn not_yet() -> Error {
    refused("not_yet", "The recording is still being put away; try again in a moment.")
}

fn closed() -> Error {
    refused("copy_closed", "This recording takes nothing any more.")
}

fn refused(code: &str, message: &str) -> Error {
    Error::Refused { code: code.into(), message: message.into() }
}

#[cfg(test)]
mod tests;
