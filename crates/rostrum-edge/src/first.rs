//! The first bytes of a connection, read to see who is to answer it, and given back to whoever does.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};

use crate::{fan, ingest};

/// Bytes read at once while looking.
const STEP: usize = 1024;

/// A stream whose first bytes were read already.
#[derive(Debug)]
pub(crate) struct Peeked<S> {
    first: BytesMut,
    stream: S,
}

/// Who is to answer.
#[derive(Debug)]
pub(crate) enum First<S> {
    /// The audience engine.
    Listener(fan::Ask, Peeked<S>),
    /// An encoder; the head has been taken off.
    Encoder(ingest::Head, Peeked<S>),
    /// A request that begins like an encoder's and is malformed.
    Broken(S),
    /// Anybody else, or nobody: the connection was closed.
    Other(Peeked<S>),
}

/// Reads as much as it takes to see who is to answer.
pub(crate) async fn first<S: AsyncRead + Unpin>(mut stream: S) -> io::Result<First<S>> {
    let mut first = BytesMut::new();
    loop {
        match (ingest::look(&first), fan::look(&first)) {
            (ingest::Look::Bad, _) => return Ok(First::Broken(stream)),
            (ingest::Look::Ours(head, length), _) => {
                first.advance(length);
                return Ok(First::Encoder(head, Peeked { first, stream }));
            }
            (_, fan::Look::Ours(ask)) => return Ok(First::Listener(ask, Peeked { first, stream })),
            (ingest::Look::Other, fan::Look::Other) => return Ok(First::Other(Peeked { first, stream })),
            (ingest::Look::More, _) | (_, fan::Look::More) => {}
        }
        first.reserve(STEP);
        if stream.read_buf(&mut first).await? == 0 {
            return Ok(First::Other(Peeked { first, stream }));
        }
    }
}

impl<S> Peeked<S> {
    /// The first byte that was read.
    pub(crate) fn begins(&self) -> Option<u8> {
        self.first.first().copied()
    }

    /// The stream without its first bytes.
    pub(crate) fn into_rest(self) -> S {
        self.stream
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Peeked<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.first.is_empty() {
            return Pin::new(&mut self.stream).poll_read(cx, buf);
        }
        let count = self.first.len().min(buf.remaining());
        buf.put_slice(&self.first[..count]);
        self.first.advance(count);
        if self.first.is_empty() {
            // Most connections are never looked at again: they keep no buffer for it.
            self.first = BytesMut::new();
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Peeked<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }
}
