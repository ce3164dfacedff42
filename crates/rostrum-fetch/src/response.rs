//! What came back: the answer's head, and its body whole, counted, or piece by piece.

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, ETAG, HeaderName, LAST_MODIFIED};
use http::{HeaderMap, StatusCode};
use url::Url;

use crate::body::Body;
use crate::error::Error;

/// The parts of an answer's head that callers need; everything but `url` and `status` is the server's claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Where the answer came from, after redirects.
    pub url: Url,
    /// 200 to 299, or 304 when the request was conditional.
    pub status: StatusCode,
    /// `Content-Type`, word for word.
    pub content_type: Option<String>,
    /// `ETag`, word for word.
    pub etag: Option<String>,
    /// `Last-Modified`, word for word.
    pub modified: Option<String>,
    /// The announced length in bytes.
    pub length_bytes: Option<u64>,
}

impl Head {
    pub(crate) fn new(url: Url, status: StatusCode, headers: &HeaderMap) -> Self {
        Self {
            url,
            status,
            content_type: text(headers, &CONTENT_TYPE),
            etag: text(headers, &ETAG),
            modified: text(headers, &LAST_MODIFIED),
            length_bytes: text(headers, &CONTENT_LENGTH).and_then(|length| length.parse().ok()),
        }
    }

    /// Whether the copy at hand is still good.
    pub fn is_unchanged(&self) -> bool {
        self.status == StatusCode::NOT_MODIFIED
    }
}

pub(crate) fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// An answer in memory.
#[derive(Debug, Clone)]
pub struct Response {
    /// The answer's head.
    pub head: Head,
    /// The whole body, as it was sent.
    pub bytes: Bytes,
}

/// An answer that was written out.
#[derive(Debug, Clone)]
pub struct Downloaded {
    /// The answer's head.
    pub head: Head,
    /// How many bytes were written.
    pub bytes: u64,
}

/// An answer whose body is still on its way; dropping it closes the connection.
#[derive(Debug)]
pub struct Incoming {
    /// The answer's head.
    pub head: Head,
    pub(crate) body: Body,
}

impl Incoming {
    /// The next piece of the body, `None` after the last; every limit is kept.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        self.body.next().await
    }
}
