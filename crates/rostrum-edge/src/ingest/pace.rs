//! Packets that came in bursts, given out at the moment at which each is to be heard, as a microphone would. What comes
//! faster than it is heard waits, and beyond a few seconds is not read; what comes too late leaves a pause. Pure: time
//! is handed in.

use std::collections::VecDeque;

use bytes::Bytes;

/// Samples that must be there before anything is given out: 500 ms.
const START: u64 = 24_000;
/// Samples beyond which giving out goes a little faster: 1.5 s.
const RELAXED: u64 = 72_000;
/// Samples beyond which no more is read: 5 s.
const FULL: u64 = 240_000;
/// How much faster, in ppm: enough for a sound card that is off, too little to be heard.
const HASTE_PPM: f64 = 200.0;
/// Times are whole multiples of this, in samples: 20 ms.
const GRID: u64 = 960;

/// A packet that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Due {
    pub(crate) seq: u64,
    /// Its place in samples; it jumps over pauses.
    pub(crate) time: u64,
    pub(crate) packet: Bytes,
}

#[derive(Debug, Clone, Copy)]
enum State {
    /// Too little is there; since when, if it was ever otherwise.
    Waits(Option<f64>),
    /// The next packet is due then, in microseconds.
    Runs(f64),
}

/// The packets of one encoder that wait.
#[derive(Debug)]
pub(crate) struct Pace {
    queue: VecDeque<(Bytes, u32)>,
    /// Samples in the queue.
    held: u64,
    state: State,
    seq: u64,
    time: u64,
    ended: bool,
}

impl Pace {
    pub(crate) fn new() -> Self {
        Self { queue: VecDeque::new(), held: 0, state: State::Waits(None), seq: 0, time: 0, ended: false }
    }

    /// Takes a packet of so many samples.
    pub(crate) fn push(&mut self, packet: Bytes, samples: u32) {
        self.queue.push_back((packet, samples));
        self.held += u64::from(samples);
    }

    /// Nothing more comes; what is there is still given out.
    pub(crate) fn end(&mut self) {
        self.ended = true;
    }

    /// Whether nothing more should be read for now.
    pub(crate) const fn is_full(&self) -> bool {
        self.held >= FULL
    }

    pub(crate) fn is_over(&self) -> bool {
        self.ended && self.queue.is_empty()
    }

    /// When the next packet is due, in microseconds; none while too little is there.
    pub(crate) fn wake_us(&self) -> Option<u64> {
        match self.state {
            State::Runs(at) => Some(at.ceil() as u64),
            State::Waits(_) => self.may_start().then_some(0),
        }
    }

    fn may_start(&self) -> bool {
        self.held >= START || self.ended && !self.queue.is_empty()
    }

    /// The next packet that is due at `now_us`.
    pub(crate) fn due(&mut self, now_us: u64) -> Option<Due> {
        let now = now_us as f64;
        let at = match self.state {
            State::Runs(at) => at,
            State::Waits(since) if self.may_start() => {
                self.pause(since.map_or(0.0, |since| now - since));
                now
            }
            State::Waits(_) => return None,
        };
        self.state = State::Runs(at);
        if at > now {
            return None;
        }
        let Some((packet, samples)) = self.queue.pop_front() else {
            self.state = State::Waits(Some(at));
            return None;
        };
        let haste = if self.held > RELAXED { 1.0 - HASTE_PPM / 1e6 } else { 1.0 };
        self.held -= u64::from(samples);
        self.state = State::Runs(at + f64::from(samples) * 125.0 / 6.0 * haste);
        let due = Due { seq: self.seq, time: self.time, packet };
        self.seq += 1;
        self.time += u64::from(samples);
        Some(due)
    }

    fn pause(&mut self, pause_us: f64) {
        let samples = (pause_us.max(0.0) * 0.048) as u64;
        self.time += samples / GRID * GRID;
    }

    /// Begins anew on a fresh connection, with packets that were given out and did not arrive in front.
    pub(crate) fn again(&mut self, lost: Vec<(Bytes, u32)>) {
        for (packet, samples) in lost.into_iter().rev() {
            self.held += u64::from(samples);
            self.queue.push_front((packet, samples));
        }
        (self.seq, self.time, self.state) = (0, 0, State::Waits(None));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn packet() -> Bytes {
        Bytes::from_static(&[0xf8, 0xff, 0xfe])
    }

    fn push(pace: &mut Pace, count: usize) {
        (0..count).for_each(|_| pace.push(packet(), 960));
    }

    fn run(pace: &mut Pace, from_us: u64, to_us: u64) -> Vec<(u64, Due)> {
        let mut given = Vec::new();
        let mut now = from_us;
        while let Some(at) = pace.wake_us().map(|at| at.max(now)).filter(|at| *at < to_us) {
            now = at;
            given.extend(std::iter::from_fn(|| pace.due(now)).map(|due| (now, due)));
        }
        given
    }

    #[test]
    fn a_burst_becomes_an_even_stream() {
        let mut pace = Pace::new();
        push(&mut pace, 24);
        assert_eq!(pace.wake_us(), None, "too little to begin");
        push(&mut pace, 26);
        let given = run(&mut pace, 1_000_000, 9_000_000);
        assert_eq!(given.len(), 50);
        for (n, (at, due)) in given.iter().enumerate() {
            assert_eq!((due.seq, due.time), (n as u64, n as u64 * 960));
            assert!(at.abs_diff(1_000_000 + n as u64 * 20_000) <= 2, "{n} at {at}");
        }
    }

    #[test]
    fn a_late_stream_leaves_a_pause_of_its_length() {
        let mut pace = Pace::new();
        push(&mut pace, 25);
        run(&mut pace, 0, 10_000_000);
        push(&mut pace, 25);
        let given = run(&mut pace, 3_500_000, 10_000_000);
        assert_eq!(given.len(), 25);
        assert_eq!(given[0].1.time, 25 * 960 + 3_000 * 48, "it ran dry at 0.5 s");
    }

    #[test]
    fn what_comes_too_fast_is_held_and_given_out_a_little_faster() {
        let mut pace = Pace::new();
        push(&mut pace, 250);
        assert!(pace.is_full());
        let given = run(&mut pace, 0, 1_000_000);
        assert!(!pace.is_full());
        let last = given.last().unwrap().0;
        assert!(last < given.len() as u64 * 20_000 && last > given.len() as u64 * 19_000);
    }

    #[test]
    fn the_end_gives_out_what_is_left_and_a_new_connection_what_was_lost() {
        let mut pace = Pace::new();
        push(&mut pace, 3);
        pace.end();
        assert!(!pace.is_over());
        let first = pace.due(7).unwrap();
        pace.again(vec![(first.packet, 960)]);
        let given = run(&mut pace, 100, 1_000_000);
        assert_eq!(given.iter().map(|(_, due)| due.seq).collect::<Vec<_>>(), [0, 1, 2]);
        assert!(pace.is_over());
    }

    proptest! {
        #[test]
        fn every_packet_comes_out_once_in_order_and_never_early(
            bursts in prop::collection::vec((0u64..3_000_000, 0usize..60), 1..12),
        ) {
            let (mut pace, mut now, mut given, mut pushed) = (Pace::new(), 0, Vec::new(), 0);
            for (wait, count) in bursts {
                given.extend(run(&mut pace, now, now + wait));
                now += wait;
                push(&mut pace, count);
                pushed += count;
            }
            pace.end();
            given.extend(run(&mut pace, now, u64::MAX));
            prop_assert_eq!(given.len(), pushed);
            prop_assert!(given.iter().enumerate().all(|(n, (_, due))| due.seq == n as u64));
            prop_assert!(given.windows(2).all(|two| two[0].0 <= two[1].0 && two[0].1.time < two[1].1.time));
        }
    }
}
