//! The playlist of playlists: the renditions in the order in which a player should try them, and what each costs.

use super::live::put;
use super::{Window, playlist_name};
use crate::program::{CHUNK_US, Rendition};

/// Bytes that a fragment adds to its frames, without the four of each frame's size.
const FRAGMENT_BYTES: u64 = 100;

/// Bit rates of a rendition's segments, packaging included, in bit/s.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bandwidth {
    /// The largest of any segment.
    pub peak: u64,
    /// Over all segments.
    pub average: u64,
}

impl Bandwidth {
    /// What to expect of a rendition before it is made; the peak leaves room for a variable rate.
    pub fn expected(rendition: Rendition) -> Self {
        let packaging = FRAGMENT_BYTES + 4 * rendition.frames_per_chunk() as u64;
        let frames = u64::from(rendition.bitrate());
        let packaging = rate(packaging, 1);
        Self { peak: frames * 3 / 2 + packaging, average: frames + packaging }
    }

    /// That of the segments in a window; zero for none.
    pub fn measured(window: &Window) -> Self {
        let (mut peak, mut bytes, mut chunks) = (0, 0, 0);
        for segment in window.segments() {
            let count = segment.chunks.end - segment.chunks.start;
            let own: u64 = window.entries(&segment.chunks).map(|(_, entry)| u64::from(entry.len)).sum();
            peak = peak.max(rate(own, count));
            (bytes, chunks) = (bytes + own, chunks + count);
        }
        Self { peak, average: rate(bytes, chunks) }
    }
}

fn rate(bytes: u64, chunks: u64) -> u64 {
    bytes * 8 * 1_000_000 / (chunks.max(1) * CHUNK_US.unsigned_abs())
}

/// One rendition to choose.
#[derive(Debug, Clone)]
pub struct Variant {
    /// Which.
    pub rendition: Rendition,
    /// The address of its media playlist.
    pub uri: String,
    /// What it costs.
    pub bandwidth: Bandwidth,
}

impl Variant {
    /// A live rendition, beside the multivariant playlist.
    pub fn live(rendition: Rendition) -> Self {
        Self { rendition, uri: playlist_name(rendition), bandwidth: Bandwidth::expected(rendition) }
    }
}

/// The multivariant playlist of `variants`, the first to be tried first: AAC, since every player has it.
pub fn multivariant(variants: &[Variant]) -> String {
    let mut out = String::new();
    put(&mut out, format_args!("#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS"));
    for Variant { rendition, uri, bandwidth: Bandwidth { peak, average } } in variants {
        let codecs = rendition.codecs();
        put(
            &mut out,
            format_args!("#EXT-X-STREAM-INF:BANDWIDTH={peak},AVERAGE-BANDWIDTH={average},CODECS=\"{codecs}\"\n{uri}"),
        );
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_variant_is_tried_first() {
        let text = multivariant(&[Variant::live(Rendition::Aac), Variant::live(Rendition::Opus)]);
        let expected = "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n\
            #EXT-X-STREAM-INF:BANDWIDTH=98333,AVERAGE-BANDWIDTH=66333,CODECS=\"mp4a.40.2\"\naac.m3u8\n\
            #EXT-X-STREAM-INF:BANDWIDTH=74433,AVERAGE-BANDWIDTH=50433,CODECS=\"opus\"\nopus.m3u8\n";
        assert_eq!(text, expected);
    }
}
