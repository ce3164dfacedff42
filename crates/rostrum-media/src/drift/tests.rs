//! Clocks that run off, networks that jitter, paths that step.

use super::*;

struct Net {
    state: u64,
}

impl Net {
    fn below(&mut self, bound: u64) -> u64 {
        self.state = self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.state >> 33) % bound
    }
}

/// When a packet is sent, by our clock, if theirs is `ppm` fast.
fn sent_us(packet: u64, ppm: f64) -> f64 {
    packet as f64 * 20_000.0 / (1.0 + ppm / 1e6)
}

const TIME_0: u64 = 1 << 33;

/// Furthest that the line was off, in ms, after the first ten seconds.
fn furthest(ppm: f64, minutes: u64, talks: impl Fn(u64) -> bool) -> f64 {
    let (mut drift, mut net, mut furthest) = (Drift::default(), Net { state: 7 }, 0.0f64);
    for packet in 0..minutes * 3000 {
        let sent = sent_us(packet, ppm);
        let time = TIME_0 + packet * 960;
        if talks(packet) {
            drift.packet(time, (3e6 + sent) as u64 + net.below(60_000));
        }
        if packet % 250 == 0 {
            let ntp = ((sent / 1e6) * 4_294_967_296.0) as u64 + (3_900_000_000 << 32);
            drift.report(ntp, time, (3e6 + sent - 20_000.0) as u64 + net.below(60_000));
        }
        if packet > 500 {
            furthest = furthest.max((drift.at_us(time).unwrap() - 3e6 - sent).abs() / 1000.0);
        }
    }
    furthest
}

#[test]
fn an_hour_at_100_ppm_stays_in_line() {
    for ppm in [100.0, -100.0, 0.0] {
        let off = furthest(ppm, 60, |_| true);
        assert!(off < 6.0, "{ppm} ppm: {off} ms");
    }
}

#[test]
fn reports_carry_the_line_through_minutes_of_silence() {
    let off = furthest(80.0, 30, |packet| packet % 15_000 < 3000);
    assert!(off < 12.0, "{off} ms");
}

#[test]
fn the_slope_is_learned_and_survives_a_step() {
    let (mut drift, mut net) = (Drift::default(), Net { state: 3 });
    for packet in 0..12_000u64 {
        let step = if packet >= 9000 { 90_000 } else { 0 };
        let at_us = 1_000_000 + step + sent_us(packet, 60.0) as u64 + net.below(40_000);
        drift.packet(TIME_0 + packet * 960, at_us);
        if packet > 4500 {
            assert!((drift.ppm() - 60.0).abs() < 40.0, "{} ppm at {packet}", drift.ppm());
        }
    }
    assert_eq!(drift.steps(), 1);
    let truth = 1_090_000.0 + sent_us(12_000, 60.0);
    let off = drift.at_us(TIME_0 + 12_000 * 960).unwrap() - truth;
    assert!(off.abs() < 4000.0, "{off} µs");
}

#[test]
fn both_ways_of_reading_the_line_agree() {
    let mut drift = Drift::default();
    assert_eq!((drift.at_us(5), drift.time(5.0), drift.ppm()), (None, None, 0.0));
    (0..5000).for_each(|packet| drift.packet(TIME_0 + packet * 960, 77 + sent_us(packet, 200.0) as u64));
    let time = TIME_0 + 6_000_000;
    assert!((drift.time(drift.at_us(time).unwrap()).unwrap() - time as f64).abs() < 0.01);
    assert!((drift.ppm() - 200.0).abs() < 1.0, "{}", drift.ppm());
}

#[test]
fn reports_of_another_timeline_are_ignored() {
    let mut drift = Drift::default();
    drift.report(1 << 40, 5, 9);
    (0..200).for_each(|packet| drift.packet(TIME_0 + packet * 960, packet * 20_000));
    let before = drift.at_us(TIME_0);
    (0..20).for_each(|n| drift.report(n << 32, 17, 4_000_000 + n * 1_000_000));
    assert_eq!(drift.at_us(TIME_0), before);
}
