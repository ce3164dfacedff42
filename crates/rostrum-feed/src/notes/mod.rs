//! Show notes: Markdown, possibly with HTML in it and possibly hostile, made into safe HTML for our pages and for
//! feeds, and into plain text. What comes out of here may be put on a page as it is.

mod clean;
mod link;
mod markdown;

/// Notes for our own pages: paragraphs, lists, headings from `h3`, quotes and code; links open nothing and vouch for
/// nothing (`rel="nofollow ugc noopener"`); times such as `12:34` become `<a href="#t=754">`.
pub fn page_html(notes: &str) -> String {
    link::in_page(&clean::page(&markdown::to_page(notes)))
}

/// Notes for feeds: only the tags that directories take (PSP-1: `p ol ul li a b i strong em br`), absolute links.
pub fn feed_html(notes: &str) -> String {
    link::in_feed(&clean::feed(&markdown::to_feed(notes).concat()))
}

/// [`feed_html`] within `max_bytes`: as many whole paragraphs and lists as fit, else as many words of the first.
pub fn feed_html_within(notes: &str, max_bytes: usize) -> String {
    let whole = feed_html(notes);
    if whole.len() <= max_bytes {
        return whole;
    }
    let mut out = String::new();
    for block in markdown::to_feed(notes) {
        let block = link::in_feed(&clean::feed(&block));
        if out.len() + block.len() > max_bytes {
            break;
        }
        out += &block;
    }
    if out.trim().is_empty() { words_within(notes, max_bytes) } else { out }
}

/// Notes without any markup, white space collapsed, cut at a word's end to at most `max_chars` characters.
pub fn plain(notes: &str, max_chars: usize) -> String {
    cut(&text_of(notes), max_chars)
}

/// A text with the characters that mean something in HTML escaped, in text and attributes.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

fn words_within(notes: &str, max_bytes: usize) -> String {
    let room = max_bytes.saturating_sub("<p>…</p>".len());
    let mut body = String::new();
    for word in text_of(notes).split(' ') {
        let word = escape(word);
        if body.len() + 1 + word.len() > room {
            break;
        }
        if !body.is_empty() {
            body.push(' ');
        }
        body += &word;
    }
    if body.is_empty() { body } else { format!("<p>{body}…</p>") }
}

fn text_of(notes: &str) -> String {
    let html = clean::feed(&markdown::to_feed(notes).concat());
    let mut text = String::with_capacity(html.len());
    let mut rest = html.as_str();
    while let Some(at) = rest.find('<') {
        text += &rest[..at];
        let end = rest[at..].find('>').map_or(rest.len(), |length| at + length + 1);
        let inline = ["<a", "</a", "<b>", "</b>", "<i", "</i", "<s", "</s", "<em", "</em"];
        if !inline.iter().any(|tag| rest[at..end].starts_with(tag)) {
            text.push(' ');
        }
        rest = &rest[end..];
    }
    text += rest;
    let text = text.replace("&nbsp;", " ").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn cut(text: &str, max_chars: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(max_chars) else {
        return text.to_owned();
    };
    let room = text.char_indices().nth(max_chars.saturating_sub(1)).map_or(end, |(at, _)| at);
    let whole = if text[room..].starts_with(' ') { room } else { text[..room].rfind(' ').unwrap_or(room) };
    format!("{}…", text[..whole].trim_end_matches([' ', ',', ';', ':', '.', '-', '–', '—']))
}

#[cfg(test)]
mod tests;
