//! Seconds that name themselves: each is a pair of tones, different for each voice, found again in any decoded sound.

use std::collections::BTreeSet;
use std::f32::consts::TAU;

use rostrum_codec::live::{Encoder, Form};
use rostrum_media::Codec;
use rostrum_media::testing::strength;

use crate::wave::head_at;

const RATE: usize = 48_000;
const FRAME: usize = 960;
/// Tones in a group; a pair is one of each of two groups.
const GROUP: usize = 8;
/// Seconds until the pairs begin again.
const SECONDS: usize = GROUP * GROUP;
/// Window that a tone is looked for in: a fifth of a second tells tones 110 Hz apart with ease.
const WINDOW: usize = RATE / 5;

/// Whose seconds: voices use tones of their own, so that both are found in one mix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voice {
    /// Tones from 400 Hz.
    Low,
    /// Tones from 2,200 Hz.
    High,
    /// Somebody who only listens, with an open microphone.
    Quiet,
}

impl Voice {
    fn hertz(self, group: usize, n: usize) -> f32 {
        let base = if self == Self::High { 2_200.0 } else { 400.0 };
        110.0f32.mul_add((group * GROUP + n) as f32, base)
    }

    /// Opus packets of 20 ms, fifty for each second; after the last the first fits again.
    pub fn packets(self) -> Vec<Vec<u8>> {
        let form = Form { codec: Codec::Opus, channels: 1, bitrate: 48_000 };
        let mut encoder = Encoder::new(form).expect("a form that Opus has");
        let samples = SECONDS * RATE + 4 * FRAME;
        let pcm: Vec<f32> = (0..samples).flat_map(|at| [self.sample(at); 2]).collect();
        let mut packets = Vec::new();
        encoder.push(&pcm, &mut |packet| packets.push(packet.to_vec())).expect("sound can be encoded");
        packets.truncate(SECONDS * RATE / FRAME);
        packets
    }

    /// The same as a WAV file of 48 kHz, mono, 16 bit, to be played over and over.
    pub fn wav(self) -> Vec<u8> {
        let count = SECONDS * RATE;
        let mut file = head_at(u32::try_from(RATE).expect("a small number"), u32::try_from(count).expect("a minute"));
        file.extend((0..count).flat_map(|at| ((self.sample(at) * 32_767.0) as i16).to_le_bytes()));
        file
    }

    fn sample(self, at: usize) -> f32 {
        let loudness = if self == Self::Quiet { 0.0 } else { 0.15 };
        let (second, phase) = (at / RATE % SECONDS, (at % RATE) as f32 / RATE as f32);
        let tone = |group, n| (phase * TAU * self.hertz(group, n)).sin() * loudness;
        tone(0, second % GROUP) + tone(1, second / GROUP)
    }

    /// Names of the seconds that are heard in mono sound of 48 kHz.
    pub fn seconds_in(self, pcm: &[f32]) -> BTreeSet<u64> {
        let windows = (0..pcm.len().saturating_sub(WINDOW)).step_by(WINDOW / 4);
        windows.filter_map(|from| self.second_at(&pcm[from..from + WINDOW])).collect()
    }

    /// How many seconds follow on each other in sound, longest run; the first comes after the last.
    pub fn longest_run(self, pcm: &[f32]) -> u64 {
        let windows = (0..pcm.len().saturating_sub(WINDOW)).step_by(WINDOW / 4);
        let (mut last, mut run, mut longest) = (None, 0, 0);
        for name in windows.filter_map(|from| self.second_at(&pcm[from..from + WINDOW])) {
            let next = last.map(|last| (last + 1) % SECONDS as u64);
            run = if Some(name) == last {
                run
            } else if Some(name) == next {
                run + 1
            } else {
                1
            };
            (last, longest) = (Some(name), longest.max(run));
        }
        longest
    }

    /// Longest time in which this voice is not heard between its first and its last sound, in milliseconds.
    pub fn longest_hole_ms(self, pcm: &[f32]) -> u64 {
        const STEP: usize = RATE / 50;
        let heard: Vec<bool> = pcm.chunks_exact(STEP).map(|piece| self.loudness(piece) > 0.02).collect();
        let first = heard.iter().position(|heard| *heard).unwrap_or(0);
        let end = heard.iter().rposition(|heard| *heard).map_or(0, |last| last + 1);
        let longest = heard[first..end].split(|heard| *heard).map(<[bool]>::len).max().unwrap_or(0);
        longest as u64 * 20
    }

    fn loudness(self, piece: &[f32]) -> f32 {
        let all = (0..2).flat_map(|group| (0..GROUP).map(move |n| (group, n)));
        all.map(|(group, n)| strength(piece, self.hertz(group, n))).fold(0.0, f32::max)
    }

    fn second_at(self, window: &[f32]) -> Option<u64> {
        let name = |group| {
            let mut found: Vec<(f32, usize)> =
                (0..GROUP).map(|n| (strength(window, self.hertz(group, n)), n)).collect();
            found.sort_by(|a, b| b.0.total_cmp(&a.0));
            (found[0].0 > 0.02 && found[0].0 > found[1].0 * 4.0).then_some(found[0].1 as u64)
        };
        Some(name(0)? + name(1)? * GROUP as u64)
    }
}
