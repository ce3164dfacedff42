//! Under which kind of journal record an event is kept, and how it is found there again.

use rostrum_media::journal::{Kind, Record};

use super::{Entry, Event, TrackNo};

impl Event {
    /// The kind of record it is kept as.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Join(_) => Kind::Join,
            Self::Lost { .. } | Self::Leave { .. } | Self::Removed(_) => Kind::Leave,
            Self::Role { .. } | Self::HandedOver { .. } => Kind::Role,
            Self::Mute { .. } => Kind::Mute,
            Self::Hand { .. } => Kind::Hand,
            Self::Marker(_) | Self::Playing { .. } => Kind::Marker,
            Self::Chat(_) | Self::ChatRemoved { .. } | Self::ChatPinned { .. } | Self::SlowMode { .. } => Kind::Chat,
            Self::Cue(_) => Kind::Cue,
            Self::Consent { .. } => Kind::Consent,
            Self::TrackOpened(_) => Kind::TrackOpen,
            Self::TrackClosed { .. } => Kind::TrackClose,
            Self::Gap { .. } => Kind::Gap,
            Self::Discontinuity { .. } => Kind::Discontinuity,
            Self::State { .. } | Self::Restored { .. } | Self::Lock { .. } | Self::Dumped { .. } => Kind::State,
        }
    }

    /// The track it is about, if any.
    pub const fn track(&self) -> Option<TrackNo> {
        match self {
            Self::TrackOpened(track) => Some(track.track),
            Self::TrackClosed { track } | Self::Gap { track, .. } | Self::Discontinuity { track } => Some(*track),
            _ => None,
        }
    }
}

impl Entry {
    /// Reads the entry of a record; none for records that are no entries: packets, snapshots, marks.
    pub fn from_record(record: &Record) -> Option<Result<Self, serde_json::Error>> {
        let other = matches!(
            record.kind,
            Kind::Segment
                | Kind::Snapshot
                | Kind::Packet
                | Kind::SenderReport
                | Kind::Watermark
                | Kind::Erased
                | Kind::Other(_)
        );
        (!other).then(|| Self::from_payload(&record.payload))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_found_in_its_record() {
        let event = Event::Gap { track: TrackNo(4), packets: 9 };
        let entry = Entry { no: 7, at: 48_000, by: None, request: None, event };
        let record = Record {
            epoch: 1,
            track: 4,
            kind: entry.event.kind(),
            seq: 0,
            time: 0,
            mono_us: 0,
            wall_us: 0,
            payload: entry.to_payload().into(),
        };
        let read = Entry::from_record(&record).expect("an entry").expect("reads back");
        assert_eq!((read.event.track(), read), (Some(TrackNo(4)), entry));
        assert!(Entry::from_record(&Record { kind: Kind::Packet, ..record.clone() }).is_none());
        assert!(Entry::from_record(&Record { payload: "{}".into(), ..record }).expect("an entry").is_err());
    }
}
