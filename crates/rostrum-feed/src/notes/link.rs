//! Links that people leave to the machine: bare addresses, and times of the recording. Works on HTML that is already
//! safe and serialised, where every `<` begins a tag and every `>` ends one.

use super::clean::REL;
use crate::stamp;

/// Longest bare address that is linked, in characters.
const LENGTH_MAX: usize = 2000;

/// Links addresses and times outside links and code.
pub(super) fn in_page(html: &str) -> String {
    rewrite(html, &|text, out| {
        addresses(text, out, &format!(" rel=\"{REL}\""), &times);
    })
}

/// Links addresses outside links.
pub(super) fn in_feed(html: &str) -> String {
    rewrite(html, &|text, out| addresses(text, out, "", &|plain, out| out.push_str(plain)))
}

/// Writes a piece of text into the output.
type Write<'a> = &'a dyn Fn(&str, &mut String);

fn rewrite(html: &str, write: Write<'_>) -> String {
    let mut out = String::with_capacity(html.len() + html.len() / 8);
    let mut closed_to = 0usize;
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (text, tagged) = rest.split_at(at);
        if closed_to == 0 {
            write(text, &mut out);
        } else {
            out += text;
        }
        let (tag, after) = tagged.split_at(tagged.find('>').map_or(tagged.len(), |end| end + 1));
        match tag.trim_matches(['<', '>']).split(' ').next() {
            Some("a" | "code" | "pre") => closed_to += 1,
            Some("/a" | "/code" | "/pre") => closed_to = closed_to.saturating_sub(1),
            _ => {}
        }
        out += tag;
        rest = after;
    }
    if closed_to == 0 {
        write(rest, &mut out);
    } else {
        out += rest;
    }
    out
}

fn times(text: &str, out: &mut String) {
    let mut done = 0;
    for stamp in stamp::find(text) {
        out.push_str(&text[done..stamp.range.start]);
        let shown = &text[stamp.range.clone()];
        out.push_str(&format!("<a href=\"#t={}\">{shown}</a>", stamp.at_ms / 1000));
        done = stamp.range.end;
    }
    out.push_str(&text[done..]);
}

fn addresses(text: &str, out: &mut String, attributes: &str, plain: Write<'_>) {
    let mut rest = text;
    let mut searched = 0;
    while let Some(at) = rest[searched..].find("http").map(|at| at + searched) {
        let joined = rest[..at].ends_with(char::is_alphanumeric);
        match address(&rest[at..]).filter(|_| !joined) {
            Some(url) => {
                plain(&rest[..at], out);
                out.push_str(&format!("<a href=\"{url}\"{attributes}>{url}</a>"));
                rest = &rest[at + url.len()..];
                searched = 0;
            }
            None => searched = at + "http".len(),
        }
    }
    plain(rest, out);
}

/// The web address a text begins with, as it is escaped there, without the punctuation of the sentence round it.
fn address(text: &str) -> Option<&str> {
    if !text.starts_with("https://") && !text.starts_with("http://") {
        return None;
    }
    let stop = |c: char| c.is_whitespace() || c.is_control() || "<>\"'`“”«»".contains(c);
    let length = text.char_indices().take(LENGTH_MAX).find(|(_, c)| stop(*c)).map(|(at, _)| at);
    let mut url = &text[..length.or((text.len() <= LENGTH_MAX).then_some(text.len()))?];
    for escaped in ["&lt;", "&gt;", "&nbsp;"] {
        url = url.split(escaped).next().unwrap_or(url);
    }
    let mut unopened = url.matches(')').count().saturating_sub(url.matches('(').count());
    loop {
        url = url.trim_end_matches(['.', ',', ';', ':', '!', '?', '*', '_']);
        match url.strip_suffix(')') {
            Some(shorter) if unopened > 0 => {
                url = shorter;
                unopened -= 1;
            }
            _ => break,
        }
    }
    // Cutting the semicolon of a reference would leave half of it.
    let url = url.strip_suffix("&amp").unwrap_or(url);
    let parsed = url::Url::parse(&url.replace("&amp;", "&")).ok()?;
    parsed.has_host().then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_end_where_people_end_them() {
        for (text, url) in [
            ("https://a.example/x?y=1&amp;z=2, and", "https://a.example/x?y=1&amp;z=2"),
            ("https://a.example/x_(y)) z", "https://a.example/x_(y)"),
            ("https://a.example.", "https://a.example"),
            ("https://a.example&gt; x", "https://a.example"),
            ("https://a.example&amp; x", "https://a.example"),
            ("http://a.example\u{201d}", "http://a.example"),
        ] {
            assert_eq!(address(text), Some(url), "{text}");
        }
        for text in ["https://", "httpx://a", "http", "https:// a"] {
            assert_eq!(address(text), None, "{text}");
        }
    }
}
