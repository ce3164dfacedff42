//! The way of a packet: each open track has a verdict made ready beforehand, so that a packet costs one look-up and no
//! memory.

use std::collections::BTreeMap;

use rostrum_domain::room::RoomState;

use super::Room;
use super::input::PeerId;
use super::meter::Meter;
use super::output::{Output, ProgramOp, Verdict};
use super::state::{Person, Presence, State};
use crate::event::{Source, Track, TrackNo, Who};

/// An open track, ready for its packets.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) who: Who,
    pub(super) source: Source,
    pub(super) verdict: Verdict,
    pub(super) meter: Meter,
    /// Whether the mix has it, and whether silent there.
    mixed: Option<bool>,
}

/// All open tracks, and who hears the stage.
#[derive(Debug, Default)]
pub(super) struct Lines {
    pub(super) open: BTreeMap<TrackNo, Line>,
    hearers: Vec<(Who, PeerId)>,
}

impl Room {
    /// Where a packet of `track` goes that arrived at `now_us` with this level (RFC 6464, −dBov). Allocates nothing and
    /// puts nothing out.
    pub fn packet(&mut self, now_us: u64, track: TrackNo, level: Option<u8>) -> Verdict {
        self.now_us = self.now_us.max(now_us);
        let Some(line) = self.lines.open.get_mut(&track) else { return Verdict::NOWHERE };
        if let Some(level) = level.filter(|_| line.verdict.goes()) {
            line.meter.note(level);
            self.beat.arm(self.now_us);
        }
        line.verdict
    }

    /// To whom a packet of `track` is forwarded: all who hear the stage but its owner; nobody when the verdict says so.
    pub fn recipients(&self, track: TrackNo) -> impl Iterator<Item = PeerId> + '_ {
        let owner = self.lines.open.get(&track).filter(|line| line.verdict.forward).map(|line| line.who);
        let hearers = self.lines.hearers.iter().filter(move |(who, _)| owner.is_some_and(|owner| owner != *who));
        hearers.map(|(_, peer)| *peer)
    }

    /// The receive slot in which others hear `track`.
    pub fn slot(&self, track: TrackNo) -> Option<u8> {
        self.state.track(track).and_then(|track| track.slot)
    }

    /// Makes the verdicts ready again and tells the mix what changed.
    pub(super) fn ready_lines(&mut self) {
        let at = self.program_at(self.now_us);
        let Self { state, lines, links, out, .. } = self;
        lines.open.retain(|track, line| {
            let stays = state.track(*track).is_some();
            if !stays {
                let close = ProgramOp::Close { track: *track };
                out.extend(line.mixed.map(|_| Output::Program(close)));
                out.push_back(Output::TrackClosed { track: *track });
            }
            stays
        });
        for track in &state.tracks {
            let line = lines.open.entry(track.track).or_insert_with(|| Line::new(track));
            let Some(person) = state.people.get(&track.who) else { continue };
            line.judge(state, person);
            out.extend(line.mix(track, state, at).map(Output::Program));
        }
        let people = state.in_order().into_iter().filter(|(_, person)| person.role.on_stage());
        lines.hearers.clear();
        lines.hearers.extend(people.filter_map(|(who, _)| Some((who, links.ready(who)?))));
    }
}

impl Line {
    fn new(track: &Track) -> Self {
        let (who, source) = (track.who, track.source);
        Self { who, source, verdict: Verdict::NOWHERE, meter: Meter::new(), mixed: None }
    }

    /// Nothing goes anywhere but what its owner agreed to, with an open microphone, in a role that sends it.
    fn judge(&mut self, state: &State, person: &Person) {
        let good = is_good(person, self.source) && !person.silent();
        let live = good && state.stage == RoomState::Live;
        let open = live || good && state.stage == RoomState::GreenRoom;
        let sound = self.source != Source::Video;
        self.verdict = Verdict { journal: live, program: live && sound, forward: open && sound };
        if !self.verdict.goes() {
            self.meter = Meter::new();
        }
    }

    /// What the mix is to do so that it has this track as it should.
    fn mix(&mut self, track: &Track, state: &State, at: u64) -> Option<ProgramOp> {
        let Track { track, who, source, .. } = *track;
        let person = state.people.get(&who)?;
        let wanted = state.stage == RoomState::Live && source != Source::Video && is_good(person, source);
        let muted = person.silent();
        let op = match (self.mixed, wanted) {
            (None, true) => ProgramOp::Open { track, who, source, at, muted },
            (Some(_), false) => ProgramOp::Close { track },
            (Some(before), true) if before != muted => ProgramOp::Mute { track, on: muted },
            _ => return None,
        };
        self.mixed = wanted.then_some(muted);
        Some(op)
    }
}

fn is_good(person: &Person, source: Source) -> bool {
    person.presence == Presence::Here && person.consent && State::may_send(person.role, source)
}
