//! A recorded room out of which somebody goes, then a second of everybody; and an erasure that cannot be carried out.

use bytes::Bytes;
use rostrum_codec::live::Decoder;
use rostrum_domain::access::Caller;
use rostrum_domain::job::JobState;
use rostrum_domain::room::{Badge, RoomState, StageRole};
use rostrum_media::Codec;
use rostrum_media::cmaf::Fragment;
use rostrum_media::program::CHUNK_SAMPLES;
use rostrum_media::testing::strength;
use rostrum_store::room_log::{Line, Person};

use super::*;
use crate::files::New;
use crate::jobs::stems::tests::{SECOND, hz, journal};
use crate::rooms::erase::{Wish, ask, people};
use crate::rooms::tests::{Station, ada_with_show, house_with_stage, talk};
use crate::testing::{House, work};
use crate::{episodes, feeds, renditions, rooms};

const CHUNKS: u64 = 13;

/// An episode that came of a room, with its journal and an enclosure that stands for all that was made.
pub(crate) async fn recorded(house: &House, ada: &Caller, journal: Vec<Vec<u8>>) -> Episode {
    let app = &*house.app;
    let room = rooms::create(app, ada, "talk", talk()).await.unwrap();
    let episode = house.one(ada).await;
    let show = crate::shows::get(app, ada, "talk").await.unwrap();
    let of = (&show, &episode);
    let mut files = vec![New::of_episode(of, AssetKind::Mp3).put(app, Bytes::from_static(b"mp3")).await.unwrap()];
    files[0].duration_ms = (CHUNKS * CHUNK_SAMPLES / SAMPLES_PER_MS).cast_signed();
    for (n, bytes) in (1..).zip(journal) {
        let new = New { file_name: format!("{n:06}.journal"), ..New::of_episode(of, AssetKind::Journal) };
        files.push(new.put(app, bytes.into()).await.unwrap());
    }
    let vtt = Bytes::from_static(b"WEBVTT");
    files.push(New::of_episode(of, AssetKind::Vtt).put(app, vtt).await.unwrap());
    let mut tx = app.store.write().await.unwrap();
    for file in &files {
        asset::insert(&mut tx, file).await.unwrap();
    }
    for (who, name) in [(1, "Ada"), (2, "Grace"), (3, "Grace")] {
        let id = Id::from_bits(who);
        let person = Person { id, user: None, name: name.into(), role: StageRole::Speaker, here: false };
        room_log::put_person(&mut tx, room.id, &person).await.unwrap();
        let line = Line {
            id: Id::from_bits(100 + who),
            at: 48_000,
            who: id,
            user: None,
            name: name.into(),
            badge: Badge::Guest,
            text: format!("Words of {who}"),
        };
        room_log::put_line(&mut tx, room.id, &line).await.unwrap();
    }
    let ended = Room { state: RoomState::Ended, ended_at: Some(app.now()), ..room.clone() };
    room::set_state(&mut tx, &ended).await.unwrap();
    room::finish(&mut tx, room.id, (Some(episode.id), app.now())).await.unwrap();
    tx.commit().await.unwrap();
    episode
}

/// The program as samples of one channel.
pub(crate) async fn program(app: &App, files: &[Asset]) -> Vec<f32> {
    let file = files.iter().find(|file| file.kind == AssetKind::OpusFragments).expect("it was remade");
    let bytes = app.media.bytes(&file.key, 1 << 26).await.unwrap();
    let (mut decoder, mut pcm, mut rest) = (Decoder::new(1).unwrap(), Vec::new(), &bytes[..]);
    let mut fragment = Vec::new();
    while let Some(head) = rest.first_chunk::<8>() {
        let size = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        let (whole, after) = rest.split_at(size);
        fragment.extend_from_slice(whole);
        if &head[4..] == b"mdat" {
            let read = Fragment::read(&Bytes::from(std::mem::take(&mut fragment))).unwrap();
            read.frames.iter().for_each(|frame| decoder.packet(frame, &mut pcm).unwrap());
        }
        rest = after;
    }
    pcm
}

/// Which seconds have their tone.
pub(crate) fn heard(pcm: &[f32]) -> Vec<u64> {
    let middle = |second: u64| &pcm[(second * SECOND + 14_400) as usize..(second * SECOND + 33_600) as usize];
    (0..12).filter(|second| strength(middle(*second), hz(*second)) > 0.05).collect()
}

fn stems(files: &[Asset]) -> Vec<&str> {
    rooms::stems::of(files).into_iter().map(|file| file.file_name.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_erased_is_gone_from_everything_and_nobody_else_is() {
    let data = tempfile::tempdir().unwrap();
    let house = house_with_stage(data.path()).await;
    let ada = ada_with_show(&house).await;
    let app = &*house.app;
    let episode = recorded(&house, &ada, journal().to_vec()).await;
    let before = episodes::get(app, &ada, episode.id).await.unwrap();
    let all = ask(app, &ada, episode.id, &Wish::default()).await;
    assert!(matches!(all, Err(Error::Invalid(_))), "{all:?}");
    let nobody = Wish { participant: Some(Id::from_bits(77)), ..Wish::default() };
    assert!(matches!(ask(app, &ada, episode.id, &nobody).await, Err(Error::Invalid(_))));
    let grace = Wish { participant: Some(Id::from_bits(2)), ..Wish::default() };
    let asked = ask(app, &ada, episode.id, &grace).await.unwrap();

    // Without the stage nothing is certain to be gone, so nothing changes.
    work(app).await;
    let state = job::get(&mut app.store.read().await.unwrap(), asked).await.unwrap().unwrap().state;
    assert_ne!(state, JobState::Done);
    assert_eq!(episodes::get(app, &ada, episode.id).await.unwrap().assets, before.assets);

    let station = Station::start(data.path()).await;
    ask(app, &ada, episode.id, &grace).await.unwrap();
    assert!(work(app).await >= 4, "the erasure, files, stems, the sweep");
    let after = episodes::get(app, &ada, episode.id).await.unwrap();
    assert_eq!(after.episode.guid, before.episode.guid);
    for old in &before.assets {
        assert!(app.media.size(&old.key).await.is_err(), "{:?} is still stored", old.kind);
        assert!(after.assets.iter().all(|new| new.id != old.id && new.key != old.key));
    }
    assert!(after.assets.iter().all(|file| file.kind != AssetKind::Vtt), "it tells what she said");
    let pcm = program(app, &after.assets).await;
    assert_eq!(pcm.len() as u64, CHUNKS * CHUNK_SAMPLES);
    assert_eq!(heard(&pcm), [0, 1, 3, 4, 8, 9, 10], "in second 2 only Grace spoke");
    assert_eq!(stems(&after.assets), ["talk-one-ada.opus", "talk-one-grace.opus"]);
    let mp3 = after.assets.iter().find(|file| file.kind == AssetKind::Mp3).unwrap();
    assert!(mp3.loudness_lufs.is_some() && mp3.duration_ms == before.assets[0].duration_ms.max(12_480));
    let unpacked = renditions::unpack(app, Codec::Mp3, &mp3.key).await.unwrap();
    assert_eq!(unpacked.stream.samples, CHUNKS * CHUNK_SAMPLES);
    let names = people(app, &ada, episode.id).await.unwrap();
    assert_eq!(names.iter().map(|person| person.id.bits()).collect::<Vec<_>>(), [1, 3]);
    let (lines, _) = rooms::messages(app, &ada, "friday-talk", (None, 9)).await.unwrap();
    assert_eq!(lines.iter().map(|line| line.who.bits()).collect::<Vec<_>>(), [3, 1]);

    // What a restart of the stage would have lost is measured again.
    let mut tx = app.store.write().await.unwrap();
    asset::retire(&mut tx, episode.id, AssetKind::Peaks, app.now()).await.unwrap();
    recording::enqueue(app, &mut tx, &episode).await.unwrap();
    tx.commit().await.unwrap();
    work(app).await;
    let measured = episodes::get(app, &ada, episode.id).await.unwrap();
    assert!(!crate::waves::of(app, &measured.assets, 60).await.unwrap().is_empty());

    let second = Wish { participant: None, from_ms: Some(8_000), to_ms: Some(9_000) };
    ask(app, &ada, episode.id, &second).await.unwrap();
    work(app).await;
    let last = episodes::get(app, &ada, episode.id).await.unwrap();
    assert_eq!(heard(&program(app, &last.assets).await), [0, 1, 3, 4, 9, 10]);
    assert!(feeds::page(app, "talk", 1, "/s.css").await.is_ok());
    station.end().await;
}
