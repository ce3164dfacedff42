//! What a person searches for, as the index understands it and as a text can be looked through for it.

use super::text::{WORD_MAX, cut, fold, pair};
use crate::db::Dialect;

/// Words of a query that count.
const WORDS_MAX: usize = 8;
/// Letters (in bytes) from which on the last word may be a beginning.
const PREFIX_MIN: usize = 3;

/// A word, or several that follow each other; folded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// The words in order; never empty.
    pub words: Vec<String>,
    /// Whether the last one is only the beginning of a word.
    pub open: bool,
}

/// A query: folded words and quoted phrases, all of which must occur, the last word as a beginning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    terms: Vec<Term>,
}

impl Query {
    /// The query a person typed; none when it holds no word. At most eight words count.
    pub fn parse(text: &str) -> Option<Self> {
        let quotes = |letter: char| matches!(letter, '"' | '“' | '”' | '„' | '«' | '»');
        let mut terms = Vec::<Term>::new();
        let parts: Vec<&str> = text.split(quotes).collect();
        for (at, part) in parts.iter().enumerate() {
            let folded = fold(part);
            let words = folded.split_whitespace().map(|word| cut(word).to_owned());
            let room = WORDS_MAX - terms.iter().map(|term| term.words.len()).sum::<usize>();
            // A quotation mark that nothing closes quotes nothing.
            if at % 2 == 1 && at + 1 < parts.len() {
                terms.push(Term { words: words.take(room).collect(), open: false });
            } else {
                let last = at + 1 == parts.len();
                terms.extend(words.take(room).map(|word| Term { words: vec![word], open: false }));
                if let Some(term) = terms.last_mut().filter(|_| last && !folded.trim().is_empty()) {
                    term.open = term.words[0].len() >= PREFIX_MIN;
                }
            }
        }
        terms.retain(|term| !term.words.is_empty());
        for term in &mut terms {
            term.open |= term.words.last().is_some_and(|word| word.len() + 3 >= WORD_MAX);
        }
        (!terms.is_empty()).then_some(Self { terms })
    }

    /// What must occur.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// The folded words, to mark them in a result.
    pub fn words(&self) -> Vec<String> {
        self.terms.iter().flat_map(|term| term.words.iter().cloned()).collect()
    }

    /// Whether words must follow each other.
    pub(super) fn has_phrase(&self) -> bool {
        self.terms.iter().any(|term| term.words.len() > 1)
    }

    /// The query in the language of the index, pairs included where there are phrases. Words hold only letters and
    /// digits, so no quoting can go wrong in either.
    pub(super) fn text(&self, dialect: Dialect, column: &str) -> String {
        let (mark, glue, prefix) = match dialect {
            Dialect::Sqlite => ('"', " AND ", " *"),
            Dialect::Postgres => ('\'', " & ", ":*"),
        };
        let mut all = Vec::new();
        for term in &self.terms {
            for (at, word) in term.words.iter().enumerate() {
                let open = term.open && at + 1 == term.words.len();
                all.push(format!("{mark}{word}{mark}{}", if open { prefix } else { "" }));
            }
            let last_whole = term.words.len() - usize::from(term.open);
            let neighbours = term.words[..last_whole].windows(2);
            all.extend(neighbours.map(|two| format!("{mark}{}{mark}", pair(&two[0], &two[1]))));
        }
        let all = all.join(glue);
        if dialect == Dialect::Sqlite { format!("{{{column}}} : ({all})") } else { all }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<(String, bool)> {
        let query = Query::parse(text).expect("there are words");
        query.terms().iter().map(|term| (term.words.join(" "), term.open)).collect()
    }

    #[test]
    fn queries_hold_only_words() {
        assert_eq!(Query::parse(" \"'*:& "), None);
        let query = Query::parse("Über OR Größe*").expect("there are words");
        assert_eq!(query.text(Dialect::Sqlite, "main"), "{main} : (\"uber\" AND \"or\" AND \"große\" *)");
        assert_eq!(query.text(Dialect::Postgres, "main"), "'uber' & 'or' & 'große':*");
        assert_eq!(words("a b c d e f g h i j").len(), WORDS_MAX);
    }

    #[test]
    fn quotes_hold_words_together() {
        let plain = |word: &str| (word.to_owned(), false);
        assert_eq!(words("so \"Big Bang\" was"), [plain("so"), plain("big bang"), ("was".into(), true)]);
        assert_eq!(words("„große Fuge“"), [plain("große fuge")]);
        assert_eq!(words("it's \"open"), [plain("it"), plain("s"), ("open".into(), true)]);
        let query = Query::parse("\"big bang\"").expect("there are words");
        let pair = pair("big", "bang");
        assert_eq!(query.text(Dialect::Postgres, "whole"), format!("'big' & 'bang' & '{pair}'"));
        assert!(query.has_phrase());
    }
}
