//! Decides which addresses may be fetched: the URL before any look-up, then every address the look-up gave.
//! Pure: it resolves nothing and connects to nothing, and nothing else in the crate decides.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use url::{Host, Url};

use crate::exception::{Exception, is_web};

/// The longest URL that is read, in bytes.
pub const URL_BYTES_MAX: usize = 8 * 1024;

/// What the administrator allows beyond https to public addresses on ports 80 and 443.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// Hosts and networks that may be fetched although they are private.
    pub allow: Vec<Exception>,
    /// Whether http without TLS is allowed everywhere.
    pub plain_http: bool,
}

/// Why an address is not fetched; trying again does not help, another address does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Refusal {
    /// No URL, or longer than [`URL_BYTES_MAX`].
    #[error("this is not a web address; it should begin with https://")]
    Unreadable,
    /// Neither http nor https.
    #[error("only addresses that begin with https:// can be fetched")]
    Scheme,
    /// A name or password stands before the host.
    #[error("this address holds a user name or password; remove the part before the @")]
    UserInfo,
    /// http where only https is allowed.
    #[error("this address is not encrypted; use one that begins with https://")]
    PlainHttp,
    /// A port other than 80 and 443.
    #[error("port {0} is not a web port; only 80 and 443 are allowed")]
    Port(u16),
    /// It leads back to this machine.
    #[error("this address leads to the server itself")]
    ThisMachine,
    /// It leads into a network that the internet cannot reach.
    #[error("this address leads into a private network")]
    PrivateNetwork,
    /// It leads to a neighbour on the wire or to the host's own machinery.
    #[error("this address leads to the server's own surroundings")]
    LinkLocal,
    /// It is set aside and belongs to nobody on the internet.
    #[error("this address is reserved and leads nowhere")]
    Reserved,
    /// A redirect from https to http.
    #[error("this address leads from an encrypted page to one that is not")]
    Downgrade,
}

/// A URL that passed every check that needs no look-up.
#[derive(Debug, Clone)]
pub struct Target {
    pub(crate) url: Url,
    pub(crate) host: Host<String>,
    pub(crate) port: u16,
    pub(crate) tls: bool,
}

impl Target {
    /// The address when the host is one, so that nothing has to be looked up.
    pub fn literal(&self) -> Option<IpAddr> {
        match self.host {
            Host::Domain(_) => None,
            Host::Ipv4(ip) => Some(ip.into()),
            Host::Ipv6(ip) => Some(ip.into()),
        }
    }

    /// The URL in its one normal form.
    pub const fn url(&self) -> &Url {
        &self.url
    }

    /// Whether credentials for `other` may be shown to this one.
    pub(crate) fn same_origin(&self, other: &Self) -> bool {
        (self.tls, self.port, &self.host) == (other.tls, other.port, &other.host)
    }
}

/// Reads a URL that a person, a feed or a plugin named.
pub fn target(rules: &Rules, text: &str) -> Result<Target, Refusal> {
    if text.len() > URL_BYTES_MAX {
        return Err(Refusal::Unreadable);
    }
    checked(rules, Url::parse(text).map_err(|_| Refusal::Unreadable)?)
}

/// Reads the `Location` of a redirect that `from` answered with (RFC 9110, section 10.2.2).
pub fn redirect(rules: &Rules, from: &Target, location: &str) -> Result<Target, Refusal> {
    if location.len() > URL_BYTES_MAX {
        return Err(Refusal::Unreadable);
    }
    let next = checked(rules, from.url.join(location).map_err(|_| Refusal::Unreadable)?)?;
    if from.tls && !next.tls { Err(Refusal::Downgrade) } else { Ok(next) }
}

fn checked(rules: &Rules, url: Url) -> Result<Target, Refusal> {
    let tls = match url.scheme() {
        "https" => true,
        "http" => false,
        _ => return Err(Refusal::Scheme),
    };
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Refusal::UserInfo);
    }
    let host = url.host().ok_or(Refusal::Unreadable)?.to_owned();
    let port = url.port_or_known_default().ok_or(Refusal::Unreadable)?;
    let target = Target { url, host, port, tls };
    if let Some(ip) = target.literal() {
        judge(rules, &target, ip)?;
    } else if !rules.allow.iter().any(|exception| exception.has_port(port)) {
        ordinary(rules, &target)?;
    }
    Ok(target)
}

/// Turns the look-up's answers into the only sockets that may be dialled.
///
/// One bad address refuses them all: a name that points both outside and inside is a trap, not a service.
pub fn sockets(rules: &Rules, target: &Target, answers: &[IpAddr]) -> Result<Vec<SocketAddr>, Refusal> {
    answers.iter().map(|&ip| judge(rules, target, ip).map(|ip| SocketAddr::new(ip, target.port))).collect()
}

fn judge(rules: &Rules, target: &Target, ip: IpAddr) -> Result<IpAddr, Refusal> {
    let ip = ip.to_canonical();
    let ban = ban(ip);
    let mut exceptions = rules.allow.iter().filter(|exception| exception.has_port(target.port));
    // A name's owner chooses where it points; only inside a private network can that be meant.
    let by_name = matches!(ban, None | Some(Refusal::ThisMachine | Refusal::PrivateNetwork));
    if exceptions.any(|exception| exception.contains(ip) || (by_name && exception.names(&target.host))) {
        return Ok(ip);
    }
    ban.map_or(Ok(()), Err)?;
    ordinary(rules, target)?;
    Ok(ip)
}

/// What holds for every target that no exception covers.
fn ordinary(rules: &Rules, target: &Target) -> Result<(), Refusal> {
    if !is_web(target.port) {
        return Err(Refusal::Port(target.port));
    }
    if target.tls || rules.plain_http { Ok(()) } else { Err(Refusal::PlainHttp) }
}

/// Why `ip` is not on the public internet, if it is not.
pub fn ban(ip: IpAddr) -> Option<Refusal> {
    match ip.to_canonical() {
        IpAddr::V4(ip) => ban_v4(ip),
        IpAddr::V6(ip) => ban_v6(ip),
    }
}

/// IANA's special-purpose registry for IPv4 (RFC 6890), multicast, and the one public address that is a cloud's own.
const BANNED_V4: [(Ipv4Addr, u32, Refusal); 16] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8, Refusal::Reserved),
    (Ipv4Addr::new(10, 0, 0, 0), 8, Refusal::PrivateNetwork),
    (Ipv4Addr::new(100, 64, 0, 0), 10, Refusal::PrivateNetwork),
    (Ipv4Addr::new(127, 0, 0, 0), 8, Refusal::ThisMachine),
    (Ipv4Addr::new(168, 63, 129, 16), 32, Refusal::LinkLocal),
    (Ipv4Addr::new(169, 254, 0, 0), 16, Refusal::LinkLocal),
    (Ipv4Addr::new(172, 16, 0, 0), 12, Refusal::PrivateNetwork),
    (Ipv4Addr::new(192, 0, 0, 0), 24, Refusal::Reserved),
    (Ipv4Addr::new(192, 0, 2, 0), 24, Refusal::Reserved),
    (Ipv4Addr::new(192, 88, 99, 0), 24, Refusal::Reserved),
    (Ipv4Addr::new(192, 168, 0, 0), 16, Refusal::PrivateNetwork),
    (Ipv4Addr::new(198, 18, 0, 0), 15, Refusal::Reserved),
    (Ipv4Addr::new(198, 51, 100, 0), 24, Refusal::Reserved),
    (Ipv4Addr::new(203, 0, 113, 0), 24, Refusal::Reserved),
    (Ipv4Addr::new(224, 0, 0, 0), 4, Refusal::Reserved),
    (Ipv4Addr::new(240, 0, 0, 0), 4, Refusal::Reserved),
];

fn ban_v4(ip: Ipv4Addr) -> Option<Refusal> {
    let within = |base: Ipv4Addr, prefix: u32| (u32::from(base) ^ u32::from(ip)) >> (32 - prefix) == 0;
    BANNED_V4.iter().find(|(base, prefix, _)| within(*base, *prefix)).map(|(_, _, refusal)| *refusal)
}

/// IPv6 is refused unless it is global unicast (RFC 4291) or carries an IPv4 address that is itself public.
fn ban_v6(ip: Ipv6Addr) -> Option<Refusal> {
    let low = |at: usize| v4(ip.segments()[at], ip.segments()[at + 1]);
    match ip.segments() {
        [0, 0, 0, 0, 0, 0, 0, 1] => Some(Refusal::ThisMachine),
        // NAT64 (RFC 6052) and IPv4-translated (RFC 2765) carry it in the last 32 bits.
        [0x64, 0xff9b, 0, 0, 0, 0, ..] | [0, 0, 0, 0, 0xffff, 0, ..] => ban_v4(low(6)),
        // 6to4 (RFC 3056) carries it behind the prefix.
        [0x2002, ..] => ban_v4(low(1)),
        // Teredo (RFC 4380, section 4) carries the server's, and the client's with every bit turned.
        [0x2001, 0, ..] => ban_v4(low(2)).or_else(|| ban_v4(Ipv4Addr::from(!u32::from(low(6))))),
        [first, ..] if first & 0xfe00 == 0xfc00 => Some(Refusal::PrivateNetwork),
        [first, ..] if first & 0xff80 == 0xfe80 => Some(Refusal::LinkLocal),
        // IETF protocol assignments and the two documentation prefixes (RFC 2928, 3849, 9637).
        [0x2001, second, ..] if second < 0x0200 || second == 0xdb8 => Some(Refusal::Reserved),
        [0x3fff, second, ..] if second < 0x1000 => Some(Refusal::Reserved),
        [first, ..] if first & 0xe000 == 0x2000 => None,
        _ => Some(Refusal::Reserved),
    }
}

fn v4(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from(u32::from(high) << 16 | u32::from(low))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUBLIC_V4: &str = "1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255
        128.0.0.0 168.63.129.15 168.63.129.17 169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 191.255.255.255
        192.0.1.0 192.0.3.0 192.88.98.255 192.88.100.0 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0
        198.51.99.255 198.51.101.0 203.0.112.255 203.0.114.0 223.255.255.255 1.0.0.0";
    const BANNED_V4: &str = "0.0.0.0 0.255.255.255 10.0.0.0 10.255.255.255 100.64.0.0 100.127.255.255 127.0.0.0
        127.0.0.1 127.255.255.255 168.63.129.16 169.254.0.0 169.254.169.254 169.254.255.255 172.16.0.0 172.31.255.255
        192.0.0.0 192.0.0.255 192.0.2.0 192.0.2.255 192.88.99.0 192.88.99.255 192.168.0.0 192.168.255.255 198.18.0.0
        198.19.255.255 198.51.100.0 198.51.100.255 203.0.113.0 203.0.113.255 224.0.0.0 239.255.255.255 240.0.0.0
        255.255.255.254 255.255.255.255";

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    /// Every IPv6 form that carries an IPv4 address which is then judged.
    fn carriers(v4: Ipv4Addr) -> [Ipv6Addr; 6] {
        let [high, low] = [(u32::from(v4) >> 16) as u16, u32::from(v4) as u16];
        [
            v4.to_ipv6_mapped(),
            Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low),
            Ipv6Addr::new(0, 0, 0, 0, 0xffff, 0, high, low),
            Ipv6Addr::new(0x2002, high, low, 0, 0, 0, 0, 1),
            Ipv6Addr::new(0x2001, 0, high, low, 0, 0, !0x0808, !0x0808),
            Ipv6Addr::new(0x2001, 0, 0x0808, 0x0808, 0, 0, !high, !low),
        ]
    }

    #[test]
    fn judges_the_first_and_last_of_every_range_alone_and_inside_ipv6() {
        for (list, banned) in [(PUBLIC_V4, false), (BANNED_V4, true)] {
            for text in list.split_whitespace() {
                let v4: Ipv4Addr = text.parse().unwrap();
                assert_eq!(ban(v4.into()).is_some(), banned, "{v4}");
                for carrier in carriers(v4) {
                    assert_eq!(ban(carrier.into()).is_some(), banned, "{v4} in {carrier}");
                }
            }
        }
    }

    #[test]
    fn takes_global_unicast_ipv6_only() {
        for text in "2606:4700:4700::1111 2001:4860:4860::8888 2001:200:: 2a00:: 3ffe:: 2003::1".split_whitespace() {
            assert_eq!(ban(ip(text)), None, "{text}");
        }
        for text in ":: ::1 ::2 ::7f00:1 ::8.8.8.8 64:ff9b:1::808:808 100::1 1fff:: 2001:1::1 2001:2::1 2001:10::1
            2001:20::1 2001:db8::1 2001:1ff:ffff:: 3fff::1 3fff:fff:: 4000:: 5f00::1 fc00:: fd00:ec2::254 fdff:: fe80::1
            febf:: fec0:: feff:: ff00:: ff02::1 ffff::"
            .split_whitespace()
        {
            assert!(ban(ip(text)).is_some(), "{text}");
        }
    }

    #[test]
    fn says_what_is_wrong() {
        let strict = Rules::default();
        for (url, refusal) in [
            ("ftp://example.org/", Refusal::Scheme),
            ("file:///etc/passwd", Refusal::Scheme),
            ("http://example.org/", Refusal::PlainHttp),
            ("https://ada:pw@example.org/", Refusal::UserInfo),
            ("https://example.org:22/", Refusal::Port(22)),
            ("https://10.0.0.1/", Refusal::PrivateNetwork),
            ("https://[::1]/", Refusal::ThisMachine),
            ("https://169.254.169.254/", Refusal::LinkLocal),
            ("https://", Refusal::Unreadable),
            ("example.org", Refusal::Unreadable),
        ] {
            assert_eq!(target(&strict, url).unwrap_err(), refusal, "{url}");
        }
        let long = format!("https://example.org/{}", "a".repeat(URL_BYTES_MAX));
        assert_eq!(target(&strict, &long).unwrap_err(), Refusal::Unreadable);
        assert_eq!(Refusal::PrivateNetwork.to_string(), "this address leads into a private network");
    }

    #[test]
    fn refuses_a_name_that_points_outside_and_inside() {
        let rules = Rules::default();
        let target = target(&rules, "https://example.org/").unwrap();
        let mixed = [ip("93.184.216.34"), ip("10.0.0.1")];
        assert_eq!(sockets(&rules, &target, &mixed), Err(Refusal::PrivateNetwork));
        let dialled = sockets(&rules, &target, &[ip("::ffff:93.184.216.34")]).unwrap();
        assert_eq!(dialled, ["93.184.216.34:443".parse().unwrap()], "mapped addresses are dialled as IPv4");
    }

    fn allowing(list: &[&str]) -> Rules {
        Rules { allow: list.iter().map(|text| text.parse().unwrap()).collect(), plain_http: false }
    }

    fn verdict(rules: &Rules, url: &str, answer: &str) -> Result<(), Refusal> {
        let target = target(rules, url)?;
        let answer = target.literal().unwrap_or_else(|| ip(answer));
        sockets(rules, &target, &[answer]).map(|_| ())
    }

    #[test]
    fn an_exception_opens_its_own_door_only() {
        let rules = allowing(&["192.168.1.0/24:8080", "nas.lan"]);
        for (url, answer, expected) in [
            ("http://192.168.1.9:8080/", "", Ok(())),
            ("http://[::ffff:192.168.1.9]:8080/", "", Ok(())),
            ("http://box.example:8080/", "192.168.1.9", Ok(())),
            ("http://192.168.1.9/", "", Err(Refusal::PrivateNetwork)),
            ("http://192.168.2.9:8080/", "", Err(Refusal::PrivateNetwork)),
            ("http://box.example:8080/", "8.8.8.8", Err(Refusal::Port(8080))),
            ("http://box.example/", "8.8.8.8", Err(Refusal::PlainHttp)),
            ("http://nas.lan/", "10.9.9.9", Ok(())),
            ("https://nas.lan./", "127.0.0.1", Ok(())),
            ("http://nas.lan/", "169.254.169.254", Err(Refusal::LinkLocal)),
            ("http://nas.lan/", "0.0.0.0", Err(Refusal::Reserved)),
            ("http://nas.lan:8080/", "10.9.9.9", Err(Refusal::PrivateNetwork)),
            ("https://other.lan/", "10.9.9.9", Err(Refusal::PrivateNetwork)),
        ] {
            assert_eq!(verdict(&rules, url, answer), expected, "{url} at {answer}");
        }
    }

    #[test]
    fn redirects_are_read_like_urls_and_never_lose_tls() {
        let open = Rules { plain_http: true, ..Rules::default() };
        let from = target(&open, "https://example.org/a/b?c").unwrap();
        assert_eq!(redirect(&open, &from, "../d").unwrap().url().as_str(), "https://example.org/d");
        assert_eq!(redirect(&open, &from, "//10.0.0.1/").unwrap_err(), Refusal::PrivateNetwork);
        assert_eq!(redirect(&open, &from, "http://example.org/").unwrap_err(), Refusal::Downgrade);
        assert_eq!(redirect(&open, &from, "javascript:alert(1)").unwrap_err(), Refusal::Scheme);
        let plain = target(&open, "http://example.org/").unwrap();
        assert!(!redirect(&open, &plain, "https://example.org/").unwrap().same_origin(&plain));
        assert!(redirect(&open, &from, "https://example.org:443/x").unwrap().same_origin(&from));
    }
}
