//! From encoded streams to stored files: packaging with the episode's tags, and back again for new tags.

pub(crate) mod fragments;

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek as _, Write as _};
use std::ops::Range;
use std::path::Path;

use bytes::Bytes;
use rostrum_domain::Id;
use rostrum_domain::asset::{Asset, AssetKind};
use rostrum_domain::episode::Episode;
use rostrum_domain::show::Show;
use rostrum_media::trim::Span;
use rostrum_media::{Codec, FormatError, Stream, Tags, program};
use rostrum_store::{Tx, asset, episode, failpoint, show};
use tempfile::{NamedTempFile, TempPath};

use crate::files::New;
use crate::{App, Error, episodes};

/// Largest artwork that goes into files, in bytes.
const ARTWORK_MAX: u64 = 2 * 1024 * 1024;

/// An encoded stream without a container: what it is, and a reader of its packets back to back.
pub(crate) struct Elementary {
    pub(crate) stream: Stream,
    pub(crate) data: Box<dyn Read + Send>,
}

impl Elementary {
    /// The samples `kept` alone, exact to the sample; packets in front are read past.
    pub(crate) fn span(self, kept: Range<u64>) -> Result<Self, Error> {
        let Span { stream, bytes } = self.stream.span(kept).map_err(Error::internal)?;
        let mut data = self.data;
        std::io::copy(&mut data.by_ref().take(bytes.start), &mut std::io::sink())?;
        Ok(Self { stream, data: Box::new(data.take(bytes.end - bytes.start)) })
    }
}

/// The codec inside a rendition; none for what is no audio.
pub(crate) const fn codec(kind: AssetKind) -> Option<Codec> {
    match kind {
        AssetKind::Mp3 => Some(Codec::Mp3),
        AssetKind::M4a => Some(Codec::Aac),
        AssetKind::Opus => Some(Codec::Opus),
        _ => None,
    }
}

/// The rendition that holds a codec.
pub(crate) const fn kind(codec: Codec) -> AssetKind {
    match codec {
        Codec::Mp3 => AssetKind::Mp3,
        Codec::Aac => AssetKind::M4a,
        Codec::Opus => AssetKind::Opus,
    }
}

/// An episode whose files are written anew.
pub(crate) struct Subject {
    pub(crate) show: Show,
    pub(crate) episode: Episode,
    /// Its current files.
    pub(crate) files: Vec<Asset>,
    /// What the new ones say of themselves.
    pub(crate) tags: Tags,
}

/// Everything an episode's files are written of; none when the episode is gone.
pub(crate) async fn subject(app: &App, id: Id<Episode>) -> Result<Option<Subject>, Error> {
    let mut tx = app.store.read().await?;
    let Some(episode) = episode::get(&mut tx, id).await? else { return Ok(None) };
    let show = show::get(&mut tx, episode.show_id).await?.ok_or(Error::Missing("show"))?;
    let files = asset::of_episode(&mut tx, episode.id).await?;
    let tags = tags(app, &mut tx, (&show, &episode)).await?;
    Ok(Some(Subject { show, episode, files, tags }))
}

/// What an episode's files say of themselves.
pub(crate) async fn tags(app: &App, tx: &mut Tx, of: (&Show, &Episode)) -> Result<Tags, Error> {
    let (show, episode) = of;
    let artwork = match (own_artwork(tx, episode).await?, show.artwork_id) {
        (None, Some(id)) => asset::get(tx, id).await?,
        (own, _) => own,
    };
    let artwork = match artwork {
        Some(file) => Some(app.media.bytes(&file.key, ARTWORK_MAX).await?.to_vec()),
        None => None,
    };
    let author = &show.facts.author;
    Ok(Tags {
        title: episode.facts.title.clone(),
        artist: if author.is_empty() { show.facts.title.clone() } else { author.clone() },
        album: show.facts.title.clone(),
        // Most come out on the day they were made; what is made later for those that are out names their own day.
        date: episode.published_at.unwrap_or_else(|| app.now()).strftime("%Y-%m-%d").to_string(),
        track: episode.facts.number,
        comment: episode.facts.summary.clone(),
        url: app.address(&episodes::path(show, episode)),
        artwork,
        chapters: episode.facts.chapters.iter().filter(|chapter| !chapter.hidden).cloned().collect(),
    })
}

async fn own_artwork(tx: &mut Tx, episode: &Episode) -> Result<Option<Asset>, Error> {
    let files = asset::of_episode(tx, episode.id).await?;
    Ok(files.into_iter().find(|file| file.kind == AssetKind::Artwork))
}

/// Wraps a stream into its container and stores it; the record is the caller's to insert.
pub(crate) async fn package(
    app: &App,
    of: (&Show, &Episode),
    elementary: Elementary,
    tags: &Tags,
) -> Result<Asset, Error> {
    let kind = kind(elementary.stream.codec);
    let duration_ms = i64::try_from(elementary.stream.duration_ms()).map_err(Error::internal)?;
    let bitrate = average_bitrate(&elementary.stream);
    let (scratch, tags) = (app.workbench()?, tags.clone());
    let file = blocking(move || wrap(elementary, &tags, &scratch)).await?;
    let asset = New::of_episode(of, kind).adopt(app, &file).await?;
    Ok(Asset { duration_ms, bitrate, ..asset })
}

/// Bits of sound per second, containers and tags left out.
fn average_bitrate(stream: &Stream) -> i64 {
    let bits_per_ms = stream.bytes().saturating_mul(8000) / stream.duration_ms().max(1);
    i64::try_from(bits_per_ms).unwrap_or(0)
}

fn wrap(elementary: Elementary, tags: &Tags, scratch: &Path) -> Result<TempPath, Error> {
    let file = NamedTempFile::new_in(scratch)?;
    let mut out = BufWriter::with_capacity(1 << 20, file);
    rostrum_media::package(&elementary.stream, tags, elementary.data, &mut out).map_err(Error::internal)?;
    out.flush()?;
    let file = out.into_inner().map_err(|error| Error::internal(error.into_error()))?;
    // Goes away with the value, unless the media store has taken it from there.
    let path = file.into_temp_path();
    failpoint::reach("rendition: wrapped");
    Ok(path)
}

/// What goes in front of so many MP3 frames of so many bytes, the first of which has the head `first`. Artwork that is
/// too large for the room kept is left out.
pub(crate) fn mp3_front(tags: &Tags, first: [u8; 4], (frames, bytes): (u64, u64)) -> Result<Vec<u8>, Error> {
    let front = program::mp3_front(tags, first, frames, bytes).or_else(|error| match error {
        FormatError::Tags(_) if tags.artwork.is_some() => {
            tracing::warn!(title = tags.title, "the artwork is too large to stand in the MP3; the file goes without");
            program::mp3_front(&Tags { artwork: None, ..tags.clone() }, first, frames, bytes)
        }
        other => Err(other),
    });
    front.map_err(Error::internal)
}

/// Stores the waveform peaks of an episode; the record is the caller's to insert.
pub(crate) async fn peaks(app: &App, of: (&Show, &Episode), json: Bytes) -> Result<Asset, Error> {
    let (kind, file_name) = (AssetKind::Peaks, "peaks.json".to_owned());
    New { show: of.0, episode: Some(of.1), kind, file_name }.put(app, json).await
}

/// The stream inside a stored file of ours.
pub(crate) async fn unpack(app: &App, codec: Codec, key: &str) -> Result<Elementary, Error> {
    let scratch = app.workbench()?;
    let local = app.media.local(key, &scratch).await?;
    blocking(move || {
        let mut out = tempfile::tempfile_in(&scratch)?;
        let input = BufReader::with_capacity(1 << 20, File::open(local.path())?);
        let stream = rostrum_media::unpack(codec, input, BufWriter::with_capacity(1 << 20, &mut out))
            .map_err(Error::internal)?;
        out.rewind()?;
        Ok(Elementary { stream, data: Box::new(BufReader::with_capacity(1 << 20, out)) })
    })
    .await
}

/// Runs file work where it may block.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
}
