//! How far each track is safely on disk: what was taken, beside the journal's own count of records.

use std::collections::{BTreeMap, VecDeque};

use rostrum_live::event::TrackNo;
use rostrum_live::watermark::{Safe, Watermark};

use crate::journal::Mark;

/// How often a place is noted and told, in microseconds.
const EVERY_US: u64 = 500_000;
/// Places noted while the disk is behind; the oldest give way.
const NOTED_MAX: usize = 256;
/// A disk that has not taken in what was received so long ago, in microseconds, is in trouble.
const BEHIND_US: u64 = 1_500_000;

/// A place in the journal.
#[derive(Debug)]
struct Noted {
    /// Records taken by then.
    records: u64,
    mark: Watermark,
    noted_us: u64,
}

#[derive(Debug, Default)]
pub(super) struct Marks {
    taken: BTreeMap<TrackNo, (u64, u64)>,
    noted: VecDeque<Noted>,
    next_us: u64,
    /// Whether anything was taken since the last place was noted.
    fresh: bool,
}

impl Marks {
    /// A packet went to the journal.
    pub(super) fn took(&mut self, track: TrackNo, seq: u64) {
        let (last, packets) = self.taken.entry(track).or_default();
        if *packets == 0 || seq > *last {
            (*last, *packets) = (seq, *packets + 1);
        }
        self.fresh = true;
    }

    pub(super) fn forget(&mut self, track: TrackNo) {
        self.taken.remove(&track);
    }

    /// Notes a place when it is time; gives the newest one that the disk has by now.
    pub(super) fn durable(&mut self, mark: &Mark, now_us: u64, at: u64) -> Option<Watermark> {
        if now_us >= self.next_us {
            self.next_us = now_us + EVERY_US;
            if std::mem::take(&mut self.fresh) {
                let safe = |(track, (seq, packets)): (&TrackNo, &(u64, u64))| Safe {
                    track: *track,
                    seq: *seq,
                    packets: *packets,
                };
                let noted = Watermark { at, tracks: self.taken.iter().map(safe).collect() };
                self.noted.push_back(Noted { records: mark.received, mark: noted, noted_us: now_us });
                if self.noted.len() > NOTED_MAX {
                    self.noted.pop_front();
                }
            }
        }
        let safe = self.noted.iter().take_while(|noted| noted.records <= mark.durable).count();
        Some(self.noted.drain(..safe).next_back()?.mark)
    }

    /// Whether the disk takes in what is received.
    pub(super) fn keeps_up(&self, now_us: u64) -> bool {
        self.noted.front().is_none_or(|first| now_us < first.noted_us + BEHIND_US)
    }

    pub(super) fn due_us(&self) -> u64 {
        if self.fresh || !self.noted.is_empty() { self.next_us } else { u64::MAX }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_called_safe_before_the_disk_has_it() {
        let mut marks = Marks::default();
        let track = TrackNo(3);
        let at = |received, durable| Mark { received, durable, failing: false, dropped: 0 };
        assert_eq!(marks.due_us(), u64::MAX);
        marks.took(track, 7);
        assert_eq!(marks.durable(&at(10, 9), 1_000_000, 48_000), None);
        marks.took(track, 9);
        marks.took(track, 8);
        assert_eq!(marks.durable(&at(12, 9), 1_600_000, 76_800), None);
        assert!(marks.keeps_up(2_400_000) && !marks.keeps_up(2_600_000));
        let safe = marks.durable(&at(12, 11), 1_600_001, 76_800);
        assert_eq!(safe, Some(Watermark { at: 48_000, tracks: vec![Safe { track, seq: 7, packets: 1 }] }));
        let safe = marks.durable(&at(12, 12), 1_600_002, 76_900);
        assert_eq!(safe, Some(Watermark { at: 76_800, tracks: vec![Safe { track, seq: 9, packets: 2 }] }));
        assert_eq!(marks.due_us(), u64::MAX);
    }
}
