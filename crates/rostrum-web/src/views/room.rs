//! A room: the page on which people listen and the studio in which others speak. The scripts of both fill in what
//! changes while the room is on air.

use rostrum_domain::room::{ChatRule, RoomState};

use super::{Art, Page, When, filters};

/// What both pages know of a room.
#[derive(Debug, Clone)]
pub struct RoomFace {
    /// The word in its addresses, slug or id.
    pub word: String,
    /// What it is called.
    pub title: String,
    /// What it is about, plain text.
    pub description: String,
    /// The show's title.
    pub show: String,
    /// The show's path.
    pub show_path: String,
    /// The language of the show, as a BCP 47 tag.
    pub lang: String,
    /// The show's picture.
    pub art: Art,
    /// Where it stands.
    pub state: RoomState,
    /// When it is planned to begin.
    pub starts: Option<When>,
    /// Seats on the stage.
    pub seats: u8,
    /// Seconds the program is held back; 0 for none.
    pub delay_s: u8,
    /// Who may write in the chat.
    pub chat: ChatRule,
    /// Whether listeners may ask to speak.
    pub hands: bool,
    /// Whether listeners see how many they are.
    pub shows_count: bool,
}

impl RoomFace {
    /// The path of the page for listeners.
    pub fn path(&self) -> String {
        format!("/rooms/{}", self.word)
    }

    /// The path of the studio.
    pub fn studio_path(&self) -> String {
        format!("/rooms/{}/studio", self.word)
    }

    /// Whether it is on air.
    pub fn is_live(&self) -> bool {
        self.state == RoomState::Live
    }

    /// Whether it is over.
    pub fn is_over(&self) -> bool {
        self.state == RoomState::Ended
    }
}

/// The page on which one listens, writes and asks to speak.
#[derive(Debug, Clone, askama::Template)]
#[template(path = "listen/room.html")]
pub struct RoomPage {
    /// What every page knows.
    pub page: Page,
    /// The room.
    pub room: RoomFace,
    /// The calendar of the show, where the room stands in it.
    pub calendar: Option<String>,
    /// Where a viewer who works on the show finds the episode that came of it and is not out yet.
    pub draft: Option<String>,
    /// Whether the episode is being made at this moment.
    pub coming: bool,
    /// Whether the viewer has a place in the studio.
    pub studio: bool,
}

/// The studio of hosts, speakers and producers.
#[derive(Debug, Clone, askama::Template)]
#[template(path = "studio/room.html")]
pub struct StudioPage {
    /// What every page knows.
    pub page: Page,
    /// The room.
    pub room: RoomFace,
    /// Whether the viewer works on the show and may make invitations.
    pub member: bool,
}
