//! A record's bytes, little-endian: magic, length, CRC-32C of all but the magic and itself, epoch, track, kind, flags,
//! sequence number, time, both clocks, payload. A payload in which the magic's first three bytes occur is stuffed: a
//! zero follows them, so the magic is found only where a record begins.

use bytes::{Bytes, BytesMut};

use super::{Kind, PAYLOAD_BYTES_MAX, Record};

/// How a record begins. Its first byte is none of the others, so that it cannot overlap itself.
pub(super) const MAGIC: [u8; 4] = [0xa7, b'R', b'J', 0x1a];
const PREFIX: &[u8] = &[0xa7, b'R', b'J'];
const STUFFING: u8 = 0;

/// Bytes in front of a payload.
pub const HEADER_BYTES: usize = 56;
/// Bytes of payload that lie in one piece.
pub const PIECE_BYTES_MAX: usize = 64 << 10;
/// Longest piece in the file: each three bytes of payload may have a fourth.
const STUFFED_BYTES_MAX: usize = PIECE_BYTES_MAX / 3 * 4 + 4;

const STUFFED: u16 = 1;
const MORE: u16 = 2;
/// Where the number of a piece stands among the flags.
const PIECE_SHIFT: u32 = 4;

/// A payload longer than [`PAYLOAD_BYTES_MAX`]; nothing was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a journal record holds at most {PAYLOAD_BYTES_MAX} bytes, not {0}")]
pub struct TooLong(pub usize);

/// Appends `record` to `out`.
///
/// # Errors
/// The payload is longer than [`PAYLOAD_BYTES_MAX`].
pub fn write(record: &Record, out: &mut Vec<u8>) -> Result<(), TooLong> {
    if record.payload.len() > PAYLOAD_BYTES_MAX {
        return Err(TooLong(record.payload.len()));
    }
    let mut rest = &record.payload[..];
    let (mut number, mut crc) = (0, 0);
    loop {
        let (piece, after) = rest.split_at(rest.len().min(PIECE_BYTES_MAX));
        let more = if after.is_empty() { 0 } else { MORE };
        let at = out.len();
        head(record, number << PIECE_SHIFT | more, out);
        body(piece, at, out);
        crc = seal(crc, &mut out[at..]);
        if after.is_empty() {
            return Ok(());
        }
        (rest, number) = (after, number + 1);
    }
}

fn head(record: &Record, flags: u16, out: &mut Vec<u8>) {
    let mut head = [0; HEADER_BYTES];
    head[..4].copy_from_slice(&MAGIC);
    head[12..16].copy_from_slice(&record.epoch.to_le_bytes());
    head[16..20].copy_from_slice(&record.track.to_le_bytes());
    head[20..22].copy_from_slice(&record.kind.number().to_le_bytes());
    head[22..24].copy_from_slice(&flags.to_le_bytes());
    head[24..32].copy_from_slice(&record.seq.to_le_bytes());
    head[32..40].copy_from_slice(&record.time.to_le_bytes());
    head[40..48].copy_from_slice(&record.mono_us.to_le_bytes());
    head[48..56].copy_from_slice(&record.wall_us.to_le_bytes());
    out.extend_from_slice(&head);
}

fn body(piece: &[u8], at: usize, out: &mut Vec<u8>) {
    let mut rest = piece;
    while let Some(found) = position(rest, PREFIX) {
        let (part, after) = rest.split_at(found + PREFIX.len());
        out.extend_from_slice(part);
        out.push(STUFFING);
        out[at + 22] |= STUFFED as u8;
        rest = after;
    }
    out.extend_from_slice(rest);
}

/// Sets length and checksum; a piece's checksum goes on from that of the piece before, so that none can be swapped.
fn seal(before: u32, piece: &mut [u8]) -> u32 {
    let length = (piece.len() - HEADER_BYTES) as u32;
    piece[4..8].copy_from_slice(&length.to_le_bytes());
    let crc = checksum(before, piece);
    piece[8..12].copy_from_slice(&crc.to_le_bytes());
    crc
}

fn checksum(before: u32, piece: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c_append(before, &piece[4..8]), &piece[12..])
}

/// Where `pattern` first occurs.
pub(super) fn position(bytes: &[u8], pattern: &[u8]) -> Option<usize> {
    bytes.windows(pattern.len()).position(|window| window == pattern)
}

/// One piece as it lies in the file, verified.
pub(super) struct Piece {
    /// The record, with this piece's part of the payload.
    pub(super) record: Record,
    /// Its number in the record.
    pub(super) number: u16,
    /// Whether another follows.
    pub(super) more: bool,
    /// Its checksum, from which the next goes on.
    pub(super) crc: u32,
}

/// What stands at the start of some bytes.
pub(super) enum Found {
    /// A header whose piece is this long, all of it there; not verified yet.
    Whole(usize),
    /// The beginning of a piece, or of what may be one.
    Short,
    /// Something else.
    Bad,
}

/// Looks at the start of `bytes` without verifying a checksum.
pub(super) fn look(bytes: &[u8]) -> Found {
    let begun = bytes.len().min(MAGIC.len());
    if bytes[..begun] != MAGIC[..begun] {
        return Found::Bad;
    }
    let Some(length) = bytes.get(4..).and_then(<[u8]>::first_chunk) else { return Found::Short };
    let length = u32::from_le_bytes(*length) as usize;
    match length {
        _ if length > STUFFED_BYTES_MAX => Found::Bad,
        _ if bytes.len() < HEADER_BYTES + length => Found::Short,
        _ => Found::Whole(HEADER_BYTES + length),
    }
}

/// The number of the piece in its record; only a verified one's is to be believed.
pub(super) fn number(piece: &[u8]) -> u16 {
    u16::from_le_bytes(field(piece, 22).unwrap_or_default()) >> PIECE_SHIFT
}

/// Whether the piece is what was written; `before` is the checksum of the piece it goes on from, 0 for the first.
pub(super) fn verify(piece: &[u8], before: u32) -> bool {
    field(piece, 8) == Some(checksum(before, piece).to_le_bytes())
}

fn field<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk().copied()
}

/// Reads a verified piece; none if its stuffing is wrong.
pub(super) fn read(piece: BytesMut) -> Option<Piece> {
    let flags = u16::from_le_bytes(field(&piece, 22)?);
    let payload = if flags & STUFFED == 0 { None } else { Some(unstuff(&piece[HEADER_BYTES..])?) };
    let head: [u8; HEADER_BYTES] = *piece.first_chunk()?;
    let record = Record {
        epoch: u32::from_le_bytes(field(&head, 12)?),
        track: u32::from_le_bytes(field(&head, 16)?),
        kind: Kind::of(u16::from_le_bytes(field(&head, 20)?)),
        seq: u64::from_le_bytes(field(&head, 24)?),
        time: u64::from_le_bytes(field(&head, 32)?),
        mono_us: u64::from_le_bytes(field(&head, 40)?),
        wall_us: i64::from_le_bytes(field(&head, 48)?),
        payload: payload.unwrap_or_else(|| piece.freeze().slice(HEADER_BYTES..)),
    };
    let crc = u32::from_le_bytes(field(&head, 8)?);
    Some(Piece { number: number(&head), more: flags & MORE != 0, crc, record })
}

fn unstuff(stuffed: &[u8]) -> Option<Bytes> {
    let mut out = Vec::with_capacity(stuffed.len());
    let mut rest = stuffed;
    while let Some(found) = position(rest, PREFIX) {
        let (part, after) = rest.split_at(found + PREFIX.len());
        out.extend_from_slice(part);
        rest = after.strip_prefix(&[STUFFING])?;
    }
    out.extend_from_slice(rest);
    Some(out.into())
}
