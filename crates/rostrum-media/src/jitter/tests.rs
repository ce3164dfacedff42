//! The buffer against networks that lose, delay, repeat and reorder.

use super::*;
use proptest::prelude::*;

/// A packet of 20 ms that carries its number.
fn payload(number: u64) -> Bytes {
    let mut payload = vec![31 << 3];
    payload.extend_from_slice(&number.to_be_bytes());
    payload.into()
}

fn number(payload: &Bytes) -> u64 {
    u64::from_be_bytes(*payload[1..].first_chunk().unwrap())
}

fn arrival(number: u64) -> Arrival {
    let (time, at_us) = (1_000_000 + number * 960, 5_000_000 + number * 20_000);
    Arrival { seq: 70_000 + number, time, at_us, payload: payload(number), marker: false, red: false }
}

fn dtx(number: u64, time: u64) -> Arrival {
    let at_us = arrival(0).at_us + (time - arrival(0).time) * 125 / 6;
    Arrival { time, at_us, payload: Bytes::from_static(&[31 << 3]), ..arrival(number) }
}

fn filled(numbers: impl IntoIterator<Item = u64>) -> Buffer {
    let mut buffer = Buffer::default();
    for number in numbers {
        buffer.insert(arrival(number));
    }
    buffer
}

fn all(buffer: &mut Buffer) -> Vec<String> {
    let mut out = Vec::new();
    loop {
        out.push(match buffer.next(960) {
            Frame::Packet { payload, skip: 0, .. } if payload.len() > 2 => number(&payload).to_string(),
            Frame::Packet { skip, .. } => format!("short {skip}"),
            Frame::Fec { next, samples } => format!("fec {samples} by {}", number(&next)),
            Frame::Conceal { samples } => format!("conceal {samples}"),
            Frame::Silence { samples } => format!("silence {samples}"),
            Frame::Empty { dtx } => {
                out.push(format!("empty {dtx}"));
                return out;
            }
        });
    }
}

#[test]
fn order_is_restored_and_copies_are_dropped() {
    let mut buffer = filled([0, 2, 1, 1, 3]);
    assert_eq!(all(&mut buffer), ["0", "1", "2", "3", "empty false"]);
    assert_eq!(buffer.insert(arrival(2)), Some(arrival(2).time));
    let counts = buffer.counts();
    assert_eq!((counts.received, counts.duplicates, counts.reordered, counts.late), (6, 2, 3, 0));
}

#[test]
fn a_hole_in_numbers_is_loss_and_the_next_packet_repairs_its_end() {
    assert_eq!(all(&mut filled([0, 1, 3])), ["0", "1", "fec 960 by 3", "3", "empty false"]);
    let four = ["0", "conceal 960", "conceal 960", "fec 960 by 4", "4", "empty false"];
    assert_eq!(all(&mut filled([0, 4])), four);
}

#[test]
fn concealment_ends_after_120_ms() {
    let mut buffer = filled([0, 20]);
    let frames = all(&mut buffer);
    assert_eq!(frames.iter().filter(|frame| *frame == "conceal 960").count(), 6);
    assert_eq!(frames.iter().filter(|frame| *frame == "silence 960").count(), 12);
    assert_eq!(frames[19..], ["fec 960 by 20", "20", "empty false"]);
    assert_eq!((0..8).map(|_| buffer.pass(960)).filter(|f| *f == Frame::Conceal { samples: 960 }).count(), 6);
}

#[test]
fn a_jump_in_time_alone_is_silence() {
    let mut buffer = filled([0]);
    let start = arrival(0).time;
    buffer.insert(dtx(1, start + 960));
    buffer.insert(dtx(2, start + 960 * 4));
    let expected = ["0", "short 0", "silence 960", "silence 960", "short 0", "empty true"];
    assert_eq!(all(&mut buffer), expected);
    assert_eq!(buffer.pass(500), Frame::Silence { samples: 500 });
    assert_eq!(buffer.head(), Some(start + 960 * 5 + 500));
}

#[test]
fn a_packet_half_played_is_given_from_its_rest() {
    let mut buffer = filled([0]);
    assert_eq!(all(&mut buffer).len(), 2);
    assert_eq!(buffer.pass(480), Frame::Conceal { samples: 480 });
    buffer.insert(arrival(1));
    assert_eq!(buffer.next(960), Frame::Packet { payload: payload(1), samples: 960, skip: 480 });
    assert_eq!(buffer.pass(960), Frame::Conceal { samples: 960 });
    buffer.insert(arrival(2));
    assert_eq!(buffer.counts().late, 1);
}

#[test]
fn redundancy_fills_holes() {
    let red = |number: u64| {
        let header = [0x80, (960u32 >> 6) as u8, ((960u32 & 0x3f) << 2) as u8, 9];
        let bytes = [&header[..], &[0], &payload(number - 1), &payload(number)].concat();
        Arrival { payload: bytes.into(), red: true, ..arrival(number) }
    };
    let mut buffer = filled([0]);
    buffer.insert(red(2));
    buffer.insert(red(3));
    assert_eq!(all(&mut buffer), ["0", "1", "2", "3", "empty false"]);
    assert_eq!((buffer.counts().recovered, buffer.counts().duplicates), (1, 0));
}

#[test]
fn a_new_run_goes_on_where_the_old_one_would_stand() {
    let mut buffer = filled(0..5);
    let restarted = |n: u64| Arrival { seq: 9, time: 50, ..arrival(n) };
    let shifted = |n: u64| Arrival { seq: 9 + n - 8, time: 50 + (n - 8) * 960, ..restarted(n) };
    let times: Vec<Option<u64>> = (8..14).map(|n| buffer.insert(shifted(n))).collect();
    assert_eq!(times[..4], [None; 4]);
    assert_eq!(times[4..], [Some(arrival(12).time), Some(arrival(13).time)]);
    assert_eq!(buffer.counts().resets, 1);
    let frames = all(&mut buffer);
    assert_eq!(frames[5..8], ["silence 960", "silence 960", "silence 960"]);
    assert_eq!(frames[8..], ["8", "9", "10", "11", "12", "13", "empty false"]);
}

#[test]
fn a_backlog_after_a_stall_is_not_a_new_run() {
    let mut buffer = filled(0..5);
    let stalled = |n: u64| Arrival { at_us: arrival(205).at_us + n * 10, ..arrival(n) };
    for late in (5..205).map(stalled).chain((205..210).map(arrival)) {
        buffer.insert(late);
    }
    assert_eq!(buffer.counts().resets, 0);
    assert!(buffer.counts().strays > 100);
    assert_eq!(all(&mut buffer).iter().rev().nth(1).unwrap(), "209");
}

/// When a packet is sent again, late or not at all: (delay in µs, copies).
fn fate() -> impl Strategy<Value = (u64, usize)> {
    prop_oneof![
        8 => (0u64..60_000, Just(1)),
        1 => (0u64..900_000, 0usize..3),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_network_gives_each_packet_once_in_order_without_a_stall(
        fates in prop::collection::vec(fate(), 1..200),
        dtx_from in 0u64..200,
        latency in 1u64..1_000_000,
    ) {
        let mut arrivals: Vec<Arrival> = Vec::new();
        for (n, (delay, copies)) in (0u64..).zip(&fates) {
            let shift = if n > dtx_from { 40_000 } else { 0 };
            let sent = arrival(n);
            let (time, at_us) = (sent.time + shift, sent.at_us + shift * 125 / 6 + delay);
            arrivals.extend((0..*copies).map(|c| Arrival { time, at_us: at_us + c as u64 * 7000, ..sent.clone() }));
        }
        arrivals.sort_by_key(|arrival| arrival.at_us);
        let mut buffer = Buffer::default();
        let mut seen: Vec<u64> = Vec::new();
        let (mut clock, mut due) = (arrival(0).at_us, arrivals.into_iter().peekable());
        buffer.seek(arrival(0).time);
        while due.peek().is_some() || clock < arrival(250).at_us + 1_000_000 + latency {
            while let Some(next) = due.next_if(|next| next.at_us <= clock) {
                buffer.insert(next);
            }
            prop_assert!(buffer.waiting.len() <= 110, "{} wait", buffer.waiting.len());
            clock += 10_000;
            let play = arrival(0).time + (clock - arrival(0).at_us).saturating_sub(latency) * 6 / 125;
            while buffer.head().unwrap() < play {
                let before = buffer.head().unwrap();
                match buffer.next(480) {
                    Frame::Packet { payload, .. } => seen.push(number(&payload)),
                    Frame::Empty { .. } => drop(buffer.pass(480)),
                    _ => {}
                }
                prop_assert!(buffer.head().unwrap() > before, "time stands still");
            }
        }
        prop_assert!(seen.windows(2).all(|pair| pair[0] < pair[1]), "{seen:?}");
        let lost = fates.iter().filter(|(_, copies)| *copies == 0).count();
        let counts = buffer.counts();
        prop_assert!(seen.len() + lost + counts.late as usize + counts.strays as usize >= fates.len());
        prop_assert_eq!(counts.overflowed, 0);
    }

    #[test]
    fn hostile_numbers_neither_stall_nor_fill_the_memory(
        packets in prop::collection::vec(any::<(u64, u64, u64, [u8; 3], bool)>(), 0..300),
        near in any::<bool>(),
    ) {
        let mut buffer = Buffer::default();
        for (n, (seq, time, at_us, bytes, red)) in (0u64..).zip(packets) {
            let (seq, time) = if near { (seq % 3000, time % 200_000) } else { (seq, time) };
            let at_us = if near { n * 20_000 } else { at_us };
            let payload = Bytes::copy_from_slice(&bytes);
            buffer.insert(Arrival { seq, time, at_us, payload, marker: false, red });
            let _ = (buffer.next(960), buffer.pass(960));
            prop_assert!(buffer.waiting.len() <= PACKETS_MAX);
        }
    }
}
