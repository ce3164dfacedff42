//! The body of an answer, read under the limits: bytes, silence, speed and total time, whatever the head claimed.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::{Body as _, Frame};
use hyper::client::conn::http1::Connection;
use hyper_util::rt::TokioIo;
use tokio::time::{Instant, timeout_at};

use crate::error::Error;
use crate::net::Stream;

/// How much waiting the speed is averaged over.
const SPEED_WINDOW: Duration = Duration::from_secs(20);

/// The limits of one fetch, its own and the policy's.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) connect: Duration,
    pub(crate) idle: Duration,
    pub(crate) deadline: Option<Instant>,
    pub(crate) bytes_max: u64,
    pub(crate) speed_min_bytes_per_s: u64,
}

impl Limits {
    /// Waits for `step` for `longest`, and never beyond the deadline, even when the step is always ready.
    pub(crate) async fn within<F: Future>(&self, longest: Duration, step: F) -> Result<F::Output, Error> {
        let now = Instant::now();
        let end = now + longest;
        let end = self.deadline.map_or(end, |deadline| end.min(deadline));
        if end <= now {
            return Err(Error::TimedOut);
        }
        timeout_at(end, step).await.map_err(|_| Error::TimedOut)
    }
}

type Wire = Connection<TokioIo<Box<dyn Stream>>, Full<Bytes>>;

/// The connection's own half, moved on by whoever waits for its answer, so that no task outlives a fetch.
pub(crate) struct Driver(Option<Pin<Box<Wire>>>);

impl Driver {
    pub(crate) fn new(wire: Wire) -> Self {
        Self(Some(Box::pin(wire)))
    }

    fn advance(&mut self, cx: &mut Context<'_>) {
        // An error of the connection reaches its request or its body too, and is reported there.
        if self.0.as_mut().is_some_and(|wire| wire.as_mut().poll(cx).is_ready()) {
            self.0 = None;
        }
    }

    /// Waits for `step` while moving the connection on.
    pub(crate) async fn run<F: Future>(&mut self, step: F) -> F::Output {
        let mut step = std::pin::pin!(step);
        poll_fn(|cx| {
            self.advance(cx);
            step.as_mut().poll(cx)
        })
        .await
    }
}

pub(crate) struct Body {
    incoming: hyper::body::Incoming,
    driver: Driver,
    limits: Limits,
    taken_bytes: u64,
    window_bytes: u64,
    window_waited: Duration,
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body").field("taken_bytes", &self.taken_bytes).finish_non_exhaustive()
    }
}

impl Body {
    /// Refuses at once what announces more than is allowed.
    pub(crate) fn new(incoming: hyper::body::Incoming, driver: Driver, limits: Limits) -> Result<Self, Error> {
        if incoming.size_hint().lower() > limits.bytes_max {
            return Err(Error::TooBig { bytes_max: limits.bytes_max });
        }
        Ok(Self { incoming, driver, limits, taken_bytes: 0, window_bytes: 0, window_waited: Duration::ZERO })
    }

    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        loop {
            let before = Instant::now();
            let limits = self.limits;
            let Some(frame) = limits.within(limits.idle, poll_fn(|cx| self.poll_frame(cx))).await? else {
                return Ok(None);
            };
            let data = frame.map_err(|_| Error::Broken)?.into_data().unwrap_or_default();
            self.count(before.elapsed(), data.len() as u64)?;
            if !data.is_empty() {
                return Ok(Some(data));
            }
        }
    }

    fn poll_frame(&mut self, cx: &mut Context<'_>) -> Poll<Option<hyper::Result<Frame<Bytes>>>> {
        self.driver.advance(cx);
        Pin::new(&mut self.incoming).poll_frame(cx)
    }

    fn count(&mut self, waited: Duration, bytes: u64) -> Result<(), Error> {
        self.taken_bytes = self.taken_bytes.saturating_add(bytes);
        if self.taken_bytes > self.limits.bytes_max {
            return Err(Error::TooBig { bytes_max: self.limits.bytes_max });
        }
        // Only waiting for the network counts: a slow disk on this side is not the other server's fault.
        self.window_waited += waited;
        self.window_bytes += bytes;
        if self.window_waited >= SPEED_WINDOW {
            let wanted = self.limits.speed_min_bytes_per_s.saturating_mul(self.window_waited.as_secs());
            if self.window_bytes < wanted {
                return Err(Error::TooSlow);
            }
            (self.window_waited, self.window_bytes) = (Duration::ZERO, 0);
        }
        Ok(())
    }
}
