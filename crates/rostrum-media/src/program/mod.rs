//! What the audience receives: renditions of the one program in numbered chunks, their files, the events beside them.
//! Chunk n is program samples [n × 46,080, (n + 1) × 46,080) at 48 kHz in every rendition.

mod body;
pub mod check;
pub mod events;
mod front;
pub mod index;

use bytes::Bytes;

use crate::cmaf::{Fragment, Place, Track};
use crate::{Codec, FormatError, mp3};

pub use body::{Framer, Mount};
pub use front::{MP3_FRONT_BYTES, mp3_front};

/// Samples in a chunk: 48 frames of Opus, 45 of AAC, 40 of MP3; 0.96 s.
pub const CHUNK_SAMPLES: u64 = 46_080;
/// Samples of a channel in a millisecond of program time.
pub const SAMPLES_PER_MS: u64 = 48;
/// Length of a chunk, in microseconds.
pub const CHUNK_US: i64 = 960_000;

/// One encoding of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rendition {
    /// Stereo Opus.
    Opus,
    /// Mono Opus, for those who save data.
    OpusLow,
    /// Stereo AAC-LC.
    Aac,
    /// Stereo MP3 of constant bit rate, without bit reservoir.
    Mp3,
}

impl Rendition {
    /// Every rendition; the place in this list is the number in files.
    pub const ALL: [Self; 4] = [Self::Opus, Self::OpusLow, Self::Aac, Self::Mp3];

    /// The word of files, addresses and the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Opus => "opus",
            Self::OpusLow => "opus_low",
            Self::Aac => "aac",
            Self::Mp3 => "mp3",
        }
    }

    /// The rendition of a word.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rendition| rendition.name() == name)
    }

    /// How it is encoded.
    pub const fn codec(self) -> Codec {
        match self {
            Self::Opus | Self::OpusLow => Codec::Opus,
            Self::Aac => Codec::Aac,
            Self::Mp3 => Codec::Mp3,
        }
    }

    /// One or two.
    pub const fn channels(self) -> u8 {
        if matches!(self, Self::OpusLow) { 1 } else { 2 }
    }

    /// In bit/s, without what packaging adds.
    pub const fn bitrate(self) -> u32 {
        match self {
            Self::Opus => 48_000,
            Self::OpusLow => 16_000,
            Self::Aac => 64_000,
            Self::Mp3 => 128_000,
        }
    }

    /// Samples in a frame.
    pub const fn frame_samples(self) -> u32 {
        self.codec().frame_samples()
    }

    /// Frames in a chunk.
    pub const fn frames_per_chunk(self) -> usize {
        CHUNK_SAMPLES as usize / self.frame_samples() as usize
    }

    /// What playlists call the codec (RFC 6381).
    pub const fn codecs(self) -> &'static str {
        match self.codec() {
            Codec::Opus => "opus",
            Codec::Aac => "mp4a.40.2",
            Codec::Mp3 => "mp4a.40.34",
        }
    }

    /// The media type of its file.
    pub const fn mime(self) -> &'static str {
        if matches!(self, Self::Mp3) { "audio/mpeg" } else { "audio/mp4" }
    }

    /// The name of its file; the index beside it ends in `.index` instead.
    pub const fn file_name(self) -> &'static str {
        match self {
            Self::Opus => "opus.mp4",
            Self::OpusLow => "opus_low.mp4",
            Self::Aac => "aac.mp4",
            Self::Mp3 => "program.mp3",
        }
    }

    /// What its file begins with: the init segment or, for MP3, [`MP3_FRONT_BYTES`] of zeros, written when the room
    /// ends. `config` is the AudioSpecificConfig of AAC.
    ///
    /// # Errors
    /// AAC without configuration.
    pub fn front(self, config: &[u8]) -> Result<Vec<u8>, FormatError> {
        if self == Self::Mp3 {
            return Ok(vec![0; MP3_FRONT_BYTES]);
        }
        let config = if self == Self::Aac { config.to_vec() } else { Vec::new() };
        Track { codec: self.codec(), channels: self.channels(), bitrate: self.bitrate(), config }.init()
    }

    /// The bytes of chunk `number` as they stand in the file: a fragment or, for MP3, bare frames.
    ///
    /// # Errors
    /// Another number of frames than a chunk has; MP3 frames that need bytes of earlier ones.
    pub fn chunk<F: AsRef<[u8]>>(self, number: u64, frames: &[F]) -> Result<Vec<u8>, FormatError> {
        if frames.len() != self.frames_per_chunk() {
            return Err(FormatError::Malformed("a chunk has another number of frames"));
        }
        if self == Self::Mp3 {
            return mp3_chunk(frames);
        }
        let sequence = u32::try_from(number + 1).map_err(|_| FormatError::Malformed("no chunk has that number"))?;
        let place = Place { sequence, time: number * CHUNK_SAMPLES, frame_samples: self.frame_samples() };
        Ok(place.fragment(frames))
    }

    /// The frames of a chunk out of the file, without copying; none if it is damaged or another's.
    pub fn frames(self, chunk: &Bytes) -> Option<Vec<Bytes>> {
        let frames = if self == Self::Mp3 {
            mp3::frames(chunk).map(|(_, frame)| chunk.slice_ref(frame)).collect()
        } else {
            let fragment = Fragment::read(chunk)?;
            (fragment.place.frame_samples == self.frame_samples()).then_some(fragment.frames)?
        };
        (frames.len() == self.frames_per_chunk()).then_some(frames)
    }
}

fn mp3_chunk<F: AsRef<[u8]>>(frames: &[F]) -> Result<Vec<u8>, FormatError> {
    let mut out = Vec::new();
    for frame in frames.iter().map(AsRef::as_ref) {
        let mut inside = mp3::frames(frame);
        let (Some((header, whole)), None) = (inside.next(), inside.next()) else {
            return Err(FormatError::Malformed("not one MP3 frame"));
        };
        if whole.len() != frame.len() || mp3::reservoir_bytes(&header, frame) != Some(0) {
            return Err(FormatError::Malformed("an MP3 frame that does not stand alone"));
        }
        out.extend_from_slice(frame);
    }
    Ok(out)
}

#[cfg(test)]
pub(crate) mod samples {
    use super::Rendition;
    use crate::Codec;

    /// The frames of a chunk: real headers for MP3, else arbitrary bytes of the size that such frames have.
    pub(crate) fn frames(rendition: Rendition, seed: u8) -> Vec<Vec<u8>> {
        let frame = |index: usize| match rendition.codec() {
            Codec::Mp3 => [&[0xff, 0xfb, 0x94, 0x44, 0, 0][..], &vec![seed; 378]].concat(),
            _ => vec![seed ^ index as u8; 20 + (usize::from(seed) + index * 7) % 200],
        };
        (0..rendition.frames_per_chunk()).map(frame).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chunk_is_whole_frames_of_every_codec() {
        for rendition in Rendition::ALL {
            let samples = rendition.frames_per_chunk() as u64 * u64::from(rendition.frame_samples());
            assert_eq!(samples, CHUNK_SAMPLES, "{rendition:?}");
            assert_eq!(Rendition::of(rendition.name()), Some(rendition));
        }
        assert_eq!(Rendition::of("flac"), None);
    }

    #[test]
    fn chunks_come_apart_into_their_frames() {
        for rendition in Rendition::ALL {
            let frames = samples::frames(rendition, 5);
            let chunk = Bytes::from(rendition.chunk(3, &frames).unwrap());
            assert_eq!(rendition.frames(&chunk).unwrap(), frames, "{rendition:?}");
            assert_eq!(rendition.frames(&chunk.slice(..chunk.len() - 1)), None);
            assert!(rendition.chunk(3, &frames[1..]).is_err());
        }
    }

    #[test]
    fn mp3_frames_that_lean_on_others_are_refused() {
        let mut frames = samples::frames(Rendition::Mp3, 5);
        frames[7][5] = 0x80;
        assert!(Rendition::Mp3.chunk(0, &frames).is_err());
    }
}
