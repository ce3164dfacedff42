//! The journal read again: from a whole segment or piece by piece as it grows, past any damage. Memory is bounded by
//! one record; time by the bytes read.

use bytes::{Buf, Bytes, BytesMut};

use super::wire::{self, Found, HEADER_BYTES, MAGIC};
use super::{PAYLOAD_BYTES_MAX, Record};

/// What lies in a journal; every byte belongs to exactly one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// A record as it was written.
    Record(Record),
    /// Bytes that are no record, `from` (inclusive) to `to` (exclusive), counted from where reading began.
    Damaged {
        /// The first.
        from: u64,
        /// The first after.
        to: u64,
    },
    /// The bytes end within what was being written last, or in zeros: nothing that was complete is missing.
    Torn {
        /// The first byte of what is incomplete.
        from: u64,
        /// Where the bytes end.
        to: u64,
    },
}

/// Bytes that are no record, so far.
#[derive(Debug, Clone, Copy)]
struct Run {
    from: u64,
    why: Why,
}

/// What a run looks like until now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    Zeros,
    Unfinished,
    Damage,
}

/// A record of several pieces, until its last.
#[derive(Debug)]
struct Open {
    from: u64,
    pieces: u16,
    crc: u32,
    payload: Vec<u8>,
}

/// Reads records out of bytes; an iterator that may give more after a none, when more was pushed.
#[derive(Debug, Default)]
pub struct Reader {
    buffer: BytesMut,
    /// Where the buffer begins.
    at: u64,
    run: Option<Run>,
    open: Option<Open>,
    closed: bool,
}

impl Reader {
    /// A reader of bytes to be pushed.
    pub fn new() -> Self {
        Self::default()
    }

    /// A reader of a whole segment; payloads are slices of `bytes`, not copies, and keep all of it in memory.
    pub fn whole(bytes: Bytes) -> Self {
        Self { buffer: bytes.into(), closed: true, ..Self::default() }
    }

    /// Takes the next bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// Says that no more bytes come, so that what is left is judged.
    pub fn close(&mut self) {
        self.closed = true;
    }

    /// Where the bytes begin of which nothing has been given yet.
    pub fn offset(&self) -> u64 {
        let open = self.open.as_ref().map(|open| open.from);
        self.run.map(|run| run.from).or(open).unwrap_or(self.at)
    }

    /// Leaves everything up to the next place where a record may begin, and whatever was open before.
    fn skip(&mut self, why: Why) {
        let rest = &self.buffer[1..];
        let count = 1 + wire::position(rest, &MAGIC).unwrap_or_else(|| {
            // The magic may have begun with the last bytes.
            let kept = if self.closed { 0 } else { MAGIC.len() - 1 };
            rest.len().saturating_sub(kept)
        });
        let zeros = self.buffer[..count].iter().all(|byte| *byte == 0);
        let from = self.open.take().map_or(self.at, |open| open.from);
        match &mut self.run {
            Some(run) if zeros && run.why == Why::Zeros => {}
            Some(run) => run.why = Why::Damage,
            None => self.run = Some(Run { from, why: if zeros { Why::Zeros } else { why } }),
        }
        self.buffer.advance(count);
        self.at += count as u64;
    }

    /// Whether the piece at the start is sound and goes on with what is open. Behind damage one that seems to hold
    /// another's beginning is not even summed up, which keeps the time linear for any bytes.
    fn is_sound(&self, length: usize) -> bool {
        let piece = &self.buffer[..length];
        if self.run.is_some() && wire::position(&piece[HEADER_BYTES..], &MAGIC).is_some() {
            return false;
        }
        let number = wire::number(piece);
        let open = self.open.as_ref().filter(|open| open.pieces == number && open.payload.len() < PAYLOAD_BYTES_MAX);
        let before = if number == 0 { Some(0) } else { open.map(|open| open.crc) };
        before.is_some_and(|before| wire::verify(piece, before))
    }

    /// The damage that ends before the sound piece at the start.
    fn damage(&mut self) -> Option<Item> {
        if wire::number(&self.buffer) == 0
            && let Some(open) = self.open.take()
        {
            self.run = Some(Run { from: open.from, why: Why::Damage });
        }
        let run = self.run.take()?;
        Some(Item::Damaged { from: run.from, to: self.at })
    }

    /// Takes the sound piece at the start; a record if it completes one.
    fn take(&mut self, length: usize) -> Option<Record> {
        let from = self.at;
        self.at += length as u64;
        let Some(piece) = wire::read(self.buffer.split_to(length)) else {
            self.run = Some(Run { from, why: Why::Damage });
            return None;
        };
        if !piece.more && piece.number == 0 {
            return Some(piece.record);
        }
        let mut open = self.open.take().unwrap_or(Open { from, pieces: 0, crc: 0, payload: Vec::new() });
        open.payload.extend_from_slice(&piece.record.payload);
        if !piece.more {
            return Some(Record { payload: open.payload.into(), ..piece.record });
        }
        (open.pieces, open.crc) = (piece.number + 1, piece.crc);
        self.open = Some(open);
        None
    }

    /// What is left when no more bytes come.
    fn rest(&mut self) -> Option<Item> {
        let cut = self.open.take().map(|open| Run { from: open.from, why: Why::Unfinished });
        let run = self.run.take().or(cut)?;
        let (from, to) = (run.from, self.at);
        Some(if run.why == Why::Damage { Item::Damaged { from, to } } else { Item::Torn { from, to } })
    }
}

impl Iterator for Reader {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        while !self.buffer.is_empty() {
            match wire::look(&self.buffer) {
                Found::Whole(length) if self.is_sound(length) => {
                    if let Some(damage) = self.damage() {
                        return Some(damage);
                    }
                    if let Some(record) = self.take(length) {
                        return Some(Item::Record(record));
                    }
                }
                Found::Short if !self.closed => return None,
                Found::Short => self.skip(Why::Unfinished),
                Found::Whole(_) | Found::Bad => self.skip(Why::Damage),
            }
        }
        if self.closed { self.rest() } else { None }
    }
}
