//! WAV: the head in front of 16-bit samples at 48 kHz; beyond 4 GiB as RF64 (EBU Tech 3306).

use crate::SAMPLE_RATE;

/// Bytes of a sample.
const SAMPLE_BYTES: u64 = 2;
/// Bytes of the head, in both forms: a place for the long lengths is kept in the short one.
pub const HEAD_BYTES: u64 = 80;

/// The head of a file of `samples` samples a channel.
pub fn head(channels: u8, samples: u64) -> Vec<u8> {
    let block = SAMPLE_BYTES * u64::from(channels);
    let data = samples * block;
    let all = HEAD_BYTES - 8 + data;
    let long = u32::try_from(all).is_err();
    let short = |length: u64| u32::try_from(length).unwrap_or(u32::MAX);
    let mut out = if long { b"RF64".to_vec() } else { b"RIFF".to_vec() };
    out.extend(short(all).to_le_bytes());
    out.extend(b"WAVE");
    out.extend(if long { b"ds64" } else { b"JUNK" });
    out.extend(28u32.to_le_bytes());
    let lengths = if long { [all, data, samples] } else { [0; 3] };
    lengths.iter().for_each(|length| out.extend(length.to_le_bytes()));
    out.extend([0; 4]);
    out.extend(b"fmt ");
    out.extend(16u32.to_le_bytes());
    out.extend(1u16.to_le_bytes());
    out.extend(u16::from(channels).to_le_bytes());
    out.extend(SAMPLE_RATE.to_le_bytes());
    out.extend(short(u64::from(SAMPLE_RATE) * block).to_le_bytes());
    out.extend((block as u16).to_le_bytes());
    out.extend(16u16.to_le_bytes());
    out.extend(b"data");
    out.extend(short(data).to_le_bytes());
    out
}

/// Appends samples (−1 to 1) as they stand in the file.
pub fn put(samples: &[f32], out: &mut Vec<u8>) {
    let whole = |sample: f32| (sample.clamp(-1.0, 1.0) * 32_767.0).round() as i16;
    out.extend(samples.iter().flat_map(|sample| whole(*sample).to_le_bytes()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_file_is_riff_and_a_long_one_rf64() {
        let short = head(1, 48_000);
        assert_eq!(short.len() as u64, HEAD_BYTES);
        assert!(short.starts_with(b"RIFF") && short[12..].starts_with(b"JUNK") && short[48..].starts_with(b"fmt "));
        assert_eq!(short[76..80], 96_000u32.to_le_bytes());
        let long = head(2, 1 << 31);
        assert!(long.starts_with(b"RF64\xff\xff\xff\xff") && long[12..].starts_with(b"ds64"));
        assert_eq!(long[28..36], (4u64 << 31).to_le_bytes());
        assert_eq!(long.len(), short.len());
    }

    #[test]
    fn samples_are_clipped_and_rounded() {
        let mut out = Vec::new();
        put(&[0.0, 1.0, -2.0, 0.5], &mut out);
        assert_eq!(out, [0, 0, 0xff, 0x7f, 0x01, 0x80, 0x00, 0x40]);
    }
}
