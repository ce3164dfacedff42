//! Two microphones in one room: a quiet speaker and a loud one, each also heard in the other's microphone.

use super::*;
use crate::loudness::Meter;
use crate::testing::strength;

/// Speech-like: a tone with syllables.
fn voice(hz: f32, n: usize) -> f32 {
    let syllable = (n as f32 / 9_600.0 * std::f32::consts::PI).sin().powi(2);
    (n as f32 * hz * std::f32::consts::TAU / 48_000.0).sin() * (0.2 + 0.8 * syllable)
}

const SPEAKERS: [(f32, f32); 2] = [(500.0, 0.05), (800.0, 0.4)];
const TURN: usize = 8 * 48_000;

/// What each microphone hears: its own speaker in turn, and the other 34 dB down.
fn microphone(which: usize, n: usize) -> f32 {
    let turn = n / TURN % 2;
    let (hz, loud) = SPEAKERS[turn];
    voice(hz, n) * loud * if turn == which { 1.0 } else { 0.02 }
}

fn level(which: usize) -> Option<f64> {
    let mut meter = Meter::new(1, false);
    meter.push(&[(0..2 * TURN).map(|n| microphone(which, n)).collect()]);
    meter.finish().integrated()
}

/// Two turns of each, without what settles at the start: the mix, and what of it the quiet speaker's microphone brings.
fn mixed(how: Remaster) -> [Vec<f32>; 2] {
    let known = (0..2).map(|which| (which as u32, Known { level_lufs: level(which), voice: true })).collect();
    let mut console = Console::new(how, known);
    let mut out = [Vec::new(), Vec::new()];
    for block in 0..4 * TURN / BLOCK {
        let mut heard = [0, 1]
            .map(|which| (block * BLOCK..(block + 1) * BLOCK).map(|n| microphone(which, n)).collect::<Vec<f32>>());
        let mut strips: Vec<Strip<'_>> =
            (0..).zip(&mut heard).map(|(track, samples)| Strip { track, channels: 1, samples }).collect();
        console.block(&mut strips);
        out[0].extend((0..BLOCK).map(|n| heard[0][n] + heard[1][n]));
        out[1].extend_from_slice(&heard[0]);
    }
    out.map(|mut all| all.split_off(2 * TURN))
}

fn loudness(pcm: &[f32]) -> f64 {
    let mut meter = Meter::new(1, false);
    meter.push(&[pcm.to_vec()]);
    meter.finish().integrated().unwrap()
}

#[test]
fn a_quiet_and_a_loud_speaker_come_out_alike() {
    let [plain, _] = mixed(Remaster { leveller: false, crossgate: false, denoise: false });
    let apart = loudness(&plain[TURN..]) - loudness(&plain[..TURN]);
    assert!(apart > 15.0, "they are {apart} LU apart");
    let [level, _] = mixed(Remaster { leveller: true, crossgate: true, denoise: false });
    let (first, second) = (loudness(&level[..TURN]), loudness(&level[TURN..]));
    assert!((first - second).abs() < 1.5, "{first} and {second}");
    assert!((first - leveller::TARGET_LUFS).abs() < 2.0, "{first}");
}

#[test]
fn a_microphone_that_only_hears_the_other_is_closed() {
    let [_, open] = mixed(Remaster { leveller: true, crossgate: false, denoise: false });
    let [_, gated] = mixed(Remaster { leveller: true, crossgate: true, denoise: false });
    // While the loud one speaks, the quiet one's microphone hears them too, raised by what the quiet one needs.
    let (from, to) = (TURN + 96_000, TURN + 336_000);
    let (open, gated) = (strength(&open[from..to], 800.0), strength(&gated[from..to], 800.0));
    assert!(open > 0.01 && gated < open * 0.25, "{gated} of {open}");
}
