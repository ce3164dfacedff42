//! A room's closed files on their way into the media store: linked where they lie on the same disk, so that their
//! length costs nothing; copied or fetched from the stage otherwise.

use bytes::Bytes;
use rostrum_domain::Id;
use rostrum_domain::asset::{Asset, AssetKind};
use rostrum_domain::episode::Episode;
use rostrum_domain::room::Room;
use rostrum_domain::show::Show;
use rostrum_domain::transcript::Cue;
use rostrum_media::program::{Rendition, SAMPLES_PER_MS};
use rostrum_wire::stage::{File, Sealed};
use sha2::{Digest as _, Sha256};
use tokio::io::AsyncWriteExt as _;

use super::replay;
use crate::{App, Error, transcripts};

/// What is kept, and as what. The fragments are the M4A until a finer one is made of them.
const KEPT: [(Rendition, AssetKind); 3] = [
    (Rendition::Mp3, AssetKind::Mp3),
    (Rendition::Aac, AssetKind::AacFragments),
    (Rendition::Opus, AssetKind::OpusFragments),
];

/// The closed file of a rendition.
pub(super) fn of(sealed: &Sealed, rendition: Rendition) -> Result<&File, Error> {
    let file = sealed.files.iter().find(|file| file.rendition == Some(rendition));
    file.ok_or_else(|| Error::internal(format!("the stage closed no {} file", rendition.name())))
}

/// Puts the files into the media store; their records are the caller's to insert.
pub(super) async fn keep(
    app: &App,
    of_episode: (&Show, &Episode),
    (room, sealed): (Id<Room>, &Sealed),
) -> Result<Vec<Asset>, Error> {
    let mut kept = Vec::new();
    for (rendition, kind) in KEPT {
        let file = of(sealed, rendition)?;
        let asset = named(of_episode, kind, sealed);
        let bytes = taken(app, (room, file), &asset.key).await?;
        if bytes != file.bytes {
            return Err(Error::internal(format!("{} has {bytes} bytes of {}", asset.key, file.bytes)));
        }
        let bitrate = i64::from(rendition.bitrate());
        let asset = Asset { bytes: signed(bytes)?, bitrate, loudness_lufs: sealed.loudness_lufs, ..asset };
        if kind == AssetKind::AacFragments {
            let m4a = named(of_episode, AssetKind::M4a, sealed);
            kept.push(Asset { id: m4a.id, kind: m4a.kind, file_name: m4a.file_name, ..asset.clone() });
        }
        kept.push(asset);
    }
    // After a restart the stage has seen only a part; the whole is measured by a job.
    if let Some(waveform) = &sealed.waveform {
        let waveform = serde_json::to_vec(waveform).map_err(Error::internal)?;
        let peaks = Asset { file_name: "peaks.json".into(), ..named(of_episode, AssetKind::Peaks, sealed) };
        kept.push(written(app, peaks, waveform.into()).await?);
    }
    let playlists = replay::playlists(app, (room, sealed), &kept).await?;
    kept.push(written(app, named(of_episode, AssetKind::Replay, sealed), playlists).await?);
    Ok(kept)
}

/// The transcript in all its forms; none where nothing was captioned.
pub(super) async fn transcript(
    app: &App,
    of_episode: (&Show, &Episode),
    (sealed, cues): (&Sealed, &[Cue]),
) -> Result<Vec<Asset>, Error> {
    let mut made = Vec::new();
    for kind in AssetKind::TRANSCRIPTS.into_iter().filter(|_| !cues.is_empty()) {
        let asset = Asset { duration_ms: 0, ..named(of_episode, kind, sealed) };
        made.push(written(app, asset, transcripts::written(kind, cues).into()).await?);
    }
    Ok(made)
}

/// A record whose id follows from the episode's, so that a second try makes no second file.
fn named((show, episode): (&Show, &Episode), kind: AssetKind, sealed: &Sealed) -> Asset {
    let digest = Sha256::digest(format!("asset\n{}\n{}", episode.id, kind.as_str()));
    let random = u128::from_be_bytes(std::array::from_fn(|at| if at < 6 { 0 } else { digest[at] }));
    let id = Id::from_bits(episode.id.bits() >> 80 << 80 | random);
    let suffix = if matches!(kind, AssetKind::OpusFragments) { "-opus" } else { "" };
    Asset {
        id,
        show_id: show.id,
        episode_id: Some(episode.id),
        kind,
        key: format!("{}/{}/{id}.{}", show.id, episode.id, kind.extension()),
        file_name: format!("{}-{}{suffix}.{}", show.slug, episode.slug, kind.extension()),
        bytes: 0,
        sha256: String::new(),
        duration_ms: i64::try_from(sealed.samples / SAMPLES_PER_MS).unwrap_or(i64::MAX),
        bitrate: 0,
        loudness_lufs: None,
        created_at: episode.created_at,
    }
}

/// Takes a file of the stage's under a key; gives its length.
pub(crate) async fn taken(app: &App, (room, file): (Id<Room>, &File), key: &str) -> Result<u64, Error> {
    if tokio::fs::try_exists(&file.path).await.unwrap_or(false) {
        return Ok(app.media.keep(key, &file.path).await?);
    }
    let path = tempfile::NamedTempFile::new_in(&app.scratch)?.into_temp_path();
    let mut out = tokio::fs::File::create(&path).await?;
    let mut from = 0;
    while from < file.bytes {
        let (_, piece) = app.stage()?.read(room, &file.name, from).await?;
        if piece.is_empty() {
            break;
        }
        out.write_all(&piece).await?;
        from += piece.len() as u64;
    }
    out.flush().await?;
    Ok(app.media.keep(key, &path).await?)
}

async fn written(app: &App, asset: Asset, bytes: Bytes) -> Result<Asset, Error> {
    // Left by an earlier try, which no record knows of.
    app.media.delete(&asset.key).await?;
    let stored = app.media.put(&asset.key, bytes).await?;
    Ok(Asset { bytes: signed(stored.bytes)?, sha256: stored.sha256, ..asset })
}

fn signed(bytes: u64) -> Result<i64, Error> {
    i64::try_from(bytes).map_err(Error::internal)
}
