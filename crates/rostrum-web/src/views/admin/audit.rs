//! The audit log: who did what, when, from where.

use rostrum_words::Said;

use crate::views::{Page, Pager, When, filters};
use crate::words::say;

/// The audit log.
#[derive(Debug, Clone, askama::Template)]
#[template(path = "admin/audit.html")]
pub struct Audit {
    /// What every page knows.
    pub page: Page,
    /// What the list is narrowed to; field `q`.
    pub query: String,
    /// The kind of thing the list is narrowed to, of [`Audit::KINDS`]; field `about`, empty for all.
    pub about: String,
    /// This page of the entries, newest first.
    pub entries: Vec<Entry>,
    /// Where this page stands among the others.
    pub pager: Pager,
}

impl Audit {
    /// Kinds of things that something can have been done to.
    pub const KINDS: [&'static str; 8] = ["user", "show", "episode", "room", "upload", "job", "session", "token"];

    /// A kind in the reader's words.
    pub fn kind_words(kind: &str) -> Said {
        say(&format!("audit-about-{kind}"))
    }
}

/// One entry.
#[derive(Debug, Clone)]
pub struct Entry {
    /// When.
    pub at: When,
    /// Who.
    pub who: String,
    /// The act, as in `episode-published`.
    pub action: String,
    /// The role that was given, where one was; in the reader's words.
    pub role: String,
    /// On what, as in its title.
    pub target: String,
    /// What became different.
    pub changes: Vec<Change>,
    /// From which address.
    pub from: String,
}

impl Entry {
    /// The entry as a sentence; a message with tags.
    pub fn sentence(&self) -> Said {
        let known = format!("audit-{}", self.action);
        let other = say(&known).to_string() == known;
        let said = if other { say("audit-other").with("action", self.action.replace('-', " ")) } else { say(&known) };
        said.with("who", &self.who).with("what", &self.target).with("role", &self.role)
    }
}

/// What is different about a thing.
#[derive(Debug, Clone)]
pub struct Change {
    /// The fact's name.
    pub field: String,
    /// Before and after, where they are short.
    pub values: Option<(String, String)>,
}
