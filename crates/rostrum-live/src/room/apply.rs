//! What an entry makes of the state. Total: an entry that fits nothing changes nothing, so that any journal can be
//! replayed.

use rostrum_domain::room::{RoomState, StageRole};

use super::state::{DONE_MAX, GONE_MAX, Person, Presence, State, TAIL_MAX};
use crate::event::{Entry, Event, Joined, Line, Removal, Track, TrackNo, Who};

impl State {
    /// Takes an entry in; one that was taken in before changes nothing.
    pub fn apply(&mut self, entry: &Entry) {
        if entry.no <= self.entries {
            return;
        }
        self.entries = entry.no;
        self.program_at = self.program_at.max(entry.at);
        if let Some(request) = &entry.request {
            self.done.push_back((entry.by, request.clone()));
            while self.done.len() > DONE_MAX {
                self.done.pop_front();
            }
        }
        self.people_event(&entry.event);
        self.house_event(&entry.event);
    }

    fn people_event(&mut self, event: &Event) {
        match event {
            Event::Restored { epoch } => self.restored(*epoch),
            Event::Join(joined) => self.join(joined),
            Event::Lost { who } => self.lost(*who),
            Event::Leave { who } => self.leave(*who),
            Event::Removed(removal) => self.removed(removal),
            Event::Role { who, role } => self.role(*who, *role),
            Event::HandedOver { to, acting } => self.handed_over(*to, *acting),
            Event::Mute { who, muted, held } => self.with(*who, |person| {
                (person.muted, person.held) = (*muted, *held);
            }),
            Event::Consent { who, given } => self.with(*who, |person| person.consent = *given),
            Event::Hand { who, up } => self.hand(*who, *up),
            _ => {}
        }
    }

    fn house_event(&mut self, event: &Event) {
        match event {
            Event::State { state } => self.stage(*state),
            Event::Lock { on } => self.locked = *on,
            Event::SlowMode { seconds } => self.slow_mode_s = *seconds,
            Event::Chat(line) => self.chat(line),
            Event::ChatRemoved { line } => {
                self.tail.retain(|kept| kept.id != *line);
                self.pinned.take_if(|pinned| pinned.id == *line);
            }
            Event::ChatPinned { line } => {
                self.pinned = self.tail.iter().find(|kept| Some(kept.id) == *line).cloned();
            }
            Event::Marker(marker) => self.markers.push(marker.clone()),
            Event::TrackOpened(track) => self.track_opened(track),
            Event::TrackClosed { track } => self.track_closed(*track),
            _ => {}
        }
    }

    fn with(&mut self, who: Who, change: impl FnOnce(&mut Person)) {
        if let Some(person) = self.people.get_mut(&who) {
            change(person);
        }
    }

    fn stage(&mut self, stage: RoomState) {
        self.stage = self.stage.max(stage);
        if self.stage == RoomState::Ended {
            self.tracks.clear();
            self.hands.clear();
            self.people.values_mut().for_each(|person| person.presence = Presence::Gone);
        }
    }

    fn restored(&mut self, epoch: u32) {
        self.epoch = self.epoch.max(epoch);
        self.tracks.clear();
        let present = self.people.values_mut().filter(|person| person.present());
        present.for_each(|person| person.presence = Presence::Lost);
    }

    fn join(&mut self, joined: &Joined) {
        let known = self.people.get(&joined.who);
        let order = known.filter(|person| person.present()).map_or(self.joined, |person| person.order);
        self.joined = self.joined.max(order.saturating_add(1));
        let person = Person {
            name: joined.name.clone(),
            user: joined.user,
            invite: joined.invite,
            granted: joined.granted,
            role: joined.role,
            order,
            presence: Presence::Here,
            muted: known.is_some_and(|person| person.muted),
            held: known.is_some_and(|person| person.held),
            consent: known.is_some_and(|person| person.consent),
        };
        self.people.insert(joined.who, person);
        if let Some(invite) = joined.invite {
            self.invites.insert(invite, joined.who);
        }
        if joined.role == StageRole::Host {
            (self.acting, self.away) = (false, None);
        }
    }

    fn lost(&mut self, who: Who) {
        self.tracks.retain(|track| track.who != who);
        self.with(who, |person| person.presence = Presence::Lost);
    }

    fn leave(&mut self, who: Who) {
        let Some(mut person) = self.vacate(who) else { return };
        if person.role == StageRole::Host {
            person.role = StageRole::CoHost;
            if !self.acting {
                self.away = Some(who);
            }
            self.acting = false;
        }
        if person.role != person.granted || person.held {
            self.remember(who, person);
        }
    }

    /// Keeps what was decided about somebody who left, and forgets the earliest such when there are too many.
    fn remember(&mut self, who: Who, person: Person) {
        self.people.insert(who, Person { presence: Presence::Gone, muted: false, consent: false, ..person });
        let gone = self.people.iter().filter(|(_, person)| !person.present());
        if gone.clone().count() > GONE_MAX {
            let earliest = gone.min_by_key(|(_, person)| person.order).map(|(who, _)| *who);
            earliest.and_then(|who| self.people.remove(&who));
        }
    }

    fn removed(&mut self, removal: &Removal) {
        let was_host = self.vacate(removal.who).is_some_and(|person| person.role == StageRole::Host);
        self.acting &= !was_host;
        self.away.take_if(|away| *away == removal.who);
        self.barred.people.insert(removal.who);
        self.barred.users.extend(removal.user);
        self.barred.invites.extend(removal.invite);
    }

    fn vacate(&mut self, who: Who) -> Option<Person> {
        self.tracks.retain(|track| track.who != who);
        self.hands.retain(|hand| *hand != who);
        self.people.remove(&who)
    }

    fn role(&mut self, who: Who, role: StageRole) {
        self.with(who, |person| person.role = role);
        self.tracks.retain(|track| track.who != who || Self::may_send(role, track.source));
        if role.on_stage() {
            self.hands.retain(|hand| *hand != who);
        }
    }

    fn handed_over(&mut self, to: Who, acting: bool) {
        if self.present(to).is_none() {
            return;
        }
        if let Some(host) = self.host() {
            self.role(host, StageRole::CoHost);
        }
        self.role(to, StageRole::Host);
        self.acting = acting;
        if !acting {
            self.away = None;
        }
    }

    fn hand(&mut self, who: Who, up: bool) {
        self.hands.retain(|hand| up || *hand != who);
        if up && !self.hands.contains(&who) {
            self.hands.push(who);
        }
    }

    fn chat(&mut self, line: &Line) {
        self.tail.push_back(line.clone());
        while self.tail.len() > TAIL_MAX {
            self.tail.pop_front();
        }
    }

    fn track_opened(&mut self, track: &Track) {
        self.next_track = self.next_track.max(track.track.0.saturating_add(1));
        self.tracks.push(track.clone());
    }

    fn track_closed(&mut self, track: TrackNo) {
        self.tracks.retain(|open| open.track != track);
    }
}
