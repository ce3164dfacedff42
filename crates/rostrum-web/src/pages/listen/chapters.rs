//! `/shows/{show}/{episode}/chapters.json`: chapters for podcast apps, readable from any site, with entity tags.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use rostrum_app::listing;
use rostrum_domain::episode::Episode;
use rostrum_feed::chapters;
use sha2::{Digest as _, Sha256};

use crate::state::Web;
use crate::{Error, conditional};

/// The JSON chapters of a published episode.
pub async fn show(
    State(web): State<Web>,
    Path((show, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let (entry, ..) = listing::episode(&web.app, &show, &name).await?;
    Ok(answer(&entry.episode, &headers))
}

fn answer(episode: &Episode, headers: &HeaderMap) -> Response {
    let json = chapters::to_json(&episode.facts.chapters);
    let etag = format!("\"{}\"", hex::encode(&Sha256::digest(&json)[..16]));
    let modified = episode.updated_at;
    let head = [
        (header::CONTENT_TYPE, chapters::MIME.to_owned()),
        (header::ETAG, etag.clone()),
        (header::LAST_MODIFIED, conditional::http_date(modified)),
        (header::CACHE_CONTROL, "public, max-age=60, stale-while-revalidate=600".to_owned()),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*".to_owned()),
    ];
    if conditional::unchanged(headers, &etag, modified) {
        return (StatusCode::NOT_MODIFIED, head).into_response();
    }
    (head, json).into_response()
}
