//! `/shows/{show}/calendar.ics`: when a show's rooms are live (RFC 5545).

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::header;
use rostrum_app::rooms::calendar;

use crate::Error;
use crate::state::Web;

/// The calendar.
pub async fn show(State(web): State<Web>, Path(name): Path<String>) -> Result<Response, Error> {
    let text = calendar::of_show(&web.app, &name).await?;
    let head = [(header::CONTENT_TYPE, "text/calendar; charset=utf-8"), (header::CACHE_CONTROL, "public, max-age=300")];
    Ok((head, text).into_response())
}
