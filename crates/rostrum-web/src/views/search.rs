//! Search results: episodes with the passages that match, each leading to its second.

use super::{Art, Page, When, filters};

/// The search page.
#[derive(Debug, Clone, askama::Template)]
#[template(path = "search.html")]
pub struct Search {
    /// What every page knows.
    pub page: Page,
    /// What was searched for; empty shows only the field.
    pub query: String,
    /// The episodes found, best first.
    pub hits: Vec<Hit>,
    /// Whether there may be more than these.
    pub cut: bool,
}

/// An episode that matches.
#[derive(Debug, Clone)]
pub struct Hit {
    /// Its page.
    pub path: String,
    /// Its title, in runs.
    pub title: Vec<Run>,
    /// The show's title.
    pub show: String,
    /// The show's page.
    pub show_path: String,
    /// Its picture.
    pub art: Art,
    /// When it was published.
    pub published: When,
    /// Its length in milliseconds.
    pub duration_ms: i64,
    /// A passage of the notes or summary; empty for none.
    pub excerpt: Vec<Run>,
    /// Passages of the transcript.
    pub quotes: Vec<Quote>,
}

/// A passage of a transcript.
#[derive(Debug, Clone)]
pub struct Quote {
    /// The episode's page at this second, as in `/shows/talk/one?t=83`.
    pub path: String,
    /// Where it is said, in milliseconds.
    pub start_ms: i64,
    /// Who says it; empty if unknown.
    pub speaker: String,
    /// What is said, in runs.
    pub text: Vec<Run>,
}

/// A stretch of text that matches, or does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The text.
    pub text: String,
    /// Whether it is what was searched for.
    pub hit: bool,
}
