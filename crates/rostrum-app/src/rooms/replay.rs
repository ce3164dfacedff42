//! The playlists of an episode that was a room: the very chunks that were sent while it was live.

use std::collections::BTreeMap;

use rostrum_domain::asset::AssetKind;

use crate::{App, Error, listing};

/// Largest document of playlists that is read, in bytes.
const BYTES_MAX: u64 = 32 << 20;

/// The playlist called `name` (`index.m3u8` names the others) of a published episode.
pub async fn playlist(app: &App, (show, episode): (&str, &str), name: &str) -> Result<String, Error> {
    let (entry, _, _) = listing::episode(app, show, episode).await?;
    let file = entry.asset(AssetKind::Replay).ok_or(Error::Missing("replay"))?;
    let bytes = app.media.bytes(&file.key, BYTES_MAX).await?;
    let mut texts: BTreeMap<String, String> = serde_json::from_slice(&bytes).map_err(Error::internal)?;
    texts.remove(name).ok_or(Error::Missing("playlist"))
}
