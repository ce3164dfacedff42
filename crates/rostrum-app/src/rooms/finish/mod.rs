//! From a room that has ended to its episode: the stage closes the files with tags in front, the media store takes them
//! as they are, one transaction makes the episode. Every step may be repeated: ids, keys and the guid come from the
//! room's own id, and the last step is done once.

mod chapters;
mod cues;
pub(crate) mod files;
pub(crate) mod replay;

use bytes::Bytes;
use rostrum_domain::asset::Asset;
use rostrum_domain::episode::{Episode, EpisodeFacts, State, blockers};
use rostrum_domain::room::{OnEnd, Room};
use rostrum_domain::show::Show;
use rostrum_domain::transcript::Cue;
use rostrum_domain::{Id, Timestamp};
use rostrum_media::program::{CHUNK_SAMPLES, Rendition};
use rostrum_store::{Tx, asset, episode, failpoint, room, room_log};
use rostrum_wire::stage::{Sealed, Standing};
use serde_json::json;

use super::{Detail, about, told, with_show};
use crate::audit::{self, Note};
use crate::{App, Error, episodes, jobs, renditions, search};

/// Largest log of events that is read, in bytes: a day of a busy chat.
const LOG_BYTES_MAX: u64 = 256 << 20;
/// The log of events among a room's files.
const LOG: &str = "program/events.log";

/// Makes the episode of an ended room, unless that was done; none where nothing was ever on air. The stage then forgets
/// the room.
pub async fn finish(app: &App, standing: &Standing) -> Result<Option<Id<Episode>>, Error> {
    let id = standing.room;
    let mut tx = app.store.read().await?;
    let Some(found) = room::get(&mut tx, id).await? else { return Ok(None) };
    let finished = room::is_finished(&mut tx, id).await?;
    let Detail { show, room } = with_show(&mut tx, found).await?;
    drop(tx);
    let made = match () {
        () if finished => room.episode_id,
        () if standing.chunks == 0 => nothing(app, &room).await?,
        () => Some(made(app, &show, &room).await?),
    };
    failpoint::reach("room: before it is forgotten");
    app.stage()?.forget(id).await?;
    Ok(made)
}

/// Nothing was on air: the room ends without an episode.
async fn nothing(app: &App, ended: &Room) -> Result<Option<Id<Episode>>, Error> {
    let mut tx = app.store.write().await?;
    room::finish(&mut tx, ended.id, (None, app.now())).await?;
    tx.commit().await?;
    Ok(None)
}

async fn made(app: &App, show: &Show, room: &Room) -> Result<Id<Episode>, Error> {
    let stage = app.stage()?;
    let log = stage.read_all(room.id, LOG, LOG_BYTES_MAX).await?;
    let mut tx = app.store.write().await?;
    told::take_log(&mut tx, room.id, &log).await?;
    let cues = cues::of(&log, &room_log::people(&mut tx, room.id).await?);
    tx.commit().await?;
    let sealed = stage.seal(room.id, Bytes::new()).await?;
    failpoint::reach("room: closed");
    let draft = draft(app, (show, room), &sealed).await?;
    let front = front(app, (show, &draft), (room.id, &sealed)).await?;
    // Somebody else may have been faster, and then the file is out: no byte of it may change any more.
    if room::is_finished(&mut app.store.read().await?, room.id).await? {
        return Ok(draft.id);
    }
    let sealed = stage.seal(room.id, front).await?;
    failpoint::reach("room: sealed");
    let mut kept = files::keep(app, (show, &draft), (room.id, &sealed)).await?;
    kept.extend(files::transcript(app, (show, &draft), (&sealed, &cues)).await?);
    failpoint::reach("room: files kept");
    record(app, (show, room), Made { draft, kept, cues }).await
}

/// The episode as it will be, before it is known whether it can be published.
async fn draft(app: &App, (show, room): (&Show, &Room), sealed: &Sealed) -> Result<Episode, Error> {
    let mut tx = app.store.read().await?;
    let facts = EpisodeFacts {
        title: room.facts.title.clone(),
        notes: room.facts.description.clone(),
        chapters: chapters::of(&room_log::markers(&mut tx, room.id).await?, sealed.samples),
        ..EpisodeFacts::default()
    };
    let id = Id::from_bits(room.id.bits());
    let now = app.now();
    Ok(Episode {
        id,
        show_id: show.id,
        slug: episodes::free_slug(&mut tx, show.id, &facts.title).await?,
        guid: id.to_string(),
        state: State::Draft,
        published_at: Some(now).filter(|_| room.facts.on_end == OnEnd::Publish),
        facts,
        created_at: now,
        updated_at: now,
        version: 1,
    })
}

/// What goes in front of the MP3.
async fn front(app: &App, of: (&Show, &Episode), (id, sealed): (Id<Room>, &Sealed)) -> Result<Bytes, Error> {
    let tags = renditions::tags(app, &mut app.store.read().await?, of).await?;
    let mp3 = files::of(sealed, Rendition::Mp3)?;
    let (_, piece) = app.stage()?.read(id, &mp3.name, mp3.front).await?;
    let first = *piece.first_chunk().ok_or_else(|| Error::internal("an MP3 without a frame"))?;
    let frames = sealed.samples / CHUNK_SAMPLES * Rendition::Mp3.frames_per_chunk() as u64;
    let bytes = mp3.bytes.saturating_sub(mp3.front);
    Ok(Bytes::from(renditions::mp3_front(&tags, first, (frames, bytes))?))
}

/// What a room became.
struct Made {
    draft: Episode,
    kept: Vec<Asset>,
    cues: Vec<Cue>,
}

/// Makes the episode and ends the room's work, in one transaction.
async fn record(app: &App, (show, room): (&Show, &Room), made: Made) -> Result<Id<Episode>, Error> {
    let Made { draft, kept, cues } = made;
    let mut tx = app.store.write().await?;
    let made = out(app, show, (draft, &kept));
    episode::insert(&mut tx, &made).await?;
    for file in &kept {
        asset::insert(&mut tx, file).await?;
    }
    search::transcript(&mut tx, &made, &cues).await?;
    search::listed(&mut tx, &made).await?;
    room::finish(&mut tx, room.id, (Some(made.id), app.now())).await?;
    jobs::recording::enqueue(app, &mut tx, &made).await?;
    jobs::stems::enqueue(app, &mut tx, &made, jobs::stems::Form::Opus).await?;
    noted(app, &mut tx, (room, &made)).await?;
    tx.commit().await?;
    app.wake_worker();
    Ok(made.id)
}

/// Published at once as the room says; as soon as nothing blocks it, where something does.
fn out(app: &App, show: &Show, (draft, files): (Episode, &[Asset])) -> Episode {
    let now: Timestamp = app.now();
    match draft.published_at {
        None => draft,
        Some(_) => {
            let blocked = !blockers(show, &draft, files).0.is_empty();
            let state = if blocked { State::Scheduled } else { State::Published };
            Episode { state, published_at: Some(now), ..draft }
        }
    }
}

async fn noted(app: &App, tx: &mut Tx, (room, made): (&Room, &Episode)) -> Result<(), Error> {
    audit::note(app, tx, about(room, |object| Note::operator("room-became-episode", object))).await?;
    if made.state == State::Published {
        let note = Note::operator("episode-published", format!("episode {}", made.id));
        audit::note(app, tx, note.with(json!({"title": made.facts.title}))).await?;
    }
    Ok(())
}
