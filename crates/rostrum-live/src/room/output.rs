//! What a room wants done by the stage around it.

use rostrum_domain::room::RoomState;

use super::input::PeerId;
use crate::audience::AudienceEvent;
use crate::event::{Entry, Source, TrackNo, Who};
use crate::message::{StageMessage, Why};

/// What a room wants done; [`Output::Wake`] ends every run of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Goes to the journal.
    Journal(Entry),
    /// Goes to the program.
    Program(ProgramOp),
    /// Goes to some over their data channels.
    Tell {
        /// The connections.
        to: Vec<PeerId>,
        /// What they are told.
        message: StageMessage,
    },
    /// Goes to the program log, for all who listen.
    Audience {
        /// Program time in samples; 0 before the room is live.
        at: u64,
        /// What they see.
        event: AudienceEvent,
    },
    /// No packet of this track counts any more; what the stage keeps of it may go.
    TrackClosed {
        /// Which.
        track: TrackNo,
    },
    /// The connection is to be closed, after what was told.
    Disconnect {
        /// Which.
        peer: PeerId,
        /// Why.
        why: Why,
    },
    /// The room's life went on.
    StateChanged(RoomState),
    /// What is held back is to be silent, and to lose its cues, in this span of program time (samples).
    Dump {
        /// The first.
        from: u64,
        /// The first that is not.
        to: u64,
    },
    /// Nothing more for now; `Input::Tick` is due at this time (monotonic microseconds), never before the last input's.
    Wake(u64),
}

/// What the mix is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProgramOp {
    /// Takes a track in.
    Open {
        /// Which.
        track: TrackNo,
        /// Whose.
        who: Who,
        /// A voice is levelled, a sound is not.
        source: Source,
        /// Program time in samples.
        at: u64,
        /// Whether it begins silent.
        muted: bool,
    },
    /// Fades a track out or in.
    Mute {
        /// Which.
        track: TrackNo,
        /// Whether silent.
        on: bool,
    },
    /// Lets a track go.
    Close {
        /// Which.
        track: TrackNo,
    },
}

/// Where one packet goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Into the journal.
    pub journal: bool,
    /// Into the program.
    pub program: bool,
    /// To the others on the stage ([`super::Room::recipients`]).
    pub forward: bool,
}

impl Verdict {
    /// Nowhere.
    pub const NOWHERE: Self = Self { journal: false, program: false, forward: false };

    /// Whether it goes anywhere.
    pub const fn goes(self) -> bool {
        self.journal || self.program || self.forward
    }
}
