//! One encoder on the air: its packets at their pace to the stage, over a stage that restarts, until the sound ends.

use std::time::Duration;

use bytes::{BufMut, Bytes, BytesMut};
use rostrum_domain::Id;
use rostrum_domain::room::Room;
use rostrum_media::ogg::Found;
use rostrum_media::opus;
use rostrum_wire::link::{Client, LinkError};
use rostrum_wire::stage::{Call, Joined};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until};

use super::pace::{Due, Pace};

/// How long a message to the stage may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// Between two tries to find a stage that restarts.
const RETRY: Duration = Duration::from_millis(250);
/// How long a stage may be away.
const AWAY_MAX: Duration = Duration::from_secs(120);
/// Between two signs of life.
const ALIVE_EVERY: Duration = Duration::from_secs(2);
/// Most packets in one message.
const BATCH: usize = 25;

/// The way of one encoder to its room.
#[derive(Debug)]
pub(super) struct Session {
    stage: Client,
    room: Id<Room>,
    key: String,
    session: String,
    pace: Pace,
    start: Instant,
    sent: Instant,
}

impl Session {
    /// Connects an encoder with its key.
    ///
    /// # Errors
    /// The stage refuses, or is away.
    pub(super) async fn open(stage: Client, room: Id<Room>, key: String) -> Result<Self, LinkError> {
        let session = join(&stage, room, &key).await?;
        let now = Instant::now();
        Ok(Self { stage, room, key, session, pace: Pace::new(), start: now, sent: now })
    }

    /// Brings what comes from `found` to the stage until it ends.
    ///
    /// # Errors
    /// The stage wants no more of it, or stayed away for too long.
    pub(super) async fn run(mut self, mut found: mpsc::Receiver<Found>) -> Result<(), LinkError> {
        while !self.pace.is_over() {
            let alive_at = self.sent + ALIVE_EVERY;
            let wake =
                self.pace.wake_us().map_or(alive_at, |us| (self.start + Duration::from_micros(us)).min(alive_at));
            tokio::select! {
                one = found.recv(), if !self.pace.is_full() => match one {
                    Some(Found::Packet(packet, samples)) => self.pace.push(packet, samples),
                    Some(Found::Title(title)) => self.playing(title).await,
                    Some(Found::Head(_)) => {}
                    None => {
                        self.pace.end();
                        self.drain().await?;
                        break;
                    }
                },
                () = sleep_until(wake) => self.give().await?,
            }
        }
        let leave = Call::Leave { session: self.session };
        self.stage.ask::<()>(&leave, Bytes::new(), PATIENCE).await.map(drop)
    }

    /// Gives out what is left once nothing more comes.
    async fn drain(&mut self) -> Result<(), LinkError> {
        while !self.pace.is_over() {
            let us = self.pace.wake_us().unwrap_or_default();
            sleep_until(self.start + Duration::from_micros(us)).await;
            self.give().await?;
        }
        Ok(())
    }

    async fn playing(&self, title: String) {
        let call = Call::Playing { room: self.room, key: self.key.clone(), title };
        if let Err(error) = self.stage.ask::<()>(&call, Bytes::new(), PATIENCE).await {
            tracing::debug!(%error, "what plays was not told");
        }
    }

    /// Hands over what is due, or a sign of life.
    async fn give(&mut self) -> Result<(), LinkError> {
        let now_us = u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX);
        let mut due: Vec<Due> = Vec::new();
        while due.len() < BATCH {
            // Each message holds packets without a pause between them, since it names the place of the first alone.
            let Some(next) = self.pace.due(now_us) else { break };
            due.push(next);
        }
        if due.is_empty() && self.sent.elapsed() < ALIVE_EVERY {
            return Ok(());
        }
        let place = due.first().map_or((0, 0), |first| (first.seq, first.time));
        let (session, (seq, time)) = (self.session.clone(), place);
        self.sent = Instant::now();
        match self.stage.ask::<()>(&Call::Feed { session, seq, time }, framed(&due), PATIENCE).await {
            Ok(_) => Ok(()),
            Err(LinkError::Refused(refused)) if refused.code != "session_missing" => Err(LinkError::Refused(refused)),
            Err(_) => self.again(due).await,
        }
    }

    /// Finds the stage again: it restarts, and the encoder need not know.
    async fn again(&mut self, lost: Vec<Due>) -> Result<(), LinkError> {
        let lost = lost.into_iter().map(|due| {
            let samples = opus::samples(&due.packet).unwrap_or_default();
            (due.packet, samples)
        });
        self.pace.again(lost.collect());
        let until = Instant::now() + AWAY_MAX;
        loop {
            match join(&self.stage, self.room, &self.key).await {
                Ok(session) => {
                    self.session = session;
                    return Ok(());
                }
                Err(LinkError::Away(_) | LinkError::Late(_)) if Instant::now() < until => sleep(RETRY).await,
                // A stage that has just started may not have taken its rooms up yet.
                Err(error) => return Err(error),
            }
        }
    }
}

async fn join(stage: &Client, room: Id<Room>, key: &str) -> Result<String, LinkError> {
    let call = Call::Source { room, key: key.to_owned() };
    let (joined, _) = stage.ask::<Joined>(&call, Bytes::new(), PATIENCE).await?;
    Ok(joined.session)
}

/// Packets, each behind its length.
fn framed(due: &[Due]) -> Bytes {
    let mut bytes = BytesMut::new();
    for Due { packet, .. } in due {
        bytes.put_u16(u16::try_from(packet.len()).unwrap_or_default());
        bytes.put_slice(&packet[..packet.len().min(usize::from(u16::MAX))]);
    }
    bytes.freeze()
}
