//! The way in: signing in, setting up the first account, choosing a password by link, asking for such a link.

use super::{Form, Page, filters};

/// The sign-in page; fields `email`, `password`, `return_to`.
#[derive(Debug, Clone, askama::Template)]
#[template(path = "sign_in.html")]
pub struct SignIn {
    /// What every page knows.
    pub page: Page,
    /// What was filled in; a problem of the field `form` stands above it.
    pub form: Form,
    /// Why sign-in is refused altogether, as over plain http.
    pub refused: Option<String>,
}

/// What a one-time link lets one do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkPurpose {
    /// Makes the owner of an empty site; fields `name`, `email`, `password`.
    SetUp,
    /// Lets somebody invited choose; fields `name`, `password`.
    Invite,
    /// Sets a new password; field `password`.
    Reset,
}

/// The page behind a one-time link.
#[derive(Debug, Clone, askama::Template)]
#[template(path = "link.html")]
pub struct LinkPage {
    /// What every page knows.
    pub page: Page,
    /// What was filled in.
    pub form: Form,
    /// What the link does.
    pub purpose: LinkPurpose,
    /// Whose account it is; empty for set-up.
    pub email: String,
    /// The API tokens, id and name, that a new password ends unless they are kept; field `keep`, repeated.
    pub tokens: Vec<(String, String)>,
    /// Whether the link was used, is too old or unknown: shows what to do instead of the form.
    pub dead: bool,
}

/// The page behind a link that confirms a new address.
#[derive(Debug, Clone, askama::Template)]
#[template(path = "email_link.html")]
pub struct EmailLink {
    /// What every page knows.
    pub page: Page,
    /// The address; none when the link was used, is too old or unknown.
    pub email: Option<String>,
    /// Why the address cannot be had.
    pub problem: Option<String>,
}

/// Asking for a link to a new password; field `email`.
#[derive(Debug, Clone, askama::Template)]
#[template(path = "forgot.html")]
pub struct Forgot {
    /// What every page knows.
    pub page: Page,
    /// What was filled in.
    pub form: Form,
    /// Whether the site can send mail; without, the page says whom to ask.
    pub mail: bool,
    /// Whether the request was taken; says the same whether the account exists or not.
    pub sent: bool,
}
