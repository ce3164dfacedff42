//! What the stage is asked, and what it answers: the calls on its socket. Bytes that belong to a call or an answer (a
//! session description, a chunk, a piece of a file) travel as the frame's body, named here.

use rostrum_domain::Id;
use rostrum_domain::room::{Audience, Room, RoomFacts, RoomState};
use rostrum_live::audience::{AudienceEvent, Reaction};
use rostrum_live::event::{Cue, Who};
use rostrum_live::room::{Control, Said};
use rostrum_media::hls::Epochs;
use rostrum_media::program::Rendition;
use rostrum_media::wave::Waveform;
use serde::{Deserialize, Serialize};

/// A call.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "call", rename_all = "snake_case")]
pub enum Call {
    /// Opens a room's green room; opening an open one gives how it stands. Answer: [`Standing`].
    Open(Open),
    /// How a room stands. Answer: [`Standing`].
    Standing {
        /// Which.
        room: Id<Room>,
    },
    /// A request of somebody in the room, or of the site. Answer: nothing.
    Control {
        /// Which room.
        room: Id<Room>,
        /// The request.
        control: Control,
    },
    /// A line of chat, a cue, reactions or occupancy. Answer: nothing.
    Event {
        /// Which room.
        room: Id<Room>,
        /// What happened.
        event: Told,
    },
    /// Connects somebody. Body: their offer (SDP). Answer: [`Joined`]; body: the answer (SDP).
    Join {
        /// Which room.
        room: Id<Room>,
        /// Their grant.
        grant: String,
        /// By which way they come.
        way: Way,
    },
    /// Ends a connection that [`Call::Join`] made. Answer: nothing.
    Leave {
        /// The connection's name from [`Joined`].
        session: String,
    },
    /// Connects an encoder of the Icecast family. Answer: [`Joined`].
    Source {
        /// Which room.
        room: Id<Room>,
        /// Its password: the room's ingest key.
        key: String,
    },
    /// What an encoder sent since the last call, as Opus. Body: packets, each behind its length (u16 big-endian), at
    /// the moment at which they are to be heard; an empty body keeps the connection alive. Answer: nothing.
    Feed {
        /// The connection's name from [`Joined`].
        session: String,
        /// The first packet's place in the stream, counted in packets.
        seq: u64,
        /// Its place in samples at 48 kHz; it jumps where the encoder paused.
        time: u64,
    },
    /// What an encoder says it plays. Answer: nothing.
    Playing {
        /// Which room.
        room: Id<Room>,
        /// The room's ingest key.
        key: String,
        /// The title.
        title: String,
    },
    /// All rooms and each change of one. A stream of [`Standing`], the present ones first.
    FollowRooms,
    /// A room's program log. A stream of [`Piece`]; chunks carry their bytes as the body.
    FollowProgram {
        /// Which room.
        room: Id<Room>,
        /// The first chunk wanted; none for the newest.
        from: Option<u64>,
        /// Which renditions; events always come.
        renditions: Vec<Rendition>,
    },
    /// A room's journal as entries, packets left out. A stream of [`rostrum_live::event::Entry`].
    FollowEntries {
        /// Which room.
        room: Id<Room>,
        /// The number of the first wanted.
        from: u64,
    },
    /// A piece of one of the room's files. Answer: its whole length as a number; body: the bytes.
    ReadFile {
        /// Which room.
        room: Id<Room>,
        /// Its name, as [`Sealed`] gives it.
        file: String,
        /// The first byte.
        from: u64,
        /// How many at most.
        bytes: u32,
    },
    /// Closes the files of a room that has ended. Body: what goes in front of the MP3 (ID3). Answer: [`Sealed`].
    Seal {
        /// Which room.
        room: Id<Room>,
    },
    /// The segments of a room's journal, also of one that is forgotten. Answer: a list of [`File`], in order.
    Journal {
        /// Which room.
        room: Id<Room>,
    },
    /// Removes the files of a forgotten room from the stage's disk. Answer: nothing.
    Discard {
        /// Which room.
        room: Id<Room>,
    },
    /// Forgets a sealed room whose files are kept elsewhere. Answer: nothing.
    Forget {
        /// Which room.
        room: Id<Room>,
    },
}

impl Call {
    /// The room concerned, if it is one.
    pub const fn room(&self) -> Option<Id<Room>> {
        match self {
            Self::Open(open) => Some(open.room),
            Self::Standing { room }
            | Self::Control { room, .. }
            | Self::Event { room, .. }
            | Self::Join { room, .. }
            | Self::Source { room, .. }
            | Self::Playing { room, .. }
            | Self::FollowProgram { room, .. }
            | Self::FollowEntries { room, .. }
            | Self::ReadFile { room, .. }
            | Self::Seal { room }
            | Self::Journal { room }
            | Self::Discard { room }
            | Self::Forget { room } => Some(*room),
            Self::Leave { .. } | Self::Feed { .. } | Self::FollowRooms => None,
        }
    }
}

/// What a room is opened with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    /// Which.
    pub room: Id<Room>,
    /// Its part of the address.
    pub slug: String,
    /// What its host says of it.
    pub facts: RoomFacts,
}

/// By which way somebody comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// The studio or the live page: hears the stage, has a control channel.
    Studio,
    /// An encoder (RFC 9725): sends only, maybe with a picture.
    Whip,
    /// A listener without delay: hears only.
    Whep,
    /// An encoder of the Icecast family: sends only, over the edge.
    Source,
}

/// Something said of a room from outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Told {
    /// A line of chat that has passed moderation.
    Chat(Said),
    /// Words that a captioner heard.
    Cue(Cue),
    /// Signs that listeners sent.
    Reactions {
        /// Which sign.
        reaction: Reaction,
        /// How many of it.
        count: u32,
    },
    /// How many listen at one edge.
    Occupancy {
        /// Names the edge; the stage adds them up.
        edge: String,
        /// At this moment.
        listeners: u64,
    },
}

/// Somebody is connected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joined {
    /// Who.
    pub who: Who,
    /// Names the connection; a secret of who holds it.
    pub session: String,
}

/// How a room stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Which.
    pub room: Id<Room>,
    /// Its part of the address.
    pub slug: String,
    /// Where it stands.
    pub state: RoomState,
    /// Rises with every restart of the stage.
    pub epoch: u32,
    /// Program chunks there are.
    pub chunks: u64,
    /// With which chunk each epoch began.
    pub epochs: Epochs,
    /// Wall time of program time 0, in microseconds since 1970; none before the room is live.
    pub live_at_us: Option<i64>,
    /// Whether recording to disk works at this moment.
    pub recording: bool,
    /// Whether its files are closed.
    pub sealed: bool,
    /// What directories of streams may tell of it; none unless everybody may find it.
    #[serde(default)]
    pub listed: Option<Listed>,
}

/// What directories of streams tell of a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// What it is called.
    pub title: String,
}

impl Listed {
    /// What may be told of a room with these facts.
    pub fn of(facts: &RoomFacts) -> Option<Self> {
        (facts.audience == Audience::Public).then(|| Self { title: facts.title.clone() })
    }
}

/// One item of a program log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "piece", rename_all = "snake_case")]
pub enum Piece {
    /// What decoders of a rendition need first. Body: the CMAF init segment; empty for MP3.
    Start {
        /// Which rendition.
        rendition: Rendition,
    },
    /// One chunk. Body: its bytes as the log has them.
    Chunk {
        /// Which rendition.
        rendition: Rendition,
        /// Its number: program samples from n × 46,080.
        n: u64,
        /// The stage's epoch that made it.
        epoch: u32,
        /// Wall time of its first sample, in microseconds since 1970.
        at_us: i64,
    },
    /// Something the audience sees.
    Event {
        /// Counts the events of a room.
        no: u64,
        /// Program time in samples.
        at: u64,
        /// What.
        event: AudienceEvent,
    },
    /// The log ends here; nothing comes any more.
    End {
        /// Chunks it has.
        chunks: u64,
    },
}

/// The closed files of a room.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sealed {
    /// Samples of program there are.
    pub samples: u64,
    /// Wall time of program time 0, in microseconds since 1970.
    pub live_at_us: i64,
    /// One for each file.
    pub files: Vec<File>,
    /// Integrated loudness in LUFS, measured while live; none for silence and when a restart broke the measuring.
    pub loudness_lufs: Option<f64>,
    /// Highest true peak in dBTP.
    pub peak_dbtp: Option<f64>,
    /// The program, drawn; none when a restart broke the drawing.
    pub waveform: Option<Waveform>,
    /// Spans (chunk numbers, end excluded) that are silence because nothing could be recovered.
    pub gaps: Vec<(u64, u64)>,
}

/// One closed file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// Its name for [`Call::ReadFile`].
    pub name: String,
    /// Where it lies, for those on the same machine.
    pub path: std::path::PathBuf,
    /// Which rendition it holds; none for events, journal and stems.
    pub rendition: Option<Rendition>,
    /// Its length.
    pub bytes: u64,
    /// Bytes in front of the first frame or fragment.
    pub front: u64,
}
