//! The way to the stage: what use-cases ask it, and what its refusals mean to who asked. Knows nothing of rooms in the
//! database.

use std::time::Duration;

use bytes::Bytes;
use rostrum_domain::Id;
use rostrum_domain::room::Room;
use rostrum_live::grant::{self, Claims, Key};
use rostrum_live::ingest;
use rostrum_live::room::{Command, Control};
use rostrum_live::turn::{self, Bearer, Pass};
use rostrum_wire::link::{Client, Follow, LinkError, Refused};
use rostrum_wire::stage::{Call, File, Open, Sealed, Standing, Told};
use serde::de::DeserializeOwned;

use crate::{App, Error};

/// How long a person waits for the stage.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long closing the files of a room may take.
const SEALING: Duration = Duration::from_secs(60);
/// Bytes of a file asked for at once.
const PIECE_BYTES: u32 = 1 << 20;
/// Seconds after which the stage is back, most likely.
const BACK_S: u32 = 2;

/// The stage, and the key that it checks grants with.
#[derive(Debug, Clone)]
pub struct Stage {
    client: Client,
    key: Key,
    relay: Option<String>,
}

/// A server that helps a speaker's browser to reach the stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IceServer {
    /// Its address, such as `turns:radio.example:443?transport=tcp`.
    pub url: String,
    /// Name and password.
    pub pass: Pass,
}

impl Stage {
    /// The stage behind `client`.
    pub const fn new(client: Client, key: Key) -> Self {
        Self { client, key, relay: None }
    }

    /// With a relay at `url`.
    pub fn relayed(self, url: Option<String>) -> Self {
        Self { relay: url, ..self }
    }

    /// What helps the bearer of these claims to get through, as long as those last.
    pub(crate) fn ice_servers(&self, claims: &Claims) -> Vec<IceServer> {
        let bearer = Bearer { expires: claims.expires, participant: claims.participant };
        let pass = || turn::Key::of(&self.key).pass(bearer);
        self.relay.iter().map(|url| IceServer { url: url.clone(), pass: pass() }).collect()
    }

    /// The text of a grant.
    pub(crate) fn sign(&self, claims: &Claims) -> String {
        grant::sign(claims, &self.key)
    }

    /// What a grant says, if it is one of ours and has not ended.
    pub(crate) fn claims(&self, app: &App, text: &str) -> Result<Claims, Error> {
        grant::verify(text, &self.key, app.now().as_second())
            .map_err(|error| Error::Refused { code: error.code().to_owned(), message: error.to_string() })
    }

    /// What a grant of ours says or said, also when it has ended.
    pub(crate) fn past_claims(&self, text: &str) -> Result<Claims, Error> {
        grant::verify(text, &self.key, i64::MIN)
            .map_err(|error| Error::Refused { code: error.code().to_owned(), message: error.to_string() })
    }

    /// The password of encoders that broadcast into a room.
    pub(crate) fn ingest_key(&self, room: Id<Room>) -> String {
        ingest::key_of(room, &self.key)
    }

    /// Whether `text` is that password.
    pub(crate) fn knows_ingest_key(&self, room: Id<Room>, text: &str) -> bool {
        ingest::verify(room, text, &self.key).is_ok()
    }

    pub(crate) async fn open(&self, open: Open) -> Result<Standing, Error> {
        self.ask(&Call::Open(open)).await
    }

    pub(crate) async fn standing(&self, room: Id<Room>) -> Result<Standing, Error> {
        self.ask(&Call::Standing { room }).await
    }

    /// Asks a room for something in the name of the site.
    pub(crate) async fn command(&self, room: Id<Room>, request: String, command: Command) -> Result<(), Error> {
        self.control(room, Control { by: None, request, command }).await
    }

    pub(crate) async fn control(&self, room: Id<Room>, control: Control) -> Result<(), Error> {
        self.ask(&Call::Control { room, control }).await
    }

    pub(crate) async fn tell(&self, room: Id<Room>, event: Told) -> Result<(), Error> {
        self.ask(&Call::Event { room, event }).await
    }

    pub(crate) async fn forget(&self, room: Id<Room>) -> Result<(), Error> {
        self.ask(&Call::Forget { room }).await
    }

    /// The segments of a room's journal, in order.
    pub(crate) async fn journal(&self, room: Id<Room>) -> Result<Vec<File>, Error> {
        self.ask(&Call::Journal { room }).await
    }

    /// Removes what the stage still has of a room that is kept elsewhere.
    pub(crate) async fn discard(&self, room: Id<Room>) -> Result<(), Error> {
        self.ask(&Call::Discard { room }).await
    }

    /// Closes the files of an ended room; `front` goes before the MP3, none when it is empty.
    pub(crate) async fn seal(&self, room: Id<Room>, front: Bytes) -> Result<Sealed, Error> {
        let (sealed, _) = self.client.ask(&Call::Seal { room }, front, SEALING).await?;
        Ok(sealed)
    }

    /// A piece of a room's file, and the file's whole length.
    pub(crate) async fn read(&self, room: Id<Room>, file: &str, from: u64) -> Result<(u64, Bytes), Error> {
        let call = Call::ReadFile { room, file: file.to_owned(), from, bytes: PIECE_BYTES };
        Ok(self.client.ask(&call, Bytes::new(), SEALING).await?)
    }

    /// A whole file of at most `max` bytes.
    pub(crate) async fn read_all(&self, room: Id<Room>, file: &str, max: u64) -> Result<Vec<u8>, Error> {
        let mut all = Vec::new();
        loop {
            let (length, piece) = self.read(room, file, all.len() as u64).await?;
            if length > max {
                return Err(Error::internal(format!("{file} of room {room} has {length} bytes")));
            }
            let is_last = piece.is_empty();
            all.extend_from_slice(&piece);
            if is_last || all.len() as u64 >= length {
                return Ok(all);
            }
        }
    }

    pub(crate) async fn follow(&self, call: &Call) -> Result<Follow, LinkError> {
        self.client.follow(call, Bytes::new()).await
    }

    async fn ask<R: DeserializeOwned>(&self, call: &Call) -> Result<R, Error> {
        let (answer, _) = self.client.ask(call, Bytes::new(), PATIENCE).await?;
        Ok(answer)
    }
}

/// What is said while there is no stage.
pub(crate) fn away() -> Error {
    Error::Away("The stage is not there at the moment. Please try again in a few seconds.", BACK_S)
}

impl From<LinkError> for Error {
    fn from(error: LinkError) -> Self {
        match error {
            LinkError::Away(_) | LinkError::Late(_) => away(),
            LinkError::Refused(Refused { code, message }) => Self::Refused { code, message },
            foreign @ LinkError::Foreign(..) => Self::internal(foreign),
        }
    }
}
