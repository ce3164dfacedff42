//! How often something may be tried: a sliding window per key, in bounded memory. Pure; time comes as an argument.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};

use rostrum_domain::Timestamp;

/// 15 minutes.
const WINDOW_US: i64 = 15 * 60 * 1_000_000;
/// Keys remembered; beyond it the ones longest untouched are forgotten.
const KEYS_MAX: usize = 20_000;

/// Counts tries by key.
#[derive(Debug, Default)]
pub(crate) struct Limiter {
    tries: HashMap<String, Vec<i64>>,
}

impl Limiter {
    /// Counts a try under every key, or under none: then gives the seconds to wait. Each key comes with the tries it
    /// has within [`WINDOW_US`].
    pub(crate) fn take(&mut self, keys: &[(&str, usize)], now: Timestamp) -> Result<(), u32> {
        let now_us = now.as_microsecond();
        let wait_us = keys.iter().filter_map(|key| self.wait_us(*key, now_us)).max();
        if let Some(wait_us) = wait_us {
            return Err(u32::try_from(wait_us.div_euclid(1_000_000) + 1).unwrap_or(u32::MAX));
        }
        for (key, _) in keys {
            let tries = self.tries.entry((*key).to_owned()).or_default();
            tries.retain(|at| at + WINDOW_US > now_us);
            tries.push(now_us);
        }
        if self.tries.len() > KEYS_MAX {
            self.forget(now_us);
        }
        Ok(())
    }

    fn wait_us(&self, (key, most): (&str, usize), now_us: i64) -> Option<i64> {
        let tries = self.tries.get(key)?;
        let waits: Vec<i64> = tries.iter().map(|at| at + WINDOW_US - now_us).filter(|left| *left > 0).collect();
        waits.len().checked_sub(most).map(|first| waits[first])
    }

    /// Takes the latest try back.
    pub(crate) fn give_back(&mut self, key: &str) {
        if let Some(tries) = self.tries.get_mut(key) {
            tries.pop();
        }
    }

    /// Forgets every try.
    pub(crate) fn clear(&mut self, key: &str) {
        self.tries.remove(key);
    }

    /// Halves the memory once it is full, so that the next half comes cheap.
    fn forget(&mut self, now_us: i64) {
        self.tries.retain(|_, tries| tries.last().is_some_and(|at| at + WINDOW_US > now_us));
        if self.tries.len() > KEYS_MAX / 2 {
            let mut last: Vec<i64> = self.tries.values().filter_map(|tries| tries.last().copied()).collect();
            last.sort_unstable();
            let middle = last[last.len() / 2];
            self.tries.retain(|_, tries| tries.last().is_some_and(|at| *at > middle));
        }
    }
}

/// The network of an address, as limits and the audit log use it: an IPv4 address, or the /64 of an IPv6 one.
pub fn network(address: &str) -> String {
    match address.trim().parse::<IpAddr>().map(|ip| ip.to_canonical()) {
        Ok(IpAddr::V4(ip)) => ip.to_string(),
        Ok(IpAddr::V6(ip)) => {
            let [a, b, c, d, ..] = ip.segments();
            format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        Err(_) => "unknown".to_owned(),
    }
}

/// The wider network around [`network`], for guesses that come from many neighbours: a /24 or a /48.
pub(crate) fn wider(address: &str) -> String {
    match address.trim().parse::<IpAddr>().map(|ip| ip.to_canonical()) {
        Ok(IpAddr::V4(ip)) => {
            let [a, b, c, _] = ip.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        Ok(IpAddr::V6(ip)) => {
            let [a, b, c, ..] = ip.segments();
            format!("{}/48", Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0))
        }
        Err(_) => "unknown".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rostrum_domain::Timestamp;

    const TRIES: usize = 5;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("small numbers are times")
    }

    #[test]
    fn the_sixth_try_waits_until_the_first_is_fifteen_minutes_old() {
        let mut limiter = Limiter::default();
        for second in 0..5 {
            assert_eq!(limiter.take(&[("ada", TRIES)], at(second)), Ok(()));
        }
        assert_eq!(limiter.take(&[("ada", TRIES)], at(100)), Err(801));
        assert_eq!(limiter.take(&[("bob", TRIES)], at(100)), Ok(()), "others are not concerned");
        assert_eq!(limiter.take(&[("ada", TRIES)], at(899)), Err(2));
        assert_eq!(limiter.take(&[("ada", TRIES)], at(900)), Ok(()));
        assert_eq!(limiter.take(&[("ada", TRIES)], at(900)), Err(2), "the second try still counts");
    }

    #[test]
    fn a_refused_try_counts_under_no_key() {
        let mut limiter = Limiter::default();
        for _ in 0..5 {
            limiter.take(&[("ada", TRIES), ("net 1", TRIES)], at(0)).expect("five are allowed");
        }
        for _ in 0..9 {
            assert!(limiter.take(&[("ada", TRIES), ("net 2", TRIES)], at(1)).is_err());
        }
        for _ in 0..5 {
            assert_eq!(limiter.take(&[("bob", TRIES), ("net 2", TRIES)], at(2)), Ok(()));
        }
        limiter.clear("bob");
        limiter.give_back("net 2");
        assert_eq!(limiter.take(&[("bob", TRIES), ("net 2", TRIES)], at(3)), Ok(()));
        assert!(limiter.take(&[("bob", TRIES), ("net 2", TRIES)], at(3)).is_err());
    }

    #[test]
    fn each_key_has_tries_of_its_own_number() {
        let mut limiter = Limiter::default();
        for second in 0..7 {
            assert_eq!(limiter.take(&[("ada", 7)], at(second)), Ok(()));
        }
        assert_eq!(limiter.take(&[("ada", 7)], at(10)), Err(891));
        assert_eq!(limiter.take(&[("ada", 5)], at(10)), Err(893), "the third must be over, so that five are left");
    }

    #[test]
    fn memory_is_bounded_and_keeps_the_latest() {
        let mut limiter = Limiter::default();
        for key in 0..60_000 {
            limiter.take(&[(&key.to_string(), TRIES)], at(key / 1000)).expect("each key is new");
            assert!(limiter.tries.len() <= KEYS_MAX + 1);
        }
        assert!(limiter.tries.contains_key("59999"));
    }

    #[test]
    fn networks() {
        for (address, expected) in [
            ("192.0.2.7", "192.0.2.7"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
            ("", "unknown"),
            ("1.2.3.4, 5.6.7.8", "unknown"),
        ] {
            assert_eq!(network(address), expected);
        }
        for (address, expected) in
            [("192.0.2.7", "192.0.2.0/24"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"), ("", "unknown")]
        {
            assert_eq!(wider(address), expected);
        }
    }
}
