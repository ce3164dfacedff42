//! The playlists of a replay: byte ranges of the very fragments that were sent while live (RFC 8216).

use std::collections::BTreeMap;

use bytes::Bytes;
use rostrum_domain::Id;
use rostrum_domain::asset::{Asset, AssetKind};
use rostrum_domain::room::Room;
use rostrum_media::hls::{Replay, Variant, multivariant};
use rostrum_media::program::{Rendition, index};
use rostrum_wire::stage::Sealed;

use super::files;
use crate::{App, Error};

/// Largest index that is read, in bytes: more than a week on air.
const INDEX_BYTES_MAX: u64 = 32 << 20;
/// The renditions in the order in which players should try them.
const VARIANTS: [(Rendition, AssetKind); 2] =
    [(Rendition::Aac, AssetKind::AacFragments), (Rendition::Opus, AssetKind::OpusFragments)];

/// A rendition's fragments: where they are served, what lies in front of them, where each is.
pub(crate) struct Fragments {
    pub(crate) rendition: Rendition,
    pub(crate) path: String,
    pub(crate) front_bytes: u64,
    pub(crate) entries: Vec<index::Entry>,
    /// How much shorter than a chunk the last is, in milliseconds.
    pub(crate) short_ms: u64,
}

/// The document of all playlists: their names and texts.
pub(crate) fn document(all: &[Fragments]) -> Result<Bytes, Error> {
    let (mut texts, mut variants) = (BTreeMap::new(), Vec::new());
    for Fragments { rendition, path, front_bytes, entries, short_ms } in all {
        let replay = Replay { file: path, front_bytes: *front_bytes, first: 0, entries, short_ms: *short_ms };
        let (text, bandwidth) = replay.playlist().map_err(Error::internal)?;
        let uri = format!("{}.m3u8", rendition.name());
        texts.insert(uri.clone(), text);
        variants.push(Variant { rendition: *rendition, uri, bandwidth });
    }
    texts.insert("index.m3u8".to_owned(), multivariant(&variants));
    Ok(serde_json::to_vec(&texts).map_err(Error::internal)?.into())
}

/// All playlists as one document.
pub(super) async fn playlists(app: &App, (room, sealed): (Id<Room>, &Sealed), kept: &[Asset]) -> Result<Bytes, Error> {
    let mut all = Vec::new();
    for (rendition, kind) in VARIANTS {
        let file = files::of(sealed, rendition)?;
        let name = file.name.rsplit_once('.').map_or(file.name.as_str(), |(stem, _)| stem);
        let bytes = app.stage()?.read_all(room, &format!("{name}.index"), INDEX_BYTES_MAX).await?;
        let index = index::read(&bytes).map_err(Error::internal)?;
        let asset = kept.iter().find(|asset| asset.kind == kind);
        let path = asset.map(Asset::path).ok_or_else(|| Error::internal("fragments that are not kept"))?;
        all.push(Fragments { rendition, path, front_bytes: file.front, entries: index.entries, short_ms: 0 });
    }
    document(&all)
}
