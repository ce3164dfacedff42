//! What comes twice a second at most: levels, who speaks, the durable mark; and once a second, counts.

use std::collections::BTreeMap;

use rostrum_domain::room::RoomState;

use super::Room;
use super::meter::{SILENCE, Window};
use super::output::Output;
use crate::audience::{AudienceEvent, Reaction};
use crate::event::{Source, TrackNo, Who};
use crate::message::{Level, Mark, StageMessage};

/// Between two beats, in microseconds.
const BEAT_US: u64 = 500_000;
/// Between two counts, in microseconds.
const COUNT_US: u64 = 1_000_000;

/// What waits for the next beat.
#[derive(Debug, Default)]
pub(super) struct Beat {
    next_us: Option<u64>,
    counted_us: Option<u64>,
    speaking: Vec<Who>,
    durable: Option<(u64, Vec<Mark>)>,
    reactions: BTreeMap<Reaction, u32>,
    listeners: Option<u64>,
}

impl Beat {
    /// When the next beat is due, if any.
    pub(super) const fn next_us(&self) -> Option<u64> {
        self.next_us
    }

    pub(super) fn is_due(&self, now_us: u64) -> bool {
        self.next_us.is_some_and(|next_us| next_us <= now_us)
    }

    /// Makes sure that a beat follows.
    pub(super) fn arm(&mut self, now_us: u64) {
        self.next_us.get_or_insert(now_us.saturating_add(BEAT_US));
    }

    /// The audience comes now: it has not been told yet who speaks.
    pub(super) fn begin(&mut self) {
        self.speaking.clear();
    }

    /// No beat follows.
    pub(super) fn stop(&mut self) {
        *self = Self::default();
    }

    pub(super) fn react(&mut self, now_us: u64, reaction: Reaction, count: u32) {
        let sum = self.reactions.entry(reaction).or_default();
        *sum = sum.saturating_add(count);
        self.arm(now_us);
    }

    pub(super) fn occupy(&mut self, now_us: u64, listeners: u64) {
        self.listeners = Some(listeners);
        self.arm(now_us);
    }

    pub(super) fn mark(&mut self, now_us: u64, at: u64, tracks: Vec<Mark>) {
        self.durable = Some((at, tracks));
        self.arm(now_us);
    }

    /// Whether a second has passed since the last counts; counts it if so.
    fn counts(&mut self, now_us: u64) -> bool {
        let due = self.counted_us.is_none_or(|counted_us| now_us >= counted_us.saturating_add(COUNT_US));
        if due {
            self.counted_us = Some(now_us);
        }
        due
    }

    fn waits(&self) -> bool {
        self.listeners.is_some() || !self.reactions.is_empty()
    }
}

impl Room {
    pub(super) fn beat(&mut self) {
        self.beat.next_us = None;
        self.tell_levels();
        if let Some((at, tracks)) = self.beat.durable.take() {
            self.tell_stage(StageMessage::Durable { at, tracks });
        }
        if self.beat.waits() && self.beat.counts(self.now_us) {
            self.tell_counts();
        }
        if self.beat.waits() || self.lines.open.values().any(|line| line.meter.stirs()) {
            self.beat.arm(self.now_us);
        }
    }

    fn tell_levels(&mut self) {
        let windows =
            self.lines.open.iter_mut().map(|(track, line)| (*track, line.who, line.source, line.meter.close()));
        let windows: Vec<(TrackNo, Who, Source, Window)> = windows.collect();
        let heard = windows.iter().filter(|(.., window)| window.loudest < SILENCE);
        let levels: Vec<Level> =
            heard.map(|(track, .., window)| Level { track: *track, level: window.loudest }).collect();
        let mut voices: Vec<(u32, Who)> = windows
            .iter()
            .filter(|(_, _, source, window)| *source == Source::Voice && window.speaking)
            .map(|(_, who, _, window)| (window.share, *who))
            .collect();
        voices.sort_by_key(|(share, who)| (std::cmp::Reverse(*share), *who));
        let speaking: Vec<Who> = voices.into_iter().map(|(_, who)| who).collect();
        let changed =
            speaking.len() != self.beat.speaking.len() || speaking.iter().any(|who| !self.beat.speaking.contains(who));
        if changed {
            self.beat.speaking.clone_from(&speaking);
            self.show(AudienceEvent::Speaking { who: speaking.clone() });
        }
        if changed || !levels.is_empty() {
            self.tell_stage(StageMessage::Levels { levels, speaking });
        }
    }

    fn tell_counts(&mut self) {
        let counts = std::mem::take(&mut self.beat.reactions);
        if !counts.is_empty() {
            self.show(AudienceEvent::Reactions { counts });
        }
        if let Some(listeners) = self.beat.listeners.take() {
            self.tell_stage(StageMessage::Listeners { count: listeners });
            if self.state.house.shows_count {
                self.show(AudienceEvent::Occupancy { listeners });
            }
        }
    }

    /// Shows the audience of a live room something that no journal keeps.
    pub(super) fn show(&mut self, event: AudienceEvent) {
        if self.state.stage == RoomState::Live {
            let at = self.program_at(self.now_us);
            self.out.push_back(Output::Audience { at, event });
        }
    }
}
