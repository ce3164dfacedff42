//! One's own account: name, password, browsers that are signed in, API tokens.

use crate::views::{Form, Page, When, filters};

/// The account page. Posts: `/admin/account` (`name`), `/admin/account/email` (`email`, `email_current`),
/// `/admin/account/email/forget`, `/admin/account/password` (`current`, `password`, repeated `revoke`),
/// `/admin/account/sessions/{id}/end`, `/admin/account/sessions/end-others`, `/admin/account/tokens` (`token_name`,
/// repeated `scope`, `days`), `/admin/account/tokens/{id}/revoke`.
#[derive(Debug, Clone, askama::Template)]
#[template(path = "admin/account.html")]
pub struct Account {
    /// What every page knows.
    pub page: Page,
    /// The address, which is the account's name.
    pub email: String,
    /// Field `name`.
    pub profile: Form,
    /// Fields `email`, `email_current`.
    pub address: Form,
    /// Whether a new address is confirmed by mail.
    pub can_mail: bool,
    /// The new address that waits to be confirmed, and until when.
    pub waiting: Option<(String, When)>,
    /// Fields `current`, `password`, repeated `revoke`.
    pub password: Form,
    /// Where one is signed in.
    pub sessions: Vec<SessionLine>,
    /// API tokens.
    pub tokens: Vec<TokenLine>,
    /// Fields `token_name`, `scope`, `days`.
    pub token_form: Form,
    /// A token just made; shown once.
    pub fresh_token: Option<String>,
}

impl Account {
    /// What happens when a new address is given; the id of a message.
    pub fn email_hint(&self) -> &'static str {
        if self.can_mail { "email-help-mail" } else { "email-help-now" }
    }
}

/// A browser that is signed in.
#[derive(Debug, Clone)]
pub struct SessionLine {
    /// The session's id.
    pub id: String,
    /// The browser in words, as in `Firefox on Linux`.
    pub browser: String,
    /// When it signed in.
    pub created: When,
    /// When it was last seen.
    pub seen: When,
    /// Whether it is this one.
    pub here: bool,
}

/// An API token.
#[derive(Debug, Clone)]
pub struct TokenLine {
    /// The token's id.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<String>,
    /// When it was made.
    pub created: When,
    /// When it stops working.
    pub expires: Option<When>,
    /// When it was last used.
    pub used: Option<When>,
}
