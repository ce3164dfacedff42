//! The durable state of a room: what its entries have made of it, and nothing else. No time, no connection, no chance;
//! the same entries give the same state.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use rostrum_domain::Id;
use rostrum_domain::room::{self, Badge, ChatRule, Invite, RoomFacts, RoomState, SEATS_MAX, StageRole};
use rostrum_domain::user::User;
use serde::{Deserialize, Serialize};

use crate::event::{Line, Marker, Source, Track, TrackNo, Who};

/// Lines of chat that a room remembers.
pub const TAIL_MAX: usize = 200;
/// Markers that a room keeps.
pub const MARKERS_MAX: usize = 1_000;
/// Hands that wait at one time.
pub const HANDS_MAX: usize = 200;
/// People in the room at one time; the audience is not among them.
pub const PEOPLE_MAX: usize = 1_000;
/// People remembered after they left, because the room decided something about them.
pub(super) const GONE_MAX: usize = 500;
/// People, accounts and invitations that a room keeps out.
pub const BARRED_MAX: usize = 5_000;
/// Once-invitations whose use a room remembers.
pub const INVITES_MAX: usize = 20_000;
/// Requests remembered over a restart.
pub(super) const DONE_MAX: usize = 256;
/// Receive slots beyond one a seat, for sounds played in.
pub const SOUND_SLOTS: u8 = 4;

/// Whether somebody is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// In the room.
    Here,
    /// Not connected at the moment; the place is kept.
    Lost,
    /// Left; remembered for what was decided about them.
    Gone,
}

/// Somebody in the room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The name shown.
    pub name: String,
    /// The account.
    pub user: Option<Id<User>>,
    /// The once-invitation used.
    pub invite: Option<Id<Invite>>,
    /// The role that the grant names.
    pub granted: StageRole,
    /// The role held.
    pub role: StageRole,
    /// Counts joiners, so that the earliest is known.
    pub order: u32,
    /// Whether there.
    pub presence: Presence,
    /// Closed by its owner.
    pub muted: bool,
    /// Kept closed by a moderator.
    pub held: bool,
    /// Whether recording was agreed to.
    pub consent: bool,
}

impl Person {
    /// Whether in the room, connected or with a place kept.
    pub fn present(&self) -> bool {
        self.presence != Presence::Gone
    }

    /// Whether holding a seat.
    pub fn seated(&self) -> bool {
        self.present() && self.role.speaks()
    }

    /// Whether nothing may be heard of them.
    pub fn silent(&self) -> bool {
        self.muted || self.held
    }

    /// How the name stands.
    pub fn badge(&self) -> Badge {
        match self.role {
            StageRole::Host | StageRole::CoHost => Badge::Host,
            StageRole::Producer | StageRole::Speaker => Badge::Speaker,
            StageRole::Listener if self.user.is_some() => Badge::SignedIn,
            StageRole::Listener => Badge::Guest,
        }
    }
}

/// What of a room's facts the stage goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct House {
    /// How many may speak at once.
    pub seats: u8,
    /// Who may write.
    pub chat: ChatRule,
    /// Whether listeners may ask to speak.
    pub hands: bool,
    /// Seconds by which the audience hears later.
    pub delay_s: u8,
    /// Whether the audience sees how many listen.
    pub shows_count: bool,
}

impl From<&RoomFacts> for House {
    fn from(facts: &RoomFacts) -> Self {
        Self {
            seats: facts.seats.clamp(1, SEATS_MAX),
            chat: facts.chat,
            hands: facts.hands,
            delay_s: facts.delay_s,
            shows_count: facts.shows_count,
        }
    }
}

/// Who is kept out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Barred {
    /// People, by their grants.
    pub people: BTreeSet<Who>,
    /// Accounts.
    pub users: BTreeSet<Id<User>>,
    /// Once-invitations.
    pub invites: BTreeSet<Id<Invite>>,
}

/// The durable state of a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// Names the room.
    pub room: Id<room::Room>,
    /// Rises with every restart of the stage.
    pub epoch: u32,
    /// Where the room stands.
    pub stage: RoomState,
    /// What its host set beforehand.
    pub house: House,
    /// Everybody in it, and some who were.
    pub people: BTreeMap<Who, Person>,
    /// Joiners so far.
    pub joined: u32,
    /// Whether the present host is one only until a host comes back.
    pub acting: bool,
    /// The host who left the room to others and takes it back on return.
    pub away: Option<Who>,
    /// Raised hands; the first is next.
    pub hands: Vec<Who>,
    /// Who is kept out.
    pub barred: Barred,
    /// Once-invitations and who used them.
    pub invites: BTreeMap<Id<Invite>, Who>,
    /// Whether only moderators come in.
    pub locked: bool,
    /// Seconds between two lines of one person.
    pub slow_mode_s: u16,
    /// Open tracks.
    pub tracks: Vec<Track>,
    /// The number that the next track gets.
    pub next_track: u32,
    /// The last lines of chat, the oldest first.
    pub tail: VecDeque<Line>,
    /// The line that stays on top.
    pub pinned: Option<Line>,
    /// Markers in the order they were set.
    pub markers: Vec<Marker>,
    /// Entries so far.
    pub entries: u64,
    /// Furthest program time of an entry, in samples.
    pub program_at: u64,
    /// Requests done lately: who asked, and the request's id.
    pub done: VecDeque<(Option<Who>, String)>,
}

impl State {
    /// A room that nobody has entered yet.
    pub fn new(room: Id<room::Room>, facts: &RoomFacts, epoch: u32) -> Self {
        Self {
            room,
            epoch,
            stage: RoomState::Scheduled,
            house: House::from(facts),
            people: BTreeMap::new(),
            joined: 0,
            acting: false,
            away: None,
            hands: Vec::new(),
            barred: Barred::default(),
            invites: BTreeMap::new(),
            locked: false,
            slow_mode_s: facts.slow_mode_s,
            tracks: Vec::new(),
            next_track: 1,
            tail: VecDeque::new(),
            pinned: None,
            markers: Vec::new(),
            entries: 0,
            program_at: 0,
            done: VecDeque::new(),
        }
    }

    /// Somebody in the room, connected or with a place kept.
    pub fn present(&self, who: Who) -> Option<&Person> {
        self.people.get(&who).filter(|person| person.present())
    }

    /// The host, if there is one.
    pub fn host(&self) -> Option<Who> {
        let host = self.people.iter().find(|(_, person)| person.present() && person.role == StageRole::Host);
        host.map(|(who, _)| *who)
    }

    /// Seats that are taken.
    pub fn seated(&self) -> usize {
        self.people.values().filter(|person| person.seated()).count()
    }

    /// Whether a seat is free; the last one is kept for the host while no host, or an acting one, is there.
    pub fn has_seat(&self, host: bool) -> bool {
        let kept = usize::from(!host && (self.acting || self.host().is_none()));
        self.seated() + kept < usize::from(self.house.seats)
    }

    /// People in the order in which they came.
    pub fn in_order(&self) -> Vec<(Who, &Person)> {
        let mut people: Vec<_> = self.people.iter().filter(|(_, person)| person.present()).collect();
        people.sort_by_key(|(_, person)| person.order);
        people.into_iter().map(|(who, person)| (*who, person)).collect()
    }

    /// The open track of that number.
    pub fn track(&self, track: TrackNo) -> Option<&Track> {
        self.tracks.iter().find(|open| open.track == track)
    }

    /// The lowest receive slot that carries nothing; none when all do.
    pub fn free_slot(&self) -> Option<u8> {
        let taken: BTreeSet<u8> = self.tracks.iter().filter_map(|track| track.slot).collect();
        (0..self.slots()).find(|slot| !taken.contains(slot))
    }

    /// How many receive slots each connection needs.
    pub fn slots(&self) -> u8 {
        self.house.seats + SOUND_SLOTS
    }

    /// Whether this role may send that.
    pub(super) fn may_send(role: StageRole, source: Source) -> bool {
        match source {
            Source::Voice | Source::Video => role.speaks(),
            Source::Sound => role.on_stage(),
        }
    }
}
