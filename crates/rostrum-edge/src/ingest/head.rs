//! The head of an encoder's request as encoders write it: `SOURCE` and `PUT`, HTTP or `ICE/1.0`, lines that end either
//! way, a password as Basic authentication; and the request that tells what plays. Pure: bytes in, verdict out.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Longest head, in bytes.
pub(crate) const HEAD_BYTES_MAX: usize = 8 * 1024;
/// Most header lines.
const FIELDS_MAX: usize = 64;
/// How requests begin that are answered here.
const STARTS: [(&[u8], Verb); 3] =
    [(b"SOURCE ", Verb::Source), (b"PUT /ingest/", Verb::Put), (b"GET /admin/metadata?", Verb::Metadata)];

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    /// To broadcast, in the manner of Icecast 1 and 2.
    Source,
    /// To broadcast, in the manner of Icecast 2.4.
    Put,
    /// To tell what plays.
    Metadata,
}

/// What the first bytes of a connection are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Look {
    /// Too few to say.
    More,
    /// A request for somebody else.
    Other,
    /// Something that begins like ours and is malformed or too long.
    Bad,
    /// Ours, and how many bytes its head has.
    Ours(Head, usize),
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) verb: Verb,
    /// The target's path.
    pub(crate) path: String,
    /// What follows the question mark.
    query: String,
    /// `HTTP/1.1`, as opposed to 1.0 and `ICE/1.0`.
    pub(crate) is_http11: bool,
    fields: Vec<(String, String)>,
}

/// Looks at the first bytes of a connection.
pub(crate) fn look(bytes: &[u8]) -> Look {
    let Some((_, verb)) = STARTS.iter().find(|(start, _)| bytes.starts_with(start)) else {
        let may_become = STARTS.iter().any(|(start, _)| start.starts_with(bytes));
        return if may_become { Look::More } else { Look::Other };
    };
    let end = [&b"\r\n\r\n"[..], b"\n\n"].iter().filter_map(|end| position(bytes, end).map(|at| at + end.len())).min();
    match end {
        Some(length) if length <= HEAD_BYTES_MAX => {
            Head::parse(*verb, &bytes[..length]).map_or(Look::Bad, |head| Look::Ours(head, length))
        }
        None if bytes.len() < HEAD_BYTES_MAX => Look::More,
        _ => Look::Bad,
    }
}

fn position(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

impl Head {
    fn parse(verb: Verb, bytes: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(bytes);
        let mut lines = text.lines().map(str::trim_end);
        let mut words = lines.next()?.split(' ').filter(|word| !word.is_empty()).skip(1);
        let (target, version) = (words.next()?, words.next()?);
        let known = matches!(version, "HTTP/1.0" | "HTTP/1.1" | "ICE/1.0");
        if !known || words.next().is_some() {
            return None;
        }
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let path = format!("/{}", path.trim_start_matches('/'));
        let mut fields = Vec::new();
        for line in lines.take_while(|line| !line.is_empty()) {
            let (name, value) = line.split_once(':')?;
            if name.is_empty() || name.contains(|c: char| c.is_whitespace()) || fields.len() == FIELDS_MAX {
                return None;
            }
            fields.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        Some(Self { verb, path, query: query.to_owned(), is_http11: version == "HTTP/1.1", fields })
    }

    /// The value of a header; the first if there are several.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(one, _)| one == name).map(|(_, value)| value.as_str())
    }

    /// User and password (RFC 7617).
    pub(crate) fn credentials(&self) -> Option<(String, String)> {
        let (scheme, text) = self.field("authorization")?.split_once(' ')?;
        let bytes = STANDARD.decode(text.trim()).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
        let text = String::from_utf8(bytes).ok()?;
        let (user, password) = text.split_once(':')?;
        Some((user.to_owned(), password.to_owned()))
    }

    /// The room's word in an address of ours.
    pub(crate) fn room(&self) -> Option<String> {
        match self.verb {
            Verb::Source | Verb::Put => room_of(&self.path),
            Verb::Metadata => room_of(&self.parameter("mount")?),
        }
    }

    /// What plays, as a request to tell it says: `song`, or `artist` and `title`.
    pub(crate) fn song(&self) -> Option<String> {
        self.parameter("mode").filter(|mode| mode == "updinfo")?;
        let parts = [self.parameter("artist"), self.parameter("title")];
        let parts: Vec<String> = parts.into_iter().flatten().filter(|part| !part.trim().is_empty()).collect();
        self.parameter("song").or_else(|| (!parts.is_empty()).then(|| parts.join(" - ")))
    }

    /// Whether the sender waits for leave to send the body (RFC 9110 §10.1.1).
    pub(crate) fn waits(&self) -> bool {
        self.field("expect").is_some_and(|value| value.eq_ignore_ascii_case("100-continue"))
    }

    fn parameter(&self, name: &str) -> Option<String> {
        let mut pairs = self.query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(one, _)| *one == name).map(|(_, value)| unescape(value))
    }
}

fn room_of(path: &str) -> Option<String> {
    let word = path.trim_start_matches('/').strip_prefix("ingest/")?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (!word.is_empty() && word.len() <= 200 && word.bytes().all(plain)).then(|| word.to_owned())
}

/// Text out of a query: percent signs and pluses undone. Encoders send UTF-8, old ones Latin-1.
fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let digit = |at: usize| after.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        rest = after;
        match (first, digit(0).zip(digit(1))) {
            (b'%', Some((high, low))) => {
                bytes.push((high * 16 + low) as u8);
                rest = &after[2..];
            }
            (b'+', _) => bytes.push(b' '),
            (byte, _) => bytes.push(*byte),
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|error| error.as_bytes().iter().map(|byte| char::from(*byte)).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ours(text: &str) -> Head {
        match look(text.as_bytes()) {
            Look::Ours(head, length) => {
                assert!(text[..length].ends_with("\n"));
                head
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn encoders_of_all_ages_are_understood() {
        let old =
            ours("SOURCE /ingest/talk ICE/1.0\r\nAuthorization: Basic c291cmNlOmhhY2ttZQ==\r\nice-name: A\r\n\r\nOggS");
        assert_eq!((old.verb, old.room().as_deref(), old.is_http11), (Verb::Source, Some("talk"), false));
        assert_eq!(old.credentials(), Some(("source".into(), "hackme".into())));
        let new = ours(
            "PUT /ingest/talk HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Type: audio/mpeg\r\n\
             Transfer-Encoding: chunked\r\n\r\n",
        );
        assert!(new.waits() && new.is_http11 && new.verb == Verb::Put);
        assert_eq!(new.field("content-type"), Some("audio/mpeg"));
        let bare = ours("SOURCE ingest/talk HTTP/1.0\nUser-Agent: x\n\n");
        assert_eq!(bare.room().as_deref(), Some("talk"));
    }

    #[test]
    fn what_plays_is_read_in_each_form() {
        let get = |query: &str| ours(&format!("GET /admin/metadata?{query} HTTP/1.0\r\n\r\n"));
        let head = get("mode=updinfo&mount=%2Fingest%2Ftalk&song=Ada+-+R%C3%B6te");
        assert_eq!((head.room().as_deref(), head.song().as_deref()), (Some("talk"), Some("Ada - Röte")));
        assert_eq!(get("mode=updinfo&artist=Ada&title=Red").song().as_deref(), Some("Ada - Red"));
        assert_eq!(get("mode=updinfo&song=R%F6te").song().as_deref(), Some("Röte"), "Latin-1");
        assert_eq!(get("mode=fallback&song=x").song(), None);
        assert_eq!(get("mode=updinfo&song=100%").song().as_deref(), Some("100%"));
    }

    #[test]
    fn others_are_passed_on_and_endless_heads_refused() {
        for other in ["GET / HTTP/1.1\r\n", "PUT /media", "SOURCES", "POST /ingest/talk", "\u{16}\u{3}"] {
            assert_eq!(look(other.as_bytes()), Look::Other, "{other}");
        }
        for more in ["", "S", "PUT /ing", "SOURCE /ingest/talk ICE/1.0\r\n"] {
            assert_eq!(look(more.as_bytes()), Look::More, "{more}");
        }
        let bad = ["SOURCE /a HTTP/3\r\n\r\n", "SOURCE /a\r\n\r\n", "SOURCE /a ICE/1.0\r\nno colon\r\n\r\n"];
        for bad in bad {
            assert_eq!(look(bad.as_bytes()), Look::Bad, "{bad}");
        }
        assert_eq!(look(format!("SOURCE {}", "x".repeat(HEAD_BYTES_MAX)).as_bytes()), Look::Bad);
        assert_eq!(ours("SOURCE /ingest/../etc ICE/1.0\r\n\r\n").room(), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered(rest in prop::collection::vec(any::<u8>(), 0..300), which in 0usize..3) {
            let bytes = [STARTS[which].0, &rest, b"\r\n\r\n"].concat();
            if let Look::Ours(head, length) = look(&bytes) {
                prop_assert!(length <= bytes.len());
                let _ = (head.room(), head.song(), head.credentials(), head.waits());
            }
        }
    }
}
