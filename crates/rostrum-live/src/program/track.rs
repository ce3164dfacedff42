//! One track in the program: its source, its voice, and when it is muted.

use std::collections::VecDeque;

use rostrum_media::mixer::{BLOCK, Fader};
use rostrum_media::remaster::Strip;
use rostrum_media::voice::{Level, Voice};

use super::decode::Decode;
use super::feed::Feed;
use super::player::Player;
use crate::event::TrackNo;

/// Where a track's samples come from.
#[derive(Debug)]
pub(super) enum Source<D> {
    Packets(Box<Player<D>>),
    Samples(Feed),
}

/// A track that is open.
#[derive(Debug)]
pub(super) struct Track<D> {
    pub(super) source: Source<D>,
    channels: usize,
    voice: Voice,
    fader: Fader,
    /// From which position on it is muted, or no longer.
    mutes: VecDeque<(u64, bool)>,
    muted: bool,
    closes_at: Option<u64>,
    level: Level,
    block: Vec<f32>,
    /// The block as it would be on air, where others treat what is mixed.
    treated: Vec<f32>,
}

/// Most changes of muting that wait for their position; beyond, the oldest counts at once.
const MUTES_MAX: usize = 1024;

impl<D: Decode> Track<D> {
    pub(super) fn new(source: Source<D>, channels: usize) -> Self {
        Self {
            source,
            channels,
            voice: Voice::new(channels),
            fader: Fader::default(),
            mutes: VecDeque::new(),
            muted: false,
            closes_at: None,
            level: Level::default(),
            block: Vec::with_capacity(BLOCK * channels),
            treated: Vec::new(),
        }
    }

    pub(super) fn mute(&mut self, position: u64, muted: bool) {
        if self.mutes.len() == MUTES_MAX
            && let Some((_, muted)) = self.mutes.pop_front()
        {
            self.muted = muted;
        }
        self.mutes.push_back((position, muted));
    }

    pub(super) fn close(&mut self, position: u64) {
        self.closes_at.get_or_insert(position);
    }

    /// Whether all that came before it was closed has been mixed.
    pub(super) fn is_over(&self, position: u64) -> bool {
        self.closes_at.is_some_and(|closes_at| closes_at < position) && self.fader.is_closed()
    }

    pub(super) fn level(&self) -> Level {
        self.level
    }

    /// Adds the block at `position`, which lies at `at_us` of our clock, to `sum`.
    pub(super) fn mix(&mut self, (position, at_us): (u64, u64), others_speak: bool, sum: &mut [Vec<f32>; 2]) {
        let sounds = self.render(at_us);
        let open = self.is_open(position);
        let shut = !open && self.fader.is_closed();
        self.level = Level::default();
        if sounds && !shut {
            self.level = self.voice.process(&mut self.block, others_speak);
        }
        if let Source::Packets(player) = &mut self.source {
            player.heard(self.level.speaks);
        }
        self.fader.add((&self.block, self.channels), open, sum);
    }

    fn render(&mut self, at_us: u64) -> bool {
        self.block.clear();
        match &mut self.source {
            Source::Packets(player) => player.render(at_us, &mut self.block),
            Source::Samples(feed) => feed.render(&mut self.block),
        }
    }

    /// The block that lies at `at_us` of our clock as it came, for others to treat; the clock goes on as when it is
    /// treated here.
    pub(super) fn strip(&mut self, no: TrackNo, at_us: u64, others_speak: bool) -> Strip<'_> {
        self.level = Level::default();
        if self.render(at_us) {
            self.treated.clone_from(&self.block);
            self.level = self.voice.process(&mut self.treated, others_speak);
        }
        if let Source::Packets(player) = &mut self.source {
            player.heard(self.level.speaks);
        }
        Strip { track: no.0, channels: self.channels, samples: &mut self.block }
    }

    /// Adds the block at `position`, as others have treated it, to `sum`.
    pub(super) fn add(&mut self, position: u64, sum: &mut [Vec<f32>; 2]) {
        let open = self.is_open(position);
        self.fader.add((&self.block, self.channels), open, sum);
    }

    /// A change to muted counts from the start of its block, a change back from the block after: muted is muted.
    fn is_open(&mut self, position: u64) -> bool {
        let end = position + BLOCK as u64;
        let counts = |(from, muted): &(u64, bool)| if *muted { *from < end } else { *from <= position };
        while let Some((_, muted)) = self.mutes.pop_front_if(|change| counts(change)) {
            self.muted = muted;
        }
        !self.muted && self.closes_at.is_none_or(|closes_at| closes_at > position)
    }
}
