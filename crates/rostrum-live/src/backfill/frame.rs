//! Frames of a copy as a browser sends them: track, RTP time, length, payload, one after the other.

use bytes::{Buf as _, BufMut as _, Bytes};

use crate::event::TrackNo;

/// Longest packet taken, in bytes: the longest frame that Opus has (RFC 6716 §3.4).
pub const PACKET_BYTES_MAX: usize = 1275;

/// One Opus packet of a copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The track it belongs to.
    pub track: TrackNo,
    /// Its RTP time as on the wire.
    pub time: u32,
    /// The packet.
    pub payload: Bytes,
}

impl Frame {
    /// Reads all frames of some bytes: track and RTP time in 32 bits, length in 16, little-endian, then the packet.
    /// None if the bytes end within one.
    pub fn read_all(mut bytes: Bytes) -> Option<Vec<Self>> {
        let mut frames = Vec::new();
        while bytes.has_remaining() {
            let track = TrackNo(bytes.try_get_u32_le().ok()?);
            let time = bytes.try_get_u32_le().ok()?;
            let length = usize::from(bytes.try_get_u16_le().ok()?);
            if length > bytes.len() {
                return None;
            }
            frames.push(Self { track, time, payload: bytes.split_to(length) });
        }
        Some(frames)
    }

    /// Appends the frame as [`Self::read_all`] reads it; packets of at most 65,535 bytes.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.put_u32_le(self.track.0);
        out.put_u32_le(self.time);
        out.put_u16_le(u16::try_from(self.payload.len()).unwrap_or(u16::MAX));
        out.put_slice(&self.payload[..self.payload.len().min(usize::from(u16::MAX))]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn frames_read_back_and_a_cut_one_is_no_frame(
            frames in prop::collection::vec(
                (any::<u32>(), any::<u32>(), prop::collection::vec(any::<u8>(), 0..40)),
                1..9,
            ),
            cut in 1usize..10,
        ) {
            let frames: Vec<Frame> = frames
                .into_iter()
                .map(|(track, time, payload)| Frame { track: TrackNo(track), time, payload: payload.into() })
                .collect();
            let mut bytes = Vec::new();
            frames.iter().for_each(|frame| frame.write(&mut bytes));
            prop_assert_eq!(Frame::read_all(bytes.clone().into()), Some(frames.clone()));
            bytes.truncate(bytes.len() - cut);
            let rest = Frame::read_all(bytes.into());
            prop_assert!(rest.is_none_or(|rest| rest.len() < frames.len() && frames.starts_with(&rest)));
        }
    }
}
