//! An episode: its facts, its life from draft to published, and what keeps it from being published.

use crate::asset::{Asset, AssetKind};
use crate::chapter::{Chapter, Soundbite, check_chapters, check_soundbites};
use crate::credit::{Credit, License, Location, Txt, check_credits, check_license, check_location, check_txt};
use crate::show::{Show, ShowKind};
use crate::time::Timestamp;
use crate::{Id, Problems, Slug};

/// One item of a show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Episode {
    /// Names the episode.
    pub id: Id<Episode>,
    /// The show it belongs to.
    pub show_id: Id<Show>,
    /// Its part of the address, unique in the show.
    pub slug: Slug,
    /// The feed's guid: never changes, kept byte for byte on import.
    pub guid: String,
    /// Where it stands.
    pub state: State,
    /// When it was first published or is to be; keeps its value when unpublished.
    pub published_at: Option<Timestamp>,
    /// What its creator says of it.
    pub facts: EpisodeFacts,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Counts changes, for the optimistic lock.
    pub version: i64,
}

/// Where an episode stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Seen by the show's members only.
    Draft,
    /// A draft that is published by itself at `published_at`.
    Scheduled,
    /// On the pages and in the feed.
    Published,
    /// Taken back; its guid and dates are kept.
    Unpublished,
}

impl State {
    /// The word of the database and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Scheduled => "scheduled",
            Self::Published => "published",
            Self::Unpublished => "unpublished",
        }
    }

    /// The state a database word names.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Draft, Self::Scheduled, Self::Published, Self::Unpublished].into_iter().find(|s| s.as_str() == text)
    }
}

/// What sort of item it is (`itunes:episodeType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EpisodeKind {
    /// A whole episode.
    #[default]
    Full,
    /// A short preview of the show or a season.
    Trailer,
    /// Extra material.
    Bonus,
}

impl EpisodeKind {
    /// The word of the database, the API and the feed.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Trailer => "trailer",
            Self::Bonus => "bonus",
        }
    }
}

/// What a creator says of an episode; the shape of the API and of the stored row.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EpisodeFacts {
    /// The title, at most 255 characters, without numbers.
    pub title: String,
    /// One or two plain sentences for lists.
    pub summary: String,
    /// Show notes: Markdown, at most 100,000 characters.
    pub notes: String,
    /// Season, from 1.
    pub season: Option<u32>,
    /// The season's name.
    pub season_name: String,
    /// Number, from 1.
    pub number: Option<u32>,
    /// Full, trailer or bonus.
    pub kind: EpisodeKind,
    /// Overrides the show's mark.
    pub explicit: Option<bool>,
    /// Whether directories should hide it.
    pub block: bool,
    /// A page elsewhere that goes with it; the episode page here stands in for none.
    pub link: Option<String>,
    /// Who takes part; replaces the show's list when not empty.
    pub persons: Vec<Credit>,
    /// Marked places.
    pub chapters: Vec<Chapter>,
    /// Quotable spans.
    pub soundbites: Vec<Soundbite>,
    /// Where it is about.
    pub location: Option<Location>,
    /// Its licence, if not the show's.
    pub license: Option<License>,
    /// Free texts.
    pub txt: Vec<Txt>,
}

impl EpisodeFacts {
    /// Every problem of the facts at once, named by field.
    pub fn check(&self) -> Result<(), Problems> {
        let mut problems = Problems::default();
        problems.text("title", &self.title, 255);
        problems.length("summary", &self.summary, 500);
        problems.length("notes", &self.notes, 100_000);
        problems.length("season_name", &self.season_name, 128);
        problems.require(
            self.season.is_none_or(|n| (1..=9999).contains(&n)),
            "season",
            "Seasons count from 1 to 9999.",
        );
        let number = self.number.is_none_or(|n| (1..=99_999).contains(&n));
        problems.require(number, "number", "Episodes count from 1 to 99999.");
        if let Some(link) = &self.link {
            problems.link("link", link);
        }
        check_credits(&mut problems, &self.persons);
        check_chapters(&mut problems, &self.chapters);
        check_soundbites(&mut problems, &self.soundbites);
        check_location(&mut problems, self.location.as_ref());
        check_license(&mut problems, self.license.as_ref());
        check_txt(&mut problems, &self.txt);
        problems.into_result()
    }
}

/// What directories ask of a show before its first episode, named by field; empty when nothing is left to do.
pub fn show_blockers(show: &Show) -> Problems {
    let mut problems = show.facts.missing();
    problems.require(show.artwork_id.is_some(), "artwork", "The show needs artwork: a square of 1400 px or more.");
    if let Err(found) = show.facts.check() {
        problems.0.extend(found.0);
    }
    problems
}

/// What keeps `episode` from being published, as sentences for a person; empty when nothing does.
pub fn blockers(show: &Show, episode: &Episode, assets: &[Asset]) -> Problems {
    let mut problems = Problems::default();
    for found in show_blockers(show).0 {
        problems.add("show", format!("In the show's settings: {}", found.message));
    }
    if let Err(found) = episode.facts.check() {
        problems.0.extend(found.0);
    }
    let enclosure = assets.iter().find(|asset| asset.kind == AssetKind::Mp3);
    problems.require(enclosure.is_some(), "audio", "Upload a recording and wait until it has been processed.");
    let serial = show.facts.kind == ShowKind::Serial && episode.facts.kind == EpisodeKind::Full;
    problems.require(!serial || episode.facts.number.is_some(), "number", "A serial show needs episode numbers.");
    if let Some(audio) = enclosure {
        let inside = episode.facts.chapters.iter().all(|chapter| chapter.start_ms < audio.duration_ms);
        problems.require(inside, "chapters", "A chapter begins after the end of the recording.");
        let inside = episode.facts.soundbites.iter().all(|bite| bite.start_ms + bite.duration_ms <= audio.duration_ms);
        problems.require(inside, "soundbites", "A soundbite reaches past the end of the recording.");
    }
    problems
}

/// A step in an episode's life that its present state does not allow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadStep {
    /// It is on the pages already.
    #[error("this episode is published already")]
    Published,
    /// It is not on the pages.
    #[error("this episode is not published")]
    NotPublished,
    /// The moment lies in the past.
    #[error("that time has passed; publish now or choose a later time")]
    Past,
}

impl Episode {
    /// Puts it on the pages now; the first publication's time is kept when it comes back.
    pub fn publish(&mut self, now: Timestamp) -> Result<(), BadStep> {
        match self.state {
            State::Published => return Err(BadStep::Published),
            State::Unpublished => self.published_at = self.published_at.or(Some(now)),
            State::Scheduled => self.published_at = self.published_at.filter(|at| *at <= now).or(Some(now)),
            State::Draft => self.published_at = Some(now),
        }
        self.state = State::Published;
        Ok(())
    }

    /// Whether it waits for a moment that has come.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.state == State::Scheduled && self.published_at.is_some_and(|at| at <= now)
    }

    /// Sets the moment at which it is published by itself.
    pub fn schedule(&mut self, at: Timestamp, now: Timestamp) -> Result<(), BadStep> {
        if self.state == State::Published {
            return Err(BadStep::Published);
        }
        if at <= now {
            return Err(BadStep::Past);
        }
        self.state = State::Scheduled;
        self.published_at = Some(at);
        Ok(())
    }

    /// Takes it back, from the pages or from the schedule.
    pub fn unpublish(&mut self) -> Result<(), BadStep> {
        match self.state {
            State::Published => self.state = State::Unpublished,
            State::Scheduled => {
                self.state = State::Draft;
                self.published_at = None;
            }
            State::Draft | State::Unpublished => return Err(BadStep::NotPublished),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> Episode {
        Episode {
            id: Id::from_bits(1),
            show_id: Id::from_bits(2),
            slug: Slug::from_title("one", "one"),
            guid: "g".into(),
            state: State::Draft,
            published_at: None,
            facts: EpisodeFacts { title: "One".into(), ..EpisodeFacts::default() },
            created_at: Timestamp::UNIX_EPOCH,
            updated_at: Timestamp::UNIX_EPOCH,
            version: 1,
        }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a small number is a valid time")
    }

    #[test]
    fn coming_back_keeps_the_first_date() {
        let mut episode = draft();
        episode.publish(at(10)).expect("a draft can be published");
        assert_eq!(episode.publish(at(11)), Err(BadStep::Published));
        episode.unpublish().expect("it is published");
        episode.publish(at(20)).expect("it is unpublished");
        assert_eq!(episode.published_at, Some(at(10)));
    }

    #[test]
    fn a_schedule_is_kept_to_the_second() {
        let mut episode = draft();
        assert_eq!(episode.schedule(at(5), at(5)), Err(BadStep::Past));
        episode.schedule(at(50), at(5)).expect("it lies ahead");
        episode.publish(at(53)).expect("its time has come");
        assert_eq!(episode.published_at, Some(at(50)), "a late worker does not shift the date");
        let mut early = draft();
        early.schedule(at(50), at(5)).expect("it lies ahead");
        early.publish(at(7)).expect("somebody could not wait");
        assert_eq!(early.published_at, Some(at(7)));
    }
}
