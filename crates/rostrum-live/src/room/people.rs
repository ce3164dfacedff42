//! Coming and going: who is let in, whose place is kept, who is parted with.

use std::collections::BTreeMap;

use rostrum_domain::room::{RoomState, StageRole};

use super::input::PeerId;
use super::output::Output;
use super::state::{INVITES_MAX, PEOPLE_MAX, Presence};
use super::{GRACE_US, Room};
use crate::event::{Event, Joined, Removal, Who};
use crate::grant::Claims;
use crate::message::{StageMessage, Why};
use crate::names;
use crate::refusal::Refusal;

/// The connections of those in the room, at most one each.
#[derive(Debug, Default)]
pub(super) struct Links(BTreeMap<Who, Link>);

#[derive(Debug, Clone, Copy)]
struct Link {
    peer: PeerId,
    ready: bool,
}

impl Links {
    /// The connection of `who`.
    pub(super) fn peer(&self, who: Who) -> Option<PeerId> {
        self.0.get(&who).map(|link| link.peer)
    }

    /// The connection of `who`, once it carries sound and messages.
    pub(super) fn ready(&self, who: Who) -> Option<PeerId> {
        self.0.get(&who).filter(|link| link.ready).map(|link| link.peer)
    }

    fn owner(&self, peer: PeerId) -> Option<Who> {
        self.0.iter().find(|(_, link)| link.peer == peer).map(|(who, _)| *who)
    }
}

impl Room {
    /// Lets somebody in who brings a good grant, or says why not.
    pub(super) fn join(&mut self, claims: &Claims, peer: Option<PeerId>) -> Result<(), Refusal> {
        self.admits(claims)?;
        let who = claims.participant;
        let (role, takes_over) = self.role_on_joining(claims);
        let seated = self.state.present(who).is_some_and(|person| person.role.speaks());
        let as_host = takes_over || role == StageRole::Host;
        if role.speaks() && !seated && !self.state.has_seat(as_host) {
            return Err(Refusal::StageFull);
        }
        self.relink(who, peer);
        self.record(Event::Join(Joined {
            who,
            name: claims.name.clone(),
            user: claims.user,
            invite: claims.invite,
            granted: claims.role,
            role,
        }));
        if takes_over {
            self.record(Event::HandedOver { to: who, acting: false });
        }
        if claims.consented && !self.state.people[&who].consent {
            self.record(Event::Consent { who, given: true });
        }
        self.mind_place(who);
        Ok(())
    }

    fn admits(&self, claims: &Claims) -> Result<(), Refusal> {
        let (state, who) = (&self.state, claims.participant);
        if claims.room != state.room {
            return Err(Refusal::OtherRoom);
        }
        if state.barred.people.contains(&who) {
            return Err(Refusal::Removed);
        }
        if claims.user.is_some_and(|user| state.barred.users.contains(&user))
            || claims.invite.is_some_and(|invite| state.barred.invites.contains(&invite))
        {
            return Err(Refusal::Banned);
        }
        if claims.invite.is_some_and(|invite| state.invites.get(&invite).is_some_and(|user| *user != who)) {
            return Err(Refusal::InviteUsed);
        }
        if state.present(who).is_some() {
            return Ok(());
        }
        if state.locked && !self.role_on_joining(claims).0.moderates() {
            return Err(Refusal::Locked);
        }
        let present = state.people.values().filter(|person| person.present()).count();
        if present >= PEOPLE_MAX || claims.invite.is_some() && state.invites.len() >= INVITES_MAX {
            return Err(Refusal::RoomFull);
        }
        self.admits_name(claims)
    }

    fn admits_name(&self, claims: &Claims) -> Result<(), Refusal> {
        names::clean(&claims.name)?;
        let guest = claims.user.is_none() && claims.role != StageRole::Host;
        if guest && self.is_taken(&claims.name, claims.participant) { Err(Refusal::NameTaken) } else { Ok(()) }
    }

    /// Whether a guest's name could be taken for that of somebody else on the stage.
    pub(super) fn is_taken(&self, name: &str, who: Who) -> bool {
        let people = self.state.people.iter();
        let others = people.filter(|(other, person)| **other != who && person.present() && person.role.on_stage());
        names::too_like(name, others.map(|(_, person)| person.name.as_str()))
    }

    /// Ties a connection to somebody; an earlier one of theirs is closed, with what came over it.
    fn relink(&mut self, who: Who, peer: Option<PeerId>) {
        let Some(peer) = peer else { return };
        let earlier = self.links.0.insert(who, Link { peer, ready: false });
        if let Some(earlier) = earlier.filter(|earlier| earlier.peer != peer) {
            self.close_tracks_of(who);
            self.part(earlier.peer, Why::Replaced);
        }
    }

    /// Greets a connection that carries messages from now on.
    pub(super) fn ready(&mut self, peer: PeerId) {
        let Some(who) = self.links.owner(peer) else { return };
        self.links.0.insert(who, Link { peer, ready: true });
        self.stirred = true;
        let state = &self.state;
        let message =
            StageMessage::Welcome { you: who, room: state.room, epoch: state.epoch, delay_s: state.house.delay_s };
        self.out.push_back(Output::Tell { to: vec![peer], message });
        if !self.recording {
            self.out.push_back(Output::Tell { to: vec![peer], message: StageMessage::Recording { works: false } });
        }
    }

    /// The disk began to fail, or works again: those on stage are told once.
    pub(super) fn recording(&mut self, works: bool) {
        if std::mem::replace(&mut self.recording, works) != works {
            self.tell_stage(StageMessage::Recording { works });
        }
    }

    /// A connection broke: the place is kept for a while.
    pub(super) fn lost(&mut self, peer: PeerId) {
        let Some(who) = self.links.owner(peer) else { return };
        self.links.0.remove(&who);
        self.record(Event::Lost { who });
        self.keep_place(who);
    }

    /// Somebody left on purpose.
    pub(super) fn left(&mut self, who: Who) {
        if self.state.present(who).is_none() {
            return;
        }
        self.record(Event::Leave { who });
        self.unlink(who, Why::Left);
    }

    /// Takes somebody out for good.
    pub(super) fn take_out(&mut self, removal: Removal) {
        let who = removal.who;
        self.record(Event::Removed(removal));
        self.unlink(who, Why::Removed);
    }

    /// Parts with everybody; the room is over.
    pub(super) fn part_with_all(&mut self) {
        let all: Vec<Who> = self.links.0.keys().copied().collect();
        all.into_iter().for_each(|who| self.unlink(who, Why::Ended));
        self.graces.clear();
    }

    fn unlink(&mut self, who: Who, why: Why) {
        self.graces.remove(&who);
        if let Some(link) = self.links.0.remove(&who) {
            self.part(link.peer, why);
        }
    }

    fn part(&mut self, peer: PeerId, why: Why) {
        self.out.push_back(Output::Tell { to: vec![peer], message: StageMessage::Bye { why } });
        self.out.push_back(Output::Disconnect { peer, why });
    }

    /// A place without a connection is kept for a while only, when it is one on the stage or one that was lost.
    pub(super) fn mind_place(&mut self, who: Who) {
        let person = self.state.present(who);
        let open = person.is_some_and(|person| person.role.speaks() || person.presence == Presence::Lost);
        if open && self.links.peer(who).is_none() {
            self.keep_place(who);
        } else {
            self.graces.remove(&who);
        }
    }

    pub(super) fn keep_place(&mut self, who: Who) {
        self.graces.entry(who).or_insert(self.now_us.saturating_add(GRACE_US));
    }

    /// Lets go of the places whose time is up.
    pub(super) fn expire_places(&mut self) {
        if self.state.stage == RoomState::Ended {
            return;
        }
        let due: Vec<Who> = self.graces.iter().filter(|(_, at)| **at <= self.now_us).map(|(who, _)| *who).collect();
        for who in due {
            self.graces.remove(&who);
            if self.links.peer(who).is_none() && self.state.present(who).is_some() {
                self.record(Event::Leave { who });
            }
        }
    }
}
