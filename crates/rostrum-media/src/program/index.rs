//! The index beside a rendition's file: where each chunk lies, what it is. Entries have one length, so chunk n is found
//! without reading the others; a last one that was cut is left out.

use crate::FormatError;

use super::Rendition;

/// Bytes in front of the entries.
pub const HEADER_BYTES: usize = 16;
/// Bytes of an entry.
pub const ENTRY_BYTES: usize = 40;
const MAGIC: &[u8; 4] = b"RPIX";
const VERSION: u16 = 1;

const SILENCE: u32 = 1;
const REMIXED: u32 = 2;
const GAP: u32 = 4;

/// One chunk of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Entry {
    /// Its first byte in the file.
    pub offset: u64,
    /// Its length in bytes; 0 only for a gap.
    pub len: u32,
    /// The stage's epoch that made it.
    pub epoch: u32,
    /// When its first sample was mixed, in microseconds since 1970.
    pub wall_us: i64,
    /// What it is.
    pub flags: Flags,
    /// CRC-32C of its bytes.
    pub crc: u32,
}

/// What is special about a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Flags {
    /// Nothing was mixed into it: the stage was away.
    pub silence: bool,
    /// It was mixed again from the journal.
    pub remixed: bool,
    /// There are no bytes for it.
    pub gap: bool,
}

impl Flags {
    fn bits(self) -> u32 {
        let flags = [(self.silence, SILENCE), (self.remixed, REMIXED), (self.gap, GAP)];
        flags.into_iter().filter(|(set, _)| *set).fold(0, |sum, (_, bit)| sum | bit)
    }

    fn of(bits: u32) -> Self {
        Self { silence: bits & SILENCE != 0, remixed: bits & REMIXED != 0, gap: bits & GAP != 0 }
    }
}

/// What an index holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    /// Whose file it stands beside.
    pub rendition: Rendition,
    /// The chunks, from number 0.
    pub entries: Vec<Entry>,
    /// Bytes of header and entries that are sound; what lies behind is to be cut off before the next is appended.
    pub sound_bytes: u64,
    /// Whether sound entries lie behind the first that is not: damage, not an append that was cut.
    pub damaged: bool,
}

/// The header that an index begins with.
pub fn header(rendition: Rendition) -> [u8; HEADER_BYTES] {
    let mut out = [0; HEADER_BYTES];
    out[..4].copy_from_slice(MAGIC);
    out[4..6].copy_from_slice(&VERSION.to_le_bytes());
    out[6] = Rendition::ALL.iter().position(|known| *known == rendition).unwrap_or_default() as u8;
    out[8..12].copy_from_slice(&(ENTRY_BYTES as u32).to_le_bytes());
    let crc = crc32c::crc32c(&out[..12]);
    out[12..].copy_from_slice(&crc.to_le_bytes());
    out
}

impl Entry {
    /// The bytes of the entry of chunk `number`.
    pub fn to_bytes(&self, number: u64) -> [u8; ENTRY_BYTES] {
        let mut out = [0; ENTRY_BYTES];
        out[..8].copy_from_slice(&self.offset.to_le_bytes());
        out[8..12].copy_from_slice(&self.len.to_le_bytes());
        out[12..16].copy_from_slice(&self.epoch.to_le_bytes());
        out[16..24].copy_from_slice(&self.wall_us.to_le_bytes());
        out[24..28].copy_from_slice(&self.flags.bits().to_le_bytes());
        out[28..32].copy_from_slice(&self.crc.to_le_bytes());
        out[32..36].copy_from_slice(&(number as u32).to_le_bytes());
        let check = crc32c::crc32c(&out[..36]);
        out[36..].copy_from_slice(&check.to_le_bytes());
        out
    }

    /// Reads the entry of chunk `number`; none if it is damaged or another chunk's.
    pub fn from_bytes(number: u64, bytes: &[u8; ENTRY_BYTES]) -> Option<Self> {
        let four = |at: usize| u32::from_le_bytes(std::array::from_fn(|index| bytes[at + index]));
        let eight = |at: usize| u64::from_le_bytes(std::array::from_fn(|index| bytes[at + index]));
        let sound = four(36) == crc32c::crc32c(&bytes[..36]) && four(32) == number as u32;
        sound.then(|| Self {
            offset: eight(0),
            len: four(8),
            epoch: four(12),
            wall_us: eight(16).cast_signed(),
            flags: Flags::of(four(24)),
            crc: four(28),
        })
    }

    /// The first byte after the chunk.
    pub fn end(&self) -> u64 {
        self.offset.saturating_add(u64::from(self.len))
    }
}

/// Reads an index.
///
/// # Errors
/// The header is no header of ours, or of a later version.
pub fn read(bytes: &[u8]) -> Result<Index, FormatError> {
    let head = bytes.first_chunk::<HEADER_BYTES>().ok_or(FormatError::Malformed("an index without header"))?;
    let known = Rendition::ALL.into_iter().find(|rendition| header(*rendition) == *head);
    let rendition = known.ok_or(FormatError::Malformed("the header of another index"))?;
    let all = bytes[HEADER_BYTES..].as_chunks::<ENTRY_BYTES>().0;
    let read = all.iter().zip(0..).map(|(bytes, number)| Entry::from_bytes(number, bytes));
    let entries: Vec<Entry> = read.clone().map_while(|entry| entry).collect();
    let damaged = read.skip(entries.len()).any(|entry| entry.is_some());
    let sound_bytes = (HEADER_BYTES + entries.len() * ENTRY_BYTES) as u64;
    Ok(Index { rendition, entries, sound_bytes, damaged })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entries() -> impl Strategy<Value = Vec<Entry>> {
        let entry = (any::<u64>(), any::<u32>(), any::<u32>(), any::<i64>(), 0u32..8, any::<u32>());
        let entry = entry.prop_map(|(offset, len, epoch, wall_us, flags, crc)| {
            let flags = Flags::of(flags);
            Entry { offset, len, epoch, wall_us, flags, crc }
        });
        prop::collection::vec(entry, 1..30)
    }

    fn bytes(entries: &[Entry]) -> Vec<u8> {
        let mut out = header(Rendition::Aac).to_vec();
        entries.iter().zip(0..).for_each(|(entry, number)| out.extend(entry.to_bytes(number)));
        out
    }

    proptest! {
        #[test]
        fn entries_read_back_and_a_cut_one_is_left_out(entries in entries(), cut in 0usize..ENTRY_BYTES) {
            let whole = bytes(&entries);
            let read = read(&whole[..whole.len() - cut]).unwrap();
            let count = entries.len() - usize::from(cut > 0);
            prop_assert_eq!((read.rendition, read.damaged), (Rendition::Aac, false));
            prop_assert_eq!(read.sound_bytes as usize, HEADER_BYTES + count * ENTRY_BYTES);
            prop_assert_eq!(&read.entries[..], &entries[..count]);
        }

        #[test]
        fn damage_ends_what_is_believed(entries in entries(), at in any::<prop::sample::Index>(), bits in 1u8..) {
            let mut bytes = bytes(&entries);
            let at = HEADER_BYTES + at.index(bytes.len() - HEADER_BYTES);
            bytes[at] ^= bits;
            let read = read(&bytes).unwrap();
            let hit = (at - HEADER_BYTES) / ENTRY_BYTES;
            prop_assert_eq!(&read.entries[..], &entries[..hit]);
            prop_assert_eq!(read.damaged, hit + 1 < entries.len());
        }
    }

    #[test]
    fn another_file_is_refused() {
        assert!(read(b"RPIX").is_err());
        let mut other = header(Rendition::Opus);
        other[4] = 2;
        assert!(read(&other).is_err());
    }
}
