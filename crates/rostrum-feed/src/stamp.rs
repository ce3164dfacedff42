//! Times as people type them into text, `2:33` or `1:02:33.5`: reading, finding, writing.

use std::ops::Range;

use rostrum_domain::time::clock_text;

/// A time found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stamp {
    /// Where it stands, in bytes.
    pub(crate) range: Range<usize>,
    /// The place it names, in milliseconds.
    pub(crate) at_ms: i64,
}

/// Reads `m:ss` or `h:mm:ss`, with up to three decimals, at the start of a text: bytes read and milliseconds.
pub(crate) fn read(text: &str) -> Option<(usize, i64)> {
    let bytes = text.as_bytes();
    let (first, mut at) = digits(bytes, 0, 1..=3)?;
    let (second, next) = colon_pair(bytes, at)?;
    at = next;
    let seconds = match colon_pair(bytes, at) {
        Some((third, next)) => {
            at = next;
            first * 3600 + second * 60 + third
        }
        None => first * 60 + second,
    };
    let mut at_ms = seconds * 1000;
    if matches!(bytes.get(at), Some(b'.' | b','))
        && let Some((fraction, next)) = digits(bytes, at + 1, 1..=3)
    {
        at_ms += fraction * [100, 10, 1][next - at - 2];
        at = next;
    }
    let runs_on = match bytes.get(at) {
        Some(b':') => bytes.get(at + 1).is_some_and(u8::is_ascii_digit),
        Some(byte) => byte.is_ascii_digit(),
        None => false,
    };
    (!runs_on).then_some((at, at_ms))
}

/// Every time of a text that stands by itself; times of day (`10:30 am`) are left out.
pub(crate) fn find(text: &str) -> Vec<Stamp> {
    let mut found = Vec::new();
    let mut at = 0;
    let mut before = None;
    while let Some(c) = text[at..].chars().next() {
        let free = before.is_none_or(|b: char| !b.is_alphanumeric() && !".,:/-_#=&".contains(b));
        let stamp = if free && c.is_ascii_digit() { read(&text[at..]) } else { None };
        match stamp.filter(|(length, _)| ends_well(&text[at + length..])) {
            Some((length, at_ms)) => {
                found.push(Stamp { range: at..at + length, at_ms });
                at += length;
                before = Some('0');
            }
            None => {
                at += c.len_utf8();
                before = Some(c);
            }
        }
    }
    found
}

/// How [`read`] likes it: `2:33`, `1:02:33`, with milliseconds where there are any.
pub(crate) fn write(at_ms: i64) -> String {
    match at_ms.max(0) % 1000 {
        0 => clock_text(at_ms),
        millis => format!("{}.{millis:03}", clock_text(at_ms)),
    }
}

fn digits(bytes: &[u8], at: usize, count: std::ops::RangeInclusive<usize>) -> Option<(i64, usize)> {
    let run = bytes.get(at..)?.iter().take_while(|b| b.is_ascii_digit()).count();
    if !count.contains(&run) {
        return None;
    }
    let value = bytes[at..at + run].iter().fold(0, |value, byte| value * 10 + i64::from(byte - b'0'));
    Some((value, at + run))
}

/// A colon and two digits below 60.
fn colon_pair(bytes: &[u8], at: usize) -> Option<(i64, usize)> {
    if bytes.get(at) != Some(&b':') {
        return None;
    }
    digits(bytes, at + 1, 2..=2).filter(|(value, _)| *value < 60)
}

fn ends_well(after: &str) -> bool {
    let joined = after.starts_with(|c: char| c.is_alphanumeric() || c == '_');
    let word: String = after.trim_start().chars().take(2).flat_map(char::to_lowercase).collect();
    let whole_word = !after.trim_start().chars().nth(2).is_some_and(char::is_alphanumeric);
    let time_of_day = whole_word && matches!(word.as_str(), "am" | "pm");
    !joined && !time_of_day
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_what_people_type() {
        for (text, read_to) in [
            ("0:00", Some((4, 0))),
            ("00:00 Intro", Some((5, 0))),
            ("75:30", Some((5, 4_530_000))),
            ("1:02:33 x", Some((7, 3_753_000))),
            ("1:02:33.5", Some((9, 3_753_500))),
            ("0:01,25", Some((7, 1_250))),
            ("0:01.", Some((4, 1_000))),
            ("1:2", None),
            ("1:60", None),
            ("1:023", None),
            ("1:02:03:04", None),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(read(text), read_to, "{text}");
        }
    }

    #[test]
    fn finds_places_but_no_times_of_day() {
        let text = "At 12:34 (and 1:00:00), not 10:30 am, 9:15pm, 4:3, v1:20x or 1.2:30; ö5:00 — 6:07.";
        let found: Vec<_> = find(text).into_iter().map(|stamp| (&text[stamp.range], stamp.at_ms)).collect();
        assert_eq!(found, [("12:34", 754_000), ("1:00:00", 3_600_000), ("6:07", 367_000)]);
    }

    proptest! {
        #[test]
        fn written_times_read_back(at_ms in 0i64..3_599_999_999) {
            let text = write(at_ms);
            prop_assert_eq!(read(&text), Some((text.len(), at_ms)));
        }

        #[test]
        fn any_text_is_searched(text in any::<String>()) {
            for stamp in find(&text) {
                prop_assert_eq!(read(&text[stamp.range.clone()]), Some((stamp.range.len(), stamp.at_ms)));
            }
        }
    }
}
