//! An episode that was a room, as it is heard and read again: the very chunks that were sent while it was live, and
//! what people wrote, on the same clock.

use std::collections::BTreeMap;

use rostrum_domain::Id;
use rostrum_domain::asset::AssetKind;
use rostrum_domain::episode::Episode;
use rostrum_domain::room::Audience;
use rostrum_media::program::SAMPLES_PER_MS;
use rostrum_store::room_log::{self, Line};
use rostrum_store::{Tx, asset, room};

use crate::{App, Error, edits, listing};

/// Largest document of playlists that is read, in bytes.
const BYTES_MAX: u64 = 32 << 20;
/// Lines of chat beside an episode.
const LINES_MAX: i64 = 20_000;

/// The playlist called `name` (`index.m3u8` names the others) of a published episode.
pub async fn playlist(app: &App, (show, episode): (&str, &str), name: &str) -> Result<String, Error> {
    let (entry, _, _) = listing::episode(app, show, episode).await?;
    let file = entry.asset(AssetKind::Replay).ok_or(Error::Missing("replay"))?;
    let bytes = app.media.bytes(&file.key, BYTES_MAX).await?;
    let mut texts: BTreeMap<String, String> = serde_json::from_slice(&bytes).map_err(Error::internal)?;
    texts.remove(name).ok_or(Error::Missing("playlist"))
}

/// Whether anything that the public may read was written while an episode was a room.
pub async fn has_chat(app: &App, episode: Id<Episode>) -> Result<bool, Error> {
    Ok(!lines(&mut app.store.read().await?, episode, 1).await?.is_empty())
}

/// What was written while a published episode was a room, in the order of the program.
pub async fn chat(app: &App, (show, episode): (&str, &str)) -> Result<Vec<Line>, Error> {
    let (entry, _, _) = listing::episode(app, show, episode).await?;
    lines(&mut app.store.read().await?, entry.episode.id, LINES_MAX).await
}

/// What [`chat`] gives goes by this name until a line is taken out or the recording is cut elsewhere; open pages ask
/// for it again and again, so it costs no look at the lines.
pub async fn chat_version(app: &App, (show, episode): (&str, &str)) -> Result<String, Error> {
    let (entry, _, _) = listing::episode(app, show, episode).await?;
    let mut tx = app.store.read().await?;
    Ok(match room::of_episode(&mut tx, entry.episode.id).await? {
        Some(room) => {
            let lines = room_log::count_lines(&mut tx, room.id).await?;
            let trim = edits::trim_of(&mut tx, entry.episode.id).await?;
            format!("{}-{lines}-{}-{}", room.id, trim.head_ms, trim.tail_ms)
        }
        None => entry.episode.id.to_string(),
    })
}

/// On the clock of what is served. What was written among those who were asked in stays among them.
async fn lines(tx: &mut Tx, episode: Id<Episode>, max: i64) -> Result<Vec<Line>, Error> {
    let trim = edits::trim_of(tx, episode).await?;
    let whole = match room::of_episode(tx, episode).await? {
        Some(room) if room.facts.audience != Audience::Private => {
            let max = if trim.is_none() { max } else { LINES_MAX };
            room_log::replay(tx, room.id, (1, max)).await?
        }
        _ => return Ok(Vec::new()),
    };
    if trim.is_none() {
        return Ok(whole);
    }
    let kept_ms = edits::of(&asset::of_episode(tx, episode).await?, AssetKind::Mp3).map_or(0, |file| file.duration_ms);
    let (head, kept) = (trim.head_ms * SAMPLES_PER_MS.cast_signed(), kept_ms * SAMPLES_PER_MS.cast_signed());
    let moved = whole.into_iter().map(|line| Line { at: line.at - head, ..line });
    Ok(moved.filter(|line| (0..kept).contains(&line.at)).collect())
}
