//! STUN messages (RFC 8489 §5, §14) as far as a relay needs them: read in place, written once. Checks form, fingerprint
//! and integrity; what a message is to do is not known here.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use hmac::{Hmac, KeyInit as _, Mac as _};
use md5::{Digest as _, Md5};
use sha1::Sha1;

/// The second word of every message.
const COOKIE: u32 = 0x2112_A442;
/// Bytes before the attributes.
const HEAD: usize = 20;
/// Bytes of a MESSAGE-INTEGRITY.
const SUM: usize = 20;
/// Bytes of an attribute's type and length.
const LABEL: usize = 4;
/// What the sum of a FINGERPRINT is mixed with.
const FINGER: u32 = 0x5354_554E;
/// Attributes from here on may be passed over by who does not know them.
const OPTIONAL: u16 = 0x8000;

/// Attributes by name (RFC 8489 §18.3, RFC 8656 §18).
pub(crate) mod attr {
    pub(crate) const USERNAME: u16 = 0x0006;
    pub(crate) const INTEGRITY: u16 = 0x0008;
    pub(crate) const ERROR: u16 = 0x0009;
    pub(crate) const UNKNOWN: u16 = 0x000A;
    pub(crate) const CHANNEL: u16 = 0x000C;
    pub(crate) const LIFETIME: u16 = 0x000D;
    pub(crate) const PEER: u16 = 0x0012;
    pub(crate) const DATA: u16 = 0x0013;
    pub(crate) const REALM: u16 = 0x0014;
    pub(crate) const NONCE: u16 = 0x0015;
    pub(crate) const RELAYED: u16 = 0x0016;
    pub(crate) const FAMILY: u16 = 0x0017;
    pub(crate) const TRANSPORT: u16 = 0x0019;
    pub(crate) const MAPPED: u16 = 0x0020;
    pub(crate) const FINGERPRINT: u16 = 0x8028;
    /// Those that a relay without ports to reserve and packets to keep whole understands.
    pub(crate) const UNDERSTOOD: [u16; 10] =
        [USERNAME, INTEGRITY, CHANNEL, LIFETIME, PEER, DATA, REALM, NONCE, FAMILY, TRANSPORT];
}

/// What a message is: its method, and whether it asks, tells or answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kind(u16);

impl Kind {
    pub(crate) const BINDING: Self = Self(0x0001);
    pub(crate) const ALLOCATE: Self = Self(0x0003);
    pub(crate) const REFRESH: Self = Self(0x0004);
    pub(crate) const PERMIT: Self = Self(0x0008);
    pub(crate) const BIND: Self = Self(0x0009);
    pub(crate) const SEND: Self = Self(0x0016);
    pub(crate) const DATA: Self = Self(0x0017);

    /// Whether an answer is waited for.
    pub(crate) const fn asks(self) -> bool {
        self.0 & 0x0110 == 0
    }

    pub(crate) const fn success(self) -> Self {
        Self(self.0 | 0x0100)
    }

    pub(crate) const fn error(self) -> Self {
        Self(self.0 | 0x0110)
    }
}

/// Bytes that are no message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Malformed;

/// A secret that names share with their password: MD5 over name, realm and password (RFC 8489 §9.2.2).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Secret([u8; 16]);

impl Secret {
    pub(crate) fn new(username: &str, realm: &str, password: &str) -> Self {
        Self(Md5::digest(format!("{username}:{realm}:{password}")).into())
    }

    fn mac(self) -> Hmac<Sha1> {
        Hmac::new_from_slice(&self.0).expect("HMAC takes a key of any length")
    }
}

/// A message that is well formed from its first byte to its last.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Message<'a> {
    bytes: &'a [u8],
    /// Where its MESSAGE-INTEGRITY begins.
    integrity: Option<usize>,
}

impl<'a> Message<'a> {
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let head = bytes.first_chunk::<HEAD>().ok_or(Malformed)?;
        let length = usize::from(u16::from_be_bytes([head[2], head[3]]));
        let cookie = u32::from_be_bytes([head[4], head[5], head[6], head[7]]);
        if head[0] & 0xC0 != 0 || cookie != COOKIE || length % 4 != 0 || bytes.len() != HEAD + length {
            return Err(Malformed);
        }
        let mut message = Self { bytes, integrity: None };
        let mut at = HEAD;
        while at < bytes.len() {
            let (kind, value) = message.at(at).ok_or(Malformed)?;
            let next = at + LABEL + value.len().next_multiple_of(4);
            match kind {
                attr::FINGERPRINT if next != bytes.len() || value != message.fingerprint(at) => return Err(Malformed),
                attr::INTEGRITY if value.len() != SUM => return Err(Malformed),
                attr::INTEGRITY => message.integrity = message.integrity.or(Some(at)),
                _ => {}
            }
            at = next;
        }
        if at == bytes.len() { Ok(message) } else { Err(Malformed) }
    }

    /// Type and value of the attribute that begins at `at`.
    fn at(&self, at: usize) -> Option<(u16, &'a [u8])> {
        let [kind_high, kind_low, high, low] = *self.bytes.get(at..)?.first_chunk()?;
        let start = at + LABEL;
        let value = self.bytes.get(start..start + usize::from(u16::from_be_bytes([high, low])))?;
        Some((u16::from_be_bytes([kind_high, kind_low]), value))
    }

    fn fingerprint(&self, at: usize) -> [u8; 4] {
        (crc32fast::hash(&self.bytes[..at]) ^ FINGER).to_be_bytes()
    }

    pub(crate) fn kind(&self) -> Kind {
        Kind(u16::from_be_bytes([self.bytes[0], self.bytes[1]]))
    }

    pub(crate) fn transaction(&self) -> [u8; 12] {
        std::array::from_fn(|at| self.bytes[8 + at])
    }

    /// Its attributes. What stands behind its integrity is not covered by it, and not believed (RFC 8489 §14.5).
    pub(crate) fn attributes(&self) -> impl Iterator<Item = (u16, &'a [u8])> + use<'a> {
        let (message, end) = (*self, self.integrity.map_or(self.bytes.len(), |at| at + LABEL + SUM));
        let mut at = HEAD;
        std::iter::from_fn(move || {
            let (kind, value) = message.at(at).filter(|_| at < end)?;
            at += LABEL + value.len().next_multiple_of(4);
            Some((kind, value))
        })
    }

    pub(crate) fn value(&self, kind: u16) -> Option<&'a [u8]> {
        self.attributes().find(|(found, _)| *found == kind).map(|(_, value)| value)
    }

    pub(crate) fn text(&self, kind: u16) -> Option<&'a str> {
        str::from_utf8(self.value(kind)?).ok()
    }

    pub(crate) fn number(&self, kind: u16) -> Option<u32> {
        Some(u32::from_be_bytes(self.value(kind)?.try_into().ok()?))
    }

    /// Attributes that must be understood and are not.
    pub(crate) fn unknown(&self) -> Vec<u16> {
        let kinds = self.attributes().map(|(kind, _)| kind);
        kinds.filter(|kind| *kind < OPTIONAL && !attr::UNDERSTOOD.contains(kind)).collect()
    }

    /// Every address under `kind`; one that cannot be read is none.
    pub(crate) fn addresses(&self, kind: u16) -> impl Iterator<Item = Option<SocketAddr>> + use<'a> {
        let mask = mask(self.transaction());
        self.attributes().filter(move |(found, _)| *found == kind).map(move |(_, value)| address(value, mask))
    }

    pub(crate) fn has_integrity(&self) -> bool {
        self.integrity.is_some()
    }

    /// Whether who wrote it knew `secret`; compared in constant time.
    pub(crate) fn is_signed_with(&self, secret: Secret) -> bool {
        let Some((at, (_, sum))) = self.integrity.and_then(|at| Some((at, self.at(at)?))) else { return false };
        let mut mac = secret.mac();
        mac.update(&self.bytes[..2]);
        mac.update(&length_up_to(at + LABEL + SUM));
        mac.update(&self.bytes[4..at]);
        mac.verify_slice(sum).is_ok()
    }
}

/// The length that a message has when it ends at `end`.
fn length_up_to(end: usize) -> [u8; 2] {
    u16::try_from(end - HEAD).expect("a message's length has sixteen bits").to_be_bytes()
}

/// What addresses are mixed with: cookie and transaction.
fn mask(transaction: [u8; 12]) -> [u8; 16] {
    let cookie = COOKIE.to_be_bytes();
    std::array::from_fn(|at| if at < 4 { cookie[at] } else { transaction[at - 4] })
}

fn address(value: &[u8], mask: [u8; 16]) -> Option<SocketAddr> {
    let (head, rest) = value.split_first_chunk::<4>()?;
    let port = u16::from_be_bytes([head[2] ^ mask[0], head[3] ^ mask[1]]);
    let ip = match (head[1], rest.len()) {
        (1, 4) => IpAddr::V4(Ipv4Addr::from(std::array::from_fn(|at| rest[at] ^ mask[at]))),
        (2, 16) => IpAddr::V6(Ipv6Addr::from(std::array::from_fn(|at| rest[at] ^ mask[at]))),
        _ => return None,
    };
    Some(SocketAddr::new(ip, port))
}

/// A message being written.
#[derive(Debug)]
pub(crate) struct Writer {
    bytes: Vec<u8>,
    mask: [u8; 16],
}

impl Writer {
    pub(crate) fn new(kind: Kind, transaction: [u8; 12]) -> Self {
        let mut bytes = Vec::with_capacity(128);
        bytes.extend(kind.0.to_be_bytes());
        bytes.extend([0, 0]);
        bytes.extend(COOKIE.to_be_bytes());
        bytes.extend(transaction);
        Self { bytes, mask: mask(transaction) }
    }

    /// Adds an attribute; all of them together stay below 64 KiB.
    pub(crate) fn value(mut self, kind: u16, value: &[u8]) -> Self {
        let length = u16::try_from(value.len()).expect("attributes are short");
        self.bytes.extend(kind.to_be_bytes());
        self.bytes.extend(length.to_be_bytes());
        self.bytes.extend(value);
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
        self
    }

    pub(crate) fn address(self, kind: u16, address: SocketAddr) -> Self {
        let mut value = vec![0, if address.is_ipv4() { 1 } else { 2 }];
        value.extend(address.port().to_be_bytes().iter().zip(self.mask).map(|(byte, mask)| byte ^ mask));
        match address.ip() {
            IpAddr::V4(ip) => value.extend(ip.octets().iter().zip(self.mask).map(|(byte, mask)| byte ^ mask)),
            IpAddr::V6(ip) => value.extend(ip.octets().iter().zip(self.mask).map(|(byte, mask)| byte ^ mask)),
        }
        self.value(kind, &value)
    }

    /// An error's number and reason (RFC 8489 §14.8).
    pub(crate) fn error(self, code: u16, reason: &str) -> Self {
        let [_, class] = (code / 100).to_be_bytes();
        let [_, number] = (code % 100).to_be_bytes();
        self.value(attr::ERROR, &[&[0, 0, class, number], reason.as_bytes()].concat())
    }

    /// The message, signed with `secret` if there is one, its fingerprint last.
    pub(crate) fn finish(mut self, secret: Option<Secret>) -> Vec<u8> {
        if let Some(secret) = secret {
            self.measure(LABEL + SUM);
            let sum = secret.mac().chain_update(&self.bytes).finalize().into_bytes();
            self = self.value(attr::INTEGRITY, &sum);
        }
        self.measure(LABEL + 4);
        let finger = crc32fast::hash(&self.bytes) ^ FINGER;
        self.value(attr::FINGERPRINT, &finger.to_be_bytes()).bytes
    }

    /// The message without integrity or fingerprint, as indications are.
    pub(crate) fn plain(mut self) -> Vec<u8> {
        self.measure(0);
        self.bytes
    }

    /// Writes the length that the message has once `more` bytes have been added.
    fn measure(&mut self, more: usize) {
        let length = length_up_to(self.bytes.len() + more);
        self.bytes[2..4].copy_from_slice(&length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// RFC 5769 §2.1: a request with integrity by a short-term password and a fingerprint.
    const SAMPLE: &[u8] = b"\x00\x01\x00\x58\x21\x12\xa4\x42\xb7\xe7\xa7\x01\xbc\x34\xd6\x86\xfa\x87\xdf\xae\
        \x80\x22\x00\x10STUN test client\x00\x24\x00\x04\x6e\x00\x01\xff\
        \x80\x29\x00\x08\x93\x2f\xf9\xb1\x51\x26\x3b\x36\x00\x06\x00\x09\x65\x76\x74\x6a\x3a\x68\x36\x76\x59\
        \x20\x20\x20\
        \x00\x08\x00\x14\x9a\xea\xa7\x0c\xbf\xd8\xcb\x56\x78\x1e\xf2\xb5\xb2\xd3\xf2\x49\xc1\xb5\x71\xa2\
        \x80\x28\x00\x04\xe5\x7a\x3b\xcf";
    /// RFC 5769 §2.2: an answer with an IPv4 address, padded with blanks.
    const ANSWER_V4: &[u8] = b"\x01\x01\x00\x3c\x21\x12\xa4\x42\xb7\xe7\xa7\x01\xbc\x34\xd6\x86\xfa\x87\xdf\xae\
        \x80\x22\x00\x0btest vector\x20\x00\x20\x00\x08\x00\x01\xa1\x47\xe1\x12\xa6\x43\
        \x00\x08\x00\x14\x2b\x91\xf5\x99\xfd\x9e\x90\xc3\x8c\x74\x89\xf9\x2a\xf9\xba\x53\xf0\x6b\xe7\xd7\
        \x80\x28\x00\x04\xc0\x7d\x4c\x96";
    /// RFC 5769 §2.3: the same with an IPv6 address.
    const ANSWER_V6: &[u8] = b"\x01\x01\x00\x48\x21\x12\xa4\x42\xb7\xe7\xa7\x01\xbc\x34\xd6\x86\xfa\x87\xdf\xae\
        \x80\x22\x00\x0btest vector\x20\x00\x20\x00\x14\x00\x02\xa1\x47\
        \x01\x13\xa9\xfa\xa5\xd3\xf1\x79\xbc\x25\xf4\xb5\xbe\xd2\xb9\xd9\
        \x00\x08\x00\x14\xa3\x82\x95\x4e\x4b\xe6\x7b\xf1\x17\x84\xc9\x7c\x82\x92\xc2\x75\xbf\xe3\xed\x41\
        \x80\x28\x00\x04\xc8\xfb\x0b\x4c";
    /// RFC 5769 §2.4: a request with long-term credentials.
    const LONG_TERM: &[u8] = b"\x00\x01\x00\x60\x21\x12\xa4\x42\x78\xad\x34\x33\xc6\xad\x72\xc0\x29\xda\x41\x2e\
        \x00\x06\x00\x12\xe3\x83\x9e\xe3\x83\x88\xe3\x83\xaa\xe3\x83\x83\xe3\x82\xaf\xe3\x82\xb9\x00\x00\
        \x00\x15\x00\x1cf//499k954d6OL34oL9FSTvy64sA\x00\x14\x00\x0bexample.org\x00\
        \x00\x08\x00\x14\xf6\x70\x24\x65\x6d\xd6\x4a\x3e\x02\xb8\xe0\x71\x2e\x85\xc9\xa2\x8c\xa8\x96\x66";

    /// HMAC with a short-term password, which is its own key and longer than a `Secret`.
    fn short_term(message: &Message<'_>) -> bool {
        let at = message.integrity.unwrap();
        let mut mac = Hmac::<Sha1>::new_from_slice(b"VOkJxbRl1RmTxUk/WvJxBt").unwrap();
        mac.update(&message.bytes[..2]);
        mac.update(&length_up_to(at + LABEL + SUM));
        mac.update(&message.bytes[4..at]);
        mac.verify_slice(message.at(at).unwrap().1).is_ok()
    }

    #[test]
    fn the_published_samples_are_read() {
        for sample in [SAMPLE, ANSWER_V4, ANSWER_V6] {
            assert!(short_term(&Message::parse(sample).unwrap()));
        }
        assert_eq!(Message::parse(SAMPLE).unwrap().text(attr::USERNAME), Some("evtj:h6vY"));
        let mapped = |sample| Message::parse(sample).unwrap().addresses(attr::MAPPED).next().flatten().unwrap();
        assert_eq!(mapped(ANSWER_V4), "192.0.2.1:32853".parse().unwrap());
        assert_eq!(mapped(ANSWER_V6), "[2001:db8:1234:5678:11:2233:4455:6677]:32853".parse().unwrap());
        let message = Message::parse(LONG_TERM).unwrap();
        let secret = |password| Secret::new(message.text(attr::USERNAME).unwrap(), "example.org", password);
        assert!(message.is_signed_with(secret("TheMatrIX")) && !message.is_signed_with(secret("TheMatrix")));
        assert_eq!(message.text(attr::REALM), Some("example.org"));
    }

    #[test]
    fn a_changed_byte_is_noticed() {
        // Another type where the fingerprint stands makes it no fingerprint.
        for at in (0..SAMPLE.len()).filter(|at| !(SAMPLE.len() - 8..SAMPLE.len() - 6).contains(at)) {
            let mut bytes = SAMPLE.to_vec();
            bytes[at] ^= 1;
            assert!(Message::parse(&bytes).is_err(), "byte {at}");
        }
        for cut in 0..LONG_TERM.len() {
            assert!(Message::parse(&LONG_TERM[..cut]).is_err(), "{cut} bytes");
        }
    }

    #[test]
    fn what_stands_behind_the_integrity_is_not_believed() {
        let secret = Secret::new("a", "b", "c");
        let signed = Writer::new(Kind::REFRESH, [3; 12]).value(attr::LIFETIME, &[0, 0, 0, 9]).finish(Some(secret));
        // Without its fingerprint, which would have to come last.
        let mut longer = Writer { bytes: signed[..signed.len() - 8].to_vec(), mask: [0; 16] };
        longer = longer.value(attr::NONCE, b"late").value(attr::LIFETIME, &[0; 4]);
        longer.measure(0);
        let message = Message::parse(&longer.bytes).unwrap();
        assert!(message.is_signed_with(secret));
        assert_eq!((message.number(attr::LIFETIME), message.text(attr::NONCE)), (Some(9), None));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(transaction: [u8; 12], v6: bool, port: u16, bits: u128, nonce in "[ -~]{0,40}") {
            let ip = if v6 { IpAddr::V6(bits.into()) } else { IpAddr::V4((bits as u32).into()) };
            let (address, secret) = (SocketAddr::new(ip, port), Secret::new("name", "realm", "password"));
            let bytes = Writer::new(Kind::ALLOCATE.error(), transaction)
                .error(438, "Stale Nonce").address(attr::PEER, address).value(attr::NONCE, nonce.as_bytes())
                .finish(Some(secret));
            let message = Message::parse(&bytes).unwrap();
            prop_assert_eq!((message.kind(), message.transaction()), (Kind::ALLOCATE.error(), transaction));
            prop_assert_eq!(message.addresses(attr::PEER).collect::<Vec<_>>(), vec![Some(address)]);
            prop_assert_eq!(message.text(attr::NONCE), Some(nonce.as_str()));
            prop_assert_eq!(message.value(attr::ERROR), Some(&b"\0\0\x04\x26Stale Nonce"[..]));
            prop_assert!(message.is_signed_with(secret) && !message.is_signed_with(Secret::new("name", "realm", "")));
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            if let Ok(message) = Message::parse(&bytes) {
                let _ = (message.attributes().count(), message.unknown(), message.addresses(attr::PEER).count());
            }
        }
    }
}
