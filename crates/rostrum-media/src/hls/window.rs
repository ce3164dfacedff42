//! The chunks that a live playlist lists: at least half an hour, counted forward only. Knows entries, not bytes.

use std::collections::VecDeque;
use std::ops::Range;

use super::{Epochs, Name, Place};
use crate::program::index::Entry;

/// Fewest chunks that a room's window keeps once there are as many: thirty minutes of whole segments.
pub const DVR_CHUNKS_MIN: usize = 1_885;

/// A chunk that does not go on from the last; nothing was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("chunk {expected} of the latest epoch or a later one is next, not chunk {number} of epoch {epoch}")]
pub struct OutOfOrder {
    /// The number that comes next.
    pub expected: u64,
    /// The number that came.
    pub number: u64,
    /// The epoch that came.
    pub epoch: u32,
}

/// A rendition's chunks that playlists list.
#[derive(Debug, Clone)]
pub struct Window {
    pub(super) epochs: Epochs,
    first: u64,
    chunks: VecDeque<Entry>,
    keep: usize,
    ended: bool,
}

/// A segment in the window, whole or growing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// Its media sequence number.
    pub number: u64,
    /// The epoch that made it.
    pub epoch: u32,
    /// Its chunks so far.
    pub chunks: Range<u64>,
    /// Whether an epoch other than the room's first begins with it.
    pub discontinuity: bool,
    /// Whether no chunk will be added.
    pub whole: bool,
}

/// What a name leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Find {
    /// The init segment.
    Init,
    /// These chunks, one after the other; the oldest may be gone.
    Chunks(Range<u64>),
    /// The chunk that comes next, which a playlist has hinted at: hold the request.
    Next,
    /// Nothing, now and later.
    Missing,
}

impl Window {
    /// A window that begins with chunk `first`, of a room whose earlier epochs began as `epochs` says; `keep` is the
    /// fewest chunks to keep.
    pub fn new(epochs: Epochs, first: u64, keep: usize) -> Self {
        Self { epochs, first, chunks: VecDeque::new(), keep, ended: false }
    }

    /// Takes the next chunk; an epoch not seen before begins with it.
    ///
    /// # Errors
    /// The chunk is not the next, its epoch is over, or the event has ended.
    pub fn push(&mut self, number: u64, entry: Entry) -> Result<(), OutOfOrder> {
        let refusal = OutOfOrder { expected: self.next_chunk(), number, epoch: entry.epoch };
        let current = self.epochs.last().map(|start| start.epoch);
        if self.ended || number != self.next_chunk() {
            return Err(refusal);
        }
        if current != Some(entry.epoch) && !self.epochs.begin(entry.epoch, number) {
            return Err(refusal);
        }
        self.chunks.push_back(entry);
        self.trim();
        Ok(())
    }

    /// Lets go of whole segments in front while enough is left.
    fn trim(&mut self) {
        while let Some((_, chunks)) = self.epochs.place(self.first).and_then(|place| self.epochs.span(place.segment)) {
            let count = (chunks.end - self.first) as usize;
            if self.chunks.len() < self.keep.saturating_add(count) {
                return;
            }
            self.chunks.drain(..count);
            self.first = chunks.end;
        }
    }

    /// Says that the event is over: the playlist ends.
    pub fn end(&mut self) {
        self.ended = true;
    }

    /// Whether the event is over.
    pub fn ended(&self) -> bool {
        self.ended
    }

    /// Where epochs began, for a window that is to begin later.
    pub fn epochs(&self) -> &Epochs {
        &self.epochs
    }

    /// The number of the chunk that comes next.
    pub fn next_chunk(&self) -> u64 {
        self.first + self.chunks.len() as u64
    }

    /// A chunk's entry, while it is in the window.
    pub fn entry(&self, chunk: u64) -> Option<&Entry> {
        self.chunks.get(usize::try_from(chunk.checked_sub(self.first)?).ok()?)
    }

    /// The entries of some chunks that are in the window.
    pub(super) fn entries(&self, chunks: &Range<u64>) -> impl Iterator<Item = (u64, &Entry)> {
        chunks.clone().filter_map(|chunk| Some((chunk, self.entry(chunk)?)))
    }

    /// Where the latest chunk lies.
    pub fn last(&self) -> Option<Place> {
        if self.chunks.is_empty() { None } else { self.epochs.place(self.next_chunk() - 1) }
    }

    /// The first segment whose beginning is in the window.
    pub(super) fn first_segment(&self) -> u64 {
        self.epochs.place(self.first).map_or(0, |place| place.segment + u64::from(place.part > 0))
    }

    /// The segments whose beginning is in the window, in order; the last may still grow.
    pub fn segments(&self) -> impl Iterator<Item = Segment> + '_ {
        let first = self.first_segment();
        let last = self.last().map(|place| place.segment);
        let numbers = last.into_iter().flat_map(move |last| first..=last);
        numbers.filter_map(|number| self.segment(number))
    }

    /// One segment, as far as it has come.
    pub(super) fn segment(&self, number: u64) -> Option<Segment> {
        let (start, span) = self.epochs.span(number)?;
        let chunks = span.start..span.end.min(self.next_chunk());
        let discontinuity = start.chunk == span.start && self.epochs.before(number) > 0;
        let whole = span.end <= self.next_chunk() || self.ended;
        (!chunks.is_empty()).then_some(Segment { number, epoch: start.epoch, chunks, discontinuity, whole })
    }

    /// What a name leads to at this moment.
    pub fn find(&self, name: Name) -> Find {
        match name {
            Name::Init => Find::Init,
            Name::Part { epoch, chunk } => self.find_part(epoch, chunk),
            Name::Segment { epoch, segment } => match self.segment(segment) {
                Some(found) if found.whole && found.epoch == epoch => Find::Chunks(found.chunks),
                _ => Find::Missing,
            },
        }
    }

    fn find_part(&self, epoch: u32, chunk: u64) -> Find {
        let made = self.epochs.place(chunk).and_then(|place| self.epochs.span(place.segment));
        if made.is_none_or(|(start, _)| start.epoch != epoch) {
            return Find::Missing;
        }
        match chunk.cmp(&self.next_chunk()) {
            std::cmp::Ordering::Less => Find::Chunks(chunk..chunk + 1),
            std::cmp::Ordering::Equal if !self.ended => Find::Next,
            _ => Find::Missing,
        }
    }
}
