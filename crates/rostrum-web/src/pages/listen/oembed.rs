//! `/oembed?url=`: how other sites embed an episode (oEmbed 1.0, JSON).

use axum::Json;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use rostrum_app::artwork;
use rostrum_app::listing::{self, Entry};
use serde_json::{Value, json};

use crate::Error;
use crate::state::Web;

/// Height of the embedded player, in CSS pixels.
const HEIGHT: u32 = 220;

/// The address of an episode's page and the form of the answer.
#[derive(serde::Deserialize)]
pub struct Asked {
    url: String,
    format: Option<String>,
    maxwidth: Option<u32>,
}

/// The document, readable from any site.
pub async fn show(State(web): State<Web>, Query(asked): Query<Asked>) -> Result<Response, Error> {
    if asked.format.as_deref().is_some_and(|format| format != "json") {
        return Err(Error::limit(StatusCode::NOT_IMPLEMENTED, "Only format=json is offered."));
    }
    let path = asked.url.strip_prefix(web.app.address("/shows/").as_str()).unwrap_or_default();
    let names = path.split(['?', '#']).next().unwrap_or_default().split_once('/');
    let (show, episode) = names.ok_or_else(|| Error::Missing("This is not the address of an episode here.".into()))?;
    let (entry, ..) = listing::episode(&web.app, show, episode).await?;
    let mut document = document(&web, &entry, asked.maxwidth.unwrap_or(700).clamp(240, 1200));
    add_thumbnail(&web, &entry, &mut document).await?;
    Ok(([(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")], Json(document)).into_response())
}

/// A picture goes with its size or not at all.
async fn add_thumbnail(web: &Web, entry: &Entry, document: &mut Value) -> Result<(), Error> {
    let Some((picture, side_px)) = artwork::sized(&web.app, entry).await? else { return Ok(()) };
    document["thumbnail_url"] = json!(web.app.address(&picture.path()));
    document["thumbnail_width"] = json!(side_px);
    document["thumbnail_height"] = json!(side_px);
    Ok(())
}

fn document(web: &Web, entry: &Entry, width: u32) -> Value {
    let player = web.app.address(&format!("/embed/{}", entry.episode.id));
    let title = rostrum_feed::notes::escape(&entry.episode.facts.title);
    let frame = format!(
        "<iframe src=\"{player}\" title=\"{title}\" width=\"{width}\" height=\"{HEIGHT}\" \
         loading=\"lazy\" allow=\"autoplay\"></iframe>"
    );
    json!({
        "version": "1.0",
        "type": "rich",
        "title": entry.episode.facts.title,
        "author_name": entry.show.facts.title,
        "author_url": web.app.address(&rostrum_app::shows::path(&entry.show)),
        "provider_name": web.site_name,
        "provider_url": web.app.address("/"),
        "html": frame,
        "width": width,
        "height": HEIGHT,
    })
}
