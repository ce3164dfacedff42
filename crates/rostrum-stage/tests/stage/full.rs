//! A disk that fills under a room on air: the room goes on, somebody is told at once, and when there is room again not
//! a packet is missing.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use rostrum_domain::room::StageRole;
use rostrum_live::room::Command;
use rostrum_media::journal::{Item, Kind, Reader};
use rostrum_media::program::Rendition;
use rostrum_stage::inspect;
use rostrum_wire::stage::{Call, Standing};

use crate::apart::{Apart, Wishes};
use crate::peer::{Heard, Speaker};
use crate::station::journal_bytes;

/// Longest that nobody is told.
const ALARM: Duration = Duration::from_secs(2);

fn told(heard: &Heard, works: bool) -> bool {
    let messages = heard.messages.lock().unwrap();
    messages.iter().rev().find(|message| message["type"] == "recording").is_some_and(|last| last["works"] == works)
}

/// Writes until nothing more fits.
fn fill(folder: &Path) {
    let mut ballast = File::create(folder.join("ballast")).unwrap();
    while ballast.write_all(&[7; 1 << 16]).is_ok() {}
    while ballast.write_all(&[7]).is_ok() {}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_told_and_costs_nothing_that_was_said() {
    let data = tempfile::tempdir().unwrap();
    let live = data.path().join("live");
    let wishes = Wishes { disk_mib: Some(8), ..Wishes::default() };
    let apart = Apart::start(data.path(), &wishes).await.expect("the stage starts");
    let station = &apart.station;
    let room = station.open(41).await;
    let host = Speaker::join(station, room, &station.grant(room, 1, StageRole::Host), 440.0).await;
    host.eventually("is connected", |heard| heard.sent.load(Ordering::Relaxed) > 5).await;
    station.command(room, "live", Command::GoLive).await.unwrap();
    let before = host.heard.sent.load(Ordering::Relaxed);
    host.eventually("a second on air", |heard| heard.sent.load(Ordering::Relaxed) > before + 50).await;

    let disk = apart.seen(&live);
    fill(&disk);
    let full = Instant::now();
    host.eventually("is told that the disk fails", |heard| told(heard, false)).await;
    assert!(full.elapsed() < ALARM, "told after {:?}", full.elapsed());
    let standing: Standing = station.ask(Call::Standing { room }).await.unwrap();
    assert!(!standing.recording);
    let before = (host.heard.sent.load(Ordering::Relaxed), standing.chunks);
    host.eventually("the room goes on", |heard| heard.sent.load(Ordering::Relaxed) > before.0 + 200).await;
    let standing: Standing = station.ask(Call::Standing { room }).await.unwrap();
    assert!(standing.chunks >= before.1 + 2, "the audience hears on: {standing:?}");
    let late = Speaker::join(station, room, &station.grant(room, 2, StageRole::Speaker), 1000.0).await;
    late.eventually("who comes now is told too", |heard| told(heard, false)).await;
    drop(late);

    std::fs::remove_file(disk.join("ballast")).unwrap();
    host.eventually("is told that it works again", |heard| told(heard, true)).await;
    let before = host.heard.sent.load(Ordering::Relaxed);
    host.eventually("half a second more", |heard| heard.sent.load(Ordering::Relaxed) > before + 25).await;
    station.command(room, "end", Command::End).await.unwrap();
    let chunks = station.program(room, Rendition::Opus).await;
    assert!(chunks.iter().enumerate().all(|(n, chunk)| chunk.0 == n as u64), "numbers never skip");
    host.eventually("all is whole on disk", |_| inspect(&disk).unwrap()[0].damage.is_empty()).await;
    let folder = disk.join(room.to_string());
    let mut numbers = std::collections::BTreeMap::<u32, std::collections::BTreeSet<u64>>::new();
    for item in Reader::whole(journal_bytes(&folder).into()) {
        if let Item::Record(record) = item
            && record.kind == Kind::Packet
        {
            numbers.entry(record.track).or_default().insert(record.seq);
        }
    }
    let said = numbers.values().next().expect("the host spoke");
    let span = said.last().unwrap() - said.first().unwrap() + 1;
    assert!(span > 250 && said.len() as u64 == span, "{} of {span} packets", said.len());
}
