//! A stream that lets only well-framed HTTP/1 through: from the first doubtful line on, the server behind it reads a
//! byte no request may hold, answers 400 and closes. It closes in a way that leaves the client time to read the answer.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

use crate::framing::{Doubt, Framing};

/// What the server reads in place of doubtful bytes.
const POISON: &[u8] = b"\0\r\n\r\n";

/// Bytes thrown away in one read.
const SPILL_BYTES: usize = 16 * 1024;

/// What a client may still send of a request that has been answered already. Closing with bytes unread makes the system
/// send a reset, which overtakes the answer; so they are read and thrown away, within these bounds (RFC 9112 §9.6).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Grace {
    pub(crate) bytes: u64,
    pub(crate) time: Duration,
}

/// An HTTP/1 connection whose requests are checked as they are read.
#[derive(Debug)]
pub(crate) struct Guarded<S> {
    stream: S,
    framing: Framing,
    refused: bool,
    grace: Grace,
    /// Runs once our side is closed and the client's rest is being thrown away.
    closing: Option<Pin<Box<Sleep>>>,
}

impl<S> Guarded<S> {
    pub(crate) fn new(stream: S, head_bytes_max: usize, grace: Grace) -> Self {
        Self { stream, framing: Framing::new(head_bytes_max), refused: false, grace, closing: None }
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

impl<S: AsyncRead + Unpin> Guarded<S> {
    /// Ready once the client has said all, or more than it may.
    fn poll_spill(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let mut spill = [0; SPILL_BYTES];
        loop {
            if self.closing.as_mut().is_none_or(|timer| timer.as_mut().poll(cx).is_ready()) {
                return Poll::Ready(());
            }
            let mut buf = ReadBuf::new(&mut spill);
            let read = ready!(Pin::new(&mut self.stream).poll_read(cx, &mut buf)).map(|()| buf.filled().len() as u64);
            match read.ok().filter(|bytes| *bytes > 0).and_then(|bytes| self.grace.bytes.checked_sub(bytes)) {
                Some(left) => self.grace.bytes = left,
                None => return Poll::Ready(()),
            }
        }
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

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Guarded<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.closing.is_none() {
            ready!(Pin::new(&mut self.stream).poll_shutdown(cx))?;
            if !self.refused && !self.framing.in_body() {
                return Poll::Ready(Ok(()));
            }
            self.closing = Some(Box::pin(sleep(self.grace.time)));
        }
        self.poll_spill(cx).map(Ok)
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
