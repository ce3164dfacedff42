//! A speaker whose line was down for some seconds: their copy fills them, nobody else's does, and what was erased does
//! not come back.

use rostrum_domain::Id;
use rostrum_domain::access::Caller;
use rostrum_domain::room::StageRole;
use rostrum_live::event::{Coding, Entry, Event, Joined, Source, Track, TrackNo};
use rostrum_live::grant::Claims;
use rostrum_media::journal::{Kind, Packet, Record, write};
use rostrum_wire::Sockets;
use rostrum_wire::link::Client;

use super::*;
use crate::jobs::erase::tests::{heard, program, recorded};
use crate::jobs::stems::tests::spoken;
use crate::rooms::erase::{Wish, ask};
use crate::rooms::tests::{KEY, Station, ada_with_show};
use crate::testing::{House, work};
use crate::{Stage, episodes, jobs, rooms};

const LIVE_US: u64 = 9_000_000;
const BASE: u64 = 77_000;

/// Twelve seconds of Ada, of which four never arrived.
fn journal() -> Vec<Vec<u8>> {
    let (who, role, mut bytes) = (Id::from_bits(1), StageRole::Speaker, Vec::new());
    let joined = Joined { who, name: "Ada".into(), user: None, invite: None, granted: role, role };
    let coding = Coding { codec: "opus".into(), rate_hz: 48_000, channels: 1 };
    let track = Track { track: TrackNo(1), who, source: Source::Voice, slot: None, coding };
    let begin = [
        Event::State { state: RoomState::Live },
        Event::Join(joined),
        Event::Consent { who, given: true },
        Event::TrackOpened(track),
    ];
    let entry = |bytes: &mut Vec<u8>, no: u64, at_ms: u64, event: Event| {
        let entry = Entry { no, at: at_ms * 48, by: None, request: None, event };
        let (kind, payload) = (entry.event.kind(), entry.to_payload().into());
        let mono_us = LIVE_US + at_ms * 1000;
        let record = Record { epoch: 1, track: 0, kind, seq: 0, time: 0, mono_us, wall_us: 0, payload };
        write(&record, bytes).expect("short");
    };
    for (no, event) in (1..).zip(begin) {
        entry(&mut bytes, no, 0, event);
    }
    for (n, packet) in (0..).zip(spoken(0, 12)).filter(|(n, _)| !(200..400).contains(n)) {
        let payload = Packet { payload: packet.into(), ..Packet::default() }.to_payload();
        let (seq, time, mono_us) = (400 + n, BASE + n * 960, LIVE_US + n * 20_000 + 20_000);
        let record = Record { epoch: 1, track: 1, kind: Kind::Packet, seq, time, mono_us, wall_us: 0, payload };
        write(&record, &mut bytes).expect("short");
    }
    entry(&mut bytes, 5, 12_200, Event::State { state: RoomState::Ended });
    vec![bytes]
}

/// What Ada's browser kept.
fn copy() -> Bytes {
    let mut bytes = Vec::new();
    for (n, packet) in (0..).zip(spoken(0, 12)) {
        let frame = Frame { track: TrackNo(1), time: (BASE + n * 960) as u32, payload: packet.into() };
        frame.write(&mut bytes);
    }
    bytes.into()
}

struct Scene {
    house: House,
    ada: Caller,
    episode: Episode,
    data: tempfile::TempDir,
}

async fn scene() -> Scene {
    let data = tempfile::tempdir().unwrap();
    let client = Client::new(Sockets::open(data.path()).unwrap().stage(), "stage");
    let house = House::with(|parts| parts.stage = Some(Stage::new(client, KEY))).await;
    let ada = ada_with_show(&house).await;
    let episode = recorded(&house, &ada, journal()).await;
    Scene { house, ada, episode, data }
}

impl Scene {
    async fn grant(&self, who: u128, room: Option<u128>) -> String {
        let app = &*self.house.app;
        let known = room::of_episode(&mut app.store.read().await.unwrap(), self.episode.id).await;
        let room = room.map_or(known.unwrap().unwrap().id, Id::from_bits);
        let (participant, name) = (Id::from_bits(who), "Ada".to_owned());
        let (role, consented, expires) = (StageRole::Speaker, false, 5);
        let claims = Claims { room, participant, user: None, name, role, invite: None, consented, expires };
        app.stage().unwrap().sign(&claims)
    }

    async fn take(&self, grant: &str, body: Bytes) -> Result<usize, Error> {
        take(&self.house.app, Bearer { room: "friday-talk", grant, from: "10.0.0.1" }, body).await
    }

    async fn lacking(&self, grant: &str) -> Result<Option<Vec<Gap>>, Error> {
        lacking(&self.house.app, Bearer { room: "friday-talk", grant, from: "10.0.0.1" }).await
    }

    async fn works(&self) -> usize {
        self.house.clock.advance(SignedDuration::from_secs(10));
        work(&self.house.app).await
    }

    async fn heard(&self) -> Vec<u64> {
        let app = &*self.house.app;
        let detail = episodes::get(app, &self.ada, self.episode.id).await.unwrap();
        heard(&program(app, &detail.assets).await)
    }
}

fn code<T: std::fmt::Debug>(answer: Result<T, Error>) -> String {
    match answer.unwrap_err() {
        Error::Refused { code, .. } => code,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn seconds_that_never_arrived_are_in_the_remade_episode() {
    let scene = scene().await;
    let (app, grant) = (&*scene.house.app, scene.grant(1, None).await);
    let gaps = scene.lacking(&grant).await.unwrap().expect("the journal is there");
    assert_eq!(gaps[0].samples(), 200 * 960);
    let stranger = scene.grant(2, None).await;
    assert_eq!(scene.lacking(&stranger).await.unwrap(), Some(Vec::new()), "what is Ada's is not told to others");
    assert_eq!(scene.take(&stranger, copy()).await.unwrap(), 0);
    assert_eq!(scene.take(&grant, copy()).await.unwrap(), 200);
    assert_eq!(scene.take(&grant, copy()).await.unwrap(), 200, "a second time changes nothing");
    let before = episodes::get(app, &scene.ada, scene.episode.id).await.unwrap();
    assert!(scene.works().await >= 3, "the journal, files, stems");
    assert_eq!(scene.heard().await, (0..12).collect::<Vec<_>>());
    let after = episodes::get(app, &scene.ada, scene.episode.id).await.unwrap();
    assert_eq!(after.episode.guid, before.episode.guid);
    assert_eq!(rooms::stems::of(&after.assets).len(), 1);
    assert_eq!(scene.lacking(&grant).await.unwrap(), Some(Vec::new()));
    assert_eq!(scene.take(&grant, copy()).await.unwrap(), 0);
    let mut tx = app.store.read().await.unwrap();
    let room = room::of_episode(&mut tx, scene.episode.id).await.unwrap().unwrap();
    assert_eq!(room_copy::of_room(&mut tx, room.id).await.unwrap(), []);
    let journal = tape::of(&after.assets);
    let bytes = app.media.bytes(&journal[0].key, 1 << 26).await.unwrap();
    let mut check = rostrum_live::check::Check::new(room.id);
    rostrum_media::journal::Reader::whole(bytes).for_each(|item| check.item(&item));
    assert_eq!(check.finish(true).late, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_has_no_right_to_it_is_refused() {
    let scene = scene().await;
    let grant = scene.grant(1, None).await;
    assert_eq!(code(scene.take("a.b", copy()).await), "grant_malformed");
    let forged = grant.replacen("ey", "eY", 1);
    assert_eq!(code(scene.take(&forged, copy()).await), "grant_forged");
    assert_eq!(code(scene.take(&scene.grant(1, Some(3)).await, copy()).await), "grant_elsewhere");
    assert_eq!(code(scene.take(&grant, Bytes::from_static(b"no frames")).await), "bad_copy");
    let mut noise = Vec::new();
    let long = Bytes::from(vec![0xf8; 1300]);
    for (time, payload) in [(BASE as u32, Bytes::from_static(b"\xf8said")), (269_960, long)] {
        Frame { track: TrackNo(1), time, payload }.write(&mut noise);
    }
    assert_eq!(scene.take(&grant, noise.into()).await.unwrap(), 0, "there already, and too long");
    for _ in 0..40 {
        if scene.lacking(&grant).await.is_err() {
            break;
        }
    }
    assert!(matches!(scene.take(&grant, copy()).await, Err(Error::Busy(..))));
    scene.house.clock.advance(SignedDuration::from_hours(8 * 24));
    assert_eq!(code(scene.take(&grant, copy()).await), "copy_late");
    assert_eq!(scene.lacking(&grant).await.unwrap(), Some(Vec::new()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_erased_does_not_come_back() {
    let scene = scene().await;
    let (app, grant) = (&*scene.house.app, scene.grant(1, None).await);
    let station = Station::start(scene.data.path()).await;
    assert_eq!(scene.take(&grant, copy()).await.unwrap(), 200);
    // The erasure is asked for while what came still waits.
    let wish = Wish { participant: None, from_ms: Some(5_000), to_ms: Some(7_000) };
    ask(app, &scene.ada, scene.episode.id, &wish).await.unwrap();
    work(app).await;
    assert_eq!(scene.heard().await, [0, 1, 2, 3, 8, 9, 10, 11]);
    scene.works().await;
    assert_eq!(scene.heard().await, [0, 1, 2, 3, 8, 9, 10, 11]);
    assert_eq!(code(scene.take(&grant, copy()).await), "copy_closed");
    assert_eq!(scene.lacking(&grant).await.unwrap(), Some(Vec::new()));
    let left = jobs::of_episode(app, &scene.ada, scene.episode.id).await.unwrap();
    assert!(left.iter().all(|job| job.state == rostrum_domain::job::JobState::Done), "{left:?}");
    station.end().await;
}
