//! One frame: `length u32 LE | kind u8 | id u64 LE | head length u32 LE | head (JSON) | body`; length counts what
//! follows it.

use bytes::{Buf, BufMut, Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use std::io;

/// Longest frame; a chunk of every rendition is far below.
const FRAME_BYTES_MAX: usize = 4 << 20;
/// Kind, id and head length.
const FIXED: usize = 1 + 8 + 4;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The first frame of both sides: version.
    Hello,
    /// A request.
    Ask,
    /// Its good answer.
    Answer,
    /// Its refusal.
    Refuse,
    /// One item of a stream.
    Item,
    /// The follower took so many items.
    Credit,
    /// The asking side lost interest.
    Cancel,
}

const KINDS: [Kind; 7] = [Kind::Hello, Kind::Ask, Kind::Answer, Kind::Refuse, Kind::Item, Kind::Credit, Kind::Cancel];

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) kind: Kind,
    pub(crate) id: u64,
    pub(crate) head: Bytes,
    pub(crate) body: Bytes,
}

fn broken(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

impl Frame {
    /// A frame whose head is `head` as JSON.
    pub(crate) fn new(kind: Kind, id: u64, head: &impl serde::Serialize) -> io::Result<Self> {
        Ok(Self { kind, id, head: serde_json::to_vec(head)?.into(), body: Bytes::new() })
    }

    pub(crate) fn with(self, body: Bytes) -> Self {
        Self { body, ..self }
    }

    pub(crate) fn head<T: serde::de::DeserializeOwned>(&self) -> io::Result<T> {
        serde_json::from_slice(&self.head).map_err(|error| broken(&error.to_string()))
    }

    pub(crate) async fn write(&self, to: &mut (impl AsyncWrite + Unpin)) -> io::Result<()> {
        let length = FIXED + self.head.len() + self.body.len();
        if length > FRAME_BYTES_MAX {
            return Err(broken("a frame is too long to send"));
        }
        let mut bytes = BytesMut::with_capacity(4 + FIXED + self.head.len());
        bytes.put_u32_le(length as u32);
        bytes.put_u8(KINDS.iter().position(|kind| *kind == self.kind).unwrap_or_default() as u8);
        bytes.put_u64_le(self.id);
        bytes.put_u32_le(self.head.len() as u32);
        bytes.put_slice(&self.head);
        to.write_all(&bytes).await?;
        to.write_all(&self.body).await
    }

    /// The next frame; none at the end of the stream. What breaks the rules is `InvalidData`.
    pub(crate) async fn read(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<Self>> {
        let mut length = [0; 4];
        match from.read_exact(&mut length).await {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            read => read?,
        };
        let length = u32::from_le_bytes(length) as usize;
        if !(FIXED..=FRAME_BYTES_MAX).contains(&length) {
            return Err(broken("a frame has an impossible length"));
        }
        let mut bytes = BytesMut::zeroed(length);
        from.read_exact(&mut bytes).await?;
        let mut bytes = bytes.freeze();
        let kind = *KINDS.get(usize::from(bytes.get_u8())).ok_or_else(|| broken("a frame of unknown kind"))?;
        let id = bytes.get_u64_le();
        let head = bytes.get_u32_le() as usize;
        if head > bytes.len() {
            return Err(broken("a frame's head is longer than the frame"));
        }
        let head = bytes.split_to(head);
        Ok(Some(Self { kind, id, head, body: bytes }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn frames_read_back_and_hostile_ones_are_refused() {
        let frame = Frame::new(Kind::Item, 7, &("a", 1)).unwrap().with(Bytes::from_static(b"chunk"));
        let mut bytes = Vec::new();
        frame.write(&mut bytes).await.unwrap();
        assert_eq!(Frame::read(&mut &bytes[..]).await.unwrap(), Some(frame));
        assert_eq!(Frame::read(&mut &b""[..]).await.unwrap(), None);
        for (at, value) in [(0, 0), (3, 0xff), (4, 99), (13, 0xff)] {
            let mut hostile = bytes.clone();
            hostile[at] = value;
            assert!(Frame::read(&mut &hostile[..]).await.is_err(), "byte {at}");
        }
        let long = Frame::new(Kind::Item, 1, &()).unwrap().with(vec![0; FRAME_BYTES_MAX].into());
        assert!(long.write(&mut Vec::new()).await.is_err());
    }
}
