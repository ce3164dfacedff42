//! Conditional requests (RFC 9110, section 13): has the client got this already?

use http::{HeaderMap, header};
use rostrum_domain::Timestamp;

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
