//! A whole site for tests: the router over a house in a temporary folder, and visitors with a cookie jar.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::response::Response;
use http::{HeaderMap, Method, Request, StatusCode, header};
use rostrum_app::Parts;
use rostrum_app::testing::{House, PASSWORD};
use rostrum_domain::Secret;
use serde_json::Value;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

use crate::metrics::Metrics;
use crate::progress::Board;
use crate::router::router;
use crate::state::{Inner, Web};

/// What opens `/metrics`.
pub(crate) const METRICS_TOKEN: &str = "meter-reader";

/// The router over a house.
pub(crate) struct Site {
    /// The use-cases' side: clock, outbox, people.
    pub(crate) house: House,
    /// Work that goes on without who asked for it.
    pub(crate) tasks: TaskTracker,
    router: Router,
    origin: String,
}

impl Site {
    /// A site at `http://127.0.0.1:8080`.
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// A site some parts of which are different.
    pub(crate) async fn with(change: impl FnOnce(&mut Parts)) -> Self {
        let house = House::with(change).await;
        let url = &house.app.public_url;
        let (secure, origin) = (url.scheme() == "https", url.origin().ascii_serialization());
        let app = Arc::clone(&house.app);
        let tasks = TaskTracker::new();
        let web = Web::new(Inner {
            app,
            site_name: "Test".into(),
            language: rostrum_words::Lang::ENGLISH,
            progress: Board::default(),
            metrics: Some(Metrics::new(&Secret::new(METRICS_TOKEN.into()))),
            tasks: tasks.clone(),
            secure,
        });
        Self { router: router(web), house, tasks, origin }
    }

    /// A browser without cookies.
    pub(crate) fn visitor(&self) -> Visitor<'_> {
        let host = self.origin.split("//").nth(1).unwrap_or_default().to_owned();
        Visitor { site: self, host, address: "192.0.2.1".into(), bearer: None, cookies: Mutex::default() }
    }

    /// A browser in which somebody the house knows has signed in.
    pub(crate) async fn signed_in(&self, name: &str) -> Visitor<'_> {
        let visitor = self.visitor();
        let email = format!("{}@example.org", name.to_lowercase());
        let answer = visitor.post("/sign-in", &[("email", &email), ("password", PASSWORD)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        visitor
    }

    /// A program with a token.
    pub(crate) fn program(&self, token: &str) -> Visitor<'_> {
        Visitor { bearer: Some(token.to_owned()), ..self.visitor() }
    }
}

/// A browser or program: keeps cookies, says where it is from.
pub(crate) struct Visitor<'s> {
    site: &'s Site,
    /// What it asks for as `Host`.
    pub(crate) host: String,
    /// Its address as the edge would say it.
    pub(crate) address: String,
    bearer: Option<String>,
    cookies: Mutex<Vec<(String, String)>>,
}

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    /// A header's value, empty when missing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

impl Visitor<'_> {
    /// Opens a page.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path).body(Body::empty())).await
    }

    /// Sends a form as the page itself would.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self.request(Method::POST, path).header("sec-fetch-site", "same-origin");
        self.send(request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(Body::from(body)))
            .await
    }

    /// Calls the API.
    pub(crate) async fn call(&self, method: Method, path: &str, body: Value) -> Answer {
        self.call_with(method, path, (body, &[])).await
    }

    /// Calls the API with more headers.
    pub(crate) async fn call_with(
        &self,
        method: Method,
        path: &str,
        (body, headers): (Value, &[(&str, &str)]),
    ) -> Answer {
        let mut request = self.request(method, path).header("sec-fetch-site", "same-origin");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        self.send(request.header(header::CONTENT_TYPE, "application/json").body(body)).await
    }

    /// A request with host, address, cookies and token, but without a word of where it was made.
    pub(crate) fn request(&self, method: Method, path: &str) -> http::request::Builder {
        let api = path.starts_with("/api/");
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, &self.host)
            .header(header::USER_AGENT, "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0")
            .header(header::ACCEPT, if api { "application/json" } else { "text/html" })
            .header("x-forwarded-for", &self.address);
        if let Some(token) = &self.bearer {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let cookies = self.cookie();
        if cookies.is_empty() { request } else { request.header(header::COOKIE, cookies) }
    }

    /// The `Cookie` header.
    pub(crate) fn cookie(&self) -> String {
        let cookies = self.cookies.lock().expect("nobody panics with cookies in hand");
        cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    /// Puts a cookie into the jar, as another site's page or an older visit may have.
    pub(crate) fn keep(&self, name: &str, value: &str) {
        let mut cookies = self.cookies.lock().expect("nobody panics with cookies in hand");
        cookies.retain(|(known, _)| known != name);
        if !value.is_empty() {
            cookies.push((name.to_owned(), value.to_owned()));
        }
    }

    /// Sends any request; keeps the cookies of the answer.
    pub(crate) async fn send(&self, request: http::Result<Request<Body>>) -> Answer {
        let request = request.expect("tests write whole requests");
        let response: Response = self.site.router.clone().oneshot(request).await.expect("the router always answers");
        let (head, body) = response.into_parts();
        for line in head.headers.get_all(header::SET_COOKIE) {
            let line = line.to_str().expect("cookies are ASCII");
            let (name, rest) = line.split_once('=').expect("a cookie has a name");
            self.keep(name, rest.split(';').next().unwrap_or_default());
        }
        let bytes = to_bytes(body, 16 << 20).await.expect("the body ends");
        let body = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status: head.status, headers: head.headers, body }
    }
}
