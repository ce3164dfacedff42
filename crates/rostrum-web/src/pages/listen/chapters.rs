//! `/shows/{show}/{episode}/chapters.json`: chapters for podcast apps, readable from any site.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::header;
use rostrum_app::listing;
use rostrum_feed::chapters;

use crate::Error;
use crate::state::Web;

/// The JSON chapters of a published episode.
pub async fn show(State(web): State<Web>, Path((show, name)): Path<(String, String)>) -> Result<Response, Error> {
    let (entry, ..) = listing::episode(&web.app, &show, &name).await?;
    let head = [(header::CONTENT_TYPE, chapters::MIME), (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")];
    Ok((head, chapters::to_json(&entry.episode.facts.chapters)).into_response())
}
