//! Live rooms in the studio: the list, a new one, and one room with its settings, its state and its invitations.

use rostrum_domain::room::{Badge, RoomState, StageRole};

use crate::views::{Form, Page, Pager, When, filters};

/// The list of rooms.
#[derive(Debug, Clone, askama::Template)]
#[template(path = "admin/rooms.html")]
pub struct Rooms {
    /// What every page knows.
    pub page: Page,
    /// On air, about to be, planned by time, then over.
    pub rooms: Vec<RoomLine>,
    /// Whether the viewer may plan one.
    pub may_plan: bool,
    /// Where in the list this is.
    pub pager: Pager,
}

/// A room in the list.
#[derive(Debug, Clone)]
pub struct RoomLine {
    /// Its page in the studio.
    pub path: String,
    /// Its title.
    pub title: String,
    /// The show's title.
    pub show: String,
    /// Where it stands.
    pub state: RoomState,
    /// When it began or is planned to.
    pub at: Option<When>,
    /// Most listeners at one time; none before it was live.
    pub peak: Option<i64>,
}

impl RoomLine {
    /// The message that says the state.
    pub fn state_words(&self) -> &'static str {
        state_words(self.state)
    }
}

/// The message that says a room's state.
pub fn state_words(state: RoomState) -> &'static str {
    match state {
        RoomState::Scheduled => "live-scheduled",
        RoomState::GreenRoom => "live-green-room",
        RoomState::Live => "live-on-air",
        RoomState::Ended => "live-ended",
    }
}

/// The message that names a role.
fn role_words(role: StageRole) -> &'static str {
    match role {
        StageRole::Listener => "roomsay-listener",
        StageRole::Speaker => "roomsay-speaker",
        StageRole::Producer => "roomsay-producer",
        StageRole::CoHost => "roomsay-co-host",
        StageRole::Host => "roomsay-host",
    }
}

/// A new room; fields `show` and those of `RoomFacts`, `starts_at` as a date-time field sends it.
#[derive(Debug, Clone, askama::Template)]
#[template(path = "admin/room_new.html")]
pub struct NewRoom {
    /// What every page knows.
    pub page: Page,
    /// What was filled in.
    pub form: Form,
    /// The shows the viewer may choose: slug and title.
    pub shows: Vec<(String, String)>,
}

/// One room: fields of `RoomFacts`, `slug` and `version`.
#[derive(Debug, Clone, askama::Template)]
#[template(path = "admin/room.html")]
pub struct EditRoom {
    /// What every page knows.
    pub page: Page,
    /// Its page in the studio, below which its steps lie.
    pub path: String,
    /// Its page for listeners.
    pub public_path: String,
    /// Its studio.
    pub studio_path: String,
    /// Its title.
    pub title: String,
    /// The show's title.
    pub show: String,
    /// Where it stands.
    pub state: RoomState,
    /// The settings.
    pub form: Form,
    /// Where the episode that came of it is edited.
    pub episode_path: Option<String>,
    /// What was written, the newest first.
    pub lines: Vec<WrittenLine>,
    /// Where older lines are.
    pub older: Option<String>,
    /// The invitations, the newest first.
    pub invites: Vec<InviteLine>,
    /// The form of a new invitation: `role`, `label`, `once`, `hours`.
    pub invite_form: Form,
    /// The link of an invitation that was just made; shown once.
    pub fresh: Option<String>,
    /// Whether the viewer may change it.
    pub may_edit: bool,
}

impl EditRoom {
    /// The message that says the state.
    pub fn state_words(&self) -> &'static str {
        state_words(self.state)
    }

    /// Whether people are in it.
    pub fn open(&self) -> bool {
        matches!(self.state, RoomState::GreenRoom | RoomState::Live)
    }
}

/// A line of the chat.
#[derive(Debug, Clone)]
pub struct WrittenLine {
    /// Its id.
    pub id: String,
    /// When on the room's clock, in milliseconds.
    pub at_ms: i64,
    /// The writer's name.
    pub name: String,
    /// How the name stands.
    pub badge: Badge,
    /// The words.
    pub text: String,
}

impl WrittenLine {
    /// The message that says how the name stands.
    pub fn badge_words(&self) -> &'static str {
        match self.badge {
            Badge::Host => "room-badge-host",
            Badge::Speaker => "room-badge-speaker",
            Badge::SignedIn => "room-badge-signed-in",
            Badge::Guest => "room-badge-guest",
        }
    }
}

/// An invitation in the list.
#[derive(Debug, Clone)]
pub struct InviteLine {
    /// Its id.
    pub id: String,
    /// For whom it is; empty for nobody in particular.
    pub label: String,
    /// The role it gives.
    pub role: StageRole,
    /// Whether it is for one person.
    pub once: bool,
    /// How often it was used.
    pub uses: i64,
    /// When it ends.
    pub expires: When,
    /// Whether it opens anything now.
    pub good: bool,
}

impl InviteLine {
    /// The message that names its role.
    pub fn role_words(&self) -> &'static str {
        role_words(self.role)
    }
}
