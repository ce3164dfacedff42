//! The payload of a packet record: two bytes of ours, then what came over RTP, untouched.

use bytes::{BufMut, Bytes, BytesMut};

const MARKER: u8 = 1;
const RED: u8 = 2;
const LEVEL: u8 = 4;
const VOICE: u8 = 8;
const LATE: u8 = 16;

/// A packet of a track.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Packet {
    /// RTP marker bit.
    pub marker: bool,
    /// Whether the payload is redundant audio (RFC 2198).
    pub red: bool,
    /// How loud, in −dBov (0 to 127, RFC 6464), where the sender says so.
    pub level: Option<u8>,
    /// Whether the sender takes it for a voice (RFC 6464).
    pub voice: bool,
    /// Whether it came afterwards, from the speaker's own copy.
    pub late: bool,
    /// The RTP payload, or a frame of the codec where there is no RTP.
    pub payload: Bytes,
}

impl Packet {
    /// Bytes in front of the payload.
    pub const HEAD_BYTES: usize = 2;

    /// The record's payload.
    pub fn to_payload(&self) -> Bytes {
        let flags = [(self.marker, MARKER), (self.red, RED), (self.level.is_some(), LEVEL)];
        let flags = flags.into_iter().chain([(self.voice, VOICE), (self.late, LATE)]);
        let flags = flags.filter(|(set, _)| *set).fold(0, |sum, (_, bit)| sum | bit);
        let mut bytes = BytesMut::with_capacity(Self::HEAD_BYTES + self.payload.len());
        bytes.put_u8(flags);
        bytes.put_u8(self.level.unwrap_or_default());
        bytes.put_slice(&self.payload);
        bytes.freeze()
    }

    /// Reads a record's payload without copying; none if it is too short to be one.
    pub fn from_payload(payload: &Bytes) -> Option<Self> {
        let [flags, level] = *payload.first_chunk()?;
        Some(Self {
            marker: flags & MARKER != 0,
            red: flags & RED != 0,
            level: (flags & LEVEL != 0).then_some(level),
            voice: flags & VOICE != 0,
            late: flags & LATE != 0,
            payload: payload.slice(Self::HEAD_BYTES..),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn packets_read_back(
            flags in any::<[bool; 4]>(),
            level in prop::option::of(0u8..128),
            payload in prop::collection::vec(any::<u8>(), 0..40),
        ) {
            let [marker, red, voice, late] = flags;
            let packet = Packet { marker, red, level, voice, late, payload: payload.into() };
            prop_assert_eq!(Packet::from_payload(&packet.to_payload()), Some(packet));
        }
    }

    #[test]
    fn what_is_too_short_is_none() {
        assert_eq!(Packet::from_payload(&Bytes::from_static(&[1])), None);
    }
}
