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

/// All playlists as one document: their names and texts.
pub(super) async fn playlists(app: &App, (room, sealed): (Id<Room>, &Sealed), kept: &[Asset]) -> Result<Bytes, Error> {
    let mut texts = BTreeMap::new();
    let mut variants = Vec::new();
    for (rendition, kind) in VARIANTS {
        let file = files::of(sealed, rendition)?;
        let name = file.name.rsplit_once('.').map_or(file.name.as_str(), |(stem, _)| stem);
        let bytes = app.stage()?.read_all(room, &format!("{name}.index"), INDEX_BYTES_MAX).await?;
        let index = index::read(&bytes).map_err(Error::internal)?;
        let asset = kept.iter().find(|asset| asset.kind == kind);
        let path = asset.map(Asset::path).ok_or_else(|| Error::internal("fragments that are not kept"))?;
        let replay = Replay { file: &path, front_bytes: file.front, first: 0, entries: &index.entries };
        let (text, bandwidth) = replay.playlist().map_err(Error::internal)?;
        let uri = format!("{}.m3u8", rendition.name());
        texts.insert(uri.clone(), text);
        variants.push(Variant { rendition, uri, bandwidth });
    }
    texts.insert("index.m3u8".to_owned(), multivariant(&variants));
    Ok(serde_json::to_vec(&texts).map_err(Error::internal)?.into())
}
