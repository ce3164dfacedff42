//! How often one may ask or write: token buckets, bounded in number. The last line; whoever stands before the room
//! holds back more.

use std::collections::BTreeMap;

/// Buckets kept at one time; full ones are forgotten first.
const KEPT_MAX: usize = 4_096;
/// One token, in the unit of the buckets.
const TOKEN: u64 = 1_000_000;

/// How many at once, and how many a second after that.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rate {
    pub(super) burst: u64,
    pub(super) per_s: u64,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    tokens: u64,
    at_us: u64,
}

/// A bucket for each key.
#[derive(Debug)]
pub(super) struct Paces<K> {
    rate: Rate,
    buckets: BTreeMap<K, Bucket>,
}

impl<K: Ord + Copy> Paces<K> {
    pub(super) const fn new(rate: Rate) -> Self {
        Self { rate, buckets: BTreeMap::new() }
    }

    /// Whether `key` may at `now_us`; counts it if so.
    pub(super) fn take(&mut self, key: K, now_us: u64) -> bool {
        let full = self.rate.burst * TOKEN;
        let filled = |bucket: &Bucket, rate: Rate| {
            let fresh = now_us.saturating_sub(bucket.at_us).saturating_mul(rate.per_s);
            bucket.tokens.saturating_add(fresh).min(full)
        };
        let rate = self.rate;
        if self.buckets.len() >= KEPT_MAX && !self.buckets.contains_key(&key) {
            self.buckets.retain(|_, bucket| filled(bucket, rate) < full);
            if self.buckets.len() >= KEPT_MAX {
                return false;
            }
        }
        let bucket = self.buckets.entry(key).or_insert(Bucket { tokens: full, at_us: now_us });
        let tokens = filled(bucket, rate);
        let good = tokens >= TOKEN;
        *bucket = Bucket { tokens: tokens - if good { TOKEN } else { 0 }, at_us: now_us };
        good
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_then_a_trickle() {
        let mut paces = Paces::new(Rate { burst: 3, per_s: 2 });
        let taken = (0..5).filter(|_| paces.take('a', 0)).count();
        assert_eq!(taken, 3);
        assert!(paces.take('b', 0), "each has a bucket of their own");
        assert!(!paces.take('a', 499_999) && paces.take('a', 500_000) && !paces.take('a', 500_001));
    }

    #[test]
    fn strangers_do_not_fill_the_memory() {
        let mut paces = Paces::new(Rate { burst: 1, per_s: 1 });
        let taken = (0..10_000).filter(|key| paces.take(*key, 0)).count();
        assert_eq!((taken, paces.buckets.len()), (KEPT_MAX, KEPT_MAX));
        assert!(paces.take(20_000, 1_000_000));
    }
}
