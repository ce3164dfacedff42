//! A span of an encoded stream without encoding anything again: the packets that are needed, and what decoders are to
//! leave out of what they decode to.

use std::ops::Range;

use crate::wave::Waveform;
use crate::{Codec, FormatError, Stream};

/// A span of a stream: the stream it is, and which of the packets' bytes are its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The span as a stream.
    pub stream: Stream,
    /// Its packets among all packets' bytes.
    pub bytes: Range<u64>,
}

/// Packets a decoder needs before the first that is heard: those whose sound reaches into it (MP3, AAC), 80 ms to
/// settle (Opus, RFC 7845 section 4.6).
const fn lead(codec: Codec) -> u64 {
    match codec {
        Codec::Mp3 | Codec::Aac => 1,
        Codec::Opus => 4,
    }
}

impl Stream {
    /// The samples `kept` of what was recorded, exact to the sample.
    ///
    /// # Errors
    /// The span is empty or does not lie within the stream.
    pub fn span(&self, kept: Range<u64>) -> Result<Span, FormatError> {
        if kept.is_empty() || kept.end > self.samples {
            return Err(FormatError::Malformed("the span does not lie within the stream"));
        }
        let frame = u64::from(self.codec.frame_samples());
        let coded = kept.start + u64::from(self.delay)..kept.end + u64::from(self.delay);
        // From the beginning the encoder's own delay is the lead.
        let first = if kept.start == 0 { 0 } else { (coded.start / frame).saturating_sub(lead(self.codec)) };
        let packets = index(first)..index(coded.end.div_ceil(frame)).min(self.sizes.len());
        let delay = u32::try_from(coded.start - first * frame).map_err(|_| FormatError::Malformed("a long delay"))?;
        let sum = |sizes: &[u32]| sizes.iter().map(|size| u64::from(*size)).sum::<u64>();
        let at = sum(&self.sizes[..packets.start]);
        let sizes = self.sizes[packets].to_vec();
        let bytes = at..at + sum(&sizes);
        let stream = Self { delay, samples: kept.end - kept.start, sizes, config: self.config.clone(), ..*self };
        Ok(Span { stream, bytes })
    }
}

impl Waveform {
    /// The drawing of the samples `kept`, to whole windows.
    pub fn span(&self, kept: Range<u64>) -> Self {
        let window = u64::from(self.samples_per_pixel.max(1));
        let pairs = self.data.len() / 2;
        let (from, to) = (index(kept.start / window).min(pairs), index(kept.end.div_ceil(window)).min(pairs));
        let data = self.data[from * 2..to.max(from) * 2].to_vec();
        Self { length: (data.len() / 2) as u32, data, ..*self }
    }
}

fn index(at: u64) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream::samples;
    use crate::{Tags, package, unpack};
    use proptest::prelude::*;
    use std::io::Cursor;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_span_is_a_stream_of_that_length_and_is_packaged(
            (stream, data) in samples::streams(),
            from in 0.0f64..1.0,
            length in 0.0f64..1.0,
        ) {
            let start = (stream.samples as f64 * from) as u64;
            let end = start + 1 + ((stream.samples - start - 1) as f64 * length) as u64;
            let span = stream.span(start..end).unwrap();
            prop_assert!(span.stream.check().is_ok());
            prop_assert_eq!(span.stream.samples, end - start);
            prop_assert!(span.stream.padding().unwrap() < u64::from(stream.codec.frame_samples()) + 700);
            let part = &data[index(span.bytes.start)..index(span.bytes.end)];
            let mut file = Vec::new();
            package(&span.stream, &Tags::default(), part, &mut file).unwrap();
            let read = unpack(stream.codec, Cursor::new(&file), std::io::sink()).unwrap();
            prop_assert_eq!(read, span.stream);
        }
    }

    #[test]
    fn the_whole_is_the_stream_itself_and_nothing_lies_outside() {
        let (stream, data) = samples::stream(Codec::Opus, &[1, 2, 3, 4, 5], 2);
        let whole = stream.span(0..stream.samples).unwrap();
        assert_eq!(whole, Span { bytes: 0..data.len() as u64, stream: stream.clone() });
        assert!(stream.span(0..stream.samples + 1).is_err());
        assert!(stream.span(7..7).is_err());
    }

    #[test]
    fn a_drawing_is_cut_at_windows() {
        let data: Vec<i8> = (0..20).collect();
        let wave = Waveform {
            version: 2,
            channels: 1,
            sample_rate: 48_000,
            samples_per_pixel: 256,
            bits: 8,
            length: 10,
            data,
        };
        let span = wave.span(600..1_100);
        assert_eq!((span.length, &span.data[..]), (3, &[4, 5, 6, 7, 8, 9][..]));
        assert_eq!(wave.span(9_000..9_900).length, 0);
    }
}
