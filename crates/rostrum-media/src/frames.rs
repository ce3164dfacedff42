//! MP3 and AAC frames out of an endless stream as its bytes come, whatever lies between them. Which of the two it is
//! shows by itself. Memory is bounded by two frames.

use bytes::{Buf, Bytes, BytesMut};

use crate::{adts, mp3};

/// Longest frame of either kind: ADTS lengths have thirteen bits.
const FRAME_BYTES_MAX: usize = 0x1fff;

/// What a stream consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// MPEG audio layer III.
    Mp3,
    /// AAC with a header for each frame.
    Adts,
}

/// What must stay the same from frame to frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Shape {
    kind: Kind,
    sample_rate: u32,
}

/// Reads one connection's bytes.
#[derive(Debug, Default)]
pub struct Frames {
    buffer: BytesMut,
    shape: Option<Shape>,
    skipped: usize,
}

impl Frames {
    /// A reader at the start of a connection.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// Bytes since the last frame that belong to none.
    pub const fn skipped(&self) -> usize {
        self.skipped
    }

    /// Moves to what looks like a frame.
    fn sync(&mut self) -> Option<(Shape, usize)> {
        while self.buffer.len() >= adts::HEADER_BYTES {
            if let Some(found) = header(&self.buffer) {
                return Some(found);
            }
            self.shape = None;
            let next = self.buffer[1..].iter().position(|byte| *byte == 0xff);
            self.skip(next.map_or(self.buffer.len(), |at| at + 1));
        }
        None
    }

    fn skip(&mut self, bytes: usize) {
        self.buffer.advance(bytes);
        self.skipped += bytes;
    }
}

/// Frames with their headers; a none may be followed by more when bytes were pushed. The first frame, and the first
/// after damage, is believed only when another follows it.
impl Iterator for Frames {
    type Item = (Kind, Bytes);

    fn next(&mut self) -> Option<(Kind, Bytes)> {
        while let Some((shape, length)) = self.sync() {
            if self.shape != Some(shape) {
                let behind = self.buffer.get(length..).filter(|behind| behind.len() >= adts::HEADER_BYTES)?;
                if header(behind).is_none_or(|(next, _)| next != shape) {
                    self.skip(1);
                    continue;
                }
                self.shape = Some(shape);
            }
            if self.buffer.len() < length {
                return None;
            }
            self.skipped = 0;
            return Some((shape.kind, self.buffer.split_to(length).freeze()));
        }
        None
    }
}

/// The frame that begins here, by its header.
fn header(bytes: &[u8]) -> Option<(Shape, usize)> {
    if let Some(found) = adts::Header::parse(bytes) {
        let shape = Shape { kind: Kind::Adts, sample_rate: found.config.sample_rate() };
        return Some((shape, found.bytes));
    }
    let found = mp3::Header::parse(*bytes.first_chunk()?)?;
    let fits = (4..=FRAME_BYTES_MAX).contains(&found.bytes);
    fits.then_some((Shape { kind: Kind::Mp3, sample_rate: found.sample_rate }, found.bytes))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn mp3_frame(fill: u8) -> Vec<u8> {
        // MPEG-1 layer III, 128 kbit/s, 48 kHz, stereo: 384 bytes.
        let mut frame = vec![fill; 384];
        frame[..4].copy_from_slice(&[0xff, 0xfb, 0x94, 0x00]);
        frame
    }

    fn adts_frame(fill: u8, length: usize) -> Vec<u8> {
        let mut frame = Vec::new();
        assert!(adts::Config::from_asc(&[0x11, 0x90]).unwrap().put(&vec![fill; length], &mut frame));
        frame
    }

    fn read(bytes: &[u8], cut: usize) -> Vec<(Kind, Bytes)> {
        let mut frames = Frames::new();
        let mut all = Vec::new();
        for piece in bytes.chunks(cut) {
            frames.push(piece);
            all.extend(&mut frames);
        }
        all
    }

    #[test]
    fn frames_come_whole_however_the_stream_is_cut() {
        let frames: Vec<_> = (0..10).map(mp3_frame).collect();
        for cut in [1, 5, 383, 5000] {
            let found = read(&frames.concat(), cut);
            assert_eq!(found.len(), 10, "cut at {cut}");
            assert!(found.iter().zip(&frames).all(|((kind, found), frame)| *kind == Kind::Mp3 && found == frame));
        }
        let frames: Vec<_> = (0..10).map(|n| adts_frame(n, 50 + usize::from(n))).collect();
        let found = read(&frames.concat(), 33);
        assert!(found.iter().all(|(kind, _)| *kind == Kind::Adts) && found.len() == 10);
    }

    #[test]
    fn joining_in_the_middle_and_damage_cost_a_frame_or_two() {
        let stream = (0..10).map(mp3_frame).collect::<Vec<_>>().concat();
        assert_eq!(read(&stream[100..], 64).len(), 9);
        let mut damaged = stream;
        damaged[384 * 4] = 0;
        assert_eq!(read(&damaged, 64).len(), 9);
    }

    #[test]
    fn rubbish_is_counted() {
        let mut frames = Frames::new();
        frames.push(&[0x55; 10_000]);
        assert_eq!(frames.next(), None);
        assert!(frames.skipped() > 9_000);
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered_within_bounds(
            bytes in prop::collection::vec(prop_oneof![Just(0xffu8), any::<u8>()], 0..3000), cut in 1usize..300,
        ) {
            let found = read(&bytes, cut);
            let all: usize = found.iter().map(|(_, frame)| frame.len()).sum();
            prop_assert!(all <= bytes.len());
        }
    }
}
