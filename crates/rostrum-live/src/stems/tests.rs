//! One speaker over a reload and a restart of the stage, another with a stereo encoder, as records.

use std::convert::Infallible;

use rostrum_domain::Id;
use rostrum_domain::room::RoomState;

use super::*;
use crate::event::{Coding, Entry, Event, Track as Opened};

const LIVE_US: u64 = 7_000_000;

fn entry((no, epoch, mono_us): (u64, u32, u64), at: u64, event: Event) -> Record {
    let entry = Entry { no, at, by: None, request: None, event };
    let (kind, payload) = (entry.event.kind(), entry.to_payload().into());
    Record { epoch, track: 0, kind, seq: 0, time: 0, mono_us, wall_us: 0, payload }
}

fn opened(at: (u64, u32, u64), track: u32, (who, channels): (u128, u8)) -> Record {
    let coding = Coding { codec: "opus".into(), rate_hz: 48_000, channels };
    let track = Opened { track: TrackNo(track), who: Id::from_bits(who), source: Source::Voice, slot: None, coding };
    entry(at, 0, Event::TrackOpened(track))
}

/// A packet that says at which program position it was spoken.
fn packet((epoch, track): (u32, u32), seq: u64, (mono_us, position): (u64, u64)) -> Record {
    let payload = [&[0xf8][..], &position.to_be_bytes(), &[7; 90]].concat();
    let payload = Packet { payload: payload.into(), ..Packet::default() }.to_payload();
    let time = seq * 960 + u64::from(track) * 1_000_000;
    Record { epoch, track, kind: Kind::Packet, seq, time, mono_us, wall_us: 0, payload }
}

/// 10 seconds, a reload, 5 seconds, 2 seconds away, a restart on a machine that was started anew, 5 seconds.
fn journal() -> Vec<Record> {
    let mut records = vec![entry((1, 1, LIVE_US), 0, Event::State { state: RoomState::Live })];
    let speak = |records: &mut Vec<Record>, of: (u32, u32), (from_s, until_s): (u64, u64), zero_us: i64| {
        for n in from_s * 50..until_s * 50 {
            let mono_us = (zero_us + (n.cast_signed() + 1) * 20_000).cast_unsigned();
            records.push(packet(of, n - from_s * 50, (mono_us, n * 960)));
        }
    };
    records.push(opened((2, 1, LIVE_US), 1, (5, 1)));
    speak(&mut records, (1, 1), (0, 10), LIVE_US.cast_signed());
    records.push(opened((3, 1, LIVE_US + 10_000_000), 2, (5, 1)));
    speak(&mut records, (1, 2), (10, 15), LIVE_US.cast_signed());
    let restored = Event::Restored { epoch: 2 };
    records.push(entry((4, 2, 3_000_000), 17 * 48_000, restored));
    records.push(opened((5, 2, 3_000_000), 3, (5, 1)));
    records.push(opened((6, 2, 3_000_000), 4, (6, 2)));
    speak(&mut records, (2, 3), (17, 22), 3_000_000 - 17_000_000);
    speak(&mut records, (2, 4), (18, 20), 3_000_000 - 17_000_000);
    records
}

fn lanes(records: &[Record]) -> BTreeMap<Lane, Vec<Piece>> {
    let mut lanes = BTreeMap::<Lane, Vec<Piece>>::new();
    let mut out = |lane: Lane, stereo: bool, piece: Piece| -> Result<(), Infallible> {
        assert_eq!(stereo, lane.0 == Id::from_bits(6));
        lanes.entry(lane).or_default().push(piece);
        Ok(())
    };
    let mut stems = Stems::default();
    for record in records {
        stems.record(record, &mut out).expect("it cannot fail");
    }
    stems.finish(23 * 48_000, &mut out).expect("it cannot fail");
    lanes
}

#[test]
fn a_speaker_is_one_lane_on_the_program_clock_over_reloads_and_restarts() {
    let lanes = lanes(&journal());
    assert_eq!(lanes.len(), 2);
    for (lane, pieces) in &lanes {
        let mut next = 0;
        for piece in pieces {
            assert_eq!((piece.position, opus::samples(&piece.payload)), (next, Some(piece.samples)));
            next += u64::from(piece.samples);
        }
        assert!((23 * 48_000..23 * 48_000 + 960).contains(&next), "{lane:?} ends at {next}");
        let heard: Vec<(u64, u64)> = pieces
            .iter()
            .filter(|piece| piece.kind == PieceKind::Packet)
            .map(|piece| (piece.position, u64::from_be_bytes(*piece.payload[1..].first_chunk().expect("nine bytes"))))
            .collect();
        let expected = if lane.0 == Id::from_bits(6) { 100 } else { 1000 };
        assert!(heard.len() >= expected - 5, "{lane:?} has {} packets", heard.len());
        for (position, spoken) in heard {
            assert!(position.abs_diff(spoken) <= 960 * 2, "spoken at {spoken}, lies at {position}");
        }
    }
}

#[test]
fn records_that_come_again_change_nothing() {
    let once = journal();
    // A disk that failed: the last of the first epoch stand in the next segment again.
    let mut twice = once.clone();
    let again: Vec<Record> = once[300..756].to_vec();
    twice.splice(756..756, again);
    assert_eq!(lanes(&once), lanes(&twice));
}

#[test]
fn what_has_no_clock_is_left_out() {
    let records = journal();
    assert!(lanes(&records[1..600]).is_empty());
}
