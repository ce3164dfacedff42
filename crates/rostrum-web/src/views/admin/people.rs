//! People with an account: inviting, roles, switching off, one-time links.

use rostrum_domain::user::Role;

use crate::views::{Form, Page, When, filters};

/// The list of people. Posts: `/admin/people/invite` (`email`, `role`), `/admin/people/{id}/role` (`role`),
/// `/disable`, `/enable`, `/link`.
#[derive(Debug, Clone, askama::Template)]
#[template(path = "admin/people.html")]
pub struct People {
    /// What every page knows.
    pub page: Page,
    /// What the list is narrowed to; field `q`.
    pub query: String,
    /// The people.
    pub people: Vec<PersonLine>,
    /// The invitation form.
    pub invite: Form,
    /// A one-time link just made; shown once.
    pub link: Option<FreshLink>,
    /// Whether the viewer may give and take the admin role.
    pub may_manage_admins: bool,
}

/// Somebody with an account.
#[derive(Debug, Clone)]
pub struct PersonLine {
    /// The user's id.
    pub id: String,
    /// The name; empty while invited.
    pub name: String,
    /// The address.
    pub email: String,
    /// The role on the site.
    pub role: Role,
    /// Whether sign-in is switched off.
    pub disabled: bool,
    /// Whether they never signed in.
    pub invited: bool,
    /// Whether it is the viewer.
    pub is_viewer: bool,
    /// When they were last here.
    pub seen: Option<When>,
    /// Whether the viewer may change them.
    pub may_change: bool,
}

/// A one-time link just made.
#[derive(Debug, Clone)]
pub struct FreshLink {
    /// Its absolute address.
    pub url: String,
    /// Whose it is.
    pub email: String,
    /// When it stops working.
    pub expires: When,
    /// Whether it was also sent by mail.
    pub mailed: bool,
}
