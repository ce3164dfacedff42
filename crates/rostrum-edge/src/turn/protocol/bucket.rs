//! An allowance that fills with time: what one connection may ask for and carry.

use std::time::Duration;

/// The allowance.
#[derive(Debug)]
pub(crate) struct Bucket {
    per_s: f64,
    most: f64,
    left: f64,
    at: Duration,
}

impl Bucket {
    /// A full one that holds `most` and gains `per_s` a second.
    pub(crate) const fn new(per_s: f64, most: f64) -> Self {
        Self { per_s, most, left: most, at: Duration::ZERO }
    }

    /// Takes `cost` at `now`, a time since any fixed instant; false when there is not enough.
    pub(crate) fn take(&mut self, cost: usize, now: Duration) -> bool {
        let passed = now.saturating_sub(self.at).as_secs_f64();
        self.at = self.at.max(now);
        self.left = (self.left + passed * self.per_s).min(self.most);
        let cost = f64::from(u32::try_from(cost).unwrap_or(u32::MAX));
        let enough = cost <= self.left;
        if enough {
            self.left -= cost;
        }
        enough
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_more_leaves_than_has_come_in(costs in proptest::collection::vec((0usize..300, 0u64..500), 0..100)) {
            let (mut bucket, mut now, mut taken) = (Bucket::new(100.0, 200.0), Duration::ZERO, 0);
            for (cost, pause_ms) in costs {
                now += Duration::from_millis(pause_ms);
                taken += if bucket.take(cost, now) { cost } else { 0 };
                prop_assert!(taken as f64 <= 200.0 + 100.0 * now.as_secs_f64() + 1e-6);
            }
        }
    }
}
