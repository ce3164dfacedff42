//! A listener's socket, with which the crowd writes.

use std::io::{self, IoSlice};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::net::{SendAncillaryBuffer, SendFlags, send, sendmsg, sockopt};

use super::crowd::Wire;

/// A peer that acknowledges nothing for so long is gone, in milliseconds.
const SILENT_MS_MAX: u32 = 30_000;

/// A socket without TLS.
#[derive(Debug)]
pub(crate) struct Line(OwnedFd);

impl Line {
    /// Takes a connected socket that does not block; the system keeps at most about `bytes` of what was written.
    pub(crate) fn new(socket: OwnedFd, bytes: usize) -> Self {
        // What the system refuses costs memory or time and no sound.
        let _ = sockopt::set_socket_send_buffer_size(&socket, bytes);
        let _ = sockopt::set_tcp_user_timeout(&socket, SILENT_MS_MAX);
        Self(socket)
    }
}

impl AsFd for Line {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl Wire for Line {
    fn write(&mut self, parts: &[IoSlice<'_>]) -> io::Result<usize> {
        let flags = SendFlags::NOSIGNAL | SendFlags::DONTWAIT;
        let written = match parts {
            [part] => send(&self.0, part, flags)?,
            parts => sendmsg(&self.0, parts, &mut SendAncillaryBuffer::default(), flags)?,
        };
        Ok(written)
    }
}
