//! The form of an episode's facts.

use rostrum_domain::Problems;
use rostrum_domain::chapter::Chapter;
use rostrum_domain::episode::{Episode, EpisodeFacts, EpisodeKind};
use rostrum_feed::chapters::{self, ChapterError};

use super::{
    Posted, license, license_text, location, location_text, persons, persons_text, soundbites, soundbites_text, txt,
    txt_text,
};
use crate::views::Form;

/// The facts a form holds. What the form has no field for stays as it was in `old`.
pub fn facts(posted: &Posted, old: &EpisodeFacts) -> Result<EpisodeFacts, Problems> {
    let mut problems = Problems::default();
    let marks = marks(posted, &old.chapters).unwrap_or_else(|error| {
        problems.add("chapters", error.to_string());
        Vec::new()
    });
    let facts = EpisodeFacts {
        title: posted.text("title"),
        summary: posted.text("summary"),
        notes: posted.text("notes"),
        season: posted.number("season", &mut problems),
        season_name: posted.text("season_name"),
        number: posted.number("number", &mut problems),
        kind: kind(&posted.text("kind")),
        explicit: explicit(&posted.text("explicit")),
        block: posted.flag("block"),
        link: posted.some("link"),
        persons: persons(posted, &old.persons),
        chapters: marks,
        soundbites: soundbites(posted, &mut problems),
        location: location(posted),
        license: license(posted),
        txt: txt(posted),
    };
    if let Err(found) = facts.check() {
        problems.0.extend(found.0);
    }
    problems.into_result()?;
    Ok(facts)
}

/// An episode's facts as the form shows them.
pub fn form(episode: &Episode) -> Form {
    let facts = &episode.facts;
    let number = |value: Option<u32>| value.map(|value| value.to_string()).unwrap_or_default();
    let kind = match facts.kind {
        EpisodeKind::Full => "full",
        EpisodeKind::Trailer => "trailer",
        EpisodeKind::Bonus => "bonus",
    };
    let explicit = match facts.explicit {
        None => "inherit",
        Some(true) => "yes",
        Some(false) => "no",
    };
    Form::new([
        ("version", episode.version.to_string()),
        ("slug", episode.slug.to_string()),
        ("title", facts.title.clone()),
        ("summary", facts.summary.clone()),
        ("notes", facts.notes.clone()),
        ("season", number(facts.season)),
        ("season_name", facts.season_name.clone()),
        ("number", number(facts.number)),
        ("kind", kind.to_owned()),
        ("explicit", explicit.to_owned()),
        ("block", if facts.block { "on" } else { "" }.to_owned()),
        ("link", facts.link.clone().unwrap_or_default()),
        ("persons", persons_text(&facts.persons)),
        ("chapters", chapters::format(&facts.chapters)),
        ("soundbites", soundbites_text(&facts.soundbites)),
        ("location", location_text(facts.location.as_ref())),
        ("license", license_text(facts.license.as_ref())),
        ("txt", txt_text(&facts.txt)),
    ])
}

/// The chapters of a form. Text that was left as it was holds the old ones, even with titles that would not read back.
fn marks(posted: &Posted, old: &[Chapter]) -> Result<Vec<Chapter>, ChapterError> {
    let text = posted.text("chapters");
    if text == chapters::format(old).trim() {
        return Ok(old.to_vec());
    }
    let mut marks = chapters::parse(&text)?;
    chapters::keep_extras(&mut marks, old);
    Ok(marks)
}

fn kind(word: &str) -> EpisodeKind {
    match word {
        "trailer" => EpisodeKind::Trailer,
        "bonus" => EpisodeKind::Bonus,
        _ => EpisodeKind::Full,
    }
}

fn explicit(word: &str) -> Option<bool> {
    match word {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn posted(pairs: &[(&str, &str)]) -> Posted {
        Posted(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn lists_are_lines() {
        let filled = posted(&[
            ("title", "One"),
            ("number", "7"),
            ("chapters", "0:00 Start\r\n1:30 Middle"),
            ("soundbites", "1:20 | 0:45.5 | Quote\n2:00 | 30"),
        ]);
        let facts = facts(&filled, &EpisodeFacts::default()).expect("it is all right");
        assert_eq!(facts.chapters.iter().map(|c| c.start_ms).collect::<Vec<_>>(), [0, 90_000]);
        let bites: Vec<_> = facts.soundbites.iter().map(|b| (b.start_ms, b.duration_ms, b.title.as_deref())).collect();
        assert_eq!(bites, [(80_000, 45_500, Some("Quote")), (120_000, 30_000, None)]);
        assert_eq!(soundbites_text(&facts.soundbites), "1:20 | 0:45.500 | Quote\n2:00 | 0:30");
    }

    #[test]
    fn every_problem_is_told_at_its_field() {
        let filled = posted(&[("number", "seven"), ("chapters", "x"), ("soundbites", "later"), ("link", "nowhere")]);
        let problems = facts(&filled, &EpisodeFacts::default()).expect_err("it is all wrong");
        for field in ["title", "number", "chapters", "soundbites", "link"] {
            assert!(problems.of(field).is_some(), "{field}");
        }
    }
}
