//! The recording of an episode in the studio: what of it is served, and how a room's speakers are mixed.

use rostrum_domain::edit::Trim;

use super::JobLine;
use crate::views::{Form, Page, filters};

/// What is served of a recording; the forms post to `/trim` (fields `from`, `to`), `/remaster` (switches `leveller`,
/// `crossgate`, `denoise`) and `/live-mix` below [`Self::path`].
#[derive(Debug, Clone, askama::Template)]
#[template(path = "admin/episode_recording.html")]
pub struct EditRecording {
    /// What every page knows.
    pub page: Page,
    /// The episode's page in the studio.
    pub path: String,
    /// The episode's title.
    pub title: String,
    /// What is cut off now.
    pub trim: Trim,
    /// How long the whole recording is, in milliseconds; 0 without one.
    pub whole_ms: i64,
    /// The path of the whole recording.
    pub listen: Option<String>,
    /// The whole recording drawn, at most 240 values.
    pub wave: Vec<u8>,
    /// Where it begins and ends now, or what was filled in.
    pub form: Form,
    /// How it can be mixed; none for what was no room.
    pub mix: Option<Mix>,
    /// The work on it, while there is any or it failed.
    pub job: Option<JobLine>,
    /// Whether the viewer may change it.
    pub may_edit: bool,
}

/// How a room's speakers are mixed.
#[derive(Debug, Clone)]
pub struct Mix {
    /// The switches.
    pub form: Form,
    /// Whether another mix than that of the live room is served.
    pub remastered: bool,
}

impl EditRecording {
    /// Where the parts that are cut off lie in the drawing: the length of the first, and where the last begins and its
    /// length, in units of a third of a value.
    pub fn cuts(&self) -> (i64, i64, i64) {
        let width = i64::try_from(self.wave.len() * 3).unwrap_or_default();
        let at = |ms: i64| ms * width / self.whole_ms.max(1);
        let end = at(self.trim.end_ms(self.whole_ms));
        (at(self.trim.head_ms), end, width - end)
    }
}
