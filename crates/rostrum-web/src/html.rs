//! A rendered page as an answer.

use askama::Template;
use axum::response::{Html, IntoResponse, Response};

use crate::Error;

/// Renders a view; a failure is ours and internal.
pub(crate) fn html(view: &impl Template) -> Result<Response, Error> {
    Ok(Html(view.render()?).into_response())
}
