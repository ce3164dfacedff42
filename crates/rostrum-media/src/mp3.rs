//! MPEG audio frames (ISO 11172-3) and the file made of them: ID3v2.3 tag, Info frame with the LAME extension, frames.

use std::io::{Read, Seek, SeekFrom, Write};

use crate::packaging::copy_exact;
use crate::{Codec, FormatError, SAMPLE_RATE, Stream, Tags, id3};

/// Samples a decoder adds before the encoder's own delay (528 of the filter bank, 1 of convention).
pub(crate) const DECODER_DELAY: u32 = 529;

/// Bytes of the Info frame's payload that we fill: Xing header with all four fields, LAME extension.
const INFO_BYTES: usize = 120 + 36;

/// What the four bytes before a layer III frame say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// 1 or 2 (MPEG-2.5 counts as 2, half the rate again).
    pub version: u8,
    /// Bit rate in bit/s.
    pub bitrate: u32,
    /// Sample rate in Hz.
    pub sample_rate: u32,
    /// One or two.
    pub channels: u8,
    /// Length of the whole frame, in bytes.
    pub bytes: usize,
    /// Samples per channel in the frame.
    pub samples: u32,
    /// Bytes between header (and CRC) and the main data: the side information.
    pub side_bytes: usize,
    /// Whether two bytes of CRC follow the header.
    pub crc: bool,
}

impl Header {
    /// Parses a layer III header; none for another layer, a free bit rate or reserved values.
    pub fn parse(bytes: [u8; 4]) -> Option<Self> {
        if bytes[0] != 0xff || bytes[1] & 0xe6 != 0xe2 {
            return None;
        }
        let (version, divisor) = match bytes[1] >> 3 & 3 {
            3 => (1, 1),
            2 => (2, 2),
            0 => (2, 4),
            _ => return None,
        };
        let bitrate = bitrate_kbit(version, bytes[2] >> 4)? * 1000;
        let sample_rate = [44_100, 48_000, 32_000].get(usize::from(bytes[2] >> 2 & 3))? / divisor;
        let channels = if bytes[3] >> 6 == 3 { 1 } else { 2 };
        let samples = if version == 1 { 1152 } else { 576 };
        let padding = u32::from(bytes[2] >> 1 & 1);
        let length = samples / 8 * bitrate / sample_rate + padding;
        let side_bytes = match (version, channels) {
            (1, 2) => 32,
            (1, _) | (2, 2) => 17,
            _ => 9,
        };
        let crc = bytes[1] & 1 == 0;
        Some(Self { version, bitrate, sample_rate, channels, bytes: length as usize, samples, side_bytes, crc })
    }

    /// Where a Xing or Info tag would begin in the frame.
    pub fn info_offset(&self) -> usize {
        4 + self.side_bytes
    }
}

fn bitrate_kbit(version: u8, index: u8) -> Option<u32> {
    const V1: [u32; 14] = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
    const V2: [u32; 14] = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
    let table = if version == 1 { &V1 } else { &V2 };
    table.get(usize::from(index).checked_sub(1)?).copied()
}

/// The frames lying back to back in a slice, as (header, bytes); ends at the first that is none or is cut.
pub fn frames(bytes: &[u8]) -> impl Iterator<Item = (Header, &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let header = Header::parse(*rest.first_chunk()?)?;
        let (frame, after) = rest.split_at_checked(header.bytes)?;
        rest = after;
        Some((header, frame))
    })
}

/// How many bytes of earlier frames this frame's main data begins in (`main_data_begin`); 0 without bit reservoir.
pub fn reservoir_bytes(header: &Header, frame: &[u8]) -> Option<u16> {
    let side = frame.get(if header.crc { 6 } else { 4 }..)?;
    let [first, second] = *side.first_chunk()?;
    Some(if header.version == 1 { u16::from(first) << 1 | u16::from(second) >> 7 } else { u16::from(first) })
}

/// What an Info (or Xing) frame with LAME extension tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Info {
    /// Frames that follow.
    pub frames: u32,
    /// Bytes of the whole stream, this frame included.
    pub bytes: u32,
    /// Samples the encoder added in front.
    pub delay: u16,
    /// Samples the encoder added at the end.
    pub padding: u16,
}

impl Info {
    /// Reads the tag out of a frame; none if the frame has none or lacks the LAME extension.
    pub fn parse(frame: &[u8]) -> Option<Self> {
        let header = Header::parse(*frame.first_chunk()?)?;
        let tag = frame.get(header.info_offset()..)?;
        if !tag.starts_with(b"Info") && !tag.starts_with(b"Xing") || be32(tag, 4)? != 15 {
            return None;
        }
        let gaps = tag.get(141..144)?;
        let delay = u16::from(gaps[0]) << 4 | u16::from(gaps[1]) >> 4;
        let padding = u16::from(gaps[1] & 15) << 8 | u16::from(gaps[2]);
        Some(Self { frames: be32(tag, 8)?, bytes: be32(tag, 12)?, delay, padding })
    }

    /// The silent frame that carries the tag, shaped like `like`, the first frame of the stream.
    pub(crate) fn frame(self, like: [u8; 4], header: &Header) -> Result<Vec<u8>, FormatError> {
        let at = header.info_offset();
        if at + INFO_BYTES > header.bytes {
            return Err(FormatError::Malformed("frames are too short for an Info tag"));
        }
        let mut frame = vec![0; header.bytes];
        frame[..4].copy_from_slice(&like);
        frame[1] |= 1;
        let tag = &mut frame[at..];
        tag[..4].copy_from_slice(b"Info");
        tag[4..8].copy_from_slice(&15u32.to_be_bytes());
        tag[8..12].copy_from_slice(&self.frames.to_be_bytes());
        tag[12..16].copy_from_slice(&self.bytes.to_be_bytes());
        for (percent, entry) in tag[16..116].iter_mut().enumerate() {
            *entry = (percent * 256 / 100) as u8;
        }
        tag[120..129].copy_from_slice(b"LAME3.100");
        tag[129] = 1;
        let (delay, padding) = (self.delay.min(4095), self.padding.min(4095));
        tag[141] = (delay >> 4) as u8;
        tag[142] = ((delay & 15) << 4 | padding >> 8) as u8;
        tag[143] = padding as u8;
        tag[148..152].copy_from_slice(&self.bytes.to_be_bytes());
        let crc = crc16(&frame[..at + 154]);
        frame[at + 154..at + 156].copy_from_slice(&crc.to_be_bytes());
        Ok(frame)
    }
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// CRC-16 as the LAME extension uses it (reflected polynomial 0xA001, start 0).
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ u16::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xa001 } else { crc >> 1 })
    })
}

pub(crate) fn write(stream: &Stream, tags: &Tags, data: impl Read, out: &mut impl Write) -> Result<(), FormatError> {
    let mut data = data;
    let mut first = vec![0; stream.sizes[0] as usize];
    data.read_exact(&mut first)?;
    let like = *first.first_chunk().ok_or(FormatError::Malformed("a frame without header"))?;
    let header = Header::parse(like).ok_or(FormatError::Malformed("a frame without header"))?;
    let padding = u64::from(DECODER_DELAY) + stream.padding().unwrap_or_default();
    let info = Info {
        frames: u32::try_from(stream.sizes.len()).map_err(|_| FormatError::Malformed("too many frames"))?,
        bytes: u32::try_from(stream.bytes() + header.bytes as u64).unwrap_or(u32::MAX),
        delay: u16::try_from(stream.delay.saturating_sub(DECODER_DELAY)).unwrap_or(u16::MAX),
        padding: u16::try_from(padding).unwrap_or(u16::MAX),
    };
    out.write_all(&id3::encode(tags, stream.duration_ms())?)?;
    out.write_all(&info.frame(like, &header)?)?;
    out.write_all(&first)?;
    copy_exact(&mut data, out, stream.bytes() - u64::from(stream.sizes[0]))
}

pub(crate) fn read(file: impl Read + Seek, mut out: impl Write) -> Result<Stream, FormatError> {
    let mut file = std::io::BufReader::with_capacity(1 << 16, file);
    let mut start = [0; 10];
    file.read_exact(&mut start)?;
    file.seek(SeekFrom::Start(id3::length(&start).unwrap_or(0)))?;
    let (_, frame) = next_frame(&mut file)?.ok_or(FormatError::Malformed("no frames"))?;
    let info = Info::parse(&frame).ok_or(FormatError::Malformed("no Info frame"))?;
    let mut sizes = Vec::new();
    let mut shape = None;
    while let Some((header, frame)) = next_frame(&mut file)? {
        if *shape.get_or_insert((header.channels, header.bitrate)) != (header.channels, header.bitrate) {
            return Err(FormatError::Malformed("frames of different shapes"));
        }
        sizes.push(frame.len() as u32);
        out.write_all(&frame)?;
    }
    let (channels, _) = shape.ok_or(FormatError::Malformed("no frames"))?;
    let coded = sizes.len() as u64 * u64::from(Codec::Mp3.frame_samples());
    let samples = coded
        .checked_sub(u64::from(info.delay) + u64::from(info.padding))
        .ok_or(FormatError::Malformed("the Info frame contradicts the frames"))?;
    let delay = u32::from(info.delay) + DECODER_DELAY;
    Ok(Stream { codec: Codec::Mp3, channels, delay, samples, config: Vec::new(), sizes })
}

fn next_frame(file: &mut impl Read) -> Result<Option<(Header, Vec<u8>)>, FormatError> {
    let mut start = Vec::with_capacity(4);
    file.take(4).read_to_end(&mut start)?;
    let Some(head) = start.first_chunk::<4>() else {
        return if start.is_empty() { Ok(None) } else { Err(FormatError::Malformed("a frame is cut")) };
    };
    let header = Header::parse(*head).ok_or(FormatError::Malformed("a frame without header"))?;
    if header.sample_rate != SAMPLE_RATE || header.bytes <= 4 {
        return Err(FormatError::Malformed("frames are not at 48 kHz"));
    }
    let mut frame = vec![0; header.bytes];
    frame[..4].copy_from_slice(head);
    file.read_exact(&mut frame[4..])?;
    Ok(Some((header, frame)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_reads() {
        let header = Header::parse([0xff, 0xfb, 0x94, 0x44]).unwrap();
        assert_eq!((header.bitrate, header.sample_rate, header.channels, header.bytes), (128_000, 48_000, 2, 384));
        assert_eq!((header.samples, header.side_bytes, header.crc), (1152, 32, false));
        for bad in [[0xff, 0xfb, 0xf4, 0], [0xff, 0xfb, 0x04, 0], [0xff, 0xfb, 0x9c, 0], [0xff, 0xfd, 0x94, 0], [0; 4]]
        {
            assert_eq!(Header::parse(bad), None);
        }
    }

    #[test]
    fn an_info_frame_reads_back() {
        let like = [0xff, 0xfb, 0x94, 0x44];
        let info = Info { frames: 7, bytes: 3072, delay: 576, padding: 1229 };
        let frame = info.frame(like, &Header::parse(like).unwrap()).unwrap();
        assert_eq!(Info::parse(&frame), Some(info));
        assert_eq!(frames(&frame).count(), 1);
    }

    #[test]
    fn the_reservoir_is_read_from_the_side_information() {
        let header = Header::parse([0xff, 0xfb, 0x94, 0x44]).unwrap();
        assert_eq!(reservoir_bytes(&header, &[0xff, 0xfb, 0x94, 0x44, 0x01, 0x80]), Some(3));
        assert_eq!(reservoir_bytes(&header, &[0xff, 0xfb]), None);
    }
}
