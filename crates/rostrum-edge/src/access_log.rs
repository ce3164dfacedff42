//! The access log: one line a request, with nothing in it that opens a door or names a person.

use std::net::IpAddr;

use http::{Method, Request};
use tokio::time::Instant;

use crate::prefix::loggable;

/// Longest part of a path that a line carries, in characters.
const PATH_MAX: usize = 256;
/// A path segment this long, in characters, may be the secret of a one-time link.
const SECRET_MIN: usize = 32;

/// One line, written when the answer has gone or was given up.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) id: String,
    pub(crate) status: u16,
    pub(crate) bytes: u64,
    pub(crate) complete: bool,
    method: Method,
    path: String,
    client: String,
    start: Instant,
}

impl Entry {
    /// The line of a request that begins now.
    pub(crate) fn new<B>(request: &Request<B>, client: IpAddr, id: String) -> Self {
        Self {
            id,
            status: 0,
            bytes: 0,
            complete: false,
            method: request.method().clone(),
            path: shown(request.uri().path()),
            client: loggable(client).to_string(),
            start: Instant::now(),
        }
    }

    pub(crate) fn write(&self) {
        let ms = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        tracing::info!(
            target: "rostrum_edge::access",
            request_id = %self.id, method = %self.method, path = %self.path, status = self.status,
            bytes = self.bytes, ms, client = %self.client, complete = self.complete, "request"
        );
    }
}

/// A path without its secrets, cut to a line's length.
fn shown(path: &str) -> String {
    let segments: Vec<&str> = path.split('/').map(|segment| if is_secret(segment) { "•••" } else { segment }).collect();
    segments.join("/").chars().take(PATH_MAX).collect()
}

/// Whether a segment looks like random text: long, of the letters of base64url or hex, and no slug, which has no
/// capitals, nor a ULID, which is shorter.
fn is_secret(segment: &str) -> bool {
    let plain = segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    let has = |kind: fn(&u8) -> bool| segment.as_bytes().iter().any(kind);
    let mixed = has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase);
    let hex = segment.bytes().all(|byte| byte.is_ascii_hexdigit());
    segment.len() >= SECRET_MIN && plain && (mixed || hex)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_in_paths_are_covered() {
        assert_eq!(shown("/link/setup/VSnIayWHZ7RmzESfqrbelawXGoKLXqSW1LyaF1xwsN4"), "/link/setup/•••");
        assert_eq!(shown(&format!("/link/reset/{}/", "0a1b".repeat(16))), "/link/reset/•••/");
        for path in [
            "/",
            "/shows/a-very-long-name-of-a-show-about-everything-there-is/feed.xml",
            "/media/01ARZ3NDEKTSV4RRFFQ69G5FAV/The-Long-Title-Of-An-Episode-That-Goes-On.mp3",
            "/static/player-3f2a9c.js",
        ] {
            assert_eq!(shown(path), path);
        }
        assert_eq!(shown(&"/ä".repeat(300)).chars().count(), PATH_MAX);
    }
}
