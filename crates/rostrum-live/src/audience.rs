//! What the audience sees of a room, on the program clock: the events of the program log. Knows nothing of who
//! listens or how it reaches them.

use std::collections::BTreeMap;

use rostrum_domain::Id;
use rostrum_domain::room::{Badge, ChatLine, RoomState, StageRole};
use serde::{Deserialize, Serialize};

use crate::event::{Cue, Event, Marker, Who};

/// The signs that listeners can send; only their counts are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reaction {
    /// Hands clapping.
    Clap,
    /// A heart.
    Heart,
    /// Laughter.
    Laugh,
    /// Surprise.
    Wow,
    /// Sadness.
    Sad,
    /// A thumb up.
    Agree,
}

/// Somebody whom the audience hears.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard {
    /// Names the person.
    pub who: Who,
    /// The name shown.
    pub name: String,
    /// How the name stands.
    pub badge: Badge,
    /// The role held.
    pub role: StageRole,
    /// Whether the microphone is closed.
    pub muted: bool,
}

/// What the audience sees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum AudienceEvent {
    /// A line of chat.
    Chat {
        /// Names it.
        id: Id<ChatLine>,
        /// Who wrote it.
        who: Who,
        /// The writer's name.
        name: String,
        /// How the name stands.
        badge: Badge,
        /// The words, plain text.
        text: String,
    },
    /// A line that is to vanish.
    ChatRemoved {
        /// Which.
        id: Id<ChatLine>,
    },
    /// The line that stays on top, or none.
    ChatPinned {
        /// Which.
        id: Option<Id<ChatLine>>,
    },
    /// How long one waits between two lines.
    SlowMode {
        /// Seconds; 0 for none.
        seconds: u16,
    },
    /// Words that were said.
    Cue(Cue),
    /// Signs sent since the last of these.
    Reactions {
        /// How many of each.
        counts: BTreeMap<Reaction, u32>,
    },
    /// A place worth finding again.
    Marker(Marker),
    /// What an encoder says it plays.
    Playing {
        /// What, plain text.
        title: String,
    },
    /// How many listen.
    Occupancy {
        /// At this moment.
        listeners: u64,
    },
    /// Who is on the stage.
    Stage {
        /// In the order in which they came.
        people: Vec<Heard>,
    },
    /// Who speaks at this moment; at most twice a second.
    Speaking {
        /// The loudest first when they began.
        who: Vec<Who>,
    },
    /// Where the room stands.
    State {
        /// In its one life.
        state: RoomState,
    },
    /// The stage is gone for the moment; said by the edge.
    StageLost,
    /// The stage is back.
    Epoch {
        /// The new epoch.
        epoch: u32,
    },
}

impl AudienceEvent {
    /// What the audience sees of `event` at once; who is on the stage is told apart, when it has settled.
    pub fn of(event: &Event) -> Option<Self> {
        Some(match event {
            Event::Chat(line) => Self::Chat {
                id: line.id,
                who: line.who,
                name: line.name.clone(),
                badge: line.badge,
                text: line.text.clone(),
            },
            Event::ChatRemoved { line } => Self::ChatRemoved { id: *line },
            Event::ChatPinned { line } => Self::ChatPinned { id: *line },
            Event::SlowMode { seconds } => Self::SlowMode { seconds: *seconds },
            Event::Cue(cue) => Self::Cue(cue.clone()),
            Event::Marker(marker) => Self::Marker(marker.clone()),
            Event::Playing { title, .. } => Self::Playing { title: title.clone() },
            Event::State { state } => Self::State { state: *state },
            Event::Restored { epoch } => Self::Epoch { epoch: *epoch },
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Line;

    #[test]
    fn the_audience_sees_a_line_without_the_account() {
        let line = Line {
            id: Id::from_bits(1),
            who: Id::from_bits(2),
            user: Some(Id::from_bits(3)),
            name: "Ada".into(),
            badge: Badge::SignedIn,
            text: "Hello".into(),
        };
        let json = serde_json::to_value(AudienceEvent::of(&Event::Chat(line))).expect("plain data");
        assert_eq!(
            json,
            serde_json::json!({
                "type": "chat", "id": "00000000000000000000000001", "who": "00000000000000000000000002",
                "name": "Ada", "badge": "signed_in", "text": "Hello",
            })
        );
    }

    #[test]
    fn what_is_the_stages_own_stays_there() {
        for event in [Event::Lock { on: true }, Event::Hand { who: Id::from_bits(1), up: true }] {
            assert_eq!(AudienceEvent::of(&event), None);
        }
    }

    #[test]
    fn counts_are_keyed_by_words() {
        let event = AudienceEvent::Reactions { counts: [(Reaction::Clap, 3)].into() };
        let json = serde_json::to_string(&event).expect("plain data");
        assert_eq!(json, r#"{"type":"reactions","counts":{"clap":3}}"#);
        assert_eq!(serde_json::from_str::<AudienceEvent>(&json).expect("reads back"), event);
    }
}
