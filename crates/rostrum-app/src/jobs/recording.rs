//! After a room became an episode: its fragments written once more as files that every player takes, with tags and an
//! index in front; digests of what was taken over without being read; measures that a restart of the stage lost.

mod measure;

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek as _};

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use rostrum_domain::Id;
use rostrum_domain::asset::{Asset, AssetKind};
use rostrum_domain::episode::Episode;
use rostrum_domain::show::Show;
use rostrum_media::cmaf::{Fragment, Track};
use rostrum_media::{FormatError, Stream};
use rostrum_store::{Tx, asset, episode};
use sha2::{Digest as _, Sha256};

use super::{Failed, For, Handle, Work, enqueue as put};
use crate::renditions::{self, Elementary, Subject, blocking};
use crate::{App, Error};

/// Largest box that is read, in bytes: fragments of a second of sound are far smaller.
const BOX_BYTES_MAX: u32 = 1 << 20;
/// What fragments become.
const MADE: [(AssetKind, AssetKind); 2] =
    [(AssetKind::AacFragments, AssetKind::M4a), (AssetKind::OpusFragments, AssetKind::Opus)];

/// The episode that a room became.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub struct Recording {
    episode: Id<Episode>,
}

/// Queues the work.
pub(crate) async fn enqueue(app: &App, tx: &mut Tx, of: &Episode) -> Result<(), Error> {
    put(app, tx, &Recording { episode: of.id }, For::episode(of)).await?;
    Ok(())
}

impl Work for Recording {
    const KIND: &'static str = "recording";
    const PRIORITY: i64 = 8;

    async fn run(self, app: &App, handle: &Handle) -> Result<(), Failed> {
        let Some(Subject { show, episode, files, tags }) = renditions::subject(app, self.episode).await? else {
            return handle.commit(app, app.store.write().await?).await;
        };
        let measured = lost_measures(app, (&show, &episode), &files).await?;
        let lost = measured.as_ref().and_then(|(loudness, _)| *loudness);
        let mut made = Vec::new();
        for (from, to) in MADE {
            let Some(fragments) = wanting(&files, (from, to)) else { continue };
            handle.progress("writing files", made.len() as u64, MADE.len() as u64);
            let elementary = unpack(app, &fragments.key).await?;
            let new = renditions::package(app, (&show, &episode), elementary, &tags).await?;
            made.push(Asset { loudness_lufs: fragments.loudness_lufs.or(lost), ..new });
        }
        made.extend(measured.map(|(_, peaks)| peaks));
        let digests = digests(app, &files).await?;
        let mut tx = app.store.write().await?;
        for new in &made {
            asset::retire(&mut tx, episode.id, new.kind, app.now()).await?;
            asset::insert(&mut tx, new).await?;
        }
        if let Some(loudness) = lost {
            asset::set_loudness(&mut tx, episode.id, loudness).await?;
        }
        for (key, digest) in &digests {
            asset::set_sha256(&mut tx, key, digest).await?;
        }
        episode::touch(&mut tx, episode.id, app.now()).await?;
        handle.commit(app, tx).await
    }
}

/// Loudness and peaks of a program without peaks: the stage was restarted and could not tell.
async fn lost_measures(
    app: &App,
    of: (&Show, &Episode),
    files: &[Asset],
) -> Result<Option<(Option<f64>, Asset)>, Error> {
    let current = |kind| files.iter().find(|file| file.kind == kind);
    let (None, Some(opus)) = (current(AssetKind::Peaks), current(AssetKind::OpusFragments)) else { return Ok(None) };
    let (reading, waveform) = measure::measure(app, &opus.key).await?;
    let json = serde_json::to_vec(&waveform).map_err(Error::internal)?;
    Ok(Some((reading.integrated_lufs, renditions::peaks(app, of, json.into()).await?)))
}

/// The fragments of which a file is still to be made.
fn wanting(files: &[Asset], (from, to): (AssetKind, AssetKind)) -> Option<&Asset> {
    let current = |kind| files.iter().find(|file| file.kind == kind);
    let fragments = current(from)?;
    current(to).is_none_or(|file| file.key == fragments.key).then_some(fragments)
}

/// The digests of files that were stored without reading them, by key.
async fn digests(app: &App, files: &[Asset]) -> Result<Vec<(String, String)>, Error> {
    let mut digests = Vec::<(String, String)>::new();
    for file in files.iter().filter(|file| file.sha256.is_empty()) {
        if digests.iter().any(|(key, _)| *key == file.key) {
            continue;
        }
        let stream = app.media.get(&file.key, None).await?.stream;
        let hasher = stream.try_fold(Sha256::new(), async |hasher, bytes| Ok(hasher.chain_update(&bytes))).await?;
        digests.push((file.key.clone(), hex::encode(hasher.finalize())));
    }
    Ok(digests)
}

/// The stream inside stored fragments.
async fn unpack(app: &App, key: &str) -> Result<Elementary, Error> {
    let scratch = app.workbench()?;
    let local = app.media.local(key, &scratch).await?;
    blocking(move || {
        let mut out = tempfile::tempfile_in(&scratch)?;
        let input = BufReader::with_capacity(1 << 20, File::open(local.path())?);
        let stream = frames(input, BufWriter::with_capacity(1 << 20, &mut out))?;
        out.rewind()?;
        Ok(Elementary { stream, data: Box::new(BufReader::with_capacity(1 << 20, out)) })
    })
    .await
}

fn frames(mut file: impl Read, mut out: impl std::io::Write) -> Result<Stream, Error> {
    let broken = || Error::internal(FormatError::Malformed("fragments of another kind"));
    let (mut init, mut sizes, mut samples) = (Vec::new(), Vec::new(), 0);
    let mut fragment = Vec::new();
    while let Some((kind, bytes)) = next_box(&mut file)? {
        match &kind {
            b"ftyp" | b"moov" => init.extend(bytes),
            b"mdat" => {
                fragment.extend(bytes);
                let read = Fragment::read(&Bytes::from(std::mem::take(&mut fragment))).ok_or_else(broken)?;
                samples += read.frames.len() as u64 * u64::from(read.place.frame_samples);
                for frame in read.frames {
                    sizes.push(u32::try_from(frame.len()).map_err(Error::internal)?);
                    out.write_all(&frame)?;
                }
            }
            _ => fragment.extend(bytes),
        }
    }
    out.flush()?;
    let Track { codec, channels, config, .. } = Track::read(&init).ok_or_else(broken)?;
    Ok(Stream { codec, channels, delay: 0, samples, config, sizes })
}

/// A box: its kind, and its bytes with the head.
type Boxed = ([u8; 4], Vec<u8>);

/// The next box.
fn next_box(file: &mut impl Read) -> Result<Option<Boxed>, Error> {
    let mut head = Vec::new();
    file.by_ref().take(8).read_to_end(&mut head)?;
    let Some((size, kind)) = head.split_first_chunk::<4>() else { return Ok(None) };
    let (size, kind) = (u32::from_be_bytes(*size), kind.first_chunk::<4>().copied());
    let kind = kind.filter(|_| (8..=BOX_BYTES_MAX).contains(&size));
    let kind = kind.ok_or_else(|| Error::internal(FormatError::Malformed("a box of no sensible length")))?;
    let mut whole = head;
    file.by_ref().take(u64::from(size) - 8).read_to_end(&mut whole)?;
    Ok(Some((kind, whole)))
}
