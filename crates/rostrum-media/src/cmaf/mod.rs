//! One audio track in fragments (ISO 14496-12 section 8.8, ISO 23000-19): the init segment and its reader. Time is
//! counted in samples at 48 kHz; there is no edit list, because no frame is priming.

mod fragment;

use crate::boxes::{find, put, put_full, put32, words};
use crate::moov::{self, AUDIO_TRACK};
use crate::{Codec, FormatError, SAMPLE_RATE};

pub use fragment::{Fragment, Place};

/// Default flags of a sample: it depends on no other.
const INDEPENDENT: u32 = 0x0200_0000;

/// What the init segment says of a track.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Track {
    /// AAC or Opus.
    pub codec: Codec,
    /// One or two.
    pub channels: u8,
    /// In bit/s, for AAC's descriptor.
    pub bitrate: u32,
    /// AudioSpecificConfig of AAC; empty for Opus.
    pub config: Vec<u8>,
}

impl Track {
    /// The init segment: `ftyp` and a `moov` without samples.
    ///
    /// # Errors
    /// MP3 has none, and AAC none without its configuration.
    pub fn init(&self) -> Result<Vec<u8>, FormatError> {
        let described = match self.codec {
            Codec::Aac => !self.config.is_empty(),
            Codec::Opus => true,
            Codec::Mp3 => false,
        };
        if !described || !matches!(self.channels, 1 | 2) {
            return Err(FormatError::Malformed("a track that fragments cannot hold"));
        }
        let mut out = Vec::new();
        put(&mut out, b"ftyp", |out| out.extend_from_slice(b"iso6\0\0\0\0iso6cmfcmp41"));
        put(&mut out, b"moov", |out| {
            moov::movie_header(out, 0, AUDIO_TRACK + 1);
            put(out, b"trak", |out| {
                moov::track_header(out, AUDIO_TRACK, 7, 0);
                put(out, b"mdia", |out| self.media(out));
            });
            put(out, b"mvex", |out| {
                let frame = self.codec.frame_samples();
                put_full(out, b"trex", 0, |out| words(out, &[AUDIO_TRACK, 1, frame, 0, INDEPENDENT]));
            });
        });
        Ok(out)
    }

    fn media(&self, out: &mut Vec<u8>) {
        put_full(out, b"mdhd", 0, |out| words(out, &[0, 0, SAMPLE_RATE, 0, 0x55c4_0000]));
        moov::handler(out, b"soun", &[0; 4]);
        put(out, b"minf", |out| {
            put_full(out, b"smhd", 0, |out| put32(out, 0));
            moov::data_reference(out);
            put(out, b"stbl", |out| {
                put_full(out, b"stsd", 0, |out| {
                    put32(out, 1);
                    match self.codec {
                        Codec::Opus => moov::opus_entry(out, self.channels),
                        _ => moov::aac_entry(out, self.channels, self.bitrate, &self.config),
                    }
                });
                for empty in [b"stts", b"stsc", b"stco"] {
                    put_full(out, empty, 0, |out| put32(out, 0));
                }
                put_full(out, b"stsz", 0, |out| words(out, &[0, 0]));
            });
        });
    }

    /// Reads an init segment of ours; the bit rate is not told for Opus. None if it is another's or damaged.
    pub fn read(init: &[u8]) -> Option<Self> {
        let table = find(init, &[b"moov", b"trak", b"mdia", b"minf", b"stbl"])?;
        if let Some(channels) = moov::read_opus_entry(table) {
            return Some(Self { codec: Codec::Opus, channels, bitrate: 0, config: Vec::new() });
        }
        let (channels, bitrate, config) = moov::read_aac_entry(table)?;
        Some(Self { codec: Codec::Aac, channels, bitrate, config })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tracks() -> [Track; 3] {
        let aac = Track { codec: Codec::Aac, channels: 2, bitrate: 64_000, config: vec![0x11, 0x90] };
        let opus = |channels| Track { codec: Codec::Opus, channels, bitrate: 0, config: Vec::new() };
        [aac, opus(2), opus(1)]
    }

    #[test]
    fn init_segments_read_back() {
        for track in tracks() {
            assert_eq!(Track::read(&track.init().unwrap()), Some(track));
        }
    }

    #[test]
    fn what_fragments_cannot_hold_is_refused() {
        let [aac, opus, _] = tracks();
        assert!(Track { codec: Codec::Mp3, ..opus.clone() }.init().is_err());
        assert!(Track { config: Vec::new(), ..aac }.init().is_err());
        assert!(Track { channels: 6, ..opus }.init().is_err());
    }

    proptest! {
        #[test]
        fn a_damaged_init_segment_never_panics(
            which in 0usize..3,
            at in any::<prop::sample::Index>(),
            byte in any::<u8>(),
        ) {
            let mut init = tracks()[which].init().unwrap();
            let at = at.index(init.len());
            init[at] = byte;
            let _ = Track::read(&init);
            let _ = Track::read(&init[..at]);
        }
    }
}
