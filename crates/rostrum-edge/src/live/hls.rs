//! A rendition's window of HLS: the entries that playlists are made of, and the bytes behind them.

use std::collections::VecDeque;

use bytes::{Bytes, BytesMut};
use rostrum_media::hls::{DVR_CHUNKS_MIN, Epochs, Find, Name, Window};
use rostrum_media::program::index::{Entry, Flags};

/// One rendition.
#[derive(Debug)]
pub(super) struct Shelf {
    window: Window,
    chunks: VecDeque<(u64, Bytes)>,
    front: Bytes,
}

/// What a file's name leads to.
pub(super) enum Found {
    Bytes(Bytes),
    /// It comes next.
    Wait,
    Missing,
}

impl Shelf {
    pub(super) fn new(epochs: Epochs, first: u64, front: Bytes) -> Self {
        Self { window: Window::new(epochs, first, DVR_CHUNKS_MIN), chunks: VecDeque::new(), front }
    }

    pub(super) fn window(&self) -> &Window {
        &self.window
    }

    pub(super) fn push(&mut self, n: u64, (epoch, wall_us): (u32, i64), chunk: &Bytes) {
        let len = u32::try_from(chunk.len()).unwrap_or(u32::MAX);
        let entry = Entry { offset: 0, len, epoch, wall_us, flags: Flags::default(), crc: 0 };
        if let Err(error) = self.window.push(n, entry) {
            tracing::warn!(%error, "a chunk does not follow the last");
            return;
        }
        self.chunks.push_back((n, chunk.clone()));
        while self.chunks.front().is_some_and(|(n, _)| self.window.entry(*n).is_none()) {
            self.chunks.pop_front();
        }
    }

    pub(super) fn end(&mut self) {
        self.window.end();
    }

    pub(super) fn find(&self, name: Name) -> Found {
        match self.window.find(name) {
            Find::Init => Found::Bytes(self.front.clone()),
            Find::Next => Found::Wait,
            Find::Missing => Found::Missing,
            Find::Chunks(span) => {
                let first = self.chunks.front().map_or(u64::MAX, |(n, _)| *n);
                let mut out = BytesMut::new();
                for n in span {
                    let at = n.checked_sub(first).and_then(|at| self.chunks.get(usize::try_from(at).ok()?));
                    let Some((_, bytes)) = at else { return Found::Missing };
                    out.extend_from_slice(bytes);
                }
                Found::Bytes(out.freeze())
            }
        }
    }
}
