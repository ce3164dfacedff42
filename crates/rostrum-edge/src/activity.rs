//! Whether anything moves: a mark of the last movement, and the rule by which a connection counts as abandoned.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// The instant of the last movement of one request or connection.
#[derive(Debug)]
pub(crate) struct Pulse {
    start: Instant,
    last_ms: AtomicU64,
}

impl Pulse {
    pub(crate) fn new() -> Self {
        Self { start: Instant::now(), last_ms: AtomicU64::new(0) }
    }

    pub(crate) fn touch(&self) {
        let ms = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last_ms.store(ms, Ordering::Relaxed);
    }

    fn last(&self) -> Instant {
        self.start + Duration::from_millis(self.last_ms.load(Ordering::Relaxed))
    }

    /// Resolves once nothing has moved for `time`.
    pub(crate) async fn silent_for(&self, time: Duration) {
        until(time, || self.last() + time).await;
    }
}

/// Resolves once `deadline` has passed; looks again each `step`, since a deadline may also come nearer.
async fn until(step: Duration, deadline: impl Fn() -> Instant) {
    while deadline() > Instant::now() {
        sleep_until(deadline().min(Instant::now() + step)).await;
    }
}

/// The movement on one connection and the requests that are being answered on it.
#[derive(Debug)]
pub(crate) struct Activity {
    pulse: Pulse,
    begun: AtomicBool,
    in_flight: AtomicUsize,
    patience: Patience,
}

/// After how long without movement a connection counts as abandoned.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// Before its first request.
    pub(crate) first: Duration,
    /// Between requests.
    pub(crate) idle: Duration,
    /// While a request is being answered.
    pub(crate) stall: Duration,
}

/// A request being answered, until dropped.
#[derive(Debug)]
pub(crate) struct InFlight(Arc<Activity>);

impl Activity {
    pub(crate) fn new(patience: Patience) -> Arc<Self> {
        let (begun, in_flight) = (AtomicBool::new(false), AtomicUsize::new(0));
        Arc::new(Self { pulse: Pulse::new(), begun, in_flight, patience })
    }

    pub(crate) fn begin(self: &Arc<Self>) -> InFlight {
        self.begun.store(true, Ordering::Relaxed);
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        self.pulse.touch();
        InFlight(Arc::clone(self))
    }

    fn patience(&self) -> Duration {
        match (self.begun.load(Ordering::Relaxed), self.in_flight.load(Ordering::Relaxed)) {
            (false, _) => self.patience.first,
            (true, 0) => self.patience.idle,
            (true, _) => self.patience.stall,
        }
    }

    /// Resolves once the connection is abandoned.
    pub(crate) async fn abandoned(&self) {
        let Patience { first, idle, stall } = self.patience;
        until(first.min(idle).min(stall), || self.pulse.last() + self.patience()).await;
    }
}

impl InFlight {
    pub(crate) fn touch(&self) {
        self.0.pulse.touch();
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.pulse.touch();
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::advance;

    const FIRST: Duration = Duration::from_secs(10);
    const IDLE: Duration = Duration::from_secs(30);
    const STALL: Duration = Duration::from_secs(60);

    #[tokio::test(start_paused = true)]
    async fn each_phase_has_its_patience() {
        let activity = Activity::new(Patience { first: FIRST, idle: IDLE, stall: STALL });
        let start = Instant::now();
        activity.abandoned().await;
        assert_eq!(start.elapsed(), FIRST);
        let request = activity.begin();
        activity.abandoned().await;
        assert_eq!(start.elapsed(), FIRST + STALL);
        drop(request);
        activity.abandoned().await;
        assert_eq!(start.elapsed(), FIRST + STALL + IDLE);
    }

    #[tokio::test(start_paused = true)]
    async fn a_deadline_that_comes_nearer_is_kept() {
        let activity = Activity::new(Patience { first: STALL, idle: STALL, stall: FIRST });
        let waiting = tokio::spawn({
            let activity = Arc::clone(&activity);
            async move { activity.abandoned().await }
        });
        tokio::task::yield_now().await;
        let start = Instant::now();
        let _request = activity.begin();
        waiting.await.unwrap();
        assert_eq!(start.elapsed(), FIRST);
    }

    #[tokio::test(start_paused = true)]
    async fn movement_puts_the_end_off() {
        let pulse = Arc::new(Pulse::new());
        let start = Instant::now();
        let waiting = tokio::spawn({
            let pulse = Arc::clone(&pulse);
            async move { pulse.silent_for(FIRST).await }
        });
        tokio::task::yield_now().await;
        advance(Duration::from_secs(7)).await;
        pulse.touch();
        waiting.await.unwrap();
        assert_eq!(start.elapsed(), Duration::from_secs(17));
    }
}
