//! A fragment: `moof` and `mdat`, one run of samples that all last as long. What wrote the frames is not known here.

use bytes::Bytes;

use crate::boxes::{find, get32, get64, list, put, put_full, put32, put64, words};
use crate::moov::AUDIO_TRACK;

const DATA_OFFSET: u32 = 1;
const DEFAULT_DURATION: u32 = 8;
const SIZES: u32 = 0x200;
const BASE_IS_MOOF: u32 = 0x2_0000;
/// Bytes of a `moof` of ours besides the four of each sample's size.
const MOOF_BYTES: usize = 92;

/// Where a fragment lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// `mfhd`'s number; rises by one from fragment to fragment, from 1.
    pub sequence: u32,
    /// When its first sample is heard, in samples.
    pub time: u64,
    /// How long each frame lasts, in samples.
    pub frame_samples: u32,
}

/// A fragment taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fragment {
    /// Where it lies.
    pub place: Place,
    /// Its frames, slices of the fragment.
    pub frames: Vec<Bytes>,
}

impl Place {
    /// The bytes of a fragment of these frames.
    pub fn fragment<F: AsRef<[u8]>>(&self, frames: &[F]) -> Vec<u8> {
        let payload: usize = frames.iter().map(|frame| frame.as_ref().len()).sum();
        let moof = MOOF_BYTES + 4 * frames.len();
        let mut out = Vec::with_capacity(moof + 8 + payload);
        put(&mut out, b"moof", |out| {
            put_full(out, b"mfhd", 0, |out| put32(out, self.sequence));
            put(out, b"traf", |out| {
                let flags = BASE_IS_MOOF | DEFAULT_DURATION;
                put_full(out, b"tfhd", flags, |out| words(out, &[AUDIO_TRACK, self.frame_samples]));
                put_full(out, b"tfdt", 0x0100_0000, |out| put64(out, self.time));
                put_full(out, b"trun", DATA_OFFSET | SIZES, |out| {
                    words(out, &[frames.len() as u32, moof as u32 + 8]);
                    frames.iter().for_each(|frame| put32(out, frame.as_ref().len() as u32));
                });
            });
        });
        put(&mut out, b"mdat", |out| frames.iter().for_each(|frame| out.extend_from_slice(frame.as_ref())));
        out
    }
}

impl Fragment {
    /// Takes a fragment apart without copying a frame; boxes around `moof` and `mdat` are passed over. None if it is
    /// damaged or holds what we never write (several tracks, samples of different lengths).
    pub fn read(bytes: &Bytes) -> Option<Self> {
        let (moof_at, moof) = top(bytes, b"moof")?;
        let (mdat_at, mdat) = top(bytes, b"mdat")?;
        let traf = find(moof, &[b"traf"])?;
        let head = find(traf, &[b"tfhd"])?;
        if get32(head, 0)? != BASE_IS_MOOF | DEFAULT_DURATION || get32(head, 4)? != AUDIO_TRACK {
            return None;
        }
        let run = find(traf, &[b"trun"])?;
        if get32(run, 0)? != DATA_OFFSET | SIZES {
            return None;
        }
        let mut at = moof_at.checked_add(get32(run, 8)? as usize)?;
        let end = mdat_at + mdat.len();
        if at < mdat_at {
            return None;
        }
        let sizes = run.get(12..)?;
        let count = get32(run, 4)? as usize;
        if sizes.len() != count.checked_mul(4)? {
            return None;
        }
        let mut frames = Vec::with_capacity(count);
        for size in sizes.chunks_exact(4) {
            let next = at.checked_add(get32(size, 0)? as usize).filter(|next| *next <= end)?;
            frames.push(bytes.slice(at..next));
            at = next;
        }
        let sequence = get32(find(moof, &[b"mfhd"])?, 4)?;
        let time = find(traf, &[b"tfdt"]).filter(|time| get32(time, 0) == Some(0x0100_0000))?;
        Some(Self { place: Place { sequence, time: get64(time, 4)?, frame_samples: get32(head, 8)? }, frames })
    }
}

/// The first box of a kind, with the place of its content; for `moof`, of the box itself.
fn top<'a>(bytes: &'a [u8], kind: &[u8; 4]) -> Option<(usize, &'a [u8])> {
    let mut at = 0;
    for (found, content) in list(bytes) {
        if found == *kind {
            return Some((if kind == b"moof" { at } else { at + 8 }, content));
        }
        at += 8 + content.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn frames() -> impl Strategy<Value = Vec<Vec<u8>>> {
        prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..60)
    }

    proptest! {
        #[test]
        fn fragments_read_back(
            frames in frames(),
            sequence in any::<u32>(),
            time in any::<u64>(),
            styp in any::<bool>(),
        ) {
            let place = Place { sequence, time, frame_samples: 1024 };
            let mut bytes = Vec::new();
            if styp {
                put(&mut bytes, b"styp", |out| out.extend_from_slice(b"msdh\0\0\0\0msdh"));
            }
            bytes.extend(place.fragment(&frames));
            let read = Fragment::read(&bytes.into()).unwrap();
            prop_assert_eq!(read.place, place);
            prop_assert_eq!(read.frames, frames);
        }

        #[test]
        fn a_damaged_fragment_never_panics(
            frames in frames(),
            at in any::<prop::sample::Index>(),
            byte in any::<u8>(),
        ) {
            let mut bytes = Place { sequence: 1, time: 2, frame_samples: 960 }.fragment(&frames);
            let at = at.index(bytes.len());
            bytes[at] = byte;
            let length = bytes.len();
            let cut = Bytes::copy_from_slice(&bytes[..at]);
            if let Some(read) = Fragment::read(&bytes.into()) {
                prop_assert!(read.frames.iter().map(Bytes::len).sum::<usize>() <= length);
            }
            prop_assert_eq!(Fragment::read(&cut), None);
        }
    }
}
