//! A library to search in: episodes with transcripts whose words are spread as words of a language are, some of them
//! with accents, each episode with a matter of its own. The same in every run.

use rostrum_domain::episode::{Episode, EpisodeFacts, State};
use rostrum_domain::show::{Show, ShowFacts};
use rostrum_domain::transcript::Cue;
use rostrum_domain::{Id, Timestamp};
use rostrum_store::search;
use rostrum_store::{Store, episode, show};

/// Cues of a transcript, and words of a cue.
pub(crate) const CUES: usize = 500;
const CUE_WORDS: usize = 6;
/// Words of the language.
const WORDS: usize = 60_000;
/// Episodes that are written at a time.
const BATCH: usize = 100;
/// 1 January 2026.
const BEGIN_S: i64 = 1_767_225_600;

/// Numbers that look random and are the same in every run (xorshift).
pub(crate) struct Numbers(u64);

impl Numbers {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// Below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end as u64).unwrap_or(0)
    }
}

/// A language: its words, the commonest first, and how often each is used.
pub(crate) struct Language {
    pub(crate) words: Vec<String>,
    sums: Vec<usize>,
}

impl Language {
    pub(crate) fn new() -> Self {
        let mut numbers = Numbers::new(1);
        let mut words = Vec::with_capacity(WORDS);
        let mut known = std::collections::HashSet::new();
        while words.len() < WORDS {
            let syllables = 1 + usize::from(words.len() > 60) + usize::from(words.len() > 3000) + numbers.below(2);
            let word: String = (0..syllables).map(|_| syllable(&mut numbers)).collect();
            if known.insert(word.clone()) {
                words.push(word);
            }
        }
        let mut sum = 0;
        // The word of rank n is used 1/n as often as the first (Zipf).
        let sums = (1..=WORDS).map(|rank| {
            sum += 1_000_000_000 / (rank + 2);
            sum
        });
        Self { sums: sums.collect(), words }
    }

    fn word(&self, numbers: &mut Numbers) -> &str {
        let place = numbers.below(*self.sums.last().expect("there are words"));
        &self.words[self.sums.partition_point(|sum| *sum <= place)]
    }

    /// Words in a row; one in twenty belongs to the matter of the episode.
    fn sentence(&self, numbers: &mut Numbers, (matter, length): (usize, usize)) -> String {
        let word = |numbers: &mut Numbers| match numbers.below(20) {
            0 => self.words[2000 + (matter * 16 + numbers.below(16)) % (WORDS - 2016)].as_str(),
            _ => self.word(numbers),
        };
        (0..length).map(|_| word(numbers)).collect::<Vec<_>>().join(" ")
    }

    /// The transcript of an episode: two people take turns.
    pub(crate) fn cues(&self, number: usize) -> Vec<Cue> {
        let mut numbers = Numbers::new(number as u64 + 7);
        let mut speaker = 0;
        let cue = |at: usize| {
            speaker = if numbers.below(8) == 0 { 1 - speaker } else { speaker };
            let start_ms = i64::try_from(at).unwrap_or(0) * 3000;
            let text = self.sentence(&mut numbers, (number, CUE_WORDS));
            Cue { start_ms, end_ms: start_ms + 2900, speaker: Some(["Ada", "Grace"][speaker].into()), text }
        };
        (0..CUES).map(cue).collect()
    }

    fn episode(&self, number: usize, of: Id<Show>) -> Episode {
        let mut numbers = Numbers::new(number as u64 + 3);
        let at = Timestamp::from_second(BEGIN_S + i64::try_from(number).unwrap_or(0) * 3600).unwrap_or_default();
        let facts = EpisodeFacts {
            title: self.sentence(&mut numbers, (number, 5)),
            summary: self.sentence(&mut numbers, (number, 60)),
            ..EpisodeFacts::default()
        };
        Episode {
            id: Id::from_bits(1000 + number as u128),
            show_id: of,
            slug: format!("e{number}").parse().expect("letters and digits are a slug"),
            guid: format!("guid-{number}"),
            state: State::Published,
            published_at: Some(at),
            facts,
            created_at: at,
            updated_at: at,
            version: 1,
        }
    }
}

fn syllable(numbers: &mut Numbers) -> String {
    let letter = |numbers: &mut Numbers, from: &str| {
        let all: Vec<char> = from.chars().collect();
        all[numbers.below(all.len())]
    };
    let vowels = if numbers.below(15) == 0 { "éèüöáñ" } else { "aeiou" };
    let mut text = String::from_iter([letter(numbers, "bcdfghjklmnprstvwz"), letter(numbers, vowels)]);
    if numbers.below(3) == 0 {
        text.push(letter(numbers, "nrstl"));
    }
    text
}

/// Writes a show of `count` episodes.
pub(crate) async fn fill(store: &Store, language: &Language, count: usize) -> anyhow::Result<()> {
    let at = Timestamp::from_second(BEGIN_S).unwrap_or_default();
    let library = Show {
        id: Id::from_bits(1),
        slug: "library".parse().expect("letters are a slug"),
        guid: "9b024349-ccf0-5f69-a609-6b82873eab3c".into(),
        facts: ShowFacts { title: "Library".into(), ..ShowFacts::default() },
        artwork_id: None,
        created_at: at,
        updated_at: at,
        version: 1,
    };
    let mut tx = store.write().await?;
    show::insert(&mut tx, &library).await?;
    for number in 0..count {
        let made = language.episode(number, library.id);
        episode::insert(&mut tx, &made).await?;
        search::say(&mut tx, made.id, &language.cues(number)).await?;
        let said = search::said(&mut tx, made.id).await?;
        search::put(&mut tx, &made, &made.facts.summary, &said).await?;
        if number % BATCH == BATCH - 1 {
            tx.commit().await?;
            tx = store.write().await?;
        }
    }
    Ok(tx.commit().await?)
}
