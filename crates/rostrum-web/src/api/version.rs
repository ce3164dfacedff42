//! Versions in HTTP: the entity tag is the version, and `If-Match` keeps two editors from undoing each other
//! (RFC 9110, section 13.1.1).

use axum::Json;
use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{StatusCode, header};
use serde::Serialize;

use crate::Error;

/// The versions a sender accepts; none accepts any.
pub struct IfMatch(Option<Vec<String>>);

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        let mut lines = parts.headers.get_all(header::IF_MATCH).iter().peekable();
        if lines.peek().is_none() {
            return Ok(Self(None));
        }
        let tags = lines.filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(','));
        Ok(Self(Some(tags.map(|tag| tag.trim().to_owned()).collect())))
    }
}

impl IfMatch {
    /// 412 unless the sender knows this version.
    pub fn check(&self, version: i64) -> Result<(), Error> {
        let Some(tags) = &self.0 else { return Ok(()) };
        let tag = tag(version);
        if tags.iter().any(|known| *known == tag || known == "*") { Ok(()) } else { Err(failed()) }
    }

    /// A change that came too late is a failed precondition, where there was one.
    pub fn late(&self, error: rostrum_app::Error) -> Error {
        match error {
            rostrum_app::Error::Conflict(_) if self.0.is_some() => failed(),
            other => other.into(),
        }
    }
}

fn failed() -> Error {
    let text = "Somebody else changed this in the meantime. Load it again and decide anew.";
    Error::limit(StatusCode::PRECONDITION_FAILED, text)
}

fn tag(version: i64) -> String {
    format!("\"{version}\"")
}

/// A representation with its version as the entity tag.
pub struct Versioned<T>(pub i64, pub T);

impl<T: Serialize> IntoResponse for Versioned<T> {
    fn into_response(self) -> Response {
        ([(header::ETAG, tag(self.0))], Json(self.1)).into_response()
    }
}

/// The answer to a request that made something: 201, where it is, and what it is.
pub fn created(location: String, made: impl IntoResponse) -> Response {
    (StatusCode::CREATED, [(header::LOCATION, location)], made).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn sent(value: Option<&str>) -> IfMatch {
        let mut request = http::Request::new(());
        if let Some(value) = value {
            request.headers_mut().insert(header::IF_MATCH, value.parse().expect("a test's header is valid"));
        }
        IfMatch::from_request_parts(&mut request.into_parts().0, &()).await.expect("it is never refused")
    }

    #[tokio::test]
    async fn only_known_versions_may_change() {
        for (value, good) in [
            (None, true),
            (Some("*"), true),
            (Some("\"7\""), true),
            (Some("\"6\", \"7\""), true),
            (Some("\"6\""), false),
            (Some("W/\"7\""), false),
            (Some("7"), false),
        ] {
            assert_eq!(sent(value).await.check(7).is_ok(), good, "{value:?}");
        }
    }
}
