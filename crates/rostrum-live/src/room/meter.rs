//! Who speaks, from the levels that packets carry (RFC 6464): windows of half a second, smoothed, with hysteresis.
//! Integers only, so that the same levels give the same answer everywhere.

/// A packet at least this loud counts as speech; −dBov, smaller is louder.
pub(super) const LOUD: u8 = 40;
/// Digital silence.
pub(super) const SILENCE: u8 = 127;
/// Fewest packets that a window is judged by: half a second of the longest usual packets (60 ms).
const WINDOW_MIN: u32 = 8;
/// Share of loud packets, in thousandths and smoothed, from which somebody counts as speaking.
const BEGINS: u32 = 400;
/// Share below which somebody no longer does.
const CEASES: u32 = 150;

/// The level of one track.
#[derive(Debug, Clone, Copy)]
pub(super) struct Meter {
    loud: u32,
    packets: u32,
    loudest: u8,
    share: u32,
    speaking: bool,
}

/// What a window came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    /// The loudest packet in −dBov.
    pub(super) loudest: u8,
    /// Share of speech in thousandths, smoothed.
    pub(super) share: u32,
    /// Whether this counts as speaking.
    pub(super) speaking: bool,
}

impl Meter {
    pub(super) const fn new() -> Self {
        Self { loud: 0, packets: 0, loudest: SILENCE, share: 0, speaking: false }
    }

    /// Notes a packet's level in −dBov.
    pub(super) fn note(&mut self, level: u8) {
        self.packets = self.packets.saturating_add(1);
        self.loud += u32::from(level <= LOUD);
        self.loudest = self.loudest.min(level);
    }

    /// Ends the window.
    pub(super) fn close(&mut self) -> Window {
        let share = self.loud.saturating_mul(1_000) / self.packets.max(WINDOW_MIN);
        let share = self.share.midpoint(share);
        let speaking = if self.speaking { share >= CEASES } else { share >= BEGINS };
        let window = Window { loudest: self.loudest, share, speaking };
        *self = Self { share, speaking, ..Self::new() };
        window
    }

    /// Whether another window may still change the answer.
    pub(super) const fn stirs(&self) -> bool {
        self.packets > 0 || self.share > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(meter: &mut Meter, levels: &[u8]) -> bool {
        levels.iter().for_each(|level| meter.note(*level));
        meter.close().speaking
    }

    #[test]
    fn speech_counts_within_a_window_and_for_a_second_after() {
        let mut meter = Meter::new();
        assert!(window(&mut meter, &[30; 25]));
        assert!(window(&mut meter, &[30; 25]));
        let pauses: Vec<bool> = (0..4).map(|_| window(&mut meter, &[90; 25])).collect();
        assert_eq!(pauses, [true, true, false, false], "a pause for breath does not count");
    }

    #[test]
    fn a_cough_and_a_fan_do_not_count() {
        let mut meter = Meter::new();
        let mut cough = [90; 25];
        cough[3..8].fill(20);
        assert!(!window(&mut meter, &cough));
        assert!((0..10).all(|_| !window(&mut meter, &[55; 25])));
    }

    #[test]
    fn silence_without_packets_is_silence() {
        let mut meter = Meter::new();
        assert!(window(&mut meter, &[30; 9]), "long packets come seldom");
        assert_eq!((0..12).filter(|_| window(&mut meter, &[])).count(), 1);
        assert!(!meter.stirs());
    }
}
