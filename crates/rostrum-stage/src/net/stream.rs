//! Datagrams over TCP, each behind its length in two bytes (RFC 4571), for networks that let no UDP through.

use std::io;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc;

/// Longest datagram taken; what WebRTC sends keeps below the path's MTU.
pub(crate) const DATAGRAM_BYTES_MAX: usize = 2000;
/// A connection that says nothing for so long is closed; consent checks come every five seconds (RFC 7675).
const SILENCE_MAX: Duration = Duration::from_secs(30);

/// The next datagram; none at the end of the stream.
pub(crate) async fn read(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<Bytes>> {
    let mut length = [0; 2];
    let read = tokio::time::timeout(SILENCE_MAX, from.read_exact(&mut length)).await?;
    match read {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        read => read?,
    };
    let length = usize::from(u16::from_be_bytes(length));
    if length > DATAGRAM_BYTES_MAX {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a datagram is too long"));
    }
    let mut bytes = BytesMut::zeroed(length);
    tokio::time::timeout(SILENCE_MAX, from.read_exact(&mut bytes)).await??;
    Ok(Some(bytes.freeze()))
}

/// Writes what `queue` gives until either end closes.
pub(crate) async fn write(to: &mut (impl AsyncWrite + Unpin), queue: &mut mpsc::Receiver<Bytes>) -> io::Result<()> {
    while let Some(datagram) = queue.recv().await {
        let length = u16::try_from(datagram.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
        let mut framed = BytesMut::with_capacity(2 + datagram.len());
        framed.extend_from_slice(&length.to_be_bytes());
        framed.extend_from_slice(&datagram);
        to.write_all(&framed).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn datagrams_keep_their_borders() {
        let (sender, mut queue) = mpsc::channel(4);
        for datagram in ["one", "", "three"] {
            sender.send(Bytes::from(datagram)).await.unwrap();
        }
        drop(sender);
        let mut wire = Vec::new();
        write(&mut wire, &mut queue).await.unwrap();
        let mut from = &wire[..];
        for expected in ["one", "", "three"] {
            assert_eq!(read(&mut from).await.unwrap().unwrap(), expected);
        }
        assert!(read(&mut from).await.unwrap().is_none());
        assert!(read(&mut &[0xff, 0xff, 0][..]).await.is_err());
        assert!(read(&mut &[0, 5, 1][..]).await.is_err());
    }
}
