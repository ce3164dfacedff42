//! A rendition's file held against its index: every chunk where the index says, with the bytes it says.

use std::fmt;
use std::io::Read;

use super::index::{self, Entry};
use super::{CHUNK_US, Rendition};

/// Longest chunk that is read: far more than any rendition's.
const CHUNK_BYTES_MAX: u32 = 4 << 20;

/// Something worth telling about a rendition's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The index has no header of this rendition.
    Header,
    /// The index is damaged at this chunk and goes on behind it.
    Index(u64),
    /// The chunk does not begin where the one before ends.
    Place(u64),
    /// The chunk's bytes are not those that were written.
    Bytes(u64),
    /// The file ends before the chunk does.
    Short(u64),
    /// The chunk's epoch or time lies before that of the chunk before.
    Order(u64),
    /// Bytes behind the last chunk, of one that was being written.
    Behind(u64),
}

impl Finding {
    /// Whether something is lost or wrong; else it is only worth knowing.
    pub const fn is_damage(&self) -> bool {
        !matches!(self, Self::Behind(_))
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header => write!(f, "its index has a strange head"),
            Self::Index(n) => write!(f, "its index is damaged at chunk {n}"),
            Self::Place(n) => write!(f, "chunk {n} is not where the one before ends"),
            Self::Bytes(n) => write!(f, "the bytes of chunk {n} have changed"),
            Self::Short(n) => write!(f, "the file ends before chunk {n} does"),
            Self::Order(n) => write!(f, "chunk {n} has an earlier epoch or time than the one before"),
            Self::Behind(bytes) => write!(f, "{bytes} bytes behind the last chunk were being written"),
        }
    }
}

/// Compares an index with its file; gives how many chunks are sound and what was found.
///
/// # Errors
/// The file cannot be read.
pub fn compare(rendition: Rendition, index: &[u8], file: impl Read) -> std::io::Result<(u64, Vec<Finding>)> {
    let read = match index::read(index) {
        Ok(read) if read.rendition == rendition => read,
        _ => return Ok((0, vec![Finding::Header])),
    };
    let mut findings = Vec::new();
    if read.damaged {
        findings.push(Finding::Index(read.entries.len() as u64));
    }
    let mut file = file;
    let mut at = read.entries.first().map_or(0, |entry| entry.offset);
    std::io::copy(&mut file.by_ref().take(at), &mut std::io::sink())?;
    let (mut sound, mut before) = (0, None::<&Entry>);
    for (n, entry) in (0..).zip(&read.entries) {
        let follows = |before: &Entry| before.epoch <= entry.epoch && before.wall_us + CHUNK_US / 2 <= entry.wall_us;
        if !before.is_none_or(follows) {
            findings.push(Finding::Order(n));
        }
        before = Some(entry);
        if entry.offset != at || entry.len > CHUNK_BYTES_MAX {
            findings.push(Finding::Place(n));
            return Ok((sound, findings));
        }
        let mut chunk = Vec::with_capacity(entry.len as usize);
        file.by_ref().take(u64::from(entry.len)).read_to_end(&mut chunk)?;
        at = entry.end();
        match () {
            () if chunk.len() < entry.len as usize => {
                findings.push(Finding::Short(n));
                return Ok((sound, findings));
            }
            () if crc32c::crc32c(&chunk) != entry.crc => findings.push(Finding::Bytes(n)),
            () => sound += 1,
        }
    }
    let behind = if read.entries.is_empty() { 0 } else { std::io::copy(&mut file, &mut std::io::sink())? };
    findings.extend((behind > 0).then_some(Finding::Behind(behind)));
    Ok((sound, findings))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::index::Flags;

    fn program() -> (Vec<u8>, Vec<u8>) {
        let rendition = Rendition::Opus;
        let (mut index, mut file) = (index::header(rendition).to_vec(), b"front".to_vec());
        for n in 0..5u64 {
            let chunk = vec![n as u8; 10 + n as usize];
            let wall_us = n.cast_signed() * CHUNK_US;
            let crc = crc32c::crc32c(&chunk);
            let (offset, len) = (file.len() as u64, chunk.len() as u32);
            let entry = Entry { offset, len, epoch: 1 + n as u32 / 3, wall_us, flags: Flags::default(), crc };
            index.extend(entry.to_bytes(n));
            file.extend(chunk);
        }
        (index, file)
    }

    fn found(index: &[u8], file: &[u8]) -> (u64, Vec<Finding>) {
        compare(Rendition::Opus, index, file).expect("bytes can be read")
    }

    #[test]
    fn a_whole_file_has_nothing_to_tell_and_harm_is_told() {
        let (index, file) = program();
        assert_eq!(found(&index, &file), (5, vec![]));
        let mut flipped = file.clone();
        flipped[5 + 10 + 3] ^= 1;
        assert_eq!(found(&index, &flipped), (4, vec![Finding::Bytes(1)]));
        assert_eq!(found(&index, &file[..file.len() - 1]), (4, vec![Finding::Short(4)]));
        let longer = [&file[..], b"xyz"].concat();
        assert_eq!(found(&index, &longer), (5, vec![Finding::Behind(3)]));
        let mut harmed = index.clone();
        harmed[index::HEADER_BYTES + 2 * index::ENTRY_BYTES + 9] ^= 1;
        assert_eq!(found(&harmed, &file).1[0], Finding::Index(2));
        assert_eq!(compare(Rendition::Aac, &index, &file[..]).expect("read").1, [Finding::Header]);
        assert!(Finding::Short(3).is_damage() && !Finding::Behind(1).is_damage());
    }

    #[test]
    fn chunks_must_follow_each_other() {
        let (mut index, file) = program();
        let at = index::HEADER_BYTES + 3 * index::ENTRY_BYTES;
        let entry = Entry::from_bytes(3, index[at..].first_chunk().expect("it is there")).expect("it is sound");
        index[at..at + index::ENTRY_BYTES].copy_from_slice(&Entry { wall_us: 0, ..entry }.to_bytes(3));
        assert_eq!(found(&index, &file), (5, vec![Finding::Order(3)]));
        index[at..at + index::ENTRY_BYTES].copy_from_slice(&Entry { offset: 7, ..entry }.to_bytes(3));
        assert_eq!(found(&index, &file), (3, vec![Finding::Place(3)]));
    }
}
