//! The stage's time: monotonic microseconds that stay comparable over a restart of the process, beside the wall clock.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rostrum_domain::Clock;
use rustix::time::{ClockId, clock_gettime};

/// Seconds from 1900, where NTP counts from, to 1970 (RFC 5905 §6).
const NTP_OFFSET_S: u64 = 2_208_988_800;

/// Turns the system's instants into numbers.
#[derive(Clone)]
pub(crate) struct Time {
    base: Instant,
    base_us: u64,
    clock: Arc<dyn Clock>,
}

impl std::fmt::Debug for Time {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Time").field("base_us", &self.base_us).finish_non_exhaustive()
    }
}

impl Time {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        let now = clock_gettime(ClockId::Monotonic);
        let seconds = u64::try_from(now.tv_sec).unwrap_or_default();
        let base_us = seconds * 1_000_000 + u64::try_from(now.tv_nsec / 1000).unwrap_or_default();
        Self { base: Instant::now(), base_us, clock }
    }

    /// Microseconds of `at` since the machine started.
    pub(crate) fn us(&self, at: Instant) -> u64 {
        let since = at.saturating_duration_since(self.base);
        self.base_us + u64::try_from(since.as_micros()).unwrap_or(u64::MAX / 2)
    }

    /// Now, in the same.
    pub(crate) fn now_us(&self) -> u64 {
        self.us(Instant::now())
    }

    /// The instant of `us`.
    pub(crate) fn instant(&self, us: u64) -> Instant {
        // A wake-up in a year is as good as none.
        self.base + Duration::from_micros(us.saturating_sub(self.base_us).min(31_536_000_000_000))
    }

    /// Microseconds since 1970.
    pub(crate) fn wall_us(&self) -> i64 {
        self.clock.now().as_microsecond()
    }

    /// Seconds since 1970.
    pub(crate) fn wall_s(&self) -> i64 {
        self.clock.now().as_second()
    }
}

/// An NTP timestamp (RFC 3550 §4) of a sender report's wall time.
pub(crate) fn ntp(wall: SystemTime) -> u64 {
    let since = wall.duration_since(UNIX_EPOCH).unwrap_or_default();
    let fraction = (u64::from(since.subsec_nanos()) << 32) / 1_000_000_000;
    ((since.as_secs().wrapping_add(NTP_OFFSET_S)) << 32) | fraction
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Noon;
    impl Clock for Noon {
        fn now(&self) -> rostrum_domain::Timestamp {
            "2026-05-24T12:00:00Z".parse().unwrap()
        }
    }

    #[test]
    fn instants_and_numbers_go_both_ways() {
        let time = Time::new(Arc::new(Noon));
        let us = time.now_us() + 5_000;
        assert_eq!(time.us(time.instant(us)), us);
        assert_eq!(time.wall_us() / 1_000_000, time.wall_s());
        time.instant(u64::MAX);
    }

    #[test]
    fn ntp_counts_from_1900() {
        assert_eq!(ntp(UNIX_EPOCH), NTP_OFFSET_S << 32);
        assert_eq!(ntp(UNIX_EPOCH + Duration::from_millis(500)) as u32, 1 << 31);
    }
}
