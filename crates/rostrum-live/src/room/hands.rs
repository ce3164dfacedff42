//! Hands: a queue in the order in which they went up, one each, and the way on the stage and off it.

use rostrum_domain::room::StageRole;

use super::Room;
use super::output::Output;
use super::state::HANDS_MAX;
use crate::event::{Event, Who};
use crate::message::StageMessage;
use crate::refusal::Refusal;

impl Room {
    pub(super) fn raise_hand(&mut self, who: Who) -> Result<(), Refusal> {
        if self.state.hands.contains(&who) {
            return Ok(());
        }
        if self.state.present(who).ok_or(Refusal::NotHere)?.role.on_stage() {
            return Err(Refusal::AlreadyOnStage);
        }
        if !self.state.house.hands {
            return Err(Refusal::HandsClosed);
        }
        if self.state.hands.len() >= HANDS_MAX {
            return Err(Refusal::HandsFull);
        }
        self.record(Event::Hand { who, up: true });
        Ok(())
    }

    pub(super) fn lower_hand(&mut self, who: Who) {
        if self.state.hands.contains(&who) {
            self.record(Event::Hand { who, up: false });
        }
    }

    /// Gives a seat to somebody whose hand is up; a place without a connection is kept for a while.
    pub(super) fn accept_hand(&mut self, who: Who) -> Result<(), Refusal> {
        if !self.state.hands.contains(&who) {
            return Err(Refusal::NoHand);
        }
        self.give_role(who, StageRole::Speaker)
    }

    pub(super) fn decline_hand(&mut self, who: Who) -> Result<(), Refusal> {
        if !self.state.hands.contains(&who) {
            return Err(Refusal::NoHand);
        }
        self.record(Event::Hand { who, up: false });
        let to: Vec<_> = self.links.ready(who).into_iter().collect();
        if !to.is_empty() {
            self.out.push_back(Output::Tell { to, message: StageMessage::HandDeclined });
        }
        Ok(())
    }

    /// Leaves the seat and stays in the room.
    pub(super) fn step_down(&mut self, who: Who) -> Result<(), Refusal> {
        match self.state.present(who).ok_or(Refusal::NotHere)?.role {
            StageRole::Listener => Err(Refusal::NotOnStage),
            StageRole::Host => Err(Refusal::HostStays),
            StageRole::Speaker | StageRole::Producer | StageRole::CoHost => self.give_role(who, StageRole::Listener),
        }
    }

    /// Gives a role that is not the host's, and a seat where the role takes one.
    pub(super) fn give_role(&mut self, who: Who, role: StageRole) -> Result<(), Refusal> {
        let held = self.state.present(who).ok_or(Refusal::NobodySuch)?.role;
        if held == StageRole::Host {
            return Err(Refusal::HostStays);
        }
        if held == role {
            return Ok(());
        }
        if role.speaks() && !held.speaks() && !self.state.has_seat(false) {
            return Err(Refusal::StageFull);
        }
        self.record(Event::Role { who, role });
        self.mind_place(who);
        Ok(())
    }
}
