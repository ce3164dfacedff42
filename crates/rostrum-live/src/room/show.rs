//! How the stage looks: to those on it, and to the audience.

use super::input::PeerId;
use super::output::Output;
use super::{Person, Presence, Room};
use crate::audience;
use crate::event::Who;
use crate::message::{Hand, Heard, Seat, StageMessage};

impl Room {
    /// Tells all who hear the stage.
    pub(super) fn tell_stage(&mut self, message: StageMessage) {
        let to = self.addressees(|person| person.role.on_stage());
        self.tell(to, message);
    }

    /// Tells everybody connected how the stage looks now.
    pub(super) fn tell_roster(&mut self) {
        let to = self.addressees(|_| true);
        if !to.is_empty() {
            let roster = self.roster();
            self.tell(to, roster);
        }
    }

    fn tell(&mut self, to: Vec<PeerId>, message: StageMessage) {
        if !to.is_empty() {
            self.out.push_back(Output::Tell { to, message });
        }
    }

    fn addressees(&self, fits: impl Fn(&Person) -> bool) -> Vec<PeerId> {
        let people = self.state.in_order().into_iter().filter(|(_, person)| fits(person));
        people.filter_map(|(who, _)| self.links.ready(who)).collect()
    }

    fn roster(&self) -> StageMessage {
        let people = self.state.in_order().into_iter().filter(|(_, person)| person.role.on_stage());
        let hands = self.state.hands.iter().filter_map(|who| Some((*who, self.state.present(*who)?)));
        StageMessage::Roster {
            state: self.state.stage,
            locked: self.state.locked,
            slow_mode_s: self.state.slow_mode_s,
            people: people.map(|(who, person)| self.seat(who, person)).collect(),
            hands: hands.map(|(who, person)| Hand { who, name: person.name.clone(), badge: person.badge() }).collect(),
        }
    }

    fn seat(&self, who: Who, person: &Person) -> Seat {
        let tracks = self.state.tracks.iter().filter(|track| track.who == who);
        Seat {
            who,
            name: person.name.clone(),
            badge: person.badge(),
            role: person.role,
            muted: person.muted,
            held: person.held,
            consent: person.consent,
            here: person.presence == Presence::Here,
            tracks: tracks.map(|track| Heard { track: track.track, source: track.source, slot: track.slot }).collect(),
        }
    }

    /// Whom the audience hears, in the order in which they came.
    pub(super) fn heard(&self) -> Vec<audience::Heard> {
        let people = self.state.in_order().into_iter().filter(|(_, person)| person.role.speaks());
        let heard = |(who, person): (Who, &Person)| audience::Heard {
            who,
            name: person.name.clone(),
            badge: person.badge(),
            role: person.role,
            muted: person.silent(),
        };
        people.map(heard).collect()
    }
}
