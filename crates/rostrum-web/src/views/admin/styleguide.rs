//! Every component in its states, by day and by night.

use crate::views::{EpisodeCard, Page, filters};

/// The style guide.
#[derive(Debug, Clone, askama::Template)]
#[template(path = "admin/styleguide.html")]
pub struct Styleguide {
    /// What every page knows.
    pub page: Page,
    /// An episode to show as an example.
    pub example: EpisodeCard,
}

impl Styleguide {
    /// The page, with an example of its own.
    pub fn new(page: Page) -> Self {
        Self { page, example: crate::views::samples::episode_card(0, "The last ferry, and who still takes it") }
    }

    /// Both themes: class and words.
    pub fn themes(&self) -> [(&'static str, &'static str); 2] {
        [("light", "Day"), ("dark", "Night")]
    }
}
