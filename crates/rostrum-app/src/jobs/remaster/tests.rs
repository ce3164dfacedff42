//! A room of tone-coded seconds mixed again, as other programs measure and hear it, and the way back.

use std::process::Command;

use rostrum_domain::asset::AssetKind;
use rostrum_domain::room::RoomState;
use rostrum_media::testing::strength;

use super::*;
use crate::edits::{of, remaster as mix, trim as edit};
use crate::files::New;
use crate::jobs::stems::tests::{SECOND, hz, journal};
use crate::jobs::trim::tests::{heard, recorded};
use crate::testing::{House, Talk, work};
use crate::{episodes, rooms, transcripts};

/// An episode with a room and its journal.
async fn aired(house: &House) -> Talk {
    let talk = recorded(house).await;
    let app = &*house.app;
    let room = rooms::create(app, &talk.ada, "talk", rooms::tests::talk()).await.unwrap();
    let mut tx = app.store.write().await.unwrap();
    for (n, bytes) in (1..).zip(journal()) {
        let new = New::of_episode((&talk.show, &talk.episode), AssetKind::Journal);
        let new = New { file_name: format!("{n:06}.journal"), ..new };
        asset::insert(&mut tx, &new.put(app, bytes.into()).await.unwrap()).await.unwrap();
    }
    let ended = Room { state: RoomState::Ended, ended_at: Some(app.now()), ..room.clone() };
    room::set_state(&mut tx, &ended).await.unwrap();
    room::finish(&mut tx, room.id, (Some(talk.episode.id), app.now())).await.unwrap();
    tx.commit().await.unwrap();
    talk
}

/// What ffmpeg's meter reads: integrated loudness in LUFS and true peak in dBTP.
async fn measured(app: &App, file: &Asset) -> (f64, f64) {
    let local = app.media.local(&file.key, &app.scratch).await.unwrap();
    let run = Command::new("ffmpeg")
        .args(["-nostdin", "-hide_banner", "-i"])
        .arg(local.path())
        .args(["-af", "ebur128=peak=true", "-f", "null", "-"])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&run.stderr).into_owned();
    let summary = text.rsplit_once("Summary:").unwrap_or_else(|| panic!("{text}")).1;
    let number = |name: &str| {
        let line = summary.lines().find_map(|line| line.trim().strip_prefix(name)).unwrap();
        line.split_whitespace().next().unwrap().parse().unwrap()
    };
    (number("I:"), number("Peak:"))
}

/// Which seconds have their tone where they belong.
fn seconds(pcm: &[f32], head: u64) -> Vec<u64> {
    let part = |second: u64| {
        let from = (second * SECOND + SECOND / 5).checked_sub(head * SECOND)? as usize;
        pcm.get(from..from + 28_800)
    };
    (0..12).filter(|second| part(*second).is_some_and(|part| strength(part, hz(*second)) > 0.04)).collect()
}

/// Somebody speaks in these, and is heard in the mix that is made as it was live.
const SPOKEN: [u64; 7] = [0, 1, 3, 4, 8, 9, 10];
const HOW: How = How { leveller: true, crossgate: true, denoise: false };

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_remaster_is_as_loud_as_it_says_and_shifts_nothing() {
    let house = House::new().await;
    let Talk { ada, episode, .. } = aired(&house).await;
    let (app, id) = (&*house.app, episode.id);
    let before = episodes::get(app, &ada, id).await.unwrap();
    let early = mix::undo(app, &ada, id).await;
    assert!(matches!(early, Err(Error::Conflict(_))), "{early:?}");
    mix::ask(app, &ada, id, HOW).await.unwrap();
    work(app).await;

    let after = episodes::get(app, &ada, id).await.unwrap();
    assert_eq!((&after.episode.guid, &after.episode.facts), (&before.episode.guid, &before.episode.facts));
    let cues = transcripts::cues(app, &after.assets).await.unwrap();
    assert_eq!(cues, transcripts::cues(app, &before.assets).await.unwrap());
    for kind in AssetKind::RENDITIONS.into_iter().chain([AssetKind::AacFragments, AssetKind::OpusFragments]) {
        let (old, new) = (of(&before.assets, kind).unwrap(), of(&after.assets, kind).unwrap());
        assert!(old.key != new.key && old.duration_ms == new.duration_ms, "{kind:?}");
        let (loudness, peak) = measured(app, new).await;
        assert!((loudness + 16.0).abs() <= 0.3, "{kind:?} reads {loudness} LUFS");
        assert!(peak <= -0.5, "{kind:?} peaks at {peak} dBTP");
        let (was, pcm) = (heard(app, old).await, heard(app, new).await);
        assert!(pcm.len().abs_diff(was.len()) <= 2_400, "{kind:?}");
        assert_eq!(seconds(&pcm, 0), seconds(&was, 0), "{kind:?}");
        assert!(SPOKEN.iter().all(|second| seconds(&pcm, 0).contains(second)), "{kind:?}");
        assert!(new.loudness_lufs.is_some_and(|said| (said + 16.0).abs() <= 0.5), "{new:?}");
    }

    mix::undo(app, &ada, id).await.unwrap();
    house.clock.advance(jiff::SignedDuration::from_secs(5));
    work(app).await;
    let back = episodes::get(app, &ada, id).await.unwrap();
    let old = of(&before.assets, AssetKind::OpusFragments).unwrap();
    assert_eq!(of(&back.assets, AssetKind::OpusFragments).map(|file| &file.key), Some(&old.key));
    assert_eq!(edit::get(app, &ada, id).await.unwrap().remaster, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trim_and_a_remaster_go_together() {
    let house = House::new().await;
    let Talk { ada, episode, .. } = aired(&house).await;
    let (app, id) = (&*house.app, episode.id);
    edit::ask(app, &ada, id, Trim { head_ms: 3_000, tail_ms: 0 }).await.unwrap();
    work(app).await;
    mix::ask(app, &ada, id, HOW).await.unwrap();
    work(app).await;
    let cut = episodes::get(app, &ada, id).await.unwrap();
    for kind in AssetKind::RENDITIONS {
        let file = of(&cut.assets, kind).unwrap();
        let found = seconds(&heard(app, file).await, 3);
        assert!(found[0] == 3 && SPOKEN[2..].iter().all(|second| found.contains(second)), "{kind:?}: {found:?}");
        assert_eq!(file.duration_ms, 9_480);
    }
    edit::ask(app, &ada, id, Trim::default()).await.unwrap();
    house.clock.advance(jiff::SignedDuration::from_secs(5));
    work(app).await;
    let whole = episodes::get(app, &ada, id).await.unwrap();
    let file = of(&whole.assets, AssetKind::Mp3).unwrap();
    assert!((measured(app, file).await.0 + 16.0).abs() <= 0.5);
    let found = seconds(&heard(app, file).await, 0);
    assert!(SPOKEN.iter().all(|second| found.contains(second)), "{found:?}");
    assert_eq!(
        edit::get(app, &ada, id).await.unwrap().remaster.as_deref(),
        serde_json::to_string(&HOW).ok().as_deref()
    );
}
