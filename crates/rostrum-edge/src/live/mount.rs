//! One mount: chunks framed once for all who listen, the newest in memory. A listener is a place in it.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, stream};
use rostrum_media::program::{Framer, Mount};
use rostrum_media::{FormatError, Tags};

use super::room::OnAir;

/// Chunks kept: two minutes for those who fall behind.
const CHUNKS_MAX: usize = 125;
/// Chunks a joiner gets at once: about three seconds, so that players start without waiting.
const BURST: u64 = 3;

/// A chunk as a listener gets it.
#[derive(Debug, Clone)]
struct Framed {
    n: u64,
    bytes: Bytes,
    /// What goes before it for those who had the chunk before: the border of two epochs.
    chain: Bytes,
}

/// One mount of a room.
#[derive(Debug)]
pub(super) struct Ring {
    framer: Framer,
    chunks: VecDeque<Framed>,
    epoch: u32,
    /// The first chunk of the latest epoch; nobody starts before it, since the head is of that epoch.
    epoch_from: u64,
}

impl Ring {
    pub(super) fn new(mount: Mount, front: &Bytes, title: &str) -> Result<Self, FormatError> {
        let tags = Tags { title: title.to_owned(), ..Tags::default() };
        let framer = Framer::new(mount, front, 1, tags)?;
        Ok(Self { framer, chunks: VecDeque::new(), epoch: 0, epoch_from: 0 })
    }

    pub(super) fn push(&mut self, (n, epoch): (u64, u32), chunk: &Bytes) -> Result<(), FormatError> {
        let mut chain = Bytes::new();
        if epoch != self.epoch {
            if self.epoch != 0 {
                chain = self.framer.chain(epoch)?;
            }
            (self.epoch, self.epoch_from) = (epoch, n);
        }
        let bytes = self.framer.chunk(n, chunk)?;
        self.chunks.push_back(Framed { n, bytes, chain });
        if self.chunks.len() > CHUNKS_MAX {
            self.chunks.pop_front();
        }
        Ok(())
    }

    /// What a joiner gets at once, and the number of the chunk after; none while there is nothing.
    fn join(&self) -> Option<(Bytes, u64)> {
        let newest = self.chunks.back()?.n;
        let from = (newest + 1).saturating_sub(BURST).max(self.epoch_from);
        let mut out = BytesMut::from(&self.framer.head()[..]);
        self.chunks.iter().filter(|framed| framed.n >= from).for_each(|framed| out.extend_from_slice(&framed.bytes));
        Some((out.freeze(), newest + 1))
    }

    /// What follows chunk `next − 1`; one who is too far behind skips to live.
    fn after(&self, next: u64) -> Option<(Bytes, u64)> {
        let first = self.chunks.front()?.n;
        if next < first {
            return self.join();
        }
        let mut out = BytesMut::new();
        for framed in self.chunks.iter().filter(|framed| framed.n >= next) {
            out.extend_from_slice(&framed.chain);
            out.extend_from_slice(&framed.bytes);
        }
        (!out.is_empty()).then(|| (out.freeze(), self.chunks.back().map_or(next, |framed| framed.n + 1)))
    }
}

/// The endless body of one listener.
pub(super) fn listen(room: Arc<OnAir>, mount: Mount) -> impl Stream<Item = Bytes> + Send {
    let changed = room.watch();
    let counted = room.count();
    stream::unfold((room, changed, None, counted), move |(room, mut changed, place, counted)| async move {
        loop {
            changed.borrow_and_update();
            let (taken, over) = room.ring(mount, |ring| match place {
                None => ring.join(),
                Some(next) => ring.after(next),
            });
            if let Some((bytes, next)) = taken {
                return Some((bytes, (room, changed, Some(next), counted)));
            }
            if over || changed.changed().await.is_err() {
                return None;
            }
        }
    })
}
