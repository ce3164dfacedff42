//! The plain HTTP listener beside an HTTPS one: its only answer is the way there.

use bytes::Bytes;
use http::header::{self, HeaderValue};
use http::{Response, StatusCode, Uri};
use http_body_util::Full;

/// Where HTTPS is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    /// Host and port that the world knows, if configured.
    pub(crate) authority: Option<String>,
    /// The port of the HTTPS listener.
    pub(crate) port: u16,
}

impl Target {
    /// The lasting redirect (308 keeps method and body) of a request for `uri` on `host`.
    pub(crate) fn answer(&self, host: &str, uri: &Uri) -> Response<Full<Bytes>> {
        let path = uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
        let location = format!("https://{}{path}", self.authority(host));
        let mut response = Response::new(Full::default());
        *response.status_mut() = StatusCode::PERMANENT_REDIRECT;
        if let Ok(location) = HeaderValue::from_str(&location) {
            response.headers_mut().insert(header::LOCATION, location);
        }
        response
    }

    fn authority(&self, host: &str) -> String {
        match (&self.authority, self.port) {
            (Some(authority), _) => authority.clone(),
            (None, 443) => host.to_owned(),
            (None, port) => format!("{host}:{port}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leads_to_the_same_page_over_https() {
        let uri = Uri::from_static("/shows/a?b=c");
        let place = |authority: Option<&str>, port| {
            let target = Target { authority: authority.map(str::to_owned), port };
            target.answer("a.example", &uri).headers()[header::LOCATION].to_str().unwrap().to_owned()
        };
        assert_eq!(place(None, 443), "https://a.example/shows/a?b=c");
        assert_eq!(place(None, 8443), "https://a.example:8443/shows/a?b=c");
        assert_eq!(place(Some("public.example"), 8443), "https://public.example/shows/a?b=c");
    }
}
