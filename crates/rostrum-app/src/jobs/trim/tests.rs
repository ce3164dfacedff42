//! A recording whose seconds say what they are, cut and made whole again: listened to with a decoder that is not ours.

use std::process::Command;

use rostrum_domain::chapter::Chapter;
use rostrum_domain::episode::EpisodeFacts;
use rostrum_media::program::{CHUNK_SAMPLES, SAMPLES_PER_MS};
use rostrum_media::testing::strength;
use rostrum_media::wave::Waveform;
use rostrum_store::asset;

use super::*;
use crate::edits::{of, trim as edit};
use crate::jobs::erase::remake;
use crate::jobs::stems::tests::{SECOND, hz, journal};
use crate::rooms::press;
use crate::testing::{House, Talk, work};
use crate::{episodes, files, transcripts};

const CHUNKS: u64 = 13;
const WHOLE_MS: i64 = 12_480;
const CUES: &str = "WEBVTT\n\n00:00:00.500 --> 00:00:01.000\nBefore\n\n00:00:03.200 --> 00:00:03.900\nInside\n\n\
     00:00:11.000 --> 00:00:11.500\nBehind\n";

/// An episode with all that becomes of a room of tone-coded seconds, a transcript and chapters.
pub(crate) async fn recorded(house: &House) -> Talk {
    let talk = house.talk().await;
    let app = &*house.app;
    let of = (&talk.show, &talk.episode);
    let segments = journal().map(|bytes| {
        let file = tempfile::NamedTempFile::new_in(&app.scratch).unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        file.into_temp_path()
    });
    let paths: Vec<_> = segments.iter().map(|path| path.to_path_buf()).collect();
    let program = remake::Program { end: CHUNKS * CHUNK_SAMPLES, live_at_us: 0, silent: None };
    let scratch = app.scratch.clone();
    let (pressed, measured) = renditions::blocking(move || remake::remake(&paths, &scratch, program)).await.unwrap();
    let mut tx = app.store.write().await.unwrap();
    for file in press::store(app, of, pressed, measured).await.unwrap() {
        asset::insert(&mut tx, &file).await.unwrap();
    }
    recording::enqueue(app, &mut tx, &talk.episode).await.unwrap();
    tx.commit().await.unwrap();
    transcripts::put(app, &talk.ada, talk.episode.id, CUES.as_bytes()).await.unwrap();
    let chapter =
        |start_ms, title: &str| Chapter { start_ms, title: title.into(), url: None, image: None, hidden: false };
    let chapters = vec![chapter(0, "Start"), chapter(3_000, "Middle"), chapter(11_000, "End")];
    let facts = EpisodeFacts { chapters, ..talk.episode.facts.clone() };
    let change = episodes::Change { facts, slug: None, version: None };
    episodes::update(app, &talk.ada, talk.episode.id, change).await.unwrap();
    house.clock.advance(jiff::SignedDuration::from_secs(5));
    work(app).await;
    talk
}

/// The sound of a stored file as ffmpeg decodes it, one channel.
pub(crate) async fn heard(app: &App, file: &Asset) -> Vec<f32> {
    let local = app.media.local(&file.key, &app.scratch).await.unwrap();
    let run = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-i"])
        .arg(local.path())
        .args(["-f", "f32le", "-ac", "1", "-ar", "48000", "-"])
        .output()
        .unwrap();
    assert!(run.stderr.is_empty(), "{:?}: {}", file.kind, String::from_utf8_lossy(&run.stderr));
    run.stdout.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
}

/// The length ffprobe finds, in milliseconds.
async fn probed_ms(app: &App, file: &Asset) -> i64 {
    let local = app.media.local(&file.key, &app.scratch).await.unwrap();
    let run = Command::new("ffprobe")
        .args(["-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0"])
        .arg(local.path())
        .output()
        .unwrap();
    let seconds: f64 = String::from_utf8_lossy(&run.stdout).trim().parse().unwrap();
    (seconds * 1000.0).round() as i64
}

/// Which seconds of the whole stand where they belong when `head_ms` are cut off.
fn seconds(pcm: &[f32], head_ms: u64) -> Vec<u64> {
    let at = |second: u64, ms: u64| (second * SECOND + ms * SAMPLES_PER_MS).checked_sub(head_ms * SAMPLES_PER_MS);
    let stands = |second: &u64| {
        let (Some(from), Some(to)) = (at(*second, 50), at(*second, 950)) else { return false };
        let part = pcm.get(from as usize..to as usize);
        // Its tone all through, from right behind its start to right before its end.
        part.is_some_and(|part| part.chunks(4_320).all(|piece| strength(piece, hz(*second)) > 0.04))
    };
    (0..12).filter(stands).collect()
}

fn marks(episode: &Episode) -> Vec<(i64, &str)> {
    episode.facts.chapters.iter().map(|chapter| (chapter.start_ms, chapter.title.as_str())).collect()
}

async fn said(app: &App, files: &[Asset]) -> Vec<(i64, i64, String)> {
    let cues = transcripts::cues(app, files).await.unwrap();
    cues.into_iter().map(|cue| (cue.start_ms, cue.end_ms, cue.text)).collect()
}

async fn peaks(app: &App, files: &[Asset]) -> Waveform {
    let file = of(files, AssetKind::Peaks).unwrap();
    serde_json::from_slice(&app.media.bytes(&file.key, 1 << 20).await.unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trim_moves_all_that_has_a_time_and_comes_off_again() {
    let house = House::new().await;
    let Talk { ada, episode, .. } = recorded(&house).await;
    let (app, id) = (&*house.app, episode.id);
    let before = episodes::get(app, &ada, id).await.unwrap();
    let wish = Wish { head_ms: 2_500, tail_ms: 3_480 };
    let early = edit::ask(app, &ada, id, Wish { head_ms: 12_000, tail_ms: 0 }).await;
    assert!(matches!(early, Err(Error::Invalid(_))), "{early:?}");
    edit::ask(app, &ada, id, wish).await.unwrap();
    assert_eq!(work(app).await, 1);

    let cut = episodes::get(app, &ada, id).await.unwrap();
    assert_eq!(cut.episode.guid, before.episode.guid);
    assert_eq!(marks(&cut.episode), [(0, "Start"), (500, "Middle")]);
    assert_eq!(said(app, &cut.assets).await, [(700, 1_400, "Inside".to_owned())]);
    for kind in AssetKind::RENDITIONS.into_iter().chain([AssetKind::AacFragments, AssetKind::OpusFragments]) {
        let file = of(&cut.assets, kind).unwrap();
        assert_ne!(Some(&file.key), of(&before.assets, kind).map(|old| &old.key));
        let (pcm, probed) = (heard(app, file).await, probed_ms(app, file).await);
        // Fragments are cut at frames, files at samples; of an M4A, FFmpeg decodes the last frame to its end.
        let slack = if matches!(kind, AssetKind::Mp3 | AssetKind::Opus) { 0 } else { 1_100 };
        assert!(pcm.len().abs_diff(6_500 * 48) <= slack.max(48), "{kind:?} has {} samples", pcm.len());
        // Of an Ogg, ffprobe counts the 80 to 100 ms in front that decoders leave out.
        let front_ms = if kind == AssetKind::Opus { 90 } else { 0 };
        assert!((probed - front_ms - 6_500).abs() <= 50, "{kind:?} lasts {probed} ms");
        assert_eq!(seconds(&pcm, 2_500), [3, 4, 8], "{kind:?}");
        assert_eq!(file.duration_ms, 6_500);
    }
    let drawn = peaks(app, &cut.assets).await;
    assert!((i64::from(drawn.length) * 256 - 6_500 * 48).abs() <= 512, "{drawn:?}");

    // What is not served is for those who work on the show.
    let kept = edit::get(app, &ada, id).await.unwrap();
    assert_eq!((kept.trim, kept.whole_ms), (wish, WHOLE_MS));
    let path = kept.listen.unwrap();
    let whole = path.split('/').nth(2).unwrap();
    assert!(files::open(app, Some(&ada), whole).await.is_ok_and(|file| !file.public));
    assert!(matches!(files::open(app, None, whole).await, Err(Error::Missing(_))));

    edit::ask(app, &ada, id, Wish { head_ms: 8_000, tail_ms: 0 }).await.unwrap();
    work(app).await;
    let other = episodes::get(app, &ada, id).await.unwrap();
    assert_eq!(marks(&other.episode), [(0, "Middle"), (3_000, "End")]);
    assert_eq!(seconds(&heard(app, of(&other.assets, AssetKind::Mp3).unwrap()).await, 8_000), [8, 9, 10]);
    // A transcript that is given meanwhile is of what is served.
    transcripts::put(app, &ada, id, b"WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nNew\n").await.unwrap();

    edit::ask(app, &ada, id, Wish::default()).await.unwrap();
    house.clock.advance(jiff::SignedDuration::from_secs(5));
    work(app).await;
    house.clock.advance(jiff::SignedDuration::from_secs(5));
    work(app).await;
    let after = episodes::get(app, &ada, id).await.unwrap();
    assert_eq!(after.episode.facts, before.episode.facts);
    assert_eq!(said(app, &after.assets).await, [(9_000, 10_000, "New".to_owned())]);
    assert_eq!(peaks(app, &after.assets).await, peaks(app, &before.assets).await);
    for kind in AssetKind::RENDITIONS {
        let pcm = heard(app, of(&after.assets, kind).unwrap()).await;
        assert_eq!(seconds(&pcm, 0), seconds(&heard(app, of(&before.assets, kind).unwrap()).await, 0), "{kind:?}");
        assert_eq!(pcm.len() as u64, CHUNKS * CHUNK_SAMPLES, "{kind:?}");
    }
}
