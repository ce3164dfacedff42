//! An endless Ogg Opus stream: pages made once for all listeners, and the header pages that a joiner gets first.

use bytes::Bytes;

use super::{FIRST, FRESH, LAST, Pages, comments, head, lace};
use crate::{Codec, FormatError, Tags};

/// One logical stream; when its encoder starts anew, another follows it in a chain (RFC 3533 section 4).
#[derive(Debug)]
pub struct Live {
    serial: u32,
    sequence: u32,
    granule: u64,
    head: Bytes,
}

impl Live {
    /// A stream of 1 or 2 channels without pre-skip; `serial` must differ from that of the stream before it.
    ///
    /// # Errors
    /// Never for tags without artwork; see [`FormatError`].
    pub fn new(serial: u32, channels: u8, tags: &Tags) -> Result<Self, FormatError> {
        let mut out = Vec::new();
        let mut pages = Pages { out: &mut out, serial, sequence: 0 };
        pages.header(FIRST, &head(channels, 0)?)?;
        pages.header(FRESH, &comments(tags, 0))?;
        let sequence = pages.sequence;
        Ok(Self { serial, sequence, granule: 0, head: out.into() })
    }

    /// The header pages; whoever joins gets them before any chunk.
    pub fn head(&self) -> Bytes {
        self.head.clone()
    }

    /// Packets of 20 ms, the first of which begins at `time` (in samples), on as few pages as hold them.
    ///
    /// # Errors
    /// None that happens; see [`FormatError`].
    pub fn pages<P: AsRef<[u8]>>(&mut self, time: u64, packets: &[P]) -> Result<Bytes, FormatError> {
        let mut out = Vec::new();
        let mut pages = Pages { out: &mut out, serial: self.serial, sequence: self.sequence };
        let (mut lacing, mut body) = (Vec::with_capacity(255), Vec::new());
        self.granule = time;
        for packet in packets.iter().map(AsRef::as_ref) {
            if lacing.len() + packet.len() / 255 + 1 > 255 {
                pages.page(FRESH, self.granule, (&lacing, &body))?;
                lacing.clear();
                body.clear();
            }
            lace(packet.len(), &mut lacing);
            body.extend_from_slice(packet);
            self.granule += u64::from(Codec::Opus.frame_samples());
        }
        if !lacing.is_empty() {
            pages.page(FRESH, self.granule, (&lacing, &body))?;
        }
        self.sequence = pages.sequence;
        Ok(out.into())
    }

    /// The page without packets that ends the stream, so that another may follow.
    ///
    /// # Errors
    /// None that happens; see [`FormatError`].
    pub fn end(self) -> Result<Bytes, FormatError> {
        let mut out = Vec::new();
        let mut pages = Pages { out: &mut out, serial: self.serial, sequence: self.sequence };
        pages.page(LAST, self.granule, (&[], &[]))?;
        Ok(out.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ogg::next_page;

    #[test]
    fn pages_count_on_and_end_where_the_program_does() {
        let mut live = Live::new(7, 2, &Tags::default()).unwrap();
        let mut bytes = live.head().to_vec();
        let packets = vec![vec![0xfc; 120]; 48];
        for chunk in 5..8u64 {
            bytes.extend(live.pages(chunk * 46_080, &packets).unwrap());
        }
        bytes.extend(live.pages(8 * 46_080, &vec![vec![1; 1275]; 48]).unwrap());
        bytes.extend(live.end().unwrap());
        let numbers: Vec<u32> = bytes
            .windows(4)
            .enumerate()
            .filter(|(_, window)| window == b"OggS")
            .map(|(at, _)| u32::from_le_bytes(*bytes[at + 18..].first_chunk().unwrap()))
            .collect();
        assert_eq!(numbers, (0..8).collect::<Vec<_>>());
        let mut file = &bytes[..];
        let granules: Vec<u64> =
            std::iter::from_fn(|| next_page(&mut file).unwrap()).map(|page| page.granule).collect();
        let end = |chunk: u64| chunk * 46_080;
        assert_eq!(granules, [0, 0, end(6), end(7), end(8), end(8) + 42 * 960, end(9), end(9)]);
    }
}
