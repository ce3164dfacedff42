//! `/api/v1/rooms/{room}/open`, `/live`, `/end`: the steps of a room's life.

use axum::extract::State;
use axum::response::IntoResponse;
use rostrum_app::rooms::life;

use super::{RoomBody, answer};
use crate::Error;
use crate::api::at::At;
use crate::call::Signed;
use crate::state::Web;

/// Opens a room's green room: those on the stage hear each other, nothing goes out.
///
/// Opening an open room changes nothing.
#[utoipa::path(post, path = "/api/v1/rooms/{room}/open", tag = "rooms",
    params(("room" = String, Path, description = "slug or id")),
    responses((status = 200, description = "the room", body = RoomBody)))]
pub async fn open(State(web): State<Web>, signed: Signed, At(name): At<String>) -> Result<impl IntoResponse, Error> {
    life::open(&web.app, &signed.caller, &name).await?;
    answer(&web, &signed, &name).await
}

/// Goes on air, opening the room first if need be.
#[utoipa::path(post, path = "/api/v1/rooms/{room}/live", tag = "rooms",
    params(("room" = String, Path, description = "slug or id")),
    responses((status = 200, description = "the room", body = RoomBody)))]
pub async fn live(State(web): State<Web>, signed: Signed, At(name): At<String>) -> Result<impl IntoResponse, Error> {
    life::go_live(&web.app, &signed.caller, &name).await?;
    answer(&web, &signed, &name).await
}

/// Ends a room for good; its episode follows within seconds.
#[utoipa::path(post, path = "/api/v1/rooms/{room}/end", tag = "rooms",
    params(("room" = String, Path, description = "slug or id")),
    responses((status = 200, description = "the room", body = RoomBody)))]
pub async fn end(State(web): State<Web>, signed: Signed, At(name): At<String>) -> Result<impl IntoResponse, Error> {
    life::end(&web.app, &signed.caller, &name).await?;
    answer(&web, &signed, &name).await
}
