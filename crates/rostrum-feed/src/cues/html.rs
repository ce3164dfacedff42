//! The transcript as HTML of the podcast namespace: `cite`, `time` and `p`, nothing else.

use rostrum_domain::time::clock_text;
use rostrum_domain::transcript::Cue;

use super::{one_line, speaker_name};

/// From this many characters on, a paragraph ends with its sentence.
const PARAGRAPH: usize = 500;

/// The served HTML, a fragment: a paragraph a turn, with its speaker and the time it begins; long turns are divided at
/// sentences.
pub fn to_html(cues: &[Cue]) -> String {
    let mut out = String::new();
    let mut speaking = None;
    let mut paragraph = String::new();
    let mut divide = false;
    for cue in cues {
        let text = one_line(&cue.text);
        if text.is_empty() {
            continue;
        }
        let speaker = cue.speaker.as_deref().and_then(speaker_name);
        let turn = speaker != speaking;
        if turn || divide || paragraph.is_empty() {
            close(&mut out, &mut paragraph);
            if let Some(name) = speaker.as_deref().filter(|_| turn) {
                out += &format!("<cite>{}:</cite>\n", escape(name));
            }
            out += &format!("<time>{}</time>\n", clock_text(cue.start_ms));
        } else {
            paragraph.push(' ');
        }
        paragraph += &text;
        divide = paragraph.len() >= PARAGRAPH && text.ends_with(['.', '!', '?', '…']);
        speaking = speaker;
    }
    close(&mut out, &mut paragraph);
    out
}

fn close(out: &mut String, paragraph: &mut String) {
    if !paragraph.is_empty() {
        *out += &format!("<p>{}</p>\n", escape(paragraph));
        paragraph.clear();
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::super::tests::cues;
    use super::*;
    use proptest::prelude::*;

    fn say(start_ms: i64, name: Option<&str>, text: &str) -> Cue {
        Cue { start_ms, end_ms: start_ms, speaker: name.map(str::to_owned), text: text.to_owned() }
    }

    #[test]
    fn turns_become_paragraphs() {
        let html = to_html(&[
            say(0, Some("Kevin"), "We have"),
            say(1000, Some("Kevin"), "an update."),
            say(9000, Some("A<b>"), "\"Hey\" & <script>alert(1)</script>"),
            say(3_600_000, None, "Bye"),
        ]);
        assert_eq!(
            html,
            "<cite>Kevin:</cite>\n<time>0:00</time>\n<p>We have an update.</p>\n<cite>A&lt;b&gt;:</cite>\n\
             <time>0:09</time>\n<p>&quot;Hey&quot; &amp; &lt;script&gt;alert(1)&lt;/script&gt;</p>\n\
             <time>1:00:00</time>\n<p>Bye</p>\n"
        );
    }

    #[test]
    fn long_turns_are_divided_at_sentences() {
        let cues: Vec<_> = (0..60).map(|n| say(n * 1000, Some("Ada"), "Twenty letters here.")).collect();
        let html = to_html(&cues);
        assert_eq!(html.matches("<cite>").count(), 1);
        assert_eq!(html.matches("<p>").count(), 3);
    }

    proptest! {
        #[test]
        fn only_the_three_tags_are_written(list in cues(".{1,40}")) {
            let bare = ["cite", "time", "p"].iter().fold(to_html(&list), |html, name| {
                html.replace(&format!("<{name}>"), "").replace(&format!("</{name}>"), "")
            });
            prop_assert!(!bare.contains(['<', '>']), "{}", bare);
        }
    }
}
