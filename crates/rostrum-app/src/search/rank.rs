//! Looking through an episode for a query: whether all of it is there, how much it is about that, and where it is said.

use rostrum_store::search::{Candidate, Query, Said, Term, fold, fold_into};

/// Places quoted of one episode.
const QUOTES_MAX: usize = 3;
/// Words of a query that are said within this time belong together, in milliseconds.
const TOGETHER_MS: i64 = 20_000;
/// Characters of a quotation, at most one cue more.
const QUOTE_CHARS: usize = 200;
/// What it counts that all words stand in the title, in the notes, and together in what is said.
const WEIGHTS: [f64; 3] = [10.0, 3.0, 4.0];

/// Something that is said, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// Where it begins, in milliseconds.
    pub start_ms: i64,
    /// Who says it; empty if unknown.
    pub speaker: String,
    /// What is said.
    pub text: String,
}

/// What looking through an episode gave.
#[derive(Debug, Clone)]
pub(super) struct Reading {
    /// Higher is better.
    pub(super) score: f64,
    /// The notes, where a word stands in them; else empty.
    pub(super) notes: String,
    /// What is said, in order.
    pub(super) quotes: Vec<Quote>,
}

/// A term that occurs in a line of what is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Hit {
    line: usize,
    term: usize,
}

/// Looks for one query.
pub(super) struct Reader<'q> {
    terms: &'q [Term],
}

impl<'q> Reader<'q> {
    pub(super) fn new(query: &'q Query) -> Self {
        Self { terms: query.terms() }
    }

    /// What an episode has of the query; none if some of it is missing.
    pub(super) fn read(&self, candidate: &Candidate) -> Option<Reading> {
        let title = self.terms_in(&fold(&candidate.episode.facts.title));
        let in_notes = self.terms_in(&fold(&candidate.notes));
        let hits = self.hits(&candidate.said);
        let said: Vec<usize> =
            (0..self.terms.len()).map(|term| hits.iter().filter(|hit| hit.term == term).count()).collect();
        if (0..self.terms.len()).any(|term| !title[term] && !in_notes[term] && said[term] == 0) {
            return None;
        }
        let share = |found: &[bool]| part(found.iter().filter(|one| **one).count(), self.terms.len());
        let windows = self.windows(&candidate.said, &hits);
        let together = windows.first().map_or(0.0, |window| part(window.terms, self.terms.len()));
        let often: f64 = said.iter().map(|times| part(*times, 1).ln_1p()).sum::<f64>() / part(self.terms.len(), 1);
        let [of_title, of_notes, of_speech] = WEIGHTS;
        Some(Reading {
            score: of_title * share(&title) + of_notes * share(&in_notes) + of_speech * together + often,
            notes: if in_notes.contains(&true) { candidate.notes.clone() } else { String::new() },
            quotes: quotes(&candidate.said, windows),
        })
    }

    fn terms_in(&self, folded: &str) -> Vec<bool> {
        let words: Vec<&str> = folded.split_whitespace().collect();
        let occurs = |term: &Term| (0..words.len()).any(|at| matches(term, &words[at..]));
        self.terms.iter().map(occurs).collect()
    }

    /// Every occurrence, in order; a phrase counts where it begins, and may run on into the next line.
    fn hits(&self, said: &[Said]) -> Vec<Hit> {
        let (mut folded, mut ends) = (String::new(), Vec::with_capacity(said.len()));
        for line in said {
            fold_into(&mut folded, &line.text);
            folded.push(' ');
            ends.push(folded.len());
        }
        let start = folded.as_ptr() as usize;
        let words: Vec<&str> = folded.split_ascii_whitespace().collect();
        let mut hits = Vec::new();
        for (at, word) in words.iter().enumerate() {
            for (term, wanted) in self.terms.iter().enumerate() {
                if matches(wanted, &words[at..]) {
                    let place = word.as_ptr() as usize - start;
                    hits.push(Hit { line: ends.partition_point(|end| *end <= place), term });
                }
            }
        }
        hits
    }

    /// Stretches of speech by how much of the query they hold, the best first, none within another.
    fn windows(&self, said: &[Said], hits: &[Hit]) -> Vec<Window> {
        let mut windows: Vec<Window> = Vec::new();
        for (at, hit) in hits.iter().enumerate() {
            if at > 0 && hits[at - 1].line == hit.line {
                continue;
            }
            let end_ms = said[hit.line].start_ms + TOGETHER_MS;
            let near = hits[at..].iter().take_while(|other| said[other.line].start_ms <= end_ms);
            let mut seen = vec![false; self.terms.len()];
            near.for_each(|other| seen[other.term] = true);
            windows.push(Window { line: hit.line, terms: seen.into_iter().filter(|one| *one).count() });
        }
        windows.sort_by_key(|window| std::cmp::Reverse(window.terms));
        windows
    }
}

/// Where some terms are said close to each other.
#[derive(Debug, Clone, Copy)]
struct Window {
    line: usize,
    terms: usize,
}

/// Whether `words` begin with a term.
fn matches(term: &Term, words: &[&str]) -> bool {
    let last = term.words.len() - 1;
    words.len() > last
        && term.words.iter().zip(words).enumerate().all(|(at, (wanted, word))| {
            if term.open && at == last { word.starts_with(wanted.as_str()) } else { word == wanted }
        })
}

fn quotes(said: &[Said], windows: Vec<Window>) -> Vec<Quote> {
    let mut chosen: Vec<usize> = Vec::new();
    for window in windows {
        let apart = |line: &usize| (said[*line].start_ms - said[window.line].start_ms).abs() > TOGETHER_MS;
        if chosen.len() < QUOTES_MAX && chosen.iter().all(apart) {
            chosen.push(window.line);
        }
    }
    chosen.sort_unstable();
    chosen.into_iter().map(|line| quote(&said[line..])).collect()
}

/// The first line, and as much as its speaker goes on to say.
fn quote(said: &[Said]) -> Quote {
    let Said { start_ms, speaker, text } = said[0].clone();
    let mut quote = Quote { start_ms, speaker, text };
    for more in said[1..].iter().take_while(|more| more.speaker == said[0].speaker) {
        if quote.text.len() >= QUOTE_CHARS {
            break;
        }
        quote.text.push(' ');
        quote.text.push_str(&more.text);
    }
    quote
}

fn part(some: usize, all: usize) -> f64 {
    let number = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    number(some) / number(all.max(1))
}

#[cfg(test)]
mod tests {
    use rostrum_domain::Id;
    use rostrum_domain::episode::{Episode, EpisodeFacts, State};

    use super::*;

    fn candidate(title: &str, lines: &[(i64, &str, &str)]) -> Candidate {
        let at = jiff::Timestamp::UNIX_EPOCH;
        let episode = Episode {
            id: Id::from_bits(1),
            show_id: Id::from_bits(2),
            slug: "one".parse().expect("it is a slug"),
            guid: "g".into(),
            state: State::Published,
            published_at: Some(at),
            facts: EpisodeFacts { title: title.into(), ..EpisodeFacts::default() },
            created_at: at,
            updated_at: at,
            version: 1,
        };
        let line = |(start_s, speaker, text): &(i64, &str, &str)| Said {
            start_ms: start_s * 1000,
            speaker: (*speaker).to_owned(),
            text: (*text).to_owned(),
        };
        let said = lines.iter().map(line).collect();
        Candidate { episode, notes: String::new(), said, duration_ms: 0, artwork_id: None }
    }

    fn read(query: &str, candidate: &Candidate) -> Option<Reading> {
        let query = Query::parse(query).expect("there are words");
        Reader::new(&query).read(candidate)
    }

    #[test]
    fn a_quotation_begins_at_its_second_with_who_says_it() {
        let talk = candidate(
            "Talk",
            &[(0, "Ada", "Welcome."), (7, "Ada", "Bread and"), (9, "Ada", "Crème fraîche."), (12, "Bob", "Yes.")],
        );
        let found = read("creme", &talk).expect("it is said");
        let quote = Quote { start_ms: 9000, speaker: "Ada".into(), text: "Crème fraîche.".into() };
        assert_eq!(found.quotes, [quote]);
        let found = read("\"and crème\"", &talk).expect("it is said across two cues");
        assert_eq!((found.quotes[0].start_ms, found.quotes[0].text.as_str()), (7000, "Bread and Crème fraîche."));
        assert!(read("\"crème and\"", &talk).is_none(), "that order is never said");
        assert!(read("bread butter", &talk).is_none());
        assert!(
            read("bread butter", &Candidate { notes: "With butter".into(), ..talk })
                .is_some_and(|found| found.notes == "With butter")
        );
    }

    #[test]
    fn words_said_together_come_before_words_far_apart() {
        let apart = candidate("A", &[(0, "", "salt"), (600, "", "bread")]);
        let together = candidate("B", &[(0, "", "salt"), (10, "", "bread")]);
        let titled = candidate("Salt and bread", &[]);
        let score = |one: &Candidate| read("salt bread", one).expect("both are there").score;
        assert!(score(&titled) > score(&together) && score(&together) > score(&apart));
    }

    #[test]
    fn quotations_are_few_and_far_between() {
        let lines: Vec<(i64, &str, &str)> = (0..100).map(|n| (n * 6, "Ada", "salt")).collect();
        let found = read("salt", &candidate("A", &lines)).expect("it is said");
        let starts: Vec<i64> = found.quotes.iter().map(|quote| quote.start_ms / 1000).collect();
        assert_eq!(starts, [0, 24, 48]);
        assert!(found.quotes[0].text.len() <= QUOTE_CHARS + 5);
    }
}
