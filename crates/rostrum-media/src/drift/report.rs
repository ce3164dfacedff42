//! Sender reports as points of the line: they go on while a sender is silent, and carry the sender's own clock, which
//! tells how long each was under way compared with the fastest.

use std::collections::VecDeque;

/// Reports whose journeys are compared.
const REPORTS: usize = 16;
/// A journey longer than the fastest by this much, in µs, means that the sender's clock was set.
const SET_US: f64 = 200_000.0;
/// How much a new report counts in the offset between reports and packets.
const LEARN: f64 = 0.2;

/// What the last reports told.
#[derive(Debug, Clone, Default)]
pub(super) struct Reports {
    /// Our time less the sender's at the arrival of each.
    journeys: VecDeque<f64>,
    /// Packets come this much later than a report of the same RTP time: they are sent when they are full.
    later_us: Option<f64>,
}

impl Reports {
    /// How late the track is, by a report, were it as fast as the fastest; all in µs.
    pub(super) fn late_us(&mut self, ntp: u64, time_us: f64, at_us: f64) -> f64 {
        let sent_us = (ntp >> 32) as f64 * 1e6 + (ntp & 0xffff_ffff) as f64 * 1e6 / 4_294_967_296.0;
        let journey = at_us - sent_us;
        let fastest = self.journeys.iter().copied().fold(journey, f64::min);
        if journey - fastest > SET_US {
            self.journeys.clear();
        }
        self.journeys.push_back(journey);
        if self.journeys.len() > REPORTS {
            self.journeys.pop_front();
        }
        let fastest = self.journeys.iter().copied().fold(journey, f64::min);
        at_us - (journey - fastest) - time_us
    }

    /// Packets were seen to come `apart_us` later than a report of the same RTP time.
    pub(super) fn learn(&mut self, apart_us: f64) {
        let later_us = self.later_us.map_or(apart_us, |later_us| later_us + LEARN * (apart_us - later_us));
        self.later_us = Some(later_us);
    }

    /// A report's lateness as a packet would have it; none before that was learned.
    pub(super) fn as_packet(&self, late_us: f64) -> Option<f64> {
        self.later_us.map(|later_us| late_us + later_us)
    }

    /// The path or a clock has changed: what was learned no longer holds.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }
}
