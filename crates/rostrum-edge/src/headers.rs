//! Headers at the border: what must not cross it (RFC 9110 §7.6.1), whom a request really came from, and the names
//! under which web learns it. Pure.

use std::net::IpAddr;

use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::uri::Authority;
use http::{Method, Request};

use crate::Prefix;
use crate::refusal::Refusal;

/// The id of a request through all roles and logs.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// Headers that speak of one connection only.
const HOP_BY_HOP: [HeaderName; 8] = [
    header::CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// Names that web believes; a client's own are dropped before ours are set. A name that begins with `x-forwarded-` or
/// looks like one of these through an underscore goes the same way.
const SPOOFABLE: [&str; 6] = ["forwarded", "x-forwarded", "x-real-ip", "x-request-id", "x-client-ip", "client-ip"];

/// Who asked, as far as it can be believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin {
    /// The client's address.
    pub(crate) client: IpAddr,
    /// `http` or `https`, as the client spoke it.
    pub(crate) scheme: &'static str,
    /// The host the client asked for.
    pub(crate) host: Authority,
    /// The request's id, when a trusted proxy gave one.
    pub(crate) id: Option<String>,
}

/// The other end of a connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer {
    pub(crate) address: IpAddr,
    pub(crate) tls: bool,
}

/// Refuses what no part of Rostrum answers.
pub(crate) fn check<B>(request: &Request<B>) -> Result<(), Refusal> {
    if matches!(*request.method(), Method::CONNECT | Method::TRACE) {
        return Err(Refusal::Method);
    }
    let websocket = |value: &HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"websocket");
    if request.headers().get_all(header::UPGRADE).iter().any(websocket) {
        return Err(Refusal::Upgrade);
    }
    let absolute = request.uri().path_and_query().is_some_and(|target| target.as_str().starts_with('/'));
    if absolute { Ok(()) } else { Err(Refusal::Target) }
}

/// Reads who asked; the headers of a peer that is not trusted are not believed.
pub(crate) fn origin<B>(request: &Request<B>, peer: Peer, trusted: &[Prefix]) -> Result<Origin, Refusal> {
    let own = host(request)?;
    let scheme = if peer.tls { "https" } else { "http" };
    let trusts = |address: IpAddr| trusted.iter().any(|prefix| prefix.contains(address));
    if !trusts(peer.address) {
        return Ok(Origin { client: peer.address.to_canonical(), scheme, host: own, id: None });
    }
    let headers = request.headers();
    let scheme = match single(headers, &FORWARDED_PROTO) {
        Some("https") => "https",
        Some("http") => "http",
        _ => scheme,
    };
    let client = client(headers, peer.address, trusts);
    let host = single(headers, &FORWARDED_HOST).and_then(authority).unwrap_or(own);
    let id = single(headers, &REQUEST_ID).filter(|id| is_request_id(id)).map(str::to_owned);
    Ok(Origin { client, scheme, host, id })
}

/// The first address from the right of `X-Forwarded-For` that is no trusted proxy; what stands left of it may be a lie.
fn client(headers: &HeaderMap, peer: IpAddr, trusts: impl Fn(IpAddr) -> bool) -> IpAddr {
    let lines: Vec<&str> = headers.get_all(FORWARDED_FOR).iter().filter_map(|line| line.to_str().ok()).collect();
    let mut client = peer;
    for hop in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
        let Ok(address) = hop.trim().parse::<IpAddr>() else { break };
        client = address;
        if !trusts(address) {
            break;
        }
    }
    client.to_canonical()
}

/// The one host of a request: from its target (RFC 9112 §3.2.2) or its Host header; HTTP/1.0 may have none.
fn host<B>(request: &Request<B>) -> Result<Authority, Refusal> {
    let mut named = request.headers().get_all(header::HOST).iter();
    let header = named.next();
    if named.next().is_some() {
        return Err(Refusal::Host);
    }
    let header = header.map(|host| host.to_str().ok().and_then(authority).ok_or(Refusal::Host)).transpose()?;
    match (request.uri().authority(), header) {
        (Some(target), _) => authority(target.as_str()).ok_or(Refusal::Host),
        (None, Some(header)) => Ok(header),
        (None, None) if request.version() == http::Version::HTTP_10 => Ok(Authority::from_static("localhost")),
        (None, None) => Err(Refusal::Host),
    }
}

/// A host with or without a port: no user name, nothing that could be taken for markup or a path.
fn authority(text: &str) -> Option<Authority> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':' | b'[' | b']' | b'_');
    let fits = !text.is_empty() && text.len() <= 255 && text.bytes().all(plain);
    fits.then(|| text.parse::<Authority>().ok()).flatten().filter(|authority| !authority.host().is_empty())
}

fn single<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?.trim();
    values.next().is_none().then_some(value)
}

fn is_request_id(text: &str) -> bool {
    (8..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

/// Takes out what speaks of one connection only, the names listed in `Connection` included.
pub(crate) fn strip_hop_by_hop(headers: &mut HeaderMap) {
    let listed: Vec<HeaderName> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .filter(may_be_listed)
        .collect();
    for name in HOP_BY_HOP.iter().chain(&listed) {
        headers.remove(name);
    }
}

/// A client may not have the very headers removed that protect what lies behind the edge (RFC 9110 §7.6.1).
fn may_be_listed(name: &HeaderName) -> bool {
    const KEPT: [HeaderName; 6] = [
        header::HOST,
        header::CONTENT_LENGTH,
        header::AUTHORIZATION,
        header::COOKIE,
        header::ORIGIN,
        header::CACHE_CONTROL,
    ];
    !KEPT.contains(name) && !name.as_str().starts_with("sec-")
}

/// Makes a client's headers fit to pass on: nothing of the connection, and only our own word on who asked.
pub(crate) fn prepare(headers: &mut HeaderMap, origin: &Origin, id: &str) {
    strip_hop_by_hop(headers);
    headers.remove(header::EXPECT);
    let spoofed: Vec<HeaderName> = headers.keys().filter(|name| is_spoofable(name)).cloned().collect();
    for name in spoofed {
        headers.remove(name);
    }
    let value = |text: &str| HeaderValue::from_str(text).expect("addresses, checked hosts and ids are visible ASCII");
    headers.insert(FORWARDED_FOR, value(&origin.client.to_string()));
    headers.insert(FORWARDED_PROTO, HeaderValue::from_static(origin.scheme));
    headers.insert(FORWARDED_HOST, value(origin.host.as_str()));
    headers.insert(header::HOST, value(origin.host.as_str()));
    headers.insert(REQUEST_ID, value(id));
}

fn is_spoofable(name: &HeaderName) -> bool {
    let name = name.as_str().replace('_', "-");
    SPOOFABLE.contains(&name.as_str()) || name.starts_with("x-forwarded-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(headers: &[(&str, &str)]) -> Request<()> {
        let builder = Request::builder().uri("/a?b");
        headers.iter().fold(builder, |builder, (name, value)| builder.header(*name, *value)).body(()).unwrap()
    }

    fn peer(text: &str) -> Peer {
        Peer { address: text.parse().unwrap(), tls: false }
    }

    fn trusted() -> Vec<Prefix> {
        vec!["10.0.0.0/8".parse().unwrap()]
    }

    const CLAIMS: [(&str, &str); 5] = [
        ("host", "rostrum.example"),
        ("x-forwarded-for", "6.6.6.6, 198.51.100.4, 10.0.0.9"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "public.example"),
        ("x-request-id", "01ARZ3NDEKTSV4RRFFQ69G5FAV"),
    ];

    #[test]
    fn a_stranger_is_not_believed() {
        let origin = origin(&request(&CLAIMS), peer("203.0.113.5"), &trusted()).unwrap();
        assert_eq!(origin.client, peer("203.0.113.5").address);
        assert_eq!((origin.scheme, origin.host.as_str(), origin.id), ("http", "rostrum.example", None));
    }

    #[test]
    fn a_trusted_proxy_is_believed_up_to_the_first_stranger() {
        let origin = origin(&request(&CLAIMS), peer("10.0.0.1"), &trusted()).unwrap();
        assert_eq!(origin.client.to_string(), "198.51.100.4");
        assert_eq!((origin.scheme, origin.host.as_str()), ("https", "public.example"));
        assert_eq!(origin.id.as_deref(), Some("01ARZ3NDEKTSV4RRFFQ69G5FAV"));
    }

    #[test]
    fn what_a_proxy_says_is_still_checked() {
        let odd = [
            ("host", "rostrum.example"),
            ("x-forwarded-for", "unknown"),
            ("x-forwarded-proto", "javascript"),
            ("x-forwarded-host", "evil.example/<script>"),
            ("x-request-id", "a\" onclick"),
        ];
        let origin = origin(&request(&odd), peer("10.0.0.1"), &trusted()).unwrap();
        assert_eq!(origin.client.to_string(), "10.0.0.1");
        assert_eq!((origin.scheme, origin.host.as_str(), origin.id), ("http", "rostrum.example", None));
    }

    #[test]
    fn exactly_one_plain_host_is_needed() {
        let bad: [&[(&str, &str)]; 6] = [
            &[],
            &[("host", "a"), ("host", "a")],
            &[("host", "a b")],
            &[("host", "user@a")],
            &[("host", "a/b")],
            &[("host", "")],
        ];
        for headers in bad {
            assert_eq!(origin(&request(headers), peer("1.1.1.1"), &[]), Err(Refusal::Host), "{headers:?}");
        }
        for host in ["localhost:8080", "[::1]:8080", "xn--bcher-kva.example"] {
            assert!(origin(&request(&[("host", host)]), peer("1.1.1.1"), &[]).is_ok(), "{host}");
        }
    }

    #[test]
    fn only_our_word_crosses_the_border() {
        let mut request = request(&[
            ("host", "a.example"),
            ("connection", "keep-alive, X-Secret, Host, Authorization"),
            ("keep-alive", "timeout=5"),
            ("te", "trailers"),
            ("upgrade", "h2c"),
            ("proxy-authorization", "Basic x"),
            ("expect", "100-continue"),
            ("forwarded", "for=6.6.6.6"),
            ("x_forwarded_for", "6.6.6.6"),
            ("x-forwarded-prefix", "/admin"),
            ("x-forwarded-for", "6.6.6.6"),
            ("x-real-ip", "6.6.6.6"),
            ("x-secret", "1"),
            ("authorization", "Bearer kept"),
            ("range", "bytes=0-1"),
        ]);
        let origin = origin(&request, peer("203.0.113.5"), &[]).unwrap();
        prepare(request.headers_mut(), &origin, "ID123456");
        let mut left: Vec<String> =
            request.headers().iter().map(|(name, value)| format!("{name}={}", value.to_str().unwrap())).collect();
        left.sort();
        let wanted = [
            "authorization=Bearer kept",
            "host=a.example",
            "range=bytes=0-1",
            "x-forwarded-for=203.0.113.5",
            "x-forwarded-host=a.example",
            "x-forwarded-proto=http",
            "x-request-id=ID123456",
        ];
        assert_eq!(left, wanted);
    }

    #[test]
    fn upgrades_and_tunnels_are_refused() {
        assert_eq!(check(&request(&[("upgrade", "WebSocket")])), Err(Refusal::Upgrade));
        assert_eq!(check(&request(&[("upgrade", "h2c")])), Ok(()), "an offer of h2c may be left unanswered");
        for (method, target, refusal) in [
            ("CONNECT", "a.example:443", Refusal::Method),
            ("TRACE", "/", Refusal::Method),
            ("OPTIONS", "*", Refusal::Target),
        ] {
            let request = Request::builder().method(method).uri(target).body(()).unwrap();
            assert_eq!(check(&request), Err(refusal), "{method}");
        }
    }
}
