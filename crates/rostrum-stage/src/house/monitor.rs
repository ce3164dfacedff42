//! The program for listeners without delay (WHEP): the very mix the audience hears, encoded once for all of them as it
//! comes out, with whatever it is held back by.

use std::sync::Arc;
use std::time::Instant;

use rostrum_codec::live::{Encoder, Form};
use rostrum_live::room::PeerId;
use rostrum_media::Codec;

use crate::peer::Arrived;

/// Bits per second.
const BITRATE: u32 = 64_000;
/// Most who listen that way in one room; the audience has other ways.
const LISTENERS_MAX: usize = 50;

/// Who listens without delay, and the encoder while somebody does.
#[derive(Default)]
pub(crate) struct Monitor {
    listeners: Vec<PeerId>,
    encoder: Option<Encoder>,
    seq: u64,
}

impl Monitor {
    /// Whether one more may listen.
    pub(crate) fn has_room(&self) -> bool {
        self.listeners.len() < LISTENERS_MAX
    }

    pub(crate) fn add(&mut self, peer: PeerId) {
        self.listeners.push(peer);
    }

    pub(crate) fn remove(&mut self, peer: PeerId) {
        self.listeners.retain(|listener| *listener != peer);
    }

    pub(crate) fn listeners(&self) -> &[PeerId] {
        &self.listeners
    }

    /// Encodes what has come out of the mix; nothing while nobody listens.
    pub(crate) fn take(&mut self, stereo: &[f32]) -> Vec<Arrived> {
        let mut packets = Vec::new();
        if self.listeners.is_empty() {
            self.encoder = None;
            return packets;
        }
        if self.encoder.is_none() {
            let form = Form { codec: Codec::Opus, channels: 2, bitrate: BITRATE };
            self.encoder = Encoder::new(form).map_err(|error| tracing::error!(%error, "nobody hears the monitor")).ok();
        }
        let Some(encoder) = &mut self.encoder else { return packets };
        let (at, seq) = (Instant::now(), &mut self.seq);
        let encoded = encoder.push(stereo, &mut |packet| {
            *seq += 1;
            let time = *seq * u64::from(Codec::Opus.frame_samples());
            let payload = Arc::from(packet);
            packets.push(Arrived { seq: *seq, time, at, level: None, marker: false, red: false, payload });
        });
        if let Err(error) = encoded {
            tracing::error!(%error, "the monitor's encoder failed; another follows");
            self.encoder = None;
        }
        packets
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_costs_nothing_until_somebody_listens_and_numbers_without_holes() {
        let mut monitor = Monitor::default();
        assert!(monitor.take(&[0.1; 1920]).is_empty() && monitor.encoder.is_none());
        monitor.add(PeerId(1));
        let packets: Vec<_> = (0..50).flat_map(|_| monitor.take(&[0.1; 1920])).collect();
        assert!(packets.len() >= 47, "{}", packets.len());
        assert!(packets.windows(2).all(|two| two[1].seq == two[0].seq + 1 && two[1].time == two[0].time + 960));
        monitor.remove(PeerId(1));
        assert!(monitor.take(&[0.1; 1920]).is_empty() && monitor.encoder.is_none());
        (0..LISTENERS_MAX as u64).for_each(|n| monitor.add(PeerId(n)));
        assert!(!monitor.has_room());
    }
}
