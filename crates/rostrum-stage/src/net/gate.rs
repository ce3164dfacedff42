//! What a single address may send: a bucket of datagrams. A speaker sends 50 a second and a little control; ten times
//! that is generous, a flood is not.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Datagrams a second that an address may send for long.
const RATE_PER_S: f64 = 1000.0;
/// Datagrams it may send at once.
const BURST: f64 = 2000.0;
/// Addresses remembered; the quietest are forgotten first.
const ADDRESSES_MAX: usize = 4096;
/// An address that was silent so long is forgotten.
const FORGET: Duration = Duration::from_secs(60);

#[derive(Debug, Default)]
pub(crate) struct Gate {
    known: HashMap<SocketAddr, Known>,
}

#[derive(Debug)]
struct Known {
    shard: usize,
    tokens: f64,
    at: Instant,
}

/// What is to be done with a datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It belongs to a peer of this shard.
    Pass(usize),
    /// Nobody is known at this address.
    Unknown,
    /// The address sends too much.
    Flood,
}

impl Gate {
    /// Judges a datagram that came from `source` at `now`.
    pub(crate) fn judge(&mut self, source: SocketAddr, now: Instant) -> Verdict {
        let Some(known) = self.known.get_mut(&source) else { return Verdict::Unknown };
        let passed = now.saturating_duration_since(known.at).as_secs_f64();
        known.tokens = (known.tokens + passed * RATE_PER_S).min(BURST);
        known.at = now;
        if known.tokens < 1.0 {
            return Verdict::Flood;
        }
        known.tokens -= 1.0;
        Verdict::Pass(known.shard)
    }

    /// Remembers that `source` named a peer of `shard`.
    pub(crate) fn admit(&mut self, source: SocketAddr, shard: usize, now: Instant) {
        if self.known.len() >= ADDRESSES_MAX {
            self.forget(now);
        }
        if self.known.len() < ADDRESSES_MAX {
            self.known.entry(source).or_insert(Known { shard, tokens: BURST, at: now }).shard = shard;
        }
    }

    fn forget(&mut self, now: Instant) {
        self.known.retain(|_, known| now.saturating_duration_since(known.at) < FORGET);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_cut_and_a_speaker_is_not() {
        let start = Instant::now();
        let source: SocketAddr = "127.0.0.1:9".parse().unwrap();
        let mut gate = Gate::default();
        assert_eq!(gate.judge(source, start), Verdict::Unknown);
        gate.admit(source, 3, start);
        let passed = (0..5000).filter(|_| gate.judge(source, start) == Verdict::Pass(3)).count();
        assert_eq!(passed, 2000);
        assert_eq!(gate.judge(source, start), Verdict::Flood);
        for second in 1..60 {
            for packet in 0..60 {
                let at = start + Duration::from_secs(second) + Duration::from_millis(packet);
                assert_eq!(gate.judge(source, at), Verdict::Pass(3));
            }
        }
    }

    #[test]
    fn memory_is_bounded_and_old_addresses_make_room() {
        let start = Instant::now();
        let mut gate = Gate::default();
        let address = |port: u16| SocketAddr::from(([127, 0, 0, 1], port));
        (0..5000).for_each(|port| gate.admit(address(port), 0, start));
        assert_eq!(gate.known.len(), ADDRESSES_MAX);
        gate.admit(address(9999), 1, start + FORGET);
        assert_eq!(gate.judge(address(9999), start + FORGET), Verdict::Pass(1));
    }
}
