//! A stage of its own in a folder of its own, and what the other roles would ask it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use rostrum_domain::room::{Room, RoomFacts, StageRole};
use rostrum_domain::{Clock, Id, Ids, Timestamp};
use rostrum_live::grant::{Claims, Key, sign};
use rostrum_live::room::{Command, Control};
use rostrum_media::program::Rendition;
use rostrum_stage::StageConfig;
use rostrum_wire::link::{Client, LinkError};
use rostrum_wire::stage::{Call, Joined, Open, Piece, Standing, Way};
use rostrum_wire::{Shutdown, Sockets};
use tokio::task::JoinHandle;

/// Longer than anything here takes on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

struct Wall;
impl Clock for Wall {
    #[expect(clippy::disallowed_methods, reason = "the stage under test runs in real time")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

struct Counted(std::sync::atomic::AtomicU64);
impl Ids for Counted {
    fn bytes(&self) -> [u8; 32] {
        let mut bytes = [7; 32];
        let next = self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        bytes[..8].copy_from_slice(&next.to_le_bytes());
        bytes
    }
}

pub(crate) struct Station {
    data: PathBuf,
    /// Removed with the station.
    folder: Option<tempfile::TempDir>,
    pub(crate) link: Client,
    stop: Shutdown,
    role: JoinHandle<()>,
}

fn key() -> Key {
    Key::new([9; 32])
}

impl Station {
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().to_owned();
        Self::on(data, Some(folder)).await
    }

    pub(crate) async fn on(data: PathBuf, folder: Option<tempfile::TempDir>) -> Self {
        let socket = Sockets::open(&data).unwrap().stage();
        let config = StageConfig {
            rtc: "127.0.0.1:0".parse().unwrap(),
            public: None,
            shards: 2,
            live: data.join("live"),
            socket: socket.clone(),
            key: key(),
            clock: Arc::new(Wall),
            ids: Arc::new(Counted(0.into())),
        };
        let stop = Shutdown::default();
        let (ready, is_ready) = tokio::sync::oneshot::channel();
        let stopped = stop.clone();
        let role = tokio::spawn(async move {
            rostrum_stage::run(config, stopped, |info| ready.send(info).unwrap()).await.unwrap();
        });
        is_ready.await.expect("the stage starts");
        Self { data, folder, link: Client::new(socket, "stage"), stop, role }
    }

    /// The link to a stage that another process runs on `data`.
    pub(crate) fn elsewhere(data: &Path) -> Self {
        let link = Client::new(Sockets::open(data).unwrap().stage(), "stage");
        let role = tokio::spawn(async {});
        Self { data: data.to_owned(), folder: None, link, stop: Shutdown::default(), role }
    }

    /// Stops the stage and starts it again on the same folder.
    pub(crate) async fn again(self) -> Self {
        self.stop.begin();
        self.role.await.unwrap();
        Self::on(self.data, self.folder).await
    }

    pub(crate) fn live(&self) -> PathBuf {
        self.data.join("live")
    }

    pub(crate) async fn ask<R: serde::de::DeserializeOwned>(&self, call: Call) -> Result<R, LinkError> {
        self.link.ask(&call, Bytes::new(), PATIENCE).await.map(|(answer, _)| answer)
    }

    pub(crate) async fn open(&self, room: u128) -> Id<Room> {
        let room = Id::from_bits(room);
        let facts = RoomFacts { title: "Friday talk".into(), ..RoomFacts::default() };
        let open = Open { room, slug: "friday".into(), facts };
        let standing: Standing = self.ask(Call::Open(open)).await.unwrap();
        assert_eq!(standing.room, room);
        room
    }

    pub(crate) fn grant(&self, room: Id<Room>, who: u128, role: StageRole) -> String {
        let claims = Claims {
            room,
            participant: Id::from_bits(who),
            user: None,
            name: format!("Speaker {who}"),
            role,
            invite: None,
            consented: true,
            expires: Wall.now().as_second() + 3600,
        };
        sign(&claims, &key())
    }

    pub(crate) async fn join(&self, room: Id<Room>, grant: &str, offer: &str) -> Result<(Joined, String), LinkError> {
        let call = Call::Join { room, grant: grant.to_owned(), way: Way::Studio };
        let (joined, answer) = self.link.ask(&call, Bytes::copy_from_slice(offer.as_bytes()), PATIENCE).await?;
        Ok((joined, String::from_utf8(answer.to_vec()).unwrap()))
    }

    pub(crate) async fn command(&self, room: Id<Room>, request: &str, command: Command) -> Result<(), LinkError> {
        let control = Control { by: None, request: request.to_owned(), command };
        self.ask(Call::Control { room, control }).await
    }

    /// Follows the program until it has ended; gives chunks of `rendition` in order.
    pub(crate) async fn program(&self, room: Id<Room>, rendition: Rendition) -> Vec<(u64, u32, Bytes)> {
        let call = Call::FollowProgram { room, from: Some(0), renditions: vec![rendition] };
        let mut follow = self.link.follow(&call, Bytes::new()).await.unwrap();
        let mut chunks = Vec::new();
        while let Some((piece, body)) = follow.next::<Piece>().await.unwrap() {
            match piece {
                Piece::Chunk { n, epoch, .. } => chunks.push((n, epoch, body)),
                Piece::End { .. } => break,
                Piece::Start { .. } | Piece::Event { .. } => {}
            }
        }
        chunks
    }

    pub(crate) fn room_folder(&self, room: Id<Room>) -> PathBuf {
        self.live().join(room.to_string())
    }
}

pub(crate) fn journal_bytes(folder: &Path) -> Vec<u8> {
    let mut paths: Vec<_> =
        std::fs::read_dir(folder.join("journal")).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().flat_map(|path| std::fs::read(path).unwrap()).collect()
}
