//! `/shows/{show}/theme.css`: a show's own accent.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::header;
use rostrum_app::listing;

use crate::state::Web;
use crate::{Error, views};

/// The colour sheet of a show that has an accent.
pub async fn show(State(web): State<Web>, Path(name): Path<String>) -> Result<Response, Error> {
    let show = listing::show_facts(&web.app, &name).await?;
    let sheet = show.facts.accent.as_deref().and_then(views::theme::stylesheet);
    let sheet = sheet.ok_or_else(|| Error::Missing("This show has no colour of its own.".into()))?;
    Ok(([(header::CONTENT_TYPE, "text/css"), (header::CACHE_CONTROL, "public, max-age=300")], sheet).into_response())
}
