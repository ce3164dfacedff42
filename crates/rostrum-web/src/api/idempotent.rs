//! `Idempotency-Key` on requests that make something: the same request with the same key is carried out once.
//! The sender hears the first answer again, unless it held a secret.

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, Method, StatusCode, header};
use rostrum_app::idempotency::{self, Answer, Begun, FIELD, Key};
use sha2::{Digest as _, Sha256};

use crate::Error;
use crate::call::identify;
use crate::state::Web;

/// Bytes of a body that takes part, there or back.
const BODY_MAX: usize = 2 << 20;

/// Wraps the API's routes; requests without a key pass by.
pub async fn layer(State(web): State<Web>, request: Request, next: Next) -> Result<Response, Error> {
    if request.method() != Method::POST || !request.headers().contains_key(FIELD) {
        return Ok(next.run(request).await);
    }
    let Some(signed) = identify(request.headers(), &web).await? else {
        return Ok(next.run(request).await);
    };
    let (request, key, digest) = read(request).await?;
    match idempotency::begin(&web.app, &signed.caller, &key, &digest).await? {
        Begun::Answered(answer) => replay(answer),
        Begun::Fresh(key) => keep(&web, &key, next.run(request).await).await,
    }
}

/// The request whole, its key and its digest.
async fn read(request: Request) -> Result<(Request, String, String), Error> {
    let (head, content) = request.into_parts();
    let key = head.headers.get(FIELD).and_then(|key| key.to_str().ok()).unwrap_or_default().to_owned();
    let unread = |_| Error::limit(StatusCode::PAYLOAD_TOO_LARGE, "A request with a key may have 2 MiB at most.");
    let bytes = to_bytes(content, BODY_MAX).await.map_err(unread)?;
    let line = format!("{} {}\n", head.method, head.uri);
    let digest = hex::encode(Sha256::new().chain_update(line).chain_update(&bytes).finalize());
    Ok((Request::from_parts(head, Body::from(bytes)), key, digest))
}

fn replay(answer: Answer) -> Result<Response, Error> {
    if answer.body.is_empty() && answer.status == StatusCode::CREATED {
        return Err(Error::conflict("This was done already. What it gave is shown only once; look at what was made."));
    }
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let mut response = (status, answer.body).into_response();
    let location = answer.location.and_then(|location| HeaderValue::from_str(&location).ok());
    if let Some(location) = location {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
    Ok(response)
}

/// Keeps the answer of what was made; what was refused may be sent again.
async fn keep(web: &Web, key: &Key, response: Response) -> Result<Response, Error> {
    if !response.status().is_success() {
        idempotency::abandon(&web.app, key).await?;
        return Ok(response);
    }
    let (head, body) = response.into_parts();
    let bytes = to_bytes(body, BODY_MAX).await.map_err(|error| Error::internal(&error))?;
    let text = |name| head.headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let secret = text(header::CACHE_CONTROL).is_some_and(|keep| keep.contains("no-store"));
    let body = if secret { String::new() } else { String::from_utf8_lossy(&bytes).into_owned() };
    let location = text(header::LOCATION).map(str::to_owned);
    idempotency::finish(&web.app, key, &Answer { status: head.status.as_u16(), location, body }).await?;
    Ok(Response::from_parts(head, Body::from(bytes)))
}
