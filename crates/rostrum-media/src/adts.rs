//! AAC frames with a header each (ADTS, ISO 14496-3 section 1.A.2), as endless streams carry them.

/// Sample rates by index (ISO 14496-3 table 1.18), in Hz.
const RATES: [u32; 13] =
    [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350];
/// Bytes of a header without CRC.
pub const HEADER_BYTES: usize = 7;
/// Longest frame, header included: thirteen bits.
const FRAME_BYTES_MAX: usize = 0x1fff;

/// What a decoder must know before the first frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Config {
    /// Audio object type, 1 to 4; 2 is AAC-LC.
    pub object_type: u8,
    /// Index into the table of sample rates.
    rate: u8,
    /// Channel configuration, 1 to 7.
    pub channels: u8,
}

impl Config {
    /// Reads the first two bytes of an AudioSpecificConfig; none for what ADTS cannot say.
    pub fn from_asc(bytes: &[u8]) -> Option<Self> {
        let [first, second] = *bytes.first_chunk()?;
        let (object_type, rate, channels) = (first >> 3, first << 1 & 0x0e | second >> 7, second >> 3 & 0x0f);
        let sound = (1..=4).contains(&object_type) && (1..=7).contains(&channels);
        (sound && usize::from(rate) < RATES.len()).then_some(Self { object_type, rate, channels })
    }

    /// The AudioSpecificConfig, for MP4.
    pub const fn to_asc(self) -> [u8; 2] {
        [self.object_type << 3 | self.rate >> 1, self.rate << 7 | self.channels << 3]
    }

    /// Samples a second.
    pub fn sample_rate(self) -> u32 {
        RATES[usize::from(self.rate)]
    }

    /// Appends `frame` with its header; false, and nothing appended, if it is too long for one.
    pub fn put(self, frame: &[u8], out: &mut Vec<u8>) -> bool {
        let length = HEADER_BYTES + frame.len();
        if length > FRAME_BYTES_MAX {
            return false;
        }
        let [high, middle, low] = [(length >> 11) as u8, (length >> 3) as u8, (length << 5) as u8];
        let profile = (self.object_type - 1) << 6 | self.rate << 2 | self.channels >> 2;
        // The buffer's fullness is left open (all ones), as for a variable rate.
        out.extend_from_slice(&[0xff, 0xf1, profile, self.channels << 6 | high, middle, low | 0x1f, 0xfc]);
        out.extend_from_slice(frame);
        true
    }
}

/// A frame's header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// How it is coded.
    pub config: Config,
    /// Bytes of the whole frame.
    pub bytes: usize,
    /// Bytes in front of the raw frame: 7, or 9 with a CRC.
    pub head_bytes: usize,
}

impl Header {
    /// Parses the header at the start of `bytes`; none if there is none, or several raw frames share it.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let [0xff, sync, profile, a, b, c, blocks] = *bytes.first_chunk()? else { return None };
        let (rate, channels) = (profile >> 2 & 0x0f, profile << 2 & 4 | a >> 6);
        let length = usize::from(a & 3) << 11 | usize::from(b) << 3 | usize::from(c) >> 5;
        let head_bytes = if sync & 1 == 1 { HEADER_BYTES } else { HEADER_BYTES + 2 };
        let known = usize::from(rate) < RATES.len() && channels > 0;
        let sound = sync & 0xf6 == 0xf0 && blocks & 3 == 0 && known && length > head_bytes;
        let config = Config { object_type: (profile >> 6) + 1, rate, channels };
        sound.then_some(Self { config, bytes: length, head_bytes })
    }
}

/// The frames lying back to back in a slice, as (header, raw frame); ends at the first that is none or is cut.
pub fn frames(bytes: &[u8]) -> impl Iterator<Item = (Header, &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let header = Header::parse(rest)?;
        let (frame, after) = rest.split_at_checked(header.bytes)?;
        rest = after;
        Some((header, &frame[header.head_bytes..]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_configuration_reads() {
        let config = Config::from_asc(&[0x11, 0x90]).unwrap();
        assert_eq!((config.object_type, config.sample_rate(), config.channels), (2, 48_000, 2));
        assert_eq!(config.to_asc(), [0x11, 0x90]);
        for bad in [&[0x2b, 0x90][..], &[0x11, 0x80], &[0x17, 0x90], &[0x11]] {
            assert_eq!(Config::from_asc(bad), None);
        }
    }

    #[test]
    fn a_header_is_what_others_write() {
        let mut out = Vec::new();
        assert!(Config::from_asc(&[0x11, 0x90]).unwrap().put(&[0; 100], &mut out));
        assert_eq!(out[..7], [0xff, 0xf1, 0x4c, 0x80, 0x0d, 0x7f, 0xfc]);
    }

    proptest! {
        #[test]
        fn frames_read_back(
            packets in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..900), 0..20),
            cut in 0usize..7,
        ) {
            let config = Config::from_asc(&[0x11, 0x88]).unwrap();
            let mut out = Vec::new();
            packets.iter().for_each(|packet| assert!(config.put(packet, &mut out)));
            out.extend_from_slice(&[0xff; 6][..cut.min(6)]);
            let read: Vec<_> = frames(&out).collect();
            prop_assert!(read.iter().all(|(header, _)| header.config == config));
            prop_assert_eq!(read.into_iter().map(|(_, frame)| frame.to_vec()).collect::<Vec<_>>(), packets);
        }

        #[test]
        fn any_bytes_are_looked_at_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = frames(&bytes).count();
        }
    }

    #[test]
    fn what_is_too_long_is_not_put() {
        let mut out = Vec::new();
        assert!(!Config::from_asc(&[0x11, 0x90]).unwrap().put(&[0; 8185], &mut out) && out.is_empty());
    }
}
