//! Frames on the pipe from child to parent: `length u32 LE | kind u8 | payload`. Each kind has its own cap.

use std::io::{self, Read, Write};

use rostrum_media::Codec;

use crate::message::Reply;

/// Longest reply (a waveform and its facts), longest picture.
const REPLY_BYTES_MAX: usize = 1 << 20;
const PICTURE_BYTES_MAX: usize = 4 << 20;

const REPLY: u8 = 0;
const PICTURE: u8 = 1;
/// Packet kinds follow: one for each codec.
const PACKET: u8 = 16;

/// What the parent receives.
#[derive(Debug)]
pub(crate) enum Frame {
    Reply(Box<Reply>),
    Packet(Codec, Vec<u8>),
    Picture(Vec<u8>),
}

fn packet_kind(codec: Codec) -> u8 {
    PACKET
        + match codec {
            Codec::Mp3 => 0,
            Codec::Aac => 1,
            Codec::Opus => 2,
        }
}

fn put(out: &mut impl Write, kind: u8, payload: &[u8]) -> io::Result<()> {
    out.write_all(&(payload.len() as u32).to_le_bytes())?;
    out.write_all(&[kind])?;
    out.write_all(payload)
}

pub(crate) fn put_reply(out: &mut impl Write, reply: &Reply) -> io::Result<()> {
    put(out, REPLY, &serde_json::to_vec(reply)?)?;
    out.flush()
}

pub(crate) fn put_packet(out: &mut impl Write, codec: Codec, packet: &[u8]) -> io::Result<()> {
    put(out, packet_kind(codec), packet)
}

pub(crate) fn put_picture(out: &mut impl Write, jpeg: &[u8]) -> io::Result<()> {
    put(out, PICTURE, jpeg)
}

/// The next frame; none at the end of the stream. What breaks the rules is `InvalidData`.
pub(crate) fn next(from: &mut impl Read) -> io::Result<Option<Frame>> {
    let mut head = [0; 5];
    match from.read(&mut head[..1])? {
        0 => return Ok(None),
        _ => from.read_exact(&mut head[1..])?,
    }
    let [length @ .., kind] = head;
    let length = u32::from_le_bytes(length) as usize;
    let codec = Codec::ALL.into_iter().find(|codec| packet_kind(*codec) == kind);
    let most = match (kind, codec) {
        (REPLY, _) => REPLY_BYTES_MAX,
        (PICTURE, _) => PICTURE_BYTES_MAX,
        (_, Some(codec)) => codec.packet_bytes_max(),
        _ => return Err(broken("a frame of unknown kind")),
    };
    if length > most {
        return Err(broken("a frame is too long"));
    }
    let mut payload = vec![0; length];
    from.read_exact(&mut payload)?;
    Ok(Some(match codec {
        Some(codec) => Frame::Packet(codec, payload),
        None if kind == PICTURE => Frame::Picture(payload),
        None => Frame::Reply(serde_json::from_slice(&payload).map_err(|_| broken("a reply is not understood"))?),
    }))
}

fn broken(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_read_back_and_caps_hold() {
        let mut bytes = Vec::new();
        put_packet(&mut bytes, Codec::Opus, &[1, 2, 3]).unwrap();
        put_reply(&mut bytes, &Reply::Progress { done_ms: 7 }).unwrap();
        let mut read = &bytes[..];
        assert!(matches!(next(&mut read), Ok(Some(Frame::Packet(Codec::Opus, packet))) if packet == [1, 2, 3]));
        assert!(
            matches!(next(&mut read), Ok(Some(Frame::Reply(reply))) if matches!(*reply, Reply::Progress { done_ms: 7 }))
        );
        assert!(matches!(next(&mut read), Ok(None)));
        for hostile in [
            &[255, 255, 255, 255, 0][..],
            &[1, 0, 0, 0, 9, 0],
            &[0xff, 0xff, 0, 0, 16, 0],
            &[2, 0, 0, 0, 0, b'{', b'!'],
            &[9],
        ] {
            assert!(next(&mut &hostile[..]).is_err(), "{hostile:?}");
        }
    }
}
