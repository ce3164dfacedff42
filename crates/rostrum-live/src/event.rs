//! Everything that happens in a room and goes to its journal, as plain data. A room's state is what its entries make
//! of it, so an entry says what came of a request, never the request.

use rostrum_domain::Id;
use rostrum_domain::room::{Badge, ChatLine, Invite, Participant, RoomState, StageRole};
use rostrum_domain::user::User;
use serde::{Deserialize, Serialize};

mod kinds;

/// Somebody, or an encoder, in a room.
pub type Who = Id<Participant>;

/// One participant's sound or picture over one connection; unique in a room over all epochs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TrackNo(pub u32);

/// One record of the journal that is not sound.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Counts the entries of a room from 1, over all epochs; replaying one a second time does nothing.
    pub no: u64,
    /// Program time in samples; 0 before the room is live.
    pub at: u64,
    /// Who asked for it; none for the room itself or the site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Who>,
    /// The id of the request it answers, so that a repeat after a crash is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// What happened.
    pub event: Event,
}

/// What happens in a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// The room's life went on.
    State {
        /// Where it stands now.
        state: RoomState,
    },
    /// The stage restarted; every connection is gone.
    Restored {
        /// The new epoch.
        epoch: u32,
    },
    /// Somebody came, or came back.
    Join(Joined),
    /// A connection broke; the place is kept for a while.
    Lost {
        /// Whose.
        who: Who,
    },
    /// Somebody left for good, or did not come back in time.
    Leave {
        /// Who.
        who: Who,
    },
    /// A moderator took somebody out.
    Removed(Removal),
    /// A role changed.
    Role {
        /// Whose.
        who: Who,
        /// The new role; never the host's, which is handed over.
        role: StageRole,
    },
    /// Somebody else is the host now; who was becomes a co-host.
    HandedOver {
        /// The new host.
        to: Who,
        /// Whether only until a host comes back.
        acting: bool,
    },
    /// A microphone was closed or opened.
    Mute {
        /// Whose.
        who: Who,
        /// Closed by its owner.
        muted: bool,
        /// Kept closed by a moderator.
        held: bool,
    },
    /// Agreement to be recorded was given or taken back.
    Consent {
        /// Whose.
        who: Who,
        /// Whether it stands.
        given: bool,
    },
    /// A hand went up or down.
    Hand {
        /// Whose.
        who: Who,
        /// Whether it is up.
        up: bool,
    },
    /// The door closed or opened.
    Lock {
        /// Whether only moderators come in.
        on: bool,
    },
    /// The wait between two lines of one person changed.
    SlowMode {
        /// Seconds; 0 for none.
        seconds: u16,
    },
    /// A line of chat.
    Chat(Line),
    /// A line was taken out, of the chat and of its replay.
    ChatRemoved {
        /// Which.
        line: Id<ChatLine>,
    },
    /// A line was pinned, or none is any more.
    ChatPinned {
        /// Which.
        line: Option<Id<ChatLine>>,
    },
    /// Words that were said.
    Cue(Cue),
    /// A place worth finding again; a chapter to be.
    Marker(Marker),
    /// An encoder says what it plays.
    Playing {
        /// Which encoder.
        who: Who,
        /// What, plain text.
        title: String,
    },
    /// A source began to send.
    TrackOpened(Track),
    /// A source no longer sends.
    TrackClosed {
        /// Which.
        track: TrackNo,
    },
    /// Packets are missing that the stage received or should have.
    Gap {
        /// Of which track.
        track: TrackNo,
        /// How many.
        packets: u32,
    },
    /// A track's clock begins anew.
    Discontinuity {
        /// Of which track.
        track: TrackNo,
    },
    /// A span was cut from what is held back before the audience hears it.
    Dumped {
        /// First sample of program time that is cut.
        from: u64,
        /// First sample that is not.
        to: u64,
    },
}

/// Who came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joined {
    /// Who.
    pub who: Who,
    /// The name shown.
    pub name: String,
    /// The account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<Id<User>>,
    /// The once-invitation that is used up now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invite: Option<Id<Invite>>,
    /// The role that the grant names.
    pub granted: StageRole,
    /// The role held in the room.
    pub role: StageRole,
}

/// Who was taken out, and by what they are known from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removal {
    /// Who.
    pub who: Who,
    /// Whether the account and the invitation are barred as well.
    pub ban: bool,
    /// The account, when banned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<Id<User>>,
    /// The invitation, when banned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invite: Option<Id<Invite>>,
}

/// A line of chat as the room keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Names it.
    pub id: Id<ChatLine>,
    /// Who wrote it.
    pub who: Who,
    /// The writer's account; never shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<Id<User>>,
    /// The writer's name at that time.
    pub name: String,
    /// How the name stands.
    pub badge: Badge,
    /// The words, plain text.
    pub text: String,
}

/// Words that were said, on the program clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cue {
    /// Who said them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<Who>,
    /// First sample of program time.
    pub from: u64,
    /// First sample after.
    pub to: u64,
    /// The words, plain text.
    pub text: String,
}

/// A place worth finding again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marker {
    /// Program time in samples.
    pub at: u64,
    /// What it is called.
    pub title: String,
}

/// What a track carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A microphone or an encoder; takes a role that is heard.
    Voice,
    /// A sound played in: a jingle, a file.
    Sound,
    /// A picture; kept in the journal, never mixed or forwarded.
    Video,
}

/// How a track's packets are coded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coding {
    /// The codec's word: `opus`, `mp3`, `aac`, `h264`.
    pub codec: String,
    /// Clock rate in hertz.
    pub rate_hz: u32,
    /// Channels; 0 for a picture.
    pub channels: u8,
}

/// A track as the room keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Track {
    /// Names it.
    pub track: TrackNo,
    /// Whose it is.
    pub who: Who,
    /// What it carries.
    pub source: Source,
    /// The receive slot in which the others hear it; none for a picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slot: Option<u8>,
    /// How it is coded.
    pub coding: Coding,
}

impl Entry {
    /// The journal record's payload: one line of JSON.
    pub fn to_payload(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("entries are plain data")
    }

    /// Reads a payload; the error says where it stops making sense.
    pub fn from_payload(payload: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(payload)
    }
}
