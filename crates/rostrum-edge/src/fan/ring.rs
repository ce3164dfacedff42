//! The newest pieces of one endless stream, framed once for all who listen, and where in them somebody starts, goes on
//! or, too slow, goes on again. Knows no listeners and no sockets.

use std::collections::VecDeque;

use bytes::Bytes;

/// Pieces kept: two minutes for those who fall behind.
const KEPT_MAX: usize = 125;

/// One piece of a stream: a chunk as its mount frames it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    /// The chunk's number.
    pub(crate) n: u64,
    /// Counts restarts of the stage; the first piece of an epoch begins with what links two of them.
    pub(crate) epoch: u32,
    /// What goes before the chunk for those who had the one before, and then the chunk.
    pub(crate) bytes: Bytes,
    /// How much of `bytes` goes before the chunk.
    pub(crate) link: u32,
}

/// A place in a stream: bytes of piece `n` that have gone already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) n: u64,
    pub(crate) offset: u32,
}

/// The pieces of one stream.
#[derive(Debug, Default)]
pub(crate) struct Ring {
    pieces: VecDeque<Piece>,
}

impl Ring {
    /// Takes the next piece; one that does not come after the last is left out.
    pub(crate) fn push(&mut self, piece: Piece) {
        if self.pieces.back().is_some_and(|last| piece.n <= last.n) {
            return;
        }
        self.pieces.push_back(piece);
        if self.pieces.len() > KEPT_MAX {
            self.pieces.pop_front();
        }
    }

    /// The number after the newest piece; 0 while there is none.
    pub(crate) fn next(&self) -> u64 {
        self.pieces.back().map_or(0, |piece| piece.n + 1)
    }

    /// The number of the oldest piece; 0 while there is none.
    pub(crate) fn oldest(&self) -> u64 {
        self.pieces.front().map_or(0, |piece| piece.n)
    }

    /// Where one who comes now starts to have `burst` pieces at once: never before the newest epoch, whose head they
    /// get, and behind the link in front of it. None while there is nothing.
    pub(crate) fn join(&self, burst: u64) -> Option<Place> {
        let newest = self.pieces.back()?;
        let first = self.pieces.partition_point(|piece| piece.epoch < newest.epoch || piece.n + burst <= newest.n);
        let piece = self.pieces.get(first)?;
        Some(Place { n: piece.n, offset: piece.link })
    }

    /// Where one who was at `place`, too slow, goes on: as one who comes now, but over the link when it opens an epoch
    /// that they have not heard yet.
    pub(crate) fn skip(&self, place: Place, burst: u64) -> Option<Place> {
        let newest = self.pieces.back()?;
        let opens = self.pieces.partition_point(|piece| piece.epoch < newest.epoch);
        let opening = self.pieces.get(opens)?;
        if opening.link > 0 && place.n <= opening.n {
            return Some(Place { n: opening.n, offset: 0 });
        }
        self.join(burst)
    }

    /// What somebody at `place` has not had, oldest first, and where each piece stands; pieces that never came are
    /// passed over.
    pub(crate) fn after(&self, place: Place) -> impl Iterator<Item = &Piece> {
        self.pieces.range(self.index(place.n)..)
    }

    /// Whether the bytes that `place` is in the middle of are still here.
    pub(crate) fn holds(&self, place: Place) -> bool {
        place.offset == 0 || self.pieces.get(self.index(place.n)).is_some_and(|piece| piece.n == place.n)
    }

    fn index(&self, n: u64) -> usize {
        let Some(first) = self.pieces.front() else { return 0 };
        let guess = usize::try_from(n.saturating_sub(first.n)).unwrap_or(usize::MAX);
        match self.pieces.get(guess) {
            // Numbers do not skip but for a fault of the link to the stage.
            Some(piece) if piece.n == n => guess,
            _ => self.pieces.partition_point(|piece| piece.n < n),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(n: u64, epoch: u32, link: &str) -> Piece {
        let bytes = format!("{link}[{n}]");
        Piece { n, epoch, bytes: bytes.into(), link: u32::try_from(link.len()).unwrap() }
    }

    fn ring(pieces: impl IntoIterator<Item = Piece>) -> Ring {
        let mut ring = Ring::default();
        pieces.into_iter().for_each(|piece| ring.push(piece));
        ring
    }

    #[test]
    fn a_joiner_starts_a_burst_back_and_not_before_the_epoch() {
        let mut ring = ring((4..9).map(|n| piece(n, 1, "")));
        assert_eq!(ring.join(3), Some(Place { n: 6, offset: 0 }));
        ring.push(piece(9, 2, "link"));
        assert_eq!(ring.join(3), Some(Place { n: 9, offset: 4 }));
        assert_eq!(Ring::default().join(3), None);
    }

    #[test]
    fn one_too_slow_goes_over_the_link_of_a_new_epoch_once() {
        let mut pieces: Vec<_> = (0..5).map(|n| piece(n, 1, "")).collect();
        pieces.push(piece(5, 2, "link"));
        pieces.extend((6..30).map(|n| piece(n, 2, "")));
        let ring = ring(pieces);
        assert_eq!(ring.skip(Place { n: 2, offset: 0 }, 3), Some(Place { n: 5, offset: 0 }));
        assert_eq!(ring.skip(Place { n: 6, offset: 0 }, 3), Some(Place { n: 27, offset: 0 }));
    }

    #[test]
    fn a_hole_in_the_numbers_is_passed_over() {
        let ring = ring([piece(1, 1, ""), piece(2, 1, ""), piece(5, 1, ""), piece(6, 1, "")]);
        let after = |n| ring.after(Place { n, offset: 0 }).map(|piece| piece.n).collect::<Vec<_>>();
        assert_eq!(after(2), [2, 5, 6]);
        assert_eq!(after(3), [5, 6]);
        assert_eq!(after(7), [] as [u64; 0]);
        assert!(!ring.holds(Place { n: 3, offset: 1 }) && ring.holds(Place { n: 5, offset: 1 }));
    }

    #[test]
    fn what_came_already_and_what_is_too_old_are_let_go() {
        let mut ring = ring((0..200).map(|n| piece(n, 1, "")));
        ring.push(piece(7, 1, ""));
        assert_eq!((ring.pieces.len(), ring.next()), (KEPT_MAX, 200));
    }
}
