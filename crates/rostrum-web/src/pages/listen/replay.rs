//! `/shows/{show}/{episode}/replay/{playlist}`: HLS of an episode that was a room.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::header;
use rostrum_app::rooms::replay;

use crate::Error;
use crate::state::Web;

/// The media type of playlists (RFC 8216, section 4).
const MIME: &str = "application/vnd.apple.mpegurl";

/// One playlist.
pub async fn show(
    State(web): State<Web>,
    Path((show, episode, name)): Path<(String, String, String)>,
) -> Result<Response, Error> {
    let text = replay::playlist(&web.app, (&show, &episode), &name).await?;
    let keep = "public, max-age=300";
    let head =
        [(header::CONTENT_TYPE, MIME), (header::CACHE_CONTROL, keep), (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")];
    Ok((head, text).into_response())
}
