//! What an Opus packet says of itself without being decoded (RFC 6716 §3.1), and packets that stand for silence.

use bytes::Bytes;

/// Longest packet, in samples at 48 kHz: 120 ms (RFC 6716 §3.2.5).
pub const PACKET_SAMPLES_MAX: u32 = 5760;
/// Shortest frame, in samples at 48 kHz: 2.5 ms.
pub const FRAME_SAMPLES_MIN: u32 = 120;

/// Samples at 48 kHz that `packet` decodes to; none if it is empty, or longer than Opus allows.
pub fn samples(packet: &[u8]) -> Option<u32> {
    let toc = *packet.first()?;
    let step = usize::from(toc >> 3);
    let frame = match step {
        0..=11 => [480, 960, 1920, 2880][step & 3],
        12..=15 => [480, 960][step & 1],
        _ => [120, 240, 480, 960][step & 3],
    };
    let frames = match toc & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => u32::from(*packet.get(1)? & 0x3f),
    };
    (1..=PACKET_SAMPLES_MAX).contains(&(frame * frames)).then_some(frame * frames)
}

/// Whether `packet` holds nothing but its header: the sender falls silent (discontinuous transmission).
pub fn is_dtx(packet: &[u8]) -> bool {
    packet.len() <= 2
}

/// The longest packet of digital silence that fits into `samples`, and its length; none below 2.5 ms.
pub fn silence(samples: u32, stereo: bool) -> Option<(Bytes, u32)> {
    let (step, length) = [(31u8, 960), (30, 480), (29, 240), (28, 120)].into_iter().find(|(_, n)| *n <= samples)?;
    let toc = step << 3 | u8::from(stereo) << 2;
    Some((Bytes::copy_from_slice(&[toc, 0xff, 0xfe]), length))
}

/// A packet without a frame in it, as long as the longest of 2.5 to 20 ms that fits into `samples`: a decoder
/// conceals it (RFC 7845 §4.1); none below 2.5 ms.
pub fn lost(samples: u32, stereo: bool) -> Option<(Bytes, u32)> {
    silence(samples, stereo).map(|(packet, length)| (packet.slice(..1), length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_follow_the_table() {
        let toc = |step: u8, code: u8| step << 3 | code;
        for (packet, expected) in [
            (vec![toc(0, 0), 1], Some(480)),
            (vec![toc(1, 1), 1], Some(1920)),
            (vec![toc(3, 0)], Some(2880)),
            (vec![toc(13, 0)], Some(960)),
            (vec![toc(16, 3), 1], Some(120)),
            (vec![toc(31, 3), 6], Some(5760)),
            (vec![toc(31, 3), 7], None),
            (vec![toc(31, 3), 0], None),
            (vec![toc(31, 3)], None),
            (vec![], None),
        ] {
            assert_eq!(samples(&packet), expected, "{packet:?}");
        }
    }

    #[test]
    fn silence_is_as_long_as_it_says() {
        for (wanted, length) in [(5000, 960), (960, 960), (959, 480), (300, 240), (120, 120)] {
            let (packet, given) = silence(wanted, true).unwrap();
            assert_eq!((given, samples(&packet)), (length, Some(length)));
            assert!(is_dtx(&lost(wanted, false).unwrap().0));
        }
        assert_eq!(silence(119, false), None);
    }
}
