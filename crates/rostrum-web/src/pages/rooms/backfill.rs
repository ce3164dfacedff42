//! `/rooms/{room}/backfill`: what the recording of a room that has ended lacks of the bearer's voice, and parts of the
//! copy that their browser kept.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use rostrum_app::rooms::backfill;
use rostrum_app::rooms::talk::Bearer;
use serde::Serialize;
use serde_json::{Value, json};

use super::talk::grant;
use crate::Error;
use crate::call::ClientAddress;
use crate::state::Web;

/// What is missing of the bearer's voice.
#[derive(Debug, Serialize)]
pub struct Lacking {
    gaps: Vec<Gap>,
}

/// One stretch, in RTP time as on the wire.
#[derive(Debug, Serialize)]
struct Gap {
    track: u32,
    /// The packet before, by which the track is known in a copy.
    after: u32,
    from: u32,
    samples: u64,
}

/// Seconds after which to ask again.
const AGAIN_S: u32 = 3;

/// Tells what is missing; 202 while that is not known yet.
pub async fn lacking(
    State(web): State<Web>,
    Path(room): Path<String>,
    (headers, ClientAddress(from)): (HeaderMap, ClientAddress),
) -> Result<Response, Error> {
    let bearer = Bearer { room: &room, grant: grant(&headers)?, from: &from };
    let Some(gaps) = backfill::lacking(&web.app, bearer).await? else {
        return Ok((StatusCode::ACCEPTED, Json(json!({"again_s": AGAIN_S}))).into_response());
    };
    let told = |gap: rostrum_live::backfill::Gap| {
        let (after, from, samples) = (gap.after as u32, gap.wire(), gap.samples());
        Gap { track: gap.track.0, after, from, samples }
    };
    Ok(Json(Lacking { gaps: gaps.into_iter().map(told).collect() }).into_response())
}

/// Takes a part of a copy; says how many packets of it were missing.
pub async fn take(
    State(web): State<Web>,
    Path(room): Path<String>,
    (headers, ClientAddress(from)): (HeaderMap, ClientAddress),
    body: Bytes,
) -> Result<Json<Value>, Error> {
    let bearer = Bearer { room: &room, grant: grant(&headers)?, from: &from };
    let taken = backfill::take(&web.app, bearer, body).await?;
    Ok(Json(json!({"taken": taken})))
}
