//! One byte range (RFC 9110, section 14.2). Several ranges in one request are answered with the whole, as is allowed.

use std::ops::Range;

use http::{HeaderMap, header};

/// What part of a file is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// All of it.
    Whole,
    /// These bytes; never empty, always inside.
    Part(Range<u64>),
    /// Bytes that it does not have.
    Outside,
}

/// Reads `Range`, unless `If-Range` names another version.
pub fn parse(headers: &HeaderMap, size: u64, etag: &str) -> Asked {
    let stale = headers.get(header::IF_RANGE).is_some_and(|tag| tag.as_bytes() != etag.as_bytes());
    let text = headers.get(header::RANGE).and_then(|value| value.to_str().ok());
    match text {
        Some(text) if !stale => one(text, size).unwrap_or(Asked::Whole),
        _ => Asked::Whole,
    }
}

/// None for what is no single range of bytes: it is then ignored.
fn one(text: &str, size: u64) -> Option<Asked> {
    let (first, last) = text.strip_prefix("bytes=")?.trim().split_once('-')?;
    let digits = |text: &str| text.is_empty() || text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(first) || !digits(last) {
        return None;
    }
    let number = |text: &str| text.parse::<u64>().unwrap_or(u64::MAX);
    let range = match (first, last) {
        ("", "") => return None,
        ("", last) => size.saturating_sub(number(last))..size,
        (first, "") => number(first)..size,
        (first, last) if number(last) < number(first) => return None,
        (first, last) => number(first)..number(last).saturating_add(1).min(size),
    };
    Some(if range.start < range.end { Asked::Part(range) } else { Asked::Outside })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn asked(range: &str, size: u64) -> Asked {
        let headers = HeaderMap::from_iter([(header::RANGE, range.parse().expect("a test's header is valid"))]);
        parse(&headers, size, "\"a\"")
    }

    #[test]
    fn the_standard_examples() {
        assert_eq!(asked("bytes=0-499", 10_000), Asked::Part(0..500));
        assert_eq!(asked("bytes=-500", 10_000), Asked::Part(9500..10_000));
        assert_eq!(asked("bytes=9500-", 10_000), Asked::Part(9500..10_000));
        assert_eq!(asked("bytes=0-0", 10_000), Asked::Part(0..1));
        assert_eq!(asked("bytes=10000-", 10_000), Asked::Outside);
        assert_eq!(asked("bytes=-0", 10_000), Asked::Outside);
        for ignored in ["bytes=5-2", "bytes=0-1,3-4", "lines=0-1", "bytes=a-b", "bytes=-", "bytes=+1-2"] {
            assert_eq!(asked(ignored, 10_000), Asked::Whole, "{ignored}");
        }
    }

    #[test]
    fn another_version_gives_the_whole() {
        let mut headers = HeaderMap::from_iter([(header::RANGE, "bytes=1-2".parse().expect("valid"))]);
        headers.insert(header::IF_RANGE, "\"old\"".parse().expect("valid"));
        assert_eq!(parse(&headers, 10, "\"a\""), Asked::Whole);
    }

    proptest! {
        #[test]
        fn a_part_lies_inside(text in "bytes=[0-9]{0,22}-[0-9]{0,22}", size in 0u64..1000) {
            if let Asked::Part(range) = asked(&text, size) {
                prop_assert!(range.start < range.end && range.end <= size);
            }
        }
    }
}
