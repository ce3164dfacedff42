//! What comes over the wire: the framing of requests, ranges, the headers of uploads, addresses to fetch.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use http::header::{HeaderName, HeaderValue, IF_RANGE, RANGE};
use http::{HeaderMap, StatusCode};
use rostrum_domain::Id;
use rostrum_fetch::guard;
use rostrum_live::grant;
use rostrum_live::turn::{Bearer, Key, REALM};

use crate::text;
use edge_turn::allocation::Place;
use edge_turn::frame::Frame;
use edge_turn::law::{Act, Law, Now, Terms};
use edge_turn::message::{Kind, Message, Secret, Writer, attr};

// The modules themselves: their crates show them to nobody, and would bring half the house along.
#[path = "../../crates/rostrum-edge/src/framing.rs"]
#[expect(dead_code, reason = "only its reader is called here")]
mod edge_framing;
#[path = "../../crates/rostrum-edge/src/turn/protocol/mod.rs"]
#[expect(dead_code, reason = "what its loop asks of it is not asked here")]
mod edge_turn;
#[path = "../../crates/rostrum-web/src/range.rs"]
#[expect(unreachable_pub, reason = "in its own crate it can be reached")]
mod web_range;
#[path = "../../crates/rostrum-web/src/uploads/protocol.rs"]
#[expect(dead_code, reason = "only its readers are called here")]
mod web_tus;

/// A range that is served lies inside the file and is not empty.
pub fn range(data: &[u8]) {
    let Some((head, rest)) = data.split_first_chunk::<2>() else { return };
    let size = u64::from(u16::from_be_bytes(*head));
    let mut headers = HeaderMap::new();
    let mut lines = rest.split(|byte| *byte == b'\n');
    for name in [RANGE, IF_RANGE] {
        if let Some(value) = lines.next().and_then(|line| HeaderValue::from_bytes(line).ok()) {
            headers.append(name, value);
        }
    }
    if let web_range::Asked::Part(part) = web_range::parse(&headers, size, "\"a\"") {
        assert!(part.start < part.end && part.end <= size, "{part:?} of {size}");
    }
}

/// Headers of uploads are understood or refused with a status of the 4xx kind, within their limits.
pub fn tus(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let mut headers = HeaderMap::new();
    for line in text.lines().take(64) {
        let Some((name, value)) = line.split_once(':') else { continue };
        if let (Ok(name), Ok(value)) = (name.trim().parse::<HeaderName>(), value.trim().parse::<HeaderValue>()) {
            headers.append(name, value);
        }
    }
    let refused = |refusal: web_tus::Refusal| {
        let status: StatusCode = refusal.status();
        assert!(status.is_client_error() && refusal.to_string().ends_with('.'), "{refusal}");
    };
    if let Ok(web_tus::Creation::Whole(length) | web_tus::Creation::Partial(length)) = web_tus::creation(&headers) {
        assert!(i64::try_from(length).is_ok());
    }
    let checks = [
        web_tus::creation(&headers).map(drop),
        web_tus::version(&headers),
        web_tus::offset(&headers).map(drop),
        web_tus::checksum(&headers).map(drop),
    ];
    checks.into_iter().filter_map(Result::err).for_each(refused);
    match web_tus::metadata(&headers) {
        Ok(found) => assert!(found.get("filename").is_none_or(|name| name.len() <= found.raw.len())),
        Err(refusal) => refused(refusal),
    }
    let _ = (web_tus::carries_bytes(&headers), web_tus::body_length(&headers));
}

/// The verdict on a connection's bytes does not depend on how they were cut, and points inside them.
pub fn framing(data: &[u8]) {
    let Some((cut, bytes)) = data.split_first() else { return };
    let whole = edge_framing::Framing::new(512).feed(bytes);
    if let Err((at, _)) = whole {
        assert!(at <= bytes.len());
    }
    let mut framing = edge_framing::Framing::new(512);
    let mut parts = bytes.chunks(usize::from(*cut).max(1));
    let parts = parts.try_for_each(|part| framing.feed(part).map_err(|(_, doubt)| doubt));
    assert_eq!(parts, whole.map_err(|(_, doubt)| doubt));
}

/// Whatever somebody says who has been let in, nothing leaves for anywhere but the stage, and frames come out of a
/// stream however it was cut.
pub fn turn(data: &[u8]) {
    let Some((cut, bytes)) = data.split_first() else { return };
    let whole = frames(&[bytes]);
    let parts: Vec<&[u8]> = bytes.chunks(usize::from(*cut).max(1)).collect();
    assert_eq!(frames(&parts), whole);
    let stage = SocketAddr::from(([192, 0, 2, 7], 3478));
    let (mut law, mut now) = (let_in(stage), Now { at: Duration::ZERO, unix_s: 1 });
    for frame in whole {
        now.at += Duration::from_millis(u64::from(*cut));
        let act = match frame {
            Frame::Message(bytes) => law.message(&bytes, now),
            Frame::Data(channel, datagram) => law.data(channel, datagram, now),
        };
        match act {
            Act::Send(to, _) => assert_eq!(to, stage),
            Act::Answer(answer) | Act::Free(answer) => assert!(Message::parse(&answer).is_ok()),
            Act::Open(ip) => assert_eq!(ip, stage.ip()),
            Act::Close(_) => return,
            Act::Nothing => {}
        }
        law.inbound(stage, bytes, now);
    }
}

fn frames(parts: &[&[u8]]) -> Vec<Frame> {
    let (mut buffer, mut found) = (BytesMut::new(), Vec::new());
    for part in parts {
        buffer.extend_from_slice(part);
        while let Ok(Some(frame)) = edge_turn::frame::take(&mut buffer) {
            found.push(frame);
        }
    }
    found
}

/// A connection whose client has an allocation and leave to reach the stage.
fn let_in(stage: SocketAddr) -> Law {
    let key = Key::of(&grant::Key::new([7; 32]));
    let pass = key.pass(Bearer { expires: i64::MAX, participant: Id::from_bits(1) });
    let secret = Secret::new(&pass.username, REALM, &pass.password);
    let places = Arc::new([Place { told: stage, reach: stage }]);
    let (mut law, now) = (Law::new(Terms { key, places }, stage, [0; 32]), Now { at: Duration::ZERO, unix_s: 1 });
    let asked = law.message(&Writer::new(Kind::ALLOCATE, [1; 12]).finish(None).into(), now);
    let Act::Answer(asked) = asked else { panic!("who gives no name is asked for one") };
    let nonce = Message::parse(&asked).ok().and_then(|asked| asked.text(attr::NONCE)).expect("the question has one");
    let signed = |request: Writer| {
        let request = request.value(attr::USERNAME, pass.username.as_bytes()).value(attr::REALM, REALM.as_bytes());
        request.value(attr::NONCE, nonce.as_bytes()).finish(Some(secret)).into()
    };
    let opens = signed(Writer::new(Kind::ALLOCATE, [2; 12]).value(attr::TRANSPORT, &[17, 0, 0, 0]));
    assert!(matches!(law.message(&opens, now), Act::Open(_)));
    law.opened(Ok(stage), now);
    let bind = Writer::new(Kind::BIND, [3; 12]).value(attr::CHANNEL, &[0x40, 0, 0, 0]).address(attr::PEER, stage);
    law.message(&signed(bind), now);
    law
}

/// No address that a person names leads into a private network, whatever the look-up answers.
pub fn fetch(data: &[u8]) {
    let Some((answers, rest)) = data.split_first_chunk::<20>() else { return };
    let Some(address) = text(rest) else { return };
    let (named, moved) = address.split_once('\n').unwrap_or((address, ""));
    let rules = guard::Rules { plain_http: answers[0] & 1 == 1, ..guard::Rules::default() };
    let Ok(first) = guard::target(&rules, named) else { return };
    let answers = answers_of(answers);
    check(&rules, &first, answers);
    if let Ok(next) = guard::redirect(&rules, &first, moved) {
        assert!(first.url().scheme() == "http" || next.url().scheme() == "https");
        check(&rules, &next, answers);
    }
}

fn answers_of(bytes: &[u8; 20]) -> [IpAddr; 2] {
    let (v4, v6) = bytes.split_first_chunk::<4>().expect("twenty bytes hold four");
    let v6: [u8; 16] = v6.try_into().expect("sixteen are left");
    [Ipv4Addr::from(*v4).into(), Ipv6Addr::from(v6).into()]
}

fn check(rules: &guard::Rules, target: &guard::Target, answers: [IpAddr; 2]) {
    let url = target.url();
    assert!(url.username().is_empty() && url.password().is_none());
    assert!(url.scheme() == "https" || (url.scheme() == "http" && rules.plain_http), "{url}");
    let answers = target.literal().map_or(answers.to_vec(), |literal| vec![literal]);
    for answer in answers {
        if let Ok(sockets) = guard::sockets(rules, target, &[answer]) {
            for socket in sockets {
                assert!([80, 443].contains(&socket.port()), "{url} {socket}");
                assert!(is_public(socket.ip()), "{url} {socket}");
            }
        }
    }
}

/// A second opinion, written from the registries and not from the guard: what is surely not public.
fn is_public(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => {
            let [a, b, ..] = ip.octets();
            let shared = a == 100 && (64..128).contains(&b);
            let own = ip.is_private() || ip.is_loopback() || ip.is_link_local() || shared || a == 0;
            !(own || ip.is_multicast() || ip.is_broadcast() || ip.is_documentation() || a >= 240)
        }
        IpAddr::V6(ip) => {
            let inner = match ip.segments() {
                [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0, 0, 0, 0, 0xffff, 0, high, low] => Some((high, low)),
                [0x2002, high, low, ..] => Some((high, low)),
                _ => None,
            };
            if let Some((high, low)) = inner {
                return is_public(Ipv4Addr::from(u32::from(high) << 16 | u32::from(low)).into());
            }
            let near = ip.is_unique_local() || ip.is_unicast_link_local();
            let example = ip.segments()[0] == 0x2001 && ip.segments()[1] == 0xdb8;
            !(near || example || ip.is_loopback() || ip.is_unspecified() || ip.is_multicast())
        }
    }
}
