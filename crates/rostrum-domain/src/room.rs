//! A room: one live event of a show, what its host says of it, and the roles people have in it.

use crate::episode::Episode;
use crate::show::Show;
use crate::time::Timestamp;
use crate::{Id, Problems, Slug};

/// Most people a stage seats.
pub const SEATS_MAX: u8 = 20;
/// Longest program delay, in seconds.
pub const DELAY_MAX_S: u8 = 30;
/// Shortest program delay that is one, in seconds.
pub const DELAY_MIN_S: u8 = 5;
/// Longest name a participant shows, in characters.
pub const NAME_MAX: usize = 40;
/// Longest line of chat, in characters.
pub const CHAT_MAX: usize = 500;
/// Longest title of a room or a marker, in characters.
pub const TITLE_MAX: usize = 200;
/// Longest description of a room, in characters.
pub const DESCRIPTION_MAX: usize = 10_000;
/// Longest wait between two lines of one person in slow mode, in seconds.
pub const SLOW_MODE_MAX_S: u16 = 600;

/// Somebody, or something, that takes part in a room; only ids carry this type.
#[derive(Debug)]
pub struct Participant;

/// A line of chat; only ids carry this type.
#[derive(Debug)]
pub struct ChatLine;

/// An invitation that may be used once; only ids carry this type.
#[derive(Debug)]
pub struct Invite;

macro_rules! words {
    ($type:ty, $field:literal, $($variant:ident => $word:literal),+ $(,)?) => {
        impl $type {
            /// The word of the database, the API and the logs.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }
        impl std::str::FromStr for $type {
            type Err = Problems;
            fn from_str(text: &str) -> Result<Self, Problems> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(Problems::one($field, format!("“{text}” is none of: {}.", [$($word),+].join(", ")))),
                }
            }
        }
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

/// Where a room stands in its one life; it never goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoomState {
    /// Announced; nobody is in it yet.
    Scheduled,
    /// Those on the stage hear each other; nothing goes out, nothing is recorded.
    GreenRoom,
    /// On air and recorded.
    Live,
    /// Over; an episode comes of it.
    Ended,
}
words!(RoomState, "state", Scheduled => "scheduled", GreenRoom => "green_room", Live => "live", Ended => "ended");

/// What somebody may do in a room; later ones may do all that earlier ones may, but for the producer, who is never
/// heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StageRole {
    /// Hears the program, chats, raises a hand.
    Listener,
    /// Has a seat and is heard.
    Speaker,
    /// Works the studio unheard: hands, chat, markers, sounds.
    Producer,
    /// Does what the host does, except ending the room and handing it over.
    CoHost,
    /// Runs the room; there is at most one at a time.
    Host,
}
words!(
    StageRole, "role",
    Listener => "listener", Speaker => "speaker", Producer => "producer", CoHost => "co_host", Host => "host",
);

impl StageRole {
    /// Whether this role takes a seat and is heard.
    pub const fn speaks(self) -> bool {
        matches!(self, Self::Speaker | Self::CoHost | Self::Host)
    }

    /// Whether this role hears the stage itself rather than the program.
    pub const fn on_stage(self) -> bool {
        !matches!(self, Self::Listener)
    }

    /// Whether this role mutes, removes, accepts hands and moderates the chat.
    pub const fn moderates(self) -> bool {
        matches!(self, Self::Producer | Self::CoHost | Self::Host)
    }
}

/// Who finds the room and may listen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// On the home page, in the feed and in the calendar.
    #[default]
    Public,
    /// Whoever has the address.
    Unlisted,
    /// Whoever holds a grant.
    Private,
}
words!(Audience, "audience", Public => "public", Unlisted => "unlisted", Private => "private");

/// What becomes of the recording when the room ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnEnd {
    /// The episode is published in the same transaction.
    #[default]
    Publish,
    /// The episode waits as a draft.
    Draft,
}
words!(OnEnd, "on_end", Publish => "publish", Draft => "draft");

/// Who may write in the chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChatRule {
    /// Signed-in people, and guests who give a name.
    #[default]
    Everyone,
    /// Signed-in people.
    SignedIn,
    /// Those on the stage.
    Stage,
    /// Nobody.
    Off,
}
words!(ChatRule, "chat", Everyone => "everyone", SignedIn => "signed_in", Stage => "stage", Off => "off");

/// How a name is shown to stand: told by the server, never by the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Badge {
    /// The host or a co-host.
    Host,
    /// Somebody else on the stage.
    Speaker,
    /// Somebody with an account.
    SignedIn,
    /// Anybody else.
    Guest,
}
words!(Badge, "badge", Host => "host", Speaker => "speaker", SignedIn => "signed_in", Guest => "guest");

/// What a host says of a room; the shape of the API and of the stored row.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RoomFacts {
    /// What it is called; the episode's title to begin with.
    pub title: String,
    /// What it is about, in Markdown; the episode's notes to begin with.
    pub description: String,
    /// When it is to go live; none for “whenever the host says so”.
    pub starts_at: Option<Timestamp>,
    /// Who finds it and may listen.
    pub audience: Audience,
    /// How many may speak at once, 1 to [`SEATS_MAX`].
    pub seats: u8,
    /// What becomes of the recording.
    pub on_end: OnEnd,
    /// Seconds by which the program is held back; 0, or [`DELAY_MIN_S`] to [`DELAY_MAX_S`].
    pub delay_s: u8,
    /// Who may write.
    pub chat: ChatRule,
    /// Seconds between two lines of one person; 0 for no slow mode.
    pub slow_mode_s: u16,
    /// Whether listeners may ask to speak.
    pub hands: bool,
    /// Whether pages show how many listen.
    pub shows_count: bool,
}

impl Default for RoomFacts {
    fn default() -> Self {
        Self {
            title: String::new(),
            description: String::new(),
            starts_at: None,
            audience: Audience::default(),
            seats: 10,
            on_end: OnEnd::default(),
            delay_s: 0,
            chat: ChatRule::default(),
            slow_mode_s: 0,
            hands: true,
            shows_count: true,
        }
    }
}

impl RoomFacts {
    /// Everything that is wrong with them.
    pub fn check(&self) -> Result<(), Problems> {
        let mut problems = Problems::default();
        problems.text("title", &self.title, TITLE_MAX);
        problems.length("description", &self.description, DESCRIPTION_MAX);
        let seated = (1..=SEATS_MAX).contains(&self.seats);
        problems.require(seated, "seats", format!("A stage has 1 to {SEATS_MAX} seats."));
        let delayed = self.delay_s == 0 || (DELAY_MIN_S..=DELAY_MAX_S).contains(&self.delay_s);
        let delay = format!("A delay is {DELAY_MIN_S} to {DELAY_MAX_S} seconds, or 0 for none.");
        problems.require(delayed, "delay_s", delay);
        let slow = self.slow_mode_s <= SLOW_MODE_MAX_S;
        problems.require(slow, "slow_mode_s", format!("Slow mode waits at most {SLOW_MODE_MAX_S} seconds."));
        problems.into_result()
    }
}

/// One live event of a show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// Names the room.
    pub id: Id<Room>,
    /// The show it belongs to.
    pub show_id: Id<Show>,
    /// Its part of the address, unique on the site.
    pub slug: Slug,
    /// What its host says of it.
    pub facts: RoomFacts,
    /// Where it stands.
    pub state: RoomState,
    /// When it went live.
    pub live_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Most listeners at one time.
    pub peak: i64,
    /// What came of it.
    pub episode_id: Option<Id<Episode>>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Counts changes, for the optimistic lock.
    pub version: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_says_all_that_is_wrong_at_once() {
        let facts = RoomFacts { seats: 21, delay_s: 3, slow_mode_s: 601, ..RoomFacts::default() };
        let problems = facts.check().expect_err("four faults");
        let fields: Vec<_> = problems.0.iter().map(|problem| problem.field.as_ref()).collect();
        assert_eq!(fields, ["title", "seats", "delay_s", "slow_mode_s"]);
        assert!(RoomFacts { title: "Friday talk".into(), ..RoomFacts::default() }.check().is_ok());
    }

    #[test]
    fn words_round_trip() {
        for role in [StageRole::Listener, StageRole::Speaker, StageRole::Producer, StageRole::CoHost, StageRole::Host] {
            assert_eq!(role.as_str().parse::<StageRole>(), Ok(role));
            assert_eq!(serde_json::to_value(role).expect("a word"), role.as_str());
        }
        assert!("owner".parse::<StageRole>().is_err());
    }

    #[test]
    fn a_producer_moderates_but_is_never_heard() {
        assert!(StageRole::Producer.moderates() && !StageRole::Producer.speaks());
        assert!(!StageRole::Speaker.moderates() && StageRole::Speaker.speaks());
    }
}
