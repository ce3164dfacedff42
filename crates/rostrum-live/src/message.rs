//! What the stage tells those connected to it over the data channel, as JSON. Knows nothing of transports.

use rostrum_domain::Id;
use rostrum_domain::room::{Badge, Room, RoomState, StageRole};
use serde::{Deserialize, Serialize};

use crate::event::{Source, TrackNo, Who};
use crate::refusal::Refusal;

/// Somebody on the stage, as the others see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// Names the person.
    pub who: Who,
    /// The name shown.
    pub name: String,
    /// How the name stands.
    pub badge: Badge,
    /// The role held.
    pub role: StageRole,
    /// Closed by its owner.
    pub muted: bool,
    /// Kept closed by a moderator.
    pub held: bool,
    /// Whether recording was agreed to; nobody is heard before.
    pub consent: bool,
    /// Whether connected; a lost place is kept for a while.
    pub here: bool,
    /// Where this person is heard.
    pub tracks: Vec<Heard>,
}

/// A track and the receive slot that carries it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard {
    /// Names it.
    pub track: TrackNo,
    /// What it carries.
    pub source: Source,
    /// The receive slot, counted from 0; none for a picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slot: Option<u8>,
}

/// A raised hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hand {
    /// Whose.
    pub who: Who,
    /// The name shown.
    pub name: String,
    /// How the name stands.
    pub badge: Badge,
}

/// How loud somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Level {
    /// Whose track.
    pub track: TrackNo,
    /// The loudest of the last half second in −dBov (RFC 6464): 0 is loudest, 127 silence.
    pub level: u8,
}

/// How far a track is safely on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Which track.
    pub track: TrackNo,
    /// The last extended RTP sequence number that is.
    pub seq: u64,
}

/// Why a connection is closed by the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The room is over.
    Ended,
    /// A moderator took the person out.
    Removed,
    /// The same person came in over another connection.
    Replaced,
    /// The person left.
    Left,
}

/// What the stage says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum StageMessage {
    /// The first word on a new connection.
    Welcome {
        /// Who one is.
        you: Who,
        /// The room.
        room: Id<Room>,
        /// Rises with every restart of the stage.
        epoch: u32,
        /// Seconds by which the audience hears later.
        delay_s: u8,
    },
    /// The whole stage, after every change.
    Roster {
        /// Where the room stands.
        state: RoomState,
        /// Whether only moderators come in.
        locked: bool,
        /// Seconds between two lines of one person.
        slow_mode_s: u16,
        /// In the order in which they came.
        people: Vec<Seat>,
        /// The first is next.
        hands: Vec<Hand>,
    },
    /// Who is heard how loud; twice a second while anybody is.
    Levels {
        /// Tracks that were heard.
        levels: Vec<Level>,
        /// Who counts as speaking.
        speaking: Vec<Who>,
    },
    /// What is safe on disk; at most twice a second.
    Durable {
        /// Program time in samples up to which all is.
        at: u64,
        /// Each track apart.
        tracks: Vec<Mark>,
    },
    /// Whether what is said reaches the disk; when not, memory keeps it for a while, and somebody should see to it.
    Recording {
        /// Whether it does.
        works: bool,
    },
    /// One's raised hand was declined.
    HandDeclined,
    /// How many listen.
    Listeners {
        /// At this moment.
        count: u64,
    },
    /// A request was done.
    Done {
        /// Its id.
        request: String,
    },
    /// A request was not done.
    Refused {
        /// Its id.
        request: String,
        /// The word that programs go by.
        code: String,
        /// What to say to the person.
        message: String,
    },
    /// The connection is about to be closed.
    Bye {
        /// Why.
        why: Why,
    },
}

impl StageMessage {
    /// The answer to a request.
    pub fn answer(request: &str, answer: Result<(), Refusal>) -> Self {
        let request = request.to_owned();
        match answer {
            Ok(()) => Self::Done { request },
            Err(refusal) => Self::Refused { request, code: refusal.code().to_owned(), message: refusal.to_string() },
        }
    }

    /// The text that goes over the data channel.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("messages are plain data")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_carries_its_request_and_a_sentence() {
        let told = StageMessage::answer("7", Err(Refusal::Ended)).to_json();
        assert_eq!(told, r#"{"type":"refused","request":"7","code":"ended","message":"This room has ended."}"#);
        assert_eq!(StageMessage::answer("7", Ok(())).to_json(), r#"{"type":"done","request":"7"}"#);
    }
}
