//! The engine's law under any order of joins, pieces, stalls and departures: whoever listens gets the greeting and then
//! a sequence without a hole, or one whose holes were counted, at pieces' borders, over the link of each new epoch.

use std::cell::RefCell;
use std::io::{self, ErrorKind, IoSlice};
use std::rc::Rc;
use std::time::Duration;

use proptest::prelude::*;

use super::crowd::{Crowd, Manner, Step as Now, TICK, Why, Wire};
use super::ring::Piece;

/// A listener's end: what came, and how much more fits.
#[derive(Debug, Default)]
struct End {
    got: Vec<u8>,
    room: usize,
    broken: bool,
}

#[derive(Debug, Clone)]
struct Pipe(Rc<RefCell<End>>);

impl Wire for Pipe {
    fn write(&mut self, parts: &[IoSlice<'_>]) -> io::Result<usize> {
        let mut end = self.0.borrow_mut();
        if end.broken {
            return Err(ErrorKind::BrokenPipe.into());
        }
        if end.room == 0 {
            return Err(ErrorKind::WouldBlock.into());
        }
        let bytes: Vec<u8> = parts.iter().flat_map(|part| part.iter().copied()).collect();
        let taken = bytes.len().min(end.room);
        end.got.extend_from_slice(&bytes[..taken]);
        end.room -= taken;
        Ok(taken)
    }
}

const GREETING: &str = "hello ";
const STREAM: u32 = 7;

/// A stream, its listeners' ends, and what was reported of them.
struct Stand {
    crowd: Crowd<Pipe, usize>,
    ends: Vec<Pipe>,
    keys: Vec<Option<usize>>,
    gone: Vec<(usize, Why, u64, u32)>,
    now: Duration,
    n: u64,
    epoch: u32,
    full: Vec<usize>,
}

impl Stand {
    fn new(every: usize) -> Self {
        let mut crowd = Crowd::new();
        crowd.open(STREAM, Manner { burst: 3, every }, GREETING.into());
        let (ends, keys, gone, full) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { crowd, ends, keys, gone, now: Duration::ZERO, n: 0, epoch: 1, full }
    }

    fn report(&mut self, step: Now<usize>) {
        for gone in step.gone {
            self.keys[gone.ticket] = None;
            self.gone.push((gone.ticket, gone.why, gone.bytes, gone.skips));
        }
        self.full.extend(step.full);
    }

    fn join(&mut self, room: usize) -> Option<usize> {
        let pipe = Pipe(Rc::new(RefCell::new(End { room, ..End::default() })));
        let name = self.ends.len();
        let joined = self.crowd.join(STREAM, (pipe.clone(), name), self.now).ok();
        self.ends.push(pipe);
        self.keys.push(joined.map(|(key, _)| key));
        joined.map(|_| name)
    }

    fn push(&mut self, raised: bool) {
        let link = if raised { "<link>" } else { "" };
        self.epoch += u32::from(raised);
        let bytes = format!("{link}[{}]", self.n);
        let piece = Piece { n: self.n, epoch: self.epoch, bytes: bytes.into(), link: link.len() as u32 };
        self.n += 1;
        let mut now = Now::at(self.now);
        self.crowd.push(STREAM, piece, &mut now);
        self.report(now);
    }

    fn ticks(&mut self, count: usize) {
        for _ in 0..count {
            self.now += TICK;
            let mut now = Now::at(self.now);
            self.crowd.tick(&mut now);
            self.report(now);
        }
    }

    fn room(&mut self, name: usize, room: usize) {
        let Some(Some(key)) = self.keys.get(name).copied() else { return };
        self.ends[name].0.borrow_mut().room = room;
        let mut now = Now::at(self.now);
        self.crowd.writable(key, &mut now);
        self.report(now);
    }

    fn finish(&mut self) {
        for name in 0..self.ends.len() {
            self.room(name, usize::MAX);
        }
        let mut now = Now::at(self.now);
        self.crowd.end(STREAM, &mut now);
        self.report(now);
    }

    fn got(&self, name: usize) -> String {
        String::from_utf8(self.ends[name].0.borrow().got.clone()).unwrap()
    }
}

/// The numbers of the whole pieces in what somebody got, and how many of them stood behind a link.
fn numbers(text: &str) -> (Vec<u64>, usize) {
    let links = text.matches("<link>").count();
    let plain = text.replace("<link>", "");
    let pieces = plain.strip_prefix(GREETING).unwrap().split_inclusive(']').filter(|piece| piece.ends_with(']'));
    (pieces.map(|piece| piece.trim_matches(['[', ']']).parse().unwrap()).collect(), links)
}

#[derive(Debug, Clone)]
enum Step {
    Join(usize),
    Push(bool),
    Ticks(usize),
    Room(usize, usize),
    Break(usize),
    Leave(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => prop_oneof![Just(usize::MAX), 0usize..60].prop_map(Step::Join),
        6 => prop::bool::weighted(0.1).prop_map(Step::Push),
        6 => (0usize..60).prop_map(Step::Ticks),
        3 => (0usize..12, prop_oneof![Just(usize::MAX), 0usize..40]).prop_map(|(name, room)| Step::Room(name, room)),
        1 => (0usize..12).prop_map(Step::Break),
        1 => (0usize..12).prop_map(Step::Leave),
    ]
}

proptest! {
    #[test]
    fn everybody_gets_a_sequence_without_a_hole_or_the_hole_is_counted(
        every in 1usize..4, steps in prop::collection::vec(step(), 1..150)
    ) {
        let mut stand = Stand::new(every);
        for step in steps {
            match step {
                Step::Join(room) => { stand.join(room); }
                Step::Push(raised) => { let raised = raised && stand.n > 0; stand.push(raised); }
                Step::Ticks(count) => stand.ticks(count),
                Step::Room(name, room) => stand.room(name, room),
                Step::Break(name) => if let Some(pipe) = stand.ends.get(name) { pipe.0.borrow_mut().broken = true },
                Step::Leave(name) => if let Some(Some(key)) = stand.keys.get(name).copied() {
                    let mut now = Now::at(stand.now);
                    stand.crowd.leave(key, Why::Left, &mut now);
                    stand.report(now);
                },
            }
        }
        stand.finish();
        prop_assert_eq!(stand.crowd.len(), 0);
        prop_assert!(stand.keys.iter().all(Option::is_none), "everybody is reported once gone");
        for (name, why, bytes, skips) in stand.gone.clone() {
            let text = stand.got(name);
            prop_assert_eq!(bytes, text.len() as u64);
            let (numbers, links) = numbers(&text);
            let holes = numbers.windows(2).filter(|pair| pair[1] != pair[0] + 1).count();
            prop_assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]) && holes <= skips as usize, "{}", text);
            let last = numbers.last().copied();
            if why == Why::Over {
                prop_assert!(stand.n == 0 || last == Some(stand.n - 1), "{} of {}", text, stand.n);
                prop_assert!(text.is_empty() || text.ends_with(']') || stand.n == 0);
            }
            prop_assert!(links as u32 <= stand.epoch);
        }
    }

    #[test]
    fn nobody_who_keeps_up_ever_skips(every in 1usize..4, jitter in prop::collection::vec(0usize..40, 20..80)) {
        let mut stand = Stand::new(every);
        stand.push(false);
        let names: Vec<_> = (0..10).filter_map(|_| stand.join(usize::MAX)).collect();
        let mut early = 0;
        for wait in jitter {
            // Pieces come when they come, on average one in the time of one.
            stand.ticks(28 + wait - early.min(wait));
            early = early.saturating_sub(wait);
            stand.push(false);
        }
        stand.finish();
        prop_assert!(stand.gone.iter().all(|(_, why, _, skips)| *why == Why::Over && *skips == 0));
        for name in names {
            prop_assert_eq!(numbers(&stand.got(name)).0, (0..stand.n).collect::<Vec<_>>());
        }
    }
}

#[test]
fn a_piece_reaches_all_within_the_time_of_one_and_spread_over_it() {
    let mut stand = Stand::new(1);
    stand.push(false);
    let names: Vec<_> = (0..480).filter_map(|_| stand.join(usize::MAX)).collect();
    stand.ticks(48);
    stand.push(false);
    let mut had = Vec::new();
    for _ in 0..48 {
        stand.ticks(1);
        had.push(names.iter().filter(|name| stand.got(**name).ends_with("[1]")).count());
    }
    assert_eq!(had.last(), Some(&480));
    let steps: Vec<_> = had.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(steps.iter().all(|step| *step <= 10), "no tick serves more than its share: {steps:?}");
}

#[test]
fn one_who_takes_nothing_is_let_go_and_costs_no_memory_meanwhile() {
    let mut stand = Stand::new(1);
    stand.push(false);
    let name = stand.join(GREETING.len() + 1).unwrap();
    for _ in 0..60 {
        stand.push(false);
        stand.ticks(48);
    }
    let &(who, why, bytes, _) = stand.gone.first().unwrap();
    assert_eq!((who, why, bytes), (name, Why::Dead, GREETING.len() as u64 + 1));
}

#[test]
fn who_comes_before_the_first_piece_hears_it_and_who_comes_after_the_end_is_sent_away() {
    let mut stand = Stand::new(1);
    let name = stand.join(usize::MAX).unwrap();
    stand.push(false);
    stand.ticks(48);
    assert_eq!(stand.got(name), "hello [0]");
    stand.finish();
    assert_eq!(stand.join(usize::MAX), None);
}

#[test]
fn an_edge_that_closes_lets_all_go_phase_by_phase() {
    let mut stand = Stand::new(1);
    stand.push(false);
    (0..32).for_each(|_| assert!(stand.join(usize::MAX).is_some()));
    stand.crowd.close();
    stand.ticks(8);
    assert_eq!(stand.crowd.len(), 16);
    stand.ticks(8);
    assert!(stand.crowd.len() == 0 && stand.gone.iter().all(|gone| gone.1 == Why::Closed));
    assert_eq!(stand.join(usize::MAX), None);
}

#[test]
fn a_listener_is_a_small_thing() {
    let bytes = Crowd::<super::Line, super::Ticket>::SEAT_BYTES;
    assert!(bytes <= 160, "{bytes} bytes a listener, besides the gate's count of their client");
}
