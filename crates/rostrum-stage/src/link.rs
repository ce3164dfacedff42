//! A connection and what the shard knows of it.

use std::time::Instant;

use rostrum_domain::Id;
use rostrum_domain::room::Room;
use rostrum_live::event::Who;
use rostrum_live::message::StageMessage;
use rostrum_live::room::{Command, Control, Input};
use rostrum_wire::stage::Way;

use crate::house::{House, Sending};
use crate::peer::Peer;

/// Messages a connection may send at once, and a second.
const MESSAGES_BURST: f64 = 40.0;
const MESSAGES_PER_S: f64 = 20.0;
/// Longest message taken, in bytes.
const MESSAGE_BYTES_MAX: usize = 8 * 1024;

/// One connection.
pub(crate) struct Link {
    pub(crate) peer: Peer,
    pub(crate) room: Id<Room>,
    pub(crate) who: Who,
    pub(crate) way: Way,
    pub(crate) session: String,
    pub(crate) sending: Sending,
    pub(crate) wake: Instant,
    /// Whether the room knows that it ends.
    pub(crate) closing: bool,
    pub(crate) tokens: f64,
    pub(crate) tokens_at_us: u64,
}

/// What a browser says on the control channel.
#[derive(serde::Deserialize)]
struct Message {
    request: String,
    #[serde(flatten)]
    command: Command,
}

impl Link {
    /// Whether it tells and is told things.
    pub(crate) fn has_channel(&self) -> bool {
        self.way == Way::Studio
    }

    /// Takes a message; gives the answer.
    pub(crate) fn message(&mut self, bytes: &[u8], now_us: u64, house: &mut House) -> Option<String> {
        if bytes.len() > MESSAGE_BYTES_MAX || !self.may_speak(now_us) {
            return None;
        }
        let Message { request, command } = serde_json::from_slice(bytes).ok()?;
        let control = Control { by: Some(self.who), request: request.clone(), command };
        let answer = house.input(now_us, Input::Control(control));
        Some(StageMessage::answer(&request, answer).to_json())
    }

    fn may_speak(&mut self, now_us: u64) -> bool {
        let passed_s = now_us.saturating_sub(self.tokens_at_us) as f64 / 1e6;
        self.tokens_at_us = now_us;
        self.tokens = (self.tokens + passed_s * MESSAGES_PER_S).min(MESSAGES_BURST);
        let may = self.tokens >= 1.0;
        self.tokens -= f64::from(u8::from(may));
        may
    }

    /// A fresh connection's tokens.
    pub(crate) const fn tokens() -> f64 {
        MESSAGES_BURST
    }
}
