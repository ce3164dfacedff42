//! Brings one speaker to one loudness: a gain that follows their short-term loudness (EBU Tech 3341: 3 s) slowly, and
//! only while it is they who speak.

use std::collections::VecDeque;

/// Where everybody shall speak, in LUFS of one channel; what the whole comes out at is decided behind the mix.
pub(super) const TARGET_LUFS: f64 = -19.0;
/// Most that is added or taken over the whole recording, in dB: more would lift the room with the voice.
const RANGE_DB: f64 = 20.0;
/// Most by which the gain leaves that, in dB.
const SWING_DB: f64 = 6.0;
/// Steps of 10 ms in a short-term window, and those of speech it needs before it is believed.
const WINDOW: usize = 300;
const STEPS_MIN: usize = 100;
/// Nothing further than this below the speaker's own level is their speech, in LU.
const GATE_LU: f64 = 15.0;
/// Nothing below it is speech, in LUFS.
const SPEECH_MIN_LUFS: f64 = -60.0;
/// How fast the gain moves, in dB a step of speech: up 1.5 dB, down 4 dB a second.
const UP_DB: f64 = 0.015;
const DOWN_DB: f64 = 0.04;

/// One speaker's gain.
#[derive(Debug, Clone)]
pub(super) struct Leveller {
    level_lufs: Option<f64>,
    follows: bool,
    base_db: f64,
    gain_db: f64,
    /// Energies of the last steps of speech, as 10^(LUFS / 10).
    recent: VecDeque<f64>,
    sum: f64,
}

impl Leveller {
    /// Begins where a speaker of that loudness over the whole recording belongs; without `follows` it stays there.
    pub(super) fn new(level_lufs: Option<f64>, follows: bool) -> Self {
        let base_db = level_lufs.map_or(0.0, |level| (TARGET_LUFS - level).clamp(-RANGE_DB, RANGE_DB));
        let recent = VecDeque::with_capacity(WINDOW + 1);
        Self { level_lufs, follows, base_db, gain_db: base_db, recent, sum: 0.0 }
    }

    pub(super) fn gain_db(&self) -> f64 {
        self.gain_db
    }

    /// Takes the loudness of the next 10 ms, and whether this microphone hears more than the others; the gain in dB.
    pub(super) fn step(&mut self, loudness: f64, leads: bool) -> f64 {
        let gate = self.level_lufs.map_or(SPEECH_MIN_LUFS, |level| (level - GATE_LU).max(SPEECH_MIN_LUFS));
        if self.follows && leads && loudness > gate {
            self.remember(10f64.powf(loudness / 10.0));
            self.steer();
        }
        self.gain_db
    }

    fn remember(&mut self, energy: f64) {
        self.recent.push_back(energy);
        if self.recent.len() > WINDOW {
            self.recent.pop_front();
        }
        // Summed anew now and then would be as good; a window is short, so nothing builds up.
        self.sum = self.recent.iter().sum();
    }

    fn steer(&mut self) {
        if self.recent.len() >= STEPS_MIN {
            let short_term = 10.0 * (self.sum / self.recent.len() as f64).log10();
            let wanted = (TARGET_LUFS - short_term).clamp(self.base_db - SWING_DB, self.base_db + SWING_DB);
            self.gain_db += (wanted - self.gain_db).clamp(-DOWN_DB, UP_DB);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(leveller: &mut Leveller, loudness: f64, (seconds, leads): (usize, bool)) -> f64 {
        (0..seconds * 100).map(|_| leveller.step(loudness, leads)).last().expect("some time")
    }

    #[test]
    fn it_starts_where_the_speaker_belongs_and_follows_slowly() {
        let mut quiet = Leveller::new(Some(-35.0), true);
        assert!((quiet.gain_db() - 16.0).abs() < 1e-9);
        assert!((run(&mut quiet, -35.0, (5, true)) - 16.0).abs() < 0.01);
        let second = run(&mut quiet, -30.0, (1, true));
        assert!((11.9..16.0).contains(&second), "{second}");
        assert!((run(&mut quiet, -30.0, (10, true)) - 11.0).abs() < 0.1);
    }

    #[test]
    fn pauses_and_the_voices_of_others_change_nothing() {
        let mut leveller = Leveller::new(Some(-25.0), true);
        let before = run(&mut leveller, -25.0, (5, true));
        assert_eq!(run(&mut leveller, -45.0, (20, true)), before, "a room is no speech");
        assert_eq!(run(&mut leveller, -35.0, (20, false)), before, "somebody else is heard");
    }

    #[test]
    fn what_is_far_off_is_not_brought_all_the_way() {
        assert_eq!(Leveller::new(Some(-60.0), true).gain_db(), 20.0);
        assert_eq!(Leveller::new(None, true).gain_db(), 0.0);
        let mut steady = Leveller::new(Some(-25.0), false);
        assert_eq!(run(&mut steady, -5.0, (9, true)), 6.0);
    }
}
