//! What a load found: counted by each process, added up by the first.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Values and how often each was seen; small numbers of milliseconds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Spread(BTreeMap<u32, u64>);

impl Spread {
    pub(super) fn add(&mut self, value: u32) {
        *self.0.entry(value).or_default() += 1;
    }

    fn merge(&mut self, other: &Self) {
        for (value, count) in &other.0 {
            *self.0.entry(*value).or_default() += count;
        }
    }

    /// How many values there are.
    pub(super) fn count(&self) -> u64 {
        self.0.values().sum()
    }

    /// How many values are at most `most`.
    pub(super) fn within(&self, most: u32) -> u64 {
        self.0.range(..=most).map(|(_, count)| count).sum()
    }

    /// The value that so many of a thousand do not exceed; none without values.
    pub(super) fn of_thousand(&self, share: u64) -> Option<u32> {
        let wanted = (self.count() * share).div_ceil(1000).max(1);
        let mut seen = 0;
        self.0.iter().find_map(|(value, count)| {
            seen += count;
            (seen >= wanted).then_some(*value)
        })
    }
}

/// What listeners met with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tally {
    /// How many were asked for.
    pub(super) wanted: u64,
    /// How many have tried to connect.
    pub(super) tried: u64,
    /// How many listen now.
    pub(super) listening: u64,
    /// The most that listened at once; of several processes, the sum of theirs.
    pub(super) peak: u64,
    /// Those who could not connect.
    pub(super) unreachable: u64,
    /// Those who were turned away, by status.
    pub(super) refused: BTreeMap<u16, u64>,
    /// Those whose stream ended.
    pub(super) ended: u64,
    /// Bytes of streams.
    pub(super) bytes: u64,
    /// Units of streams that never came.
    pub(super) holes: u64,
    /// Places in streams where nothing begins.
    pub(super) noise: u64,
    /// How often somebody had nothing left to play.
    pub(super) stalls: u64,
    /// How many had that.
    pub(super) stalled: u64,
    /// From the first packet of connecting to the first sound, in milliseconds.
    pub(super) first_ms: Spread,
    /// The longest time between two arrivals of each who had sound, in milliseconds.
    pub(super) gap_ms: Spread,
}

impl Tally {
    pub(super) fn merge(&mut self, other: &Self) {
        for (one, more) in [
            (&mut self.wanted, other.wanted),
            (&mut self.tried, other.tried),
            (&mut self.listening, other.listening),
            (&mut self.peak, other.peak),
            (&mut self.unreachable, other.unreachable),
            (&mut self.ended, other.ended),
            (&mut self.bytes, other.bytes),
            (&mut self.holes, other.holes),
            (&mut self.noise, other.noise),
            (&mut self.stalls, other.stalls),
            (&mut self.stalled, other.stalled),
        ] {
            *one += more;
        }
        for (status, count) in &other.refused {
            *self.refused.entry(*status).or_default() += count;
        }
        self.first_ms.merge(&other.first_ms);
        self.gap_ms.merge(&other.gap_ms);
    }

    /// Whether everybody heard everything.
    pub(super) fn is_whole(&self) -> bool {
        let lost = self.unreachable + self.ended + self.holes + self.noise + self.stalls;
        lost == 0 && self.refused.is_empty() && self.first_ms.count() == self.wanted
    }

    /// The result for programs.
    pub(super) fn json(&self, seconds: f64, is_numbered: bool) -> serde_json::Value {
        let shares = |spread: &Spread| {
            let of = |share| spread.of_thousand(share);
            serde_json::json!({"p50": of(500), "p95": of(950), "p99": of(990), "max": of(1000)})
        };
        serde_json::json!({
            "whole": self.is_whole(),
            "seconds": (seconds * 1000.0).round() / 1000.0,
            "wanted": self.wanted,
            "heard": self.first_ms.count(),
            "heard_within_2_s": self.first_ms.within(2_000),
            "heard_within_5_s": self.first_ms.within(5_000),
            "heard_within_30_s": self.first_ms.within(30_000),
            "listening_at_the_end": self.listening,
            "peak": self.peak,
            "unreachable": self.unreachable,
            "refused": self.refused,
            "ended": self.ended,
            "bytes": self.bytes,
            "holes": is_numbered.then_some(self.holes),
            "noise": self.noise,
            "stalls": self.stalls,
            "stalled": self.stalled,
            "first_sound_ms": shares(&self.first_ms),
            "gap_ms": shares(&self.gap_ms),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_of_all_processes() {
        let spread = |values: &[u32]| {
            let mut spread = Spread::default();
            values.iter().for_each(|value| spread.add(*value));
            spread
        };
        let mut all = spread(&[1, 2, 3]);
        all.merge(&spread(&[3, 100]));
        assert_eq!((all.of_thousand(500), all.of_thousand(950), all.within(3)), (Some(3), Some(100), 4));
        assert_eq!(Spread::default().of_thousand(500), None);
    }

    #[test]
    fn one_who_heard_nothing_spoils_the_whole() {
        let mut tally = Tally { wanted: 2, ..Tally::default() };
        tally.first_ms.add(5);
        assert!(!tally.is_whole());
        tally.first_ms.add(6);
        assert!(tally.is_whole());
        let mut both = Tally::default();
        both.merge(&tally);
        both.merge(&Tally { stalls: 1, ..Tally::default() });
        assert!(!both.is_whole() && both.wanted == 2);
    }
}
