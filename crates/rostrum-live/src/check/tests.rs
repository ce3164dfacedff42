//! A small journal, whole and harmed.

use bytes::Bytes;
use rostrum_media::journal::{Reader, write};

use super::*;
use crate::watermark::Safe;

const ROOM: u128 = 5;

fn record(kind: Kind, (epoch, track, seq): (u32, u32, u64), payload: Vec<u8>) -> Record {
    Record { epoch, track, kind, seq, time: seq * 960, mono_us: 1_000 + seq, wall_us: 5, payload: payload.into() }
}

fn header(segment: u32, epoch: u32) -> Record {
    let room = Id::from_bits(ROOM);
    SegmentHeader { version: FORMAT_VERSION, room, segment, epoch, mono_us: 1, wall_us: 2 }.to_record()
}

fn packet(epoch: u32, seq: u64) -> Record {
    record(
        Kind::Packet,
        (epoch, 7, seq),
        Packet { payload: Bytes::from_static(b"sound"), ..Packet::default() }.to_payload().to_vec(),
    )
}

fn entry(epoch: u32, no: u64, state: RoomState) -> Record {
    let entry = Entry { no, at: 0, by: None, request: None, event: Event::State { state } };
    record(entry.event.kind(), (epoch, 0, 0), entry.to_payload())
}

fn mark(seq: u64, packets: u64) -> Record {
    let tracks = vec![Safe { track: TrackNo(7), seq, packets }];
    record(Kind::Watermark, (1, 0, 0), Watermark { at: 5, tracks }.to_payload())
}

/// Two segments of one epoch and one of the next: a few packets, some out of order, and the room's life.
fn journal() -> Vec<Vec<Record>> {
    let first = vec![
        header(1, 1),
        entry(1, 1, RoomState::Live),
        packet(1, 10),
        packet(1, 12),
        packet(1, 11),
        packet(1, 13),
        mark(12, 2),
        packet(1, 14),
    ];
    // The disk failed behind 13: what was not safe comes again.
    let second = vec![header(2, 1), entry(1, 1, RoomState::Live), packet(1, 13), packet(1, 14), mark(14, 4)];
    let third = vec![header(4, 2), entry(2, 2, RoomState::Live), packet(2, 900), entry(2, 3, RoomState::Ended)];
    vec![first, second, third]
}

const NUMBERS: [u32; 3] = [1, 2, 4];

fn bytes(records: &[Record]) -> Vec<u8> {
    let mut out = Vec::new();
    records.iter().for_each(|record| write(record, &mut out).expect("short"));
    out
}

fn inspect(segments: Vec<Vec<u8>>) -> Outcome {
    let mut check = Check::new(Id::from_bits(ROOM));
    for (number, bytes) in NUMBERS.into_iter().zip(segments) {
        check.segment(number);
        Reader::whole(bytes.into()).for_each(|item| check.item(&item));
    }
    check.finish(true)
}

fn found(change: impl FnOnce(&mut Vec<Vec<Record>>)) -> Vec<Finding> {
    let mut records = journal();
    change(&mut records);
    inspect(records.iter().map(|records| bytes(records)).collect()).findings
}

#[test]
fn a_whole_journal_has_nothing_to_tell() {
    let outcome = inspect(journal().iter().map(|records| bytes(records)).collect());
    assert_eq!(outcome, Outcome { segments: 3, records: 17, epochs: 2, late: 0, findings: Vec::new() });
}

#[test]
fn what_was_safe_and_is_gone_is_told() {
    let gone = found(|segments| drop(segments[0].remove(3)));
    assert_eq!(gone, [], "it came again in the next segment");
    let gone = found(|segments| drop(segments[0].remove(2)));
    assert_eq!(gone, [Finding::Packets { track: 7, missing: 1 }]);
    let gone = found(|segments| drop(segments[2].remove(1)));
    assert_eq!(gone, [Finding::Entries { missing: 1, first: 2 }]);
    let gone = found(|segments| drop(segments[2].pop()));
    assert_eq!(gone, [Finding::Endless]);
}

#[test]
fn heads_and_epochs_must_fit() {
    assert_eq!(found(|segments| drop(segments[1].remove(0))), [Finding::Header { segment: 2 }]);
    assert_eq!(found(|segments| segments[1][0] = header(3, 1)), [Finding::Header { segment: 2 }]);
    assert_eq!(
        found(|segments| segments[2][2] = packet(1, 900)),
        [Finding::Epoch { segment: 4, found: 1, expected: 2 }]
    );
    let strange = found(|segments| segments[2][2] = record(Kind::Chat, (2, 0, 0), b"{".to_vec()));
    assert_eq!(strange, [Finding::Unreadable { segment: 4, kind: "chat" }]);
}

#[test]
fn a_segment_that_was_never_begun_is_no_damage() {
    let mut whole: Vec<Vec<u8>> = journal().iter().map(|records| bytes(records)).collect();
    let last = whole.pop().expect("there are three");
    whole.push(Vec::new());
    let findings = inspect(whole).findings;
    assert_eq!(findings, [Finding::Empty { segment: 4 }, Finding::Endless]);
    assert!(!findings[0].is_damage() && findings[1].is_damage());
    drop(last);
}

#[test]
fn a_cut_end_is_no_damage_and_a_flipped_bit_is() {
    let whole: Vec<Vec<u8>> = journal().iter().map(|records| bytes(records)).collect();
    let mut cut = whole.clone();
    let length = cut[0].len() - 3;
    cut[0].truncate(length);
    let findings = inspect(cut).findings;
    assert!(matches!(findings[..], [Finding::Torn { segment: 1, .. }]) && !findings[0].is_damage(), "{findings:?}");
    for at in (0..whole[0].len()).step_by(11) {
        let mut flipped = whole.clone();
        flipped[0][at] ^= 4;
        let findings = inspect(flipped).findings;
        let told = findings.iter().any(|one| matches!(one, Finding::Damaged { segment: 1, .. } | Finding::Torn { .. }));
        assert!(told, "byte {at}: {findings:?}");
    }
}
