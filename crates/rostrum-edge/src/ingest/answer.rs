//! What encoders are answered: statuses and words that those in use understand. They know 200, 401, 403 and 404.

use rostrum_wire::link::LinkError;

use super::head::Head;

/// An answer to an encoder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) text: String,
}

impl Answer {
    pub(super) fn new(status: u16, text: impl Into<String>) -> Self {
        Self { status, text: text.into() }
    }

    /// No password, or another user's.
    pub(super) fn unknown() -> Self {
        Self::new(401, "Log in as the user “source” with the room's ingest key, which its hosts find on its page.")
    }

    /// The answer as it goes out.
    pub(super) fn bytes(&self, head: &Head) -> Vec<u8> {
        let reason = match self.status {
            200 => "OK",
            400 => "Bad Request",
            401 => "Unauthorized",
            403 => "Forbidden",
            404 => "Not Found",
            415 => "Unsupported Media Type",
            _ => "Service Unavailable",
        };
        let version = if head.is_http11 { "1.1" } else { "1.0" };
        let more = match self.status {
            401 => "WWW-Authenticate: Basic realm=\"Rostrum\", charset=\"UTF-8\"\r\n",
            503 => "Retry-After: 2\r\n",
            _ => "",
        };
        let kind = if self.text.starts_with("<?xml") { "text/xml" } else { "text/plain" };
        let length = self.text.len();
        format!(
            "HTTP/{version} {} {reason}\r\n{more}Content-Type: {kind}; charset=utf-8\r\nContent-Length: {length}\r\n\
             Cache-Control: no-store\r\nConnection: close\r\n\r\n{}",
            self.status, self.text
        )
        .into_bytes()
    }
}

impl From<LinkError> for Answer {
    fn from(error: LinkError) -> Self {
        match error {
            LinkError::Refused(refused) => {
                let status = match refused.code.as_str() {
                    "key_wrong" => 401,
                    "room_missing" | "source_missing" => 404,
                    "busy" | "stage_stopping" => 503,
                    _ => 403,
                };
                Self::new(status, refused.message)
            }
            _ => Self::new(503, "The stage is away for a moment; try again in a second."),
        }
    }
}

/// Leave to send: what the encoder waits for before its sound.
pub(super) fn go_on(head: &Head) -> &'static [u8] {
    match (head.waits(), head.is_http11) {
        (true, _) => b"HTTP/1.1 100 Continue\r\n\r\n",
        (false, true) => b"HTTP/1.1 200 OK\r\nConnection: close\r\nCache-Control: no-store\r\n\r\n",
        (false, false) => b"HTTP/1.0 200 OK\r\n\r\n",
    }
}

/// Whether what the encoder says it sends can be taken; many say nothing of use, and the bytes decide in the end.
pub(super) fn takes(kind: Option<&str>) -> bool {
    const KNOWN: [&str; 12] = [
        "application/ogg",
        "audio/ogg",
        "audio/opus",
        "audio/mpeg",
        "audio/mp3",
        "audio/x-mpeg",
        "audio/aac",
        "audio/aacp",
        "audio/x-aac",
        "audio/x-hx-aac-adts",
        "application/octet-stream",
        "application/x-www-form-urlencoded",
    ];
    let kind = kind.map(|kind| kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
    kind.is_none_or(|kind| kind.is_empty() || KNOWN.contains(&kind.as_str()))
}
