//! The ledger: what speakers were told to be safe on disk is in the journal afterwards, whenever the stage was killed
//! and at whatever step; nothing is there that was not said, and all of it in order.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use rostrum_domain::Id;
use rostrum_domain::room::{Room, RoomState, StageRole};
use rostrum_live::room::Command;
use rostrum_media::journal::{Item, Kind, Packet, Reader};
use rostrum_stage::inspect;
use rostrum_wire::stage::{Call, Standing};

use crate::apart::{Apart, Wishes};
use crate::peer::{Speaker, tone};
use crate::station::{PATIENCE, Station, journal_bytes};

/// The two who speak, by the tone they make.
const TONES: [f32; 2] = [440.0, 1000.0];
/// Steps at which the stage can die while a room is on air.
const STEPS: [&str; 8] = [
    "journal: segment made",
    "journal: segment known",
    "journal: before a write",
    "journal: after a write",
    "journal: after a sync",
    "program: chunk written",
    "recovery: journal read",
    "recovery: program filled",
];
/// Steps at which it can die when a room ends.
const LAST_STEPS: [&str; 4] = [
    "program: files closed",
    "small file: before it has its name",
    "small file: after it has its name",
    "program: summary written",
];

/// Small random numbers that are the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// A room whose stage dies again and again, and what its speakers were told.
struct Scene {
    data: tempfile::TempDir,
    room: Id<Room>,
    /// For each track the last number that was told to be safe.
    told: BTreeMap<u32, u64>,
}

impl Scene {
    async fn open() -> Self {
        let data = tempfile::tempdir().unwrap();
        let apart = Apart::start(data.path(), &Wishes::default()).await.expect("the stage starts");
        let room = apart.station.open(31).await;
        apart.station.command(room, "live", Command::GoLive).await.unwrap();
        // What has happened is safe soon; until then a kill may undo it, as it may undo a page that was not saved.
        let journal = apart.station.room_folder(room).join("journal");
        until("the room is in its journal", || journal_size(&journal) > 200).await;
        apart.kill();
        Self { data, room, told: BTreeMap::new() }
    }

    async fn speakers(&self, station: &Station) -> Vec<Speaker> {
        let mut speakers = Vec::new();
        for (who, hz) in (1..).zip(TONES) {
            let grant = station.grant(self.room, who, if who == 1 { StageRole::Host } else { StageRole::Speaker });
            // The stage may die before they are there.
            speakers.extend(Speaker::try_join(station, self.room, &grant, hz).await.ok());
        }
        speakers
    }

    /// Notes what the speakers were told.
    fn note(&mut self, speakers: &[Speaker]) {
        for speaker in speakers {
            let messages = speaker.heard.messages.lock().unwrap();
            for message in messages.iter().filter(|message| message["type"] == "durable") {
                for mark in message["tracks"].as_array().unwrap() {
                    let (track, seq) = (mark["track"].as_u64().unwrap(), mark["seq"].as_u64().unwrap());
                    let known = self.told.entry(u32::try_from(track).unwrap()).or_default();
                    *known = seq.max(*known);
                }
            }
        }
    }

    /// Compares what was told with what is there.
    fn settle(&self, when: &str) {
        let found = recovered(&self.data.path().join("live").join(self.room.to_string()));
        for (track, seq) in &self.told {
            let packets = found.get(track).unwrap_or_else(|| panic!("{when}: track {track} is gone"));
            assert!(packets.contains_key(seq), "{when}: packet {seq} of track {track} was safe and is gone");
        }
        let said: Vec<Vec<Vec<u8>>> = TONES.iter().map(|hz| tone(*hz)).collect();
        for (track, packets) in &found {
            let fits = |tone: &Vec<Vec<u8>>| {
                let begins = (0..tone.len() as u64).filter(|begin| {
                    packets.iter().all(|(seq, payload)| tone[((seq + begin) % tone.len() as u64) as usize] == *payload)
                });
                begins.count() > 0
            };
            assert!(said.iter().any(fits), "{when}: track {track} has what nobody said, or in another order");
        }
        let inspected = inspect(&self.data.path().join("live")).unwrap().pop().unwrap();
        assert_eq!(inspected.damage, Vec::<String>::new(), "{when}");
    }

    /// Speaks until the stage is dead, by `kill` or by itself.
    async fn die(&mut self, when: &str, wishes: &Wishes, mut chance: Option<&mut Chance>) {
        let Some(mut apart) = Apart::start(self.data.path(), wishes).await else { return self.settle(when) };
        let standing: Standing = match apart.station.ask(Call::Standing { room: self.room }).await {
            Ok(standing) => standing,
            Err(_) if wishes.failpoints.is_some() => return self.settle(when),
            Err(error) => panic!("{when}: {error}"),
        };
        assert_eq!(standing.state, RoomState::Live, "{when}");
        let speakers = self.speakers(&apart.station).await;
        let start = Instant::now();
        match &mut chance {
            Some(chance) => {
                let packets = 5 + chance.below(70);
                let speaks = |speaker: &Speaker| speaker.heard.sent.load(Ordering::Relaxed) >= packets;
                assert_eq!(speakers.len(), TONES.len(), "{when}");
                until("they speak", || speakers.iter().all(speaks)).await;
                tokio::time::sleep(Duration::from_micros(chance.below(20_000))).await;
                apart.kill();
            }
            None => until("it dies at its step", || apart.is_dead()).await,
        }
        assert!(start.elapsed() < PATIENCE, "{when}");
        self.note(&speakers);
        self.settle(when);
    }

    /// Ends the room; whatever happens, its files are whole in the end.
    async fn end(self) {
        let apart = Apart::start(self.data.path(), &Wishes::default()).await.expect("the stage starts");
        let ended = apart.station.command(self.room, "end", Command::End).await;
        ended.unwrap();
        let program = apart.station.program(self.room, rostrum_media::program::Rendition::Mp3).await;
        let numbers: Vec<u64> = program.iter().map(|chunk| chunk.0).collect();
        assert_eq!(numbers, (0..program.len() as u64).collect::<Vec<_>>(), "numbers never skip");
        let live = self.data.path().join("live");
        until("the journal says so", || inspect(&live).unwrap().pop().unwrap().damage.is_empty()).await;
        apart.kill();
        self.settle("at the end");
    }
}

fn journal_size(folder: &Path) -> u64 {
    let files = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    files.filter_map(|file| file.metadata().ok()).map(|meta| meta.len()).sum()
}

/// All packets of a journal: by track, then by number.
fn recovered(folder: &Path) -> BTreeMap<u32, BTreeMap<u64, Vec<u8>>> {
    let mut found = BTreeMap::<u32, BTreeMap<u64, Vec<u8>>>::new();
    for item in Reader::whole(journal_bytes(folder).into()) {
        let Item::Record(record) = item else { continue };
        if record.kind == Kind::Packet {
            let packet = Packet::from_payload(&record.payload).unwrap();
            found.entry(record.track).or_default().insert(record.seq, packet.payload.to_vec());
        }
    }
    found
}

async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < PATIENCE, "never: {what}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

async fn at_random_instants(count: u64, seed: u64) {
    let mut scene = Scene::open().await;
    let mut chance = Chance(seed);
    for n in 0..count {
        scene.die(&format!("kill {n} of seed {seed}"), &Wishes::default(), Some(&mut chance)).await;
    }
    assert!(!scene.told.is_empty(), "nobody was ever told that anything is safe");
    scene.end().await;
}

async fn at_steps(steps: &[(u64, &str)]) {
    let mut scene = Scene::open().await;
    let orders = tempfile::tempdir().unwrap();
    let wishes = Wishes { failpoints: Some(orders.path().to_owned()), ..Wishes::default() };
    for (nth, step) in steps {
        std::fs::write(orders.path().join("kill"), format!("{nth} {step}")).unwrap();
        scene.die(&format!("passage {nth} of “{step}”"), &wishes, None).await;
        assert!(orders.path().join("killed").exists(), "“{step}” was not reached");
        std::fs::remove_file(orders.path().join("killed")).unwrap();
    }
    scene.end().await;
}

/// A room ends while its stage dies at one of the last steps.
async fn while_ending(step: &str) {
    let mut scene = Scene::open().await;
    let orders = tempfile::tempdir().unwrap();
    std::fs::write(orders.path().join("kill"), format!("1 {step}")).unwrap();
    let wishes = Wishes { failpoints: Some(orders.path().to_owned()), ..Wishes::default() };
    let mut apart = Apart::start(scene.data.path(), &wishes).await.expect("the stage starts");
    let speakers = scene.speakers(&apart.station).await;
    until("something is safe", || {
        scene.note(&speakers);
        !scene.told.is_empty()
    })
    .await;
    apart.station.command(scene.room, "end", Command::End).await.unwrap();
    until("it dies at its step", || apart.is_dead()).await;
    scene.note(&speakers);
    drop(apart);
    let apart = Apart::start(scene.data.path(), &Wishes::default()).await.expect("the stage starts");
    let live = scene.data.path().join("live");
    // The end itself may have died with the stage before the disk had it; then the room is still live.
    let standing: Standing = apart.station.ask(Call::Standing { room: scene.room }).await.unwrap();
    if standing.state == RoomState::Live {
        apart.station.command(scene.room, "end again", Command::End).await.unwrap();
    }
    until("the files are whole", || inspect(&live).unwrap().pop().unwrap().damage.is_empty()).await;
    scene.settle(step);
    apart.kill();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_told_to_be_safe_survives_kills() {
    at_random_instants(4, 20_230_524).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_told_to_be_safe_survives_a_death_at_a_step() {
    at_steps(&[(1, "journal: segment known"), (9, "journal: after a write"), (3, "journal: after a sync")]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_end_that_was_cut_short_is_ended_later() {
    while_ending("program: files closed").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "long: minutes of speech and kills"]
async fn what_was_told_to_be_safe_survives_many_kills() {
    for seed in 1..=3 {
        at_random_instants(20, seed).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "long: every step, several passages"]
async fn what_was_told_to_be_safe_survives_a_death_at_every_step() {
    for nth in [1, 4, 11] {
        let early = |step: &&str| nth == 1 || !step.starts_with("recovery") && !step.contains("segment");
        let steps: Vec<(u64, &str)> = STEPS.iter().filter(|step| early(step)).map(|step| (nth, *step)).collect();
        at_steps(&steps).await;
    }
    for step in LAST_STEPS {
        while_ending(step).await;
    }
}
