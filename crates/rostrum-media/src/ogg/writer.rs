//! Ogg Opus written packet by packet, whatever their lengths: for streams whose packets come one after the other and
//! are not counted beforehand.

use std::io::Write;

use super::{FIRST, FRESH, LAST, PACKETS_PER_PAGE, Pages, SERIAL, comments, head, lace};
use crate::{FormatError, Tags};

/// A file in the making; without [`Writer::finish`] it has no end.
#[derive(Debug)]
pub struct Writer<W: Write> {
    out: W,
    sequence: u32,
    /// Position after the last packet, in samples.
    position: u64,
    /// Position after the last packet that is on a page.
    paged: u64,
    lacing: Vec<u8>,
    body: Vec<u8>,
    packets: usize,
}

impl<W: Write> Writer<W> {
    /// Begins a stream of 1 or 2 channels without pre-skip: its first sample is program time 0.
    ///
    /// # Errors
    /// `out` fails.
    pub fn new(mut out: W, channels: u8, tags: &Tags) -> Result<Self, FormatError> {
        let mut pages = Pages { out: &mut out, serial: SERIAL, sequence: 0 };
        pages.header(FIRST, &head(channels, 0)?)?;
        pages.header(FRESH, &comments(tags, 0))?;
        let sequence = pages.sequence;
        Ok(Self { out, sequence, position: 0, paged: 0, lacing: Vec::new(), body: Vec::new(), packets: 0 })
    }

    /// Samples written so far.
    pub const fn position(&self) -> u64 {
        self.position
    }

    /// Appends a packet that decodes to so many samples.
    ///
    /// # Errors
    /// `out` fails.
    pub fn packet(&mut self, packet: &[u8], samples: u32) -> Result<(), FormatError> {
        if self.packets == PACKETS_PER_PAGE || self.lacing.len() + packet.len() / 255 + 1 > 255 {
            self.page(FRESH, self.position)?;
        }
        lace(packet.len(), &mut self.lacing);
        self.body.extend_from_slice(packet);
        (self.position, self.packets) = (self.position + u64::from(samples), self.packets + 1);
        Ok(())
    }

    /// Ends the stream at `end` samples, within its last packet or behind it; gives back what was written to.
    ///
    /// # Errors
    /// `out` fails, or `end` lies before the last page.
    pub fn finish(mut self, end: u64) -> Result<W, FormatError> {
        if end < self.paged {
            return Err(FormatError::Malformed("the stream is longer than its end"));
        }
        // The last granule is where it ends: decoders drop what lies behind it (RFC 7845 section 4.4).
        self.page(LAST, end.min(self.position))?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn page(&mut self, flags: u8, granule: u64) -> Result<(), FormatError> {
        let mut pages = Pages { out: &mut self.out, serial: SERIAL, sequence: self.sequence };
        pages.page(flags, granule, (&self.lacing, &self.body))?;
        self.sequence = pages.sequence;
        self.paged = granule;
        self.packets = 0;
        self.lacing.clear();
        self.body.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ogg::next_page;
    use crate::opus;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn granules_follow_the_lengths_of_packets(
            lengths in prop::collection::vec(prop::sample::select(vec![120u32, 240, 480, 960]), 1..400),
            cut in 0u64..120,
        ) {
            let mut writer = Writer::new(Vec::new(), 1, &Tags::default()).unwrap();
            for length in &lengths {
                let (packet, samples) = opus::silence(*length, false).unwrap();
                writer.packet(&packet, samples).unwrap();
            }
            let all: u64 = lengths.iter().map(|length| u64::from(*length)).sum();
            prop_assert_eq!(writer.position(), all);
            let bytes = writer.finish(all - cut).unwrap();
            let mut file = &bytes[..];
            let granules: Vec<u64> =
                std::iter::from_fn(|| next_page(&mut file).unwrap()).map(|page| page.granule).collect();
            prop_assert!(granules.is_sorted());
            prop_assert_eq!(granules.last().copied(), Some(all - cut));
            prop_assert_eq!(granules.len(), 2 + lengths.len().div_ceil(PACKETS_PER_PAGE));
        }
    }

    #[test]
    fn an_end_before_what_is_written_is_refused() {
        let mut writer = Writer::new(Vec::new(), 2, &Tags::default()).unwrap();
        (0..120).for_each(|_| writer.packet(&[0xfc, 0xff, 0xfe], 960).unwrap());
        assert!(writer.finish(960).is_err());
    }
}
