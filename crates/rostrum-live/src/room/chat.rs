//! The chat and the captions: what has passed moderation is held to the room's own rules and written down.

use std::collections::BTreeMap;

use rostrum_domain::Id;
use rostrum_domain::room::{Badge, CHAT_MAX, ChatLine, ChatRule, RoomState, SLOW_MODE_MAX_S};

use super::input::Said;
use super::pace::{Paces, Rate};
use super::{Person, Room};
use crate::event::{Cue, Event, Line, Who};
use crate::names;
use crate::refusal::Refusal;

/// Lines that one person may write.
const RATE: Rate = Rate { burst: 5, per_s: 1 };
/// Lines that a room takes in all.
const ROOM_RATE: Rate = Rate { burst: 100, per_s: 30 };
/// Longest cue, in characters.
const CUE_MAX: usize = 1_000;

/// How often people write.
#[derive(Debug)]
pub(super) struct Chatter {
    people: Paces<Who>,
    room: Paces<()>,
    /// When each wrote last; what slow mode no longer asks for is forgotten.
    last_us: BTreeMap<Who, u64>,
}

impl Chatter {
    pub(super) const fn new() -> Self {
        Self { people: Paces::new(RATE), room: Paces::new(ROOM_RATE), last_us: BTreeMap::new() }
    }

    fn wait_s(&self, who: Who, now_us: u64, slow_s: u16) -> Option<u32> {
        let next_us = self.last_us.get(&who)?.saturating_add(u64::from(slow_s) * 1_000_000);
        let wait_s = next_us.saturating_sub(now_us).div_ceil(1_000_000);
        u32::try_from(wait_s).ok().filter(|wait_s| *wait_s > 0)
    }

    fn wrote(&mut self, who: Who, now_us: u64) {
        let forgotten = u64::from(SLOW_MODE_MAX_S) * 1_000_000;
        if self.last_us.len() >= 4_096 {
            self.last_us.retain(|_, at| now_us.saturating_sub(*at) < forgotten);
        }
        if self.last_us.len() < 65_536 {
            self.last_us.insert(who, now_us);
        }
    }
}

impl Room {
    pub(super) fn chat(&mut self, said: &Said) -> Result<(), Refusal> {
        // The time in the id of a line that is sent again may be another; its chance is not.
        if self.state.tail.iter().any(|line| line.who == said.who && line.id.bits() << 48 == said.id.bits() << 48) {
            return Ok(());
        }
        self.may_write(said)?;
        let text = said.text.trim();
        if text.is_empty() || text.chars().count() > CHAT_MAX || !is_plain(text) {
            return Err(Refusal::BadLine);
        }
        let text = text.to_owned();
        let (name, badge) = self.writer(said)?;
        self.paced(said)?;
        let Said { id, who, user, .. } = *said;
        self.record(Event::Chat(Line { id, who, user, name, badge, text }));
        Ok(())
    }

    fn may_write(&self, said: &Said) -> Result<(), Refusal> {
        let barred = &self.state.barred;
        if barred.people.contains(&said.who) {
            return Err(Refusal::Removed);
        }
        if said.user.is_some_and(|user| barred.users.contains(&user)) {
            return Err(Refusal::Banned);
        }
        let on_stage = self.state.present(said.who).is_some_and(|person| person.role.on_stage());
        match self.state.house.chat {
            ChatRule::Off => Err(Refusal::ChatOff),
            ChatRule::Stage if !on_stage => Err(Refusal::ChatStage),
            ChatRule::SignedIn if !on_stage && said.user.is_none() => Err(Refusal::ChatSignedIn),
            ChatRule::Stage | ChatRule::SignedIn | ChatRule::Everyone => Ok(()),
        }
    }

    /// The name and badge under which a line stands.
    fn writer(&self, said: &Said) -> Result<(String, Badge), Refusal> {
        let person = self.state.present(said.who);
        if let Some(person) = person.filter(|person| person.role.on_stage()) {
            return Ok((person.name.clone(), person.badge()));
        }
        let name = person.map_or_else(|| names::clean(&said.name), |person| Ok(person.name.clone()))?;
        if said.user.is_none() && self.is_taken(&name, said.who) {
            return Err(Refusal::NameTaken);
        }
        let badge = if said.user.is_some() { Badge::SignedIn } else { Badge::Guest };
        Ok((name, person.map_or(badge, Person::badge)))
    }

    fn paced(&mut self, said: &Said) -> Result<(), Refusal> {
        let (who, now_us) = (said.who, self.now_us);
        let moderates = self.state.present(who).is_some_and(|person| person.role.moderates());
        if !moderates && let Some(wait_s) = self.chatter.wait_s(who, now_us, self.state.slow_mode_s) {
            return Err(Refusal::SlowMode { wait_s });
        }
        if !self.chatter.people.take(who, now_us) || !self.chatter.room.take((), now_us) {
            return Err(Refusal::TooFast);
        }
        self.chatter.wrote(who, now_us);
        Ok(())
    }

    pub(super) fn pin(&mut self, line: Option<Id<ChatLine>>) -> Result<(), Refusal> {
        if line.is_some_and(|line| !self.state.tail.iter().any(|kept| kept.id == line)) {
            return Err(Refusal::NoLine);
        }
        if self.state.pinned.as_ref().map(|pinned| pinned.id) != line {
            self.record(Event::ChatPinned { line });
        }
        Ok(())
    }

    pub(super) fn cue(&mut self, cue: &Cue) -> Result<(), Refusal> {
        if self.state.stage != RoomState::Live {
            return Err(Refusal::NotLive);
        }
        let text = cue.text.trim();
        if text.is_empty() || text.chars().count() > CUE_MAX || !is_plain(text) || cue.to <= cue.from {
            return Err(Refusal::BadCue);
        }
        self.record(Event::Cue(Cue { text: text.to_owned(), ..*cue }));
        Ok(())
    }
}

fn is_plain(text: &str) -> bool {
    text.chars().all(|c| !c.is_control() || c == '\n')
}
