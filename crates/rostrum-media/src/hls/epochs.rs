//! Which segment a chunk lies in. Chunks are numbered through; an epoch begins a segment of its own, so the one before
//! may be short. The first of an epoch is a single chunk: players want a whole segment before they begin, and nobody
//! shall wait for five. Segments are a function of where epochs began, and so are the same for whoever computes them.

use std::ops::Range;

use super::PARTS_PER_SEGMENT;

/// Where an epoch began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Start {
    /// The stage's epoch.
    pub epoch: u32,
    /// Its first chunk.
    pub chunk: u64,
    /// Its first segment's media sequence number.
    pub segment: u64,
}

/// Where every epoch began, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Epochs(Vec<Start>);

/// Where a chunk lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Media sequence number of its segment.
    pub segment: u64,
    /// Its number in the segment, from 0.
    pub part: u64,
}

impl Epochs {
    /// Notes that `epoch` began with `chunk`; false, and nothing noted, if that is not behind all that is known.
    pub fn begin(&mut self, epoch: u32, chunk: u64) -> bool {
        let segment = match self.0.last() {
            Some(last) if epoch <= last.epoch || chunk <= last.chunk => return false,
            Some(last) => last.segment + segments(chunk - last.chunk),
            None => segments(chunk),
        };
        self.0.push(Start { epoch, chunk, segment });
        true
    }

    /// Forgets epochs that begin behind `chunk`, for a window that begins with it.
    pub fn cut(&mut self, chunk: u64) {
        self.0.retain(|start| start.chunk <= chunk);
    }

    /// The latest epoch.
    pub fn last(&self) -> Option<&Start> {
        self.0.last()
    }

    /// Where `chunk` lies; none before the first epoch.
    pub fn place(&self, chunk: u64) -> Option<Place> {
        let start = self.0.iter().rfind(|start| start.chunk <= chunk)?;
        let (segment, part) = match (chunk - start.chunk).checked_sub(1) {
            None => (0, 0),
            Some(ahead) => (1 + ahead / PARTS_PER_SEGMENT, ahead % PARTS_PER_SEGMENT),
        };
        Some(Place { segment: start.segment + segment, part })
    }

    /// How many epochs began before the one that `segment` lies in.
    pub(super) fn before(&self, segment: u64) -> usize {
        self.0.iter().rposition(|start| start.segment <= segment).unwrap_or_default()
    }

    /// The epoch of `segment`, and the chunks it has or will have unless another epoch cuts it short.
    pub fn span(&self, segment: u64) -> Option<(&Start, Range<u64>)> {
        let start = self.0.get(self.before(segment))?;
        let (ahead, parts) = match segment.checked_sub(start.segment)?.checked_sub(1) {
            None => (0, 1),
            Some(number) => (1 + number * PARTS_PER_SEGMENT, PARTS_PER_SEGMENT),
        };
        let first = start.chunk + ahead;
        let next = self.0.get(self.before(segment) + 1).map_or(u64::MAX, |next| next.chunk);
        Some((start, first..next.min(first + parts)))
    }
}

/// How many segments so many chunks of an epoch make.
const fn segments(chunks: u64) -> u64 {
    match chunks.checked_sub(1) {
        None => 0,
        Some(behind) => 1 + behind.div_ceil(PARTS_PER_SEGMENT),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_epoch_cuts_a_segment_short() {
        let mut epochs = Epochs::default();
        assert!(epochs.begin(1, 0) && epochs.begin(4, 12) && !epochs.begin(4, 20) && !epochs.begin(5, 12));
        let place = |chunk| epochs.place(chunk).map(|place| (place.segment, place.part));
        assert_eq!(
            [place(0), place(1), place(11), place(12), place(13), place(18)],
            [Some((0, 0)), Some((1, 0)), Some((3, 0)), Some((4, 0)), Some((5, 0)), Some((6, 0))]
        );
        let span = |segment| epochs.span(segment).map(|(start, chunks)| (start.epoch, chunks));
        assert_eq!([span(0), span(1), span(2)], [Some((1, 0..1)), Some((1, 1..6)), Some((1, 6..11))]);
        assert_eq!([span(3), span(4), span(5)], [Some((1, 11..12)), Some((4, 12..13)), Some((4, 13..18))]);
    }
}
