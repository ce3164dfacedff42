//! Waiting for a state; the only place where a story's time passes.

use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval};

const POLL_EVERY: Duration = Duration::from_millis(25);

/// Asks until the answer is there and returns it; panics with `what` when `within` has passed without one.
pub async fn eventually<T>(within: Duration, what: &str, mut probe: impl AsyncFnMut() -> Option<T>) -> T {
    match poll(within, &mut probe).await {
        Some(answer) => answer,
        None => panic!("waited {within:?} in vain: {what}"),
    }
}

/// As [`eventually`], for callers that have something to say when the time is over.
pub(crate) async fn poll<T>(within: Duration, probe: &mut impl AsyncFnMut() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + within;
    let mut ticks = interval(POLL_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Some(answer) = probe().await {
            return Some(answer);
        }
        if Instant::now() >= deadline {
            return None;
        }
    }
}
