//! What holds in every room, whatever happens in it: random inputs, checked after each.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use rostrum_domain::Id;
use rostrum_domain::room::{RoomFacts, RoomState, StageRole};

use super::tests::{claims, coding, setup, who};
use super::*;
use crate::event::{Cue, Source, TrackNo};
use crate::message::Mark;

const SEATS: u8 = 3;
const ROLES: [StageRole; 5] =
    [StageRole::Listener, StageRole::Speaker, StageRole::Producer, StageRole::CoHost, StageRole::Host];

#[derive(Debug, Clone)]
enum Op {
    Join { n: u8, role: usize, linked: bool, consented: bool, invite: Option<u8> },
    Ready(u8),
    Lost(u8),
    Left(u8),
    Track(u8, Source),
    Close(u8),
    Ask { by: Option<u8>, request: u16, command: Command },
    Packet(u8, u8),
    Chat(u8, u8),
    Other(u8),
    Wait(u32),
    Back(u32),
}

fn command() -> impl Strategy<Value = Command> {
    let n = || (0u8..6).prop_map(who);
    prop_oneof![
        2 => Just(Command::GoLive),
        1 => prop_oneof![9 => Just(Command::Dump), 1 => Just(Command::End)],
        2 => n().prop_map(|who| Command::Mute { who }),
        2 => n().prop_map(|who| Command::Unmute { who }),
        1 => n().prop_map(|who| Command::Remove { who }),
        1 => n().prop_map(|who| Command::Ban { who }),
        1 => any::<bool>().prop_map(|on| Command::Lock { on }),
        4 => (n(), 0usize..5).prop_map(|(who, role)| Command::SetRole { who, role: ROLES[role] }),
        3 => Just(Command::RaiseHand),
        1 => Just(Command::LowerHand),
        3 => n().prop_map(|who| Command::AcceptHand { who }),
        1 => n().prop_map(|who| Command::DeclineHand { who }),
        1 => Just(Command::StepDown),
        2 => n().prop_map(|to| Command::HandOver { to }),
        1 => (".{0,4}", any::<Option<u64>>()).prop_map(|(title, at)| Command::Marker { title, at }),
        1 => (0u16..700).prop_map(|seconds| Command::SlowMode { seconds }),
        1 => (0u128..9).prop_map(|line| Command::DeleteChat { line: Id::from_bits(line) }),
        1 => proptest::option::of(0u128..9).prop_map(|line| Command::Pin { line: line.map(Id::from_bits) }),
        6 => any::<bool>().prop_map(|given| Command::Consent { given }),
    ]
}

fn op() -> impl Strategy<Value = Op> {
    let source = prop_oneof![4 => Just(Source::Voice), 1 => Just(Source::Sound), 1 => Just(Source::Video)];
    prop_oneof![
        4 => (0u8..6, 0usize..5, any::<[bool; 2]>(), proptest::option::weighted(0.2, 0u8..2)).prop_map(
            |(n, role, [linked, consented], invite)| {
                Op::Join { n, role, linked: linked || consented, consented, invite }
            }
        ),
        3 => (0u8..6).prop_map(Op::Ready),
        1 => (0u8..6).prop_map(Op::Lost),
        1 => (0u8..6).prop_map(Op::Left),
        5 => (0u8..6, source).prop_map(|(n, source)| Op::Track(n, source)),
        1 => (0u8..12).prop_map(Op::Close),
        14 => (proptest::option::weighted(0.9, 0u8..6), 0u16..200, command())
            .prop_map(|(by, request, command)| Op::Ask { by, request, command }),
        4 => (0u8..12, 0u8..128).prop_map(|(track, level)| Op::Packet(track, level)),
        1 => (0u8..8, 0u8..9).prop_map(|(n, line)| Op::Chat(n, line)),
        1 => (0u8..5).prop_map(Op::Other),
        2 => (0u32..40_000_000).prop_map(Op::Wait),
        1 => (0u32..90_000_000).prop_map(Op::Back),
    ]
}

/// A room, and what an observer of its outputs knows.
struct Play {
    room: Room,
    now: u64,
    peers: BTreeMap<u8, PeerId>,
    next_peer: u64,
    mix: BTreeMap<TrackNo, bool>,
    entries: Vec<Entry>,
    log: Vec<Output>,
    heard: u32,
}

impl Play {
    fn new() -> Self {
        let facts = RoomFacts { seats: SEATS, delay_s: 5, ..RoomFacts::default() };
        let mut play = Self {
            room: Room::open(&setup(facts), 0),
            now: 0,
            peers: BTreeMap::new(),
            next_peer: 0,
            mix: BTreeMap::new(),
            entries: Vec::new(),
            log: Vec::new(),
            heard: 0,
        };
        play.drain();
        play
    }

    fn run(ops: &[Op]) -> Self {
        let mut play = Self::new();
        for op in ops {
            play.step(op);
        }
        play
    }

    fn step(&mut self, op: &Op) {
        let over = self.room.state().stage == RoomState::Ended;
        let before = self.log.len();
        self.act(op);
        self.drain();
        assert!(!over || self.log.len() == before, "something after the end: {:?}", &self.log[before..]);
        self.check();
    }

    fn give(&mut self, input: Input) {
        // A refusal is an answer like another; that it changed nothing shows in the checks that follow.
        let before = self.room.state().clone();
        let entries = self.room.state().entries;
        if self.room.handle(self.now, input).is_err() && entries == self.room.state().entries {
            assert_eq!(&before, self.room.state());
        }
    }

    fn act(&mut self, op: &Op) {
        match op.clone() {
            Op::Join { n, role, linked, consented, invite } => {
                let invite = invite.map(|invite| Id::from_bits(invite.into()));
                self.join(crate::grant::Claims { consented, invite, ..claims(n, ROLES[role]) }, linked.then_some(n));
            }
            Op::Ready(n) => self.with_peer(n, |peer| Input::Ready { peer }),
            Op::Lost(n) => self.with_peer(n, |peer| Input::Lost { peer }),
            Op::Left(n) => self.give(Input::Left { who: who(n) }),
            Op::Track(n, source) => {
                let spec = TrackSpec { who: who(n), source, coding: coding() };
                let _ = self.room.open_track(self.now, spec);
            }
            Op::Close(track) => self.give(Input::TrackClosed { track: TrackNo(track.into()) }),
            Op::Ask { by, request, command } => {
                let (by, request) = (by.map(who), request.to_string());
                self.give(Input::Control(Control { by, request, command }));
            }
            Op::Packet(track, level) => {
                self.room.packet(self.now, TrackNo(track.into()), Some(level));
            }
            Op::Chat(n, line) => {
                let (id, user) = (Id::from_bits(line.into()), Some(Id::from_bits(u128::from(n) + 100)));
                self.give(Input::Chat(Said { id, who: who(n), user, name: format!("N{n}"), text: "hello".into() }));
            }
            Op::Other(which) => self.other(which),
            Op::Wait(us) => {
                self.now += u64::from(us);
                self.give(Input::Tick);
            }
            Op::Back(us) => {
                let _ = self.room.handle(self.now.saturating_sub(us.into()), Input::Tick);
            }
        }
    }

    fn join(&mut self, claims: crate::grant::Claims, linked: Option<u8>) {
        self.next_peer += 1;
        let peer = PeerId(self.next_peer);
        let input = Input::Join { claims, peer: linked.map(|_| peer) };
        if self.room.handle(self.now, input).is_ok() {
            self.peers.extend(linked.map(|n| (n, peer)));
        }
    }

    fn with_peer(&mut self, n: u8, input: impl FnOnce(PeerId) -> Input) {
        if let Some(peer) = self.peers.get(&n).copied() {
            self.give(input(peer));
        }
    }

    fn other(&mut self, which: u8) {
        let track = TrackNo(1);
        self.give(match which {
            0 => Input::Occupancy { listeners: 7 },
            1 => Input::Durable { at: 1, tracks: vec![Mark { track, seq: 1 }] },
            2 => Input::Gap { track, packets: 3 },
            3 => Input::Reaction { reaction: crate::audience::Reaction::Heart, count: 2 },
            _ => Input::Cue(Cue { who: None, from: 0, to: 9, text: "words".into() }),
        });
    }

    /// Every drain ends in a wake that is not in the past.
    fn drain(&mut self) {
        for _ in 0..10_000 {
            let output = self.room.poll();
            match &output {
                Output::Wake(at) => {
                    assert!(*at >= self.now, "wakes at {at}, before {}", self.now);
                    return;
                }
                Output::Journal(entry) => self.entries.push(entry.clone()),
                Output::Program(ProgramOp::Open { track, muted, .. }) => {
                    assert_eq!(self.mix.insert(*track, *muted), None, "opened twice");
                }
                Output::Program(ProgramOp::Mute { track, on }) => {
                    assert_eq!(self.mix.insert(*track, *on), Some(!*on), "muted twice");
                }
                Output::Program(ProgramOp::Close { track }) => {
                    assert!(self.mix.remove(track).is_some(), "closed twice");
                }
                _ => {}
            }
            self.log.push(output);
        }
        panic!("a drain without end");
    }

    fn check(&mut self) {
        let state = self.room.state();
        assert!(state.seated() <= usize::from(SEATS), "more speakers than seats");
        let hosts = state.people.values().filter(|person| person.present() && person.role == StageRole::Host);
        assert!(hosts.count() <= 1, "two hosts");
        assert!(state.people.keys().all(|who| !state.barred.people.contains(who)), "a removed person is there");
        assert!(state.tracks.iter().all(|track| state.present(track.who).is_some()), "a track of nobody");
        let mut hands = state.hands.clone();
        hands.dedup();
        assert_eq!(hands.len(), state.hands.len());
        for track in 0..self.room.state().next_track + 2 {
            self.check_packet(TrackNo(track));
        }
    }

    /// What leaves is exactly what should, judged from the state alone.
    fn check_packet(&mut self, track: TrackNo) {
        let verdict = self.room.packet(self.now, track, None);
        let state = self.room.state();
        let source = state.track(track).map(|track| track.source);
        let good = state.track(track).is_some_and(|track| {
            let person = &state.people[&track.who];
            let agreed = person.consent && !person.muted && !person.held && person.presence == Presence::Here;
            let heard = person.role.speaks() || person.role.on_stage() && source == Some(Source::Sound);
            agreed && heard && !state.barred.people.contains(&track.who)
        });
        let live = good && state.stage == RoomState::Live;
        let open = live || good && state.stage == RoomState::GreenRoom;
        let sound = source != Some(Source::Video);
        let expected = Verdict { journal: live, program: live && sound, forward: open && sound };
        assert_eq!(verdict, expected, "track {track:?} in {state:?}");
        assert_eq!(self.mix.get(&track) == Some(&false), verdict.program, "the mix and the verdict differ");
        self.heard += u32::from(verdict.journal);
        let owner = state.track(track).and_then(|track| self.room.links.peer(track.who));
        let reached: Vec<PeerId> = self.room.recipients(track).collect();
        assert!(verdict.forward || reached.is_empty());
        assert!(!owner.is_some_and(|owner| reached.contains(&owner)), "somebody hears themselves");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn the_house_rules_hold_whatever_happens(ops in proptest::collection::vec(op(), 0..120)) {
        Play::run(&ops);
    }

    #[test]
    fn the_same_inputs_give_the_same_outputs(ops in proptest::collection::vec(op(), 0..80)) {
        prop_assert_eq!(Play::run(&ops).log, Play::run(&ops).log);
    }

    #[test]
    fn a_snapshot_and_what_followed_is_the_state(
        (ops, at) in (proptest::collection::vec(op(), 1..100), any::<prop::sample::Index>())
    ) {
        let at = at.index(ops.len());
        let mut play = Play::run(&ops[..at]);
        let snapshot = Snapshot::from_payload(&play.room.snapshot().to_payload()).expect("reads back");
        ops[at..].iter().for_each(|op| play.step(op));
        let payloads = play.entries.iter().map(Entry::to_payload);
        let entries: Vec<Entry> = payloads.map(|payload| Entry::from_payload(&payload).expect("reads back")).collect();
        let mut state = snapshot.state().clone();
        entries.iter().for_each(|entry| state.apply(entry));
        prop_assert_eq!(&state, play.room.state());

        let mut room = Room::restore(Resume { snapshot, entries, epoch: 2, program_at: 0 }, play.now);
        prop_assert_eq!(room.state().next_track, state.next_track);
        prop_assert!(room.state().tracks.is_empty());
        prop_assert!(room.state().people.values().all(|person| person.presence != Presence::Here));
        while !matches!(room.poll(), Output::Wake(_)) {}
    }
}

#[test]
fn the_laws_are_not_empty() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut heard = 0;
    for _ in 0..60 {
        let ops = proptest::collection::vec(op(), 120).new_tree(&mut runner).expect("ops").current();
        heard += Play::run(&ops).heard;
    }
    assert!(heard > 100, "packets of random rooms are kept: {heard}");
}
