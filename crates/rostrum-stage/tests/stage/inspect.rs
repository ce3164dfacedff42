//! An inspection of a room that was live, restarted and ended: silent when all is whole, loud about every harm.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use rostrum_domain::room::StageRole;
use rostrum_live::room::Command;
use rostrum_media::program::Rendition;
use rostrum_stage::{Inspected, inspect};

use crate::peer::Speaker;
use crate::station::Station;

/// All files below a folder and their bytes.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(
            |path| if path.is_dir() { files(&path) } else { [(path.clone(), std::fs::read(path).unwrap())].into() },
        )
        .collect()
}

fn one(live: &Path) -> Inspected {
    inspect(live).unwrap().pop().expect("there is a room")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_whole_room_is_silent_and_every_harm_is_told() {
    let station = Station::start().await;
    let room = station.open(21).await;
    let grant = station.grant(room, 1, StageRole::Host);
    let host = Speaker::join(&station, room, &grant, 440.0).await;
    host.eventually("is connected", |heard| heard.sent.load(Ordering::Relaxed) > 5).await;
    station.command(room, "live", Command::GoLive).await.unwrap();
    host.eventually("is told what is durable", |heard| {
        heard.messages.lock().unwrap().iter().filter(|message| message["type"] == "durable").count() >= 2
    })
    .await;
    drop(host);
    let station = station.again().await;
    let host = Speaker::join(&station, room, &grant, 440.0).await;
    host.eventually("a second more", |heard| heard.sent.load(Ordering::Relaxed) > 60).await;
    station.command(room, "end", Command::End).await.unwrap();
    station.program(room, Rendition::Opus).await;
    let live = station.live();
    // The journal's thread closes its file beside the end of the program.
    let found = loop {
        let found = one(&live);
        if found.damage.is_empty() {
            break found;
        }
        assert!(found.damage.iter().all(|damage| damage.contains("stops before")), "{found:?}");
        tokio::task::yield_now().await;
    };
    assert!(found.room == room && found.journal.epochs == 2 && found.journal.segments == 2, "{found:?}");
    assert!(found.journal.records > 100 && found.chunks >= 2, "{found:?}");
    let before = files(&live);
    for (path, whole) in &before {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if ["room.json", "summary.json"].contains(&&*name) || whole.is_empty() {
            continue;
        }
        // Inside what is covered: the front of an MP3 is written when the room is sealed.
        let at = if name == "program.mp3" { whole.len() - 100 } else { whole.len() * 3 / 4 };
        let mut harmed = whole.clone();
        harmed[at] ^= 0x10;
        std::fs::write(path, &harmed).unwrap();
        assert!(!one(&live).damage.is_empty(), "{name} is harmed at {at}, and nobody tells");
        std::fs::write(path, whole).unwrap();
    }
    assert_eq!(one(&live).damage, Vec::<String>::new());
    assert!(files(&live) == before, "an inspection changes nothing");
}
