//! Encoding a recording in the sandboxed child, and finding what an earlier job made of the same bytes.

use std::collections::HashMap;
use std::fs::File;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use bytes::Bytes;
use rostrum_codec::{Error as CodecError, Settings, Spool, TranscodeRequest};
use rostrum_domain::asset::{Asset, AssetKind};
use rostrum_domain::chapter::Chapter;
use rostrum_media::Codec;
use rostrum_store::encoding;
use rostrum_store::media::MediaError;
use sha2::{Digest as _, Sha256};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::jobs::{Failed, Handle};
use crate::renditions::{self, Elementary, blocking};
use crate::{App, Error};

/// Raised when the same input and settings begin to give other bytes.
const RECIPE: u32 = 2;
/// Largest peaks document, in bytes.
const PEAKS_MAX: u64 = 1 << 20;
/// Tries given to a file on which the child dies: it may have been the machine, or a worker that was stopped before.
const CRASHES_MAX: i64 = 3;

/// The streams of a recording at their target loudness.
pub(crate) struct Encoded {
    pub(crate) streams: Vec<Elementary>,
    pub(crate) peaks: Bytes,
    pub(crate) known: Known,
}

/// What is known of a recording beside its streams.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
pub(crate) struct Known {
    /// The loudness of its renditions.
    pub(crate) loudness_lufs: Option<f64>,
    /// Marked places that it brought along.
    #[serde(default)]
    pub(crate) chapters: Vec<Chapter>,
    /// What its maker should know of it.
    #[serde(default)]
    pub(crate) warnings: Vec<String>,
}

impl Encoded {
    /// The length of the sound in milliseconds.
    pub(crate) fn duration_ms(&self) -> i64 {
        let longest = self.streams.iter().map(|one| one.stream.duration_ms()).max().unwrap_or(0);
        i64::try_from(longest).unwrap_or(i64::MAX)
    }
}

/// Where the streams of an earlier job can be found.
#[derive(serde::Serialize, serde::Deserialize)]
struct Kept {
    files: Vec<(AssetKind, String)>,
    #[serde(flatten)]
    known: Known,
}

/// Names the work: the input's bytes and how it is encoded.
pub(crate) fn digest(source_sha256: &str) -> String {
    let settings = serde_json::to_string(&Settings::default()).expect("settings are plain numbers and words");
    hex::encode(Sha256::digest(format!("{RECIPE}\n{source_sha256}\n{settings}")))
}

/// The note that lets a later job find the streams inside stored files.
pub(crate) fn note(files: &[Asset], known: Known) -> String {
    let files = files.iter().map(|file| (file.kind, file.key.clone())).collect();
    serde_json::to_string(&Kept { files, known }).expect("keys and numbers are plain JSON")
}

/// The note with other places for the same streams, if any has moved.
pub(crate) fn moved(note: &str, to: impl Fn(&str) -> Option<String>) -> Option<String> {
    let mut kept: Kept = serde_json::from_str(note).ok()?;
    let mut any = false;
    for (_, key) in &mut kept.files {
        if let Some(new) = to(key) {
            (any, *key) = (true, new);
        }
    }
    any.then(|| serde_json::to_string(&kept).expect("keys and numbers are plain JSON"))
}

/// Who encodes what at this moment in this process: of two jobs with the same work the second waits, and finds what the
/// first has made.
#[derive(Default)]
pub(crate) struct Turns(Mutex<HashMap<String, Weak<Semaphore>>>);

impl Turns {
    /// Waits until nobody else does the work that `digest` names; the turn ends with the value.
    pub(crate) async fn take(&self, digest: &str) -> OwnedSemaphorePermit {
        let turn = self.turn(digest);
        turn.acquire_owned().await.expect("it is never closed")
    }

    fn turn(&self, digest: &str) -> Arc<Semaphore> {
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        turns.retain(|_, turn| turn.strong_count() > 0);
        let known = turns.get(digest).and_then(Weak::upgrade);
        known.unwrap_or_else(|| {
            let new = Arc::new(Semaphore::new(1));
            turns.insert(digest.to_owned(), Arc::downgrade(&new));
            new
        })
    }
}

/// What an earlier job made of the same work, if its files are still there.
pub(crate) async fn kept(app: &App, digest: &str) -> Result<Option<Encoded>, Error> {
    let Some(note) = encoding::get(&mut app.store.read().await?, digest).await? else { return Ok(None) };
    let Ok(kept) = serde_json::from_str::<Kept>(&note) else { return Ok(None) };
    match revive(app, &kept).await {
        Ok(encoded) => Ok(Some(encoded)),
        Err(Error::Missing(_)) => Ok(None),
        Err(other) => Err(other),
    }
}

async fn revive(app: &App, kept: &Kept) -> Result<Encoded, Error> {
    let mut encoded = Encoded { streams: Vec::new(), peaks: Bytes::new(), known: kept.known.clone() };
    for (kind, key) in &kept.files {
        match app.media.size(key).await {
            Ok(_) => {}
            Err(MediaError::Missing(_)) => return Err(Error::Missing("kept file")),
            Err(other) => return Err(other.into()),
        }
        if let Some(codec) = renditions::codec(*kind) {
            encoded.streams.push(renditions::unpack(app, codec, key).await?);
        } else {
            encoded.peaks = app.media.bytes(key, PEAKS_MAX).await?;
        }
    }
    let whole = encoded.streams.len() == Codec::ALL.len() && !encoded.peaks.is_empty();
    if whole { Ok(encoded) } else { Err(Error::Missing("kept file")) }
}

/// Probes, measures and encodes a source.
pub(crate) async fn anew(app: &App, handle: &Handle, source: &Asset) -> Result<Encoded, Failed> {
    let failed = |error| failure(error, handle.attempt());
    let scratch = app.workbench().map_err(Error::from)?;
    let local = app.media.local(&source.key, &scratch).await?;
    let open = || File::open(local.path());
    handle.progress("reading", 0, 0);
    let probe = app.codec.probe(open()?).await.map_err(failed)?;
    handle.progress("measuring", 0, 0);
    let analysis = app.codec.analyse(open()?, &probe).await.map_err(failed)?;
    let request = TranscodeRequest::new(&probe, &analysis);
    let files = blocking(move || {
        let file = |codec: &Codec| Ok((*codec, tempfile::tempfile_in(&scratch)?));
        Codec::ALL.iter().map(file).collect::<Result<Vec<_>, Error>>()
    });
    let spool = Spool::new(files.await?, handle.speaker("encoding"));
    let (done, spool) = app.codec.transcode(open()?, &request, spool).await.map_err(failed)?;
    let channels = request.mix.channels();
    let peaks = serde_json::to_vec(&done.waveform).map_err(Error::internal)?;
    // The second reading of the same bytes finds the same damage.
    let known = Known { loudness_lufs: done.loudness_lufs, chapters: probe.chapters, warnings: analysis.warnings };
    let finished = blocking(move || Ok(spool.finish(&done, channels)?)).await?;
    let streams = finished.into_iter().map(|(stream, data)| Elementary { stream, data: Box::new(data) }).collect();
    Ok(Encoded { streams, peaks: peaks.into(), known })
}

/// Which failures are worth another try.
pub(crate) fn failure(error: CodecError, attempt: i64) -> Failed {
    let again = match &error {
        CodecError::Io(_) | CodecError::Unprotected { .. } | CodecError::Killed => true,
        CodecError::Timeout { .. } | CodecError::Crashed { .. } => attempt < CRASHES_MAX,
        CodecError::Rejected { .. } | CodecError::Limit { .. } | CodecError::Misbehaved { .. } => false,
    };
    match error {
        error if again => Failed::Again(Error::internal(error)),
        CodecError::Rejected { reason } => Failed::Final(reason),
        other => Failed::Final(format!("This file could not be decoded safely ({other}). Save it anew as WAV or MP3.")),
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn the_same_work_is_done_by_one_at_a_time() {
        let turns = Turns::default();
        let first = turns.take("a").await;
        assert!(turns.take("b").now_or_never().is_some(), "other work goes on");
        let mut second = Box::pin(turns.take("a"));
        assert!(second.as_mut().now_or_never().is_none());
        drop(first);
        assert!(second.await.num_permits() == 1 && turns.take("a").now_or_never().is_some());
        assert_eq!(turns.0.lock().unwrap().len(), 1, "what is over is forgotten");
    }

    #[test]
    fn a_note_follows_files_to_their_new_keys() {
        let kept = Kept {
            files: vec![(AssetKind::Mp3, "a.mp3".into()), (AssetKind::Peaks, "a.json".into())],
            known: Known { loudness_lufs: Some(-16.0), ..Known::default() },
        };
        let note = serde_json::to_string(&kept).unwrap();
        let new = moved(&note, |key| (key == "a.mp3").then(|| "b.mp3".to_owned())).expect("one has moved");
        assert_eq!(new, note.replace("a.mp3", "b.mp3"));
        assert_eq!((moved(&new, |_| None), moved("nonsense", |_| None)), (None, None));
    }
}
