//! `/shows/{show}/{episode}/chat.json`: what was written while an episode was a room, beside its sound. What is taken
//! out is gone with the next look, so nothing in between may keep it.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use rostrum_app::rooms::replay;
use rostrum_media::program::SAMPLES_PER_MS;
use rostrum_store::room_log::Line;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::state::Web;
use crate::{Error, conditional};

/// The lines, in the order of the program.
pub async fn show(
    State(web): State<Web>,
    Path((show, episode)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let lines = replay::chat(&web.app, (&show, &episode)).await?;
    Ok(answer(lines, |etag| conditional::unchanged(&headers, etag, web.app.now())))
}

fn answer(lines: Vec<Line>, is_known: impl Fn(&str) -> bool) -> Response {
    let json = json!({"lines": lines.into_iter().map(shown).collect::<Vec<_>>()}).to_string();
    let etag = format!("\"{}\"", hex::encode(&Sha256::digest(&json)[..16]));
    let head = [(header::ETAG, etag.as_str()), (header::CACHE_CONTROL, "no-cache")];
    if is_known(&etag) {
        return (StatusCode::NOT_MODIFIED, head).into_response();
    }
    ([(header::CONTENT_TYPE, "application/json")], head, json).into_response()
}

fn shown(Line { at, name, badge, text, .. }: Line) -> Value {
    json!({"at_ms": at / SAMPLES_PER_MS.cast_signed(), "name": name, "badge": badge, "text": text})
}
