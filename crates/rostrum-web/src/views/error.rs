//! The pages people see when something cannot be shown: what happened, why, what to do next.

use super::{Page, filters};

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
        Self::new(page, 404, "There is nothing at this address", MISSING)
    }

    /// The viewer lacks the right.
    pub fn denied(page: Page) -> Self {
        let offer_sign_in = page.viewer.is_none();
        Self { offer_sign_in, ..Self::new(page, 403, "This is not open to you", DENIED) }
    }

    /// The server failed; `id` is in its log.
    pub fn internal(page: Page, id: String) -> Self {
        Self { id: Some(id), ..Self::new(page, 500, "Something went wrong here", INTERNAL) }
    }

    /// The server cannot answer just now.
    pub fn unavailable(page: Page) -> Self {
        Self::new(page, 503, "Back in a moment", UNAVAILABLE)
    }

    /// Any other refusal.
    pub fn new(mut page: Page, status: u16, heading: &str, message: &str) -> Self {
        page.title = heading.to_owned();
        page.meta.noindex = true;
        Self { page, status, heading: heading.into(), message: message.into(), id: None, offer_sign_in: false }
    }
}

const MISSING: &str = "The page may have moved, or the episode was taken back by its makers. Search for it, or start \
                       from the front page.";
const DENIED: &str = "It belongs to people with another role. If you should have access, ask an administrator of this \
                      site.";
const INTERNAL: &str = "It is our mistake, not yours, and it has been noted. Please try again in a minute. If it \
                        happens again, send the number below to whoever runs this site.";
const UNAVAILABLE: &str = "The site is starting or very busy. What is on air keeps playing. This page works again \
                           soon; please reload it in a few seconds.";
