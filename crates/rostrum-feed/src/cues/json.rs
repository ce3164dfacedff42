//! JSON transcripts of the podcast namespace, version 1.0.0: read, also word by word, and written.

use rostrum_domain::transcript::Cue;
use serde::{Deserialize, Serialize};

use super::{CueError, one_line, push, speaker_name};

/// Latest time that is believed: 1000 hours, in seconds.
const SECONDS_MAX: f64 = 3_600_000.0;
/// How long a last segment without an end is shown, in milliseconds.
const LAST_MS: i64 = 2000;
/// From this many segments on, a file is looked at for being word by word.
const WORDS_MIN: usize = 8;
/// Longest cue that words are joined to, in characters.
const JOINED_MAX: usize = 65;
/// Longest silence within a joined cue, in milliseconds.
const PAUSE_MS: i64 = 1500;

#[derive(Serialize, Deserialize)]
struct File<S> {
    #[serde(default)]
    version: String,
    segments: Vec<S>,
}

#[derive(Deserialize)]
struct Segment {
    #[serde(default)]
    speaker: Option<String>,
    #[serde(rename = "startTime", alias = "start")]
    start: f64,
    #[serde(rename = "endTime", alias = "end", default)]
    end: Option<f64>,
    #[serde(rename = "body", alias = "text", default)]
    body: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    #[serde(skip_serializing_if = "Option::is_none")]
    speaker: Option<String>,
    start_time: f64,
    end_time: f64,
    body: String,
}

/// Reads a JSON transcript; one that goes word by word is joined to cues of a line.
pub(super) fn read(text: &str) -> Result<Vec<Cue>, CueError> {
    let file: File<Segment> = serde_json::from_str(text).map_err(|error| CueError::Line {
        line: error.line(),
        what: format!("this is not a podcast transcript in JSON ({error})"),
    })?;
    let starts: Vec<f64> = file.segments.iter().map(|segment| segment.start).collect();
    let mut cues = Vec::new();
    for (at, segment) in file.segments.into_iter().enumerate() {
        push(&mut cues, cue(at + 1, segment, starts.get(at + 1).copied())?)?;
    }
    let words = cues.iter().filter(|cue| !cue.text.contains(' ')).count();
    let by_word = cues.len() >= WORDS_MIN && words * 10 >= cues.len() * 9;
    Ok(if by_word { join(cues) } else { cues })
}

/// The served JSON, version 1.0.0, a segment a cue.
pub fn to_json(cues: &[Cue]) -> String {
    let segments = cues.iter().map(|cue| Written {
        speaker: cue.speaker.as_deref().and_then(speaker_name),
        start_time: cue.start_ms.max(0) as f64 / 1000.0,
        end_time: cue.end_ms.max(cue.start_ms).max(0) as f64 / 1000.0,
        body: one_line(&cue.text),
    });
    let file = File { version: "1.0.0".to_owned(), segments: segments.collect() };
    serde_json::to_string(&file).expect("strings and finite numbers are always JSON")
}

fn cue(number: usize, segment: Segment, next: Option<f64>) -> Result<Cue, CueError> {
    let start_ms = millis(segment.start);
    let next_ms = next.and_then(millis).filter(|next| Some(*next) >= start_ms);
    let end_ms = match segment.end {
        Some(end) => millis(end),
        None => next_ms.or(start_ms.map(|start| start + LAST_MS)),
    };
    let (Some(start_ms), Some(end_ms)) = (start_ms, end_ms) else {
        let what = "a time lies before 0 or after 1000 hours; times are in seconds".to_owned();
        return Err(CueError::Segment { number, what });
    };
    if end_ms < start_ms {
        let what = "it ends before it begins; swap startTime and endTime".to_owned();
        return Err(CueError::Segment { number, what });
    }
    Ok(Cue { start_ms, end_ms, speaker: segment.speaker, text: segment.body })
}

fn millis(seconds: f64) -> Option<i64> {
    (0.0..=SECONDS_MAX).contains(&seconds).then(|| (seconds * 1000.0).round() as i64)
}

/// Joins words to cues that end with a sentence, a pause, a change of speaker or a full line.
fn join(words: Vec<Cue>) -> Vec<Cue> {
    let mut cues: Vec<Cue> = Vec::new();
    let mut length = 0;
    for word in words {
        let more = 1 + word.text.chars().count();
        match cues.last_mut() {
            Some(cue) if continues(cue, &word) && length + more <= JOINED_MAX => {
                cue.text.push(' ');
                cue.text += &word.text;
                cue.end_ms = word.end_ms.max(cue.end_ms);
                length += more;
            }
            _ => {
                length = more - 1;
                cues.push(word);
            }
        }
    }
    cues
}

fn continues(cue: &Cue, word: &Cue) -> bool {
    let open = !cue.text.ends_with(['.', '!', '?', '…', '。']);
    let gap_ms = word.start_ms - cue.end_ms;
    open && cue.speaker == word.speaker && word.start_ms >= cue.start_ms && gap_ms <= PAUSE_MS
}

#[cfg(test)]
mod tests {
    use super::super::{parse, tests::cues};
    use super::*;
    use proptest::prelude::*;

    fn texts(json: &str) -> Vec<(i64, i64, String)> {
        let cues = parse(json.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
        cues.into_iter().map(|cue| (cue.start_ms, cue.end_ms, cue.text)).collect()
    }

    #[test]
    fn words_are_joined_to_lines() {
        let words = ["I", "am", "your", "father.\\n", "Nooooo", "oh", "no", "no"];
        let segments: Vec<_> = words
            .iter()
            .enumerate()
            .map(|(at, word)| {
                let speaker = if at < 4 { "Vader" } else { "Luke" };
                format!(r#"{{"speaker":"{speaker}","startTime":{at}.5,"endTime":{at}.75,"body":"{word}"}}"#)
            })
            .collect();
        let json = format!(r#"{{"version":"1.0.0","segments":[{}]}}"#, segments.join(","));
        assert_eq!(texts(&json), [(500, 3750, "I am your father.".into()), (4500, 7750, "Nooooo oh no no".into())]);
    }

    #[test]
    fn whisper_and_missing_ends_are_understood() {
        let json = r#"{"text":"x","segments":[{"id":0,"start":0.0,"end":2.5,"text":" Hello there."},
            {"start":3,"text":"How are you?"},{"start":4.25,"text":"Fine, thanks."}]}"#;
        let hello = (0, 2500, "Hello there.".to_owned());
        assert_eq!(texts(json), [hello, (3000, 4250, "How are you?".into()), (4250, 6250, "Fine, thanks.".into())]);
    }

    #[test]
    fn impossible_times_name_their_segment() {
        for times in [r#""startTime":-1"#, r#""startTime":2,"endTime":1"#, r#""startTime":1e300"#] {
            let json = format!(r#"{{"segments":[{{"startTime":0,"body":"a b"}},{{{times},"body":"c d"}}]}}"#);
            let error = parse(json.as_bytes()).expect_err("no such time").to_string();
            assert!(error.starts_with("segment 2"), "{error}");
        }
    }

    proptest! {
        #[test]
        fn round_trips(list in cues("[^\\s\\p{Cc}] .{0,80}[^\\s\\p{Cc}]")) {
            prop_assert_eq!(parse(to_json(&list).as_bytes()), Ok(list));
        }
    }
}
