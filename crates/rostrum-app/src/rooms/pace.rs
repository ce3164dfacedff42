//! How often people may write and react: a bucket of tokens per key, in bounded memory. Pure; time comes as an
//! argument.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use rostrum_domain::Timestamp;

use crate::Error;

/// Keys remembered; beyond it those whose bucket is full again are forgotten, then all.
const KEYS_MAX: usize = 50_000;

/// So many at once, and so many a second over time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rate {
    pub(super) burst: f64,
    pub(super) per_s: f64,
}

/// What is left in a bucket, and when that was so.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    tokens: f64,
    at_us: i64,
    rate: Rate,
}

impl Bucket {
    fn left(&self, now_us: i64) -> f64 {
        let passed_s = (now_us - self.at_us).max(0) as f64 / 1e6;
        (self.tokens + passed_s * self.rate.per_s).min(self.rate.burst)
    }
}

/// Who wrote and reacted how much lately.
#[derive(Debug, Default)]
pub(crate) struct Desk(Mutex<HashMap<String, Bucket>>);

impl Desk {
    /// Takes one token under every key, or under none.
    pub(super) fn take(&self, keys: &[(String, Rate)], now: Timestamp) -> Result<(), Error> {
        let now_us = now.as_microsecond();
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let left = |buckets: &HashMap<String, Bucket>, (key, rate): &(String, Rate)| {
            buckets.get(key).map_or(rate.burst, |bucket| bucket.left(now_us))
        };
        if let Some((_, rate)) = keys.iter().find(|key| left(&buckets, key) < 1.0) {
            let wait_s = (1.0 / rate.per_s).ceil().clamp(1.0, 60.0) as u32;
            return Err(Error::Busy("That was too much at once; please wait a few seconds.", wait_s));
        }
        for key in keys {
            let tokens = left(&buckets, key) - 1.0;
            buckets.insert(key.0.clone(), Bucket { tokens, at_us: now_us, rate: key.1 });
        }
        if buckets.len() > KEYS_MAX {
            buckets.retain(|_, bucket| bucket.left(now_us) < bucket.rate.burst);
            if buckets.len() > KEYS_MAX {
                buckets.clear();
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { burst: 3.0, per_s: 1.0 };

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("small numbers are times")
    }

    #[test]
    fn three_at_once_then_one_a_second() {
        let desk = Desk::default();
        let key = [("ada".to_owned(), RATE)];
        for _ in 0..3 {
            desk.take(&key, at(0)).expect("three at once");
        }
        assert!(matches!(desk.take(&key, at(0)), Err(Error::Busy(_, 1))));
        desk.take(&key, at(1)).expect("one a second");
        assert!(desk.take(&key, at(1)).is_err());
    }

    #[test]
    fn what_one_key_refuses_costs_the_others_nothing() {
        let desk = Desk::default();
        let both = [("ada".to_owned(), RATE), ("net".to_owned(), Rate { burst: 4.0, per_s: 1.0 })];
        for _ in 0..3 {
            desk.take(&both, at(0)).expect("three at once");
        }
        for _ in 0..9 {
            assert!(desk.take(&both, at(0)).is_err());
        }
        desk.take(&both[1..], at(0)).expect("the fourth of the network");
    }

    #[test]
    fn memory_is_bounded() {
        let desk = Desk::default();
        for key in 0..=KEYS_MAX {
            desk.take(&[(key.to_string(), RATE)], at(0)).expect("each is new");
        }
        assert!(desk.0.lock().expect("nobody panicked").len() <= KEYS_MAX);
    }
}
