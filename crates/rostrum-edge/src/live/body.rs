//! Bodies that the edge makes itself.

use std::convert::Infallible;

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use http::{Response, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::Frame;

/// A body made here.
pub(crate) type Own = UnsyncBoxBody<Bytes, Infallible>;

/// A whole body.
pub(crate) fn whole(bytes: impl Into<Bytes>) -> Own {
    Full::new(bytes.into()).boxed_unsync()
}

/// A body that goes on as long as `stream` does.
pub(crate) fn endless(stream: impl Stream<Item = Bytes> + Send + 'static) -> Own {
    StreamBody::new(stream.map(|bytes| Ok(Frame::data(bytes)))).boxed_unsync()
}

/// An answer of this kind that may be kept as `cache` says.
pub(crate) fn answer(status: StatusCode, (kind, cache): (&'static str, &'static str), body: Own) -> Response<Own> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    response
}

/// A problem document (RFC 9457) that says what is wrong and what to do.
pub(crate) fn problem(status: StatusCode, code: &str, detail: &str) -> Response<Own> {
    let title = status.canonical_reason().unwrap_or_default();
    let value = serde_json::json!({
        "type": "about:blank", "title": title, "status": status.as_u16(), "code": code, "detail": detail,
    });
    answer(status, ("application/problem+json", "no-store"), whole(format!("{value}\n")))
}
