//! One door to the three containers: packets and tags in, a file out; a file of ours in, its packets out.
//! Changed tags are written again round the same packets; nothing is ever encoded twice for a title.

use std::io::{Read, Seek, Write};

use crate::{Codec, FormatError, Stream, Tags, mp3, mp4, ogg};

/// Writes `stream`, whose packets `data` yields back to back, as a file of its codec's container; returns its length in
/// bytes (MP3: ID3v2.3 and Info frame in front; AAC: M4A with the index in front; Opus: Ogg, RFC 7845).
pub fn package(stream: &Stream, tags: &Tags, data: impl Read, out: impl Write) -> Result<u64, FormatError> {
    stream.check()?;
    let mut out = Counted { inner: out, bytes: 0 };
    match stream.codec {
        Codec::Mp3 => mp3::write(stream, tags, data, &mut out)?,
        Codec::Aac => mp4::write(stream, tags, data, &mut out)?,
        Codec::Opus => ogg::write(stream, tags, data, &mut out)?,
    }
    out.flush()?;
    Ok(out.bytes)
}

/// Reads a file that `package` wrote: the packets' bytes go to `out`, the stream's facts are returned.
pub fn unpack(codec: Codec, file: impl Read + Seek, out: impl Write) -> Result<Stream, FormatError> {
    let stream = match codec {
        Codec::Mp3 => mp3::read(file, out)?,
        Codec::Aac => mp4::read(file, out)?,
        Codec::Opus => ogg::read(file, out)?,
    };
    stream.check()?;
    Ok(stream)
}

struct Counted<W> {
    inner: W,
    bytes: u64,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.inner.flush()
    }
}

/// Copies exactly `length` bytes.
pub(crate) fn copy_exact(from: &mut impl Read, to: &mut impl Write, length: u64) -> Result<(), FormatError> {
    let copied = std::io::copy(&mut from.take(length), to)?;
    if copied == length { Ok(()) } else { Err(FormatError::Malformed("the file ends too early")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream::samples;
    use proptest::prelude::*;
    use rostrum_domain::chapter::Chapter;
    use std::io::Cursor;

    fn tags() -> impl Strategy<Value = Tags> {
        let chapters = prop::collection::vec(".{0,30}", 0..270).prop_map(|titles| {
            let starts = (0i64..).map(|index| index * 7);
            let chapter = |(start_ms, title)| Chapter { start_ms, title, url: None, image: None, hidden: false };
            starts.zip(titles).map(chapter).collect()
        });
        let artwork = prop::option::of(prop::collection::vec(any::<u8>(), 0..100_000));
        (".{0,80}", ".{0,80}", artwork, chapters, prop::option::of(any::<u32>())).prop_map(
            |(title, comment, artwork, chapters, track)| Tags {
                title,
                comment,
                artwork,
                chapters,
                track,
                artist: "Ada".into(),
                album: "Rivers".into(),
                date: "2026-02-03".into(),
                url: "https://example.org/1".into(),
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn what_is_packaged_unpacks((stream, data) in samples::streams(), tags in tags()) {
            let mut file = Vec::new();
            let length = package(&stream, &tags, &data[..], &mut file).unwrap();
            prop_assert_eq!(length, file.len() as u64);
            let mut packets = Vec::new();
            let read = unpack(stream.codec, Cursor::new(&file), &mut packets).unwrap();
            prop_assert_eq!(read, stream);
            prop_assert_eq!(packets, data);
        }

        #[test]
        fn a_damaged_file_never_panics(
            (stream, data) in samples::streams(),
            at in any::<prop::sample::Index>(),
            byte in any::<u8>(),
        ) {
            let mut file = Vec::new();
            package(&stream, &Tags::default(), &data[..], &mut file).unwrap();
            let at = at.index(file.len());
            file[at] = byte;
            let _ = unpack(stream.codec, Cursor::new(&file), std::io::sink());
            let _ = unpack(stream.codec, Cursor::new(&file[..at]), std::io::sink());
        }
    }

    #[test]
    fn too_little_data_is_an_error() {
        for codec in Codec::ALL {
            let (stream, data) = samples::stream(codec, &[1, 2, 3, 4], 2);
            assert!(package(&stream, &Tags::default(), &data[..data.len() - 1], Vec::new()).is_err());
        }
    }
}
