//! `/ingest/{room}/open`: an edge asks for an encoder whose room is planned and not yet open.

use axum::Json;
use axum::extract::State;
use http::{HeaderMap, header};
use rostrum_app::rooms::ingest;
use serde::Serialize;

use crate::Error;
use crate::api::at::At;
use crate::state::Web;

/// The room that is open now.
#[derive(Debug, Serialize)]
pub struct Opened {
    room: String,
}

/// Opens the room for whoever brings its ingest key as a bearer token.
pub async fn open(State(web): State<Web>, At(room): At<String>, headers: HeaderMap) -> Result<Json<Opened>, Error> {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let key = given.strip_prefix("Bearer ").unwrap_or_default();
    let room = ingest::open(&web.app, &room, key).await?;
    Ok(Json(Opened { room: room.to_string() }))
}
