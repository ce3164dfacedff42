//! What the last action did, carried over the redirect as a word in the address (`?said=saved`).

use axum::response::Redirect;

use crate::views::{Flash, FlashKind};

/// The query of a page that may have been led to by an action.
#[derive(Debug, Clone, Default, serde::Deserialize)]
pub struct Said {
    #[serde(default)]
    said: String,
}

impl Said {
    /// The sentence for the page; a word that is not ours says nothing.
    pub fn flash(&self) -> Option<Flash> {
        let text = match self.said.as_str() {
            "saved" => "Saved.",
            "made" => "Made. Fill in the rest whenever you like; nothing is public yet.",
            "published" => "Published. It is on the pages and in the feed now.",
            "scheduled" => "Scheduled. It goes out by itself when its time comes.",
            "unpublished" => "Taken back. Its guid and dates are kept.",
            "deleted" => "Deleted.",
            "artwork" => "The new artwork is in place; files are being updated.",
            "transcript" => "The transcript is in place and can be searched.",
            "untranscribed" => "The transcript is gone.",
            "member" => "Their rights in this show are set.",
            "unmembered" => "They no longer work on this show.",
            "cancelled" => "The work has been stopped.",
            "again" => "It will be tried again.",
            "discarded" => "The unfinished upload is gone.",
            "password" => "The password is changed. Every other browser is signed out.",
            "session-ended" => "Signed out there.",
            "revoked" => "The token no longer works.",
            "role" => "The role is changed.",
            "disabled" => "Sign-in is switched off, and every session has ended.",
            "enabled" => "Sign-in is switched on.",
            _ => return None,
        };
        Some(Flash { kind: FlashKind::Done, text: text.to_owned() })
    }
}

/// A redirect (303) to a page that then says what was done.
pub fn to(path: &str, said: &str) -> Redirect {
    Redirect::to(&format!("{path}?said={said}"))
}
