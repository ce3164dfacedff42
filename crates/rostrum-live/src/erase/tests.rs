//! Two people in a room, one of whom is taken out, or a second of both.

use rostrum_domain::room::{Badge, Room, RoomState, StageRole};
use rostrum_media::journal::{FORMAT_VERSION, Item, Packet, SegmentHeader};

use super::*;
use crate::check::Check;
use crate::event::{Coding, Joined, Line, Source, Track};
use crate::room::State;
use crate::snapshot::Snapshot;
use crate::watermark::Safe;

const ROOM: u128 = 9;
const LIVE_US: u64 = 5_000_000;

fn plain(kind: Kind, (track, seq, at): (u32, u64, u64), payload: Vec<u8>) -> Record {
    let mono_us = LIVE_US + at * 125 / 6;
    Record { epoch: 1, track, kind, seq, time: seq * 960, mono_us, wall_us: 0, payload: payload.into() }
}

fn entry(no: u64, at: u64, by: Option<u128>, event: Event) -> Record {
    let entry = Entry { no, at, by: by.map(Id::from_bits), request: None, event };
    plain(entry.event.kind(), (0, 0, at), entry.to_payload())
}

fn join(no: u64, who: u128) -> Record {
    let role = StageRole::Speaker;
    let (who, name) = (Id::from_bits(who), format!("Person {who}"));
    entry(no, 0, None, Event::Join(Joined { who, name, user: None, invite: None, granted: role, role }))
}

fn opened(no: u64, track: u32, who: u128) -> Record {
    let coding = Coding { codec: "opus".into(), rate_hz: 48_000, channels: 1 };
    let (track, who) = (TrackNo(track), Id::from_bits(who));
    entry(no, 0, None, Event::TrackOpened(Track { track, who, source: Source::Voice, slot: None, coding }))
}

fn chat(no: u64, at: u64, who: u128) -> Record {
    let line = Line {
        id: Id::from_bits(u128::from(no)),
        who: Id::from_bits(who),
        user: None,
        name: format!("Person {who}"),
        badge: Badge::Guest,
        text: format!("Words of {who}"),
    };
    entry(no, at, Some(who), Event::Chat(line))
}

fn journal() -> Vec<Record> {
    let room: Id<Room> = Id::from_bits(ROOM);
    let header = SegmentHeader { version: FORMAT_VERSION, room, segment: 1, epoch: 1, mono_us: 1, wall_us: 1 };
    let snapshot = Snapshot::new(State::new(room, &rostrum_domain::room::RoomFacts::default(), 1));
    let live = Event::State { state: RoomState::Live };
    let mut records = vec![
        header.to_record(),
        plain(Kind::Snapshot, (0, 0, 0), snapshot.to_payload()),
        join(1, 1),
        join(2, 2),
        entry(3, 0, Some(2), live),
        opened(4, 1, 1),
        opened(5, 2, 2),
    ];
    for n in 0..200 {
        for track in [1, 2] {
            let packet = Packet { payload: vec![0xf8, track as u8, 7].into(), ..Packet::default() };
            records.push(plain(Kind::Packet, (track, 100 + n, n * 960), packet.to_payload().to_vec()));
        }
    }
    let safe = |track| Safe { track: TrackNo(track), seq: 299, packets: 200 };
    let mark = Watermark { at: 190_000, tracks: vec![safe(1), safe(2)] };
    records.push(plain(Kind::Watermark, (0, 0, 192_000), mark.to_payload()));
    records.push(chat(6, 50_000, 1));
    records.push(chat(7, 150_000, 2));
    records.push(entry(8, 192_000, None, Event::State { state: RoomState::Ended }));
    records
}

fn erased(erasure: Erasure) -> (Vec<Record>, Vec<u128>) {
    let mut eraser = Eraser::new(erasure);
    let kept: Vec<Record> = journal().into_iter().filter_map(|record| eraser.record(record)).collect();
    (kept, eraser.lines().iter().map(|line| line.bits()).collect())
}

/// What is left is a journal of which nothing else is missing.
fn is_whole(records: &[Record]) {
    let mut check = Check::new(Id::from_bits(ROOM));
    check.segment(1);
    records.iter().for_each(|record| check.item(&Item::Record(record.clone())));
    assert_eq!(check.finish(true).findings, []);
}

fn packets(records: &[Record], track: u32) -> usize {
    records.iter().filter(|record| record.kind == Kind::Packet && record.track == track).count()
}

#[test]
fn a_person_goes_with_everything_and_the_others_stay() {
    let (kept, lines) = erased(Erasure { who: Some(Id::from_bits(2)), span: None });
    is_whole(&kept);
    assert_eq!((packets(&kept, 1), packets(&kept, 2), lines), (200, 0, vec![7]));
    for record in &kept {
        let text = String::from_utf8_lossy(&record.payload);
        let named = Id::<Room>::from_bits(2).to_string();
        assert!(!text.contains("Person 2") && !text.contains("Words of 2") && !text.contains(&named), "{text}");
    }
    assert!(kept.iter().any(|record| String::from_utf8_lossy(&record.payload).contains("Words of 1")));
}

#[test]
fn a_span_goes_for_everybody_or_for_one() {
    let (kept, lines) = erased(Erasure { who: None, span: Some(48_000..96_000) });
    is_whole(&kept);
    assert_eq!((packets(&kept, 1), packets(&kept, 2), lines), (150, 150, vec![6]));
    let (kept, lines) = erased(Erasure { who: Some(Id::from_bits(2)), span: Some(48_000..96_000) });
    is_whole(&kept);
    assert_eq!((packets(&kept, 1), packets(&kept, 2), lines), (200, 150, vec![]));
    assert!(kept.iter().any(|record| String::from_utf8_lossy(&record.payload).contains("Person 2")));
}

#[test]
fn a_second_erasure_finds_the_first() {
    let (first, _) = erased(Erasure { who: Some(Id::from_bits(2)), span: None });
    let mut eraser = Eraser::new(Erasure { who: None, span: Some(0..48_000) });
    let kept: Vec<Record> = first.into_iter().filter_map(|record| eraser.record(record)).collect();
    is_whole(&kept);
    assert_eq!(packets(&kept, 1), 150);
}
