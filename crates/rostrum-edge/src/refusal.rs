//! What the edge itself answers instead of web: short, plain, and in the form the client asked for.

use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderValue};
use http::{Response, StatusCode};
use http_body_util::Full;
use rostrum_words::{Lang, say};

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

/// How a refusal is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// A page for a person, in their language.
    Page(Lang),
    /// A problem document (RFC 9457), in English.
    Problem,
}

/// The cookie that holds the language somebody chose; web sets it.
const COOKIE: &str = "rostrum_language";

impl Form {
    /// Programs say that they take JSON, or ask the API; `site` is the language of whoever asks for none there is.
    pub(crate) fn wanted(path: &str, headers: &HeaderMap, site: Lang) -> Self {
        let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok()).unwrap_or_default();
        if path.starts_with("/api/") || text(header::ACCEPT).contains("json") {
            return Self::Problem;
        }
        let lines = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut cookies = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let chosen = cookies.find(|(name, _)| *name == COOKIE).map(|(_, value)| value);
        Self::Page(rostrum_words::choose(chosen, text(header::ACCEPT_LANGUAGE), site))
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

    /// The messages of its heading and its text.
    const fn messages(self) -> (&'static str, &'static str) {
        match self {
            Self::Host => ("edge-not-understood", "edge-host"),
            Self::Target => ("edge-not-understood", "edge-target"),
            Self::Broken => ("edge-not-understood", "edge-broken"),
            Self::Method | Self::Upgrade => ("edge-not-offered", "edge-method"),
            Self::TooLarge => ("edge-too-large", "edge-too-large-text"),
            Self::TooSlow => ("edge-too-slow", "edge-too-slow-text"),
            Self::WebDown | Self::WebLost => ("edge-back-soon", "edge-web-down"),
            Self::WebSlow => ("edge-back-soon", "edge-web-slow"),
        }
    }

    /// The answer; `id` lets a person who reports it be helped.
    pub(crate) fn answer(self, form: Form, id: &str) -> Response<Full<Bytes>> {
        let (kind, text) = match form {
            Form::Page(lang) => ("text/html; charset=utf-8", self.page(lang, id)),
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

    fn page(self, lang: Lang, id: &str) -> String {
        let (title, detail) = self.messages();
        let (title, detail) = (say(lang, title), say(lang, detail));
        let (tag, dir, number) = (lang.tag(), lang.dir(), say(lang, "edge-request").with("id", id).markup());
        format!(
            "<!doctype html>\n<html lang=\"{tag}\" dir=\"{dir}\">\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n\
             <title>{title}</title>\n<h1>{title}</h1>\n<p>{detail}</p>\n<p><small>{number}</small></p>\n</html>\n"
        )
    }

    fn problem(self, id: &str) -> String {
        let ((title, detail), status) = (self.messages(), self.status().as_u16());
        let (title, detail) = (say(Lang::ENGLISH, title), say(Lang::ENGLISH, detail));
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
        let wanted = |path, headers: &HeaderMap| Form::wanted(path, headers, Lang::ENGLISH);
        assert_eq!(wanted("/api/v1/shows", &HeaderMap::new()), Form::Problem);
        assert_eq!(wanted("/", &headers("application/json")), Form::Problem);
        assert_eq!(wanted("/", &headers("text/html,*/*;q=0.8")), Form::Page(Lang::ENGLISH));
    }

    #[test]
    fn a_page_speaks_the_readers_language() {
        let german = Lang::find("de").unwrap();
        let mut headers = headers("text/html");
        headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static("de-AT,en;q=0.5"));
        assert_eq!(Form::wanted("/", &headers, Lang::ENGLISH), Form::Page(german));
        headers.insert(header::COOKIE, HeaderValue::from_static("a=b; rostrum_language=en"));
        assert_eq!(Form::wanted("/", &headers, german), Form::Page(Lang::ENGLISH));
        let page = Refusal::WebDown.page(german, "ID");
        assert!(page.contains("<html lang=\"de\"") && page.contains("Gleich wieder da"), "{page}");
    }

    #[test]
    fn a_server_that_is_away_says_when_to_come_back_and_runs_nothing() {
        for form in [Form::Page(Lang::ENGLISH), Form::Problem] {
            let answer = Refusal::WebDown.answer(form, "ID");
            assert_eq!(answer.status(), 503);
            assert_eq!(answer.headers()[header::RETRY_AFTER], "5");
            assert!(answer.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().contains("'none'"));
        }
        let page = Refusal::WebDown.page(Lang::ENGLISH, "ID");
        assert!(!page.contains("style") && !page.contains("<script"), "{page}");
    }
}
