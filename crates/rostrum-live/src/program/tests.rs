//! The program against speakers whose packets carry tones, over networks that lose and delay.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use proptest::prelude::*;
use rostrum_media::opus;

use super::*;

/// Decodes a packet that carries its number and its pitch: 20 ms hold whole periods, so that packets join smoothly.
#[derive(Debug, Default)]
struct Tones {
    channels: usize,
    last: f32,
    heard: Arc<Mutex<Vec<u32>>>,
}

impl Tones {
    fn tone(&self, samples: usize, hz: f32, out: &mut Vec<f32>) {
        let at = |n: usize| (n as f32 * hz * std::f32::consts::TAU / 48_000.0).sin() * 0.1;
        out.extend((0..samples * self.channels).map(|n| at(n / self.channels)));
    }
}

fn pitch(payload: &[u8]) -> f32 {
    payload.get(5).map_or(0.0, |code| f32::from(*code) * 50.0)
}

impl Decode for Tones {
    type Error = ();

    fn packet(&mut self, payload: &[u8], out: &mut Vec<f32>) -> Result<(), ()> {
        if let Some(number) = payload.get(1..5) {
            self.heard.lock().unwrap().push(u32::from_be_bytes(*number.first_chunk().unwrap()));
        }
        self.last = pitch(payload);
        self.tone(opus::samples(payload).unwrap() as usize, self.last, out);
        Ok(())
    }

    fn fec(&mut self, next: &[u8], samples: usize, out: &mut Vec<f32>) -> Result<(), ()> {
        self.tone(samples, pitch(next), out);
        Ok(())
    }

    fn conceal(&mut self, samples: usize, out: &mut Vec<f32>) -> Result<(), ()> {
        self.tone(samples, self.last, out);
        Ok(())
    }
}

struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// Our clock when the room goes live.
const LIVE_US: u64 = 77_000_000;

/// Packet `number` of a speaker whose clock is `ppm` fast, sent when it is full, 30 ms under way.
fn spoken(number: u64, hz: f32, ppm: f64) -> Arrival {
    let mut payload = vec![31 << 3];
    payload.extend_from_slice(&(number as u32).to_be_bytes());
    payload.push((hz / 50.0) as u8);
    let at_us = LIVE_US + 50_000 + (number as f64 * 20_000.0 / (1.0 + ppm / 1e6)) as u64;
    let time = (1 << 33) + number * 960;
    Arrival { seq: 70_000 + number, time, at_us, payload: payload.into(), marker: false, red: false }
}

struct Hall {
    program: Program<Tones>,
    heard: Arc<Mutex<Vec<u32>>>,
    out: Vec<f32>,
    next: u64,
}

const ADA: TrackNo = TrackNo(1);

impl Hall {
    fn open(config: Config) -> Self {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&heard);
        let make =
            move |channels: u8| Ok(Tones { channels: usize::from(channels), last: 0.0, heard: Arc::clone(&log) });
        let mut program = Program::new(config, make);
        program.open(ADA, Codec::Opus, 1).unwrap();
        program.go_live(LIVE_US);
        Self { program, heard, out: Vec::new(), next: 0 }
    }

    fn live() -> Self {
        Self::open(Config::default())
    }

    fn speak(&mut self, arrivals: impl IntoIterator<Item = Arrival>) {
        let mut arrivals: Vec<Arrival> = arrivals.into_iter().collect();
        arrivals.sort_by_key(|arrival| arrival.at_us);
        for arrival in arrivals {
            let at_us = arrival.at_us;
            self.program.packet(ADA, arrival);
            self.collect(at_us);
        }
    }

    /// Runs to that many ms after going live; positions must be without a gap.
    fn run(&mut self, ms: u64) {
        self.collect(LIVE_US + ms * 1000);
    }

    fn collect(&mut self, now_us: u64) {
        for block in self.program.advance(now_us) {
            assert_eq!(block.position, self.next);
            assert_eq!(block.samples.len(), BLOCK * 2);
            self.next += BLOCK as u64;
            self.out.extend(block.samples.as_chunks::<2>().0.iter().map(|[left, right]| {
                assert_eq!(left, right);
                left
            }));
        }
    }

    fn level(&self, from_ms: usize, to_ms: usize) -> f32 {
        let part = &self.out[from_ms * 48..to_ms * 48];
        (part.iter().map(|sample| sample * sample).sum::<f32>() / part.len() as f32).sqrt()
    }

    /// Where the pitch rises from one kilohertz to two, in ms, to 5 ms.
    fn rises(&self) -> Vec<usize> {
        let step = 240;
        let high: Vec<bool> =
            self.out.chunks_exact(step).map(|part| power(part, 2000.0) > power(part, 1000.0)).collect();
        let loud: Vec<bool> = self.out.chunks_exact(step).map(|part| power(part, 1000.0) > 1e-4).collect();
        (1..high.len()).filter(|n| high[*n] && !high[n - 1] && loud[n - 1]).map(|n| n * 5).collect()
    }
}

fn power(part: &[f32], hz: f32) -> f32 {
    let angle = |n: usize| n as f32 * hz * std::f32::consts::TAU / 48_000.0;
    let sum = |f: fn(f32) -> f32| part.iter().enumerate().map(|(n, x)| x * f(angle(n))).sum::<f32>();
    (sum(f32::sin).powi(2) + sum(f32::cos).powi(2)) / (part.len() as f32).powi(2)
}

/// A speaker whose pitch is 1 kHz in even seconds, 2 kHz in odd ones.
fn seconds(number: u64) -> f32 {
    if (number / 50).is_multiple_of(2) { 1000.0 } else { 2000.0 }
}

#[test]
fn nothing_in_is_silence_out_on_time() {
    let mut hall = Hall::live();
    assert_eq!(hall.program.due_us(), Some(LIVE_US + 440_000));
    hall.run(439);
    assert_eq!(hall.next, 0);
    hall.run(5_440);
    assert_eq!(hall.next, 48_000 * 5 + 960);
    assert!(hall.out.iter().all(|sample| *sample == 0.0));
    assert_eq!(hall.program.due_us(), Some(LIVE_US + 5_460_000));
}

#[test]
fn every_packet_is_mixed_once_at_its_place() {
    let mut hall = Hall::live();
    hall.speak((0..500).map(|n| spoken(n, 1000.0, 0.0)));
    hall.run(12_000);
    assert_eq!(*hall.heard.lock().unwrap(), (0..500).collect::<Vec<u32>>());
    assert_eq!(hall.level(0, 49), 0.0);
    assert!((60..10_040).step_by(20).all(|ms| hall.level(ms, ms + 20) > 0.05));
    assert_eq!(hall.level(10_250, 11_000), 0.0);
    assert!(hall.program.levels().all(|(_, level)| !level.speaks));
}

#[test]
fn loss_and_jitter_leave_no_hole() {
    let mut chance = Chance(5);
    let mut hall = Hall::live();
    let mut sent: Vec<Arrival> = (0..3000).map(|n| spoken(n, 1000.0, 30.0)).collect();
    sent.retain(|_| chance.below(20) != 0);
    sent.iter_mut().for_each(|arrival| arrival.at_us += chance.below(60_000));
    let count = sent.len();
    hall.speak(sent);
    hall.run(61_000);
    let heard = hall.heard.lock().unwrap();
    assert!(heard.windows(2).all(|pair| pair[0] < pair[1]));
    assert_eq!(heard.len(), count);
    let lowest = (500..60_000).step_by(20).map(|ms| hall.level(ms, ms + 20)).fold(9.0, f32::min);
    assert!(lowest > 0.04, "{lowest}");
}

#[test]
fn clocks_that_run_apart_stay_together() {
    for ppm in [100.0, -100.0] {
        let mut chance = Chance(9);
        let mut hall = Hall::live();
        let jitter = |arrival: Arrival, late: u64| Arrival { at_us: arrival.at_us + late, ..arrival };
        hall.speak((0..24_000).map(|n| jitter(spoken(n, seconds(n), ppm), chance.below(60_000))));
        hall.run(480_000);
        let rises = hall.rises();
        assert!(rises.len() >= 238, "{} seconds found", rises.len());
        for (k, ms) in rises.into_iter().enumerate() {
            let truth = 50.0 + (1000.0 + 2000.0 * k as f64) / (1.0 + ppm / 1e6);
            assert!((ms as f64 - truth).abs() < 20.0, "second {k} at {ms} ms, not {truth}");
        }
        assert!((hall.program.health(ADA).unwrap().ppm - ppm).abs() < 40.0);
    }
}

/// How far from the truth the seconds of a speaker whose clock is `ppm` fast are at the end of an hour, in ms.
fn off_after_an_hour(ppm: f64) -> Vec<f64> {
    let (mut chance, mut hall) = (Chance(5), Hall::live());
    for minute in 0..60 {
        hall.out.clear();
        let said = (minute * 3000..(minute + 1) * 3000).map(|n| {
            let arrival = spoken(n, seconds(n), ppm);
            Arrival { at_us: arrival.at_us + chance.below(60_000), ..arrival }
        });
        hall.speak(said);
    }
    let from_ms = (hall.next - hall.out.len() as u64) as f64 / 48.0;
    let off = |ms: usize| {
        let (ms, speed) = (from_ms + ms as f64, 1.0 + ppm / 1e6);
        let nearest = (((ms - 50.0) * speed - 1000.0) / 2000.0).round();
        ms - (50.0 + (1000.0 + 2000.0 * nearest) / speed)
    };
    hall.rises().into_iter().map(off).collect()
}

#[test]
fn two_whose_clocks_run_apart_are_together_after_an_hour() {
    let (fast, slow) = (off_after_an_hour(100.0), off_after_an_hour(-100.0));
    assert!(fast.len() >= 25 && slow.len() >= 25, "{fast:?} {slow:?}");
    let ends =
        |off: &[f64]| (off.iter().copied().fold(f64::MAX, f64::min), off.iter().copied().fold(f64::MIN, f64::max));
    let ((fast_min, fast_max), (slow_min, slow_max)) = (ends(&fast), ends(&slow));
    let apart = (fast_max - slow_min).max(slow_max - fast_min);
    assert!(apart <= 20.0, "{apart} ms apart: {fast:?} {slow:?}");
}

#[test]
fn late_packets_make_the_track_wait_and_later_it_catches_up() {
    let mut hall = Hall::live();
    // From packet 100 on everything comes 450 ms late: more than the program waits.
    let late = |n: u64| Arrival { at_us: spoken(n, 1000.0, 0.0).at_us + 450_000, ..spoken(n, 1000.0, 0.0) };
    hall.speak((0..100).map(|n| spoken(n, 1000.0, 0.0)).chain((100..1500).map(late)));
    hall.run(31_500);
    let heard = hall.heard.lock().unwrap();
    assert!(heard.len() > 1450, "{} packets heard", heard.len());
    let holes = (3_000..30_000).step_by(20).filter(|ms| hall.level(*ms, ms + 20) < 0.03).count();
    assert_eq!(holes, 0);
}

#[test]
fn muted_is_muted_and_what_was_said_before_is_heard() {
    let mut hall = Hall::live();
    let all: Vec<Arrival> = (0..500).map(|n| spoken(n, 1000.0, 0.0)).collect();
    for arrival in all {
        let at_us = arrival.at_us;
        if at_us == LIVE_US + 50_000 + 3_000_000 {
            hall.program.mute(ADA, true, at_us);
        }
        if at_us == LIVE_US + 50_000 + 6_000_000 {
            hall.program.mute(ADA, false, at_us);
        }
        hall.speak([arrival]);
    }
    hall.run(11_000);
    assert!((60..3_020).step_by(20).all(|ms| hall.level(ms, ms + 20) > 0.05));
    assert_eq!(hall.level(3_060, 6_050), 0.0);
    assert!((6_080..10_000).step_by(20).all(|ms| hall.level(ms, ms + 20) > 0.05));
}

#[test]
fn a_closed_track_is_heard_to_its_end_and_goes() {
    let mut hall = Hall::live();
    hall.speak((0..100).map(|n| spoken(n, 1000.0, 0.0)));
    hall.program.close(ADA, LIVE_US + 2_050_000);
    hall.run(4_000);
    assert!(hall.level(1_980, 2_040) > 0.05);
    assert_eq!(hall.level(2_090, 3_000), 0.0);
    assert_eq!(hall.program.levels().count(), 0);
}

#[test]
fn a_dump_takes_back_what_has_not_gone_out() {
    let mut hall = Hall::open(Config { hold_s: 5, ..Config::default() });
    hall.speak((0..500).map(|n| spoken(n, 1000.0, 0.0)));
    hall.run(10_050);
    assert_eq!(hall.next, (10_050 - 5_420) * 48 / 960 * 960);
    let span = hall.program.dump(3, LIVE_US + 10_050_000).unwrap();
    assert_eq!(span, 7_050 * 48..10_050 * 48);
    hall.run(20_000);
    assert!(hall.level(6_900, 7_050) > 0.05);
    assert_eq!(hall.level(7_060, 10_040), 0.0);
    assert_eq!(hall.program.dump(0, LIVE_US + 20_000_000), None);
}

#[test]
fn the_end_gives_all_at_once_and_a_later_program_goes_on() {
    let mut hall = Hall::open(Config { hold_s: 10, ..Config::default() });
    hall.speak((0..100).map(|n| spoken(n, 1000.0, 0.0)));
    let end = hall.program.end(LIVE_US + 2_001_000).unwrap();
    hall.run(2_001);
    assert_eq!((end, hall.next), (2_020 * 48, 2_020 * 48));
    assert!(hall.level(1_960, 1_980) > 0.05);
    assert_eq!(hall.program.due_us(), None);
    hall.run(60_000);
    assert_eq!(hall.next, end);
    assert!(hall.program.reading().integrated_lufs.is_some());
    let mut later = Program::new(Config::default(), |_| Ok(Tones::default()));
    later.resume_at(46_080 * 3, LIVE_US);
    assert_eq!(later.advance(LIVE_US + 440_000).next().unwrap().position, 46_080 * 3);
}

#[test]
fn decoded_sources_come_in_bursts_and_are_heard_evenly() {
    let mut hall = Hall::live();
    let encoder = TrackNo(7);
    hall.program.open(encoder, Codec::Pcm, 1).unwrap();
    let mut tone = (0..).map(|n| (n as f32 * 1000.0 * std::f32::consts::TAU / 48_000.0).sin() * 0.1);
    for burst in 0..100u64 {
        let samples: Vec<f32> = tone.by_ref().take(9600).collect();
        hall.program.pcm(encoder, &samples, LIVE_US + burst * 200_000 + burst % 3 * 60_000);
    }
    hall.run(25_000);
    let start = (0..2000).step_by(20).find(|ms| hall.level(*ms, ms + 20) > 0.05).unwrap();
    assert!(start < 1500, "{start}");
    assert!((start + 20..20_000).step_by(20).all(|ms| hall.level(ms, ms + 20) > 0.05));
    assert_eq!(hall.level(22_000, 24_000), 0.0);
}

#[test]
fn stems_are_aligned_and_keep_their_packets() {
    for ppm in [100.0, -100.0] {
        let mut chance = Chance(4);
        let mut stem = Stem::new(false, 0, LIVE_US);
        let talks = |n: &u64| n % 3000 < 2000;
        let mut sent: Vec<Arrival> = (0..180_000).filter(talks).map(|n| spoken(n, 1000.0, ppm)).collect();
        sent.iter_mut().for_each(|arrival| arrival.at_us += chance.below(60_000));
        sent.sort_by_key(|arrival| arrival.at_us);
        let (mut next, mut packets, count) = (0, 0, sent.len());
        let mut check = |piece: Piece| {
            assert_eq!((piece.position, opus::samples(&piece.payload)), (next, Some(piece.samples)));
            next += u64::from(piece.samples);
            if piece.kind == PieceKind::Packet {
                packets += 1;
                let number = u32::from_be_bytes(*piece.payload[1..].first_chunk().unwrap());
                let truth = (spoken(u64::from(number), 0.0, ppm).at_us - LIVE_US) as f64 / 1000.0;
                let off = piece.position as f64 / 48.0 - truth;
                assert!(number < 500 && off.abs() < 60.0 || off.abs() < 20.0, "packet {number} is {off} ms off");
            }
        };
        for arrival in sent {
            let at_us = arrival.at_us;
            stem.packet(arrival);
            stem.advance(at_us).for_each(&mut check);
        }
        let slips = stem.slips();
        stem.finish(3_700 * 48_000).for_each(&mut check);
        assert!(next >= 3_700 * 48_000);
        assert!(
            packets + slips as usize >= count - 5 && packets > count * 999 / 1000,
            "{packets} and {slips} of {count}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_same_inputs_give_the_same_samples_however_often_one_asks(
        seed in any::<u64>(),
        stride_ms in 1u64..3000,
        loss in 2u64..30,
    ) {
        let mixed = |stride_ms: u64| {
            let mut chance = Chance(seed);
            let mut hall = Hall::live();
            let mut sent: Vec<Arrival> = (0..250).map(|n| spoken(n, seconds(n), 50.0)).collect();
            sent.retain(|_| chance.below(loss) != 0);
            sent.iter_mut().for_each(|arrival| arrival.at_us += chance.below(90_000));
            sent.sort_by_key(|arrival| arrival.at_us);
            for (n, arrival) in sent.into_iter().enumerate() {
                let at_us = arrival.at_us;
                match n {
                    60 => hall.program.mute(ADA, true, at_us),
                    100 => hall.program.mute(ADA, false, at_us),
                    _ => {}
                }
                hall.program.packet(ADA, arrival);
                if (at_us - LIVE_US) / 1000 % stride_ms < 20 {
                    hall.collect(at_us);
                }
            }
            hall.run(6_000);
            hall.out
        };
        prop_assert!(mixed(1) == mixed(stride_ms));
    }
}

/// An hour of the network's worst packets cannot make the program lose its clock.
#[test]
fn rubbish_stops_nothing() {
    let mut hall = Hall::live();
    let mut chance = Chance(1);
    for n in 0..20_000u64 {
        let payload: Bytes = (0..chance.below(4)).map(|_| chance.below(256) as u8).collect::<Vec<_>>().into();
        let (seq, time) = (chance.below(1 << 30) << chance.below(30), chance.below(1 << 30) << chance.below(34));
        let at_us = LIVE_US + n * 1000;
        hall.program.packet(ADA, Arrival { seq, time, at_us, payload, marker: false, red: n % 2 == 0 });
        hall.program.sender_report(ADA, (time, seq), at_us);
    }
    hall.run(20_440);
    assert_eq!(hall.next, 48_000 * 20 + 960);
}
