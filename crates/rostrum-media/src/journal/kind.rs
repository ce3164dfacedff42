//! What a record is: numbers that are never given twice, words for those who read.

/// What a record is. Readers keep those they do not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// The head of a segment ([`super::SegmentHeader`]).
    Segment,
    /// The room's whole state.
    Snapshot,
    /// A track and how it is coded.
    TrackOpen,
    /// A track ends.
    TrackClose,
    /// A packet of a track ([`super::Packet`]).
    Packet,
    /// What the sender says of its clock.
    SenderReport,
    /// Somebody came.
    Join,
    /// Somebody left or was taken out.
    Leave,
    /// A role changed.
    Role,
    /// A microphone was closed or opened.
    Mute,
    /// A hand went up or down.
    Hand,
    /// A place worth finding again.
    Marker,
    /// The chat: a line, its removal, its rules.
    Chat,
    /// Words that were said.
    Cue,
    /// Agreement to be recorded, given or taken back.
    Consent,
    /// The room itself: its life, its door.
    State,
    /// Packets that are missing.
    Gap,
    /// A track's clock begins anew.
    Discontinuity,
    /// How far the journal was durable.
    Watermark,
    /// Stands where records were erased.
    Erased,
    /// One this version does not know, by its number.
    Other(u16),
}

macro_rules! kinds {
    ($($kind:ident = $number:literal $word:literal),+ $(,)?) => {
        impl Kind {
            /// Those this version knows, by number.
            pub const KNOWN: &[Self] = &[$(Self::$kind),+];

            /// The number in the file.
            pub const fn number(self) -> u16 {
                match self { $(Self::$kind => $number,)+ Self::Other(number) => number }
            }

            /// The kind of a number.
            pub const fn of(number: u16) -> Self {
                match number { $($number => Self::$kind,)+ other => Self::Other(other) }
            }

            /// The word for it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$kind => $word,)+ Self::Other(_) => "unknown" }
            }
        }
    };
}

kinds! {
    Segment = 1 "segment",
    Snapshot = 2 "snapshot",
    TrackOpen = 3 "track-open",
    TrackClose = 4 "track-close",
    Packet = 5 "packet",
    SenderReport = 6 "sender-report",
    Join = 7 "join",
    Leave = 8 "leave",
    Role = 9 "role",
    Mute = 10 "mute",
    Hand = 11 "hand",
    Marker = 12 "marker",
    Chat = 13 "chat",
    Cue = 14 "cue",
    Consent = 15 "consent",
    State = 16 "state",
    Gap = 17 "gap",
    Discontinuity = 18 "discontinuity",
    Watermark = 19 "watermark",
    Erased = 20 "erased",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_kinds_go_both_ways() {
        for (index, kind) in Kind::KNOWN.iter().enumerate() {
            assert_eq!(usize::from(kind.number()), index + 1);
            assert_eq!(Kind::of(kind.number()), *kind);
        }
        assert_eq!((Kind::of(999), Kind::of(999).number()), (Kind::Other(999), 999));
    }
}
