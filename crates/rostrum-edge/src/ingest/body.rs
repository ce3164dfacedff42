//! Where an encoder's sound begins and ends in what it sends: to the end of the connection, for so many bytes, or in
//! chunks (RFC 9112 §7.1). Pure: bytes in, bytes out.

use super::head::Head;

/// Longest line of a chunk's size.
const LINE_MAX: usize = 64;

/// Follows one body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Body {
    /// To the end of the connection.
    Open,
    /// So many bytes more.
    Sized(u64),
    /// A chunk's size line, so far.
    Line(Vec<u8>),
    /// So many bytes of a chunk, its line end counted.
    Chunk(u64),
    /// Nothing more comes.
    Over,
}

/// A body that breaks the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Broken;

impl Body {
    /// What the head announces. `SOURCE` never has a length, and a length of nothing stands for none.
    pub(crate) fn of(head: &Head) -> Self {
        if head.field("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked")) {
            return Self::Line(Vec::new());
        }
        let length = head.field("content-length").and_then(|value| value.parse().ok()).filter(|length| *length > 0);
        length.map_or(Self::Open, Self::Sized)
    }

    /// Appends to `out` what of `bytes` is sound; [`Body::Over`] afterwards says that no more comes.
    pub(crate) fn feed(&mut self, mut bytes: &[u8], out: &mut Vec<u8>) -> Result<(), Broken> {
        while !bytes.is_empty() {
            let taken = match self {
                Self::Over => return Ok(()),
                Self::Open => {
                    out.extend_from_slice(bytes);
                    bytes.len()
                }
                Self::Sized(left) => {
                    let count = bytes.len().min(usize::try_from(*left).unwrap_or(usize::MAX));
                    out.extend_from_slice(&bytes[..count]);
                    *left -= count as u64;
                    count
                }
                Self::Chunk(left) => {
                    let count = bytes.len().min(usize::try_from(*left).unwrap_or(usize::MAX));
                    // The last two are the line's end.
                    let sound = usize::try_from(left.saturating_sub(2)).unwrap_or(usize::MAX);
                    out.extend_from_slice(&bytes[..count.min(sound)]);
                    *left -= count as u64;
                    count
                }
                Self::Line(line) => {
                    let end = bytes.iter().position(|byte| *byte == b'\n').map(|at| at + 1);
                    let count = end.unwrap_or(bytes.len());
                    line.extend_from_slice(&bytes[..count]);
                    count
                }
            };
            bytes = &bytes[taken..];
            self.settle()?;
        }
        Ok(())
    }

    fn settle(&mut self) -> Result<(), Broken> {
        match self {
            Self::Sized(0) => *self = Self::Over,
            Self::Chunk(0) => *self = Self::Line(Vec::new()),
            Self::Line(line) if line.ends_with(b"\n") => {
                let size = size(line).ok_or(Broken)?;
                *self = if size == 0 { Self::Over } else { Self::Chunk(size + 2) };
            }
            Self::Line(line) if line.len() > LINE_MAX => return Err(Broken),
            _ => {}
        }
        Ok(())
    }
}

fn size(line: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(line).ok()?.split(';').next()?.trim();
    let digits = !text.is_empty() && text.len() <= 8 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    u64::from_str_radix(text, 16).ok().filter(|_| digits)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn chunks_are_taken_apart_and_bad_ones_refused() {
        let mut out = Vec::new();
        let mut body = Body::Line(Vec::new());
        body.feed(b"5\r\nhello\r\n3;x=y\r\n wo\r\n0\r\n\r\n", &mut out).unwrap();
        assert_eq!((out.as_slice(), body), (&b"hello wo"[..], Body::Over));
        for bad in [&b"x\r\n"[..], b"\r\n", b"123456789\r\n", &[b'1'; 80]] {
            assert_eq!(Body::Line(Vec::new()).feed(bad, &mut Vec::new()), Err(Broken), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn chunks_give_the_same_however_they_are_cut(
            parts in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..50), 0..8), cut in 1usize..20,
        ) {
            let mut wire = Vec::new();
            for part in &parts {
                wire.extend(format!("{:x}\r\n", part.len()).bytes().chain(part.iter().copied()).chain(*b"\r\n"));
            }
            wire.extend(b"0\r\n\r\n");
            let (mut body, mut out) = (Body::Line(Vec::new()), Vec::new());
            for piece in wire.chunks(cut) {
                prop_assert!(body.feed(piece, &mut out).is_ok());
            }
            prop_assert_eq!((out, body), (parts.concat(), Body::Over));
        }

        #[test]
        fn a_length_is_kept_to(length in 1u64..200, bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let (mut body, mut out) = (Body::Sized(length), Vec::new());
            body.feed(&bytes, &mut out).unwrap();
            prop_assert_eq!(out.len() as u64, length.min(bytes.len() as u64));
        }
    }
}
