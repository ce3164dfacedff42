//! `/api/v1/rooms/{room}`: reads, changes and deletes one room, by slug or id.

use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use rostrum_app::rooms::{self, Change};

use super::{RoomBody, RoomChange, answer};
use crate::Error;
use crate::api::at::At;
use crate::api::body::Patch;
use crate::api::schema::RoomPatch;
use crate::api::version::IfMatch;
use crate::call::Signed;
use crate::state::Web;

/// Reads a room.
#[utoipa::path(get, path = "/api/v1/rooms/{room}", tag = "rooms",
    params(("room" = String, Path, description = "slug or id")),
    responses((status = 200, description = "the room", body = RoomBody,
        headers(("etag" = String, description = "its version")))))]
pub async fn show(State(web): State<Web>, signed: Signed, At(name): At<String>) -> Result<impl IntoResponse, Error> {
    answer(&web, &signed, &name).await
}

/// Changes a room by a merge patch (RFC 7396).
///
/// Once it is open, only title, description, audience and what becomes of it can change.
#[utoipa::path(patch, path = "/api/v1/rooms/{room}", tag = "rooms",
    params(("room" = String, Path, description = "slug or id"),
        ("if-match" = Option<String>, Header, description = "the version the change was made on, as the entity tag")),
    request_body(content((RoomPatch = "application/merge-patch+json"), (RoomPatch = "application/json"))),
    responses((status = 200, description = "the changed room", body = RoomBody,
        headers(("etag" = String, description = "its version")))))]
pub async fn change(
    State(web): State<Web>,
    signed: Signed,
    (At(name), if_match): (At<String>, IfMatch),
    patch: Patch,
) -> Result<impl IntoResponse, Error> {
    let room = rooms::get(&web.app, &signed.caller, &name).await?.room;
    if_match.check(room.version)?;
    let (id, version) = (room.id.to_string(), Some(room.version));
    let RoomChange { slug, facts } = patch.apply(&RoomChange { slug: room.slug, facts: room.facts })?;
    let change = Change { facts, slug: Some(slug), version };
    rooms::update(&web.app, &signed.caller, &id, change).await.map_err(|error| if_match.late(error))?;
    answer(&web, &signed, &id).await
}

/// Deletes a room that is not open; an episode that came of it stays.
#[utoipa::path(delete, path = "/api/v1/rooms/{room}", tag = "rooms",
    params(("room" = String, Path, description = "slug or id"),
        ("if-match" = Option<String>, Header, description = "the version to delete, as the entity tag")),
    responses((status = 204, description = "it is gone")))]
pub async fn remove(
    State(web): State<Web>,
    signed: Signed,
    (At(name), if_match): (At<String>, IfMatch),
) -> Result<StatusCode, Error> {
    if_match.check(rooms::get(&web.app, &signed.caller, &name).await?.room.version)?;
    rooms::delete(&web.app, &signed.caller, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}
