//! Low-latency HLS over the program's chunks (draft-pantos-hls-rfc8216bis): parts are chunks, segments are five of
//! them, an epoch's first is one. Playlists are text made of the index's entries; where the bytes are and who asks is
//! not known here.

mod epochs;
mod live;
mod multivariant;
mod name;
mod query;
mod replay;
#[cfg(test)]
mod tests;
mod window;

use std::fmt;

use crate::program::CHUNK_US;

pub use epochs::{Epochs, Place, Start};
pub use live::Form;
pub use multivariant::{Bandwidth, Variant, multivariant};
pub use name::{Name, playlist_name};
pub use query::{Answer, BadQuery, Query};
pub use replay::Replay;
pub use window::{DVR_CHUNKS_MIN, Find, OutOfOrder, Segment, Window};

/// The media type of playlists.
pub const MIME: &str = "application/vnd.apple.mpegurl";
/// Parts of a whole segment that is not an epoch's first.
pub const PARTS_PER_SEGMENT: u64 = 5;
/// `TARGETDURATION`, in seconds: a segment lasts 4.8.
pub const TARGET_S: u64 = 5;
/// Longest time a blocked request is held, in seconds: three target durations.
pub const BLOCK_S_MAX: u64 = 3 * TARGET_S;
/// How far a delta update reaches back, in seconds: six target durations.
const SKIP_UNTIL_S: u64 = 6 * TARGET_S;
/// How far back parts are listed, in seconds: three target durations.
const PARTS_UNTIL_S: u64 = 3 * TARGET_S;

/// A length of so many chunks, in seconds.
struct Seconds(u64);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hundredths = self.0 * (CHUNK_US / 10_000).unsigned_abs();
        write!(f, "{}.{:02}", hundredths / 100, hundredths % 100)
    }
}

/// Whether so many chunks last less than `seconds`.
fn within(chunks: u64, seconds: u64) -> bool {
    chunks.saturating_mul(CHUNK_US.unsigned_abs()) < seconds * 1_000_000
}
