//! From chunks in a file to what endless mounts send: framed once for all listeners. Who listens is not known here.

use bytes::Bytes;

use super::{CHUNK_SAMPLES, Rendition};
use crate::cmaf::Track;
use crate::{FormatError, Tags, adts, ogg};

/// One endless stream of a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mount {
    /// Stereo Opus in Ogg.
    Opus,
    /// Mono Opus in Ogg.
    OpusLow,
    /// MP3 frames.
    Mp3,
    /// AAC in ADTS.
    Aac,
    /// AAC in fragments.
    Mp4,
    /// Opus in fragments.
    OpusMp4,
}

impl Mount {
    /// Every mount.
    pub const ALL: [Self; 6] = [Self::Opus, Self::OpusLow, Self::Mp3, Self::Aac, Self::Mp4, Self::OpusMp4];

    /// What its address ends with, after the room's word.
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Opus => ".opus",
            Self::OpusLow => ".low.opus",
            Self::Mp3 => ".mp3",
            Self::Aac => ".aac",
            Self::Mp4 => ".mp4",
            Self::OpusMp4 => ".opus.mp4",
        }
    }

    /// The room's word and the mount, out of the last part of an address.
    pub fn parse(name: &str) -> Option<(&str, Self)> {
        let found = Self::ALL.into_iter().filter_map(|mount| Some((name.strip_suffix(mount.suffix())?, mount)));
        found.min_by_key(|(room, _)| room.len()).filter(|(room, _)| !room.is_empty())
    }

    /// The rendition it carries.
    pub const fn rendition(self) -> Rendition {
        match self {
            Self::Opus | Self::OpusMp4 => Rendition::Opus,
            Self::OpusLow => Rendition::OpusLow,
            Self::Mp3 => Rendition::Mp3,
            Self::Aac | Self::Mp4 => Rendition::Aac,
        }
    }

    /// Its media type.
    pub const fn mime(self) -> &'static str {
        match self {
            Self::Opus | Self::OpusLow => "audio/ogg; codecs=opus",
            Self::Mp3 => "audio/mpeg",
            Self::Aac => "audio/aac",
            Self::Mp4 => "audio/mp4; codecs=\"mp4a.40.2\"",
            Self::OpusMp4 => "audio/mp4; codecs=\"opus\"",
        }
    }
}

/// Frames a mount's chunks.
#[derive(Debug)]
pub struct Framer {
    mount: Mount,
    tags: Tags,
    shape: Shape,
}

#[derive(Debug)]
enum Shape {
    Ogg(ogg::Live),
    Adts(adts::Config),
    /// As the file has it, behind this.
    Plain(Bytes),
}

impl Framer {
    /// A framer of `mount` whose rendition's file begins with `front`; `serial` names the logical stream of Ogg.
    ///
    /// # Errors
    /// `front` is not an init segment of the rendition (MP3 needs none).
    pub fn new(mount: Mount, front: &Bytes, serial: u32, tags: Tags) -> Result<Self, FormatError> {
        let shape = match mount {
            Mount::Mp3 => Shape::Plain(Bytes::new()),
            Mount::Mp4 | Mount::OpusMp4 => Shape::Plain(front.clone()),
            Mount::Opus | Mount::OpusLow => Shape::Ogg(ogg::Live::new(serial, mount.rendition().channels(), &tags)?),
            Mount::Aac => {
                let config = Track::read(front).and_then(|track| adts::Config::from_asc(&track.config));
                Shape::Adts(config.ok_or(FormatError::Malformed("no init segment of AAC"))?)
            }
        };
        Ok(Self { mount, tags, shape })
    }

    /// What a joiner gets before the first chunk.
    pub fn head(&self) -> Bytes {
        match &self.shape {
            Shape::Ogg(live) => live.head(),
            Shape::Adts(_) => Bytes::new(),
            Shape::Plain(head) => head.clone(),
        }
    }

    /// The body of chunk `number`, from its bytes in the file.
    ///
    /// # Errors
    /// The bytes are no chunk of the rendition; leave it out and go on.
    pub fn chunk(&mut self, number: u64, chunk: &Bytes) -> Result<Bytes, FormatError> {
        let frames = || self.mount.rendition().frames(chunk).ok_or(FormatError::Malformed("a damaged chunk"));
        match &mut self.shape {
            Shape::Plain(_) => Ok(chunk.clone()),
            Shape::Ogg(live) => live.pages(number * CHUNK_SAMPLES, &frames()?),
            Shape::Adts(config) => {
                let mut out = Vec::with_capacity(chunk.len());
                let whole = frames()?.iter().all(|frame| config.put(frame, &mut out));
                if whole { Ok(out.into()) } else { Err(FormatError::Malformed("a frame is too long")) }
            }
        }
    }

    /// What goes between the chunks of two epochs: for Ogg the end of one logical stream and the head of the next,
    /// which `serial` names; nothing for the others.
    ///
    /// # Errors
    /// None that happens; see [`FormatError`].
    pub fn chain(&mut self, serial: u32) -> Result<Bytes, FormatError> {
        let Shape::Ogg(live) = &mut self.shape else { return Ok(Bytes::new()) };
        let next = ogg::Live::new(serial, self.mount.rendition().channels(), &self.tags)?;
        let head = next.head();
        let end = std::mem::replace(live, next).end()?;
        Ok([end, head].concat().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::samples;

    fn framer(mount: Mount) -> Framer {
        let front = mount.rendition().front(&[0x11, 0x90]).unwrap().into();
        Framer::new(mount, &front, 1, Tags::default()).unwrap()
    }

    fn chunk(mount: Mount) -> Bytes {
        mount.rendition().chunk(9, &samples::frames(mount.rendition(), 8)).unwrap().into()
    }

    #[test]
    fn addresses_lead_to_mounts() {
        for mount in Mount::ALL {
            let name = format!("friday-talk{}", mount.suffix());
            assert_eq!(Mount::parse(&name), Some(("friday-talk", mount)));
        }
        assert_eq!(Mount::parse("friday-talk.ogg"), None);
        assert_eq!(Mount::parse(".opus"), None);
    }

    #[test]
    fn a_joiner_gets_what_the_format_needs() {
        for (mount, start) in
            [(Mount::Opus, &b"OggS"[..]), (Mount::Mp4, b"\0\0\0\x1cftyp"), (Mount::Mp3, b""), (Mount::Aac, b"")]
        {
            let framer = framer(mount);
            assert!(framer.head().starts_with(start) && framer.head().is_empty() == start.is_empty(), "{mount:?}");
        }
    }

    #[test]
    fn adts_holds_the_frames_of_the_chunk() {
        let chunk = chunk(Mount::Aac);
        let body = framer(Mount::Aac).chunk(9, &chunk).unwrap();
        let frames: Vec<_> = adts::frames(&body).map(|(_, frame)| frame.to_vec()).collect();
        assert_eq!(frames, Rendition::Aac.frames(&chunk).unwrap());
    }

    #[test]
    fn a_damaged_chunk_is_an_error_and_the_next_goes_on() {
        let mut framer = framer(Mount::OpusLow);
        let good = chunk(Mount::OpusLow);
        assert!(framer.chunk(8, &good.slice(..50)).is_err());
        assert!(framer.chunk(9, &good).unwrap().starts_with(b"OggS"));
    }

    #[test]
    fn ogg_is_chained_over_an_epoch() {
        let mut framer = framer(Mount::Opus);
        let link = framer.chain(2).unwrap();
        assert!(link.ends_with(&framer.head()) && link.len() == framer.head().len() + 27);
        assert_eq!(link[5], 4);
        assert!(self::framer(Mount::Mp4).chain(2).unwrap().is_empty());
    }
}
