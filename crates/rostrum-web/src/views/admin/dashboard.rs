//! The first page after signing in: what to do next, what waits, what goes wrong.

use super::{EpisodeLine, JobLine};
use crate::views::{Page, filters};

/// The dashboard.
#[derive(Debug, Clone, askama::Template)]
#[template(path = "admin/dashboard.html")]
pub struct Dashboard {
    /// What every page knows.
    pub page: Page,
    /// The set-up list; empty once everything is done.
    pub steps: Vec<Step>,
    /// Drafts, last changed first, at most six.
    pub drafts: Vec<EpisodeLine>,
    /// What is published by itself, soonest first.
    pub scheduled: Vec<EpisodeLine>,
    /// What was published last, at most four.
    pub published: Vec<EpisodeLine>,
    /// Work under way.
    pub running: Vec<JobLine>,
    /// Work that gave up.
    pub failing: Vec<JobLine>,
}

/// One step of setting the house up.
#[derive(Debug, Clone)]
pub struct Step {
    /// What to do.
    pub text: String,
    /// Why, in a sentence.
    pub why: String,
    /// Where to do it.
    pub path: String,
    /// Whether it is done.
    pub done: bool,
}

impl Dashboard {
    /// How many steps are done.
    pub fn done(&self) -> usize {
        self.steps.iter().filter(|step| step.done).count()
    }
}
