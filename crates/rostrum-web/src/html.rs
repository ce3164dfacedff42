//! A rendered page as an answer.

use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use http::StatusCode;

use crate::Error;

/// Renders a view; a failure is ours and internal.
pub(crate) fn html(view: &impl Template) -> Result<Response, Error> {
    Ok(Html(view.render()?).into_response())
}

/// Renders a form that was not accepted, with what to mend.
pub(crate) fn refused(view: &impl Template) -> Result<Response, Error> {
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(view.render()?)).into_response())
}
