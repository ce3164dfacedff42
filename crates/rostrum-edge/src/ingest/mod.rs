//! Encoders of the Icecast family (BUTT, Mixxx, Liquidsoap, `ffmpeg icecast://`) on the air: recognised before the HTTP
//! server, which refuses what they say, let in by the stage, fed to it at the pace of their sound.

mod answer;
mod body;
mod decode;
mod head;
mod pace;
mod peek;
mod scheduled;
mod session;

use rostrum_domain::Id;
use rostrum_domain::room::{Room, RoomState};
use rostrum_live::ingest::USER;
use rostrum_wire::Socket;
use rostrum_wire::link::Client;
use rostrum_wire::stage::Call;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadHalf, WriteHalf, split};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::live::Live;
use answer::{Answer, go_on, takes};
use body::Body;
use decode::{Sound, decode};
use head::{Head, Verb};
use session::Session;

pub(crate) use peek::{First, Peeked, first};

/// What was read and waits for its turn.
const FOUND: usize = 32;
/// How long a title may take to reach the stage.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(5);
/// What Icecast answers when it took a title.
const TAKEN: &str = "<?xml version=\"1.0\"?>\n<iceresponse><message>Metadata update successful</message>\
    <return>1</return></iceresponse>\n";

/// What encoders are served with.
pub(crate) struct Ingest {
    pub(crate) web: Socket,
    pub(crate) codec: rostrum_codec::Client,
}

/// An encoder's request and where it came in.
pub(crate) struct Coming<'a, S> {
    pub(crate) head: Head,
    pub(crate) stream: Peeked<S>,
    pub(crate) live: &'a Live,
    /// Ends the connection; the encoder comes back to another edge.
    pub(crate) stop: &'a CancellationToken,
}

/// What a request that makes no sense gets.
pub(crate) const BROKEN: &[u8] = b"HTTP/1.0 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

impl Ingest {
    /// Serves one encoder's connection to its end.
    pub(crate) async fn serve<S>(&self, coming: Coming<'_, S>)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let Coming { head, stream, live, stop } = coming;
        let (reader, mut writer) = split(stream);
        let answer = match head.verb {
            Verb::Metadata => told(live, &head).await,
            Verb::Source | Verb::Put => match self.let_in(live, &head).await {
                Err(answer) => answer,
                Ok(session) => match self.broadcast(session, &head, (reader, &mut writer, stop)).await {
                    Some(answer) => answer,
                    None => return,
                },
            },
        };
        tracing::info!(status = answer.status, path = head.path, "an encoder was answered");
        // One that has hung up does not hear it.
        let _ = writer.write_all(&answer.bytes(&head)).await;
        let _ = writer.shutdown().await;
    }

    /// Checks what the encoder brings and connects it.
    async fn let_in(&self, live: &Live, head: &Head) -> Result<Session, Answer> {
        let word = head.room().ok_or_else(|| Answer::new(404, "A mount here is /ingest/ and the room's name."))?;
        let key = key(head)?;
        if !takes(head.field("content-type")) {
            return Err(Answer::new(403, "Content-type not supported: send Ogg Opus, MP3 or AAC."));
        }
        let room = match live.source_room(&word) {
            Some((_, RoomState::Ended)) => return Err(Answer::new(403, "This room has ended.")),
            Some((room, _)) => room,
            None => scheduled::open(&self.web, &word, &key).await?,
        };
        Ok(Session::open(live.stage().clone(), room, key).await?)
    }

    /// Lets the encoder send; the answer when it has ended, if it waits for one.
    async fn broadcast<S>(
        &self,
        session: Session,
        head: &Head,
        (reader, writer, stop): (ReadHalf<S>, &mut WriteHalf<S>, &CancellationToken),
    ) -> Option<Answer>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        writer.write_all(go_on(head)).await.ok()?;
        tracing::info!(path = head.path, "an encoder is on the air");
        let (to, found) = mpsc::channel(FOUND);
        let sound = Sound::new(reader, Body::of(head));
        let decoding = async {
            // A stop ends the sound; what was read of it is still heard.
            stop.run_until_cancelled(decode(sound, &self.codec, to)).await.unwrap_or(Ok(()))
        };
        let (decoded, ran) = tokio::join!(decoding, session.run(found));
        tracing::info!(path = head.path, ?decoded, ?ran, "an encoder has ended");
        let answer = match (decoded, ran) {
            (Err(text), _) => Answer::new(415, text),
            (Ok(()), Err(error)) => error.into(),
            (Ok(()), Ok(())) => Answer::new(200, ""),
        };
        head.waits().then_some(answer)
    }
}

/// The ingest key that the encoder brings.
fn key(head: &Head) -> Result<String, Answer> {
    let (user, key) = head.credentials().ok_or_else(Answer::unknown)?;
    if user == USER { Ok(key) } else { Err(Answer::unknown()) }
}

/// Tells the stage what plays.
async fn told(live: &Live, head: &Head) -> Answer {
    match tell(live.stage(), find(live, head), head).await {
        Ok(()) => Answer::new(200, TAKEN),
        Err(answer) => answer,
    }
}

fn find(live: &Live, head: &Head) -> Option<Id<Room>> {
    live.source_room(&head.room()?).map(|(room, _)| room)
}

async fn tell(stage: &Client, room: Option<Id<Room>>, head: &Head) -> Result<(), Answer> {
    let key = key(head)?;
    let room = room.ok_or_else(|| Answer::new(404, "There is no open room at this mount."))?;
    let title = head.song().ok_or_else(|| Answer::new(400, "Only mode=updinfo with a song is understood."))?;
    stage.ask::<()>(&Call::Playing { room, key, title }, bytes::Bytes::new(), PATIENCE).await?;
    Ok(())
}
