//! The way to a worker: what streams bring and who comes, kept until its thread takes it. A full one refuses.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use rustix::event::{EventfdFlags, eventfd};

use super::Ticket;
use super::crowd::{Manner, StreamId};
use super::line::Line;
use super::ring::Piece;

/// Newcomers that may wait: more come no faster than a worker seats them.
const ARRIVALS_MAX: usize = 65_536;
/// News of streams that may wait: a worker that is so far behind has lost its listeners anyway.
const NEWS_MAX: usize = 4_096;

/// What a stream brings.
#[derive(Debug, Clone)]
pub(crate) enum News {
    /// It is there, and what joiners get first.
    Open(Manner, Bytes),
    /// The next piece, and what joiners get first from now on.
    Piece(Piece, Bytes),
    /// It is over.
    End,
}

/// One who comes.
#[derive(Debug)]
pub(crate) struct Arrival {
    pub(crate) stream: StreamId,
    pub(crate) line: Line,
    pub(crate) ticket: Ticket,
}

/// What waits for a worker.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    pub(crate) news: Vec<(StreamId, News)>,
    pub(crate) arrivals: Vec<Arrival>,
    /// Whether to let everybody go, phase by phase.
    pub(crate) closing: bool,
    /// Whether to end at once.
    pub(crate) stop: bool,
}

/// The way to one worker.
#[derive(Debug)]
pub(crate) struct Inbox {
    waiting: Mutex<Waiting>,
    bell: OwnedFd,
}

impl Inbox {
    pub(crate) fn new() -> io::Result<Self> {
        let bell = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
        Ok(Self { waiting: Mutex::default(), bell })
    }

    /// Readable when something waits.
    pub(crate) fn bell(&self) -> BorrowedFd<'_> {
        self.bell.as_fd()
    }

    /// Hands over what a stream brings.
    pub(crate) fn tell(&self, stream: StreamId, news: News) {
        let mut waiting = self.waiting();
        if waiting.news.len() < NEWS_MAX {
            waiting.news.push((stream, news));
        } else {
            tracing::error!(stream, "a worker does not take what streams bring; its listeners skip");
        }
        drop(waiting);
        self.ring();
    }

    /// Hands over one who comes.
    ///
    /// # Errors
    /// The arrival, where too many wait already.
    pub(crate) fn seat(&self, arrival: Arrival) -> Result<(), Arrival> {
        let mut waiting = self.waiting();
        if waiting.arrivals.len() >= ARRIVALS_MAX || waiting.closing || waiting.stop {
            return Err(arrival);
        }
        let first = waiting.arrivals.is_empty();
        waiting.arrivals.push(arrival);
        drop(waiting);
        if first {
            self.ring();
        }
        Ok(())
    }

    pub(crate) fn close(&self) {
        self.waiting().closing = true;
        self.ring();
    }

    pub(crate) fn stop(&self) {
        self.waiting().stop = true;
        self.ring();
    }

    /// Takes what waits; closing and stopping stay said.
    pub(crate) fn take(&self) -> Waiting {
        let mut count = [0; 8];
        // Nothing to read means nobody has rung since.
        let _ = rustix::io::read(&self.bell, &mut count);
        let mut waiting = self.waiting();
        let (closing, stop) = (waiting.closing, waiting.stop);
        let (news, arrivals) = (std::mem::take(&mut waiting.news), std::mem::take(&mut waiting.arrivals));
        Waiting { news, arrivals, closing, stop }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ring(&self) {
        // A bell that rings already cannot ring more.
        let _ = rustix::io::write(&self.bell, &1u64.to_ne_bytes());
    }
}
