//! The edit list of an episode: what of its recording it keeps, and how marked places move with it.

use crate::Problems;
use crate::chapter::{Chapter, Soundbite};
use crate::episode::EpisodeFacts;

/// Least of a recording that is kept, in milliseconds.
pub const KEPT_MS_MIN: i64 = 1000;

/// What is cut off a recording; the recording stays whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Trim {
    /// From its beginning, in milliseconds.
    pub head_ms: i64,
    /// From its end, in milliseconds.
    pub tail_ms: i64,
}

impl Trim {
    /// Whether nothing is cut off.
    pub fn is_none(self) -> bool {
        self == Self::default()
    }

    /// Notes what is wrong with it for a recording of `whole_ms`.
    pub fn check(self, whole_ms: i64) -> Result<(), Problems> {
        let mut problems = Problems::default();
        problems.require(self.head_ms >= 0, "head_ms", "Nothing can be kept from before the beginning.");
        problems.require(self.tail_ms >= 0, "tail_ms", "Nothing can be kept from behind the end.");
        let kept = whole_ms.saturating_sub(self.head_ms).saturating_sub(self.tail_ms);
        problems.require(kept >= KEPT_MS_MIN, "tail_ms", "At least one second of the recording must stay.");
        problems.into_result()
    }

    /// How long the recording is of which so much is kept.
    pub fn whole_ms(self, kept_ms: i64) -> i64 {
        kept_ms + self.head_ms + self.tail_ms
    }

    /// Where the end lies in a recording of `whole_ms`.
    pub fn end_ms(self, whole_ms: i64) -> i64 {
        (whole_ms - self.tail_ms).max(self.head_ms)
    }
}

/// How the speakers of a recorded room are mixed once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Remaster {
    /// Each speaker is brought to the same loudness.
    pub leveller: bool,
    /// Microphones in which nobody speaks are taken down while others speak.
    pub crossgate: bool,
    /// The noise of rooms is taken down.
    pub denoise: bool,
}

impl Default for Remaster {
    fn default() -> Self {
        Self { leveller: true, crossgate: true, denoise: true }
    }
}

/// A trim, and the marked places that lie in what it cuts off, so that they come back with it.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Edit {
    /// What is cut off.
    pub trim: Trim,
    /// Where the chapter that stands at 0:00 begins in the whole recording, when that is before the cut.
    pub opening_ms: Option<i64>,
    /// Chapters outside, on the clock of the whole recording.
    pub chapters: Vec<Chapter>,
    /// Soundbites that are not wholly inside, on that clock.
    pub soundbites: Vec<Soundbite>,
}

impl Edit {
    /// Moves the marked places of `facts`, which stand as this edit has them, to where `trim` of a recording of
    /// `whole_ms` has them; gives the edit they then stand by.
    pub fn moved(&self, facts: &mut EpisodeFacts, (trim, whole_ms): (Trim, i64)) -> Self {
        let (chapters, soundbites) = self.whole(facts);
        let mut edit = Self { trim, ..Self::default() };
        let (head, end) = (trim.head_ms, if trim.is_none() { i64::MAX } else { trim.end_ms(whole_ms) });
        let (inside, mut outside): (Vec<_>, Vec<_>) =
            chapters.into_iter().partition(|chapter| (head..end).contains(&chapter.start_ms));
        facts.chapters = inside.into_iter().map(|chapter| at(chapter, -head)).collect();
        // What began before the cut and goes on behind it opens the episode.
        let opening = outside.iter().rposition(|chapter| chapter.start_ms < head);
        if let Some(opening) = opening.filter(|_| facts.chapters.first().is_none_or(|first| first.start_ms > 0)) {
            let chapter = outside.remove(opening);
            edit.opening_ms = Some(chapter.start_ms);
            facts.chapters.insert(0, Chapter { start_ms: 0, ..chapter });
        }
        edit.chapters = outside;
        let whole = |bite: &Soundbite| bite.start_ms >= head && bite.start_ms.saturating_add(bite.duration_ms) <= end;
        let (inside, outside): (Vec<_>, Vec<_>) = soundbites.into_iter().partition(whole);
        facts.soundbites =
            inside.into_iter().map(|bite| Soundbite { start_ms: bite.start_ms - head, ..bite }).collect();
        edit.soundbites = outside;
        edit
    }

    /// All marked places on the clock of the whole recording.
    fn whole(&self, facts: &EpisodeFacts) -> (Vec<Chapter>, Vec<Soundbite>) {
        let head = self.trim.head_ms;
        let start = |chapter: &Chapter| match self.opening_ms {
            Some(opening_ms) if chapter.start_ms == 0 => opening_ms,
            _ => chapter.start_ms + head,
        };
        let mut chapters: Vec<Chapter> =
            facts.chapters.iter().map(|chapter| Chapter { start_ms: start(chapter), ..chapter.clone() }).collect();
        chapters.extend(self.chapters.iter().cloned());
        chapters.sort_by_key(|chapter| chapter.start_ms);
        chapters.dedup_by_key(|chapter| chapter.start_ms);
        let bites = facts.soundbites.iter().cloned();
        let mut bites: Vec<Soundbite> =
            bites.map(|bite| Soundbite { start_ms: bite.start_ms + head, ..bite }).collect();
        bites.extend(self.soundbites.iter().cloned());
        bites.sort_by_key(|bite| bite.start_ms);
        (chapters, bites)
    }
}

fn at(chapter: Chapter, shift_ms: i64) -> Chapter {
    Chapter { start_ms: chapter.start_ms + shift_ms, ..chapter }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE_MS: i64 = 100_000;

    fn facts(starts: &[i64]) -> EpisodeFacts {
        let chapter = |start_ms: &i64| Chapter {
            start_ms: *start_ms,
            title: format!("at {start_ms}"),
            url: None,
            image: None,
            hidden: false,
        };
        let bite = Soundbite { start_ms: 30_000, duration_ms: 15_000, title: None };
        EpisodeFacts {
            chapters: starts.iter().map(chapter).collect(),
            soundbites: vec![bite],
            ..EpisodeFacts::default()
        }
    }

    fn seen(facts: &EpisodeFacts) -> Vec<(i64, &str)> {
        facts.chapters.iter().map(|chapter| (chapter.start_ms, chapter.title.as_str())).collect()
    }

    #[test]
    fn places_move_with_the_beginning_and_come_back() {
        let whole = facts(&[0, 10_000, 40_000, 90_000]);
        let mut changed = whole.clone();
        let trim = Trim { head_ms: 20_000, tail_ms: 15_000 };
        let edit = Edit::default().moved(&mut changed, (trim, WHOLE_MS));
        assert_eq!(seen(&changed), [(0, "at 10000"), (20_000, "at 40000")]);
        assert_eq!(changed.soundbites[0].start_ms, 10_000);
        let other = edit.moved(&mut changed, (Trim { head_ms: 35_000, tail_ms: 0 }, WHOLE_MS));
        assert_eq!(seen(&changed), [(0, "at 10000"), (5_000, "at 40000"), (55_000, "at 90000")]);
        assert_eq!(changed.soundbites, []);
        let none = other.moved(&mut changed, (Trim::default(), WHOLE_MS));
        assert_eq!((changed, none), (whole, Edit::default()));
    }

    #[test]
    fn a_chapter_at_the_cut_stands_alone_at_the_start() {
        let mut changed = facts(&[0, 20_000]);
        let edit = Edit::default().moved(&mut changed, (Trim { head_ms: 20_000, tail_ms: 0 }, WHOLE_MS));
        assert_eq!((seen(&changed), edit.opening_ms), (vec![(0, "at 20000")], None));
    }

    #[test]
    fn a_second_must_stay() {
        assert!(Trim { head_ms: 50_000, tail_ms: 49_000 }.check(WHOLE_MS).is_ok());
        assert!(Trim { head_ms: 50_000, tail_ms: 49_001 }.check(WHOLE_MS).is_err());
        assert!(Trim { head_ms: -1, tail_ms: 0 }.check(WHOLE_MS).is_err());
    }
}
