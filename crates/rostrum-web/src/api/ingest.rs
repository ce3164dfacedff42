//! `/api/v1/rooms/{room}/ingest`: what an encoder of the Icecast family is set up with.

use axum::Json;
use axum::extract::State;
use rostrum_app::rooms::ingest;
use serde::Serialize;
use utoipa::ToSchema;

use crate::Error;
use crate::api::at::At;
use crate::call::Signed;
use crate::state::Web;

/// What an encoder is set up with.
#[derive(Debug, Serialize, ToSchema)]
pub struct IngestBody {
    /// The server's address.
    server: String,
    /// The mount.
    mount: String,
    /// The user.
    user: &'static str,
    /// The password: whoever has it broadcasts into this room.
    key: String,
}

/// Says what an encoder (BUTT, Mixxx, Liquidsoap, ffmpeg) is set up with to broadcast into a room. No mere reading:
/// whoever knows the answer can be heard.
#[utoipa::path(post, path = "/api/v1/rooms/{room}/ingest", tag = "rooms",
    params(("room" = String, Path, description = "slug or id")),
    responses((status = 200, description = "server, mount, user and key", body = IngestBody)))]
pub async fn set_up(State(web): State<Web>, signed: Signed, At(room): At<String>) -> Result<Json<IngestBody>, Error> {
    let ingest::Ingest { server, mount, user, key } = ingest::show(&web.app, &signed.caller, &room).await?;
    Ok(Json(IngestBody { server, mount, user, key: key.reveal().clone() }))
}
