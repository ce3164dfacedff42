//! What tests listen with.

use crate::SAMPLE_RATE;

/// How strong a tone is in one channel at 48 kHz, as an amplitude (Goertzel).
pub fn strength(pcm: &[f32], hertz: f32) -> f32 {
    let turn = 2.0 * (f64::from(hertz) * std::f64::consts::TAU / f64::from(SAMPLE_RATE)).cos();
    let step = |(a, b): (f64, f64), sample: &f32| (turn.mul_add(a, f64::from(*sample) - b), a);
    let (a, b) = pcm.iter().fold((0.0, 0.0), step);
    (2.0 * (a.mul_add(a, b * b) - turn * a * b).max(0.0).sqrt() / pcm.len() as f64) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_is_as_strong_as_it_is_loud_and_others_are_not_there() {
        let tone: Vec<f32> =
            (0..9_600).map(|n| (n as f32 * 440.0 * std::f32::consts::TAU / 48_000.0).sin() * 0.5).collect();
        assert!((strength(&tone, 440.0) - 0.5).abs() < 0.001);
        assert!(strength(&tone, 700.0) < 0.001);
    }
}
