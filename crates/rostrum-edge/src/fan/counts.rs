//! What an edge's workers count, for the metrics.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Upper borders of how late a piece was given, in milliseconds; the last stands for what is later still.
pub(crate) const LATE_MS: [u64; 9] = [20, 50, 100, 200, 500, 1_000, 2_000, 5_000, u64::MAX];

/// Counters of all workers of one edge, since it started.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// Listeners who were seated.
    pub(crate) joins: AtomicU64,
    /// Skips to live.
    pub(crate) skips: AtomicU64,
    late: [AtomicU64; LATE_MS.len()],
}

impl Counts {
    /// A piece was given to so many, so late.
    pub(crate) fn late(&self, late: Duration, listeners: usize) {
        let ms = u64::try_from(late.as_millis()).unwrap_or(u64::MAX);
        let slot = LATE_MS.partition_point(|border| *border < ms).min(LATE_MS.len() - 1);
        self.late[slot].fetch_add(listeners as u64, Ordering::Relaxed);
    }

    /// How many pieces were given at most so many milliseconds late.
    pub(crate) fn late_ms(&self) -> Vec<(u64, u64)> {
        LATE_MS.into_iter().zip(self.late.iter().map(|count| count.load(Ordering::Relaxed))).collect()
    }
}
