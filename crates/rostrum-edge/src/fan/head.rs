//! The head of a request for an endless stream, when it is the first of its connection: whoever sends one becomes a
//! listener and never asks anything else. What is at all unusual is left to the front. Pure: bytes in, verdict out.

use rostrum_media::program::Mount;

use crate::live::{Wanted, wanted};

/// How requests begin that may be answered here.
const START: &[u8] = b"GET /live/";
/// Longest head, in bytes.
const HEAD_BYTES_MAX: usize = 8 * 1024;
/// Most headers.
const FIELDS_MAX: usize = 64;

/// What the first bytes of a connection are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Look {
    /// Too few to say.
    More,
    /// A request for the front.
    Other,
    /// A listener's.
    Ours(Ask),
}

/// What a listener asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ask {
    /// The room's slug or id.
    pub(crate) room: String,
    pub(crate) mount: Mount,
    /// Whether the player takes titles between the sound.
    pub(crate) titles: bool,
}

/// Looks at the first bytes of a connection.
pub(crate) fn look(bytes: &[u8]) -> Look {
    if bytes.len() > HEAD_BYTES_MAX {
        return Look::Other;
    }
    if !bytes.starts_with(START) {
        return if START.starts_with(bytes) { Look::More } else { Look::Other };
    }
    let mut fields = [httparse::EMPTY_HEADER; FIELDS_MAX];
    let mut request = httparse::Request::new(&mut fields);
    match request.parse(bytes) {
        Ok(httparse::Status::Complete(length)) if length == bytes.len() => {
            ask(&request).map_or(Look::Other, Look::Ours)
        }
        Ok(httparse::Status::Partial) => match request.path {
            Some(path) if mount(path).is_none() => Look::Other,
            _ => Look::More,
        },
        _ => Look::Other,
    }
}

fn mount(target: &str) -> Option<(&str, Mount)> {
    let path = target.split_once('?').map_or(target, |(path, _)| path);
    match wanted(&http::Method::GET, path)? {
        Wanted::Mount(room, mount) if !room.contains('%') => Some((room, mount)),
        _ => None,
    }
}

fn ask(request: &httparse::Request<'_, '_>) -> Option<Ask> {
    let (room, mount) = mount(request.path?)?;
    let named = |name: &'static str| request.headers.iter().filter(move |field| field.name.eq_ignore_ascii_case(name));
    let bodies = ["content-length", "transfer-encoding", "expect", "upgrade"];
    let unusual = bodies.into_iter().any(|name| named(name).next().is_some());
    // Only HTTP/1.0 may leave its host out (RFC 9112 §3.2).
    let hosts = named("host").count();
    if unusual || hosts > 1 || (hosts == 0 && request.version? == 1) {
        return None;
    }
    let titles = named("icy-metadata").any(|field| field.value == b"1");
    Some(Ask { room: room.to_owned(), mount, titles })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PLAYER: &str = "GET /live/talk.mp3?t=1 HTTP/1.1\r\nHost: radio\r\nIcy-MetaData: 1\r\nRange: bytes=0-\r\n\r\n";

    #[test]
    fn a_player_is_known_by_its_whole_head() {
        let ask = Ask { room: "talk".into(), mount: Mount::Mp3, titles: true };
        assert_eq!(look(PLAYER.as_bytes()), Look::Ours(ask));
        for cut in 0..PLAYER.len() {
            assert_eq!(look(&PLAYER.as_bytes()[..cut]), Look::More, "{cut}");
        }
    }

    #[test]
    fn the_unusual_is_left_to_the_front() {
        for head in [
            "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
            "HEAD /live/talk.mp3 HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /live/talk/index.m3u8 HTTP/1.1\r\n",
            "GET /live/talk/events HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /live/talk.flac HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /live/%74alk.mp3 HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /live/talk.mp3 HTTP/1.1\r\n\r\n",
            "GET /live/talk.mp3 HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
            "GET /live/talk.mp3 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n",
            "GET /live/talk.mp3 HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\n\r\n",
            "GET /live/talk.mp3 HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\n",
            "GET /live/talk.mp3 HTTP/9\r\n\r\n",
        ] {
            assert_eq!(look(head.as_bytes()), Look::Other, "{head}");
        }
        let long = format!("GET /live/talk.mp3 HTTP/1.1\r\nHost: {}", "a".repeat(HEAD_BYTES_MAX));
        assert_eq!(look(long.as_bytes()), Look::Other);
    }

    proptest! {
        #[test]
        fn any_bytes_have_a_verdict_that_more_bytes_keep(tail: Vec<u8>) {
            let bytes = [START, &tail].concat();
            let decided = (0..=bytes.len()).map(|cut| look(&bytes[..cut])).find(|verdict| *verdict == Look::Other);
            prop_assert!(decided.is_none() || look(&bytes) == Look::Other);
        }
    }
}
