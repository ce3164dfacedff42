//! The media playlist of a replay: byte ranges of the one file that the live chunks were appended to.

use super::live::put;
use super::multivariant::Bandwidth;
use super::{Epochs, OutOfOrder, Seconds, TARGET_S, Window};
use crate::program::CHUNK_US;
use crate::program::index::Entry;

/// What is replayed.
#[derive(Debug, Clone, Copy)]
pub struct Replay<'a> {
    /// The file's address, as the playlist is to name it.
    pub file: &'a str,
    /// Length of the init segment in front, in bytes.
    pub front_bytes: u64,
    /// The number of the first chunk to play.
    pub first: u64,
    /// The chunks to play, one after the other.
    pub entries: &'a [Entry],
    /// How much shorter than a chunk the last is, in milliseconds.
    pub short_ms: u64,
}

/// A length of so many chunks, in seconds.
fn length(chunks: u64, short_ms: u64) -> String {
    match (chunks * CHUNK_US.unsigned_abs() / 1000).saturating_sub(short_ms) {
        _ if short_ms == 0 => Seconds(chunks).to_string(),
        ms => format!("{}.{:03}", ms / 1000, ms % 1000),
    }
}

impl Replay<'_> {
    fn window(&self) -> Result<Window, OutOfOrder> {
        let mut window = Window::new(Epochs::default(), self.first, usize::MAX);
        for (entry, number) in self.entries.iter().zip(self.first..) {
            window.push(number, *entry)?;
        }
        window.end();
        Ok(window)
    }

    /// The playlist and the bit rates of its segments.
    ///
    /// # Errors
    /// An epoch that is lower than one before it.
    pub fn playlist(&self) -> Result<(String, Bandwidth), OutOfOrder> {
        let window = self.window()?;
        let mut out = String::with_capacity(64 * self.entries.len());
        put(&mut out, format_args!("#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:{TARGET_S}"));
        put(&mut out, format_args!("#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-INDEPENDENT-SEGMENTS"));
        put(&mut out, format_args!("#EXT-X-MAP:URI=\"{}\",BYTERANGE=\"{}@0\"", self.file, self.front_bytes));
        for segment in window.segments() {
            window.put_marks(&segment, &mut out);
            let entries = window.entries(&segment.chunks);
            let (from, to) =
                entries.fold((u64::MAX, 0), |(from, to), (_, entry)| (from.min(entry.offset), to.max(entry.end())));
            let last = segment.chunks.end == self.first + self.entries.len() as u64;
            let short_ms = if last { self.short_ms } else { 0 };
            put(&mut out, format_args!("#EXTINF:{},", length(segment.chunks.end - segment.chunks.start, short_ms)));
            put(&mut out, format_args!("#EXT-X-BYTERANGE:{}@{from}\n{}", to.saturating_sub(from), self.file));
        }
        put(&mut out, format_args!("#EXT-X-ENDLIST"));
        Ok((out, Bandwidth::measured(&window)))
    }
}
