//! Markdown into HTML that is not yet safe: headings, images and line breaks are made what notes need.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

/// Deepest nesting of Markdown that is kept; HTML parsers take quadratic time over depth.
const DEPTH_MAX: usize = 16;
/// Most HTML tags, paragraphs and list items aside, in notes whose HTML is read; beyond that it is shown as text.
const TAGS_MAX: usize = 2000;

/// The HTML of our pages, unsafe.
pub(super) fn to_page(notes: &str) -> String {
    let mut out = String::new();
    html::push_html(&mut out, events(notes, Options::ENABLE_STRIKETHROUGH).map(page_event));
    out
}

/// The HTML of feeds, unsafe, a piece for each paragraph, list or block of HTML at the top.
pub(super) fn to_feed(notes: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut piece = Vec::new();
    let mut depth = 0usize;
    for event in events(notes, Options::empty()).flat_map(feed_event) {
        match event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
        piece.push(event);
        if depth == 0 {
            pieces.push(render(&mut piece));
        }
    }
    pieces.push(render(&mut piece));
    pieces
}

/// The events of Markdown, bounded in depth and in HTML.
fn events(notes: &str, options: Options) -> impl Iterator<Item = Event<'_>> {
    let too_many = tag_count(notes) > TAGS_MAX;
    let mut depth = 0usize;
    Parser::new_ext(notes, options).filter_map(move |event| {
        let level = match event {
            Event::Start(_) => {
                depth += 1;
                depth
            }
            Event::End(_) => {
                depth = depth.saturating_sub(1);
                depth + 1
            }
            _ => 0,
        };
        match event {
            Event::Html(text) | Event::InlineHtml(text) if too_many => Some(Event::Text(text)),
            event => (level <= DEPTH_MAX).then_some(event),
        }
    })
}

fn tag_count(notes: &str) -> usize {
    let tags = notes.split('<').skip(1).filter(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic()));
    let name = |rest: &str| rest.chars().take(4).take_while(char::is_ascii_alphanumeric).collect::<String>();
    tags.filter(|rest| !matches!(name(rest).to_ascii_lowercase().as_str(), "p" | "li" | "br")).count()
}

fn render(piece: &mut Vec<Event<'_>>) -> String {
    let mut out = String::new();
    html::push_html(&mut out, piece.drain(..));
    out
}

/// Notes are typed with single line breaks, so these stay; a picture becomes a link to it; the page has its own `h1`
/// and `h2`.
fn page_event(event: Event<'_>) -> Event<'_> {
    match event {
        Event::SoftBreak => Event::HardBreak,
        Event::Start(Tag::Heading { level, .. }) => {
            Event::Start(Tag::Heading { level: lower(level), id: None, classes: Vec::new(), attrs: Vec::new() })
        }
        Event::End(TagEnd::Heading(level)) => Event::End(TagEnd::Heading(lower(level))),
        other => without_image(other),
    }
}

fn lower(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 | HeadingLevel::H2 => HeadingLevel::H3,
        HeadingLevel::H3 => HeadingLevel::H4,
        HeadingLevel::H4 => HeadingLevel::H5,
        HeadingLevel::H5 | HeadingLevel::H6 => HeadingLevel::H6,
    }
}

fn feed_event(event: Event<'_>) -> impl Iterator<Item = Event<'_>> {
    let two = match event {
        Event::SoftBreak => [Some(Event::HardBreak), None],
        Event::Code(text) => [Some(Event::Text(text)), None],
        Event::Rule | Event::Start(Tag::BlockQuote(_)) | Event::End(TagEnd::BlockQuote(_)) => [None, None],
        Event::Start(Tag::CodeBlock(_)) => [Some(Event::Start(Tag::Paragraph)), None],
        Event::End(TagEnd::CodeBlock) => [Some(Event::End(TagEnd::Paragraph)), None],
        Event::Start(Tag::Heading { .. }) => [Some(Event::Start(Tag::Paragraph)), Some(Event::Start(Tag::Strong))],
        Event::End(TagEnd::Heading(_)) => [Some(Event::End(TagEnd::Strong)), Some(Event::End(TagEnd::Paragraph))],
        other => [Some(without_image(other)), None],
    };
    two.into_iter().flatten()
}

fn without_image(event: Event<'_>) -> Event<'_> {
    match event {
        Event::Start(Tag::Image { link_type, dest_url, title, id }) => {
            Event::Start(Tag::Link { link_type, dest_url, title, id })
        }
        Event::End(TagEnd::Image) => Event::End(TagEnd::Link),
        other => other,
    }
}
