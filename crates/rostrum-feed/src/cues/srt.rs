//! SubRip: read with `Name:` labels, written as cards of two lines of 32 characters, as the podcast namespace asks.

use rostrum_domain::transcript::Cue;

use super::{CueError, clock, lines, one_line, push, speaker_name, vtt, wrap};

/// Longest line of a card, in characters.
const WIDTH: usize = 32;
/// Longest name a label may hold, in characters.
const LABEL_MAX: usize = 40;

/// Reads SRT; line breaks are `\n`.
pub(super) fn read(text: &str) -> Result<Vec<Cue>, CueError> {
    let mut raws: Vec<lines::Raw> = Vec::new();
    for block in lines::blocks(text) {
        let found = lines::cues(&block)?;
        if found.is_empty() {
            // An empty line inside a card's text is common; a lone number is a card without times.
            let number_only = block.len() == 1 && lines::is_number(block[0].1);
            let last = raws.last_mut().filter(|_| !number_only).ok_or_else(|| lines::no_time(block[0].0))?;
            for (_, line) in block {
                last.text += line;
                last.text.push('\n');
            }
        }
        raws.extend(found);
    }
    let mut cues = Vec::new();
    for raw in raws {
        let text = without_tags(&raw.text);
        push(&mut cues, Cue { start_ms: raw.start_ms, end_ms: raw.end_ms, speaker: None, text })?;
    }
    name_speakers(&mut cues);
    Ok(cues)
}

/// The served SRT: at most two lines of 32 characters a card where words allow it, `Name:` when the speaker changes. A
/// longer cue becomes several cards that share its time by length.
pub fn to_srt(cues: &[Cue]) -> String {
    let mut out = String::new();
    let mut number = 0;
    let mut speaking = None;
    for cue in cues {
        let speaker = cue.speaker.as_deref().and_then(speaker_name);
        let label = speaker.as_ref().filter(|_| speaking != speaker);
        // An arrow in the text would read as a time line.
        let text = one_line(&cue.text).replace("-->", "->");
        let text = label.map_or(text.clone(), |name| format!("{}: {text}", name.replace("-->", "->")));
        for card in cards(cue, &text) {
            number += 1;
            let (start, end) = (clock(card.start_ms, ','), clock(card.end_ms, ','));
            out += &format!("{number}\n{start} --> {end}\n{}\n\n", card.text);
        }
        speaking = speaker;
    }
    out
}

fn cards(cue: &Cue, text: &str) -> Vec<lines::Raw> {
    let lines = wrap(text, WIDTH);
    let total = lines.iter().map(|line| length(line)).sum::<i64>().max(1);
    let span = (cue.end_ms - cue.start_ms).max(0);
    let mut spoken = 0;
    let mut start_ms = cue.start_ms;
    let mut cards = Vec::new();
    for pair in lines.chunks(2) {
        spoken += pair.iter().map(|line| length(line)).sum::<i64>();
        let end_ms = cue.start_ms + span * spoken / total;
        cards.push(lines::Raw { start_ms, end_ms, text: pair.join("\n") });
        start_ms = end_ms;
    }
    cards
}

fn length(line: &str) -> i64 {
    i64::try_from(line.chars().count()).unwrap_or(i64::MAX)
}

/// Cuts `<i>`, `<font …>` and `{\an8}`.
fn without_tags(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['<', '{']) {
        out += &rest[..at];
        rest = &rest[at..];
        let styled = rest
            .strip_prefix("{\\")
            .and_then(|inner| inner.find(['{', '}']).filter(|end| inner[*end..].starts_with('}')));
        let skip = vtt::tag(rest).map(|inner| inner.len() + 2).or(styled.map(|end| end + 3));
        match skip {
            Some(length) => rest = &rest[length..],
            None => {
                out += &rest[..1];
                rest = &rest[1..];
            }
        }
    }
    out + rest
}

/// Makes speakers of labels, if the file uses them: from its first spoken card on, or the same name more than once.
/// A card without a label continues the speaker before it.
fn name_speakers(cues: &mut [Cue]) {
    let spoken = cues.iter().find(|cue| !cue.text.starts_with(['[', '(', '♪']));
    let labelled = spoken.is_some_and(|cue| label(&cue.text).is_some());
    let mut counts = std::collections::HashMap::new();
    for (name, _) in cues.iter().filter_map(|cue| label(&cue.text)) {
        *counts.entry(name.to_owned()).or_insert(0) += 1;
    }
    let mut speaking: Option<String> = None;
    for cue in cues {
        let split = label(&cue.text).filter(|(name, _)| labelled || counts.get(*name).is_some_and(|count| *count > 1));
        if let Some((name, rest)) = split.map(|(name, rest)| (name.to_owned(), rest.to_owned())) {
            speaking = Some(name);
            cue.text = rest;
        }
        cue.speaker.clone_from(&speaking);
    }
}

/// `Name: text`, where the name looks like one: a capital first, at most four words, no punctuation but `.'’-`.
fn label(text: &str) -> Option<(&str, &str)> {
    let (name, rest) = text.split_once(':')?;
    let rest = rest.strip_prefix(' ')?;
    let capital = name.starts_with(|c: char| c.is_alphabetic() && !c.is_lowercase());
    let plain = name.chars().all(|c| c.is_alphanumeric() || " .'’-".contains(c));
    let short = name.chars().count() <= LABEL_MAX && name.split(' ').count() <= 4;
    (capital && plain && short).then_some((name, rest))
}

#[cfg(test)]
mod tests {
    use super::super::{parse, tests::cues};
    use super::*;
    use proptest::prelude::*;

    fn read_all(text: &str) -> Vec<(Option<String>, String)> {
        let cues = parse(text.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
        cues.into_iter().map(|cue| (cue.speaker, cue.text)).collect()
    }

    fn named(list: &[(Option<&str>, &str)]) -> Vec<(Option<String>, String)> {
        list.iter().map(|(name, text)| (name.map(str::to_owned), (*text).to_owned())).collect()
    }

    #[test]
    fn reads_the_namespace_example() {
        let text = "1\n00:00:00,000 --> 00:00:02,760\nSarah: In today's episode,\n\
            <i>you'll</i> learn {\\an8}whether\n\n\
            2\n00:00:02,760 --> 00:00:06,090\nyou should have a trailer.\n\nAnd if so\n\n\
            4\n00:00:19,080 --> 00:00:21,450\nGillian B.: Hi";
        let sarah = Some("Sarah");
        assert_eq!(
            read_all(text),
            named(&[
                (sarah, "In today's episode, you'll learn whether"),
                (sarah, "you should have a trailer. And if so"),
                (Some("Gillian B."), "Hi"),
            ])
        );
    }

    #[test]
    fn one_colon_is_no_speaker() {
        let text = "1\n00:00 --> 00:01\nListen well.\n\n2\n00:01 --> 00:02\nRemember: never. At 10:30.";
        assert_eq!(read_all(text), named(&[(None, "Listen well."), (None, "Remember: never. At 10:30.")]));
    }

    #[test]
    fn a_number_without_times_is_named() {
        let error = parse(b"1\n00:00 --> 00:01\nHi\n\n2\n").expect_err("card 2 is cut off");
        assert!(error.to_string().starts_with("line 5"), "{error}");
    }

    #[test]
    fn cards_are_small_and_labels_come_on_change() {
        let say = |start_ms, name: &str, text: &str| Cue {
            start_ms,
            end_ms: start_ms + 1000,
            speaker: Some(name.into()),
            text: text.into(),
        };
        let long = "One two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen";
        let srt = to_srt(&[say(0, "Ada", long), say(1000, "Ada", "More --> here"), say(2000, "Bob", "Hi")]);
        assert_eq!(
            srt,
            "1\n00:00:00,000 --> 00:00:00,648\nAda: One two three four five six\nseven eight nine ten eleven\n\n\
             2\n00:00:00,648 --> 00:00:01,000\ntwelve thirteen fourteen fifteen\n\n\
             3\n00:00:01,000 --> 00:00:02,000\nMore -> here\n\n4\n00:00:02,000 --> 00:00:03,000\nBob: Hi\n\n"
        );
    }

    proptest! {
        #[test]
        fn words_speakers_and_times_come_back(list in cues("[a-z]{1,12}( [a-zö,.<?]{1,12}){0,20}"), named: bool) {
            let starts: Vec<_> = list.iter().skip(1).map(|cue| cue.start_ms).chain([i64::MAX]).collect();
            let list: Vec<_> = list.into_iter().zip(starts).map(|(cue, next_ms)| Cue {
                speaker: named.then(|| cue.speaker.unwrap_or_else(|| "Zoe".into())),
                end_ms: cue.end_ms.min(next_ms),
                ..cue
            }).collect();
            let srt = to_srt(&list);
            let wide = srt.lines().filter(|line| !line.contains("-->")).map(|line| line.chars().count()).max();
            prop_assert!(wide.is_some_and(|wide| wide <= WIDTH), "{}", srt);
            let back = parse(srt.as_bytes()).expect("we wrote it");
            let words = |cues: &[Cue]| -> Vec<(Option<String>, String)> {
                cues.iter().flat_map(|cue| cue.text.split(' ').map(|w| (cue.speaker.clone(), w.to_owned()))).collect()
            };
            prop_assert_eq!(words(&back), words(&list));
            prop_assert_eq!(back[0].start_ms, list[0].start_ms);
            let end = |cues: &[Cue]| cues.iter().map(|cue| cue.end_ms).max();
            prop_assert_eq!(end(&back), end(&list));
        }
    }
}
