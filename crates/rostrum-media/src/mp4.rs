//! AAC in MP4 (ISO 14496-12, -14): index in front, edit list for the encoder's delay, iTunes metadata,
//! chapters in both forms players know (Nero `chpl`, QuickTime text track). Reads back what it wrote.

use std::io::{Read, Seek, SeekFrom, Write};

use crate::boxes::{find, get32, get64, put, put_full, put16, put32, put64, words};
use crate::moov::{self, AUDIO_TRACK, MATRIX};
use crate::packaging::copy_exact;
use crate::tags::{Span, cut};
use crate::{Codec, FormatError, SAMPLE_RATE, Stream, Tags};

/// Packets in a chunk of the file: about a second.
const CHUNK_PACKETS: usize = 47;
/// The largest index we read: 24 hours need less than a third of it.
const MOOV_BYTES_MAX: u64 = 64 << 20;
const CHAPTER_TRACK: u32 = 2;
/// Ticks a second of the chapter track.
const CHAPTER_SCALE: u32 = 1000;

pub(crate) fn write(stream: &Stream, tags: &Tags, data: impl Read, out: &mut impl Write) -> Result<(), FormatError> {
    let mut data = data;
    let spans = tags.spans(stream.duration_ms());
    let titles: Vec<Vec<u8>> = spans.iter().map(title_sample).collect();
    let title_bytes: u64 = titles.iter().map(|title| title.len() as u64).sum();
    let payload = title_bytes + stream.bytes();
    let mut front = Vec::new();
    put(&mut front, b"ftyp", |out| out.extend_from_slice(b"M4A \0\0\x02\0M4A mp42isom\0\0\0\0"));
    let index = Index { stream, tags, spans: &spans, titles: &titles };
    let mdat_header = if payload + 8 > u64::from(u32::MAX) { 16 } else { 8 };
    // The index has the same length whatever the offsets in it, so one writing measures it and the next is right.
    let length = front.len() as u64 + index.moov(0)?.len() as u64;
    let moov = index.moov(length + mdat_header)?;
    front.extend_from_slice(&moov);
    if mdat_header == 16 {
        put32(&mut front, 1);
        front.extend_from_slice(b"mdat");
        put64(&mut front, payload + 16);
    } else {
        put32(&mut front, payload as u32 + 8);
        front.extend_from_slice(b"mdat");
    }
    out.write_all(&front)?;
    titles.iter().try_for_each(|title| out.write_all(title))?;
    copy_exact(&mut data, out, stream.bytes())
}

/// A QuickTime text sample: length, text, and an atom that says it is UTF-8.
fn title_sample(span: &Span<'_>) -> Vec<u8> {
    let title = cut(span.title, 1024).as_bytes();
    let mut sample = Vec::new();
    put16(&mut sample, title.len() as u16);
    sample.extend_from_slice(title);
    put(&mut sample, b"encd", |out| put32(out, 0x100));
    sample
}

struct Index<'a> {
    stream: &'a Stream,
    tags: &'a Tags,
    spans: &'a [Span<'a>],
    titles: &'a [Vec<u8>],
}

impl Index<'_> {
    /// Whether offsets take eight bytes: decided by the packets alone, since the index's length must not depend on
    /// where the payload begins.
    fn is_long(&self) -> bool {
        self.stream.bytes() > u64::from(u32::MAX) - (1 << 28)
    }

    /// The whole index for a payload that begins at `payload_at` of the file.
    fn moov(&self, payload_at: u64) -> Result<Vec<u8>, FormatError> {
        let duration = u32::try_from(self.stream.samples).map_err(|_| FormatError::Malformed("longer than a day"))?;
        let title_sizes: Vec<u32> = self.titles.iter().map(|title| title.len() as u32).collect();
        let audio_at = payload_at + title_sizes.iter().map(|size| u64::from(*size)).sum::<u64>();
        let mut out = Vec::new();
        put(&mut out, b"moov", |out| {
            moov::movie_header(out, duration, CHAPTER_TRACK + 1);
            put(out, b"trak", |out| self.audio_track(out, duration, audio_at));
            if !self.spans.is_empty() {
                let offsets =
                    Offsets { at: payload_at, sizes: &title_sizes, per_chunk: title_sizes.len(), long: self.is_long() };
                put(out, b"trak", |out| self.chapter_track(out, duration, &offsets));
            }
            put(out, b"udta", |out| {
                put_full(out, b"meta", 0, |out| {
                    moov::handler(out, b"mdir", b"appl");
                    put(out, b"ilst", |out| self.metadata(out));
                });
                if !self.spans.is_empty() {
                    self.nero_chapters(out);
                }
            });
        });
        Ok(out)
    }

    fn audio_track(&self, out: &mut Vec<u8>, duration: u32, at: u64) {
        let media_duration = self.stream.coded_samples();
        moov::track_header(out, AUDIO_TRACK, 7, duration);
        put(out, b"edts", |out| {
            put_full(out, b"elst", 0, |out| {
                words(out, &[1, duration, self.stream.delay, 0x1_0000]);
            });
        });
        if !self.spans.is_empty() {
            put(out, b"tref", |out| put(out, b"chap", |out| put32(out, CHAPTER_TRACK)));
        }
        put(out, b"mdia", |out| {
            put_full(out, b"mdhd", 0x0100_0000, |out| {
                put64(out, 0);
                put64(out, 0);
                put32(out, SAMPLE_RATE);
                put64(out, media_duration);
                put32(out, 0x55c4_0000);
            });
            moov::handler(out, b"soun", &[0; 4]);
            put(out, b"minf", |out| {
                put_full(out, b"smhd", 0, |out| put32(out, 0));
                moov::data_reference(out);
                put(out, b"stbl", |out| {
                    put_full(out, b"stsd", 0, |out| {
                        put32(out, 1);
                        let bitrate = self.stream.codec.bitrate(self.stream.channels);
                        moov::aac_entry(out, self.stream.channels, bitrate, &self.stream.config);
                    });
                    let frame = self.stream.codec.frame_samples();
                    put_full(out, b"stts", 0, |out| {
                        words(out, &[1, self.stream.sizes.len() as u32, frame]);
                    });
                    Offsets { at, sizes: &self.stream.sizes, per_chunk: CHUNK_PACKETS, long: self.is_long() }.put(out);
                });
            });
        });
    }

    fn chapter_track(&self, out: &mut Vec<u8>, duration: u32, offsets: &Offsets<'_>) {
        moov::track_header(out, CHAPTER_TRACK, 2, duration);
        put(out, b"mdia", |out| {
            put_full(out, b"mdhd", 0, |out| {
                words(out, &[0, 0, CHAPTER_SCALE, self.stream.duration_ms() as u32, 0x55c4_0000]);
            });
            moov::handler(out, b"text", &[0; 4]);
            put(out, b"minf", |out| {
                put(out, b"gmhd", |out| {
                    put_full(out, b"gmin", 0, |out| {
                        out.extend_from_slice(&[0, 0x40, 128, 0, 128, 0, 128, 0, 0, 0, 0, 0]);
                    });
                    put(out, b"text", |out| words(out, &MATRIX));
                });
                moov::data_reference(out);
                put(out, b"stbl", |out| {
                    put_full(out, b"stsd", 0, |out| {
                        put32(out, 1);
                        put(out, b"text", text_entry);
                    });
                    put_full(out, b"stts", 0, |out| {
                        put32(out, self.spans.len() as u32);
                        for (index, span) in self.spans.iter().enumerate() {
                            // A track begins at zero: the first title also covers what lies before its chapter.
                            let start_ms = if index == 0 { 0 } else { span.start_ms };
                            put32(out, 1);
                            put32(out, (span.end_ms - start_ms) as u32);
                        }
                    });
                    offsets.put(out);
                });
            });
        });
    }

    /// Nero's list: 100 ns units, at most 255 entries of at most 255 bytes.
    fn nero_chapters(&self, out: &mut Vec<u8>) {
        let spans = &self.spans[..self.spans.len().min(255)];
        put_full(out, b"chpl", 0x0100_0000, |out| {
            put32(out, 0);
            out.push(spans.len() as u8);
            for span in spans {
                let title = cut(span.title, 255);
                put64(out, span.start_ms * 10_000);
                out.push(title.len() as u8);
                out.extend_from_slice(title.as_bytes());
            }
        });
    }

    fn metadata(&self, out: &mut Vec<u8>) {
        let tags = self.tags;
        for (kind, text) in [
            (b"\xa9nam", &tags.title),
            (b"\xa9ART", &tags.artist),
            (b"\xa9alb", &tags.album),
            (b"\xa9day", &tags.date),
            (b"\xa9cmt", &tags.comment),
            (b"purl", &tags.url),
        ] {
            if !text.is_empty() {
                item(out, kind, 1, text.as_bytes());
            }
        }
        item(out, b"\xa9gen", 1, b"Podcast");
        if let Some(number) = tags.track {
            let number = u16::try_from(number).unwrap_or(u16::MAX).to_be_bytes();
            item(out, b"trkn", 0, &[0, 0, number[0], number[1], 0, 0, 0, 0]);
        }
        if let Some(jpeg) = &tags.artwork {
            item(out, b"covr", 13, jpeg);
        }
    }
}

fn item(out: &mut Vec<u8>, kind: &[u8; 4], data_type: u32, value: &[u8]) {
    put(out, kind, |out| {
        put_full(out, b"data", data_type, |out| {
            put32(out, 0);
            out.extend_from_slice(value);
        });
    });
}

/// A QuickTime text sample description with everything at its default.
fn text_entry(out: &mut Vec<u8>) {
    out.extend_from_slice(&[0, 0, 0, 0, 0, 0, 0, 1]);
    put32(out, 0);
    put32(out, 1);
    out.extend_from_slice(&[0; 36]);
}

/// Where the samples of a track lie: back to back from `at`.
struct Offsets<'a> {
    at: u64,
    sizes: &'a [u32],
    per_chunk: usize,
    long: bool,
}

impl Offsets<'_> {
    fn put(&self, out: &mut Vec<u8>) {
        let (whole, rest) = (self.sizes.len() / self.per_chunk, self.sizes.len() % self.per_chunk);
        put_full(out, b"stsc", 0, |out| {
            let runs = [(1, self.per_chunk, whole > 0), (whole + 1, rest, rest > 0)];
            let runs: Vec<_> = runs.iter().filter(|run| run.2).collect();
            put32(out, runs.len() as u32);
            for (first, count, _) in runs {
                words(out, &[*first as u32, *count as u32, 1]);
            }
        });
        put_full(out, b"stsz", 0, |out| {
            put32(out, 0);
            put32(out, self.sizes.len() as u32);
            self.sizes.iter().for_each(|size| put32(out, *size));
        });
        put_full(out, if self.long { b"co64" } else { b"stco" }, 0, |out| {
            put32(out, self.sizes.chunks(self.per_chunk).count() as u32);
            let mut at = self.at;
            for chunk in self.sizes.chunks(self.per_chunk) {
                if self.long {
                    put64(out, at);
                } else {
                    put32(out, at as u32);
                }
                at += chunk.iter().map(|size| u64::from(*size)).sum::<u64>();
            }
        });
    }
}

pub(crate) fn read(file: impl Read + Seek, out: impl Write) -> Result<Stream, FormatError> {
    let (mut file, mut out) = (file, out);
    let mut header = [0; 8];
    let moov = loop {
        file.read_exact(&mut header)?;
        let size = u64::from(get32(&header, 0).unwrap_or_default());
        let body = size.checked_sub(8).ok_or(FormatError::Malformed("a box without size"))?;
        if &header[4..] == b"moov" && body <= MOOV_BYTES_MAX {
            let mut moov = Vec::new();
            (&mut file).take(body).read_to_end(&mut moov)?;
            break moov;
        }
        if &header[4..] != b"ftyp" {
            return Err(FormatError::Malformed("the index is not in front"));
        }
        file.seek(SeekFrom::Current(body.cast_signed()))?;
    };
    let (stream, at) = parse(&moov).ok_or(FormatError::Malformed("the index is incomplete"))?;
    file.seek(SeekFrom::Start(at))?;
    copy_exact(&mut file, &mut out, stream.bytes())?;
    Ok(stream)
}

/// The stream the index describes, and where its first packet lies.
fn parse(moov: &[u8]) -> Option<(Stream, u64)> {
    let track = find(moov, &[b"trak"])?;
    let edit = find(track, &[b"edts", b"elst"])?;
    let table = find(track, &[b"mdia", b"minf", b"stbl"])?;
    let (channels, _, config) = moov::read_aac_entry(table)?;
    let sizes = find(table, &[b"stsz"])?.get(12..)?;
    let sizes = sizes.chunks_exact(4).filter_map(|size| get32(size, 0)).collect();
    let at = match find(table, &[b"stco"]) {
        Some(offsets) => u64::from(get32(offsets, 8)?),
        None => get64(find(table, &[b"co64"])?, 8)?,
    };
    let (samples, delay) = (u64::from(get32(edit, 8)?), get32(edit, 12)?);
    Some((Stream { codec: Codec::Aac, channels, delay, samples, config, sizes }, at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream::samples;

    #[test]
    fn offsets_of_long_files_are_eight_bytes() {
        let sizes = vec![1500; 3_000_000];
        let samples = sizes.len() as u64 * 1024 - 2000;
        let config = vec![0x11, 0x90];
        let stream = Stream { codec: Codec::Aac, channels: 2, delay: 1024, samples, config, sizes };
        let tags = Tags::default();
        let index = Index { stream: &stream, tags: &tags, spans: &[], titles: &[] };
        let moov = index.moov(1 << 40).unwrap();
        let (read, at) = parse(&moov[8..]).unwrap();
        assert_eq!((at, read == stream), (1 << 40, true));
    }

    #[test]
    fn the_first_packet_lies_where_the_index_says() {
        let (stream, data) = samples::stream(Codec::Aac, &[9, 8, 7, 6, 5], 2);
        let mut file = Vec::new();
        crate::package(&stream, &Tags::default(), &data[..], &mut file).unwrap();
        let moov = find(&file, &[b"moov"]).unwrap();
        let (_, at) = parse(moov).unwrap();
        assert!(file[at as usize..].starts_with(&data) && file.len() == at as usize + data.len());
    }
}
