//! `Idempotency-Key` on requests that make something: the same request with the same key is carried out once.
//! The sender hears the first answer again, unless it held a secret.

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use rostrum_app::idempotency::{self, Answer, Begun, FIELD, Key};
use rostrum_domain::access::Caller;
use sha2::{Digest as _, Sha256};

use crate::Error;
use crate::call::identify;
use crate::state::Web;

/// Bytes of a body that takes part, there or back.
const BODY_MAX: usize = 2 << 20;

/// Wraps the API's routes; requests without a key pass by.
pub async fn layer(State(web): State<Web>, request: Request, next: Next) -> Result<Response, Error> {
    match sender(&web, request.method(), request.headers()).await? {
        Some(caller) => once(web, caller, request, next).await,
        None => Ok(next.run(request).await),
    }
}

/// Who sent a request with a key.
async fn sender(web: &Web, method: &Method, headers: &HeaderMap) -> Result<Option<Caller>, Error> {
    if *method != Method::POST || !headers.contains_key(FIELD) {
        return Ok(None);
    }
    Ok(identify(headers, web).await?.map(|signed| signed.caller))
}

/// Whoever hangs up will ask again with the same key, so the work and the note of its answer go on without them.
async fn once(web: Web, caller: Caller, request: Request, next: Next) -> Result<Response, Error> {
    let (request, key, digest) = read(request).await?;
    let tasks = web.tasks.clone();
    let work = tasks.spawn(async move {
        match idempotency::begin(&web.app, &caller, &key, &digest).await? {
            Begun::Answered(answer) => replay(answer),
            Begun::Fresh(key) => keep(&web, &key, next.run(request).await).await,
        }
    });
    work.await.map_err(|error| Error::internal(&error))?
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

#[cfg(test)]
mod tests {
    use std::future::Future as _;
    use std::pin::pin;
    use std::task::{Context, Waker};

    use http::{Method, StatusCode};
    use serde_json::json;

    use crate::api::testing::Desk;

    #[tokio::test]
    async fn who_hangs_up_finds_the_answer_later() {
        let desk = Desk::new().await;
        let program = desk.program();
        let key: &[(&str, &str)] = &[("idempotency-key", "\"8e03978e-40d5-43dd-bc93-6894a57f9324\"")];
        let new = json!({"facts": {"title": "Once"}});
        {
            let mut call = pin!(program.call_with(Method::POST, "/api/v1/shows", (new.clone(), key)));
            // The request is on its way once somebody works at it.
            while desk.site.tasks.is_empty() {
                assert!(call.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
                tokio::task::yield_now().await;
            }
        }
        desk.site.tasks.close();
        desk.site.tasks.wait().await;
        let again = program.call_with(Method::POST, "/api/v1/shows", (new, key)).await;
        assert_eq!((again.status, again.header("idempotency-replayed")), (StatusCode::CREATED, "true"));
        assert_eq!(program.get("/api/v1/shows").await.json()["total"], 2);
    }
}
