//! A live room as the other roles see it: opened and commanded over the stage's socket, its grants signed with the
//! server's own key, its journal read from disk.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use rostrum_domain::Id;
use rostrum_domain::room::{Room, RoomFacts, StageRole};
use rostrum_live::grant::{Claims, Key, sign};
use rostrum_live::ingest;
use rostrum_live::room::{Command, Control};
use rostrum_live::turn::{self, Bearer, Pass};
use rostrum_media::journal::{Item, Kind, Packet, Reader, Record};
use rostrum_wire::Sockets;
use rostrum_wire::link::{Client, LinkError};
use rostrum_wire::stage::{Call, Open, Sealed, Standing};
use serde::de::DeserializeOwned;

use crate::server::Server;
use crate::wait::eventually;

const PATIENCE: Duration = Duration::from_secs(20);

/// A room on a server.
pub struct LiveRoom {
    room: Id<Room>,
    slug: String,
    key: [u8; 32],
    data: PathBuf,
    stage: Client,
}

impl LiveRoom {
    /// Opens the green room of a room that a server knows under `slug`.
    pub async fn open(server: &Server, slug: &str) -> Self {
        Self::open_with(server, slug, RoomFacts::default()).await
    }

    /// Opens one that is set up otherwise than usual.
    pub async fn open_with(server: &Server, slug: &str, facts: RoomFacts) -> Self {
        let data = server.data();
        let key = fs::read(data.join("grant.key")).expect("the server made its key");
        let stage = Client::new(Sockets::open(&data).expect("the server made its sockets").stage(), "stage");
        let key = key.try_into().expect("a key has 32 bytes");
        let room = Self { room: Id::from_bits(0x71), slug: slug.to_owned(), key, data, stage };
        let facts = RoomFacts { title: "A room of tones".to_owned(), ..facts };
        let open = Open { room: room.room, slug: slug.to_owned(), facts };
        let _: Standing = room.ask(Call::Open(open)).await.expect("a room can be opened");
        room
    }

    /// Its id.
    pub fn id(&self) -> Id<Room> {
        self.room
    }

    /// The key that signs its grants.
    pub fn key(&self) -> Key {
        Key::new(self.key)
    }

    /// The password of its encoders.
    pub fn ingest_key(&self) -> String {
        ingest::key_of(self.room, &self.key())
    }

    /// Its part of the address.
    pub fn slug(&self) -> &str {
        &self.slug
    }

    /// A grant for one hour.
    pub fn grant(&self, who: u128, role: StageRole) -> String {
        sign(&self.claims(who, role), &self.key())
    }

    /// What such a grant says.
    pub fn claims(&self, who: u128, role: StageRole) -> Claims {
        Claims {
            room: self.room,
            participant: Id::from_bits(who),
            user: None,
            name: format!("Speaker {who}"),
            role,
            invite: None,
            consented: true,
            expires: now_s() + 3600,
        }
    }

    /// What a speaker's browser is told of the relay at `address`, as `iceServers`, with a right of so many seconds.
    pub fn ice_servers(&self, address: &str, lasts_s: i64) -> String {
        let bearer = Bearer { expires: now_s() + lasts_s, participant: Id::from_bits(1) };
        let Pass { username, password } = turn::Key::of(&self.key()).pass(bearer);
        let url = format!("turns:{address}?transport=tcp");
        serde_json::json!([{"urls": [url], "username": username, "credential": password}]).to_string()
    }

    /// A request of the site.
    pub async fn command(&self, request: &str, command: Command) {
        let control = Control { by: None, request: request.to_owned(), command };
        let () = self.ask(Call::Control { room: self.room, control }).await.expect("the room obeys");
    }

    /// How it stands; none while the stage is away.
    pub async fn standing(&self) -> Option<Standing> {
        self.ask(Call::Standing { room: self.room }).await.ok()
    }

    /// Closes the files of the ended room.
    pub async fn sealed(&self) -> Sealed {
        eventually(PATIENCE, "the room can be sealed", async || self.ask(Call::Seal { room: self.room }).await.ok())
            .await
    }

    /// Packets of 20 ms that the last track in the journal counts, from the first its speaker ever said.
    pub fn last_said(&self) -> u64 {
        let packets = self.records().into_iter().filter(|record| record.kind == Kind::Packet);
        packets.max_by_key(|record| (record.track, record.time)).map_or(0, |last| last.time / 960 + 1)
    }

    /// RTP sequence numbers that the journal has, of each track, also those that came as a copy with a later packet.
    pub fn journal(&self) -> BTreeMap<u32, BTreeSet<u64>> {
        let mut tracks = BTreeMap::<u32, BTreeSet<u64>>::new();
        for record in self.records().into_iter().filter(|record| record.kind == Kind::Packet) {
            let packet = Packet::from_payload(&record.payload).expect("what the stage writes can be read");
            let copies = if packet.red { copies(&packet.payload) } else { 0 };
            tracks.entry(record.track).or_default().extend((0..=copies).map(|back| record.seq - back));
        }
        tracks
    }

    /// Packets of each track in the journal.
    pub fn packets(&self) -> BTreeMap<u32, u32> {
        let mut tracks = BTreeMap::new();
        for record in self.records().into_iter().filter(|record| record.kind == Kind::Packet) {
            *tracks.entry(record.track).or_default() += 1;
        }
        tracks
    }

    fn records(&self) -> Vec<Record> {
        let folder = self.data.join("live").join(self.room.to_string()).join("journal");
        let mut paths: Vec<PathBuf> = fs::read_dir(folder)
            .expect("the room has a journal")
            .map(|entry| entry.expect("readable").path())
            .collect();
        paths.sort();
        let bytes: Vec<u8> = paths.iter().flat_map(|path| fs::read(path).expect("readable")).collect();
        let records = Reader::whole(bytes.into()).filter_map(|item| match item {
            Item::Record(record) => Some(record),
            _ => None,
        });
        records.collect()
    }

    async fn ask<R: DeserializeOwned>(&self, call: Call) -> Result<R, LinkError> {
        self.stage.ask(&call, Bytes::new(), PATIENCE).await.map(|(answer, _)| answer)
    }
}

fn now_s() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock is set");
    i64::try_from(since.as_secs()).expect("seconds fit")
}

/// How many earlier packets a redundant payload repeats (RFC 2198): each has a head of four bytes that says that more
/// follows.
fn copies(redundant: &[u8]) -> u64 {
    redundant.chunks_exact(4).take_while(|head| head[0] & 0x80 != 0).count() as u64
}
