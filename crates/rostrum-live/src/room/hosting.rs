//! Who hosts. There is at most one host. Whoever held the room when leaving it, or brings a host's grant, takes it back
//! from an acting host; a second host's grant makes a co-host. A room without a host is run by its earliest co-host
//! who is there, as acting host; a broken connection alone does not move the room, its place is kept first.

use rostrum_domain::room::{RoomState, StageRole};

use super::Room;
use super::state::Presence;
use crate::event::{Event, Who};
use crate::grant::Claims;
use crate::refusal::Refusal;

impl Room {
    /// The role somebody has on joining, and whether the room is handed over to them right after.
    pub(super) fn role_on_joining(&self, claims: &Claims) -> (StageRole, bool) {
        let who = claims.participant;
        let known = self.state.people.get(&who);
        let wanted = known.map_or(claims.role, |person| person.role);
        let owner = self.state.away == Some(who) || (known.is_none() && claims.role == StageRole::Host);
        match self.state.host() {
            Some(host) if host == who => (StageRole::Host, false),
            Some(_) if owner && self.state.acting => (StageRole::CoHost, true),
            Some(_) => (wanted.min(StageRole::CoHost), false),
            None if owner => (StageRole::Host, false),
            None => (wanted.min(StageRole::CoHost), false),
        }
    }

    /// Hands the room to somebody who is there; whoever asks is a co-host afterwards.
    pub(super) fn hand_over(&mut self, to: Who) -> Result<(), Refusal> {
        let person = self.state.present(to).filter(|person| person.presence == Presence::Here);
        let person = person.ok_or(Refusal::NobodySuch)?;
        if person.role == StageRole::Host && !self.state.acting {
            return Ok(());
        }
        if !person.role.speaks() && !self.state.has_seat(true) {
            return Err(Refusal::StageFull);
        }
        self.record(Event::HandedOver { to, acting: false });
        self.mind_place(to);
        Ok(())
    }

    /// Makes the earliest co-host who is there the acting host, when there is no host.
    pub(super) fn appoint(&mut self) {
        if self.state.stage == RoomState::Ended || self.state.host().is_some() {
            return;
        }
        let fit = |(who, person): &(Who, &super::Person)| {
            person.role == StageRole::CoHost && person.presence == Presence::Here && self.links.peer(*who).is_some()
        };
        if let Some((to, _)) = self.state.in_order().into_iter().find(fit) {
            self.record(Event::HandedOver { to, acting: true });
        }
    }
}
