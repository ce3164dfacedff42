//! Tracks: what somebody sends, and the receive slot in which the others hear it.

use super::Room;
use super::input::TrackSpec;
use super::state::{Presence, State};
use crate::event::{Event, Source, Track, TrackNo, Who};
use crate::refusal::Refusal;
use rostrum_domain::room::{RoomState, TITLE_MAX};

impl Room {
    /// Takes in a track that somebody begins to send, and numbers it; drain [`Room::poll`] afterwards. A refusal costs
    /// little, so it may be asked again with the next packet.
    pub fn open_track(&mut self, now_us: u64, spec: TrackSpec) -> Result<TrackNo, Refusal> {
        self.advance(now_us);
        let track = self.admit_track(spec);
        self.settle();
        track
    }

    fn admit_track(&mut self, spec: TrackSpec) -> Result<TrackNo, Refusal> {
        if self.state.stage == RoomState::Ended {
            return Err(Refusal::Ended);
        }
        let person = self.state.present(spec.who).filter(|person| person.presence == Presence::Here);
        let role = person.ok_or(Refusal::NotHere)?.role;
        if !role.on_stage() {
            return Err(Refusal::NotOnStage);
        }
        if !State::may_send(role, spec.source) {
            return Err(Refusal::SilentRole);
        }
        if self.state.tracks.iter().any(|open| open.who == spec.who && open.source == spec.source) {
            return Err(Refusal::SecondTrack);
        }
        let slot = self.slot_for(spec.source)?;
        let track = TrackNo(self.state.next_track);
        let TrackSpec { who, source, coding } = spec;
        self.record(Event::TrackOpened(Track { track, who, source, slot, coding }));
        Ok(track)
    }

    /// A voice always finds a slot, since there is one a seat; sounds share the rest.
    fn slot_for(&self, source: Source) -> Result<Option<u8>, Refusal> {
        let sounds = self.state.tracks.iter().filter(|track| track.source == Source::Sound).count();
        match source {
            Source::Video => Ok(None),
            Source::Sound if sounds >= usize::from(super::SOUND_SLOTS) => Err(Refusal::TracksFull),
            Source::Voice | Source::Sound => self.state.free_slot().map(Some).ok_or(Refusal::TracksFull),
        }
    }

    /// Writes down what an encoder in the room plays; a repeat is no news, and neither is a title of nothing.
    pub(super) fn playing(&mut self, who: Who, title: &str) {
        let title: String = title.trim().chars().filter(|c| !c.is_control()).take(TITLE_MAX).collect();
        let news = !title.is_empty() && self.state.present(who).is_some() && self.plays.get(&who) != Some(&title);
        if news {
            self.plays.insert(who, title.clone());
            self.record(Event::Playing { who, title });
        }
    }

    pub(super) fn close_track(&mut self, track: TrackNo) {
        if self.state.track(track).is_some() {
            self.record(Event::TrackClosed { track });
        }
    }

    pub(super) fn close_tracks_of(&mut self, who: Who) {
        let open: Vec<TrackNo> =
            self.state.tracks.iter().filter(|open| open.who == who).map(|open| open.track).collect();
        open.into_iter().for_each(|track| self.close_track(track));
    }
}
