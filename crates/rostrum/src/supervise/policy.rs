//! When a role that died is started again: soon at first, later and later if it keeps dying. Pure; time is an argument.

use std::time::Duration;

const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// A role that ran this long is well: its next death counts as its first. Several times what the slowest takes to
/// start, so that one which is killed again and again is back each time as soon, and one that cannot run is not started
/// for ever.
const WELL_AFTER: Duration = Duration::from_secs(3);

/// The restarts of one role.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Policy {
    deaths: u32,
    started: Duration,
}

impl Policy {
    /// Notes a start at `now`, a time since any fixed instant.
    pub(super) const fn started(&mut self, now: Duration) {
        self.started = now;
    }

    /// Notes a death at `now`; says how long to wait before the next start.
    pub(super) fn died(&mut self, now: Duration) -> Duration {
        if now.saturating_sub(self.started) >= WELL_AFTER {
            self.deaths = 0;
        }
        let pause = FIRST_PAUSE.saturating_mul(1 << self.deaths.min(20)).min(LONGEST_PAUSE);
        self.deaths = self.deaths.saturating_add(1);
        pause
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn second(s: u64) -> Duration {
        Duration::from_secs(s)
    }

    #[test]
    fn a_crash_loop_slows_down_and_recovery_is_quick_again() {
        let mut policy = Policy::default();
        let pauses: Vec<u128> = (0..12).map(|_| policy.died(second(0)).as_millis()).collect();
        assert_eq!(pauses, [50, 100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 30000, 30000]);
        policy.started(second(100));
        assert_eq!(policy.died(second(102)), LONGEST_PAUSE);
        policy.started(second(200));
        assert_eq!(policy.died(second(203)), FIRST_PAUSE);
    }

    #[test]
    fn the_tenth_kill_within_a_minute_is_as_short_as_the_first() {
        let (mut policy, mut now) = (Policy::default(), second(0));
        for _ in 0..10 {
            policy.started(now);
            now += second(5);
            let pause = policy.died(now);
            assert_eq!(pause, FIRST_PAUSE);
            now += pause;
        }
    }

    #[test]
    fn one_that_dies_before_it_is_well_is_started_ever_more_rarely() {
        let (mut policy, mut now) = (Policy::default(), second(0));
        let mut starts = 0;
        while now < second(3600) {
            policy.started(now);
            starts += 1;
            now += second(2);
            now += policy.died(now);
        }
        assert!(starts < 130, "{starts} starts within an hour");
    }

    proptest! {
        #[test]
        fn pauses_stay_in_bounds_and_starts_in_any_hour_are_few(lives in proptest::collection::vec(0u64..120, 1..300)) {
            let (mut policy, mut now, mut starts) = (Policy::default(), Duration::ZERO, Vec::new());
            for life in lives {
                policy.started(now);
                starts.push(now);
                now += second(life);
                let pause = policy.died(now);
                prop_assert!((FIRST_PAUSE..=LONGEST_PAUSE).contains(&pause));
                now += pause;
            }
            for (at, start) in starts.iter().enumerate() {
                let hour = starts[at..].iter().take_while(|other| **other < *start + second(3600)).count();
                prop_assert!(hour <= 1200, "{hour} starts within an hour");
            }
        }
    }
}
