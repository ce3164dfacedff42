//! ID3v2.3 in front of an MP3: the tags, the cover, chapters with their table of contents, room to rewrite in place.

use std::io::{Read, Seek};

use ::id3::frame::{Chapter, Comment, ExtendedLink, Frame, Picture, PictureType, TableOfContents};
use ::id3::{Content, Encoder, Tag, TagLike, Version};

use rostrum_domain::chapter::Chapter as Mark;

use crate::{FormatError, Tags, tags};

/// Zero bytes after the frames, so that a corrected title fits without moving the audio.
const PADDING: usize = 4096;

/// Bytes of a tag's header.
const HEADER_BYTES: usize = 10;

/// An offset that says "use the times" (ID3v2 Chapter Frame Addendum 3.1).
const NO_OFFSET: u32 = u32::MAX;

/// Length in bytes of the ID3v2 tag whose first ten bytes these are, header included; none if they are no tag.
pub fn length(start: &[u8]) -> Option<u64> {
    let [b'I', b'D', b'3', major, _, flags, size @ ..] = start.get(..10)? else { return None };
    if *major == 0xff || size.iter().any(|byte| byte & 0x80 != 0) {
        return None;
    }
    let body = size.iter().fold(0u64, |sum, byte| sum << 7 | u64::from(*byte));
    Some(10 + body + if flags & 0x10 != 0 { 10 } else { 0 })
}

/// The whole tag for a file that lasts `duration_ms`.
pub fn encode(tags: &Tags, duration_ms: u64) -> Result<Vec<u8>, FormatError> {
    let mut tag = Tag::with_version(Version::Id3v23);
    for (id, text) in [("TIT2", &tags.title), ("TPE1", &tags.artist), ("TALB", &tags.album)] {
        if !text.is_empty() {
            tag.set_text(id, clean(text));
        }
    }
    tag.set_text("TCON", "Podcast");
    tag.set_text("TLEN", duration_ms.to_string());
    if let Some(number) = tags.track {
        tag.set_text("TRCK", number.to_string());
    }
    add_date(&mut tag, &tags.date);
    if !tags.comment.is_empty() {
        let text = clean(&tags.comment);
        tag.add_frame(Comment { lang: "eng".into(), description: String::new(), text });
    }
    if !tags.url.is_empty() {
        tag.add_frame(ExtendedLink { description: String::new(), link: clean(&tags.url) });
    }
    if let Some(data) = &tags.artwork {
        let (mime_type, picture_type) = ("image/jpeg".to_owned(), PictureType::CoverFront);
        tag.add_frame(Picture { mime_type, picture_type, description: String::new(), data: data.clone() });
    }
    add_chapters(&mut tag, tags, duration_ms);
    let mut bytes = Vec::new();
    let encoder = Encoder::new().version(Version::Id3v23).padding(PADDING);
    encoder.encode(&tag, &mut bytes).map_err(|error| FormatError::Tags(error.to_string()))?;
    Ok(bytes)
}

/// The whole tag, filled up with zeros to exactly `length` bytes.
pub(crate) fn encode_sized(tags: &Tags, duration_ms: u64, length: usize) -> Result<Vec<u8>, FormatError> {
    let mut bytes = encode(tags, duration_ms)?;
    let body = (length - HEADER_BYTES) as u32;
    if bytes.len() > length || body >> 28 != 0 {
        return Err(FormatError::Tags(format!("{} bytes do not fit into {length}", bytes.len())));
    }
    bytes.resize(length, 0);
    let size = [body >> 21, body >> 14, body >> 7, body].map(|part| (part & 0x7f) as u8);
    bytes[6..HEADER_BYTES].copy_from_slice(&size);
    Ok(bytes)
}

/// What a tag at the start of `reader` says: title, artist, album, chapters; nothing else is taken over.
pub fn decode(reader: impl Read + Seek) -> Result<Tags, FormatError> {
    let tag = Tag::read_from2(reader).map_err(|error| FormatError::Tags(error.to_string()))?;
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let chapter = |chapter: &Chapter| {
        let of = |id: &str| chapter.frames.iter().find(|frame| frame.id() == id).map(Frame::content);
        let title = text(of("TIT2").and_then(Content::text));
        let url = of("WXXX").and_then(Content::extended_link).map(|link| link.link.clone());
        Mark { start_ms: i64::from(chapter.start_time), title, url, image: None, hidden: false }
    };
    let mut chapters: Vec<Mark> = tag.chapters().map(chapter).collect();
    chapters.sort_by_key(|chapter| chapter.start_ms);
    let (title, artist, album) = (text(tag.title()), text(tag.artist()), text(tag.album()));
    Ok(Tags { title, artist, album, chapters, ..Tags::default() })
}

/// A NUL ends a field, so none may stand inside one.
fn clean(text: &str) -> String {
    text.replace('\0', "")
}

/// ID3v2.3 keeps the year and the day in two frames.
fn add_date(tag: &mut Tag, date: &str) {
    let parts: Vec<&str> = date.split('-').collect();
    if let [year, month, day] = parts[..]
        && year.len() == 4
        && date.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
    {
        tag.set_text("TYER", year);
        tag.set_text("TDAT", format!("{day}{month}"));
    }
}

fn add_chapters(tag: &mut Tag, tags: &Tags, duration_ms: u64) {
    let spans = tags.spans(duration_ms);
    // The table of contents counts its children in one byte.
    let spans = &spans[..spans.len().min(255)];
    let time = |ms: u64| u32::try_from(ms).unwrap_or(u32::MAX - 1);
    for (index, span) in spans.iter().enumerate() {
        let title = tags::cut(span.title, 1024);
        let mut frames = vec![Frame::with_content("TIT2", Content::Text(clean(title)))];
        if let Some(url) = span.url {
            let link = ExtendedLink { description: "chapter url".into(), link: clean(url) };
            frames.push(Frame::from(link));
        }
        tag.add_frame(Chapter {
            element_id: format!("chp{index}"),
            start_time: time(span.start_ms),
            end_time: time(span.end_ms),
            start_offset: NO_OFFSET,
            end_offset: NO_OFFSET,
            frames,
        });
    }
    if !spans.is_empty() {
        let elements = (0..spans.len()).map(|index| format!("chp{index}")).collect();
        tag.add_frame(TableOfContents {
            element_id: "toc".into(),
            top_level: true,
            ordered: true,
            elements,
            frames: Vec::new(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_as_long_as_it_says_and_reads_back() {
        let chapter = |start_ms, title: &str| {
            let url = Some("https://example.org/a".into());
            Mark { start_ms, title: title.into(), url, image: None, hidden: false }
        };
        let tags = Tags {
            title: "Flüsse\0".into(),
            date: "2026-02-03".into(),
            artwork: Some(vec![0xff, 0xd8, 1]),
            chapters: vec![chapter(0, "Anfang"), chapter(1500, "終わり")],
            ..Tags::default()
        };
        let bytes = encode(&tags, 60_000).unwrap();
        assert_eq!(length(&bytes), Some(bytes.len() as u64));
        let read = Tag::read_from2(std::io::Cursor::new(&bytes)).unwrap();
        assert_eq!((read.version(), read.title()), (Version::Id3v23, Some("Flüsse")));
        assert_eq!((read.get("TYER").is_some(), read.pictures().count()), (true, 1));
        let chapters: Vec<_> = read.chapters().collect();
        assert_eq!((chapters[0].end_time, chapters[1].end_time, chapters.len()), (1500, 60_000, 2));
        assert_eq!(chapters[1].frames[0].content().text(), Some("終わり"));
        let found = decode(std::io::Cursor::new(&bytes)).unwrap();
        assert_eq!((found.title.as_str(), found.chapters), ("Flüsse", tags.chapters));
        let toc = read.tables_of_contents().next().unwrap();
        assert!(toc.top_level && toc.ordered && toc.elements.len() == 2);
    }

    #[test]
    fn what_is_no_tag_has_no_length() {
        for bad in [&b"ID3"[..], b"ID3\x03\0\0\0\0\x80\0", b"RIFF......"] {
            assert_eq!(length(bad), None);
        }
    }
}
