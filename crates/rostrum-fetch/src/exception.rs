//! The administrator's exceptions to the guard: hosts and networks that may be fetched although they are private.
//! Pure text and numbers; must not resolve a name.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use url::Host;

/// A host or a network that may be fetched, by plain http too, on the ports it lists.
///
/// Written `nas.lan`, `nas.lan:8080`, `10.0.0.5:*`, `192.168.1.0/24`, `[fd00::5]:8080` or `fd00::/8`. Without a port
/// it stands for 80 and 443; `*` is every port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    place: Place,
    ports: Ports,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Name(String),
    Net { base: IpAddr, prefix: u8 },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ports {
    Web,
    One(u16),
    Every,
}

/// Why a text is no exception; the setting has to be corrected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadException {
    /// Neither a host name nor an address.
    #[error("“{0}” is neither a host name nor an address; write nas.lan, 10.0.0.5 or 192.168.1.0/24")]
    Place(String),
    /// The part behind the slash is no prefix length of a real network.
    #[error("“{0}” is no network; behind the slash stands 1 to 32, or 1 to 128 for IPv6")]
    Prefix(String),
    /// The part behind the colon is no port.
    #[error("“{0}” is no port; write a number from 1 to 65535, or * for every port")]
    Port(String),
}

impl Exception {
    /// Whether this exception speaks of `port`, whatever the host.
    pub fn has_port(&self, port: u16) -> bool {
        match self.ports {
            Ports::Web => is_web(port),
            Ports::One(one) => one == port,
            Ports::Every => true,
        }
    }

    /// Whether the host's name is listed.
    pub(crate) fn names(&self, host: &Host<String>) -> bool {
        matches!((&self.place, host), (Place::Name(name), Host::Domain(host)) if name == host.trim_end_matches('.'))
    }

    /// Whether the address, free of any IPv4-mapped form, is in the listed network.
    pub(crate) fn contains(&self, ip: IpAddr) -> bool {
        match (&self.place, ip) {
            (Place::Net { base: IpAddr::V4(base), prefix }, IpAddr::V4(ip)) => {
                let rest = 32 - u32::from(*prefix);
                u32::from(*base) >> rest == u32::from(ip) >> rest
            }
            (Place::Net { base: IpAddr::V6(base), prefix }, IpAddr::V6(ip)) => {
                let rest = 128 - u32::from(*prefix);
                u128::from(*base) >> rest == u128::from(ip) >> rest
            }
            _ => false,
        }
    }
}

/// Whether `port` is 80 or 443.
pub(crate) const fn is_web(port: u16) -> bool {
    matches!(port, 80 | 443)
}

impl FromStr for Exception {
    type Err = BadException;

    fn from_str(text: &str) -> Result<Self, BadException> {
        let (place, port) = split_port(text.trim());
        Ok(Self { place: place.parse()?, ports: port.map_or(Ok(Ports::Web), str::parse)? })
    }
}

/// Parts `nas:80`, `10.0.0.0/8:80`, `[::1]:80`, `[fd00::]/8:80` before the port's colon; a bare IPv6 has no port.
fn split_port(text: &str) -> (&str, Option<&str>) {
    let bare_v6 = !text.starts_with('[') && text.matches(':').count() > 1;
    match text.rsplit_once(':') {
        Some((place, port)) if !bare_v6 && !port.contains(']') => (place, Some(port)),
        _ => (text, None),
    }
}

impl FromStr for Place {
    type Err = BadException;

    fn from_str(text: &str) -> Result<Self, BadException> {
        let (host, prefix) = text.split_once('/').map_or((text, None), |(host, prefix)| (host, Some(prefix)));
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        if let Ok(ip) = bare.parse::<IpAddr>() {
            return net(ip, prefix);
        }
        let bad = || BadException::Place(text.to_owned());
        match (Host::parse(host), prefix) {
            (Ok(Host::Domain(name)), None) => host_name(&name).map(Self::Name).ok_or_else(bad),
            _ => Err(bad()),
        }
    }
}

/// The name without the root's dot; wildcards are none, so that a listed name is always one machine's.
fn host_name(name: &str) -> Option<String> {
    let name = name.trim_end_matches('.');
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    (!name.is_empty() && name.chars().all(plain)).then(|| name.to_owned())
}

fn net(ip: IpAddr, prefix: Option<&str>) -> Result<Place, BadException> {
    let longest = if ip.is_ipv4() { 32 } else { 128 };
    let prefix = match prefix {
        None => longest,
        Some(text) => text
            .parse()
            .ok()
            .filter(|prefix| (1..=longest).contains(prefix))
            .ok_or_else(|| BadException::Prefix(text.to_owned()))?,
    };
    let base = if prefix == longest { ip.to_canonical() } else { ip };
    Ok(Place::Net { base, prefix: if base.is_ipv4() { prefix.min(32) } else { prefix } })
}

impl FromStr for Ports {
    type Err = BadException;

    fn from_str(text: &str) -> Result<Self, BadException> {
        if text == "*" {
            return Ok(Self::Every);
        }
        let port = text.parse().ok().filter(|&port| port != 0);
        port.map(Self::One).ok_or_else(|| BadException::Port(text.to_owned()))
    }
}

impl fmt::Display for Exception {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Name(name) => f.write_str(name)?,
            Place::Net { base: IpAddr::V4(base), prefix } => write!(f, "{base}/{prefix}")?,
            Place::Net { base: IpAddr::V6(base), prefix } => write!(f, "[{base}]/{prefix}")?,
        }
        match self.ports {
            Ports::Web => Ok(()),
            Ports::One(port) => write!(f, ":{port}"),
            Ports::Every => f.write_str(":*"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exception(text: &str) -> Exception {
        text.parse().unwrap()
    }

    #[test]
    fn reads_every_form_and_prints_it_again() {
        for (text, printed) in [
            ("nas.lan", "nas.lan"),
            (" NAS.lan.:8080 ", "nas.lan:8080"),
            ("10.0.0.5:*", "10.0.0.5/32:*"),
            ("192.168.1.0/24", "192.168.1.0/24"),
            ("192.168.1.0/24:32400", "192.168.1.0/24:32400"),
            ("[fd00::5]:8080", "[fd00::5]/128:8080"),
            ("[fd00::]/8:80", "[fd00::]/8:80"),
            ("fd00::/8", "[fd00::]/8"),
            ("::1", "[::1]/128"),
            ("::ffff:10.0.0.5", "10.0.0.5/32"),
        ] {
            assert_eq!(exception(text).to_string(), printed);
            assert_eq!(exception(printed), exception(text));
        }
    }

    #[test]
    fn refuses_what_is_none() {
        for text in
            ["", ".", "a b", "*", "*.lan/8", "nas.lan/24", "10.0.0.0/0", "10.0.0.0/33", "fd00::/129", "10.0.0.0/x"]
        {
            assert!(text.parse::<Exception>().is_err(), "{text} was taken");
        }
        for text in ["nas:0", "nas:65536", "nas:", "nas:http", "10.0.0.1:-1"] {
            assert!(matches!(text.parse::<Exception>(), Err(BadException::Port(_))), "{text}");
        }
    }

    #[test]
    fn matches_its_network_and_ports_only() {
        let net = exception("192.168.1.0/24:8080");
        assert!(net.contains([192, 168, 1, 77].into()) && net.has_port(8080));
        assert!(!net.contains([192, 168, 2, 1].into()) && !net.has_port(80));
        assert!(!net.contains("::ffff:192.168.1.1".parse().unwrap()), "the guard passes canonical addresses");
        assert!(exception("fd00::/8").contains("fdff::1".parse().unwrap()));
        assert!(!exception("fd00::/8").contains("fe80::1".parse().unwrap()));
        assert!(exception("nas.lan").names(&Host::Domain("nas.lan.".to_owned())));
        assert!(!exception("nas.lan").names(&Host::Domain("evil.nas.lan".to_owned())));
    }
}
