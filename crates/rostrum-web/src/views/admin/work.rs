//! Uploads and jobs: sending several files, and what the house does with them.

use super::JobLine;
use crate::views::{Page, Pager, When, filters};

/// The page that sends files. Each becomes a draft of the chosen show; uploads go to `/uploads/` (tus 1.0.0) with the
/// metadata `filename`, `show` and, from the episode editor, `episode`.
#[derive(Debug, Clone, askama::Template)]
#[template(path = "admin/uploads.html")]
pub struct Uploads {
    /// What every page knows.
    pub page: Page,
    /// The shows the viewer may add to: slug and title.
    pub shows: Vec<(String, String)>,
    /// The slug of the chosen show; empty for the first.
    pub chosen: String,
    /// Uploads that were begun and not ended.
    pub unfinished: Vec<UploadLine>,
    /// How much may still be sent, in words, as in `412 GB`.
    pub room: String,
    /// The largest file taken, in words.
    pub largest: String,
    /// The latest work.
    pub jobs: Vec<JobLine>,
}

/// An upload that was begun and not ended.
#[derive(Debug, Clone)]
pub struct UploadLine {
    /// Its id; `/admin/uploads/{id}/discard` takes it away.
    pub id: String,
    /// The file's name.
    pub name: String,
    /// The show's title.
    pub show: String,
    /// Bytes received.
    pub received: i64,
    /// Bytes in all.
    pub total: i64,
    /// When it is thrown away.
    pub expires: When,
}

impl UploadLine {
    /// How far it is, 0 to 100.
    pub fn percent(&self) -> i64 {
        self.received.saturating_mul(100) / self.total.max(1)
    }
}

/// The list of jobs; `/admin/jobs/{id}/cancel` and `/retry` act on one.
#[derive(Debug, Clone, askama::Template)]
#[template(path = "admin/jobs.html")]
pub struct Jobs {
    /// What every page knows.
    pub page: Page,
    /// The state the list is narrowed to; field `state`, empty for all.
    pub state: String,
    /// This page of the jobs, newest first.
    pub jobs: Vec<JobLine>,
    /// Where this page stands among the others.
    pub pager: Pager,
}
