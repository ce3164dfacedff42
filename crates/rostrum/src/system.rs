//! The one place that reads the wall clock and draws randomness; everything else is handed these.

use std::sync::Arc;

use rostrum_domain::{Clock, Ids, Timestamp};

/// The system's wall clock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "this is the wall clock that everything else is handed")]
        Timestamp::now()
    }
}

/// The system's randomness.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SystemIds;

impl Ids for SystemIds {
    fn bytes(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).expect("the kernel has randomness once it has started");
        bytes
    }
}

/// The wall clock, to hand out.
pub(crate) fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}

/// Randomness, to hand out.
pub(crate) fn ids() -> Arc<dyn Ids> {
    Arc::new(SystemIds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chance_does_not_repeat_and_time_does_not_stand_at_zero() {
        assert_ne!(SystemIds.bytes(), SystemIds.bytes());
        assert!(SystemClock.now() > Timestamp::UNIX_EPOCH);
    }
}
