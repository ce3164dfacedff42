//! Chapters and soundbites: marked places in an episode's time.

use crate::Problems;

/// A marked place with a title.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chapter {
    /// Where it begins, in milliseconds of episode time.
    pub start_ms: i64,
    /// What it is called.
    pub title: String,
    /// A page that goes with it.
    #[serde(default)]
    pub url: Option<String>,
    /// A picture that goes with it.
    #[serde(default)]
    pub image: Option<String>,
    /// Whether lists of chapters leave it out.
    #[serde(default)]
    pub hidden: bool,
}

/// A quotable span (`podcast:soundbite`).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Soundbite {
    /// Where it begins, in milliseconds.
    pub start_ms: i64,
    /// How long it is, in milliseconds; 15 to 120 seconds are recommended.
    pub duration_ms: i64,
    /// At most 128 characters; the episode's title stands in for none.
    #[serde(default)]
    pub title: Option<String>,
}

/// Notes what is wrong with chapters: they ascend strictly, begin at or after zero, have titles.
pub fn check_chapters(problems: &mut Problems, chapters: &[Chapter]) {
    problems.require(chapters.len() <= 500, "chapters", "At most 500 chapters are allowed.");
    let ascending = chapters.windows(2).all(|pair| pair[0].start_ms < pair[1].start_ms);
    problems.require(ascending, "chapters", "Each chapter must begin later than the one before it.");
    problems.require(chapters.iter().all(|c| c.start_ms >= 0), "chapters", "A chapter cannot begin before 0:00.");
    for chapter in chapters {
        problems.text("chapters", &chapter.title, 256);
        for link in chapter.url.iter().chain(&chapter.image) {
            problems.link("chapters", link);
        }
    }
}

/// Notes what is wrong with soundbites.
pub fn check_soundbites(problems: &mut Problems, soundbites: &[Soundbite]) {
    problems.require(soundbites.len() <= 50, "soundbites", "At most 50 soundbites are allowed.");
    for bite in soundbites {
        let good = bite.start_ms >= 0 && (1_000..=600_000).contains(&bite.duration_ms);
        problems.require(good, "soundbites", "A soundbite begins at or after 0:00 and lasts 1 s to 10 min.");
        problems.length("soundbites", bite.title.as_deref().unwrap_or_default(), 128);
    }
}
