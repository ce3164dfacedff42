//! What stands in a stream between client and relay (RFC 8656 §12.5): messages, and channel data padded to four bytes.
//! A frame is taken once it is whole; what can never become one, or a longer one than any, ends the stream.

use bytes::{Buf as _, Bytes, BytesMut};

use super::message::Malformed;

/// Longest datagram relayed, in bytes; what WebRTC sends keeps below the path's MTU.
pub(crate) const DATAGRAM_MAX: usize = 2000;
/// Longest message, in bytes: such a datagram, with room for what stands round it.
const MESSAGE_MAX: usize = DATAGRAM_MAX + 256;
/// Bytes before the data of a channel.
const LABEL: usize = 4;
/// Bytes before the attributes of a message.
const HEAD: usize = 20;
/// The numbers that channels have.
pub(crate) const CHANNELS: std::ops::RangeInclusive<u16> = 0x4000..=0x4FFF;

/// One frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Frame {
    /// A message, not looked into yet.
    Message(Bytes),
    /// A datagram for the peer of a channel, or from it.
    Data(u16, Bytes),
}

/// Takes the first frame off `buffer`; none until it is whole.
pub(crate) fn take(buffer: &mut BytesMut) -> Result<Option<Frame>, Malformed> {
    let Some(&[first, second, high, low]) = buffer.first_chunk::<LABEL>() else {
        return if buffer.first().is_none_or(|first| first & 0x80 == 0) { Ok(None) } else { Err(Malformed) };
    };
    let length = usize::from(u16::from_be_bytes([high, low]));
    let channel = u16::from_be_bytes([first, second]);
    if first & 0xC0 == 0 {
        if length % 4 != 0 || HEAD + length > MESSAGE_MAX {
            return Err(Malformed);
        }
        let whole = buffer.len() >= HEAD + length;
        return Ok(whole.then(|| Frame::Message(buffer.split_to(HEAD + length).freeze())));
    }
    if !CHANNELS.contains(&channel) || length > DATAGRAM_MAX {
        return Err(Malformed);
    }
    let padded = LABEL + length.next_multiple_of(4);
    if buffer.len() < padded {
        return Ok(None);
    }
    let mut data = buffer.split_to(padded).freeze();
    data.advance(LABEL);
    data.truncate(length);
    Ok(Some(Frame::Data(channel, data)))
}

/// A datagram of `channel` as it stands in the stream.
pub(crate) fn data(channel: u16, datagram: &[u8]) -> Vec<u8> {
    let length = u16::try_from(datagram.len()).expect("a datagram's length has sixteen bits");
    let mut bytes = Vec::with_capacity(LABEL + datagram.len().next_multiple_of(4));
    bytes.extend(channel.to_be_bytes());
    bytes.extend(length.to_be_bytes());
    bytes.extend(datagram);
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_can_never_become_a_frame_is_refused_at_once() {
        let take = |bytes: &[u8]| take(&mut BytesMut::from(bytes));
        assert_eq!(take(b""), Ok(None));
        assert_eq!(take(b"\0\x03"), Ok(None));
        for bad in [&b"\x80"[..], b"\0\x03\0\x07", b"\0\x03\xff\xfc", b"\x40\0\x07\xd1", b"\x50\0\0\x04", b"GET "] {
            assert_eq!(take(bad), Err(Malformed), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn frames_come_out_however_the_stream_is_cut(
            channel in CHANNELS,
            datagrams in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..80), 0..6),
            cut in 1usize..30,
        ) {
            let stream: Vec<u8> = datagrams.iter().flat_map(|datagram| data(channel, datagram)).collect();
            let (mut buffer, mut found) = (BytesMut::new(), Vec::new());
            for part in stream.chunks(cut) {
                buffer.extend_from_slice(part);
                while let Some(frame) = take(&mut buffer).unwrap() {
                    found.push(frame);
                }
            }
            let sent = datagrams.into_iter().map(|datagram| Frame::Data(channel, datagram.into()));
            prop_assert_eq!(found, sent.collect::<Vec<_>>());
            prop_assert!(buffer.is_empty());
        }
    }
}
