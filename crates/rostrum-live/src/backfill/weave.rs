//! Late packets put where they belong among the records of a journal, so that whoever reads it finds them there as if
//! they had come in time.

use std::collections::{BTreeMap, VecDeque};

use rostrum_media::journal::{Kind, Record};

use super::Late;
use crate::reel::Reel;

/// Weaves late packets into the records of one journal.
#[derive(Debug)]
pub struct Weaver {
    reel: Reel,
    late: VecDeque<Late>,
    /// When the last late packet of each track would have come.
    last_us: BTreeMap<u32, u64>,
}

impl Weaver {
    /// A weaver of packets in the order of their times.
    pub fn new(late: Vec<Late>) -> Self {
        let last_us = late.iter().map(|one| (one.record.track, one.at_us)).collect();
        Self { reel: Reel::default(), late: late.into(), last_us }
    }

    /// Appends to `out` what comes before the next record, and the record.
    pub fn record(&mut self, record: Record, out: &mut Vec<Record>) {
        self.reel.record(&record);
        // A segment begins with its head, whatever is due.
        let at_us = self.reel.through_us(record.epoch, record.mono_us).filter(|_| record.kind != Kind::Segment);
        if let Some(at_us) = at_us {
            self.due(at_us, out);
        }
        match at_us.zip(self.last_us.get(&record.track).copied()) {
            Some((at_us, last_us)) if record.kind == Kind::TrackClose && last_us >= at_us => {
                self.close_later(record, (at_us, last_us));
            }
            _ => out.push(record),
        }
    }

    /// Appends what is left.
    pub fn finish(&mut self, out: &mut Vec<Record>) {
        out.extend(self.late.drain(..).map(|one| one.record));
    }

    fn due(&mut self, at_us: u64, out: &mut Vec<Record>) {
        while let Some(one) = self.late.pop_front_if(|one| one.at_us < at_us) {
            out.push(one.record);
        }
    }

    /// A track that had been given up closes behind its last packet, or that would not be heard.
    fn close_later(&mut self, record: Record, (at_us, last_us): (u64, u64)) {
        let (at_us, later_us) = (last_us + 1, last_us + 1 - at_us);
        let (mono_us, wall_us) = (record.mono_us + later_us, record.wall_us.saturating_add_unsigned(later_us));
        let place = self.late.partition_point(|one| one.at_us < at_us);
        self.late.insert(place, Late { at_us, record: Record { mono_us, wall_us, ..record } });
    }
}
