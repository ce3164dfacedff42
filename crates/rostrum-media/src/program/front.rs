//! What stands in front of an MP3's frames when the room has ended: tags with chapters and artwork, the frame that
//! tells the length, one silent frame in place of the encoder's delay.

use crate::mp3::{DECODER_DELAY, Header, Info};
use crate::{Codec, FormatError, SAMPLE_RATE, Tags, id3};

/// Bytes kept free in front of an MP3's frames.
pub const MP3_FRONT_BYTES: usize = 640 << 10;

/// The front of an MP3 whose `frames` frames of `bytes` bytes follow it, shaped like `first`, the header of the
/// first; exactly [`MP3_FRONT_BYTES`] long.
///
/// Frame k holds program samples [k × 1152, (k + 1) × 1152) with nothing to leave out, but a player leaves out at least
/// its own delay: so a silent frame comes first, and the Info frame says that this frame is all that is left out.
///
/// # Errors
/// The tags are longer than the room there is, or `first` is no header of ours.
pub fn mp3_front(tags: &Tags, first: [u8; 4], frames: u64, bytes: u64) -> Result<Vec<u8>, FormatError> {
    let header = Header::parse(first).ok_or(FormatError::Malformed("a frame without header"))?;
    let frame = Codec::Mp3.frame_samples();
    let info = Info {
        frames: u32::try_from(frames + 1).map_err(|_| FormatError::Malformed("too many frames"))?,
        bytes: u32::try_from(bytes + 2 * header.bytes as u64).unwrap_or(u32::MAX),
        delay: (frame - DECODER_DELAY) as u16,
        padding: DECODER_DELAY as u16,
    };
    let mut silent = vec![0; header.bytes];
    silent[..4].copy_from_slice(&first);
    // Without the CRC that the zeros would not fit.
    silent[1] |= 1;
    let duration_ms = frames * u64::from(frame) * 1000 / u64::from(SAMPLE_RATE);
    let mut front = id3::encode_sized(tags, duration_ms, MP3_FRONT_BYTES - 2 * header.bytes)?;
    front.extend(info.frame(first, &header)?);
    front.extend(silent);
    Ok(front)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::{Rendition, samples};
    use crate::unpack;
    use std::io::Cursor;

    #[test]
    fn the_front_and_the_frames_are_a_file() {
        let tags = Tags { title: "Friday talk".into(), artwork: Some(vec![7; 500_000]), ..Tags::default() };
        let chunk = Rendition::Mp3.chunk(0, &samples::frames(Rendition::Mp3, 3)).unwrap();
        let mut file = mp3_front(&tags, *chunk.first_chunk().unwrap(), 40, chunk.len() as u64).unwrap();
        assert_eq!(file.len(), MP3_FRONT_BYTES);
        file.extend(&chunk);
        let mut frames = Vec::new();
        let stream = unpack(Codec::Mp3, Cursor::new(&file), &mut frames).unwrap();
        assert_eq!((stream.delay, stream.samples, stream.sizes.len()), (1152, 46_080, 41));
        assert!(frames.ends_with(&chunk));
    }

    #[test]
    fn artwork_that_does_not_fit_is_refused() {
        let tags = Tags { artwork: Some(vec![7; MP3_FRONT_BYTES]), ..Tags::default() };
        assert!(mp3_front(&tags, [0xff, 0xfb, 0x94, 0x44], 40, 15_360).is_err());
    }
}
