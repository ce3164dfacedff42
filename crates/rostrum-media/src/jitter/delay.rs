//! How long to wait for a track's packets: from how late they have been lately. Grows at once, shrinks in silence.

/// Width of a class of lateness.
const CLASS_US: u64 = 10_000;
/// Classes: up to a second late.
const CLASSES: usize = 101;
/// What a packet leaves of the weight of those before it: a memory of some ten seconds.
const KEEP: f32 = 0.998;
/// Of all packets, the share that shall be in time.
const SHARE: f32 = 0.993;
/// Weight needed before anything is concluded: a second of packets.
const WEIGHT_MIN: f32 = 48.0;
/// Waited beyond the latest of the share: a packet's own length.
const MARGIN_US: u64 = 20_000;
/// Of a silent stretch, the part by which the wait may shrink.
const SHRINK: u64 = 8;

/// Between what bounds a track's packets are waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Never less.
    pub floor_us: u64,
    /// To begin with.
    pub start_us: u64,
    /// Never more.
    pub ceiling_us: u64,
}

impl Default for Limits {
    /// For the program, whose audience is seconds behind anyway: 200, 400 and 1000 ms.
    fn default() -> Self {
        Self { floor_us: 200_000, start_us: 400_000, ceiling_us: 1_000_000 }
    }
}

/// The wait for one track.
#[derive(Debug, Clone)]
pub struct Delay {
    limits: Limits,
    classes: [f32; CLASSES],
    weight: f32,
    target_us: u64,
}

impl Delay {
    /// A wait within `limits`.
    pub fn new(limits: Limits) -> Self {
        Self { limits, classes: [0.0; CLASSES], weight: 0.0, target_us: limits.start_us }
    }

    /// A packet came this much after the earliest it could have come; the wait grows if it must.
    pub fn arrived(&mut self, late_us: i64) {
        let class = (late_us.max(0).unsigned_abs() / CLASS_US).min(CLASSES as u64 - 1);
        self.classes.iter_mut().for_each(|weight| *weight *= KEEP);
        self.classes[class as usize] += 1.0;
        self.weight = self.weight * KEEP + 1.0;
        self.target_us = self.target_us.max(self.wanted_us());
    }

    /// A stretch of silence passed: the wait shrinks towards what is needed, by a part of the stretch.
    pub fn quiet(&mut self, stretch_us: u64) {
        self.target_us = self.target_us.saturating_sub(stretch_us / SHRINK).max(self.wanted_us());
    }

    /// How long to wait now.
    pub fn target_us(&self) -> u64 {
        self.target_us
    }

    fn wanted_us(&self) -> u64 {
        let Limits { floor_us, start_us, ceiling_us } = self.limits;
        if self.weight < WEIGHT_MIN {
            return start_us;
        }
        let mut late = self.weight * (1.0 - SHARE);
        let class = self.classes.iter().rposition(|weight| {
            late -= weight;
            late < 0.0
        });
        ((class.unwrap_or(0) as u64 + 1) * CLASS_US + MARGIN_US).clamp(floor_us, ceiling_us)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_grows_at_once_and_shrinks_in_silence_only() {
        let mut delay = Delay::new(Limits::default());
        (0..500).for_each(|_| delay.arrived(30_000));
        assert_eq!(delay.target_us(), 400_000);
        (0..20).for_each(|_| delay.arrived(700_000));
        assert!((700_000..800_000).contains(&delay.target_us()), "{}", delay.target_us());
        (0..3000).for_each(|_| delay.arrived(30_000));
        assert!(delay.target_us() > 700_000);
        let before = delay.target_us();
        delay.quiet(20_000);
        assert_eq!(before - delay.target_us(), 2500);
        (0..1000).for_each(|_| delay.quiet(20_000));
        assert_eq!(delay.target_us(), 200_000);
    }

    #[test]
    fn one_late_packet_changes_nothing_and_the_ceiling_holds() {
        let mut delay = Delay::new(Limits::default());
        (0..500).for_each(|_| delay.arrived(10_000));
        delay.arrived(900_000);
        assert_eq!(delay.target_us(), 400_000);
        (0..500).for_each(|_| delay.arrived(9_000_000));
        assert_eq!(delay.target_us(), 1_000_000);
    }
}
