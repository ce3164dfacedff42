//! A room's journal as bytes: records with checksums, one after the other, in segments. A record is found again behind
//! any damage, because its first four bytes never occur in a payload. Files, clocks and what an event means are not
//! known here.

mod kind;
mod packet;
mod reader;
mod segment;
#[cfg(test)]
mod tests;
mod wire;

use bytes::Bytes;

pub use kind::Kind;
pub use packet::Packet;
pub use reader::{Item, Reader};
pub use segment::{FORMAT_VERSION, SegmentHeader};
pub use wire::{HEADER_BYTES, PIECE_BYTES_MAX, TooLong, write};

/// Longest payload, in bytes; what is longer than [`PIECE_BYTES_MAX`] lies in several pieces that are read as one.
pub const PAYLOAD_BYTES_MAX: usize = 4 << 20;

/// One thing that the stage received or did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Rises by one with every restart of the stage.
    pub epoch: u32,
    /// The track it belongs to; 0 for none.
    pub track: u32,
    /// What it is.
    pub kind: Kind,
    /// RTP sequence number, extended; 0 for what is not of a track.
    pub seq: u64,
    /// RTP time, extended, in ticks of the track's rate; 0 for what is not of a track.
    pub time: u64,
    /// When it was received, monotonic within an epoch, in microseconds.
    pub mono_us: u64,
    /// When it was received, in microseconds since 1970.
    pub wall_us: i64,
    /// What it says: a [`Packet`] for packets, JSON for what is defined above this crate.
    pub payload: Bytes,
}
