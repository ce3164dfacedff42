//! Address prefixes: whom to trust, what counts as one client, and how much of an address a log may show.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// A range of addresses written as `192.0.2.0/24`, `2001:db8::/32` or a single address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Prefix {
    address: IpAddr,
    bits: u8,
}

/// A text that is no address prefix.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not an address or prefix such as 192.0.2.7 or 10.0.0.0/8")]
pub struct BadPrefix(String);

impl Prefix {
    /// The prefix of `bits` bits that holds `address`, an IPv4 address in IPv6 clothing taken as IPv4.
    pub(crate) fn of(address: IpAddr, bits: u8) -> Self {
        let address = address.to_canonical();
        let address = match address {
            IpAddr::V4(v4) => IpAddr::V4(Ipv4Addr::from_bits(v4.to_bits() & mask_v4(bits))),
            IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & mask_v6(bits))),
        };
        Self { address, bits }
    }

    /// Whether `address` lies in this prefix.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        address.is_ipv4() == self.address.is_ipv4() && Self::of(address, self.bits).address == self.address
    }
}

fn mask_v4(bits: u8) -> u32 {
    u32::MAX.checked_shl(32u32.saturating_sub(bits.into())).unwrap_or(0)
}

fn mask_v6(bits: u8) -> u128 {
    u128::MAX.checked_shl(128u32.saturating_sub(bits.into())).unwrap_or(0)
}

/// What counts as one client: an IPv4 address, an IPv6 /64.
pub(crate) fn client_of(address: IpAddr) -> Prefix {
    let bits = if address.to_canonical().is_ipv4() { 32 } else { 64 };
    Prefix::of(address, bits)
}

/// What a log may show of an address: /24 of IPv4, /48 of IPv6.
pub(crate) fn loggable(address: IpAddr) -> Prefix {
    let bits = if address.to_canonical().is_ipv4() { 24 } else { 48 };
    Prefix::of(address, bits)
}

impl FromStr for Prefix {
    type Err = BadPrefix;

    fn from_str(text: &str) -> Result<Self, BadPrefix> {
        let bad = || BadPrefix(text.to_owned());
        let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.trim().parse().map_err(|_| bad())?;
        let widest = if address.is_ipv4() { 32 } else { 128 };
        let bits: u8 = bits.map_or(Ok(widest), |bits| bits.trim().parse().map_err(|_| bad()))?;
        if bits > widest || address != address.to_canonical() {
            return Err(bad());
        }
        Ok(Self::of(address, bits))
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn holds_its_own_and_nothing_else() {
        let ten: Prefix = "10.0.0.0/8".parse().unwrap();
        assert!(ten.contains(ip("10.255.0.1")) && !ten.contains(ip("11.0.0.1")) && !ten.contains(ip("::a00:1")));
        assert!(ten.contains(ip("::ffff:10.1.2.3")), "an IPv4 client on a dual-stack socket is the same client");
        let all: Prefix = "0.0.0.0/0".parse().unwrap();
        assert!(all.contains(ip("255.255.255.255")) && !all.contains(ip("::1")));
        assert_eq!("2001:db8::5/32".parse::<Prefix>().unwrap().to_string(), "2001:db8::/32");
    }

    #[test]
    fn refuses_what_is_no_prefix() {
        for text in ["", "10.0.0.0/33", "::/129", "10.0.0/8", "proxy.example", "10.0.0.0/", "::ffff:10.0.0.0/104"] {
            assert!(text.parse::<Prefix>().is_err(), "{text}");
        }
    }

    #[test]
    fn logs_show_a_neighbourhood() {
        assert_eq!(loggable(ip("203.0.113.77")).to_string(), "203.0.113.0/24");
        assert_eq!(loggable(ip("::ffff:203.0.113.77")).to_string(), "203.0.113.0/24");
        assert_eq!(loggable(ip("2001:db8:1:2:3::4")).to_string(), "2001:db8:1::/48");
        assert_eq!(client_of(ip("2001:db8:1:2:3::4")), client_of(ip("2001:db8:1:2::9")));
    }

    proptest! {
        #[test]
        fn an_address_is_in_each_of_its_prefixes(bits: u128, width in 0u8..=128) {
            let address = IpAddr::V6(Ipv6Addr::from_bits(bits));
            prop_assume!(address == address.to_canonical());
            let prefix = Prefix::of(address, width);
            prop_assert!(prefix.contains(address));
            prop_assert_eq!(prefix.to_string().parse::<Prefix>().ok().filter(|p| *p == prefix).is_some(),
                prefix.address == prefix.address.to_canonical());
        }
    }
}
