//! The room: people come and go, ask, speak; the room decides. `handle(now, input)` and `packet(now, …)` go in,
//! `poll()` comes out until it says when to wake. Time is an argument in monotonic microseconds; one that runs back is
//! held. Nothing here knows a socket, a file or a codec.

mod apply;
mod beat;
mod chat;
mod clock;
mod control;
mod hands;
mod hosting;
mod input;
#[cfg(test)]
mod laws;
mod lines;
mod meter;
mod output;
mod pace;
mod people;
mod rules;
mod settle;
mod show;
mod state;
#[cfg(test)]
mod tests;
mod tracks;

use std::collections::{BTreeMap, VecDeque};

use rostrum_domain::Id;
use rostrum_domain::room::{self, RoomFacts, RoomState};

pub use self::input::{Command, Control, Input, PeerId, Said, TrackSpec};
pub use self::output::{Output, ProgramOp, Verdict};
pub use self::state::{
    BARRED_MAX, Barred, HANDS_MAX, House, INVITES_MAX, MARKERS_MAX, PEOPLE_MAX, Person, Presence, SOUND_SLOTS, State,
    TAIL_MAX,
};

use self::beat::Beat;
use self::chat::Chatter;
use self::clock::ProgramClock;
use self::control::Asking;
use self::lines::Lines;
use self::people::Links;
use crate::audience::{AudienceEvent, Heard};
use crate::event::{Entry, Event, Who};
use crate::refusal::Refusal;
use crate::snapshot::Snapshot;

/// How long a place is kept for somebody whose connection broke, in microseconds.
pub const GRACE_US: u64 = 60_000_000;
/// When a room in which nothing is due looks again, in microseconds.
const IDLE_US: u64 = 60_000_000;

/// A room to be opened.
#[derive(Debug, Clone)]
pub struct Setup {
    /// Names the room.
    pub id: Id<room::Room>,
    /// What its host set beforehand.
    pub facts: RoomFacts,
    /// The epoch of this start of the stage.
    pub epoch: u32,
}

/// A room to be taken up again after a restart of the stage.
#[derive(Debug, Clone)]
pub struct Resume {
    /// The snapshot that opened the last segment of the journal.
    pub snapshot: Snapshot,
    /// The entries that followed it, in order.
    pub entries: Vec<Entry>,
    /// The new epoch, higher than any before.
    pub epoch: u32,
    /// Program time at this moment in samples, when the room is live.
    pub program_at: u64,
}

/// A live room as a value.
#[derive(Debug)]
pub struct Room {
    state: State,
    now_us: u64,
    clock: ProgramClock,
    links: Links,
    graces: BTreeMap<Who, u64>,
    lines: Lines,
    chatter: Chatter,
    asking: Asking,
    beat: Beat,
    /// What encoders said last that they play.
    plays: BTreeMap<Who, String>,
    /// Whether the disk takes what is said.
    recording: bool,
    /// Whether the stage is to be looked at again.
    stirred: bool,
    /// The stage that the audience was shown last.
    shown: Vec<Heard>,
    out: VecDeque<Output>,
}

impl Room {
    /// Opens a room: it is in the green room from now on.
    pub fn open(setup: &Setup, now_us: u64) -> Self {
        let mut room = Self::around(State::new(setup.id, &setup.facts, setup.epoch), now_us);
        room.record(Event::State { state: RoomState::GreenRoom });
        room.settle();
        room
    }

    /// Takes a room up again: its state is the snapshot's and what followed; everybody's place is kept for a minute.
    pub fn restore(resume: Resume, now_us: u64) -> Self {
        let mut state = resume.snapshot.into_state();
        resume.entries.iter().for_each(|entry| state.apply(entry));
        let mut room = Self::around(state, now_us);
        match room.state.stage {
            RoomState::Ended => return room,
            RoomState::Live => room.clock.start(now_us, resume.program_at.max(room.state.program_at)),
            RoomState::Scheduled | RoomState::GreenRoom => {}
        }
        room.record(Event::Restored { epoch: resume.epoch });
        let waiting: Vec<Who> = room.state.in_order().into_iter().map(|(who, _)| who).collect();
        waiting.into_iter().for_each(|who| room.keep_place(who));
        room.settle();
        room
    }

    fn around(state: State, now_us: u64) -> Self {
        Self {
            state,
            now_us,
            clock: ProgramClock::default(),
            links: Links::default(),
            graces: BTreeMap::new(),
            lines: Lines::default(),
            chatter: Chatter::new(),
            asking: Asking::new(),
            beat: Beat::default(),
            plays: BTreeMap::new(),
            recording: true,
            stirred: true,
            shown: Vec::new(),
            out: VecDeque::new(),
        }
    }

    /// Takes an input in at `now_us`; a refused one changes nothing. Drain [`Room::poll`] afterwards in either case.
    pub fn handle(&mut self, now_us: u64, input: Input) -> Result<(), Refusal> {
        self.advance(now_us);
        let answer = match input {
            Input::Control(control) => self.control(&control),
            _ if self.state.stage == RoomState::Ended => after_the_end(&input),
            input => self.take(input),
        };
        self.settle();
        answer
    }

    /// What is to be done next; [`Output::Wake`] when there is nothing more for now.
    pub fn poll(&mut self) -> Output {
        self.out.pop_front().unwrap_or_else(|| Output::Wake(self.wake_us()))
    }

    /// When [`Input::Tick`] is due; a packet may bring it nearer.
    pub fn wake_us(&self) -> u64 {
        let due = self.graces.values().copied().chain(self.beat.next_us()).min();
        due.unwrap_or(self.now_us.saturating_add(IDLE_US)).max(self.now_us)
    }

    /// The durable state.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// What a new segment of the journal opens with: the state as of every entry put out so far.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot::new(self.state.clone()).at(self.clock.started())
    }

    /// Program time in samples at `now_us`; 0 before the room is live, and still once it has ended.
    pub fn program_at(&self, now_us: u64) -> u64 {
        self.clock.at(now_us.max(self.now_us)).unwrap_or(self.state.program_at)
    }

    fn take(&mut self, input: Input) -> Result<(), Refusal> {
        match input {
            Input::Join { claims, peer } => return self.join(&claims, peer),
            Input::Ready { peer } => self.ready(peer),
            Input::Lost { peer } => self.lost(peer),
            Input::Left { who } => self.left(who),
            Input::TrackClosed { track } => self.close_track(track),
            Input::Chat(said) => return self.chat(&said),
            Input::Cue(cue) => return self.cue(&cue),
            Input::Reaction { reaction, count } => self.beat.react(self.now_us, reaction, count),
            Input::Occupancy { listeners } => self.beat.occupy(self.now_us, listeners),
            Input::Durable { at, tracks } => self.beat.mark(self.now_us, at, tracks),
            Input::Playing { who, title } => self.playing(who, &title),
            Input::Recording { works } => self.recording(works),
            Input::Gap { track, packets } => self.record(Event::Gap { track, packets }),
            Input::Discontinuity { track } => self.record(Event::Discontinuity { track }),
            Input::Control(_) | Input::Tick => {}
        }
        Ok(())
    }

    /// Moves time on and does what has come due.
    fn advance(&mut self, now_us: u64) {
        self.now_us = self.now_us.max(now_us);
        self.expire_places();
        if self.beat.is_due(self.now_us) {
            self.beat();
        }
    }

    /// Writes down what happened: into the state, the journal, and before the audience's eyes.
    fn record(&mut self, event: Event) {
        let at = self.program_at(self.now_us);
        let (by, request) = self.asking.sign();
        let entry = Entry { no: self.state.entries + 1, at, by, request, event };
        self.state.apply(&entry);
        self.stirred = true;
        let seen = AudienceEvent::of(&entry.event);
        let state = if let Event::State { state } = entry.event { Some(state) } else { None };
        self.out.push_back(Output::Journal(entry));
        self.out.extend(seen.map(|event| Output::Audience { at, event }));
        self.out.extend(state.map(Output::StateChanged));
    }
}

/// What an ended room says: what only reports is taken in silence, the rest is refused.
fn after_the_end(input: &Input) -> Result<(), Refusal> {
    match input {
        Input::Join { .. } | Input::Chat(_) | Input::Cue(_) => Err(Refusal::Ended),
        _ => Ok(()),
    }
}
