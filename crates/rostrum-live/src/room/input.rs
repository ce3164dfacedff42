//! What a room is given: people, their requests, and what the stage around it notices.

use rostrum_domain::Id;
use rostrum_domain::room::{ChatLine, StageRole};
use rostrum_domain::user::User;
use serde::{Deserialize, Serialize};

use crate::audience::Reaction;
use crate::event::{Coding, Cue, Source, TrackNo, Who};
use crate::grant::Claims;
use crate::message::Mark;

/// A connection, as the stage around the room counts them; never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeerId(pub u64);

/// What a room is given.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// Somebody came with a good grant; without a connection when the site speaks for a listener who asks to speak.
    Join {
        /// What the grant says; its signature and end were checked.
        claims: Claims,
        /// The connection.
        peer: Option<PeerId>,
    },
    /// The connection carries sound and messages from now on.
    Ready {
        /// Which.
        peer: PeerId,
    },
    /// The connection broke.
    Lost {
        /// Which.
        peer: PeerId,
    },
    /// Somebody left on purpose.
    Left {
        /// Who.
        who: Who,
    },
    /// A source stopped sending.
    TrackClosed {
        /// Which.
        track: TrackNo,
    },
    /// Somebody, or the site, asks for something.
    Control(Control),
    /// A line of chat that has passed moderation.
    Chat(Said),
    /// Words that a captioner heard.
    Cue(Cue),
    /// Signs that listeners sent.
    Reaction {
        /// Which sign.
        reaction: Reaction,
        /// How many of it.
        count: u32,
    },
    /// How many listen.
    Occupancy {
        /// At this moment.
        listeners: u64,
    },
    /// How far the journal is safely on disk.
    Durable {
        /// Program time in samples up to which all is.
        at: u64,
        /// Each track apart.
        tracks: Vec<Mark>,
    },
    /// An encoder says what it plays.
    Playing {
        /// Which encoder.
        who: Who,
        /// What.
        title: String,
    },
    /// Whether what is said reaches the disk.
    Recording {
        /// Whether it does.
        works: bool,
    },
    /// Packets are missing.
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
    /// Time has passed; sent at the latest when the last `Wake` says.
    Tick,
}

/// A request, and who makes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Control {
    /// Who asks; none for the site, which has checked what its own caller may.
    pub by: Option<Who>,
    /// 1 to 64 characters of the asker's choice; a repeat gets the same answer and does nothing.
    pub request: String,
    /// What is asked for.
    pub command: Command,
}

/// What can be asked of a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Command {
    /// Goes on air.
    GoLive,
    /// Ends the room; for good.
    End,
    /// Closes a microphone; that of somebody else stays closed until a moderator lifts it.
    Mute {
        /// Whose.
        who: Who,
    },
    /// Opens one's own microphone, or lets somebody else open theirs.
    Unmute {
        /// Whose.
        who: Who,
    },
    /// Takes somebody out; the grant opens nothing any more.
    Remove {
        /// Whom.
        who: Who,
    },
    /// Takes somebody out with account and invitation.
    Ban {
        /// Whom.
        who: Who,
    },
    /// Closes the door to all but moderators, or opens it.
    Lock {
        /// Whether closed.
        on: bool,
    },
    /// Gives a role other than the host's.
    SetRole {
        /// To whom.
        who: Who,
        /// Which.
        role: StageRole,
    },
    /// Asks to speak.
    RaiseHand,
    /// Asks no more.
    LowerHand,
    /// Gives a seat to somebody whose hand is up.
    AcceptHand {
        /// Whose.
        who: Who,
    },
    /// Takes somebody's hand down.
    DeclineHand {
        /// Whose.
        who: Who,
    },
    /// Goes back among the listeners.
    StepDown,
    /// Makes somebody else the host.
    HandOver {
        /// Whom.
        to: Who,
    },
    /// Marks a place.
    Marker {
        /// What it is called.
        title: String,
        /// Program time in samples; now when left out.
        #[serde(default)]
        at: Option<u64>,
    },
    /// Sets the wait between two lines of one person.
    SlowMode {
        /// Seconds; 0 for none.
        seconds: u16,
    },
    /// Takes a line out of the chat and of its replay.
    DeleteChat {
        /// Which.
        line: Id<ChatLine>,
    },
    /// Keeps a line on top, or none.
    Pin {
        /// Which.
        #[serde(default)]
        line: Option<Id<ChatLine>>,
    },
    /// Agrees to be recorded, or no longer does.
    Consent {
        /// Whether it stands.
        given: bool,
    },
    /// Cuts what is held back before the audience hears it.
    Dump,
}

/// A line of chat and who wrote it, as the site knows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// Names the line.
    pub id: Id<ChatLine>,
    /// Who wrote it.
    pub who: Who,
    /// The writer's account.
    #[serde(default)]
    pub user: Option<Id<User>>,
    /// The writer's name; that of somebody in the room is the room's.
    pub name: String,
    /// The words.
    pub text: String,
}

/// A track that somebody wants to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackSpec {
    /// Who sends.
    pub who: Who,
    /// What it carries.
    pub source: Source,
    /// How it is coded.
    pub coding: Coding,
}
