//! The browser at the door: over what it came, and the cookie that lets it in.
//!
//! Over https the cookie is bound to host, path and scheme; over plain http only the own machine may sign in.

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use rostrum_app::auth::{Browser, Opened};
use rostrum_domain::Secret;

use crate::Error;
use crate::call::{COOKIE, ClientAddress, SECURE_COOKIE, cookie};
use crate::state::Web;
use crate::words;

const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// Why nobody can sign in over this connection.
const REFUSED: &str = "Signing in needs https, because a password must not travel in the clear. Open this site at its \
     https address, or on the machine itself as http://127.0.0.1. Who runs the site gives it a certificate (tls in \
     rostrum.toml), or sets public_url to the https address of the proxy in front of it.";

/// A browser that wants to be let in.
#[derive(Debug, Clone)]
pub struct Knock {
    /// What the use-cases know of it.
    pub browser: Browser,
    /// Why it cannot be let in over this connection, whatever it knows.
    pub refused: Option<&'static str>,
}

impl FromRequestParts<Web> for Knock {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Error> {
        let Ok(ClientAddress(address)) = ClientAddress::from_request_parts(parts, web).await;
        let agent = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let cookie = cookie(&parts.headers, name(web)).map(|secret| Secret::new(secret.to_owned()));
        let browser = Browser { agent: agent.to_owned(), address, cookie, language: words::lang() };
        let refused = (!web.secure && !is_loopback(&parts.headers)).then_some(REFUSED);
        Ok(Self { browser, refused })
    }
}

impl Knock {
    /// The browser, if it may be let in over this connection.
    pub fn admitted(&self) -> Result<&Browser, Error> {
        match self.refused {
            None => Ok(&self.browser),
            Some(why) => Err(Error::Denied(why.into())),
        }
    }
}

fn name(web: &Web) -> &'static str {
    if web.secure { SECURE_COOKIE } else { COOKIE }
}

/// Whether the page was opened on the machine itself, by the name its reader typed.
fn is_loopback(headers: &HeaderMap) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text(FORWARDED_HOST).or_else(|| text(header::HOST)).unwrap_or_default();
    let Ok(authority) = host.parse::<http::uri::Authority>() else { return false };
    matches!(authority.host(), "localhost" | "127.0.0.1" | "[::1]")
}

/// Lets the browser in with its new session and sends it to a path.
pub(crate) fn enter(web: &Web, opened: &Opened, path: &str) -> Response {
    let value = format!("{}; Max-Age={}", opened.secret.reveal(), opened.life_s);
    with_cookie(web, Redirect::to(path).into_response(), &value)
}

/// Takes the cookie away and sends the browser to a path.
pub(crate) fn leave(web: &Web, path: &str) -> Response {
    with_cookie(web, Redirect::to(path).into_response(), "; Max-Age=0")
}

fn with_cookie(web: &Web, mut response: Response, value: &str) -> Response {
    let secure = if web.secure { "; Secure" } else { "" };
    let line = format!("{}={value}; Path=/; HttpOnly; SameSite=Lax{secure}", name(web));
    let line = HeaderValue::from_str(&line).expect("secrets are base64url");
    response.headers_mut().append(header::SET_COOKIE, line);
    response
}

/// The path somebody wanted to go to, if it is on this site; the studio otherwise.
pub(crate) fn local(web: &Web, next: &str) -> String {
    let rooted = next.starts_with('/') && !next.contains('\\') && !next.chars().any(char::is_control);
    let joined = web.app.public_url.join(next).ok().filter(|_| rooted);
    match joined.filter(|url| url.origin() == web.app.public_url.origin()) {
        // A path may still begin with two slashes here, as `/.//evil.org` does.
        Some(url) if !url.path().starts_with("//") => url[url::Position::BeforePath..].to_owned(),
        _ => "/admin".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Site;
    use http::StatusCode;
    use rostrum_app::testing::PASSWORD;
    use rostrum_domain::user::Role;
    use url::Url;

    const ADA: [(&str, &str); 2] = [("email", "ada@example.org"), ("password", PASSWORD)];

    #[tokio::test]
    async fn over_https_the_cookie_is_bound_to_the_host() {
        let site = Site::with(|parts| parts.public_url = Url::parse("https://radio.example/").expect("a URL")).await;
        site.house.person("Ada", Role::Owner).await;
        let answer = site.visitor().post("/sign-in", &ADA).await;
        let cookie = answer.header("set-cookie");
        assert!(cookie.starts_with("__Host-rostrum_session="), "{cookie}");
        assert!(cookie.ends_with("; Max-Age=1209600; Path=/; HttpOnly; SameSite=Lax; Secure"), "{cookie}");
        let visitor = site.visitor();
        visitor.keep(COOKIE, cookie.split(['=', ';']).nth(1).expect("it has a value"));
        assert_eq!(visitor.get("/admin/account").await.status, StatusCode::SEE_OTHER, "the plain name is not believed");
    }

    #[tokio::test]
    async fn over_plain_http_only_the_machine_itself_may_sign_in() {
        let site = Site::new().await;
        site.house.person("Ada", Role::Owner).await;
        for (host, good) in [
            ("127.0.0.1:8080", true),
            ("localhost:8080", true),
            ("[::1]:8080", true),
            ("192.168.1.5:8080", false),
            ("radio.example", false),
            ("127.0.0.1.evil.example", false),
            ("localhost@evil.example", false),
        ] {
            let mut visitor = site.visitor();
            visitor.host = host.into();
            let page = visitor.get("/sign-in").await;
            assert_eq!(page.body.contains("must not travel in the clear"), !good, "{host}");
            assert_eq!(page.body.contains("type=\"password\""), good, "{host}");
            let answer = visitor.post("/sign-in", &ADA).await;
            let expected = if good { StatusCode::SEE_OTHER } else { StatusCode::FORBIDDEN };
            assert_eq!((answer.status, visitor.cookie().is_empty()), (expected, !good), "{host}");
        }
        let cookie = site.visitor().post("/sign-in", &ADA).await.header("set-cookie").to_owned();
        assert!(cookie.starts_with("rostrum_session=") && !cookie.contains("Secure"), "{cookie}");
    }

    #[tokio::test]
    async fn one_is_sent_on_within_the_site_only() {
        let site = Site::new().await;
        site.house.person("Ada", Role::Owner).await;
        for (next, expected) in [
            ("/admin/shows?page=2", "/admin/shows?page=2"),
            ("", "/admin"),
            ("https://evil.example/", "/admin"),
            ("//evil.example/", "/admin"),
            ("/\\evil.example/", "/admin"),
            ("/.//evil.example", "/admin"),
            ("/a/../..//evil.example", "/admin"),
            ("/\t/evil.example", "/admin"),
            ("javascript:alert(1)", "/admin"),
            ("/ä\r\nSet-Cookie: x=y", "/admin"),
        ] {
            let fields = [ADA[0], ADA[1], ("return_to", next)];
            let answer = site.visitor().post("/sign-in", &fields).await;
            assert_eq!(answer.header("location"), expected, "{next:?}");
        }
    }
}
