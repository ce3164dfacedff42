//! What the edge itself answers instead of web: short, plain, and in the form the client asked for.

use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderValue};
use http::{Response, StatusCode};
use http_body_util::Full;

/// Why a request is not passed on, or came back without an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("the request names no host, or more than one")]
    Host,
    #[error("the request's target is not a path")]
    Target,
    #[error("the request's method is not served")]
    Method,
    #[error("the protocol the request asks to change to is not served")]
    Upgrade,
    #[error("the request's body is malformed or was cut short")]
    Broken,
    #[error("the request's body is too large")]
    TooLarge,
    #[error("the request's body came too slowly")]
    TooSlow,
    #[error("web does not answer")]
    WebDown,
    #[error("web went away while answering")]
    WebLost,
    #[error("web took too long")]
    WebSlow,
}

/// In which form a refusal is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// A page for a person.
    Page,
    /// A problem document (RFC 9457).
    Problem,
}

impl Form {
    /// Programs say that they take JSON, or ask the API.
    pub(crate) fn wanted(path: &str, headers: &HeaderMap) -> Self {
        let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if path.starts_with("/api/") || accept.contains("json") { Self::Problem } else { Self::Page }
    }
}

impl Refusal {
    pub(crate) const fn status(self) -> StatusCode {
        match self {
            Self::Host | Self::Target | Self::Broken => StatusCode::BAD_REQUEST,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Upgrade => StatusCode::NOT_IMPLEMENTED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::WebDown => StatusCode::SERVICE_UNAVAILABLE,
            Self::WebLost => StatusCode::BAD_GATEWAY,
            Self::WebSlow => StatusCode::GATEWAY_TIMEOUT,
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Host | Self::Target | Self::Broken => "That request was not understood",
            Self::Method | Self::Upgrade => "That is not offered here",
            Self::TooLarge => "That is too large",
            Self::TooSlow => "That took too long to arrive",
            Self::WebDown | Self::WebLost | Self::WebSlow => "Back in a moment",
        }
    }

    const fn detail(self) -> &'static str {
        match self {
            Self::Host => "The request has to name exactly one host.",
            Self::Target => "The address has to be a path that begins with a slash.",
            Self::Broken => "The data sent with the request was incomplete. Please send it again.",
            Self::Method | Self::Upgrade => "This server answers ordinary web requests only.",
            Self::TooLarge => "Large files go in by the upload page, which sends them in pieces.",
            Self::TooSlow => "The connection stood still for too long. Please try again.",
            Self::WebDown | Self::WebLost => {
                "This part of the site is starting again. Please try again in a few seconds."
            }
            Self::WebSlow => "This part of the site is busy. Please try again in a few seconds.",
        }
    }

    /// The answer; `id` lets a person who reports it be helped.
    pub(crate) fn answer(self, form: Form, id: &str) -> Response<Full<Bytes>> {
        let (kind, text) = match form {
            Form::Page => ("text/html; charset=utf-8", self.page(id)),
            Form::Problem => ("application/problem+json", self.problem(id)),
        };
        let mut response = Response::new(Full::new(Bytes::from(text)));
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        let policy = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        if matches!(self, Self::WebDown | Self::WebLost | Self::WebSlow) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        if matches!(self, Self::Method) {
            headers.insert(header::ALLOW, HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"));
        }
        response
    }

    fn page(self, id: &str) -> String {
        let (title, detail) = (self.title(), self.detail());
        format!(
            "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n\
             <title>{title}</title>\n<h1>{title}</h1>\n<p>{detail}</p>\n<p><small>Request {id}</small></p>\n</html>\n"
        )
    }

    fn problem(self, id: &str) -> String {
        let (title, detail, status) = (self.title(), self.detail(), self.status().as_u16());
        format!(
            "{{\"type\":\"about:blank\",\"title\":\"{title}\",\"status\":{status},\"detail\":\"{detail}\",\
             \"request_id\":\"{id}\"}}\n"
        )
    }

    /// Whether the rest of the request may still lie unread on the connection.
    pub(crate) const fn leaves_body(self) -> bool {
        !matches!(self, Self::WebLost | Self::WebSlow)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(accept: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(accept))])
    }

    #[test]
    fn programs_get_problems_and_people_pages() {
        assert_eq!(Form::wanted("/api/v1/shows", &HeaderMap::new()), Form::Problem);
        assert_eq!(Form::wanted("/", &headers("application/json")), Form::Problem);
        assert_eq!(Form::wanted("/", &headers("text/html,*/*;q=0.8")), Form::Page);
    }

    #[test]
    fn a_server_that_is_away_says_when_to_come_back_and_runs_nothing() {
        for form in [Form::Page, Form::Problem] {
            let answer = Refusal::WebDown.answer(form, "ID");
            assert_eq!(answer.status(), 503);
            assert_eq!(answer.headers()[header::RETRY_AFTER], "5");
            assert!(answer.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().contains("'none'"));
        }
        let page = Refusal::WebDown.page("ID");
        assert!(!page.contains("style") && !page.contains("<script"), "{page}");
    }
}
