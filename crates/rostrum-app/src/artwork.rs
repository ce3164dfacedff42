//! A show's artwork: decoded and drawn anew in the sandboxed child, whatever was sent.

use std::io::{Seek as _, Write as _};

use bytes::Bytes;
use rostrum_codec::{Artwork, ArtworkRequest, Error as CodecError, Fit};
use rostrum_domain::access::{Action, Caller};
use rostrum_domain::asset::AssetKind;
use rostrum_domain::show::Show;
use rostrum_fetch::Request;
use rostrum_store::{asset, show};

use crate::context::show_for;
use crate::files::New;
use crate::renditions::blocking;
use crate::{App, Error, jobs, shows};

/// Largest picture taken, in bytes.
pub const BYTES_MAX: usize = 20 * 1024 * 1024;
/// The name artwork is served under.
pub const FILE_NAME: &str = "artwork.jpg";

/// Gives a show new artwork from the bytes of a JPEG, PNG or WebP picture.
pub async fn set(app: &App, caller: &Caller, name: &str, picture: (Bytes, Fit)) -> Result<Show, Error> {
    show_for(&mut app.store.read().await?, caller, Action::ManageShow, name).await?;
    let (bytes, fit) = picture;
    if bytes.len() > BYTES_MAX {
        return Err(Error::TooLarge(format!("A picture may have at most {} MB.", BYTES_MAX >> 20)));
    }
    let drawn = draw(app, bytes, fit).await?;
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
    let (address, fit) = from;
    let mut request = Request::new(address);
    request.bytes_max = BYTES_MAX as u64;
    let answer = app.fetcher.get(&request).await;
    let answer = answer.map_err(|error| Error::invalid("artwork_url", format!("{error}")))?;
    set(app, caller, name, (answer.bytes, fit)).await
}

async fn draw(app: &App, bytes: Bytes, fit: Fit) -> Result<Artwork, Error> {
    let scratch = app.scratch.clone();
    let file = blocking(move || {
        let mut file = tempfile::tempfile_in(&scratch)?;
        file.write_all(&bytes)?;
        file.rewind()?;
        Ok(file)
    });
    let drawn = app.codec.artwork(file.await?, ArtworkRequest::cover(fit)).await;
    drawn.map_err(|error| match error {
        CodecError::Rejected { reason } => Error::invalid("artwork", reason),
        CodecError::Io(_) | CodecError::Unprotected { .. } => Error::internal(error),
        other => Error::invalid("artwork", format!("This picture could not be read safely ({other}).")),
    })
}
