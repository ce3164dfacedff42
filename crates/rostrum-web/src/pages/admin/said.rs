//! What the last action did, carried over the redirect as a word in the address (`?said=saved`).

use axum::response::Redirect;

use crate::views::{Flash, FlashKind};
use crate::words::say;

/// What can have been done; the message of each is `said-…`.
const SAID: [&str; 32] = [
    "saved",
    "made",
    "published",
    "scheduled",
    "unpublished",
    "deleted",
    "artwork",
    "unpictured",
    "chapters",
    "stems",
    "erasing",
    "trimming",
    "remastering",
    "live-mix",
    "transcript",
    "untranscribed",
    "member",
    "unmembered",
    "cancelled",
    "again",
    "discarded",
    "password",
    "email",
    "email-sent",
    "email-kept",
    "session-ended",
    "revoked",
    "room-ended",
    "line-removed",
    "role",
    "disabled",
    "enabled",
];

/// The query of a page that may have been led to by an action.
#[derive(Debug, Clone, Default, serde::Deserialize)]
pub struct Said {
    #[serde(default)]
    said: String,
}

impl Said {
    /// The sentence for the page; a word that is not ours says nothing.
    pub fn flash(&self) -> Option<Flash> {
        let known = SAID.contains(&self.said.as_str());
        known.then(|| Flash { kind: FlashKind::Done, text: say(&format!("said-{}", self.said)).into() })
    }
}

/// A redirect (303) to a page that then says what was done.
pub fn to(path: &str, said: &str) -> Redirect {
    Redirect::to(&format!("{path}?said={said}"))
}
