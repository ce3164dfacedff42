//! `Idempotency-Key` on requests that make something: the same request with the same key is carried out once.
//! The sender hears the first answer again, unless it held a secret.

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use rostrum_app::idempotency::{self, Answer, Begun, FIELD, Lease};
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
            Begun::Done(object) => look_there(&object),
            Begun::UnderWay(wait_s) => Err(under_way(wait_s)),
            Begun::Fresh(lease) => carry_out(&web, lease, next.run(request)).await,
        }
    });
    work.await.map_err(|error| Error::internal(&error))?
}

async fn carry_out(web: &Web, lease: Lease, work: impl Future<Output = Response>) -> Result<Response, Error> {
    let response = idempotency::under(lease.clone(), work).await;
    keep(web, &lease, response).await
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

fn under_way(wait_s: u32) -> Error {
    let text = "A request with this key is under way. Ask again in a while.".to_owned();
    Error::Conflict { status: StatusCode::CONFLICT, code: String::new(), text, wait_s: Some(wait_s) }
}

fn once_only() -> Error {
    Error::conflict("This was done already. What it gave is shown only once; look at what was made.")
}

/// The answer to a request that took effect and whose own answer was lost: where to see what it did.
fn look_there(object: &str) -> Result<Response, Error> {
    let place = match object.split_once(' ') {
        Some(("show", id)) => format!("/api/v1/shows/{id}"),
        Some(("episode", id)) => format!("/api/v1/episodes/{id}"),
        Some(("room", id)) => format!("/api/v1/rooms/{id}"),
        Some(("job", id)) => format!("/api/v1/jobs/{id}"),
        _ => return Err(once_only()),
    };
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, place)]).into_response())
}

fn replay(answer: Answer) -> Result<Response, Error> {
    if answer.body.is_empty() && answer.status == StatusCode::CREATED {
        return Err(once_only());
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
async fn keep(web: &Web, lease: &Lease, response: Response) -> Result<Response, Error> {
    if !response.status().is_success() {
        idempotency::abandon(&web.app, lease).await?;
        return Ok(response);
    }
    let (head, body) = response.into_parts();
    let bytes = to_bytes(body, BODY_MAX).await.map_err(|error| Error::internal(&error))?;
    let text = |name| head.headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let secret = text(header::CACHE_CONTROL).is_some_and(|keep| keep.contains("no-store"));
    let body = if secret { String::new() } else { String::from_utf8_lossy(&bytes).into_owned() };
    let location = text(header::LOCATION).map(str::to_owned);
    idempotency::finish(&web.app, lease, &Answer { status: head.status.as_u16(), location, body }).await?;
    Ok(Response::from_parts(head, Body::from(bytes)))
}

#[cfg(test)]
mod tests {
    use std::future::Future as _;
    use std::pin::pin;
    use std::task::{Context, Waker};

    use http::{Method, StatusCode};
    use jiff::SignedDuration;
    use rostrum_app::idempotency::{self, Begun};
    use rostrum_app::shows;
    use rostrum_app::testing::facts;
    use serde_json::json;
    use sha2::{Digest as _, Sha256};

    use crate::api::testing::Desk;

    #[tokio::test]
    async fn a_request_cut_off_by_a_kill_is_carried_out_again_or_seen() {
        let desk = Desk::new().await;
        let (app, program) = (&desk.site.house.app, desk.program());
        let new = json!({"facts": {"title": "Once"}});
        let line = format!("POST /api/v1/shows\n{new}");
        let digest = hex::encode(Sha256::digest(line));
        let begin = async |key: &str| match idempotency::begin(app, &desk.ada, key, &digest).await {
            Ok(Begun::Fresh(lease)) => lease,
            other => panic!("it is new: {other:?}"),
        };
        let call = async |key: &str| {
            let headers: &[(&str, &str)] = &[("idempotency-key", key)];
            program.call_with(Method::POST, "/api/v1/shows", (new.clone(), headers)).await
        };
        let (_, lease) = (begin("before").await, begin("after").await);
        let made = idempotency::under(lease, shows::create(app, &desk.ada, facts("Once"))).await.expect("she may");
        for key in ["before", "after"] {
            let waits = call(key).await;
            assert_eq!((waits.status, waits.header("retry-after")), (StatusCode::CONFLICT, "61"), "{key}");
        }
        desk.site.house.clock.advance(SignedDuration::from_secs(60));
        let seen = call("after").await;
        assert_eq!(seen.status, StatusCode::SEE_OTHER, "{}", seen.body);
        assert_eq!(program.get(seen.header("location")).await.json()["id"], made.id.to_string());
        let again = call("before").await;
        assert_eq!((again.status, &again.json()["slug"]), (StatusCode::CREATED, &json!("once-2")));
        assert_eq!(call("before").await.header("idempotency-replayed"), "true");
        assert_eq!(program.get("/api/v1/shows").await.json()["total"], 3);
    }

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
