//! The program clock: samples at 48 kHz since the room went live, carried on over restarts.

use crate::snapshot::Moment;

/// Samples of program time a second.
pub(super) const SAMPLES_PER_S: u64 = 48_000;

/// Counts program time from the moment it is started.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ProgramClock(Option<(u64, u64)>);

impl ProgramClock {
    /// Program time is `at` samples at `now_us`, and runs.
    pub(super) const fn start(&mut self, now_us: u64, at: u64) {
        self.0 = Some((now_us, at));
    }

    /// Stands still from now on.
    pub(super) const fn stop(&mut self) {
        self.0 = None;
    }

    /// The moment at which it was started, while it runs.
    pub(super) fn started(self) -> Option<Moment> {
        self.0.map(|(mono_us, at)| Moment { mono_us, at })
    }

    /// Program time in samples, while it runs.
    pub(super) fn at(self, now_us: u64) -> Option<u64> {
        let (start_us, at) = self.0?;
        let passed = u128::from(now_us.saturating_sub(start_us)) * u128::from(SAMPLES_PER_S) / 1_000_000;
        Some(at.saturating_add(u64::try_from(passed).unwrap_or(u64::MAX)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chunk_is_ninety_six_hundredths_of_a_second() {
        let mut clock = ProgramClock::default();
        assert_eq!(clock.at(5), None);
        clock.start(1_000_000, 92_160);
        assert_eq!((clock.at(0), clock.at(1_960_000)), (Some(92_160), Some(138_240)));
        assert_eq!(clock.at(u64::MAX).map(|at| at > 138_240), Some(true));
        clock.stop();
        assert_eq!(clock.at(2_000_000), None);
    }
}
