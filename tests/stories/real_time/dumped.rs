//! A program that is held back, and what a host takes back before anybody has heard it.

use rostrum_domain::room::{RoomFacts, StageRole};
use rostrum_live::room::Command as Deed;
use rostrum_tests::{LiveRoom, Server, Voice};

use super::{Listener, contains, decoded, ended, join, until};

const DELAY_S: u8 = 5;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_taken_back_is_heard_by_nobody_and_missing_from_every_file() {
    let server = Server::spawn().await;
    let facts = RoomFacts { delay_s: DELAY_S, ..RoomFacts::default() };
    let room = LiveRoom::open_with(&server, "tones", facts).await;
    let host = join(&server, (&room, &room.grant(1, StageRole::Host)), (Voice::Low, 0)).await;
    until(&host, 1).await;
    room.command("live", Deed::GoLive).await;
    let first = host.second() + 2;
    let mount = Listener::start(&server.url("/live/tones.mp3"), server.scratch().join("mount.pcm"));
    until(&host, first + 10).await;
    room.command("dump", Deed::Dump).await;
    let taken = host.second();
    until(&host, taken + 10).await;
    ended(&room).await;
    // What was said within the last second of the delay may have been on its way already.
    let gone = taken - u64::from(DELAY_S) + 2..taken;
    let (before, after) = (first..taken - u64::from(DELAY_S) - 1, taken + 2..taken + 8);
    let lacks = |pcm: &[f32], place: &str| {
        let heard: Vec<u64> = Voice::Low.seconds_in(pcm).into_iter().filter(|second| gone.contains(second)).collect();
        assert!(heard.is_empty(), "{place} has {heard:?}, which were taken back");
        contains(Voice::Low, pcm, before.clone(), place);
        contains(Voice::Low, pcm, after.clone(), place);
    };
    lacks(&mount.heard().await, "the mount");
    let sealed = room.sealed().await;
    for file in sealed.files.iter().filter(|file| file.rendition.is_some()) {
        lacks(&decoded(&file.path, &server).await, &file.name);
    }
}
