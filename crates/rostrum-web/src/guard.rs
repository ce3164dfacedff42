//! Layers round every request: refuse cross-site writes, set the security headers, give errors a body, time it.

use askama::Template as _;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use serde_json::json;
use tracing::Instrument as _;

use crate::Error;
use crate::state::Web;
use crate::views::error::ErrorPage;
use crate::words;

/// What pages may load: only what this server serves, and recordings from the bucket where that serves them itself.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     media-src 'self' blob:; connect-src 'self'; font-src 'self'; manifest-src 'self'; frame-ancestors 'none'; \
     base-uri 'none'; form-action 'self'";
/// The same for the one page others may frame.
const EMBED_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     media-src 'self' blob:; connect-src 'self'; font-src 'self'; frame-ancestors *; base-uri 'none'; \
     form-action 'none'";

/// Puts the request's id on every line that is logged for it, here and in the jobs it queues.
pub async fn named(request: Request, next: Next) -> Response {
    let id = request_id(request.headers());
    let span = tracing::info_span!("request", request_id = %id);
    rostrum_app::cause::of(id, next.run(request)).instrument(span).await
}

/// Refuses an unsafe request that another site's page sent with our reader's cookie. Requests with a token of their own
/// carry no cookie's authority and pass.
pub async fn same_origin(State(web): State<Web>, request: Request, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let bearer = request.headers().contains_key(header::AUTHORIZATION);
    // A program that forgot its token is told so; without a cookie nobody's authority is at stake.
    let powerless = request.uri().path().starts_with("/api/") && !request.headers().contains_key(header::COOKIE);
    if safe || bearer || powerless || came_from_here(request.headers(), &web) {
        return next.run(request).await;
    }
    Error::Denied("This came from another site. Open the page here and try again.".into()).into_response()
}

/// Fetch Metadata where the browser sends it, else the Origin; neither means no browser we know, and no.
fn came_from_here(headers: &HeaderMap, web: &Web) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text(HeaderName::from_static("sec-fetch-site")) {
        return site == "same-origin" || site == "none";
    }
    text(header::ORIGIN).is_some_and(|origin| origin == web.app.public_url.origin().ascii_serialization())
}

/// Finds nothing at an address with a NUL in it: no name holds one, and Postgres refuses even to look for it.
pub async fn nameable(request: Request, next: Next) -> Response {
    let uri = request.uri();
    if [Some(uri.path()), uri.query()].into_iter().flatten().any(|text| text.contains("%00")) {
        return Error::Missing("There is no page at this address.".into()).into_response();
    }
    next.run(request).await
}

/// Sets the headers that hold for every answer, unless the handler set its own.
pub async fn security_headers(State(web): State<Web>, request: Request, next: Next) -> Response {
    let embed = request.uri().path().starts_with("/embed/");
    let mut response = next.run(request).await;
    let policy = policy(if embed { EMBED_POLICY } else { POLICY }, web.app.media.origin());
    response.headers_mut().entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "strict-origin-when-cross-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("permissions-policy", "camera=(), geolocation=(), microphone=(self), payment=(), usb=()"),
    ] {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// A policy, with one more origin that recordings may come from.
fn policy(own: &'static str, bucket: Option<&str>) -> HeaderValue {
    let wider = bucket.map(|origin| own.replacen("media-src 'self'", &format!("media-src 'self' {origin}"), 1));
    let wider = wider.and_then(|text| HeaderValue::from_str(&text).ok());
    wider.unwrap_or(HeaderValue::from_static(own))
}

/// Keeps pages that are somebody's own, and addresses that hold a secret, out of caches and other sites' logs.
pub async fn private(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in [("cache-control", "no-store"), ("referrer-policy", "same-origin")] {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// Gives an error's empty answer a body: a problem document for programs, a page for people.
pub async fn render_errors(State(web): State<Web>, request: Request, next: Next) -> Response {
    let wants_page = wants_page(&request);
    let path = request.uri().path().to_owned();
    let id = request_id(request.headers());
    let response = next.run(request).await;
    let Some(error) = response.extensions().get::<Error>().cloned() else {
        return response;
    };
    let signed_out = matches!(error, Error::Unauthenticated(_));
    let mut answer = match wants_page {
        true if signed_out => redirect_to_sign_in(&path),
        true => page(&web, &error, &path, &id),
        false => problem(&error, &id),
    };
    for (name, value) in response.headers() {
        if name != header::CONTENT_LENGTH && name != header::CONTENT_TYPE {
            answer.headers_mut().insert(name.clone(), value.clone());
        }
    }
    answer
}

/// People get a page wherever programs have no business, unless they ask for JSON.
fn wants_page(request: &Request) -> bool {
    let path = request.uri().path();
    let accept = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let program = ["/api/", "/uploads", "/media/", "/oembed"].iter().any(|start| path.starts_with(start));
    let script = path.starts_with("/rooms/") && *request.method() == Method::POST;
    !script && (accept.contains("text/html") || !(program || accept.contains("json")))
}

fn request_id(headers: &HeaderMap) -> String {
    headers.get("x-request-id").and_then(|id| id.to_str().ok()).unwrap_or("-").to_owned()
}

fn redirect_to_sign_in(path: &str) -> Response {
    let next: String = url::form_urlencoded::byte_serialize(path.as_bytes()).collect();
    axum::response::Redirect::to(&format!("/sign-in?next={next}")).into_response()
}

fn page(web: &Web, error: &Error, path: &str, id: &str) -> Response {
    let page = web.page("", path, None);
    let view = match error {
        Error::Missing(_) => ErrorPage::missing(page),
        Error::Denied(_) => ErrorPage { message: words::retell(&error.text()), ..ErrorPage::denied(page) },
        Error::Internal => ErrorPage::internal(page, id.to_owned()),
        other => {
            let heading = words::say("error-other").to_string();
            ErrorPage::new(page, other.status().as_u16(), &heading, &words::retell(&other.text()))
        }
    };
    match view.render() {
        Ok(html) => (error.status(), Html(html)).into_response(),
        Err(_) => (error.status(), error.text()).into_response(),
    }
}

fn problem(error: &Error, id: &str) -> Response {
    let status = error.status();
    let mut body = json!({
        "type": "about:blank",
        "title": status.canonical_reason().unwrap_or("Error"),
        "status": status.as_u16(),
        "detail": words::retell(&error.text()),
        "instance": format!("urn:request:{id}"),
        "errors": error.problems(),
    });
    if !error.code().is_empty() {
        body["code"] = json!(error.code());
    }
    let mut response = (status, Body::from(body.to_string())).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response
}
