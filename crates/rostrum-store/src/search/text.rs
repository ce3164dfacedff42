//! Texts as the index has them: folded words, and pairs of neighbours for phrases. Program and database agree on every
//! word, since only the program cuts texts into words.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest as _, Sha256};
use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// Longest word that is told apart from others, in bytes.
pub(super) const WORD_MAX: usize = 60;
/// How often a word must be said to be what an episode is about, and that in how many words at least.
const OFTEN: usize = 4;
const OFTEN_IN: usize = 3000;
/// Bytes of words and pairs kept of one episode; Postgres takes a million.
const BYTES_MAX: usize = 600_000;

/// Appends a text folded: lower-case, accents off, everything that is no letter or digit a space.
pub fn fold_into(folded: &mut String, text: &str) {
    for letter in text.chars() {
        // Most letters of most languages take this way, and a search folds a megabyte.
        if letter.is_ascii() {
            folded.push(if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { ' ' });
            continue;
        }
        decompose_compatible(letter, |part| {
            if !is_combining_mark(part) {
                folded.extend(part.to_lowercase().map(|c| if c.is_alphanumeric() { c } else { ' ' }));
            }
        });
    }
}

/// A text folded, see [`fold_into`].
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold_into(&mut folded, text);
    folded
}

/// A folded word as the index has it.
pub(super) fn cut(word: &str) -> &str {
    let mut end = word.len().min(WORD_MAX);
    while !word.is_char_boundary(end) {
        end -= 1;
    }
    &word[..end]
}

/// Two neighbouring words as one word of the index. A million of them are told apart; what is found by a pair is looked
/// at before it is shown.
pub(super) fn pair(first: &str, second: &str) -> String {
    let digest = Sha256::new().chain_update(first).chain_update(" ").chain_update(second).finalize();
    let number = u32::from_be_bytes([0, digest[0], digest[1], digest[2]]) >> 4;
    // A digit in front, so that no beginning of a word finds them.
    format!("0{number:05x}")
}

/// An episode's row of the index: words with single spaces, each once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Words {
    /// The title's.
    pub(super) title: String,
    /// Those, the notes' and those that are said often.
    pub(super) main: String,
    /// All of them.
    pub(super) whole: String,
}

impl Words {
    /// From a title, notes and what is said, none of it folded.
    pub(super) fn of<'t>(title: &str, notes: &str, said: impl Iterator<Item = &'t str>) -> Self {
        let (title, notes, mut spoken) = (fold(title), fold(notes), String::new());
        for text in said {
            fold_into(&mut spoken, text);
            spoken.push(' ');
        }
        let mut often = BTreeMap::<&str, usize>::new();
        for word in words(&spoken) {
            *often.entry(word).or_default() += 1;
        }
        let enough = OFTEN.max(often.values().sum::<usize>() * OFTEN / OFTEN_IN);
        let title_words: BTreeSet<&str> = words(&title).collect();
        let mut main: BTreeSet<&str> = title_words.iter().copied().chain(words(&notes)).collect();
        main.extend(often.iter().filter(|(_, times)| **times >= enough).map(|(word, _)| *word));
        let whole: BTreeSet<&str> = main.iter().copied().chain(often.into_keys()).collect();
        let title_pairs = pairs(&title);
        let all_pairs: BTreeSet<String> =
            title_pairs.iter().cloned().chain(pairs(&notes)).chain(pairs(&spoken)).collect();
        let listed = |words: BTreeSet<&str>, pairs: BTreeSet<String>| {
            joined(words.into_iter().chain(pairs.iter().map(String::as_str)))
        };
        Self {
            title: listed(title_words, title_pairs),
            main: listed(main, BTreeSet::new()),
            whole: listed(whole, all_pairs),
        }
    }
}

fn words(folded: &str) -> impl Iterator<Item = &str> {
    folded.split_whitespace().map(cut)
}

fn pairs(folded: &str) -> BTreeSet<String> {
    let next = words(folded).skip(1);
    words(folded).zip(next).map(|(first, second)| pair(first, second)).collect()
}

fn joined<'w>(words: impl Iterator<Item = &'w str>) -> String {
    let mut text = String::new();
    for word in words {
        if text.len() + 1 + word.len() > BYTES_MAX {
            break;
        }
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(word);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_takes_accents_and_case_away() {
        assert_eq!(fold("Le CAFÉ, fermé"), "le cafe  ferme");
        assert_eq!(fold("The CAT's hat"), "the cat s hat");
        assert_eq!(fold("cafe\u{301} \u{212b}ngstr\u{f6}m İstanbul 한국"), fold("café Ångström i\u{307}stanbul 한국"));
        assert_eq!(fold("ﬁn Ⅻ straße"), "fin xii straße");
    }

    #[test]
    fn an_episode_is_its_title_its_matter_and_all_it_says() {
        let said = ["Bread and salt.", "Bread, bread!", "More bread: salt"];
        let found = Words::of("Das Brot", "Über Mehl", said.into_iter());
        assert_eq!(found.title, format!("brot das {}", pair("das", "brot")));
        assert_eq!(found.main, "bread brot das mehl uber");
        assert!(found.whole.starts_with("and bread brot das mehl more salt uber 0"), "{}", found.whole);
        assert!(found.whole.contains(&pair("salt", "bread")), "cues follow each other");
    }

    #[test]
    fn whatever_is_said_stays_within_what_a_row_holds() {
        let long: String = (0..200_000).map(|n| format!("w{n} ")).collect();
        let found = Words::of("", &"ö".repeat(5000), [long.as_str()].into_iter());
        assert!(found.whole.len() <= BYTES_MAX && found.whole.len() > BYTES_MAX - 100);
        assert_eq!(found.main.len(), WORD_MAX, "{}", found.main);
    }
}
