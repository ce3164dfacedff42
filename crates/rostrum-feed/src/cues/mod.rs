//! Transcripts: WebVTT, SRT and podcast JSON read into cues, and the four served forms written. Times, speakers and
//! plain text are kept; styling is not.

mod html;
mod json;
mod lines;
mod srt;
mod vtt;

use std::borrow::Cow;

use rostrum_domain::transcript::Cue;

pub use html::to_html;
pub use json::to_json;
pub use srt::to_srt;
pub use vtt::to_vtt;

/// Largest transcript that is read, in bytes.
pub const BYTES_MAX: usize = 8 << 20;
/// Most cues that are read.
pub const CUES_MAX: usize = 100_000;
/// Longest speaker's name that is kept, in characters.
const SPEAKER_MAX: usize = 128;

/// The forms that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// WebVTT.
    Vtt,
    /// SubRip.
    Srt,
    /// JSON of the podcast namespace, version 1.0.0; Whisper's `start`, `end`, `text` are understood too.
    Json,
}

/// Why a file gave no cues; each says what to mend.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CueError {
    /// More than [`BYTES_MAX`].
    #[error("the transcript is larger than 8 MiB; upload it in parts or remove word timings")]
    TooBig,
    /// More than [`CUES_MAX`].
    #[error("the transcript has more than 100,000 cues; join short ones")]
    TooMany,
    /// Not text in UTF-8 (or UTF-16 with a byte order mark).
    #[error("the file is not text in UTF-8 (line {line}); save it as UTF-8 and upload it again")]
    NotText {
        /// Where the first bad byte is, counted from 1.
        line: usize,
    },
    /// None of the known forms.
    #[error("this is neither WebVTT, SRT nor podcast JSON; export the transcript in one of these")]
    Unknown,
    /// A good file in which nobody says anything.
    #[error("the transcript holds no text")]
    Empty,
    /// Something unreadable at a place.
    #[error("line {line}: {what}")]
    Line {
        /// Counted from 1.
        line: usize,
        /// What is wrong and what to do.
        what: String,
    },
    /// A segment of a JSON transcript that cannot be.
    #[error("segment {number}: {what}")]
    Segment {
        /// Counted from 1.
        number: usize,
        /// What is wrong and what to do.
        what: String,
    },
}

/// The form of a text, by what stands in it; never by its name.
pub fn sniff(text: &str) -> Option<Format> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.strip_prefix("WEBVTT").is_some_and(|rest| !rest.starts_with(|c: char| !c.is_whitespace())) {
        return Some(Format::Vtt);
    }
    if text.starts_with('{') {
        return Some(Format::Json);
    }
    text.lines().filter(|line| !line.trim().is_empty()).take(3).any(|line| line.contains("-->")).then_some(Format::Srt)
}

/// Reads a transcript of any known form. Cues come back in order of time, their text without line breaks or styling;
/// empty ones are dropped.
pub fn parse(bytes: &[u8]) -> Result<Vec<Cue>, CueError> {
    if bytes.len() > BYTES_MAX {
        return Err(CueError::TooBig);
    }
    let text = decode(bytes)?;
    let text = text.trim_start_matches('\u{feff}');
    let text = if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.to_owned() };
    let mut cues = match sniff(&text).ok_or(CueError::Unknown)? {
        Format::Vtt => vtt::read(&text)?,
        Format::Srt => srt::read(&text)?,
        Format::Json => json::read(&text)?,
    };
    if cues.is_empty() {
        return Err(CueError::Empty);
    }
    cues.sort_by_key(|cue| cue.start_ms);
    Ok(cues)
}

/// UTF-8, or UTF-16 where a byte order mark says so, as Windows editors save it.
fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, CueError> {
    let wide = match bytes {
        [0xff, 0xfe, rest @ ..] => Some((rest, u16::from_le_bytes as fn([u8; 2]) -> u16)),
        [0xfe, 0xff, rest @ ..] => Some((rest, u16::from_be_bytes as fn([u8; 2]) -> u16)),
        _ => None,
    };
    if let Some((rest, unit)) = wide {
        let units: Vec<u16> = rest.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        return String::from_utf16(&units).map(Cow::Owned).map_err(|_| CueError::NotText { line: 1 });
    }
    std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|error| {
        let line = 1 + bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
        CueError::NotText { line }
    })
}

/// Adds a cue unless it is empty; its text and speaker lose line breaks and control characters.
fn push(cues: &mut Vec<Cue>, mut cue: Cue) -> Result<(), CueError> {
    cue.text = one_line(&cue.text);
    if cue.text.is_empty() {
        return Ok(());
    }
    if cues.len() == CUES_MAX {
        return Err(CueError::TooMany);
    }
    cue.speaker = cue.speaker.as_deref().and_then(speaker_name);
    cues.push(cue);
    Ok(())
}

fn speaker_name(raw: &str) -> Option<String> {
    let name: String = one_line(raw).chars().take(SPEAKER_MAX).collect();
    let name = name.trim_end();
    (!name.is_empty()).then(|| name.to_owned())
}

/// A text with every run of white space and control characters made one space.
fn one_line(raw: &str) -> String {
    let mut words = raw.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let mut text = words.next().unwrap_or_default().to_owned();
    for word in words {
        text.push(' ');
        text += word;
    }
    text
}

/// A text broken at spaces into lines of at most `width` characters; a longer word stands alone.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut room = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        match lines.last_mut() {
            Some(line) if length < room => {
                line.push(' ');
                line.push_str(word);
                room -= length + 1;
            }
            _ => {
                lines.push(word.to_owned());
                room = width.saturating_sub(length);
            }
        }
    }
    lines
}

/// `01:02:03.004` with `mark` before the milliseconds.
fn clock(at_ms: i64, mark: char) -> String {
    let at_ms = at_ms.max(0);
    let (hours, minutes) = (at_ms / 3_600_000, at_ms / 60_000 % 60);
    format!("{hours:02}:{minutes:02}:{:02}{mark}{:03}", at_ms / 1000 % 60, at_ms % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Cues in order, as [`parse`] gives them: names and texts on one line.
    pub(super) fn cues(text: &'static str) -> impl Strategy<Value = Vec<Cue>> {
        let one = (0i64..5_000, 0i64..20_000, prop::option::of("[A-Z][a-z]{1,9}( [A-Z][a-z]{1,9})?"), text);
        prop::collection::vec(one, 1..20).prop_map(|list| {
            let mut at = 0;
            let of = |(gap, length, speaker, text): (i64, i64, Option<String>, String)| {
                let start_ms = at + gap;
                at = start_ms;
                Cue { start_ms, end_ms: start_ms + length, speaker, text: one_line(&text) }
            };
            list.into_iter().map(of).filter(|cue| !cue.text.is_empty()).collect()
        })
    }

    #[test]
    fn sniffs_by_content() {
        assert_eq!(sniff("\u{feff}WEBVTT - title\n"), Some(Format::Vtt));
        assert_eq!(sniff("WEBVTT"), Some(Format::Vtt));
        assert_eq!(sniff("WEBVTTX"), None);
        assert_eq!(sniff("\n1\n00:00:00,000 --> 00:00:01,000\nHi"), Some(Format::Srt));
        assert_eq!(sniff(" {\"segments\":[]}"), Some(Format::Json));
        assert_eq!(sniff("Dear all,\nhello"), None);
    }

    #[test]
    fn refusals_say_what_to_do() {
        for (bytes, words) in [
            (&b"hello"[..], "neither WebVTT, SRT nor podcast JSON"),
            (b"", "neither"),
            (b"WEBVTT\n\nna\xefve", "line 3"),
            (b"WEBVTT\n\n00:01.000 --> 00:02.000\n\n", "no text"),
            (b"WEBVTT\n\n00:03.000 --> 00:02.000\nHi", "line 3: the cue ends before it begins"),
            (b"WEBVTT\n\n00:03 -> 00:02.000\nHi", "line 3: expected a time line"),
            (b"1\n00:00:01,000 --> soon\nHi", "line 2: this is not a pair of times"),
            (b"{\"segments\": 1}", "line 1"),
        ] {
            let error = parse(bytes).expect_err("it is bad").to_string();
            assert!(error.contains(words), "{error}");
        }
        assert_eq!(parse(&vec![b' '; BYTES_MAX + 1]), Err(CueError::TooBig));
        let many = "00:01.000 --> 00:02.000\nx\n\n".repeat(CUES_MAX + 1);
        assert_eq!(parse(format!("WEBVTT\n\n{many}").as_bytes()), Err(CueError::TooMany));
    }

    #[test]
    fn reads_what_windows_saves() {
        let text = "\u{feff}1\r\n00:00:00,000 --> 00:00:01,000\r\nGrüße\r\n";
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for bytes in [text.as_bytes(), &wide, text.replace('\n', "").as_bytes()] {
            assert_eq!(parse(bytes).expect("good SRT")[0].text, "Grüße");
        }
    }

    #[test]
    fn lines_keep_their_width() {
        assert_eq!(wrap("aa bb cc", 5), ["aa bb", "cc"]);
        assert_eq!(wrap("aaaaaaa b", 5), ["aaaaaaa", "b"]);
        assert_eq!(wrap("", 5), Vec::<String>::new());
    }

    proptest! {
        #[test]
        fn any_bytes_never_panic(bytes: Vec<u8>, text in any::<String>()) {
            for head in ["", "WEBVTT\n\n", "{\"segments\":[", "1\n00:01.000 --> 00:02.000\n"] {
                let _ = parse(&[head.as_bytes(), &bytes].concat());
                let _ = parse(format!("{head}{text}").as_bytes());
            }
        }

        #[test]
        fn markup_soup_never_panics(
            soup in "(<v[ .]?|</?[a-z]|>|&#?x?[0-9a-z]{0,9};?|-->|[0-9]{2}:|\\{\\\\|\\}|[\n .,ö]){0,60}"
        ) {
            for head in ["WEBVTT\n\n00:01.000 --> 00:02.000\n", "1\n00:00:01,000 --> 00:00:02,000\n"] {
                let _ = parse(format!("{head}{soup}").as_bytes());
            }
        }
    }
}
