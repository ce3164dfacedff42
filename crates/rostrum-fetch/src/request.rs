//! What to fetch and how much of it at most.

use std::time::Duration;

use http::{HeaderName, HeaderValue};
use rostrum_domain::Secret;

/// One thing to fetch; the policy's limits hold wherever they are tighter.
#[derive(Debug, Clone)]
pub struct Request {
    /// The address exactly as it was given.
    pub url: String,
    /// The media types wanted, as in `Accept`.
    pub accept: &'static str,
    /// The most bytes of the answer.
    pub bytes_max: u64,
    /// The longest the whole fetch may take.
    pub total: Duration,
    /// The entity tag of the copy at hand; an unchanged answer then comes as 304 without bytes.
    pub etag: Option<String>,
    /// The `Last-Modified` of the copy at hand, word for word.
    pub modified: Option<String>,
    /// The value of `Authorization`; shown to the first origin only.
    pub authorization: Option<Secret<String>>,
    /// Further headers, such as a webhook's signature; shown to the first origin only.
    pub headers: Vec<(HeaderName, HeaderValue)>,
}

impl Request {
    /// Asks for a page or document: at most 10 MiB within a minute.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            accept: "*/*",
            bytes_max: 10 << 20,
            total: Duration::from_secs(60),
            etag: None,
            modified: None,
            authorization: None,
            headers: Vec::new(),
        }
    }

    /// Asks for a media file: as much and as long as the policy lets it.
    pub fn media(url: impl Into<String>) -> Self {
        Self { bytes_max: u64::MAX, total: Duration::MAX, ..Self::new(url) }
    }

    pub(crate) const fn is_conditional(&self) -> bool {
        self.etag.is_some() || self.modified.is_some()
    }
}
