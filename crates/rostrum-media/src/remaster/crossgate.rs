//! Microphones that share one gain (Dugan's way, US patent 3,992,584, long expired): each is taken down by as much as
//! its level lies below that of all together. One speaker passes untouched, two at once lose 3 dB each, an idle
//! microphone that only hears the others all but closes, and the room stays as loud as one open microphone hears it.

/// How fast a level is believed to rise and to fall, a part a step of 10 ms: about 10 ms and 250 ms.
const RISE: f64 = 0.6;
const FALL: f64 = 0.04;
/// The least gain: what is said in a closed microphone is still there, 18 dB down.
const LEAST: f64 = 0.126;
/// A gain above which a microphone hears its own speaker: 3 dB down or less.
const LEADS: f64 = 0.7;
/// Below this energy nobody asks for anything: −70 LUFS.
const NOTHING: f64 = 1e-7;
/// How fast gains move, in parts of the way a step: opening within two steps, closing within 200 ms.
const OPEN: f64 = 0.7;
const CLOSE: f64 = 0.12;

/// One microphone's share.
#[derive(Debug, Clone)]
pub(super) struct Share {
    energy: f64,
    gain: f64,
}

impl Default for Share {
    fn default() -> Self {
        Self { energy: 0.0, gain: 1.0 }
    }
}

impl Share {
    /// Takes the energy of the next step; what it asks with.
    pub(super) fn hear(&mut self, energy: f64) -> f64 {
        let speed = if energy > self.energy { RISE } else { FALL };
        self.energy += speed * (energy - self.energy);
        self.energy
    }

    /// The gain when all together ask with `total`.
    pub(super) fn gain(&mut self, total: f64) -> f32 {
        let wanted = if total > NOTHING { (self.energy / total).sqrt().max(LEAST) } else { 1.0 };
        let speed = if wanted > self.gain { OPEN } else { CLOSE };
        self.gain += speed * (wanted - self.gain);
        self.gain as f32
    }

    /// The gain without sharing.
    pub(super) fn lead(&mut self) -> f32 {
        self.gain = 1.0;
        1.0
    }

    /// Whether it is this microphone's own speaker who is heard.
    pub(super) fn leads(&self) -> bool {
        self.gain >= LEADS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The gains after `seconds` of steady energies.
    fn settled(shares: &mut [Share], energies: &[f64], seconds: usize) -> Vec<f32> {
        let mut gains = Vec::new();
        for _ in 0..seconds * 100 {
            let total: f64 = shares.iter_mut().zip(energies).map(|(share, energy)| share.hear(*energy)).sum();
            gains = shares.iter_mut().map(|share| share.gain(total)).collect();
        }
        gains
    }

    #[test]
    fn one_passes_two_share_and_the_idle_close() {
        let mut shares = vec![Share::default(); 3];
        let gains = settled(&mut shares, &[0.01, 0.000_05, 0.000_05], 3);
        assert!(gains[0] > 0.99 && gains[1] < 0.13 && gains[2] < 0.13, "{gains:?}");
        assert!(shares[0].leads() && !shares[1].leads());
        let gains = settled(&mut shares, &[0.01, 0.01, 0.000_05], 3);
        assert!((gains[0] - 0.707).abs() < 0.01 && (gains[1] - 0.707).abs() < 0.01, "{gains:?}");
        let powers: f32 = settled(&mut shares, &[0.000_1; 3], 3).iter().map(|gain| gain * gain).sum();
        assert!((powers - 1.0).abs() < 0.01, "the room is as loud as in one microphone: {powers}");
    }

    #[test]
    fn who_begins_to_speak_is_open_at_once() {
        let mut shares = vec![Share::default(); 2];
        settled(&mut shares, &[0.01, 0.000_01], 3);
        for _ in 0..4 {
            let total: f64 = shares.iter_mut().zip([0.000_01, 0.01]).map(|(share, energy)| share.hear(energy)).sum();
            for share in &mut shares {
                share.gain(total);
            }
        }
        assert!(shares[1].gain > 0.6, "{shares:?}");
    }
}
