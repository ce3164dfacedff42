//! What WebVTT and SRT share: blocks of lines, time lines, and the text under each.

use super::CueError;

/// A cue as it stands in the file.
pub(super) struct Raw {
    /// Where it begins, in milliseconds.
    pub(super) start_ms: i64,
    /// Where it ends.
    pub(super) end_ms: i64,
    /// Its lines of text.
    pub(super) text: String,
}

/// A line with its number, counted from 1.
pub(super) type Line<'a> = (usize, &'a str);

/// The runs of lines between empty ones.
pub(super) fn blocks(text: &str) -> impl Iterator<Item = Vec<Line<'_>>> {
    let mut lines = text.lines().enumerate().map(|(at, line)| (at + 1, line)).peekable();
    std::iter::from_fn(move || {
        while lines.next_if(|(_, line)| line.trim().is_empty()).is_some() {}
        let mut block = Vec::new();
        while let Some(line) = lines.next_if(|(_, line)| !line.trim().is_empty()) {
            block.push(line);
        }
        (!block.is_empty()).then_some(block)
    })
}

/// The cues of a block; more than one where the empty line between two is missing.
pub(super) fn cues(block: &[Line<'_>]) -> Result<Vec<Raw>, CueError> {
    let mut cues: Vec<Raw> = Vec::new();
    for (at, (number, line)) in block.iter().enumerate() {
        if line.contains("-->") {
            cues.push(time_line(*number, line)?);
        } else if let Some(cue) = cues.last_mut() {
            let names_next = is_number(line) && block.get(at + 1).is_some_and(|(_, next)| next.contains("-->"));
            if !names_next {
                cue.text += line;
                cue.text.push('\n');
            }
        }
    }
    Ok(cues)
}

/// Whether a line is only a number, as SRT puts before each time line.
pub(super) fn is_number(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit())
}

/// What to say of a block without a time line.
pub(super) fn no_time(line: usize) -> CueError {
    let what = "expected a time line such as 00:00:01.000 --> 00:00:02.500".to_owned();
    CueError::Line { line, what }
}

fn time_line(line: usize, text: &str) -> Result<Raw, CueError> {
    let times = text.split_once("-->").and_then(|(start, end)| {
        let end = end.split_whitespace().next()?;
        Some((time(start.trim())?, time(end)?))
    });
    let Some((start_ms, end_ms)) = times else {
        let what = "this is not a pair of times; write 00:00:01.000 --> 00:00:02.500".to_owned();
        return Err(CueError::Line { line, what });
    };
    if end_ms < start_ms {
        return Err(CueError::Line { line, what: "the cue ends before it begins; swap the times".to_owned() });
    }
    Ok(Raw { start_ms, end_ms, text: String::new() })
}

/// `mm:ss`, `mm:ss.mmm`, `h:mm:ss,mmm`: hours up to 9999.
fn time(text: &str) -> Option<i64> {
    let (clock, fraction) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let parts: Vec<i64> = clock.split(':').map(whole).collect::<Option<_>>()?;
    let (hours, minutes, seconds) = match parts[..] {
        [minutes, seconds] => (0, minutes, seconds),
        [hours, minutes, seconds] => (hours, minutes, seconds),
        _ => return None,
    };
    if minutes > 59 || seconds > 59 {
        return None;
    }
    let millis = match fraction.len() {
        0 => 0,
        length @ 1..=3 => whole(fraction)? * [100, 10, 1][length - 1],
        _ => return None,
    };
    Some(((hours * 60 + minutes) * 60 + seconds) * 1000 + millis)
}

fn whole(digits: &str) -> Option<i64> {
    let good = (1..=4).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    if good { digits.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_both_forms() {
        for (text, at_ms) in [
            ("00:00.000", Some(0)),
            ("01:02:03.004", Some(3_723_004)),
            ("1:02:03,4", Some(3_723_400)),
            ("0100:00:00.000", Some(360_000_000)),
            ("59:59", Some(3_599_000)),
            ("60:00", None),
            ("1", None),
            ("1:2:3:4", None),
            ("-1:00", None),
            ("00:00.0000", None),
            ("٠٠:٠٠", None),
        ] {
            assert_eq!(time(text), at_ms, "{text}");
        }
    }

    #[test]
    fn a_missing_empty_line_is_forgiven() {
        let text = "1\n00:00 --> 00:01\nHello\n42\n2\n00:01 --> 00:02\nWorld";
        let block = blocks(text).next().expect("there is one block");
        let texts: Vec<_> = cues(&block).expect("good times").into_iter().map(|raw| raw.text).collect();
        assert_eq!(texts, ["Hello\n42\n", "World\n"]);
    }
}
