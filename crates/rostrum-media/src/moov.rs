//! The boxes that a movie has whether it lies in one piece or in fragments: headers, handlers, the descriptions of
//! our codecs (ISO 14496-12, -14; "Encapsulation of Opus in ISO Base Media File Format").

use crate::SAMPLE_RATE;
use crate::boxes::{find, get32, list, put, put_full, put16, put32, put64, words};

/// Unity matrix of headers (ISO 14496-12 section 8.2.2).
pub(crate) const MATRIX: [u32; 9] = [0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000];
/// The number of the one track that sounds.
pub(crate) const AUDIO_TRACK: u32 = 1;
/// Bytes of an AudioSampleEntry in front of its boxes.
const ENTRY_BYTES: usize = 28;

/// `mvhd`, with the duration in samples.
pub(crate) fn movie_header(out: &mut Vec<u8>, duration: u32, next_track: u32) {
    put_full(out, b"mvhd", 0, |out| {
        words(out, &[0, 0, SAMPLE_RATE, duration, 0x1_0000]);
        put16(out, 0x100);
        out.extend_from_slice(&[0; 10]);
        words(out, &MATRIX);
        out.extend_from_slice(&[0; 24]);
        put32(out, next_track);
    });
}

pub(crate) fn track_header(out: &mut Vec<u8>, id: u32, flags: u32, duration: u32) {
    put_full(out, b"tkhd", flags, |out| {
        words(out, &[0, 0, id, 0, duration, 0, 0, 0]);
        // Volume is 1 for sound only.
        put32(out, if id == AUDIO_TRACK { 0x0100_0000 } else { 0 });
        words(out, &MATRIX);
        put64(out, 0);
    });
}

pub(crate) fn handler(out: &mut Vec<u8>, kind: &[u8; 4], vendor: &[u8; 4]) {
    put_full(out, b"hdlr", 0, |out| {
        put32(out, 0);
        out.extend_from_slice(kind);
        out.extend_from_slice(vendor);
        out.extend_from_slice(&[0; 9]);
    });
}

pub(crate) fn data_reference(out: &mut Vec<u8>) {
    put(out, b"dinf", |out| {
        put_full(out, b"dref", 0, |out| {
            put32(out, 1);
            put_full(out, b"url ", 1, |_| {});
        });
    });
}

/// What an AudioSampleEntry says of any codec.
fn entry_head(out: &mut Vec<u8>, channels: u8) {
    out.extend_from_slice(&[0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    put16(out, u16::from(channels));
    put16(out, 16);
    put32(out, 0);
    put32(out, SAMPLE_RATE << 16);
}

/// AAC's entry with its elementary stream descriptor (ISO 14496-1 section 7.2.6).
pub(crate) fn aac_entry(out: &mut Vec<u8>, channels: u8, bitrate: u32, config: &[u8]) {
    let config = &config[..config.len().min(64)];
    put(out, b"mp4a", |out| {
        entry_head(out, channels);
        put_full(out, b"esds", 0, |out| {
            let length = config.len() as u8;
            out.extend_from_slice(&[3, 23 + length, 0, 1, 0, 4, 15 + length, 0x40, 0x15, 0, 0, 0]);
            put32(out, bitrate);
            put32(out, bitrate);
            out.extend_from_slice(&[5, length]);
            out.extend_from_slice(config);
            out.extend_from_slice(&[6, 1, 2]);
        });
    });
}

/// Opus' entry: no pre-skip, no gain, mapping family 0.
pub(crate) fn opus_entry(out: &mut Vec<u8>, channels: u8) {
    put(out, b"Opus", |out| {
        entry_head(out, channels);
        put(out, b"dOps", |out| {
            out.extend_from_slice(&[0, channels]);
            put16(out, 0);
            put32(out, SAMPLE_RATE);
            out.extend_from_slice(&[0, 0, 0]);
        });
    });
}

/// Channels, bit rate and AudioSpecificConfig out of the `stbl` of an AAC track that we wrote.
pub(crate) fn read_aac_entry(table: &[u8]) -> Option<(u8, u32, Vec<u8>)> {
    let entry = find(table, &[b"stsd"])?.get(8..).and_then(|entries| find(entries, &[b"mp4a"]))?;
    let esds = find(entry.get(ENTRY_BYTES..)?, &[b"esds"])?;
    let length = usize::from(*esds.get(25)?);
    Some((*entry.get(17)?, get32(esds, 20)?, esds.get(26..26 + length)?.to_vec()))
}

/// Channels out of the `stbl` of an Opus track.
pub(crate) fn read_opus_entry(table: &[u8]) -> Option<u8> {
    let entry = find(table, &[b"stsd"])?.get(8..).and_then(|entries| find(entries, &[b"Opus"]))?;
    list(entry.get(ENTRY_BYTES..)?).find(|(kind, _)| kind == b"dOps")?.1.get(1).copied()
}
