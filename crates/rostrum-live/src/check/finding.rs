//! What an inspection of a journal finds, and in which words it is told.

use std::fmt;

/// Something worth telling about a journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// Bytes `from` to `to` (end excluded) of a segment are no record.
    Damaged {
        /// Which segment.
        segment: u32,
        /// The first byte.
        from: u64,
        /// The first after.
        to: u64,
    },
    /// A segment ends within a record: the stage was killed there, or the disk failed and another segment goes on.
    Torn {
        /// Which segment.
        segment: u32,
        /// Bytes that are no whole record.
        bytes: u64,
    },
    /// A segment holds nothing: the stage was killed before it wrote the first record.
    Empty {
        /// Which segment.
        segment: u32,
    },
    /// A segment does not begin with a header that fits its name and its room.
    Header {
        /// Which segment.
        segment: u32,
    },
    /// A newer version of the program wrote a segment.
    Newer {
        /// Which segment.
        segment: u32,
        /// The version of its format.
        version: u16,
    },
    /// A segment or a record has an epoch that does not follow from those before.
    Epoch {
        /// Which segment.
        segment: u32,
        /// The epoch found.
        found: u32,
        /// The epoch expected.
        expected: u32,
    },
    /// A record is whole, but what it says makes no sense.
    Unreadable {
        /// Which segment.
        segment: u32,
        /// The word of its kind.
        kind: &'static str,
    },
    /// Entries that were counted are not there.
    Entries {
        /// How many.
        missing: u64,
        /// The number of the first.
        first: u64,
    },
    /// Packets that were called safe are not there.
    Packets {
        /// Of which track.
        track: u32,
        /// How many.
        missing: u64,
    },
    /// The room has ended, but its journal does not say so.
    Endless,
}

impl Finding {
    /// Whether something is lost or wrong; else it is only worth knowing.
    pub const fn is_damage(&self) -> bool {
        !matches!(self, Self::Torn { .. } | Self::Empty { .. })
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Damaged { segment, from, to } => {
                write!(f, "segment {segment}: bytes {from} to {to} are damaged; what lies around them was read")
            }
            Self::Torn { segment, bytes } => {
                write!(
                    f,
                    "segment {segment}: the last {bytes} bytes were being written when the stage or the disk failed"
                )
            }
            Self::Empty { segment } => {
                write!(f, "segment {segment}: was made, but the stage failed before it was begun")
            }
            Self::Header { segment } => write!(f, "segment {segment}: its head does not fit this room and its name"),
            Self::Newer { segment, version } => {
                write!(f, "segment {segment}: has format {version}; a newer Rostrum wrote it and has to read it")
            }
            Self::Epoch { segment, found, expected } => {
                write!(f, "segment {segment}: has records of epoch {found} where {expected} was expected")
            }
            Self::Unreadable { segment, kind } => write!(f, "segment {segment}: a record ({kind}) makes no sense"),
            Self::Entries { missing, first } => {
                write!(f, "{missing} entries of what happened are missing, the first is number {first}")
            }
            Self::Packets { track, missing } => {
                write!(f, "{missing} packets of track {track} were safe on disk and are missing")
            }
            Self::Endless => write!(f, "the room has ended, but its journal stops before that"),
        }
    }
}
