//! What a listener's player shows of a file: one form, written into each container in that container's own way.

use rostrum_domain::chapter::Chapter;

/// The tags of a rendition; empty text means none.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Tags {
    /// The episode's title.
    pub title: String,
    /// Who made it.
    pub artist: String,
    /// The show's title.
    pub album: String,
    /// Day of publication, `YYYY-MM-DD`.
    pub date: String,
    /// The episode's number.
    pub track: Option<u32>,
    /// A short description, plain text.
    pub comment: String,
    /// The episode's page.
    pub url: String,
    /// Cover picture, JPEG.
    pub artwork: Option<Vec<u8>>,
    /// Marked places; hidden ones are left out of files.
    pub chapters: Vec<Chapter>,
}

/// A chapter with its end, as containers want it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span<'a> {
    pub(crate) start_ms: u64,
    pub(crate) end_ms: u64,
    pub(crate) title: &'a str,
    pub(crate) url: Option<&'a str>,
}

impl Tags {
    /// The chapters to write, each ending where the next begins; those past the end are left out.
    pub(crate) fn spans(&self, duration_ms: u64) -> Vec<Span<'_>> {
        let mut spans: Vec<Span<'_>> = Vec::new();
        for chapter in self.chapters.iter().filter(|chapter| !chapter.hidden) {
            let Ok(start_ms) = u64::try_from(chapter.start_ms) else { continue };
            if start_ms >= duration_ms || spans.last().is_some_and(|last| last.start_ms >= start_ms) {
                continue;
            }
            if let Some(last) = spans.last_mut() {
                last.end_ms = start_ms;
            }
            spans.push(Span { start_ms, end_ms: duration_ms, title: &chapter.title, url: chapter.url.as_deref() });
        }
        spans
    }
}

/// The first `bytes` bytes of `text`, cut between characters.
pub(crate) fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_end_where_the_next_begins() {
        let chapter = |start_ms, hidden| Chapter { start_ms, title: "x".into(), url: None, image: None, hidden };
        let chapters = vec![chapter(0, false), chapter(500, true), chapter(1000, false), chapter(9000, false)];
        let tags = Tags { chapters, ..Tags::default() };
        let spans: Vec<_> = tags.spans(5000).iter().map(|span| (span.start_ms, span.end_ms)).collect();
        assert_eq!(spans, [(0, 1000), (1000, 5000)]);
    }
}
