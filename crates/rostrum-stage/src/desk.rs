//! The stage's socket: checks grants, hands questions to the shard that owns the room, serves followers from the room's
//! hub and files. Runs beside the shards, never in them.

mod files;
mod follow;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use bytes::Bytes;
use rostrum_domain::Id;
use rostrum_domain::Ids;
use rostrum_domain::room::Room;
use rostrum_live::grant::{self, Claims, Key};
use rostrum_live::ingest;
use rostrum_wire::link::{Answer, Answered, Asked, Refused};
use rostrum_wire::stage::{Call, Way};
use tokio::sync::{mpsc, oneshot, watch};

use crate::ask::{Ask, Join, Reply};
use crate::encoder::{Coming, Fed};
use crate::hub::Hub;
use crate::time::Time;

/// The rooms there are, for all who look one up.
#[derive(Debug)]
pub(crate) struct Rooms {
    held: RwLock<HashMap<Id<Room>, Arc<Hub>>>,
    changed: watch::Sender<u64>,
}

impl Default for Rooms {
    fn default() -> Self {
        Self { held: RwLock::default(), changed: watch::channel(0).0 }
    }
}

impl Rooms {
    pub(crate) fn add(&self, room: Id<Room>, hub: Arc<Hub>) {
        self.held.write().unwrap_or_else(PoisonError::into_inner).insert(room, hub);
        self.touch();
    }

    pub(crate) fn remove(&self, room: Id<Room>) {
        self.held.write().unwrap_or_else(PoisonError::into_inner).remove(&room);
        self.touch();
    }

    pub(crate) fn get(&self, room: Id<Room>) -> Option<Arc<Hub>> {
        self.held.read().unwrap_or_else(PoisonError::into_inner).get(&room).cloned()
    }

    pub(crate) fn all(&self) -> Vec<Arc<Hub>> {
        self.held.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// Tells when a room came, went or changed its state.
    pub(crate) fn watch(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// A room's state changed.
    pub(crate) fn touch(&self) {
        self.changed.send_modify(|count| *count += 1);
    }
}

/// Answers calls.
pub(crate) struct Desk {
    pub(crate) rooms: Arc<Rooms>,
    /// The shards' question queues.
    pub(crate) shards: Vec<mpsc::Sender<Ask>>,
    pub(crate) key: Key,
    pub(crate) time: Time,
    pub(crate) ids: Arc<dyn Ids>,
    /// Where rooms keep their files.
    pub(crate) live: PathBuf,
}

/// A room that is not there.
pub(crate) fn missing() -> Refused {
    Refused::new("room_missing", "This room is not open.")
}

impl Answer for Desk {
    type Call = Call;

    async fn answer(&self, asked: Asked<Call>) -> Result<Answered, Refused> {
        let Asked { call, body, items } = asked;
        match call {
            Call::Open(open) => self.ask(open.room, |reply| Ask::Open(open, reply)).await.map(Answered::new),
            Call::Standing { room } => Ok(Answered::new(self.hub(room)?.standing())),
            Call::Control { room, control } => {
                self.ask(room, |reply| Ask::Control(room, control, reply)).await.map(Answered::new)
            }
            Call::Event { room, event } => {
                self.ask(room, |reply| Ask::Told(room, event, reply)).await.map(Answered::new)
            }
            Call::Join { room, grant, way } => self.join((room, way), &grant, &body).await,
            Call::Leave { session } => self.leave(&session).await,
            Call::Source { room, key } => self.source(room, &key).await,
            Call::Feed { session, seq, time } => self.feed(session, (seq, time), &body).await,
            Call::Playing { room, key, title } => {
                let who = self.encoder(room, &key)?.participant;
                self.ask(room, |reply| Ask::Playing(room, who, title, reply)).await.map(Answered::new)
            }
            Call::FollowRooms => follow::rooms(&self.rooms, &items).await,
            Call::FollowProgram { room, from, renditions } => {
                follow::program(&self.hub(room)?, (from, &renditions), (&self.folder(room), &items)).await
            }
            Call::FollowEntries { room, from } => follow::entries(&self.hub(room)?, from, &items).await,
            Call::ReadFile { room, file, from, bytes } => files::read(self.folder(room), file, (from, bytes)).await,
            Call::Seal { room } => files::seal(self.hub(room)?, self.folder(room), body).await,
            Call::Journal { room } => files::journal(self.folder(room)).await,
            Call::Discard { room } => match self.rooms.get(room) {
                Some(_) => Err(Refused::new("room_open", "This room is still being put away; try again in a moment.")),
                None => files::discard(self.folder(room)).await,
            },
            Call::Forget { room } => self.ask(room, |reply| Ask::Forget(room, reply)).await.map(Answered::new),
        }
    }
}

impl Desk {
    fn hub(&self, room: Id<Room>) -> Result<Arc<Hub>, Refused> {
        self.rooms.get(room).ok_or_else(missing)
    }

    fn folder(&self, room: Id<Room>) -> PathBuf {
        self.live.join(room.to_string())
    }

    /// The shard of a room; the same as long as there are as many shards.
    fn shard(&self, room: Id<Room>) -> &mpsc::Sender<Ask> {
        &self.shards[(room.bits() % self.shards.len() as u128) as usize]
    }

    async fn ask<T>(&self, room: Id<Room>, ask: impl FnOnce(Reply<T>) -> Ask) -> Result<T, Refused> {
        let (reply, answer) = oneshot::channel();
        let gone = || Refused::new("stage_stopping", "The stage is about to restart; try again in a moment.");
        self.shard(room).send(ask(reply)).await.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }

    fn claims(&self, room: Id<Room>, text: &str) -> Result<Claims, Refused> {
        let refused = |error: grant::GrantError| Refused::new(error.code(), error.to_string());
        let claims = grant::verify(text, &self.key, self.time.wall_s()).map_err(refused)?;
        if claims.room != room {
            return Err(Refused::new("grant_elsewhere", "This invitation is for another room; open the link again."));
        }
        Ok(claims)
    }

    async fn join(&self, (room, way): (Id<Room>, Way), grant: &str, body: &Bytes) -> Result<Answered, Refused> {
        let claims = self.claims(room, grant)?;
        let offer = std::str::from_utf8(body)
            .map_err(|_| Refused::new("offer_malformed", "The session description is not text."))?
            .to_owned();
        let session = self.session(room);
        let join = Join { claims, way, offer, session };
        let (joined, answer) = self.ask(room, |reply| Ask::Join(Box::new(join), reply)).await?;
        Ok(Answered::new(joined).with(Bytes::from(answer)))
    }

    /// What an encoder with this key may do.
    fn encoder(&self, room: Id<Room>, key: &str) -> Result<Claims, Refused> {
        let wrong = |_| Refused::new("key_wrong", "This is not the room's ingest key; its hosts find it on its page.");
        ingest::verify(room, key, &self.key).map_err(wrong)
    }

    async fn source(&self, room: Id<Room>, key: &str) -> Result<Answered, Refused> {
        let claims = self.encoder(room, key)?;
        let coming = Coming { claims, session: self.session(room) };
        self.ask(room, |reply| Ask::Source(Box::new(coming), reply)).await.map(Answered::new)
    }

    async fn feed(&self, session: String, (seq, time): (u64, u64), body: &Bytes) -> Result<Answered, Refused> {
        let broken = || Refused::new("not_understood", "The packets are not framed as they should be.");
        let packets = Fed::packets(body).ok_or_else(broken)?;
        let room = room_of(&session)?;
        let fed = Fed { session, seq, time, packets };
        self.ask(room, |reply| Ask::Feed(fed, reply)).await.map(Answered::new)
    }

    /// A fresh name for a connection, from which its room's shard is found again.
    fn session(&self, room: Id<Room>) -> String {
        format!("{room}-{}", hex(&self.ids.bytes()[..16]))
    }

    async fn leave(&self, session: &str) -> Result<Answered, Refused> {
        let room = room_of(session)?;
        self.ask(room, |reply| Ask::Leave(session.to_owned(), reply)).await.map(Answered::new)
    }
}

/// The room that a connection's name begins with.
fn room_of(session: &str) -> Result<Id<Room>, Refused> {
    let gone = || Refused::new("session_missing", "This connection has ended already.");
    session.split_once('-').and_then(|(room, _)| room.parse().ok()).ok_or_else(gone)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
