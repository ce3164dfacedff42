//! One worker: a thread with its own poller, the listeners it has, and the clock that visits them.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use rustix::event::{Timespec, epoll};

use super::Ticket;
use super::counts::Counts;
use super::crowd::{Crowd, Gone, Step, StreamId, TICK, Why};
use super::inbox::{Arrival, Inbox, News};
use super::line::Line;

/// What the poller says when the inbox rings.
const BELL: u64 = u64::MAX;
/// Events taken at once.
const EVENTS: usize = 512;
/// Ticks that are made up for after a pause; older ones would only be a burst.
const LATE_TICKS_MAX: u32 = 16;

/// A worker's thread.
pub(super) struct Worker {
    inbox: Arc<Inbox>,
    counts: Arc<Counts>,
    epoll: OwnedFd,
    crowd: Crowd<Line, Ticket>,
    start: Instant,
    step: Step<Ticket>,
}

impl Worker {
    pub(super) fn new(inbox: Arc<Inbox>, counts: Arc<Counts>) -> io::Result<Self> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        epoll::add(&epoll, inbox.bell(), epoll::EventData::new_u64(BELL), epoll::EventFlags::IN)?;
        let (crowd, step) = (Crowd::new(), Step::at(Duration::ZERO));
        Ok(Self { inbox, counts, epoll, crowd, start: Instant::now(), step })
    }

    /// Serves until told to stop.
    pub(super) fn run(mut self) {
        let mut events = Vec::with_capacity(EVENTS);
        let mut tick = Duration::ZERO;
        loop {
            self.wait(&mut events, tick);
            self.step.now = self.start.elapsed();
            for event in events.drain(..) {
                self.heard(event);
            }
            let waiting = self.inbox.take();
            if waiting.stop {
                return;
            }
            if waiting.closing {
                self.crowd.close();
            }
            waiting.news.into_iter().for_each(|(stream, news)| self.learn(stream, news));
            waiting.arrivals.into_iter().for_each(|arrival| self.seat(arrival));
            tick = self.ticks(tick);
            self.settle();
        }
    }

    fn wait(&self, events: &mut Vec<epoll::Event>, tick: Duration) {
        let now = self.start.elapsed();
        // Nobody there: nothing is due.
        let left = (self.crowd.len() > 0).then(|| tick.saturating_sub(now));
        let timeout = left.and_then(|left| Timespec::try_from(left).ok());
        let room = rustix::buffer::spare_capacity(events);
        match epoll::wait(&self.epoll, room, timeout.as_ref()) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => tracing::error!(%error, "a worker's poller fails"),
        }
    }

    fn heard(&mut self, event: epoll::Event) {
        let (key, flags) = (event.data.u64(), event.flags);
        let Some(key) = usize::try_from(key).ok().filter(|_| key != BELL) else { return };
        if flags.intersects(epoll::EventFlags::RDHUP | epoll::EventFlags::HUP | epoll::EventFlags::ERR) {
            self.crowd.leave(key, Why::Left, &mut self.step);
        } else {
            self.crowd.writable(key, &mut self.step);
        }
    }

    fn learn(&mut self, stream: StreamId, news: News) {
        match news {
            News::Open(manner, greeting) => self.crowd.open(stream, manner, greeting),
            News::Piece(piece, greeting) => {
                self.crowd.greet(stream, greeting);
                self.crowd.push(stream, piece, &mut self.step);
            }
            News::End => self.crowd.end(stream, &mut self.step),
        }
    }

    fn seat(&mut self, arrival: Arrival) {
        let Arrival { stream, line, ticket } = arrival;
        let Ok((key, full)) = self.crowd.join(stream, (line, ticket), self.step.now) else { return };
        self.counts.joins.fetch_add(1, Ordering::Relaxed);
        let (mut flags, data) =
            (epoll::EventFlags::RDHUP | epoll::EventFlags::ET, epoll::EventData::new_u64(key as u64));
        if full {
            flags |= epoll::EventFlags::OUT;
        }
        let added = self.crowd.wire(key).map(|line| epoll::add(&self.epoll, line.as_fd(), data, flags));
        if !matches!(added, Some(Ok(()))) {
            self.crowd.leave(key, Why::Left, &mut self.step);
        }
    }

    /// Makes the ticks that are due; says when the next is.
    fn ticks(&mut self, mut due: Duration) -> Duration {
        let now = self.step.now;
        due = due.max(now.saturating_sub(TICK * LATE_TICKS_MAX));
        while due <= now {
            self.step.now = self.start.elapsed();
            self.crowd.tick(&mut self.step);
            due += TICK;
        }
        due
    }

    /// Does what came of the last steps.
    fn settle(&mut self) {
        let step = std::mem::replace(&mut self.step, Step::at(self.start.elapsed()));
        for key in step.full {
            let flags = epoll::EventFlags::RDHUP | epoll::EventFlags::OUT | epoll::EventFlags::ET;
            let data = epoll::EventData::new_u64(key as u64);
            if let Some(line) = self.crowd.wire(key)
                && let Err(error) = epoll::modify(&self.epoll, line.as_fd(), data, flags)
            {
                tracing::debug!(%error, "a full wire is not watched");
            }
        }
        self.counts.skips.fetch_add(step.skips, Ordering::Relaxed);
        step.given.into_iter().for_each(|(late, listeners)| self.counts.late(late, listeners));
        step.gone.into_iter().for_each(ended);
    }
}

/// One line of the access log for each who listened.
fn ended(gone: Gone<Ticket>) {
    let Gone { ticket, why, bytes, skips } = gone;
    tracing::info!(
        target: "rostrum_edge::access",
        path = %ticket.path(), client = %ticket.client(), bytes, skips, ?why, seconds = ticket.seconds(), "listener"
    );
}
