//! Counters that wrap on the wire, followed as counters that do not.

/// Follows a sequence number (16 bits) or an RTP time (32 bits) across its wraps; steps of less than half the range
/// are understood, forward and back.
#[derive(Debug, Clone)]
pub struct Extend {
    bits: u32,
    newest: Option<u64>,
}

impl Extend {
    /// For RTP sequence numbers.
    pub const fn sequence() -> Self {
        Self { bits: 16, newest: None }
    }

    /// For RTP times.
    pub const fn time() -> Self {
        Self { bits: 32, newest: None }
    }

    /// The extended value: the first lies one range above zero, so that earlier ones have room below it.
    pub fn follow(&mut self, value: u32) -> u64 {
        let range = 1u64 << self.bits;
        let low = u64::from(value) & (range - 1);
        let Some(newest) = self.newest else {
            self.newest = Some(range | low);
            return range | low;
        };
        let near = newest & !(range - 1) | low;
        let extended = match near.abs_diff(newest) <= range / 2 {
            true => near,
            false if near < newest => near + range,
            false => near.checked_sub(range).unwrap_or(near),
        };
        self.newest = Some(extended.max(newest));
        extended
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn it_wraps_and_comes_back() {
        let mut extend = Extend::sequence();
        let values = [65_534, 65_535, 0, 65_533, 1, 0];
        let extended: Vec<u64> = values.iter().map(|value| extend.follow(*value) - 65_536).collect();
        assert_eq!(extended, [65_534, 65_535, 65_536, 65_533, 65_537, 65_536]);
    }

    proptest! {
        #[test]
        fn steps_below_half_the_range_are_followed(
            start in any::<u32>(),
            steps in prop::collection::vec(-9_000_000i64..90_000_000, 1..50),
        ) {
            let mut extend = Extend::time();
            let mut truth = i64::from(start) + (1i64 << 32);
            prop_assert_eq!(extend.follow(start), truth as u64);
            for step in steps {
                truth += step;
                prop_assert_eq!(extend.follow(truth as u32), truth as u64);
            }
        }
    }
}
