//! The audit log: who did what, when, from where.

use crate::views::{Page, Pager, When, filters};

/// The audit log.
#[derive(Debug, Clone, askama::Template)]
#[template(path = "admin/audit.html")]
pub struct Audit {
    /// What every page knows.
    pub page: Page,
    /// What the list is narrowed to; field `q`.
    pub query: String,
    /// This page of the entries, newest first.
    pub entries: Vec<Entry>,
    /// Where this page stands among the others.
    pub pager: Pager,
}

/// One entry.
#[derive(Debug, Clone)]
pub struct Entry {
    /// When.
    pub at: When,
    /// Who; `Somebody` for a visitor.
    pub who: String,
    /// What, as in `published an episode`.
    pub what: String,
    /// On what, as in its title; empty for nothing.
    pub target: String,
    /// From which address.
    pub from: String,
}
