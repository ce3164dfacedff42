//! English sentences of the program, told in another language: the sentence is matched with the English messages
//! `told-…`, its values are read off, and the same message is said with them.

use std::borrow::Cow;
use std::sync::LazyLock;

use fluent_syntax::ast::{Expression, InlineExpression, PatternElement};

use crate::{Lang, say, shelf};

/// The value that is a sentence of its own.
const REST: &str = "rest";
/// How deep sentences stand within sentences.
const DEPTH: usize = 3;

/// A sentence with gaps.
struct Sentence {
    id: &'static str,
    parts: Vec<Part>,
}

enum Part {
    Text(&'static str),
    Gap(&'static str),
}

/// Sentences with the most text of their own first, so that the closest match is found first.
static SENTENCES: LazyLock<Vec<Sentence>> = LazyLock::new(|| {
    let told = shelf::ids(Lang::ENGLISH).filter(|id| id.starts_with("told-"));
    let mut sentences: Vec<_> = told.filter_map(Sentence::read).collect();
    sentences.sort_by_key(|sentence| std::cmp::Reverse(sentence.weight()));
    sentences
});

/// The sentence in a reader's language; as it is when no message is like it.
pub fn retell(lang: Lang, english: &str) -> Cow<'_, str> {
    tell(lang, english, DEPTH)
}

fn tell(lang: Lang, english: &str, depth: usize) -> Cow<'_, str> {
    if lang == Lang::ENGLISH || depth == 0 {
        return Cow::Borrowed(english);
    }
    let found = SENTENCES.iter().find_map(|sentence| Some((sentence, sentence.read_off(english)?)));
    let Some((sentence, values)) = found else { return Cow::Borrowed(english) };
    let mut said = say(lang, sentence.id);
    for (name, value) in values {
        said = match value.parse::<u32>() {
            Ok(number) if number.to_string() == value => said.with(name, number),
            _ if name == REST => said.with(name, &*tell(lang, value, depth - 1)),
            _ => said.with(name, value),
        };
    }
    Cow::Owned(said.to_string())
}

impl Sentence {
    /// Text and gaps of a message; none for one that is not made of these alone.
    fn read(id: &'static str) -> Option<Self> {
        let elements = shelf::pattern(Lang::ENGLISH, id)?.elements.iter();
        let parts = elements.map(|element| match element {
            PatternElement::TextElement { value } => Some(Part::Text(value)),
            PatternElement::Placeable {
                expression: Expression::Inline(InlineExpression::VariableReference { id }),
            } => Some(Part::Gap(id.name)),
            PatternElement::Placeable { .. } => None,
        });
        Some(Self { id, parts: parts.collect::<Option<_>>()? })
    }

    fn weight(&self) -> usize {
        self.parts.iter().map(|part| if let Part::Text(text) = part { text.len() } else { 0 }).sum()
    }

    /// What stands in the gaps of a text that is otherwise this sentence.
    fn read_off<'t>(&self, text: &'t str) -> Option<Vec<(&'static str, &'t str)>> {
        let (mut values, mut rest, mut gap) = (Vec::new(), text, None);
        for (at, part) in self.parts.iter().enumerate() {
            match part {
                Part::Gap(name) => gap = Some(*name),
                Part::Text(text) => {
                    let last = at + 1 == self.parts.len();
                    let from = if last { rest.rfind(text)? } else { rest.find(text)? };
                    match gap.take() {
                        Some(name) => values.push((name, &rest[..from])),
                        None if from > 0 => return None,
                        None => {}
                    }
                    rest = &rest[from + text.len()..];
                }
            }
        }
        match gap {
            Some(name) => values.push((name, rest)),
            None if !rest.is_empty() => return None,
            None => {}
        }
        Some(values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn german(text: &str) -> String {
        retell(Lang::find("de").expect("German is there"), text).into_owned()
    }

    #[test]
    fn sentences_are_told_with_their_values() {
        assert_eq!(german("Please fill this in."), "Bitte füllen Sie das aus.");
        let long = german("12345 characters are too many; 255 are allowed.");
        assert_eq!(long, "12.345 Zeichen sind zu viele; erlaubt sind 255.");
        let art = german(
            "This picture is 900 by 800 pixels; podcast directories ask for at least 1400 by 1400. Please \
                          upload a larger one.",
        );
        assert!(art.starts_with("Dieses Bild hat 900 mal 800 Pixel"), "{art}");
    }

    #[test]
    fn a_sentence_within_a_sentence_is_told_too() {
        let nested = german("In the show's settings: Say who makes the show.");
        assert_eq!(nested, "In den Einstellungen der Sendung: Sagen Sie, wer die Sendung macht.");
        assert_eq!(german("This is a PDF document, not a recording."), "Das ist ein PDF-Dokument, keine Aufnahme.");
    }

    #[test]
    fn what_is_not_known_stays_as_it_is() {
        assert_eq!(german("Something nobody foresaw."), "Something nobody foresaw.");
        assert_eq!(retell(Lang::ENGLISH, "Please fill this in."), "Please fill this in.");
    }

    #[test]
    fn every_told_message_has_text_and_gaps_only() {
        let told = shelf::ids(Lang::ENGLISH).filter(|id| id.starts_with("told-"));
        let odd: Vec<_> = told.filter(|id| Sentence::read(id).is_none()).collect();
        assert!(odd.is_empty(), "{odd:?}");
    }

    #[test]
    fn every_told_message_finds_itself() {
        for sentence in SENTENCES.iter() {
            let mut said = say(Lang::ENGLISH, sentence.id);
            for part in &sentence.parts {
                if let Part::Gap(name) = part {
                    said = said.with(name, "xyz");
                }
            }
            let text = said.to_string();
            let found = SENTENCES.iter().find(|other| other.read_off(&text).is_some()).expect("itself, at least");
            assert_eq!(found.id, sentence.id, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_told_somehow(text in ".{0,80}", value in "[^0-9“”]{0,40}") {
            german(&text);
            let long = format!("“{value}” is not a whole number.");
            prop_assert_eq!(german(&long), format!("„{value}“ ist keine ganze Zahl."));
        }
    }
}
