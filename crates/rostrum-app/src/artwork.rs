//! Artwork of shows and of single episodes: decoded and drawn anew in the sandboxed child, whatever was sent.

use std::io::{Seek as _, Write as _};

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use rostrum_codec::{Artwork, ArtworkRequest, Error as CodecError, Fit};
use rostrum_domain::Id;
use rostrum_domain::access::{Action, Caller};
use rostrum_domain::asset::{Asset, AssetKind};
use rostrum_domain::episode::Episode;
use rostrum_domain::show::Show;
use rostrum_fetch::Request;
use rostrum_store::{Tx, asset, episode, show};
use serde_json::json;

use crate::context::show_for;
use crate::files::New;
use crate::listing::Entry;
use crate::renditions::blocking;
use crate::{App, Error, audit, episodes, jobs, shows};

/// Largest picture taken, in bytes.
pub const BYTES_MAX: usize = 20 * 1024 * 1024;
/// The name artwork is served under.
pub const FILE_NAME: &str = "artwork.jpg";

/// Gives a show new artwork from the bytes of a JPEG, PNG or WebP picture.
pub async fn set(app: &App, caller: &Caller, name: &str, picture: (Bytes, Fit)) -> Result<Show, Error> {
    show_for(&mut app.store.read().await?, caller, Action::ManageShow, name).await?;
    let drawn = cover(app, picture).await?;
    let mut tx = app.store.write().await?;
    let before = show_for(&mut tx, caller, Action::ManageShow, name).await?;
    let mut found = before.clone();
    let (kind, file_name) = (AssetKind::Artwork, FILE_NAME.to_owned());
    let new = New { show: &found, episode: None, kind, file_name };
    let asset = new.put(app, Bytes::from(drawn.jpeg)).await?;
    asset::insert(&mut tx, &asset).await?;
    if let Some(old) = found.artwork_id.replace(asset.id) {
        asset::retire_one(&mut tx, old, app.now()).await?;
    }
    found.facts.accent = found.facts.accent.or(Some(drawn.accent));
    found.updated_at = app.now();
    show::update(&mut tx, &found).await?;
    found.version += 1;
    shows::note_change(app, &mut tx, caller, (&before, &found)).await?;
    jobs::retag::enqueue_show(app, &mut tx, found.id).await?;
    tx.commit().await?;
    app.wake_worker();
    Ok(found)
}

/// Gives a show new artwork from a picture on another server.
pub async fn fetch(app: &App, caller: &Caller, name: &str, from: (&str, Fit)) -> Result<Show, Error> {
    show_for(&mut app.store.read().await?, caller, Action::ManageShow, name).await?;
    set(app, caller, name, (bytes_at(app, from.0).await?, from.1)).await
}

/// Gives an episode artwork of its own.
pub async fn set_of_episode(
    app: &App,
    caller: &Caller,
    id: Id<Episode>,
    picture: (Bytes, Fit),
) -> Result<Episode, Error> {
    episodes::guarded(&mut app.store.read().await?, caller, Action::EditEpisodes, id).await?;
    let drawn = cover(app, picture).await?;
    let mut tx = app.store.write().await?;
    let (show, episode) = episodes::guarded(&mut tx, caller, Action::EditEpisodes, id).await?;
    let (kind, file_name) = (AssetKind::Artwork, FILE_NAME.to_owned());
    let new = New { show: &show, episode: Some(&episode), kind, file_name };
    let file = new.put(app, Bytes::from(drawn.jpeg)).await?;
    replace(app, &mut tx, caller, (&episode, Some(&file))).await?;
    tx.commit().await?;
    app.wake_worker();
    Ok(episode)
}

/// Gives an episode artwork from a picture on another server.
pub async fn fetch_of_episode(
    app: &App,
    caller: &Caller,
    id: Id<Episode>,
    from: (&str, Fit),
) -> Result<Episode, Error> {
    episodes::guarded(&mut app.store.read().await?, caller, Action::EditEpisodes, id).await?;
    set_of_episode(app, caller, id, (bytes_at(app, from.0).await?, from.1)).await
}

/// Takes an episode's own artwork away; the show's stands in for it.
pub async fn remove_of_episode(app: &App, caller: &Caller, id: Id<Episode>) -> Result<(), Error> {
    let mut tx = app.store.write().await?;
    let (_, episode) = episodes::guarded(&mut tx, caller, Action::EditEpisodes, id).await?;
    replace(app, &mut tx, caller, (&episode, None)).await?;
    tx.commit().await?;
    app.wake_worker();
    Ok(())
}

/// Puts a file in the place of an episode's artwork, or nothing.
async fn replace(app: &App, tx: &mut Tx, caller: &Caller, what: (&Episode, Option<&Asset>)) -> Result<(), Error> {
    let (episode, file) = what;
    let files = asset::of_episode(tx, episode.id).await?;
    let before = files.iter().find(|file| file.kind == AssetKind::Artwork);
    let changes =
        audit::changes(&json!({"artwork": before.map(|file| file.id)}), &json!({"artwork": file.map(|file| file.id)}));
    asset::retire(tx, episode.id, AssetKind::Artwork, app.now()).await?;
    if let Some(file) = file {
        asset::insert(tx, file).await?;
    }
    episode::touch(tx, episode.id, app.now()).await?;
    episodes::note_change(app, tx, caller, (episode, changes)).await?;
    jobs::retag::enqueue(app, tx, episode).await
}

async fn bytes_at(app: &App, address: &str) -> Result<Bytes, Error> {
    let mut request = Request::new(address);
    request.bytes_max = BYTES_MAX as u64;
    let answer = app.fetcher.get(&request).await;
    Ok(answer.map_err(|error| Error::invalid("artwork_url", format!("{error}")))?.bytes)
}

/// Draws a picture anew, square and large, as artwork has to be.
pub(crate) async fn cover(app: &App, picture: (Bytes, Fit)) -> Result<Artwork, Error> {
    let (bytes, fit) = picture;
    if bytes.len() > BYTES_MAX {
        return Err(Error::TooLarge(format!("A picture may have at most {} MB.", BYTES_MAX >> 20)));
    }
    draw(app, bytes, ArtworkRequest::cover(fit)).await
}

/// Draws a picture anew in the sandboxed child.
pub(crate) async fn draw(app: &App, bytes: Bytes, request: ArtworkRequest) -> Result<Artwork, Error> {
    let scratch = app.scratch.clone();
    let file = blocking(move || {
        let mut file = tempfile::tempfile_in(&scratch)?;
        file.write_all(&bytes)?;
        file.rewind()?;
        Ok(file)
    });
    let drawn = app.codec.artwork(file.await?, request).await;
    drawn.map_err(|error| match error {
        CodecError::Rejected { reason } => Error::invalid("artwork", reason),
        CodecError::Io(_) | CodecError::Unprotected { .. } => Error::internal(error),
        other => Error::invalid("artwork", format!("This picture could not be read safely ({other}).")),
    })
}

/// Bytes of a picture in which our encoder states its size.
const HEAD_BYTES: u64 = 2048;

/// The picture of an episode, its own or the show's, with its side in pixels; none where there is no picture.
pub async fn sized(app: &App, entry: &Entry) -> Result<Option<(Asset, u16)>, Error> {
    let picture = match (entry.asset(AssetKind::Artwork), entry.show.artwork_id) {
        (Some(own), _) => Some(own.clone()),
        (None, Some(id)) => asset::get(&mut app.store.read().await?, id).await?,
        (None, None) => None,
    };
    let Some(picture) = picture else { return Ok(None) };
    let length = u64::try_from(picture.bytes).unwrap_or(0).min(HEAD_BYTES);
    let mut reading = app.media.get(&picture.key, Some(0..length)).await?;
    let mut head = Vec::new();
    while let Some(bytes) = reading.stream.try_next().await? {
        head.extend_from_slice(&bytes);
    }
    Ok(jpeg_width(&head).map(|side_px| (picture, side_px)))
}

/// The width in the frame header of a JPEG (ITU-T T.81, B.2.2).
fn jpeg_width(head: &[u8]) -> Option<u16> {
    let mut rest = head.strip_prefix(&[0xff, 0xd8])?;
    while let [0xff, marker, high, low, ..] = *rest {
        let length = usize::from(u16::from_be_bytes([high, low]));
        if matches!(marker, 0xc0..=0xc2) {
            return Some(u16::from_be_bytes([*rest.get(7)?, *rest.get(8)?]));
        }
        rest = rest.get(2 + length..)?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_states_its_width() {
        let head = [0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 1, 0xff, 0xc0, 0, 11, 8, 5, 120, 11, 184, 3];
        assert_eq!(jpeg_width(&head), Some(3000));
        assert_eq!(jpeg_width(&head[..14]), None);
        assert_eq!(jpeg_width(b"GIF89a"), None);
    }
}
