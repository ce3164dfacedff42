//! Scenes of a live room from its opening to its sealed files.

use std::sync::atomic::Ordering;

use bytes::Bytes;
use rostrum_codec::live::Decoder;
use rostrum_domain::room::{RoomState, StageRole};
use rostrum_live::room::Command;
use rostrum_media::journal::{Item, Kind, Reader};
use rostrum_media::program::Rendition;
use rostrum_media::testing::strength;
use rostrum_wire::link::LinkError;
use rostrum_wire::stage::{Call, Sealed, Standing};

use crate::peer::Speaker;
use crate::station::{Station, journal_bytes};

fn decode(chunks: &[(u64, u32, Bytes)]) -> Vec<f32> {
    let mut decoder = Decoder::new(1).unwrap();
    let mut pcm = Vec::new();
    for (_, _, chunk) in chunks {
        for frame in Rendition::Opus.frames(chunk).expect("a whole chunk") {
            decoder.packet(&frame, &mut pcm).unwrap();
        }
    }
    pcm
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_speakers_hear_each_other_and_are_recorded_and_mixed() {
    let station = Station::start().await;
    let room = station.open(11).await;
    let host = Speaker::join(&station, room, &station.grant(room, 1, StageRole::Host), 440.0).await;
    let guest = Speaker::join(&station, room, &station.grant(room, 2, StageRole::Speaker), 1000.0).await;
    host.eventually("hears the guest in the green room", |heard| heard.received.load(Ordering::Relaxed) > 20).await;
    station.command(room, "live", Command::GoLive).await.unwrap();
    let before = guest.heard.sent.load(Ordering::Relaxed);
    guest.eventually("three seconds on air", |heard| heard.sent.load(Ordering::Relaxed) > before + 150).await;
    host.eventually("is told what is durable", |heard| {
        heard.messages.lock().unwrap().iter().any(|message| message["type"] == "durable")
    })
    .await;
    station.command(room, "end", Command::End).await.unwrap();
    let chunks = station.program(room, Rendition::Opus).await;
    assert!(chunks.len() >= 3, "{} chunks", chunks.len());
    assert!(chunks.iter().enumerate().all(|(n, chunk)| chunk.0 == n as u64 && chunk.1 == 1));
    let pcm = decode(&chunks[1..3]);
    for hz in [440.0, 1000.0] {
        assert!(strength(&pcm, hz) > 0.05, "{hz} Hz has {}", strength(&pcm, hz));
    }
    assert!(strength(&pcm, 700.0) < 0.01);
    let folder = station.room_folder(room);
    let reader = Reader::whole(journal_bytes(&folder).into());
    let mut packets = std::collections::BTreeMap::<u32, u32>::new();
    for item in reader {
        match item {
            Item::Record(record) if record.kind == Kind::Packet => *packets.entry(record.track).or_default() += 1,
            Item::Record(_) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(packets.len(), 2);
    assert!(packets.values().all(|count| *count >= 140), "{packets:?}");
    let sealed: Sealed = station.ask(Call::Seal { room }).await.unwrap();
    assert_eq!(sealed.samples, chunks.len() as u64 * 46_080);
    assert!(sealed.loudness_lufs.is_some_and(|lufs| (-26.0..-8.0).contains(&lufs)), "{:?}", sealed.loudness_lufs);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_goes_on_after_a_restart_with_its_numbers() {
    let station = Station::start().await;
    let room = station.open(12).await;
    let grant = station.grant(room, 1, StageRole::Host);
    let host = Speaker::join(&station, room, &grant, 440.0).await;
    host.eventually("is connected", |heard| heard.sent.load(Ordering::Relaxed) > 5).await;
    station.command(room, "live", Command::GoLive).await.unwrap();
    let before = host.heard.sent.load(Ordering::Relaxed);
    host.eventually("two seconds on air", |heard| heard.sent.load(Ordering::Relaxed) > before + 110).await;
    drop(host);
    let station = station.again().await;
    let standing: Standing = station.ask(Call::Standing { room }).await.unwrap();
    assert_eq!((standing.state, standing.epoch), (RoomState::Live, 2));
    let host = Speaker::join(&station, room, &grant, 440.0).await;
    host.eventually("two seconds more", |heard| heard.sent.load(Ordering::Relaxed) > 110).await;
    station.command(room, "end", Command::End).await.unwrap();
    let chunks = station.program(room, Rendition::Opus).await;
    let numbers: Vec<u64> = chunks.iter().map(|chunk| chunk.0).collect();
    assert_eq!(numbers, (0..chunks.len() as u64).collect::<Vec<_>>(), "numbers never skip");
    assert!(chunks.first().is_some_and(|chunk| chunk.1 == 1) && chunks.last().is_some_and(|chunk| chunk.1 == 2));
    let pcm = decode(&chunks[..1]);
    assert!(strength(&pcm[24_000..], 440.0) > 0.05, "what was said before the restart is there");
}

#[tokio::test]
async fn who_may_not_is_told_why() {
    let station = Station::start().await;
    let room = station.open(13).await;
    let refused = |answer: Result<_, LinkError>| match answer {
        Err(LinkError::Refused(refused)) => refused.code,
        other => panic!("{other:?}"),
    };
    let elsewhere = station.grant(rostrum_domain::Id::from_bits(99), 1, StageRole::Host);
    assert_eq!(refused(station.join(room, &elsewhere, "v=0").await.map(drop)), "grant_elsewhere");
    assert_eq!(refused(station.join(room, "no.grant", "v=0").await.map(drop)), "grant_malformed");
    let grant = station.grant(room, 1, StageRole::Host);
    assert_eq!(refused(station.join(room, &grant, "hello").await.map(drop)), "offer_malformed");
    let missing = station.command(rostrum_domain::Id::from_bits(5), "x", Command::GoLive).await;
    assert_eq!(refused(missing), "room_missing");
    let open = station.ask::<Sealed>(Call::Seal { room }).await;
    assert_eq!(refused(open.map(drop)), "room_open");
}
