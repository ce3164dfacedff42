//! A room as its hosts have it, opened over the stage's socket with the server's own key.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use rostrum_domain::Id;
use rostrum_domain::room::{Room, RoomFacts};
use rostrum_live::grant::Key;
use rostrum_live::ingest;
use rostrum_live::room::{Command, Control};
use rostrum_media::journal::{Item, Kind, Reader};
use rostrum_tests::{Server, eventually};
use rostrum_wire::Sockets;
use rostrum_wire::link::{Client, LinkError};
use rostrum_wire::stage::{Call, Open, Standing};
use serde::de::DeserializeOwned;

const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Studio {
    room: Id<Room>,
    pub(crate) slug: String,
    pub(crate) key: Key,
    data: std::path::PathBuf,
    stage: Client,
}

impl Studio {
    pub(crate) async fn open(server: &Server, slug: &str) -> Self {
        let data = server.data();
        let key = std::fs::read(data.join("grant.key")).expect("the server made its key");
        let key = Key::new(key.try_into().expect("a key has 32 bytes"));
        let stage = Client::new(Sockets::open(&data).expect("the server made its sockets").stage(), "stage");
        let studio = Self { room: Id::from_bits(0x71), slug: slug.to_owned(), key, data, stage };
        let facts = RoomFacts { title: "Tones".to_owned(), ..RoomFacts::default() };
        let open = Open { room: studio.room, slug: slug.to_owned(), facts };
        let _: Standing = studio.ask(Call::Open(open)).await.expect("a room can be opened");
        // An edge hears of a room a moment later.
        let path = format!("/live/{slug}.mp3");
        let known = async || (server.http().get(&path).await.status == 503).then_some(());
        eventually(PATIENCE, "the edge knows the room", known).await;
        studio
    }

    pub(crate) const fn room(&self) -> Id<Room> {
        self.room
    }

    /// The password of its encoders.
    pub(crate) fn ingest_key(&self) -> String {
        ingest::key_of(self.room, &self.key)
    }

    pub(crate) async fn command(&self, request: &str, command: Command) {
        let control = Control { by: None, request: request.to_owned(), command };
        let () = self.ask(Call::Control { room: self.room, control }).await.expect("the room obeys");
    }

    pub(crate) async fn epoch(&self) -> Option<u32> {
        self.standing().await.map(|standing| standing.epoch)
    }

    pub(crate) async fn chunks(&self) -> u64 {
        self.standing().await.map_or(0, |standing| standing.chunks)
    }

    async fn standing(&self) -> Option<Standing> {
        self.ask(Call::Standing { room: self.room }).await.ok()
    }

    /// Tells what plays as encoders do; whether it was taken.
    pub(crate) async fn tells(&self, server: &Server, song: &str) -> bool {
        let path = format!("/admin/metadata?mode=updinfo&mount=/ingest/{}&song={song}", self.slug);
        let request = server.http().request(&reqwest::Method::GET, &path);
        let reply = server.http().send(request.basic_auth("source", Some(self.ingest_key()))).await;
        reply.status == 200 && reply.text().contains("<return>1</return>")
    }

    /// Packets of each track in the journal.
    pub(crate) async fn tracks(&self) -> BTreeMap<u32, u32> {
        let folder = self.data.join("live").join(self.room.to_string()).join("journal");
        let mut tracks = BTreeMap::new();
        let files = std::fs::read_dir(folder).expect("the room has a journal");
        for path in files.map(|entry| entry.expect("readable").path()) {
            let bytes = std::fs::read(path).expect("readable");
            for item in Reader::whole(bytes.into()) {
                if let Item::Record(record) = item
                    && record.kind == Kind::Packet
                {
                    *tracks.entry(record.track).or_default() += 1;
                }
            }
        }
        tracks
    }

    pub(crate) async fn ask<R: DeserializeOwned>(&self, call: Call) -> Result<R, LinkError> {
        self.stage.ask(&call, Bytes::new(), PATIENCE).await.map(|(answer, _)| answer)
    }
}
