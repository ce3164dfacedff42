//! A track's clock against ours: which moment of ours an RTP time stands for. The earliest packets of each second
//! lie on a line, and its slope is how much faster or slower their clock runs.

mod fit;
mod report;

use std::collections::VecDeque;

use fit::Line;
use report::Reports;

/// Seconds looked back on.
const WINDOW_S: usize = 90;
/// Before this many seconds lie between the first and the last, clocks are taken to run alike.
const SLOPE_AFTER_S: f64 = 30.0;
/// No sound card runs further off than this, in ppm.
const PPM_MAX: f64 = 500.0;
/// An earliest arrival this far off the line, in µs, is a step of the path or of their clock, if it stays.
const STEP_US: f64 = 20_000.0;
/// Seconds it must stay, for a step to later arrivals and to earlier ones.
const STEP_SECONDS: [usize; 2] = [4, 2];
/// Packets in a second that make its earliest one trustworthy.
const TRUSTED: u32 = 5;
/// A report further off than this, in µs, speaks of another timeline.
const REPORT_US_MAX: f64 = 1_000_000.0;

/// The earliest arrival of one second: when, and how many µs after its RTP time counted as µs.
#[derive(Debug, Clone, Copy)]
struct Second {
    number: u64,
    at_us: f64,
    late_us: f64,
    packets: u32,
    /// The same from a sender report, whose offset to packets is known.
    report_us: Option<f64>,
}

impl Second {
    fn late_us(&self) -> Option<f64> {
        if self.packets >= TRUSTED { Some(self.late_us) } else { self.report_us.or(self.packets_us()) }
    }

    fn packets_us(&self) -> Option<f64> {
        (self.packets > 0).then_some(self.late_us)
    }

    fn weight(&self) -> f64 {
        let packets = if self.packets < TRUSTED && self.report_us.is_some() { TRUSTED } else { self.packets };
        f64::from(packets.min(50)).powi(2)
    }
}

/// Follows one track's clock. RTP times count 48 kHz samples, extended; our times are monotonic µs.
#[derive(Debug, Clone, Default)]
pub struct Drift {
    seconds: VecDeque<Second>,
    reports: Reports,
    line: Option<Line>,
    /// Seconds in a row off the line, and on which side: later or earlier.
    off: (usize, bool),
    steps: u64,
}

/// 48 kHz samples as µs.
fn us(samples: u64) -> f64 {
    samples as f64 * 125.0 / 6.0
}

impl Drift {
    /// A packet of that RTP time came.
    pub fn packet(&mut self, time: u64, at_us: u64) {
        let late_us = at_us as f64 - us(time);
        let second = self.second(at_us);
        second.packets += 1;
        if second.packets == 1 || late_us < second.late_us {
            (second.late_us, second.at_us) = (late_us, at_us as f64);
            self.settle_early();
        }
    }

    /// A sender report came: at `ntp` (RFC 3550 §4, 32.32 fixed point) the track stood at RTP time `time`.
    pub fn report(&mut self, ntp: u64, time: u64, at_us: u64) {
        let at = at_us as f64;
        let late_us = self.reports.late_us(ntp, us(time), at);
        let Some(line) = self.line.filter(|line| (late_us - line.late_us(at)).abs() < REPORT_US_MAX) else { return };
        let number = at_us / 1_000_000;
        let packets = self.seconds.back().map_or(0, |last| if last.number == number { last.packets } else { 0 });
        if packets >= TRUSTED {
            self.reports.learn(line.late_us(at) - late_us);
        } else if let Some(late_us) = self.reports.as_packet(late_us) {
            let second = self.second(at_us);
            second.at_us = if second.packets == 0 { at } else { second.at_us };
            second.report_us = Some(late_us);
        }
    }

    /// The moment of ours at which a packet of that RTP time comes at the earliest; none before the first packet.
    pub fn at_us(&self, time: u64) -> Option<f64> {
        self.line.map(|line| line.at_us(us(time)))
    }

    /// The RTP time, in samples, whose earliest moment `at_us` is; negative before the track's zero.
    pub fn time(&self, at_us: f64) -> Option<f64> {
        self.line.map(|line| (at_us - line.late_us(at_us)) * 0.048)
    }

    /// How much faster than ours the track's clock runs, in parts per million.
    pub fn ppm(&self) -> f64 {
        self.line.map_or(0.0, |line| -line.slope * 1e6)
    }

    /// How often the track has stepped.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    fn second(&mut self, at_us: u64) -> &mut Second {
        let number = at_us / 1_000_000;
        if self.seconds.back().is_none_or(|last| last.number < number) {
            self.close();
            let late_us = f64::INFINITY;
            let (at_us, report_us) = (at_us as f64, None);
            self.seconds.push_back(Second { number, at_us, late_us, packets: 0, report_us });
        }
        self.seconds.back_mut().expect("one was just made sure of")
    }

    /// Ends the running second: looks for a step, then lays the line anew.
    fn close(&mut self) {
        self.watch_for_step();
        while self.seconds.len() >= WINDOW_S {
            self.seconds.pop_front();
        }
        self.lay();
    }

    /// In the first seconds every earlier packet moves the line; there is no slope to lose yet.
    fn settle_early(&mut self) {
        if self.seconds.len() <= 5 {
            self.lay();
        }
    }

    fn watch_for_step(&mut self) {
        let (Some(line), Some(last)) = (self.line, self.seconds.back()) else { return };
        let Some(late_us) = last.late_us() else { return };
        let apart = late_us - line.late_us(last.at_us);
        if apart.abs() < STEP_US {
            self.off = (0, false);
            return;
        }
        let later = apart > 0.0;
        self.off = if self.off.1 == later { (self.off.0 + 1, later) } else { (1, later) };
        if self.off.0 >= STEP_SECONDS[usize::from(!later)] {
            self.step(line);
        }
    }

    /// Moves the seconds before the step along with it, so that the slope learned from them is kept.
    fn step(&mut self, line: Line) {
        let kept = self.seconds.len() - self.off.0;
        let (before, after) = self.seconds.make_contiguous().split_at_mut(kept);
        let apart = after.iter().filter_map(|s| Some(s.late_us()? - line.late_us(s.at_us)));
        let step = apart.fold(f64::INFINITY, f64::min);
        for second in before {
            second.late_us += step;
            second.report_us = second.report_us.map(|late_us| late_us + step);
        }
        self.reports.forget();
        self.off = (0, false);
        self.steps += 1;
    }

    fn lay(&mut self) {
        let points = || self.seconds.iter().filter_map(|s| Some((s.at_us, s.late_us()?, s.weight())));
        let (Some(first), Some(last)) = (self.seconds.front(), self.seconds.back()) else { return };
        let span_s = (last.at_us - first.at_us) / 1e6;
        self.line = if span_s < SLOPE_AFTER_S {
            fit::level(points()).or(self.line)
        } else {
            fit::sloped(points(), PPM_MAX / 1e6).or(self.line)
        };
    }
}

#[cfg(test)]
mod tests;
