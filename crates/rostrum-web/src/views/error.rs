//! The pages people see when something cannot be shown: what happened, why, what to do next.

use super::{Page, filters};
use crate::words::say;

/// An error page.
#[derive(Debug, Clone, askama::Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    /// What every page knows.
    pub page: Page,
    /// The HTTP status.
    pub status: u16,
    /// What happened.
    pub heading: String,
    /// Why, and what to do next.
    pub message: String,
    /// What an administrator finds in the log; internal errors have one.
    pub id: Option<String>,
    /// Whether signing in may help.
    pub offer_sign_in: bool,
}

impl ErrorPage {
    /// Nothing is at this address.
    pub fn missing(page: Page) -> Self {
        Self::said(page, 404, "error-missing")
    }

    /// The viewer lacks the right.
    pub fn denied(page: Page) -> Self {
        let offer_sign_in = page.viewer.is_none();
        Self { offer_sign_in, ..Self::said(page, 403, "error-denied") }
    }

    /// The server failed; `id` is in its log.
    pub fn internal(page: Page, id: String) -> Self {
        Self { id: Some(id), ..Self::said(page, 500, "error-internal") }
    }

    /// The server cannot answer just now.
    pub fn unavailable(page: Page) -> Self {
        Self::said(page, 503, "error-unavailable")
    }

    /// Heading `id`, and the message that goes with it.
    fn said(page: Page, status: u16, id: &str) -> Self {
        Self::new(page, status, &say(id).to_string(), &say(&format!("{id}-text")).to_string())
    }

    /// Any other refusal.
    pub fn new(mut page: Page, status: u16, heading: &str, message: &str) -> Self {
        page.title = heading.to_owned();
        page.meta.noindex = true;
        Self { page, status, heading: heading.into(), message: message.into(), id: None, offer_sign_in: false }
    }
}
