//! A speaker whose line fails: what is missing is found, filled from the copy and nothing else is taken.

use bytes::Bytes;
use proptest::prelude::*;
use rostrum_domain::room::StageRole;

use super::*;
use crate::event::{Coding, Event, Joined, Track};
use crate::program::Replay;
use crate::reel::ZERO_US;

const LIVE_US: u64 = 7_000_000;
const ADA: u128 = 5;
/// RTP time wraps three packets after it.
const BASE: u64 = (1 << 33) - 3 * 960;

#[derive(Default)]
struct Tape {
    records: Vec<Record>,
    entries: u64,
}

impl Tape {
    fn entry(&mut self, at_ms: u64, event: Event) {
        self.entries += 1;
        let track = event.track().map_or(0, |track| track.0);
        let entry = Entry { no: self.entries, at: at_ms * 48, by: None, request: None, event };
        let (kind, payload) = (entry.event.kind(), entry.to_payload().into());
        let mono_us = LIVE_US + at_ms * 1000;
        self.records.push(Record { epoch: 1, track, kind, seq: 0, time: 0, mono_us, wall_us: 0, payload });
    }

    fn begin(who: &[u128]) -> Self {
        let mut tape = Self::default();
        tape.entry(0, Event::State { state: RoomState::Live });
        for who in who.iter().copied() {
            let (who, role) = (Id::from_bits(who), StageRole::Speaker);
            let name = format!("{who}");
            tape.entry(0, Event::Join(Joined { who, name, user: None, invite: None, granted: role, role }));
            tape.entry(0, Event::Consent { who, given: true });
        }
        tape
    }

    fn open(&mut self, at_ms: u64, (track, who): (u32, u128)) {
        let coding = Coding { codec: "opus".into(), rate_hz: 48_000, channels: 1 };
        let (track, who, source) = (TrackNo(track), Id::from_bits(who), Source::Voice);
        self.entry(at_ms, Event::TrackOpened(Track { track, who, source, slot: None, coding }));
    }

    /// Packet `n` of a track that began with the room.
    fn packet(&mut self, track: u32, n: u64) {
        let packet = Packet { payload: said(n), ..Packet::default() };
        let (seq, time, mono_us) = (400 + n, BASE + n * 960, LIVE_US + n * 20_000 + 30_000);
        let (epoch, kind, payload) = (1, Kind::Packet, packet.to_payload());
        self.records.push(Record { epoch, track, kind, seq, time, mono_us, wall_us: 0, payload });
    }

    fn gaps(&self, who: u128) -> Vec<Gap> {
        let mut survey = Survey::new(Id::from_bits(who));
        self.records.iter().for_each(|record| survey.record(record));
        survey.gaps()
    }

    fn woven(&self, late: Vec<Late>) -> Self {
        let (mut weaver, mut records) = (Weaver::new(late), Vec::new());
        self.records.iter().for_each(|record| weaver.record(record.clone(), &mut records));
        weaver.finish(&mut records);
        Self { records, entries: self.entries }
    }
}

/// A packet of 20 ms that says which it is.
fn said(n: u64) -> Bytes {
    [&[0xf8][..], &n.to_be_bytes(), &[7; 60]].concat().into()
}

fn copy(track: u32, packets: impl IntoIterator<Item = u64>) -> Vec<Frame> {
    let frame = |n| Frame { track: TrackNo(track), time: (BASE + n * 960) as u32, payload: said(n) };
    packets.into_iter().map(frame).collect()
}

fn numbers(late: &[Late]) -> Vec<u64> {
    late.iter().map(|one| one.record.seq - 400).collect()
}

proptest! {
    #[test]
    fn what_was_lost_comes_back_once_and_where_it_was(lost in prop::collection::vec(any::<bool>(), 3..120)) {
        // A stretch that is worth it.
        let lost = [lost, vec![true; 30], vec![false]].concat();
        let mut tape = Tape::begin(&[ADA]);
        tape.open(0, (1, ADA));
        let kept = |n: &u64| !lost[*n as usize] || *n == 0 || *n == lost.len() as u64 - 1;
        let all = || 0..lost.len() as u64;
        all().filter(kept).for_each(|n| tape.packet(1, n));
        tape.entry(lost.len() as u64 * 20 + 60, Event::State { state: RoomState::Ended });
        let gaps = tape.gaps(ADA);
        for gap in &gaps {
            prop_assert!(all().filter(kept).all(|n| !gap.span.contains(&(BASE + n * 960))), "{gap:?}");
        }
        let late = fill(&gaps, copy(1, all()));
        prop_assert_eq!(numbers(&late), all().filter(|n| !kept(n)).collect::<Vec<u64>>());
        for one in &late {
            let n = one.record.seq - 400;
            prop_assert_eq!(one.record.time, BASE + n * 960);
            prop_assert_eq!(one.at_us, ZERO_US + n * 20_000 + 30_000);
            let packet = Packet::from_payload(&one.record.payload).expect("it was written so");
            prop_assert!(packet.late && packet.payload == said(n));
        }
        let woven = tape.woven(late);
        let seqs: Vec<u64> =
            woven.records.iter().filter(|one| one.kind == Kind::Packet).map(|one| one.seq - 400).collect();
        prop_assert_eq!(seqs, all().collect::<Vec<u64>>(), "in order");
        prop_assert!(fill(&woven.gaps(ADA), copy(1, all())).is_empty(), "a second time brings nothing");
    }

    #[test]
    fn whatever_is_sent_nothing_but_gaps_is_filled(
        frames in prop::collection::vec((0u32..3, any::<u32>(), prop::collection::vec(any::<u8>(), 0..1400)), 0..60),
        near in prop::collection::vec(0u64..3_000_000, 0..60),
    ) {
        let mut tape = Tape::begin(&[ADA, 6]);
        tape.open(0, (1, ADA));
        tape.open(0, (2, 6));
        for n in (0..10).chain(40..50) {
            tape.packet(1, n);
            tape.packet(2, n);
        }
        tape.entry(1_500, Event::State { state: RoomState::Ended });
        let gaps = tape.gaps(ADA);
        let near = near.into_iter().map(|at| Frame { track: TrackNo(1), time: (BASE + at) as u32, payload: said(at) });
        let frames = frames.into_iter().map(|(track, time, payload)| Frame {
            track: TrackNo(track), time, payload: payload.into(),
        });
        let late = fill(&gaps, frames.chain(near).collect());
        let mut end = 0;
        for one in &late {
            let Record { track, seq, time, .. } = one.record;
            let packet = Packet::from_payload(&one.record.payload).expect("it was written so");
            let samples = u64::from(opus::samples(&packet.payload).expect("only Opus is taken"));
            prop_assert!(track == 1 && time >= end && packet.payload.len() <= PACKET_BYTES_MAX);
            prop_assert!(gaps.iter().any(|gap| gap.span.start <= time && time + samples <= gap.span.end));
            prop_assert!((410..440).contains(&seq) || seq >= 450);
            end = time + samples;
        }
    }
}

#[test]
fn what_is_said_while_nothing_arrives_goes_on_up_to_the_next_connection() {
    let mut tape = Tape::begin(&[ADA]);
    tape.open(0, (1, ADA));
    (0..50).for_each(|n| tape.packet(1, n));
    tape.entry(1_600, Event::Lost { who: Id::from_bits(ADA) });
    tape.entry(1_600, Event::TrackClosed { track: TrackNo(1) });
    for (at_ms, kind) in [(2_000, Kind::Segment), (2_010, Kind::Snapshot), (2_400, Kind::Snapshot)] {
        let mono_us = LIVE_US + at_ms * 1000;
        let payload = Bytes::new();
        tape.records.push(Record { epoch: 1, track: 0, kind, seq: 0, time: 0, mono_us, wall_us: 0, payload });
    }
    tape.open(3_000, (2, ADA));
    for n in 150..200 {
        tape.packet(2, n);
    }
    tape.entry(4_000, Event::State { state: RoomState::Ended });
    let late = fill(&tape.gaps(ADA), copy(1, 0..300));
    assert_eq!(numbers(&late), (50..150).collect::<Vec<u64>>());
    let woven = tape.woven(late);
    let closed = woven.records.iter().position(|one| one.kind == Kind::TrackClose).expect("it closes");
    let last = woven.records.iter().rposition(|one| one.track == 1 && one.kind == Kind::Packet).expect("it is there");
    assert!(last < closed, "a track that is closed is not heard");
    let before = |kind| woven.records.iter().take_while(|one| one.kind != kind).filter(|one| one.track == 1).count();
    assert_eq!(
        before(Kind::Segment),
        1 + 50 + 29,
        "what came before the line broke, and what is due by the next entry"
    );
    assert_eq!(before(Kind::Snapshot), 1 + 50 + 49, "a head comes first, the state when it was told");
    let (mut reel, mut heard) = (Reel::default(), 0);
    let mut mix = Replay::new(0, |_| Ok::<_, std::convert::Infallible>(Tone));
    for record in &woven.records {
        reel.record(record);
        mix.record(&reel, record, &mut |block| heard += usize::from(block.samples.iter().any(|one| *one != 0.0)));
    }
    mix.finish(Some(4 * 48_000), &mut |block| heard += usize::from(block.samples.iter().any(|one| *one != 0.0)));
    assert!((190..=205).contains(&heard), "{heard} blocks of 20 ms are heard of 200");
}

/// Decodes anything to one tone.
struct Tone;

impl crate::program::Decode for Tone {
    type Error = std::convert::Infallible;

    fn packet(&mut self, _: &[u8], out: &mut Vec<f32>) -> Result<(), Self::Error> {
        out.extend((0..960).map(|n| (n as f32 * 0.05).sin() * 0.2));
        Ok(())
    }

    fn fec(&mut self, _: &[u8], samples: usize, out: &mut Vec<f32>) -> Result<(), Self::Error> {
        out.resize(out.len() + samples, 0.0);
        Ok(())
    }

    fn conceal(&mut self, samples: usize, out: &mut Vec<f32>) -> Result<(), Self::Error> {
        out.resize(out.len() + samples, 0.0);
        Ok(())
    }
}

#[test]
fn what_was_said_muted_held_back_removed_or_without_consent_stays_out() {
    let who = Id::from_bits(ADA);
    let mute = |on| Event::Mute { who, muted: false, held: on };
    let removed = || Event::Removed(crate::event::Removal { who, ban: false, user: None, invite: None });
    let ways = [
        (mute(true), mute(false), 61..150),
        (Event::Consent { who, given: false }, Event::Consent { who, given: true }, 61..150),
        (Event::Leave { who }, Event::Lock { on: true }, 61..200),
        (removed(), Event::Lock { on: true }, 61..200),
    ];
    for (shut, opened, missing) in ways {
        let mut tape = Tape::begin(&[ADA]);
        tape.open(0, (1, ADA));
        (0..30).for_each(|n| tape.packet(1, n));
        tape.entry(1_230, shut.clone());
        tape.entry(3_030, opened);
        (200..210).for_each(|n| tape.packet(1, n));
        let late = numbers(&fill(&tape.gaps(ADA), copy(1, 0..300)));
        let wrong: Vec<u64> = late.iter().copied().filter(|n| missing.contains(n)).collect();
        assert!(wrong.is_empty(), "{shut:?}: {wrong:?}");
        assert!((30..59).all(|n| late.contains(&n)), "{shut:?}: {late:?}");
    }
}

#[test]
fn nothing_comes_back_into_a_journal_from_which_something_was_erased() {
    let mut tape = Tape::begin(&[ADA]);
    tape.open(0, (1, ADA));
    (0..10).chain(40..50).for_each(|n| tape.packet(1, n));
    assert!(!tape.gaps(ADA).is_empty());
    let kept = tape.records.pop().expect("there are packets");
    tape.records.push(Record { kind: Kind::Erased, payload: Bytes::new(), ..kept });
    assert_eq!(tape.gaps(ADA), []);
}

#[test]
fn a_copy_inside_a_later_packet_is_no_gap() {
    let mut tape = Tape::begin(&[ADA]);
    tape.open(0, (1, ADA));
    (0..10).for_each(|n| tape.packet(1, n));
    tape.packet(1, 11);
    let red = [&[0x80 | 111, (960u32 >> 6) as u8, ((960u32 & 0x3f) << 2) as u8, 69, 111][..], &said(10), &said(11)];
    let packet = Packet { red: true, payload: red.concat().into(), ..Packet::default() };
    tape.records.last_mut().expect("just pushed").payload = packet.to_payload();
    tape.packet(1, 50);
    tape.entry(1_050, Event::State { state: RoomState::Ended });
    assert_eq!(numbers(&fill(&tape.gaps(ADA), copy(1, 0..60))), (12..50).collect::<Vec<u64>>());
}

#[test]
fn a_few_lost_packets_are_not_worth_a_new_recording() {
    let mut tape = Tape::begin(&[ADA]);
    tape.open(0, (1, ADA));
    (0..500).filter(|n| n % 20 != 3).for_each(|n| tape.packet(1, n));
    tape.entry(10_300, Event::State { state: RoomState::Ended });
    assert_eq!(tape.gaps(ADA), []);
}
