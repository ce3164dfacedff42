//! JSON chapters 1.2 of the podcast namespace (`application/json+chapters`), written and read.

use rostrum_domain::chapter::Chapter;
use rostrum_domain::time::clock_text;
use serde::{Deserialize, Serialize};
use serde_json::Number;

use super::{CHAPTERS_MAX, ChapterError};

/// The media type the file is served with.
pub const MIME: &str = "application/json+chapters";
/// Largest file that is read, in bytes.
const BYTES_MAX: usize = 2 << 20;
/// Latest start that is believed: 100 hours, in seconds.
const START_MAX: f64 = 360_000.0;

#[derive(Serialize, Deserialize)]
struct File {
    #[serde(default)]
    version: String,
    chapters: Vec<Entry>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    start_time: Number,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    img: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    toc: Option<bool>,
}

/// The file that `podcast:chapters` points at; hidden chapters get `toc: false`.
pub fn to_json(chapters: &[Chapter]) -> String {
    let file = File { version: "1.2.0".to_owned(), chapters: chapters.iter().map(write_entry).collect() };
    serde_json::to_string(&file).expect("strings and finite numbers are always JSON")
}

/// Reads such a file: members it does not know are passed over, links that are no web addresses are dropped, a chapter
/// without a title is called by its time, the order is mended.
pub fn from_json(bytes: &[u8]) -> Result<Vec<Chapter>, ChapterError> {
    if bytes.len() > BYTES_MAX {
        return Err(bad("it is larger than 2 MiB"));
    }
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let file: File = serde_json::from_slice(bytes).map_err(|error| bad(&error.to_string()))?;
    if file.chapters.len() > CHAPTERS_MAX {
        return Err(ChapterError::TooMany);
    }
    let read = file.chapters.into_iter().enumerate().map(|(at, entry)| read_entry(at + 1, entry));
    let mut chapters = read.collect::<Result<Vec<_>, _>>()?;
    chapters.sort_by_key(|chapter| chapter.start_ms);
    chapters.dedup_by_key(|chapter| chapter.start_ms);
    Ok(chapters)
}

fn bad(reason: &str) -> ChapterError {
    ChapterError::BadJson { reason: reason.to_owned() }
}

fn write_entry(chapter: &Chapter) -> Entry {
    Entry {
        start_time: seconds(chapter.start_ms),
        title: Some(chapter.title.clone()),
        img: chapter.image.clone(),
        url: chapter.url.clone(),
        toc: chapter.hidden.then_some(false),
    }
}

/// Whole seconds stay whole numbers, which the oldest readers need.
fn seconds(millis: i64) -> Number {
    if millis % 1000 == 0 {
        return Number::from(millis / 1000);
    }
    Number::from_f64(millis as f64 / 1000.0).expect("a quotient of integers is finite")
}

fn read_entry(number: usize, entry: Entry) -> Result<Chapter, ChapterError> {
    let start = entry.start_time.as_f64().filter(|start| (0.0..=START_MAX).contains(start));
    let start = start.ok_or_else(|| bad(&format!("chapter {number} begins before 0 or after 100 hours")))?;
    let start_ms = (start * 1000.0).round() as i64;
    let title = entry.title.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    Ok(Chapter {
        start_ms,
        title: if title.is_empty() { clock_text(start_ms) } else { title },
        url: entry.url.filter(|url| is_web(url)),
        image: entry.img.filter(|url| is_web(url)),
        hidden: entry.toc == Some(false),
    })
}

fn is_web(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_the_namespace_example() {
        let text = br#"{"version":"1.2.0","author":"John","chapters":[
            {"startTime":168.5,"title":"Hearing Aids","img":"https://example.com/a.jpg","endTime":170},
            {"startTime":0,"title":"Intro","url":"javascript:alert(1)"},
            {"startTime":4826,"img":"https://example.com/p.jpg","toc":false,
             "location":{"name":"Eiffel Tower","geo":"geo:42.3,-70.9"}}]}"#;
        let chapters = from_json(text).expect("it is the published example");
        let seen: Vec<_> = chapters.iter().map(|c| (c.start_ms, c.title.as_str(), c.hidden)).collect();
        assert_eq!(seen, [(0, "Intro", false), (168_500, "Hearing Aids", false), (4_826_000, "1:20:26", true)]);
        assert_eq!(chapters[0].url, None);
        assert_eq!(chapters[1].image.as_deref(), Some("https://example.com/a.jpg"));
    }

    #[test]
    fn writes_the_shape_players_read() {
        let chapter = |start_ms, hidden| Chapter { start_ms, title: "A".into(), url: None, image: None, hidden };
        assert_eq!(
            to_json(&[chapter(0, false), chapter(1500, true)]),
            r#"{"version":"1.2.0","chapters":[{"startTime":0,"title":"A"},{"startTime":1.5,"title":"A","toc":false}]}"#
        );
    }

    #[test]
    fn refuses_with_a_place() {
        let error = from_json(b"{\n\"chapters\": 7}").expect_err("seven is no list").to_string();
        assert!(error.contains("line 2"), "{error}");
        let error = from_json(br#"{"chapters":[{"startTime":-1}]}"#).expect_err("before zero").to_string();
        assert!(error.contains("chapter 1"), "{error}");
        assert!(from_json(&vec![b'['; 1 << 20]).is_err(), "deep nesting is refused");
    }

    proptest! {
        #[test]
        fn round_trips(list in prop::collection::btree_map(0i64..360_000_000, ("[^\\s]{1,20}", any::<bool>()), 0..20)) {
            let chapters: Vec<_> = list.into_iter().map(|(start_ms, (title, hidden))| Chapter {
                start_ms,
                title,
                url: hidden.then(|| "https://example.org/ä".to_owned()),
                image: (!hidden).then(|| "https://example.org/x.jpg".to_owned()),
                hidden,
            }).collect();
            prop_assert_eq!(from_json(to_json(&chapters).as_bytes()), Ok(chapters));
        }

        #[test]
        fn any_bytes_never_panic(bytes: Vec<u8>) {
            let _ = from_json(&bytes);
        }
    }
}
