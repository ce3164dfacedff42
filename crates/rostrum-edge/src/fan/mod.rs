//! The audience engine: endless streams given to any number of listeners by a few threads. A listener is a socket and a
//! place in a ring; pieces are framed once and shared; nothing of it waits for anything else in the house.
//!
//! `ring` and `crowd` are its law and know no sockets; `worker` is the thread round them.

mod counts;
mod crowd;
mod head;
mod inbox;
mod line;
mod ring;
#[cfg(test)]
mod tests;
mod worker;

use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Instant;

use bytes::Bytes;
use tokio_util::task::task_tracker::TaskTrackerToken;

use crate::admission::Permit;
use crate::live::Counted;
use crate::prefix::{Prefix, loggable};

pub(crate) use crowd::{Manner, StreamId};
pub(crate) use head::{Ask, Look, look};
pub(crate) use ring::{Piece, Place, Ring};

use counts::Counts;
use inbox::{Arrival, Inbox, News};
use line::Line;
use worker::Worker;

/// The engine of one edge.
#[derive(Debug)]
pub(crate) struct Fan {
    workers: Vec<(Arc<Inbox>, Option<JoinHandle<()>>)>,
    counts: Arc<Counts>,
    ids: AtomicU32,
    turn: AtomicUsize,
}

/// A place in the audience.
#[derive(Debug)]
pub(crate) struct Seat {
    pub(crate) stream: StreamId,
    /// What the system may keep of what was written, in bytes.
    pub(crate) buffer: usize,
    pub(crate) path: Arc<str>,
    pub(crate) counted: Counted,
}

/// What a listener holds for as long as they listen.
#[derive(Debug)]
pub(crate) struct Ticket {
    since: Instant,
    path: Arc<str>,
    permit: Permit,
    _counted: Counted,
    _task: TaskTrackerToken,
}

impl Ticket {
    fn path(&self) -> &str {
        &self.path
    }

    fn client(&self) -> Prefix {
        loggable(self.permit.client())
    }

    fn seconds(&self) -> u64 {
        self.since.elapsed().as_secs()
    }
}

impl Fan {
    /// Starts the threads.
    ///
    /// # Errors
    /// The system has no thread or descriptor left.
    pub(crate) fn start(threads: usize) -> io::Result<Arc<Self>> {
        let counts = Arc::new(Counts::default());
        let start = |n| {
            let inbox = Arc::new(Inbox::new()?);
            let worker = Worker::new(Arc::clone(&inbox), Arc::clone(&counts))?;
            let thread = std::thread::Builder::new().name(format!("fan-{n}")).spawn(move || worker.run())?;
            Ok((inbox, Some(thread)))
        };
        let workers = (0..threads.max(1)).map(start).collect::<io::Result<_>>()?;
        Ok(Arc::new(Self { workers, counts, ids: AtomicU32::new(0), turn: AtomicUsize::new(0) }))
    }

    /// Opens a stream whose joiners first get `greeting`.
    pub(crate) fn open(&self, manner: Manner, greeting: Bytes) -> StreamId {
        let id = self.ids.fetch_add(1, Ordering::Relaxed);
        self.tell(id, &News::Open(manner, greeting));
        id
    }

    /// Gives a stream its next piece; who joins from now on first gets `greeting`.
    pub(crate) fn push(&self, id: StreamId, piece: Piece, greeting: Bytes) {
        self.tell(id, &News::Piece(piece, greeting));
    }

    /// Ends a stream.
    pub(crate) fn end(&self, id: StreamId) {
        self.tell(id, &News::End);
    }

    fn tell(&self, id: StreamId, news: &News) {
        self.workers.iter().for_each(|(inbox, _)| inbox.tell(id, news.clone()));
    }

    /// Seats the one at the other end of `socket`, who has asked and does not block.
    ///
    /// # Errors
    /// The engine stops or is far behind; the socket is closed then.
    pub(crate) fn seat(&self, socket: OwnedFd, seat: Seat, held: (Permit, TaskTrackerToken)) -> Result<(), Busy> {
        let (permit, task) = held;
        let line = Line::new(socket, seat.buffer);
        let ticket = Ticket { since: Instant::now(), path: seat.path, permit, _counted: seat.counted, _task: task };
        let turn = self.turn.fetch_add(1, Ordering::Relaxed) % self.workers.len();
        self.workers[turn].0.seat(Arrival { stream: seat.stream, line, ticket }).map_err(|_| Busy)
    }

    /// Lets all listeners go within the time of a chunk, so that they come back elsewhere one after another.
    pub(crate) fn close(&self) {
        self.workers.iter().for_each(|(inbox, _)| inbox.close());
    }
}

/// The engine takes nobody now.
#[derive(Debug)]
pub(crate) struct Busy;

impl Drop for Fan {
    fn drop(&mut self) {
        self.workers.iter().for_each(|(inbox, _)| inbox.stop());
        for thread in self.workers.iter_mut().filter_map(|(_, thread)| thread.take()) {
            if thread.join().is_err() {
                tracing::error!("a worker of the audience has panicked");
            }
        }
        let (joins, skips) = (self.counts.joins.load(Ordering::Relaxed), self.counts.skips.load(Ordering::Relaxed));
        tracing::info!(joins, skips, late = ?self.counts.late_ms(), "the audience has gone");
    }
}
