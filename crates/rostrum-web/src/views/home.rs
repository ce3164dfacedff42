//! The front page: the newest episode large, the shows, the latest episodes; an empty house invites to set up.

use super::{EpisodeCard, Page, RoomCard, ShowCard, filters};

/// The front page.
#[derive(Debug, Clone, askama::Template)]
#[template(path = "home.html")]
pub struct Home {
    /// What every page knows.
    pub page: Page,
    /// Public rooms: on air first, then what is next.
    pub rooms: Vec<RoomCard>,
    /// The newest episode, shown large.
    pub lead: Option<EpisodeCard>,
    /// The shows, the one with the newest episode first.
    pub shows: Vec<ShowCard>,
    /// The episodes after the newest, newest first, at most a dozen.
    pub latest: Vec<EpisodeCard>,
}

impl Home {
    /// Whether something is on air now, which then comes first.
    pub fn on_air(&self) -> bool {
        self.rooms.iter().any(|room| room.live)
    }
}
