//! Opus in Ogg (RFC 3533, RFC 7845): pages with checksums, OpusHead, OpusTags with chapters and cover.

mod intake;
mod live;
mod writer;

use std::io::{Read, Seek, Write};

use base64::Engine;

use crate::{Codec, FormatError, SAMPLE_RATE, Stream, Tags};

pub use intake::{Found, Intake, IntakeError};
pub use live::Live;
pub use writer::Writer;

/// Packets we put on one page: one second, so that seeking lands close.
const PACKETS_PER_PAGE: usize = 50;
/// Longest page there is: 255 segments of 255 bytes.
const PAGE_BYTES_MAX: usize = 255 * 255;
/// The stream's number; there is only one in a file.
const SERIAL: u32 = 0x526f_7374;
/// Longest packet we read: a comment header with the largest cover.
const PACKET_BYTES_MAX: usize = 16 << 20;

const FRESH: u8 = 0;
const CONTINUED: u8 = 1;
const FIRST: u8 = 2;
const LAST: u8 = 4;

/// CRC-32 of Ogg (RFC 3533 section 6: polynomial 0x04c11db7, start 0, not reflected).
pub fn crc32(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 256] = crc_table();
    bytes.iter().fold(0, |crc, byte| crc << 8 ^ TABLE[(crc >> 24) as usize ^ *byte as usize])
}

const fn crc_table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut index = 0;
    while index < 256 {
        let mut crc = (index as u32) << 24;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 0x8000_0000 != 0 { crc << 1 ^ 0x04c1_1db7 } else { crc << 1 };
            bit += 1;
        }
        table[index] = crc;
        index += 1;
    }
    table
}

struct Pages<'w, W> {
    out: &'w mut W,
    serial: u32,
    sequence: u32,
}

impl<W: Write> Pages<'_, W> {
    /// One page; `granule` is the position after its last whole packet.
    fn page(&mut self, flags: u8, granule: u64, content: (&[u8], &[u8])) -> std::io::Result<()> {
        let (lacing, body) = content;
        let mut page = Vec::with_capacity(27 + lacing.len() + body.len());
        page.extend_from_slice(b"OggS\0");
        page.push(flags);
        page.extend_from_slice(&granule.to_le_bytes());
        page.extend_from_slice(&self.serial.to_le_bytes());
        page.extend_from_slice(&self.sequence.to_le_bytes());
        page.extend_from_slice(&[0; 4]);
        page.push(lacing.len() as u8);
        page.extend_from_slice(lacing);
        page.extend_from_slice(body);
        let crc = crc32(&page);
        page[22..26].copy_from_slice(&crc.to_le_bytes());
        self.sequence += 1;
        self.out.write_all(&page)
    }

    /// A header packet on pages of its own, as many as it needs.
    fn header(&mut self, flags: u8, packet: &[u8]) -> std::io::Result<()> {
        let mut rest = packet;
        let mut flags = flags;
        while rest.len() >= PAGE_BYTES_MAX {
            let (body, after) = rest.split_at(PAGE_BYTES_MAX);
            // No packet ends on this page, which a granule of all ones says.
            self.page(flags, u64::MAX, (&[255; 255], body))?;
            (rest, flags) = (after, CONTINUED);
        }
        let mut lacing = Vec::new();
        lace(rest.len(), &mut lacing);
        self.page(flags, 0, (&lacing, rest))
    }
}

fn lace(length: usize, lacing: &mut Vec<u8>) {
    lacing.extend(std::iter::repeat_n(255, length / 255));
    lacing.push((length % 255) as u8);
}

pub(crate) fn write(stream: &Stream, tags: &Tags, data: impl Read, out: &mut impl Write) -> Result<(), FormatError> {
    let mut data = data;
    let mut pages = Pages { out, serial: SERIAL, sequence: 0 };
    pages.header(FIRST, &head(stream.channels, stream.delay)?)?;
    pages.header(FRESH, &comments(tags, stream.duration_ms()))?;
    let frame = u64::from(stream.codec.frame_samples());
    let end = u64::from(stream.delay) + stream.samples;
    let (mut lacing, mut body, mut packets) = (Vec::new(), Vec::new(), 0u64);
    let mut on_page = 0;
    for (index, size) in stream.sizes.iter().enumerate() {
        let size = *size as usize;
        if on_page == PACKETS_PER_PAGE || lacing.len() + size / 255 + 1 > 255 {
            pages.page(FRESH, packets * frame, (&lacing, &body))?;
            lacing.clear();
            body.clear();
            on_page = 0;
        }
        lace(size, &mut lacing);
        let from = body.len();
        body.resize(from + size, 0);
        data.read_exact(&mut body[from..])?;
        (packets, on_page) = (index as u64 + 1, on_page + 1);
    }
    // The last granule is where the recording ends: decoders drop what lies behind it (RFC 7845 section 4.4).
    Ok(pages.page(LAST, end, (&lacing, &body))?)
}

/// The identification header (RFC 7845 section 5.1).
fn head(channels: u8, delay: u32) -> Result<Vec<u8>, FormatError> {
    let skip = u16::try_from(delay).map_err(|_| FormatError::Malformed("the delay is too long"))?;
    let mut head = b"OpusHead\x01".to_vec();
    head.push(channels);
    head.extend_from_slice(&skip.to_le_bytes());
    head.extend_from_slice(&SAMPLE_RATE.to_le_bytes());
    head.extend_from_slice(&[0, 0, 0]);
    Ok(head)
}

/// The comment header (RFC 7845 section 5.2) with Vorbis chapter comments and a FLAC picture block.
fn comments(tags: &Tags, duration_ms: u64) -> Vec<u8> {
    let mut list: Vec<String> = Vec::new();
    let track = tags.track.map(|number| number.to_string()).unwrap_or_default();
    for (name, text) in [
        ("TITLE", &tags.title),
        ("ARTIST", &tags.artist),
        ("ALBUM", &tags.album),
        ("DATE", &tags.date),
        ("TRACKNUMBER", &track),
        ("DESCRIPTION", &tags.comment),
        ("CONTACT", &tags.url),
    ] {
        if !text.is_empty() {
            list.push(format!("{name}={text}"));
        }
    }
    for (index, span) in tags.spans(duration_ms).iter().enumerate() {
        let (seconds, ms) = (span.start_ms / 1000, span.start_ms % 1000);
        let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        list.push(format!("CHAPTER{index:03}={hours:02}:{minutes:02}:{seconds:02}.{ms:03}"));
        list.push(format!("CHAPTER{index:03}NAME={}", span.title));
        list.extend(span.url.map(|url| format!("CHAPTER{index:03}URL={url}")));
    }
    if let Some(jpeg) = &tags.artwork {
        let block = base64::engine::general_purpose::STANDARD.encode(picture(jpeg));
        list.push(format!("METADATA_BLOCK_PICTURE={block}"));
    }
    let mut packet = b"OpusTags".to_vec();
    let text = |packet: &mut Vec<u8>, text: &str| {
        packet.extend_from_slice(&(text.len() as u32).to_le_bytes());
        packet.extend_from_slice(text.as_bytes());
    };
    text(&mut packet, "rostrum");
    packet.extend_from_slice(&(list.len() as u32).to_le_bytes());
    list.iter().for_each(|comment| text(&mut packet, comment));
    packet
}

/// A FLAC picture block: front cover, JPEG, dimensions left open.
fn picture(jpeg: &[u8]) -> Vec<u8> {
    let mime = b"image/jpeg";
    let mut block = 3u32.to_be_bytes().to_vec();
    block.extend_from_slice(&(mime.len() as u32).to_be_bytes());
    block.extend_from_slice(mime);
    block.extend_from_slice(&[0; 4 + 16]);
    block.extend_from_slice(&(jpeg.len() as u32).to_be_bytes());
    block.extend_from_slice(jpeg);
    block
}

struct Page {
    granule: u64,
    lacing: Vec<u8>,
    body: Vec<u8>,
}

fn next_page(file: &mut impl Read) -> Result<Option<Page>, FormatError> {
    let mut header = Vec::with_capacity(27);
    file.take(27).read_to_end(&mut header)?;
    if header.is_empty() {
        return Ok(None);
    }
    if header.len() < 27 || !header.starts_with(b"OggS\0") {
        return Err(FormatError::Malformed("a page without header"));
    }
    let granule = header[6..14].try_into().map(u64::from_le_bytes).expect("eight bytes");
    let crc = header[22..26].try_into().map(u32::from_le_bytes).expect("four bytes");
    let mut lacing = vec![0; usize::from(header[26])];
    file.read_exact(&mut lacing)?;
    let mut body = vec![0; lacing.iter().map(|size| usize::from(*size)).sum()];
    file.read_exact(&mut body)?;
    header[22..26].fill(0);
    let whole = [&header[..], &lacing, &body].concat();
    if crc32(&whole) != crc {
        return Err(FormatError::Malformed("a page's checksum is wrong"));
    }
    Ok(Some(Page { granule, lacing, body }))
}

pub(crate) fn read(file: impl Read + Seek, mut out: impl Write) -> Result<Stream, FormatError> {
    let (mut number, mut granule) = (0, 0);
    let (mut channels, mut delay, mut sizes) = (0, 0, Vec::new());
    walk(file, &mut |packet, at| {
        match number {
            0 => (channels, delay) = parse_head(packet)?,
            1 if packet.starts_with(b"OpusTags") => {}
            1 => return Err(FormatError::Malformed("no comment header")),
            _ => {
                sizes.push(packet.len() as u32);
                out.write_all(packet)?;
            }
        }
        (number, granule) = (number + 1, at);
        Ok(())
    })?;
    let samples =
        granule.checked_sub(u64::from(delay)).ok_or(FormatError::Malformed("the stream ends before it begins"))?;
    Ok(Stream { codec: Codec::Opus, channels, delay, samples, config: Vec::new(), sizes })
}

/// Hands over the packets of sound in a file of one stream; gives where it ends, in samples.
///
/// # Errors
/// The file cannot be read, or is damaged.
pub fn packets(file: impl Read, out: &mut impl FnMut(&[u8])) -> Result<u64, FormatError> {
    let (mut number, mut end) = (0, 0);
    walk(file, &mut |packet, granule| {
        if number > 1 {
            out(packet);
        }
        (number, end) = (number + 1, granule);
        Ok(())
    })?;
    Ok(end)
}

/// Hands over every packet with the granule of the page on which it ends.
fn walk(file: impl Read, each: &mut impl FnMut(&[u8], u64) -> Result<(), FormatError>) -> Result<(), FormatError> {
    let mut file = std::io::BufReader::with_capacity(1 << 16, file);
    let mut packet = Vec::new();
    while let Some(page) = next_page(&mut file)? {
        let mut body = &page.body[..];
        for size in page.lacing {
            let (part, rest) = body.split_at(usize::from(size));
            body = rest;
            packet.extend_from_slice(part);
            if packet.len() > PACKET_BYTES_MAX {
                return Err(FormatError::Malformed("a packet is too long"));
            }
            if size < 255 {
                each(&packet, page.granule)?;
                packet.clear();
            }
        }
    }
    Ok(())
}

fn parse_head(packet: &[u8]) -> Result<(u8, u32), FormatError> {
    match packet {
        [b'O', b'p', b'u', b's', b'H', b'e', b'a', b'd', 1, channels, low, high, ..] => {
            Ok((*channels, u32::from(u16::from_le_bytes([*low, *high]))))
        }
        _ => Err(FormatError::Malformed("no Opus identification header")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_ogg_s() {
        assert_eq!(crc32(b"123456789"), 0x89a1_897f);
    }

    #[test]
    fn packets_of_a_multiple_of_255_end_with_an_empty_segment() {
        let mut lacing = Vec::new();
        lace(510, &mut lacing);
        assert_eq!(lacing, [255, 255, 0]);
    }
}
