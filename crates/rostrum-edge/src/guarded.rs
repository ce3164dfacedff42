//! A stream that lets only well-framed HTTP/1 through: from the first doubtful line on, the server behind it reads a
//! byte no request may hold, answers 400 and closes.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::framing::{Doubt, Framing};

/// What the server reads in place of doubtful bytes.
const POISON: &[u8] = b"\0\r\n\r\n";

/// An HTTP/1 connection whose requests are checked as they are read.
#[derive(Debug)]
pub(crate) struct Guarded<S> {
    stream: S,
    framing: Framing,
    refused: bool,
}

impl<S> Guarded<S> {
    pub(crate) fn new(stream: S, head_bytes_max: usize) -> Self {
        Self { stream, framing: Framing::new(head_bytes_max), refused: false }
    }

    fn check(&mut self, buf: &mut ReadBuf<'_>, before: usize) {
        let Err((good, doubt)) = self.framing.feed(&buf.filled()[before..]) else { return };
        self.refused = true;
        tracing::debug!(?doubt, "request refused");
        if doubt == Doubt::TooLong {
            // The server counts the same bytes and has the better answer, 431; it just gets no more of them.
            return;
        }
        buf.set_filled(before + good);
        let room = buf.remaining().min(POISON.len());
        buf.put_slice(&POISON[..room]);
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Guarded<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.refused {
            return Poll::Ready(Ok(()));
        }
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buf))?;
        self.check(buf, before);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Guarded<S> {
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
