//! Chapters out of the places that were marked while live. Pure.

use rostrum_domain::chapter::Chapter;
use rostrum_media::program::SAMPLES_PER_MS;
use rostrum_store::room_log::Marker;

/// Chapters an episode may have.
const CHAPTERS_MAX: usize = 500;
/// Characters of a chapter's title.
const TITLE_MAX: usize = 256;

/// The chapters of a program of so many samples; of two markers at one moment the first counts.
pub(super) fn of(markers: &[Marker], samples: u64) -> Vec<Chapter> {
    let end_ms = i64::try_from(samples / SAMPLES_PER_MS).unwrap_or(i64::MAX);
    let mut chapters = Vec::<Chapter>::new();
    for marker in markers {
        let start_ms = marker.at / SAMPLES_PER_MS.cast_signed();
        let follows = chapters.last().is_none_or(|last| last.start_ms < start_ms);
        let title: String = marker.title.trim().chars().take(TITLE_MAX).collect();
        if follows && !title.is_empty() && (0..end_ms).contains(&start_ms) && chapters.len() < CHAPTERS_MAX {
            chapters.push(Chapter { start_ms, title, url: None, image: None, hidden: false });
        }
    }
    chapters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chapters_rise_and_lie_inside() {
        let at = |at: i64, title: &str| Marker { at, title: title.into() };
        let markers =
            [at(0, "Start"), at(47, "Same moment"), at(96_000, " News "), at(97_000, ""), at(480_000, "After the end")];
        let chapters = of(&markers, 480_000);
        let seen: Vec<_> = chapters.iter().map(|chapter| (chapter.start_ms, chapter.title.as_str())).collect();
        assert_eq!(seen, [(0, "Start"), (2000, "News")]);
    }
}
