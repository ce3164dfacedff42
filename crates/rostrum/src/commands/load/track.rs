//! What one listener of the load hears, read as it comes: where units of the stream begin, whether one is missing, how
//! much sound it is. Holds no sound and no socket.

use rostrum_media::{adts, mp3};

/// The longest beginning that tells how long a unit is, in bytes: a fragment's `moof` with all it lists.
const START_BYTES_MAX: usize = 8 * 1024;

/// A kind of stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Pages of Ogg, which are numbered.
    Ogg,
    /// Fragments of MP4, which are numbered.
    Mp4,
    /// Frames of MP3: nothing numbers them.
    Mp3,
    /// Frames of AAC: nothing numbers them.
    Adts,
}

/// A stream as far as it has come.
#[derive(Debug)]
pub(super) struct Track {
    kind: Kind,
    /// The beginning of a unit that came in parts.
    start: Vec<u8>,
    /// Bytes of the unit that are still to come.
    skip: usize,
    next: Option<u32>,
    /// Sound that came, in samples at 48 kHz.
    pub(super) samples: u64,
    granule: u64,
    /// Units that never came.
    pub(super) holes: u32,
    /// Places where no unit begins.
    pub(super) noise: u32,
}

/// What stands at the beginning of some bytes.
enum Look {
    /// Too few to say.
    More,
    /// No unit.
    Noise,
    /// A unit of so many bytes.
    Unit(usize, What),
}

/// What a unit holds.
#[derive(Debug, Clone, Copy)]
enum What {
    /// Nothing to hear; a stream may begin anew.
    Front { anew: bool },
    /// A numbered unit, and the sample its sound ends (Ogg) or begins (MP4) with.
    Numbered { number: u32, at: u64 },
    /// So many samples.
    Frame(u64),
}

impl Kind {
    /// The kind of what an answer's head calls itself.
    pub(super) fn of(mime: &str) -> Option<Self> {
        match mime.split(';').next()?.trim() {
            "audio/ogg" | "application/ogg" => Some(Self::Ogg),
            "audio/mp4" => Some(Self::Mp4),
            "audio/mpeg" => Some(Self::Mp3),
            "audio/aac" | "audio/aacp" => Some(Self::Adts),
            _ => None,
        }
    }

    /// Whether a missing unit is seen.
    pub(super) const fn is_numbered(self) -> bool {
        matches!(self, Self::Ogg | Self::Mp4)
    }

    fn look(self, bytes: &[u8]) -> Look {
        let found = match self {
            Self::Ogg => page(bytes),
            Self::Mp4 => part(bytes),
            Self::Mp3 => bytes.first_chunk::<4>().map(|head| mp3::Header::parse(*head).map(mp3_frame)),
            Self::Adts => (bytes.len() >= 7).then(|| adts::Header::parse(bytes).map(aac_frame)),
        };
        match found {
            None => Look::More,
            Some(None) => Look::Noise,
            Some(Some((length, what))) => Look::Unit(length, what),
        }
    }
}

type Found = Option<Option<(usize, What)>>;

fn mp3_frame(header: mp3::Header) -> (usize, What) {
    (header.bytes, What::Frame(u64::from(header.samples) * 48_000 / u64::from(header.sample_rate)))
}

fn aac_frame(header: adts::Header) -> (usize, What) {
    (header.bytes, What::Frame(1024 * 48_000 / u64::from(header.config.sample_rate().max(1))))
}

/// A page (RFC 3533 §6).
fn page(bytes: &[u8]) -> Found {
    let signature = &b"OggS"[..bytes.len().min(4)];
    if !bytes.starts_with(signature) {
        return Some(None);
    }
    let head = bytes.first_chunk::<27>()?;
    let lacing = bytes.get(27..27 + usize::from(head[26]))?;
    let length = 27 + lacing.len() + lacing.iter().map(|value| usize::from(*value)).sum::<usize>();
    let granule = u64::from_le_bytes(head[6..14].try_into().ok()?);
    let number = u32::from_le_bytes(head[18..22].try_into().ok()?);
    // Header pages end with no sample; the last page of a chained stream holds none.
    let what = match head[5] {
        flags if granule == 0 || lacing.is_empty() => What::Front { anew: flags & 2 != 0 },
        _ => What::Numbered { number, at: granule },
    };
    Some(Some((length, what)))
}

/// A box of the top level (ISO/IEC 14496-12 §4.2); of a `moof` also its number and time.
fn part(bytes: &[u8]) -> Found {
    let head = bytes.first_chunk::<8>()?;
    let length = usize::try_from(u32::from_be_bytes(head[..4].try_into().ok()?)).ok()?;
    match &head[4..] {
        b"ftyp" => Some(Some((length, What::Front { anew: true }))),
        b"moov" | b"mdat" | b"styp" | b"sidx" | b"prft" | b"emsg" => Some(Some((length, What::Front { anew: false }))),
        b"moof" if length <= START_BYTES_MAX => {
            let whole = bytes.get(..length)?;
            let after = |name: &[u8; 4]| {
                let at = whole.windows(4).position(|four| four == name)?;
                whole.get(at + 4..)
            };
            let number = after(b"mfhd").and_then(|rest| Some(u32::from_be_bytes(rest.get(4..8)?.try_into().ok()?)));
            let time = after(b"tfdt").and_then(|rest| Some(u64::from_be_bytes(rest.get(4..12)?.try_into().ok()?)));
            Some(number.zip(time).map(|(number, at)| (length, What::Numbered { number, at })))
        }
        _ => Some(None),
    }
}

impl Track {
    pub(super) const fn new(kind: Kind) -> Self {
        Self { kind, start: Vec::new(), skip: 0, next: None, samples: 0, granule: 0, holes: 0, noise: 0 }
    }

    /// Takes what came.
    pub(super) fn feed(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            if self.skip > 0 {
                let skipped = self.skip.min(bytes.len());
                (self.skip, bytes) = (self.skip - skipped, &bytes[skipped..]);
            } else if self.start.is_empty() {
                bytes = self.unit(bytes);
            } else {
                // Byte by byte would be slow and as a whole wasteful: a beginning is short.
                let taken = bytes.len().min(64);
                self.start.extend_from_slice(&bytes[..taken]);
                bytes = &bytes[taken..];
                let start = std::mem::take(&mut self.start);
                let mut rest = &start[..];
                while !rest.is_empty() && self.skip == 0 && self.start.is_empty() {
                    rest = self.unit(rest);
                }
            }
        }
    }

    /// Reads what stands at the beginning; gives back what comes after it.
    fn unit<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        match self.kind.look(bytes) {
            Look::Unit(length, what) if length > 0 => {
                self.take(what);
                let here = length.min(bytes.len());
                self.skip = length - here;
                &bytes[here..]
            }
            Look::More if bytes.len() < START_BYTES_MAX => {
                self.start = bytes.to_vec();
                &[]
            }
            _ => {
                self.noise += 1;
                &bytes[1..]
            }
        }
    }

    fn take(&mut self, what: What) {
        match what {
            What::Front { anew: true } => self.next = None,
            What::Front { anew: false } => {}
            What::Frame(samples) => self.samples += samples,
            What::Numbered { number, at } => {
                match self.next {
                    Some(next) => {
                        self.holes += u32::from(next != number);
                        self.samples += at.saturating_sub(self.granule);
                    }
                    // How long the first one is, only the second tells.
                    None => self.samples += 1,
                }
                (self.next, self.granule) = (Some(number.wrapping_add(1)), at);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use proptest::prelude::*;
    use rostrum_media::Tags;
    use rostrum_media::program::{CHUNK_SAMPLES, Framer, Mount, Rendition};

    fn stream(mount: Mount, numbers: &[u64]) -> Vec<u8> {
        let rendition = mount.rendition();
        let front: Bytes = rendition.front(&[0x11, 0x90]).unwrap().into();
        let mut framer = Framer::new(mount, &front, 1, Tags::default()).unwrap();
        let mut out = framer.head().to_vec();
        for n in 0..=*numbers.last().unwrap() {
            let frame = match rendition {
                Rendition::Mp3 => [&[0xff, 0xfb, 0x94, 0x44, 0, 0][..], &[0; 378]].concat(),
                _ => vec![7; 90],
            };
            let chunk = rendition.chunk(n, &vec![frame; rendition.frames_per_chunk()]).unwrap().into();
            let framed = framer.chunk(n, &chunk).unwrap();
            if numbers.contains(&n) {
                out.extend_from_slice(&framed);
            }
        }
        out
    }

    fn kind(mount: Mount) -> Kind {
        Kind::of(mount.mime()).unwrap()
    }

    #[test]
    fn a_whole_stream_has_no_holes_and_a_chunk_left_out_is_one() {
        for mount in Mount::ALL {
            let mut whole = Track::new(kind(mount));
            whole.feed(&stream(mount, &[3, 4, 5, 6]));
            assert_eq!((whole.holes, whole.noise), (0, 0), "{mount:?}");
            assert!(whole.samples >= 3 * CHUNK_SAMPLES, "{mount:?}: {}", whole.samples);
            let mut broken = Track::new(kind(mount));
            broken.feed(&stream(mount, &[3, 4, 6]));
            assert_eq!(broken.holes > 0, kind(mount).is_numbered(), "{mount:?}");
        }
    }

    #[test]
    fn bytes_that_are_lost_are_heard_as_noise() {
        for mount in Mount::ALL {
            let mut bytes = stream(mount, &[1, 2, 3, 4]);
            bytes.drain(1_500..1_600);
            let mut track = Track::new(kind(mount));
            track.feed(&bytes);
            assert!(track.noise > 0, "{mount:?}");
        }
    }

    proptest! {
        #[test]
        fn how_the_bytes_come_does_not_matter(index in 0usize..6, cuts in prop::collection::vec(1usize..999, 1..9)) {
            let mount = Mount::ALL[index];
            let bytes = stream(mount, &[1, 2, 3]);
            let mut whole = Track::new(kind(mount));
            whole.feed(&bytes);
            let (mut parts, mut rest) = (Track::new(kind(mount)), &bytes[..]);
            for cut in cuts.into_iter().cycle() {
                let (part, after) = rest.split_at(cut.min(rest.len()));
                parts.feed(part);
                rest = after;
                if rest.is_empty() {
                    break;
                }
            }
            prop_assert_eq!((parts.holes, parts.noise, parts.samples), (whole.holes, whole.noise, whole.samples));
        }
    }
}
