//! Opus out of an endless Ogg stream (RFC 3533, RFC 7845) as its bytes come: pages with wrong checksums are left out,
//! streams that follow each other in a chain are taken as one. Memory is bounded by one page and one packet.

use bytes::{Buf, Bytes, BytesMut};

use super::crc32;
use crate::opus;

/// Bytes of a page's head without its table of segments.
const HEAD_BYTES: usize = 27;
/// Longest Opus packet of one or two channels: 48 frames of 1,275 bytes with their lengths (RFC 6716 §3.4).
const PACKET_BYTES_MAX: usize = 48 * 1277 + 2;
/// Longest comment header that is read; what is longer holds a picture, and its title comes first.
const COMMENTS_BYTES_MAX: usize = 64 << 10;
/// Bytes that may pass without a sound page before this counts as no Ogg at all.
const STRAY_BYTES_MAX: usize = 256 << 10;
/// Longest title taken, in characters.
const TITLE_MAX: usize = 200;

const CONTINUED: u8 = 1;
const FIRST: u8 = 2;

/// What a stream gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A stream of so many channels (1 or 2) begins, the first or the next in the chain.
    Head(u8),
    /// What it says it plays.
    Title(String),
    /// The next packet, and its length in samples at 48 kHz.
    Packet(Bytes, u32),
}

/// Why a stream gives nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IntakeError {
    /// No pages.
    #[error("This is not an Ogg stream.")]
    NotOgg,
    /// Another codec.
    #[error("This Ogg stream holds no Opus; choose Opus, MP3 or AAC in the encoder.")]
    NotOpus,
    /// More than two channels, or a version that does not exist yet.
    #[error("This Opus stream has more than two channels, or is of an unknown kind; choose mono or stereo.")]
    Channels,
}

/// The header packets come first, then sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    Comments,
    Sound,
}

/// Reads one connection's bytes.
#[derive(Debug, Default)]
pub struct Intake {
    buffer: BytesMut,
    /// The stream that is taken, and what its next packet is.
    stream: Option<(u32, Next)>,
    found: std::collections::VecDeque<Found>,
    /// A packet whose end is on a page to come.
    partial: Vec<u8>,
    /// Whether the rest of a packet is to be left out: its start was lost, or it is too long.
    skips: bool,
    stray: usize,
    damaged: u64,
}

impl Intake {
    /// A reader at the start of a connection.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// What comes next; none until more bytes are pushed.
    ///
    /// # Errors
    /// See [`IntakeError`]; nothing more comes of this stream.
    pub fn read(&mut self) -> Result<Option<Found>, IntakeError> {
        loop {
            if let Some(found) = self.found.pop_front() {
                return Ok(Some(found));
            }
            if !self.page()? {
                return Ok(None);
            }
        }
    }

    /// Pages and packets that were left out because they are damaged.
    pub const fn damaged(&self) -> u64 {
        self.damaged
    }

    /// Works off the page at the start of the buffer, or what is none; false when more bytes are needed.
    fn page(&mut self) -> Result<bool, IntakeError> {
        if !self.sync()? {
            return Ok(false);
        }
        let segments = usize::from(self.buffer[HEAD_BYTES - 1]);
        let Some(table) = self.buffer.get(HEAD_BYTES..HEAD_BYTES + segments) else { return Ok(false) };
        let length = HEAD_BYTES + segments + table.iter().map(|size| usize::from(*size)).sum::<usize>();
        if self.buffer.len() < length {
            return Ok(false);
        }
        if !is_sound(&self.buffer[..length]) {
            self.damaged += 1;
            self.stray += 1;
            self.buffer.advance(1);
            return Ok(true);
        }
        self.stray = 0;
        let page = self.buffer.split_to(length).freeze();
        self.take(&page, segments)?;
        Ok(true)
    }

    /// Leaves what is before the next capture pattern; false when more bytes are needed.
    fn sync(&mut self) -> Result<bool, IntakeError> {
        const PATTERN: &[u8] = b"OggS\0";
        let at = self.buffer.windows(PATTERN.len()).position(|window| window == PATTERN);
        let skip = at.unwrap_or_else(|| self.buffer.len().saturating_sub(PATTERN.len() - 1));
        self.buffer.advance(skip);
        self.stray += skip;
        if self.stray > STRAY_BYTES_MAX {
            return Err(IntakeError::NotOgg);
        }
        Ok(at.is_some() && self.buffer.len() >= HEAD_BYTES)
    }

    fn take(&mut self, page: &Bytes, segments: usize) -> Result<(), IntakeError> {
        let flags = page[5];
        let serial = page[14..18].first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes));
        let table = page.slice(HEAD_BYTES..HEAD_BYTES + segments);
        let body = page.slice(HEAD_BYTES + segments..);
        if flags & FIRST != 0 {
            return self.begin(serial, &body);
        }
        match self.stream {
            None => Err(IntakeError::NotOpus),
            Some((own, _)) if own == serial => {
                self.packets(&table, &body, flags & CONTINUED != 0);
                Ok(())
            }
            // Another stream beside ours.
            Some(_) => Ok(()),
        }
    }

    /// A stream begins: ours if it is Opus (RFC 7845 §5.1).
    fn begin(&mut self, serial: u32, head: &[u8]) -> Result<(), IntakeError> {
        let Some(rest) = head.strip_prefix(b"OpusHead") else { return Ok(()) };
        let [version, channels, ..] = *rest else { return Err(IntakeError::Channels) };
        let family = rest.get(10).copied();
        if version >= 16 || !(1..=2).contains(&channels) || !matches!(family, Some(0 | 1)) {
            return Err(IntakeError::Channels);
        }
        self.stream = Some((serial, Next::Comments));
        self.partial.clear();
        self.skips = false;
        self.found.push_back(Found::Head(channels));
        Ok(())
    }

    fn packets(&mut self, table: &[u8], body: &Bytes, continued: bool) {
        if !continued && !self.partial.is_empty() {
            // Its end was lost with a damaged page.
            self.damaged += 1;
            self.partial.clear();
        }
        // The end of a packet whose start is not here.
        self.skips = continued && (self.skips || self.partial.is_empty());
        let mut at = 0;
        for size in table {
            let end = at + usize::from(*size);
            self.piece(&body[at..end]);
            at = end;
            if *size < 255 {
                self.whole();
            }
        }
    }

    fn piece(&mut self, bytes: &[u8]) {
        let most = if self.awaits() == Next::Sound { PACKET_BYTES_MAX } else { COMMENTS_BYTES_MAX };
        if self.partial.len() + bytes.len() <= most {
            self.partial.extend_from_slice(bytes);
        } else if self.awaits() == Next::Sound {
            self.skips = true;
        }
    }

    /// A packet has ended.
    fn whole(&mut self) {
        let packet = std::mem::take(&mut self.partial);
        if std::mem::take(&mut self.skips) {
            return;
        }
        match (self.awaits(), opus::samples(&packet)) {
            (Next::Comments, _) => {
                self.found.extend(title(&packet).map(Found::Title));
                self.stream = self.stream.map(|(serial, _)| (serial, Next::Sound));
            }
            (Next::Sound, Some(samples)) => self.found.push_back(Found::Packet(packet.into(), samples)),
            (Next::Sound, None) => self.damaged += 1,
        }
    }

    /// What the packet at hand is.
    fn awaits(&self) -> Next {
        self.stream.map_or(Next::Comments, |(_, next)| next)
    }
}

fn is_sound(page: &[u8]) -> bool {
    let stored = page[22..26].first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes));
    let mut whole = page.to_vec();
    whole[22..26].fill(0);
    crc32(&whole) == stored
}

/// Splits off bytes that follow their length (u32 little-endian).
fn counted(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, after) = bytes.split_first_chunk::<4>()?;
    after.split_at_checked(u32::from_le_bytes(*length) as usize)
}

/// The title of a comment header (RFC 7845 §5.2), with the artist in front where there is one.
fn title(packet: &[u8]) -> Option<String> {
    let (_, rest) = counted(packet.strip_prefix(b"OpusTags")?)?;
    let mut rest = rest.get(4..)?;
    let (mut artist, mut title) = (String::new(), String::new());
    while let Some((comment, after)) = counted(rest) {
        rest = after;
        let Some((name, value)) = std::str::from_utf8(comment).ok().and_then(|comment| comment.split_once('=')) else {
            continue;
        };
        if name.eq_ignore_ascii_case("title") {
            value.clone_into(&mut title);
        } else if name.eq_ignore_ascii_case("artist") {
            value.clone_into(&mut artist);
        }
    }
    let said = [artist, title].map(|text| text.trim().to_owned()).into_iter().filter(|text| !text.is_empty());
    let said = said.collect::<Vec<_>>().join(" - ");
    let said: String = said.chars().filter(|c| !c.is_control()).take(TITLE_MAX).collect();
    (!said.is_empty()).then_some(said)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{FIRST, FRESH, Pages, comments, head, lace};
    use super::*;
    use crate::Tags;

    /// A stream of these packets as a writer makes it, `on_page` of them a page.
    fn stream(serial: u32, packets: &[Vec<u8>], on_page: usize) -> Vec<u8> {
        let mut out = Vec::new();
        let mut pages = Pages { out: &mut out, serial, sequence: 0 };
        let tags = Tags { title: "Evening".into(), artist: "Ada".into(), ..Tags::default() };
        pages.header(FIRST, &head(2, 312).unwrap()).unwrap();
        pages.header(FRESH, &comments(&tags, 0)).unwrap();
        for some in packets.chunks(on_page) {
            let (mut lacing, mut body) = (Vec::new(), Vec::new());
            for packet in some {
                lace(packet.len(), &mut lacing);
                body.extend_from_slice(packet);
            }
            pages.page(FRESH, 0, (&lacing, &body)).unwrap();
        }
        out
    }

    fn read(bytes: &[u8], cut: usize) -> Result<Vec<Found>, IntakeError> {
        let mut intake = Intake::new();
        let mut all = Vec::new();
        for piece in bytes.chunks(cut) {
            intake.push(piece);
            while let Some(found) = intake.read()? {
                all.push(found);
            }
        }
        Ok(all)
    }

    fn packet(length: usize) -> Vec<u8> {
        let mut packet = vec![7; length];
        packet[0] = 31 << 3;
        packet
    }

    fn sounds(found: &[Found]) -> usize {
        found.iter().filter(|one| matches!(one, Found::Packet(_, 960))).count()
    }

    #[test]
    fn a_stream_gives_head_title_and_packets_however_it_is_cut() {
        let packets: Vec<_> = [1, 254, 255, 256, 510, 1275].map(packet).into();
        let bytes = stream(9, &packets, 3);
        for cut in [1, 7, 100, bytes.len()] {
            let found = read(&bytes, cut).unwrap();
            assert_eq!(found[..2], [Found::Head(2), Found::Title("Ada - Evening".into())]);
            let sound: Vec<_> = packets.iter().map(|one| Found::Packet(one.clone().into(), 960)).collect();
            assert_eq!(found[2..], sound, "cut at {cut}");
        }
    }

    #[test]
    fn a_chain_goes_on_and_a_damaged_page_is_left_out() {
        let (first, second) = (stream(1, &[packet(80), packet(90)], 1), stream(2, &[packet(70)], 1));
        let chained = [first.clone(), second].concat();
        let found = read(&chained, 64).unwrap();
        assert_eq!(found.iter().filter(|one| matches!(one, Found::Head(2))).count(), 2);
        assert_eq!(sounds(&found), 3);
        let mut damaged = chained;
        damaged[first.len() - 5] ^= 1;
        assert_eq!(sounds(&read(&damaged, 64).unwrap()), 2);
    }

    #[test]
    fn what_is_not_ours_is_named() {
        assert_eq!(read(&vec![0; STRAY_BYTES_MAX + 10], 4096), Err(IntakeError::NotOgg));
        let mut out = Vec::new();
        let mut pages = Pages { out: &mut out, serial: 1, sequence: 0 };
        pages.header(FIRST, b"\x01vorbis and so on").unwrap();
        pages.header(FRESH, b"\x03vorbis").unwrap();
        assert_eq!(read(&out, 64), Err(IntakeError::NotOpus));
        let mut out = Vec::new();
        let mut pages = Pages { out: &mut out, serial: 1, sequence: 0 };
        pages.header(FIRST, &head(6, 0).unwrap()).unwrap();
        assert_eq!(read(&out, 64), Err(IntakeError::Channels));
    }

    proptest! {
        #[test]
        fn any_damage_costs_only_what_it_touches(
            sizes in prop::collection::vec(1usize..600, 1..40), on_page in 1usize..6,
            at in any::<prop::sample::Index>(), cut in 1usize..500,
        ) {
            let packets: Vec<_> = sizes.into_iter().map(packet).collect();
            let mut bytes = stream(3, &packets, on_page);
            let whole = sounds(&read(&bytes, cut).unwrap());
            prop_assert_eq!(whole, packets.len());
            let at = at.index(bytes.len());
            bytes[at] ^= 0x40;
            if let Ok(found) = read(&bytes, cut) && found.contains(&Found::Head(2)) {
                prop_assert!(sounds(&found) + on_page + 1 >= packets.len());
            }
        }

        #[test]
        fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..2000), cut in 1usize..300) {
            let _ = read(&bytes, cut);
        }
    }
}
