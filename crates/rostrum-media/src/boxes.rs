//! ISO base media boxes (ISO 14496-12): writing them nested, finding them in a slice.

/// Appends a box whose content `fill` writes; its size is set afterwards.
pub(crate) fn put(out: &mut Vec<u8>, kind: &[u8; 4], fill: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(kind);
    fill(out);
    let size = (out.len() - start) as u32;
    out[start..start + 4].copy_from_slice(&size.to_be_bytes());
}

/// Appends a full box: version and flags first.
pub(crate) fn put_full(out: &mut Vec<u8>, kind: &[u8; 4], version_flags: u32, fill: impl FnOnce(&mut Vec<u8>)) {
    put(out, kind, |out| {
        put32(out, version_flags);
        fill(out);
    });
}

pub(crate) fn put16(out: &mut Vec<u8>, value: u16) {
    out.extend_from_slice(&value.to_be_bytes());
}

pub(crate) fn put32(out: &mut Vec<u8>, value: u32) {
    out.extend_from_slice(&value.to_be_bytes());
}

pub(crate) fn words(out: &mut Vec<u8>, values: &[u32]) {
    values.iter().for_each(|value| put32(out, *value));
}

pub(crate) fn put64(out: &mut Vec<u8>, value: u64) {
    out.extend_from_slice(&value.to_be_bytes());
}

/// The boxes lying in `bytes`, as (kind, content); ends at the first that does not fit.
pub(crate) fn list(bytes: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let size = get32(rest, 0)? as usize;
        let kind = *rest.get(4..)?.first_chunk()?;
        let content = rest.get(8..size)?;
        rest = &rest[size..];
        Some((kind, content))
    })
}

/// The content of the box that `path` leads to, the first of each kind.
pub(crate) fn find<'a>(bytes: &'a [u8], path: &[&[u8; 4]]) -> Option<&'a [u8]> {
    path.iter().try_fold(bytes, |bytes, kind| list(bytes).find(|(found, _)| found == *kind).map(|(_, content)| content))
}

pub(crate) fn get32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

pub(crate) fn get64(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}
