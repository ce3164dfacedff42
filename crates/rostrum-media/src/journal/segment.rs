//! The first record of every segment: which room, which segment, which version of the format.

use bytes::{Buf, BufMut, Bytes, BytesMut};
use rostrum_domain::Id;
use rostrum_domain::room::Room;

use super::{Kind, Record};

/// The version of the format that is written.
pub const FORMAT_VERSION: u16 = 1;

/// What opens a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SegmentHeader {
    /// Version of the format; a reader that knows only lower ones must not go on.
    pub version: u16,
    /// Whose journal it is.
    pub room: Id<Room>,
    /// Its number in the journal.
    pub segment: u32,
    /// The stage's epoch.
    pub epoch: u32,
    /// When it was opened, monotonic, in microseconds.
    pub mono_us: u64,
    /// When it was opened, in microseconds since 1970; with `mono_us` the anchor of the epoch's clock.
    pub wall_us: i64,
}

impl SegmentHeader {
    /// The record to write first.
    pub fn to_record(&self) -> Record {
        let mut payload = BytesMut::with_capacity(22);
        payload.put_u16_le(self.version);
        payload.put_u32_le(self.segment);
        payload.put_u128_le(self.room.bits());
        let Self { epoch, mono_us, wall_us, .. } = *self;
        Record { epoch, track: 0, kind: Kind::Segment, seq: 0, time: 0, mono_us, wall_us, payload: payload.freeze() }
    }

    /// Reads it back; none if the record is of another kind or too short.
    pub fn from_record(record: &Record) -> Option<Self> {
        let mut payload: Bytes = record.payload.clone();
        let (version, segment) = (payload.try_get_u16_le().ok()?, payload.try_get_u32_le().ok()?);
        let room = Id::from_bits(payload.try_get_u128_le().ok()?);
        let Record { epoch, mono_us, wall_us, .. } = *record;
        (record.kind == Kind::Segment).then_some(Self { version, room, segment, epoch, mono_us, wall_us })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_reads_back() {
        let room = Id::from_bits(7 << 100 | 3);
        let header = SegmentHeader { version: FORMAT_VERSION, room, segment: 9, epoch: 2, mono_us: 5, wall_us: -6 };
        let record = header.to_record();
        assert_eq!(SegmentHeader::from_record(&record), Some(header));
        assert_eq!(SegmentHeader::from_record(&Record { kind: Kind::Chat, ..record.clone() }), None);
        assert_eq!(SegmentHeader::from_record(&Record { payload: Bytes::from_static(b"x"), ..record }), None);
    }
}
