//! A receive slot of one peer: which track it carries at the moment, and the numbering that stays whole when tracks
//! change places or pause.

use str0m::media::Mid;

/// Samples in 20 ms, the step assumed between two tracks in one slot.
const FRAME: u32 = 960;

/// One slot.
#[derive(Debug)]
pub(crate) struct Slot {
    pub(crate) mid: Mid,
    /// The track it carries.
    pub(crate) track: Option<u32>,
    /// Out minus in, of sequence numbers and of times.
    offset: Option<(u64, u32)>,
    next_seq: u64,
    next_time: u32,
}

impl Slot {
    pub(crate) fn new(mid: Mid) -> Self {
        Self { mid, track: None, offset: None, next_seq: 1, next_time: 0 }
    }

    /// Gives the slot to another track.
    pub(crate) fn assign(&mut self, track: Option<u32>) {
        self.track = track;
        self.offset = None;
    }

    /// The track pauses: the next packet follows the last one without a hole.
    pub(crate) fn pause(&mut self) {
        self.offset = None;
    }

    /// The outgoing numbers for an incoming packet; none for one from before the slot began.
    pub(crate) fn number(&mut self, seq: u64, time: u32) -> Option<(u64, u32)> {
        let (by_seq, by_time) =
            *self.offset.get_or_insert((self.next_seq.wrapping_sub(seq), self.next_time.wrapping_sub(time)));
        let out_seq = by_seq.wrapping_add(seq);
        if out_seq == 0 || out_seq > u64::MAX / 2 {
            return None;
        }
        let out_time = by_time.wrapping_add(time);
        if out_seq >= self.next_seq {
            self.next_seq = out_seq + 1;
            self.next_time = out_time.wrapping_add(FRAME);
        }
        Some((out_seq, out_time))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot() -> Slot {
        Slot::new("1".into())
    }

    #[test]
    fn losses_and_order_are_kept() {
        let mut slot = slot();
        assert_eq!(slot.number(70_000, 5), Some((1, 0)));
        assert_eq!(slot.number(70_002, 5 + 2 * FRAME), Some((3, 2 * FRAME)));
        assert_eq!(slot.number(70_001, 5 + FRAME), Some((2, FRAME)));
        assert_eq!(slot.number(69_990, 0), None, "from before the slot began");
    }

    #[test]
    fn a_pause_or_another_track_leaves_no_hole() {
        let mut slot = slot();
        slot.assign(Some(1));
        slot.number(100, 1000);
        slot.pause();
        assert_eq!(slot.number(400, 9_000), Some((2, FRAME)));
        slot.assign(Some(2));
        assert_eq!(slot.number(7, u32::MAX), Some((3, 2 * FRAME)));
        assert_eq!(slot.number(8, u32::MAX.wrapping_add(FRAME)), Some((4, 3 * FRAME)));
    }
}
