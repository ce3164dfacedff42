//! Chapters as text that people paste and as the JSON that players fetch. Their laws are the domain's
//! (`check_chapters`); here only the forms are known.

mod json;

use rostrum_domain::chapter::Chapter;

pub use json::{MIME, from_json, to_json};

use crate::stamp;

/// Most chapters that are read.
pub const CHAPTERS_MAX: usize = 500;

/// Why a text or file gave no chapters; each says what to mend.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChapterError {
    /// A line without a time.
    #[error("line {line} (“{text}”) has no time; write it like 12:34 Title")]
    NoTime {
        /// Counted from 1.
        line: usize,
        /// How the line begins.
        text: String,
    },
    /// A time without a title.
    #[error("line {line} has a time but no title; write it like 12:34 Title")]
    NoTitle {
        /// Counted from 1.
        line: usize,
    },
    /// A chapter that does not begin after the one before it.
    #[error("line {line} begins at {time}, which is not later than the chapter before it; put the lines in order")]
    Order {
        /// Counted from 1.
        line: usize,
        /// Its time.
        time: String,
    },
    /// More than [`CHAPTERS_MAX`].
    #[error("there are more than 500 chapters; leave some out")]
    TooMany,
    /// A file that is not JSON chapters.
    #[error("this is not a chapters file: {reason}")]
    BadJson {
        /// What is wrong, with its place.
        reason: String,
    },
}

/// Chapters from pasted text: one a line, a time and a title in either order, a bullet, brackets and dashes as people
/// put them, and a link in angle brackets at the end. Empty lines are skipped.
pub fn parse(text: &str) -> Result<Vec<Chapter>, ChapterError> {
    let mut chapters: Vec<Chapter> = Vec::new();
    for (at, raw) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let line = at + 1;
        if raw.trim().is_empty() {
            continue;
        }
        let chapter = read_line(raw).map_err(|fault| fault.on(line, raw))?;
        if chapters.last().is_some_and(|last| last.start_ms >= chapter.start_ms) {
            return Err(ChapterError::Order { line, time: stamp::write(chapter.start_ms) });
        }
        if chapters.len() == CHAPTERS_MAX {
            return Err(ChapterError::TooMany);
        }
        chapters.push(chapter);
    }
    Ok(chapters)
}

/// Chapters as [`parse`] reads them; pictures and hidden marks have no place there, see [`keep_extras`].
pub fn format(chapters: &[Chapter]) -> String {
    let mut text = String::new();
    for chapter in chapters {
        text += &stamp::write(chapter.start_ms);
        text.push(' ');
        text += &chapter.title;
        if let Some(url) = &chapter.url {
            text += &format!(" <{url}>");
        }
        text.push('\n');
    }
    text
}

/// Whether an edited chapter is an old one, each with its turn in its list.
type Same<'s> = &'s dyn Fn((usize, &Chapter), (usize, &Chapter)) -> bool;

/// Gives edited chapters the pictures and hidden marks of the old ones they came of. A chapter is known again by its
/// place and title, else by its title, else by its place, else, where none was added or left out, by its turn in the
/// list.
pub fn keep_extras(edited: &mut [Chapter], old: &[Chapter]) {
    let turns = edited.len() == old.len();
    let ways: [Same<'_>; 4] = [
        &|(_, now), (_, was)| now.start_ms == was.start_ms && now.title == title(&was.title),
        &|(_, now), (_, was)| now.title == title(&was.title),
        &|(_, now), (_, was)| now.start_ms == was.start_ms,
        &|(turn, _), (at, _)| turns && turn == at,
    ];
    let (mut found, mut free) = (vec![false; edited.len()], vec![true; old.len()]);
    for same in ways {
        for (turn, chapter) in edited.iter_mut().enumerate() {
            if found[turn] {
                continue;
            }
            let known = old.iter().enumerate().find(|(at, was)| free[*at] && same((turn, &*chapter), (*at, was)));
            if let Some((at, was)) = known {
                chapter.image.clone_from(&was.image);
                chapter.hidden = was.hidden;
                free[at] = false;
                found[turn] = true;
            }
        }
    }
}

/// A title as it is read.
fn title(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Chapters that show notes already hold: the lines with a time and a title, as far as they ascend; other lines are
/// passed over. None unless there are at least two.
pub fn in_notes(notes: &str) -> Vec<Chapter> {
    let mut chapters: Vec<Chapter> = Vec::new();
    for chapter in notes.lines().filter_map(|line| read_line(line).ok()) {
        if chapters.len() < CHAPTERS_MAX && chapters.last().is_none_or(|last| last.start_ms < chapter.start_ms) {
            chapters.push(chapter);
        }
    }
    if chapters.len() < 2 { Vec::new() } else { chapters }
}

enum Fault {
    NoTime,
    NoTitle,
}

impl Fault {
    fn on(self, line: usize, raw: &str) -> ChapterError {
        match self {
            Self::NoTime => ChapterError::NoTime { line, text: raw.trim().chars().take(40).collect() },
            Self::NoTitle => ChapterError::NoTitle { line },
        }
    }
}

fn read_line(raw: &str) -> Result<Chapter, Fault> {
    let plain: String = raw.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let (text, mut url) = take_link(without_bullet(plain.trim()));
    let (start_ms, title) = match time_first(text) {
        Some(found) => found,
        None => {
            let (start_ms, title) = time_last(text).ok_or(Fault::NoTime)?;
            if url.is_some() {
                (start_ms, title)
            } else {
                let (title, link) = take_link(title);
                url = link;
                (start_ms, title)
            }
        }
    };
    let title = self::title(title);
    if title.is_empty() {
        return Err(Fault::NoTitle);
    }
    Ok(Chapter { start_ms, title, url: url.map(str::to_owned), image: None, hidden: false })
}

/// Cuts list marks: `- `, `* `, `• `, `3. `, `3) `.
fn without_bullet(mut text: &str) -> &str {
    loop {
        let numbered = text.trim_start_matches(|c: char| c.is_ascii_digit());
        let marks: &[char] =
            if numbered.len() < text.len() { &['.', ')'] } else { &['-', '*', '+', '•', '–', '—', '>'] };
        match numbered.strip_prefix(marks) {
            Some(rest) if rest.starts_with(' ') => text = rest.trim_start(),
            _ => return text,
        }
    }
}

/// A text and the link in angle brackets at its end.
fn take_link(text: &str) -> (&str, Option<&str>) {
    let inner = text.strip_suffix('>').and_then(|rest| rest.rsplit_once('<'));
    match inner {
        Some((before, url)) if is_link(url) => (before.trim_end(), Some(url)),
        _ => (text, None),
    }
}

fn is_link(text: &str) -> bool {
    let web = text.starts_with("https://") || text.starts_with("http://");
    web && !text.contains([' ', '>']) && url::Url::parse(text).is_ok_and(|url| url.has_host())
}

fn time_first(text: &str) -> Option<(i64, &str)> {
    let inner = text.trim_start_matches(['(', '[', '*', '_', '`']);
    let (length, start_ms) = stamp::read(inner)?;
    let mut rest = &inner[length..];
    if rest.starts_with(char::is_alphanumeric) {
        return None;
    }
    if inner.len() < text.len() {
        rest = rest.trim_start_matches([')', ']', '*', '_', '`']);
    }
    Some((start_ms, without_separators(rest)))
}

fn time_last(text: &str) -> Option<(i64, &str)> {
    let inner = text.trim_end_matches([')', ']', '*', '_', '`']);
    let begin = inner.rfind([' ', '(', '[', '*', '_', '`', '-', '–', '—', '|'])?;
    let begin = begin + inner[begin..].chars().next().map_or(0, char::len_utf8);
    let (length, start_ms) = stamp::read(&inner[begin..])?;
    if begin + length != inner.len() {
        return None;
    }
    let title = inner[..begin].trim_end_matches(|c: char| is_separator(c) || "([*_`".contains(c));
    Some((start_ms, without_separators(title)))
}

fn without_separators(text: &str) -> &str {
    text.trim_start_matches(is_separator).trim_end()
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || "-–—|:·•)]".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn one(line: &str) -> (i64, String, Option<String>) {
        let mut chapters = parse(line).unwrap_or_else(|error| panic!("{line}: {error}"));
        assert_eq!(chapters.len(), 1, "{line}");
        let chapter = chapters.remove(0);
        (chapter.start_ms, chapter.title, chapter.url)
    }

    #[test]
    fn reads_the_ways_people_write() {
        for line in [
            "12:34 Big news",
            "12:34 - Big news",
            "12:34 – Big news",
            "12:34: Big news",
            "(12:34) Big news",
            "[12:34] Big news",
            "* 12:34 Big news",
            "- **12:34** Big news",
            "3. 12:34 | Big news",
            "00:12:34 Big  news",
            "Big news 12:34",
            "Big news (12:34)",
            "- Big news - 12:34",
            "Big news — `12:34`",
            "12:34\tBig news\r",
        ] {
            assert_eq!(one(line), (754_000, "Big news".into(), None), "{line}");
        }
        let link = Some("https://example.org/a?b=1".to_owned());
        assert_eq!(one("1:02:33 - Title <https://example.org/a?b=1>"), (3_753_000, "Title".into(), link.clone()));
        assert_eq!(one("Title 1:02:33 <https://example.org/a?b=1>"), (3_753_000, "Title".into(), link));
        assert_eq!(one("0:00 Why <b> is bold <javascript:alert(1)>").1, "Why <b> is bold <javascript:alert(1)>");
        assert_eq!(one("0:01 At 12:30 in the afternoon").0, 1_000);
    }

    #[test]
    fn says_which_line_and_what_to_do() {
        let order = parse("0:00 A\n\n1:00 B\n0:30 C").expect_err("C goes back");
        assert!(order.to_string().starts_with("line 4 begins at 0:30"), "{order}");
        assert_eq!(parse("0:00 A\n1:00").expect_err("no title"), ChapterError::NoTitle { line: 2 });
        let bare = parse("\nHello world").expect_err("no time");
        assert_eq!(bare.to_string(), "line 2 (“Hello world”) has no time; write it like 12:34 Title");
        assert_eq!(parse("0:00 A\n0:00 B").expect_err("equal").to_string().split(' ').nth(1), Some("2"));
        let many: String = (0..501).map(|n| format!("{} x\n", stamp::write(n * 1000))).collect();
        assert_eq!(parse(&many), Err(ChapterError::TooMany));
        assert_eq!(parse(""), Ok(Vec::new()));
    }

    #[test]
    fn notes_hold_chapters_between_prose() {
        let notes = "Hello.\n\n- [0:00] Intro\n- [2:10] Guests\n\nRecorded at noon.\n(1:00) earlier\n5:00 End";
        let starts: Vec<_> = in_notes(notes).into_iter().map(|chapter| chapter.start_ms).collect();
        assert_eq!(starts, [0, 130_000, 300_000]);
        assert_eq!(in_notes("Only 3:20 here"), []);
    }

    #[test]
    fn editing_text_keeps_pictures() {
        let old = [Chapter {
            start_ms: 5000,
            title: "A".into(),
            url: None,
            image: Some("https://example.org/a.jpg".into()),
            hidden: true,
        }];
        let mut edited = parse("0:05 B\n0:06 C").expect("good lines");
        keep_extras(&mut edited, &old);
        assert_eq!((edited[0].image.as_deref(), edited[0].hidden), (Some("https://example.org/a.jpg"), true));
        assert_eq!((edited[1].image.as_deref(), edited[1].hidden), (None, false));
    }

    #[test]
    fn moved_chapters_keep_their_pictures() {
        let mut old = parse("0:00 A\n0:05 Ad\n0:09 Ad\n0:20 Z").expect("good lines");
        for (at, was) in old.iter_mut().enumerate() {
            (was.image, was.hidden) = (Some(at.to_string()), at == 1);
        }
        for (text, pictures) in [
            ("0:00 A\n0:06 Ad\n0:09 Ad\n0:20 Z", ["0", "1", "2", "3"]),
            ("0:00 A\n0:05 Ad\n0:20 Ad\n0:25 Z", ["0", "1", "2", "3"]),
            ("0:00 Ad\n0:05 A\n0:09 Ad\n0:20 Z", ["1", "0", "2", "3"]),
            ("0:00 A\n0:05 Ad\n0:09 Ad\n0:31 Outro", ["0", "1", "2", "3"]),
            ("0:03 Z\n0:05 Ad\n0:09 Ad\n0:31 Outro", ["3", "1", "2", "-"]),
        ] {
            let mut edited = parse(text).expect("good lines");
            keep_extras(&mut edited, &old);
            let found: Vec<_> = edited.iter().map(|now| now.image.as_deref().unwrap_or("-")).collect();
            assert_eq!(found, pictures, "{text}");
            assert_eq!(edited.iter().filter(|now| now.hidden).count(), 1, "{text}");
        }
        let mut edited = parse("0:00 Cold open\n0:01 A").expect("good lines");
        keep_extras(&mut edited, &old[..1]);
        assert_eq!((edited[0].image.as_deref(), edited[1].image.as_deref()), (None, Some("0")));
    }

    proptest! {
        #[test]
        fn written_text_reads_back(
            list in prop::collection::btree_map(
                0i64..400_000_000, ("[A-ZÄa-z][A-Za-z0-9ö.,'& ]{0,20}[a-z!?]", any::<bool>()), 0..20
            )
        ) {
            let chapters: Vec<_> = list.into_iter().map(|(start_ms, (title, linked))| Chapter {
                start_ms,
                title: title.split_whitespace().collect::<Vec<_>>().join(" "),
                url: linked.then(|| format!("https://example.org/{start_ms}?a=b&c")),
                image: None,
                hidden: false,
            }).collect();
            prop_assert_eq!(parse(&format(&chapters)), Ok(chapters));
        }

        #[test]
        fn what_was_read_once_reads_the_same_again(
            lines in prop::collection::vec(
                "[-*(\\[_ •:|)\\]<>]{0,4}([0-9:.]{0,8}|1:0[0-9])[-*) \\]:<>a-z]{0,12}( ?<https://x.y>)?\
                ( ?\\(?2:[0-5][0-9][) ]?)?",
                1..4
            )
        ) {
            for line in lines {
                if let Ok(chapters) = parse(&line) {
                    prop_assert_eq!(parse(&format(&chapters)), Ok(chapters), "{}", line);
                }
            }
        }

        #[test]
        fn any_text_is_refused_or_read(text in any::<String>()) {
            if let Ok(chapters) = parse(&text) {
                prop_assert_eq!(parse(&format(&chapters)), Ok(chapters));
            }
            in_notes(&text);
        }
    }
}
