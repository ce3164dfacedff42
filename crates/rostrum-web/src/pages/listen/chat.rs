//! `/shows/{show}/{episode}/chat.json`: what was written while an episode was a room, beside its sound. What is taken
//! out is gone with the next look, so nothing in between may keep it.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use rostrum_app::rooms::replay;
use rostrum_media::program::SAMPLES_PER_MS;
use rostrum_store::room_log::Line;
use serde_json::{Value, json};

use crate::state::Web;
use crate::{Error, conditional};

/// The lines, in the order of the program.
pub async fn show(
    State(web): State<Web>,
    Path((show, episode)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let version = replay::chat_version(&web.app, (&show, &episode)).await?;
    let etag = format!("\"{version}\"");
    let head = [(header::ETAG, etag.as_str()), (header::CACHE_CONTROL, "no-cache")];
    if conditional::unchanged(&headers, &etag, web.app.now()) {
        return Ok((StatusCode::NOT_MODIFIED, head).into_response());
    }
    let lines = replay::chat(&web.app, (&show, &episode)).await?;
    Ok((head, Json(json!({"lines": lines.into_iter().map(shown).collect::<Vec<_>>()}))).into_response())
}

fn shown(Line { at, name, badge, text, .. }: Line) -> Value {
    json!({"at_ms": at / SAMPLES_PER_MS.cast_signed(), "name": name, "badge": badge, "text": text})
}
