//! WebVTT (W3C webvtt1): read with voices, written with voices. Settings, styles, regions and notes are passed over.

use rostrum_domain::transcript::Cue;

use super::{CueError, clock, lines, one_line, push, speaker_name, wrap};

/// Longest line that is written, as the podcast namespace recommends.
const WIDTH: usize = 65;

/// Reads WebVTT whose head has been seen; line breaks are `\n`.
pub(super) fn read(text: &str) -> Result<Vec<Cue>, CueError> {
    let mut cues = Vec::new();
    for (at, block) in lines::blocks(text).enumerate() {
        let (number, head) = block[0];
        let found = if is_aside(head) { Vec::new() } else { lines::cues(&block)? };
        if found.is_empty() && at > 0 && !is_aside(head) {
            return Err(lines::no_time(number));
        }
        for raw in found {
            for (speaker, text) in voices(&raw.text) {
                push(&mut cues, Cue { start_ms: raw.start_ms, end_ms: raw.end_ms, speaker, text })?;
            }
        }
    }
    Ok(cues)
}

/// The served WebVTT: one voice a cue, lines of at most 65 characters where words allow it.
pub fn to_vtt(cues: &[Cue]) -> String {
    let mut out = String::from("WEBVTT\n");
    for cue in cues {
        let text = one_line(&cue.text);
        if text.is_empty() {
            continue;
        }
        out += &format!("\n{} --> {}\n", clock(cue.start_ms, '.'), clock(cue.end_ms.max(cue.start_ms), '.'));
        if let Some(name) = cue.speaker.as_deref().and_then(speaker_name) {
            out += &format!("<v {}>", escape(&name));
        }
        for line in wrap(&text, WIDTH) {
            out += &escape(&line);
            out.push('\n');
        }
    }
    out
}

fn is_aside(head: &str) -> bool {
    ["NOTE", "STYLE", "REGION"].iter().any(|word| {
        let rest = head.strip_prefix(word);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
    })
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The spans of a cue's text by speaker, tags cut and character references resolved.
fn voices(text: &str) -> Vec<(Option<String>, String)> {
    let mut spans: Vec<(Option<String>, String)> = vec![(None, String::new())];
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let (before, tagged) = rest.split_at(at);
        let last = spans.last_mut().expect("there is always a span");
        last.1 += before;
        match tag(tagged) {
            Some(inner) => {
                if let Some(speaker) = voice(inner) {
                    spans.push((speaker, String::new()));
                }
                rest = &tagged[inner.len() + 2..];
            }
            None => {
                last.1.push('<');
                rest = &tagged[1..];
            }
        }
    }
    spans.last_mut().expect("there is always a span").1 += rest;
    spans.into_iter().map(|(speaker, text)| (speaker, resolve(&text))).collect()
}

/// What stands between the brackets of the tag at the start; none where `<` is just a character.
pub(super) fn tag(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('<')?;
    let inner = &inner[..inner.find(['<', '>'])?];
    let closed = text[1 + inner.len()..].starts_with('>');
    let named = inner.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '/');
    (closed && named).then_some(inner)
}

/// The speaker a tag begins (`v`), or that none speaks any more (`/v`); none for other tags.
fn voice(inner: &str) -> Option<Option<String>> {
    if inner == "/v" {
        return Some(None);
    }
    let rest = inner.strip_prefix('v')?;
    if !rest.is_empty() && !rest.starts_with(|c: char| c == '.' || c.is_whitespace()) {
        return None;
    }
    let name = rest.split_once(char::is_whitespace).map_or("", |(_, name)| name);
    Some(speaker_name(&resolve(name)))
}

/// Resolves the character references that WebVTT knows; others stay as they are.
fn resolve(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out += &rest[..at];
        rest = &rest[at..];
        match reference(rest) {
            Some((length, c)) => {
                out.push(c);
                rest = &rest[length..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out + rest
}

fn reference(text: &str) -> Option<(usize, char)> {
    let end = text.bytes().take(12).position(|byte| byte == b';')?;
    let name = &text[1..end];
    let c = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "lrm" => '\u{200e}',
        "rlm" => '\u{200f}',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    };
    Some((end + 1, c))
}

#[cfg(test)]
mod tests {
    use super::super::{parse, tests::cues};
    use super::*;
    use proptest::prelude::*;

    fn read_all(text: &str) -> Vec<(i64, Option<String>, String)> {
        let cues = parse(text.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
        cues.into_iter().map(|cue| (cue.start_ms, cue.speaker, cue.text)).collect()
    }

    #[test]
    fn reads_a_full_file() {
        let text = "WEBVTT - Some title\nKind: captions\n\nNOTE a remark\nover two lines\n\nSTYLE\n\
            ::cue { color: red }\n\n\
            REGION\nid:fred\n\nintro\n00:00.000 --> 00:05.000 align:start position:0%\n\
            <v.loud Ada Lovelace>Hello\n<i>every\
            one</i> &amp; <c.yellow>all</c></v>\n\n01:00:00.000 --> 01:00:01.000\n<v Bob>Yes. \
            <v Ada &lt;3>No &#x21; 2 < 3 <00:10.000>\
            \n\n00:06.000 --> 00:07.000\nNobody\n";
        let name = |name: &str| Some(name.to_owned());
        assert_eq!(
            read_all(text),
            [
                (0, name("Ada Lovelace"), "Hello everyone & all".into()),
                (6000, None, "Nobody".into()),
                (3_600_000, name("Bob"), "Yes.".into()),
                (3_600_000, name("Ada <3"), "No ! 2 < 3".into()),
            ]
        );
    }

    #[test]
    fn hostile_text_is_written_inert() {
        let cue = Cue {
            start_ms: 0,
            end_ms: 1,
            speaker: Some("<script>\n-->".into()),
            text: "</v><b>\n\n00:00.000 --> 00:09.000\n<script>alert(1)</script>".into(),
        };
        let vtt = to_vtt(std::slice::from_ref(&cue));
        assert_eq!(vtt.matches("-->").count(), 1, "{vtt}");
        assert!(!vtt.contains("<script"), "{vtt}");
        let back = parse(vtt.as_bytes()).expect("we wrote it");
        assert_eq!(back[0].text, one_line(&cue.text));
        assert_eq!(back[0].speaker.as_deref(), Some("<script> -->"));
    }

    #[test]
    fn many_open_brackets_cost_little() {
        let text = format!("WEBVTT\n\n00:00.000 --> 00:01.000\n{}", "<a&".repeat(1 << 20));
        assert_eq!(read_all(&text)[0].2.len(), 3 << 20);
    }

    proptest! {
        #[test]
        fn round_trips(list in cues("[^\\s\\p{Cc}].{0,120}")) {
            prop_assert_eq!(parse(to_vtt(&list).as_bytes()), Ok(list));
        }
    }
}
