//! Conditional requests (RFC 9110, section 13): has the client got this already?

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use rostrum_domain::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::Error;

/// Largest page, in bytes.
const PAGE_BYTES_MAX: usize = 64 << 20;

/// A time as HTTP writes it, as in `Sun, 06 Nov 1994 08:49:37 GMT`.
pub fn http_date(at: Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// Whether the client's copy is still good: `If-None-Match` decides, else `If-Modified-Since`.
pub fn unchanged(headers: &HeaderMap, etag: &str, modified: Timestamp) -> bool {
    if let Some(tags) = headers.get(header::IF_NONE_MATCH) {
        let Ok(tags) = tags.to_str() else { return false };
        let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
        return tags.trim() == "*" || tags.split(',').any(|tag| bare(tag) == etag);
    }
    let since = headers.get(header::IF_MODIFIED_SINCE).and_then(|value| value.to_str().ok());
    let since = since.and_then(|text| jiff::fmt::rfc2822::parse(text).ok());
    since.is_some_and(|since| modified.as_second() <= since.timestamp().as_second())
}

/// Gives pages a tag by what they say, and nothing but that to whoever has them already. It is weak (RFC 9110, section
/// 8.8.1), since the bytes may be compressed on their way.
pub async fn known(request: Request, next: Next) -> Response {
    let (get, asked) = (*request.method() == Method::GET, request.headers().clone());
    let response = next.run(request).await;
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !get || response.status() != StatusCode::OK || !kind.starts_with("text/html") {
        return response;
    }
    tagged(response, &asked).await.unwrap_or_else(|error| Error::internal(&error).into_response())
}

async fn tagged(page: Response, asked: &HeaderMap) -> Result<Response, axum::Error> {
    let (mut head, body) = page.into_parts();
    let bytes = to_bytes(body, PAGE_BYTES_MAX).await?;
    let tag = format!("\"{}\"", hex::encode(&Sha256::digest(&bytes)[..12]));
    if let Ok(weak) = HeaderValue::from_str(&format!("W/{tag}")) {
        head.headers.insert(header::ETAG, weak);
    }
    // Kept, but asked after each time: what a page says depends on who reads it.
    head.headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-cache"));
    let same = asked.contains_key(header::IF_NONE_MATCH) && unchanged(asked, &tag, Timestamp::UNIX_EPOCH);
    if same {
        head.status = StatusCode::NOT_MODIFIED;
        head.headers.remove(header::CONTENT_TYPE);
        head.headers.remove(header::CONTENT_LENGTH);
    }
    Ok(Response::from_parts(head, if same { Body::empty() } else { Body::from(bytes) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: header::HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, value.parse().expect("a test's header is valid"))])
    }

    #[test]
    fn tags_decide_before_dates() {
        let at = Timestamp::from_second(784_111_777).expect("a small number is a time");
        assert_eq!(http_date(at), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert!(unchanged(&with(header::IF_NONE_MATCH, "\"x\", W/\"a\""), "\"a\"", at));
        assert!(!unchanged(&with(header::IF_NONE_MATCH, "\"x\""), "\"a\"", at));
        assert!(unchanged(&with(header::IF_MODIFIED_SINCE, "Sun, 06 Nov 1994 08:49:37 GMT"), "\"a\"", at));
        assert!(!unchanged(&with(header::IF_MODIFIED_SINCE, "Sun, 06 Nov 1994 08:49:36 GMT"), "\"a\"", at));
        assert!(!unchanged(&HeaderMap::new(), "\"a\"", at));
    }
}
