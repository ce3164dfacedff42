//! Those who come to speak, or to hear without delay: their offer goes straight to the stage, which checks their grant
//! itself. With web down they still get in.

use std::time::Duration;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, LOCATION};
use http::request::Parts;
use http::{Response, StatusCode};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use rostrum_wire::link::{Client, LinkError};
use rostrum_wire::stage::{Call, Joined, Way};

use super::body::{Own, answer, problem, whole};
use super::room::OnAir;

/// Longest offer, in bytes.
const OFFER_BYTES_MAX: usize = 128 * 1024;
/// How long the stage may take.
const PATIENCE: Duration = Duration::from_secs(5);
const SDP: &str = "application/sdp";

/// Answers an offer.
pub(super) async fn join(stage: &Client, (room, way): (&OnAir, Way), head: &Parts, body: Incoming) -> Response<Own> {
    let Some(grant) = bearer(head) else {
        let mut answer = problem(StatusCode::UNAUTHORIZED, "grant_missing", "Send the grant as a bearer token.");
        answer.headers_mut().insert(http::header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        return answer;
    };
    let kind = head.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.split(';').next().map(str::trim) != Some(SDP) {
        let detail = "Send an offer as application/sdp.";
        return problem(StatusCode::UNSUPPORTED_MEDIA_TYPE, "offer_missing", detail);
    }
    let Ok(offer) = Limited::new(body, OFFER_BYTES_MAX).collect().await else {
        return problem(StatusCode::PAYLOAD_TOO_LARGE, "offer_too_long", "The offer is too long or was cut short.");
    };
    let call = Call::Join { room: room.standing().room, grant: grant.to_owned(), way };
    match stage.ask::<Joined>(&call, offer.to_bytes(), PATIENCE).await {
        Ok((joined, sdp)) => {
            let mut answer = answer(StatusCode::CREATED, (SDP, "no-store"), whole(sdp));
            let location = format!("{}/{}", head.uri.path().trim_end_matches('/'), joined.session);
            if let Ok(location) = HeaderValue::from_str(&location) {
                answer.headers_mut().insert(LOCATION, location);
            }
            answer
        }
        Err(error) => refused(&error),
    }
}

/// Ends a connection.
pub(super) async fn leave(stage: &Client, session: &str) -> Response<Own> {
    match stage.ask::<()>(&Call::Leave { session: session.to_owned() }, Bytes::new(), PATIENCE).await {
        Ok(_) => answer(StatusCode::OK, ("text/plain", "no-store"), whole("")),
        Err(error) => refused(&error),
    }
}

fn bearer(head: &Parts) -> Option<&str> {
    let text = head.headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = text.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn refused(error: &LinkError) -> Response<Own> {
    match error {
        LinkError::Refused(refused) => {
            let status = match refused.code.as_str() {
                "grant_expired" | "grant_forged" | "grant_malformed" => StatusCode::UNAUTHORIZED,
                "room_missing" | "session_missing" => StatusCode::NOT_FOUND,
                "offer_malformed" | "codec_missing" => StatusCode::BAD_REQUEST,
                "busy" | "stage_stopping" | "whep_full" => StatusCode::SERVICE_UNAVAILABLE,
                _ => StatusCode::FORBIDDEN,
            };
            problem(status, &refused.code, &refused.message)
        }
        _ => {
            let detail = "The stage is away for a moment; try again in a second.";
            let mut answer = problem(StatusCode::SERVICE_UNAVAILABLE, "stage_away", detail);
            answer.headers_mut().insert(http::header::RETRY_AFTER, HeaderValue::from_static("1"));
            answer
        }
    }
}
