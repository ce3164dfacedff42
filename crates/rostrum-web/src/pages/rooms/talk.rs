//! `POST /rooms/{room}/chat`, `/reactions`, `/control`: what people say and ask, each with their grant.

use axum::Json;
use axum::extract::{Path, State};
use http::{HeaderMap, StatusCode, header};
use rostrum_app::idempotency::FIELD;
use rostrum_app::rooms::talk::{self, Bearer};
use rostrum_live::audience::Reaction;
use rostrum_live::room::Command;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::Error;
use crate::api::body::Body;
use crate::call::ClientAddress;
use crate::state::Web;

/// A line to write.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    text: String,
}

/// A sign to send.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sign {
    reaction: Reaction,
}

/// A request to the room.
#[derive(Debug, Deserialize)]
pub struct Wish {
    request: String,
    #[serde(flatten)]
    command: Command,
}

/// Writes a line, once for all requests with the same `Idempotency-Key`; answers with its id.
pub async fn chat(
    State(web): State<Web>,
    Path(room): Path<String>,
    (headers, ClientAddress(from)): (HeaderMap, ClientAddress),
    Body(Line { text }): Body<Line>,
) -> Result<(StatusCode, Json<Value>), Error> {
    let bearer = Bearer { room: &room, grant: grant(&headers)?, from: &from };
    let key = headers.get(FIELD).map(|key| key.to_str().unwrap_or_default());
    let id = talk::say(&web.app, bearer, (&text, key)).await?;
    Ok((StatusCode::CREATED, Json(json!({"id": id.to_string()}))))
}

/// Sends a sign.
pub async fn react(
    State(web): State<Web>,
    Path(room): Path<String>,
    (headers, ClientAddress(from)): (HeaderMap, ClientAddress),
    Body(Sign { reaction }): Body<Sign>,
) -> Result<StatusCode, Error> {
    talk::react(&web.app, Bearer { room: &room, grant: grant(&headers)?, from: &from }, reaction).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Asks the room for something.
pub async fn ask(
    State(web): State<Web>,
    Path(room): Path<String>,
    (headers, ClientAddress(from)): (HeaderMap, ClientAddress),
    Body(Wish { request, command }): Body<Wish>,
) -> Result<StatusCode, Error> {
    let bearer = Bearer { room: &room, grant: grant(&headers)?, from: &from };
    talk::ask(&web.app, bearer, (request, command)).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) fn grant(headers: &HeaderMap) -> Result<&str, Error> {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let grant = value.and_then(|value| value.strip_prefix("Bearer ")).map(str::trim);
    grant.ok_or_else(|| Error::Unauthenticated("Open the room's page first: this needs the grant it gives.".into()))
}
