//! The fragments that were sent while live: the stream inside them, and fragments made of a part of it.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek as _, Write as _};
use std::ops::Range;
use std::path::Path;

use bytes::Bytes;
use rostrum_media::cmaf::{Fragment, Place, Track};
use rostrum_media::program::index::{Entry, Flags};
use rostrum_media::program::{CHUNK_SAMPLES, CHUNK_US, Rendition};
use rostrum_media::{FormatError, Stream};
use tempfile::{NamedTempFile, TempPath};

use super::{Elementary, blocking};
use crate::{App, Error};

/// Largest box that is read, in bytes: fragments of a second of sound are far smaller.
const BOX_BYTES_MAX: u32 = 1 << 20;

/// The stream inside stored fragments.
pub(crate) async fn unpack(app: &App, key: &str) -> Result<Elementary, Error> {
    let scratch = app.workbench()?;
    let local = app.media.local(key, &scratch).await?;
    blocking(move || {
        let mut out = tempfile::tempfile_in(&scratch)?;
        let input = BufReader::with_capacity(1 << 20, File::open(local.path())?);
        let stream = frames(input, BufWriter::with_capacity(1 << 20, &mut out))?;
        out.rewind()?;
        Ok(Elementary { stream, data: Box::new(BufReader::with_capacity(1 << 20, out)) })
    })
    .await
}

fn frames(mut file: impl Read, mut out: impl std::io::Write) -> Result<Stream, Error> {
    let broken = || Error::internal(FormatError::Malformed("fragments of another kind"));
    let (mut init, mut sizes, mut samples) = (Vec::new(), Vec::new(), 0);
    let mut fragment = Vec::new();
    while let Some((kind, bytes)) = next_box(&mut file)? {
        match &kind {
            b"ftyp" | b"moov" => init.extend(bytes),
            b"mdat" => {
                fragment.extend(bytes);
                let read = Fragment::read(&Bytes::from(std::mem::take(&mut fragment))).ok_or_else(broken)?;
                samples += read.frames.len() as u64 * u64::from(read.place.frame_samples);
                for frame in read.frames {
                    sizes.push(u32::try_from(frame.len()).map_err(Error::internal)?);
                    out.write_all(&frame)?;
                }
            }
            _ => fragment.extend(bytes),
        }
    }
    out.flush()?;
    let Track { codec, channels, config, .. } = Track::read(&init).ok_or_else(broken)?;
    Ok(Stream { codec, channels, delay: 0, samples, config, sizes })
}

/// A box: its kind, and its bytes with the head.
pub(crate) type Boxed = ([u8; 4], Vec<u8>);

/// The next box.
pub(crate) fn next_box(file: &mut impl Read) -> Result<Option<Boxed>, Error> {
    let mut head = Vec::new();
    file.by_ref().take(8).read_to_end(&mut head)?;
    let Some((size, kind)) = head.split_first_chunk::<4>() else { return Ok(None) };
    let (size, kind) = (u32::from_be_bytes(*size), kind.first_chunk::<4>().copied());
    let kind = kind.filter(|_| (8..=BOX_BYTES_MAX).contains(&size));
    let kind = kind.ok_or_else(|| Error::internal(FormatError::Malformed("a box of no sensible length")))?;
    let mut whole = head;
    file.by_ref().take(u64::from(size) - 8).read_to_end(&mut whole)?;
    Ok(Some((kind, whole)))
}

/// Fragments of a part of a program.
pub(crate) struct Part {
    pub(crate) file: TempPath,
    pub(crate) front_bytes: u64,
    pub(crate) entries: Vec<Entry>,
    /// How much shorter than a chunk the last is, in milliseconds.
    pub(crate) short_ms: u64,
}

/// Writes the whole frames that hold the samples `kept` as fragments that begin anew; their first sample was mixed at
/// `wall_us`. Blocks.
pub(crate) fn part(
    whole: Elementary,
    (rendition, scratch): (Rendition, &Path),
    kept: Range<u64>,
    wall_us: i64,
) -> Result<Part, Error> {
    let Elementary { stream, mut data } = whole;
    let frame = u64::from(rendition.frame_samples());
    let at = |samples: u64| usize::try_from(samples).unwrap_or(usize::MAX).min(stream.sizes.len());
    let frames = at(kept.start / frame)..at(kept.end.div_ceil(frame));
    let before: u64 = stream.sizes[..frames.start].iter().map(|size| u64::from(*size)).sum();
    std::io::copy(&mut data.by_ref().take(before), &mut std::io::sink())?;
    let front = rendition.front(&stream.config).map_err(Error::internal)?;
    let mut out = BufWriter::with_capacity(1 << 20, NamedTempFile::new_in(scratch)?);
    out.write_all(&front)?;
    let (mut offset, mut entries) = (front.len() as u64, Vec::new());
    let per_chunk = rendition.frames_per_chunk();
    for (n, sizes) in (0u32..).zip(stream.sizes[frames.clone()].chunks(per_chunk)) {
        let chunk = chunk(sizes, &mut data, (n, rendition))?;
        let len = u32::try_from(chunk.len()).map_err(Error::internal)?;
        let flags = Flags { remixed: true, ..Flags::default() };
        let wall_us = wall_us + i64::from(n) * CHUNK_US;
        entries.push(Entry { offset, len, epoch: 1, wall_us, flags, crc: 0 });
        offset += u64::from(len);
        out.write_all(&chunk)?;
    }
    let file = out.into_inner().map_err(|error| Error::internal(error.into_error()))?.into_temp_path();
    let missing = frames.len().next_multiple_of(per_chunk) - frames.len();
    let short_ms = missing as u64 * frame / rostrum_media::program::SAMPLES_PER_MS;
    Ok(Part { file, front_bytes: front.len() as u64, entries, short_ms })
}

fn chunk(sizes: &[u32], data: &mut impl Read, (n, rendition): (u32, Rendition)) -> Result<Vec<u8>, Error> {
    let mut frames = Vec::with_capacity(sizes.len());
    for size in sizes {
        let mut frame = vec![0; *size as usize];
        data.read_exact(&mut frame)?;
        frames.push(frame);
    }
    let time = u64::from(n) * CHUNK_SAMPLES;
    Ok(Place { sequence: n + 1, time, frame_samples: rendition.frame_samples() }.fragment(&frames))
}
