//! Holds every sample of every page to the rules of markup: nothing inline, one heading, everything named.

use rostrum_words::Lang;

use super::samples::{Rendered, gallery};

/// A start tag: its name and its attributes as written.
struct Tag<'a> {
    name: &'a str,
    attributes: &'a str,
}

impl Tag<'_> {
    fn has(&self, name: &str) -> bool {
        self.get(name).is_some() || self.attributes.split_whitespace().any(|word| word == name)
    }

    fn get(&self, name: &str) -> Option<&str> {
        let from = self.attributes.find(&format!(" {name}=\""))? + name.len() + 3;
        self.attributes[from..].split('"').next()
    }
}

fn tags(html: &str) -> Vec<Tag<'_>> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if !rest.starts_with(|first: char| first.is_ascii_alphabetic()) {
            continue;
        }
        let end = tag_end(rest);
        let tag = &rest[..end];
        let name = tag.split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or_default();
        found.push(Tag { name, attributes: &tag[name.len()..] });
        rest = &rest[end..];
    }
    found
}

/// Where a start tag ends: at the first `>` outside quotes.
fn tag_end(tag: &str) -> usize {
    let mut quoted = false;
    for (at, letter) in tag.char_indices() {
        match letter {
            '"' => quoted = !quoted,
            '>' if !quoted => return at,
            _ => {}
        }
    }
    tag.len()
}

fn check(sample: &Rendered) {
    let (name, html) = (&sample.name, &sample.html);
    let tags = tags(html);
    let count = |wanted: &str| tags.iter().filter(|tag| tag.name == wanted).count();
    assert_eq!(count("h1"), 1, "{name}: one h1");
    assert_eq!((count("main"), count("style"), count("title")), (1, 0, 1), "{name}: main, style, title");
    assert!(!html.contains("javascript:"), "{name}: script in an address");
    for tag in &tags {
        check_tag(name, tag);
        if tag.name == "script" {
            let empty = html.contains(&format!("<script{}></script>", tag.attributes));
            assert!(tag.has("src") && empty, "{name}: a script has an address and no body");
        }
        if matches!(tag.name, "input" | "select" | "textarea") && tag.get("type") != Some("hidden") {
            assert!(is_labelled(html, tag), "{name}: no label for <{}{}>", tag.name, tag.attributes);
        }
    }
    check_ids(name, &tags);
}

fn check_tag(name: &str, tag: &Tag<'_>) {
    let mut names = tag.attributes.split('"').step_by(2).flat_map(str::split_whitespace);
    let inline = names.find(|word| word.starts_with("on") || word.starts_with("style="));
    assert_eq!(inline, None, "{name}: inline code in <{}>", tag.name);
    assert!(tag.name != "img" || tag.attributes.contains(" alt="), "{name}: a picture without words");
    assert!(tag.name != "html" || tag.get("lang").is_some_and(|lang| !lang.is_empty()), "{name}: no language");
    assert!(tag.name != "a" || tag.get("href").is_some_and(|href| !href.is_empty()), "{name}: a link to nowhere");
    let blank = tag.get("target") == Some("_blank");
    assert!(!blank || tag.get("rel").is_some_and(|rel| rel.contains("noopener")), "{name}: rel=noopener");
}

fn is_labelled(html: &str, tag: &Tag<'_>) -> bool {
    let by_id = tag.get("id").is_some_and(|id| html.contains(&format!("<label for=\"{id}\"")));
    by_id || tag.has("aria-label") || within_label(html, tag)
}

fn within_label(html: &str, tag: &Tag<'_>) -> bool {
    let written = format!("<{}{}>", tag.name, tag.attributes);
    let Some(at) = html.find(&written) else { return false };
    let before = &html[..at];
    before.rfind("<label").is_some_and(|open| before.rfind("</label>").is_none_or(|close| close < open))
}

fn check_ids(name: &str, tags: &[Tag<'_>]) {
    let mut ids: Vec<_> = tags.iter().filter_map(|tag| tag.get("id")).collect();
    for described in tags.iter().filter_map(|tag| tag.get("aria-describedby")) {
        for id in described.split_whitespace() {
            assert!(ids.contains(&id), "{name}: aria-describedby names #{id}, which is not there");
        }
    }
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "{name}: an id is used twice: {:?}", doubled(tags));
}

fn doubled<'a>(tags: &'a [Tag<'_>]) -> Vec<&'a str> {
    let ids: Vec<_> = tags.iter().filter_map(|tag| tag.get("id")).collect();
    ids.iter().enumerate().filter(|(at, id)| ids[..*at].contains(id)).map(|(_, id)| *id).collect()
}

#[test]
fn every_sample_keeps_the_rules() {
    for lang in Lang::all() {
        let samples = gallery(lang);
        assert!(samples.len() > 60, "only {} samples", samples.len());
        samples.iter().for_each(check);
        let tag = format!("<html lang=\"{}\" dir=\"{}\">", lang.tag(), lang.dir());
        assert!(samples.iter().all(|sample| sample.html.contains(&tag)), "every page says its language");
    }
}

#[test]
fn every_static_address_resolves() {
    let base = crate::assets::url("");
    let sprite = crate::assets::lookup("icons.svg").expect("the sprite is embedded");
    let sprite = String::from_utf8_lossy(&sprite.bytes).into_owned();
    for sample in gallery(Lang::ENGLISH) {
        for rest in sample.html.split(base.as_str()).skip(1) {
            let path = rest.split('"').next().unwrap_or_default();
            let (path, fragment) = path.split_once('#').unwrap_or((path, ""));
            assert!(crate::assets::lookup(path).is_some(), "{}: {path} is not in static/", sample.name);
            let known = fragment.is_empty() || sprite.contains(&format!("<symbol id=\"{fragment}\""));
            assert!(known, "{}: no icon {fragment}", sample.name);
        }
    }
}

#[test]
fn hostile_text_stays_text() {
    let hostile = "\"><script>alert(1)</script><img src=x onerror=alert(1)>";
    let mut samples = <super::home::Home as super::Sampled>::samples();
    let (_, mut home) = samples.swap_remove(0);
    home.page.site = hostile.into();
    home.shows[0].title = hostile.into();
    home.lead.as_mut().expect("the usual sample has one").title = hostile.into();
    let html = askama::Template::render(&home).expect("it renders");
    assert!(!html.contains("<script>alert") && !html.contains("<img src=x"));
    check(&Rendered { name: "hostile".into(), html });
}
