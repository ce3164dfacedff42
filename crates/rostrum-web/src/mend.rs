//! How a form is shown again when something is to be mended.

use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use rostrum_domain::Problems;

use crate::Error;

/// What a person can mend in the form they sent.
#[derive(Debug, Clone)]
pub(crate) struct Mend {
    /// The status of the page that shows it.
    pub(crate) status: StatusCode,
    /// What is wrong; what belongs to no field stands under `form`.
    pub(crate) problems: Problems,
    wait_s: Option<u32>,
}

impl Mend {
    /// Takes an error apart; one that no other input would mend passes on.
    pub(crate) fn of(error: impl Into<Error>) -> Result<Self, Error> {
        match error.into() {
            Error::Invalid(problems) => Ok(Self { status: StatusCode::UNPROCESSABLE_ENTITY, problems, wait_s: None }),
            Error::Conflict { status, text, wait_s, .. } => {
                Ok(Self { status, problems: Problems::one("form", text), wait_s })
            }
            other => Err(other),
        }
    }

    /// The page with the form and its problems.
    pub(crate) fn show(&self, view: &impl Template) -> Result<Response, Error> {
        let mut response = (self.status, Html(view.render()?)).into_response();
        if let Some(seconds) = self.wait_s {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        Ok(response)
    }
}
