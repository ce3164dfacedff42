//! Reads a template as far as its words go: text between tags, attributes that people read or hear, and the texts in
//! its expressions with the filters that follow them.

use std::collections::BTreeSet;

/// Attributes that people read or hear.
const SPOKEN: [&str; 6] = ["aria-label", "placeholder", "title", "alt", "data-label", "label"];

/// What a template says.
#[derive(Debug, Default)]
pub(crate) struct Page {
    /// Text between tags, and in attributes that are spoken; expressions left out.
    pub(crate) spoken: Vec<String>,
    /// The texts in expressions.
    pub(crate) literals: Vec<Literal>,
    /// Messages, each with the names of the values that are filled in.
    pub(crate) filled: Vec<(String, BTreeSet<String>)>,
}

/// A text in an expression.
#[derive(Debug)]
pub(crate) struct Literal {
    pub(crate) text: String,
    /// The filter that follows it.
    pub(crate) filter: Option<String>,
}

impl Page {
    /// Reads a template.
    pub(crate) fn read(template: &str) -> Self {
        let mut page = Self::default();
        let mut html = String::new();
        let template = classless(template);
        let mut rest = template.as_str();
        while let Some(at) = ["{#", "{%", "{{"].iter().filter_map(|open| rest.find(open)).min() {
            html.push_str(&rest[..at]);
            let (open, inner) = rest[at..].split_at(2);
            let close = if open == "{#" {
                "#}"
            } else if open == "{%" {
                "%}"
            } else {
                "}}"
            };
            let (inner, after) = inner.split_once(close).expect("templates compile, so what opens closes");
            if open != "{#" {
                page.expression(inner);
            }
            rest = after;
        }
        html.push_str(rest);
        page.markup(&html);
        page
    }

    /// Takes over the texts of an expression.
    fn expression(&mut self, inner: &str) {
        let mut rest = inner;
        while let Some((_, from)) = rest.split_once('"') {
            let Some((text, after)) = from.split_once('"') else { break };
            let filter = filter(after).map(|(name, _)| name.to_owned());
            if filter.as_deref() == Some("t") {
                self.filled.push((text.to_owned(), filled(after)));
            }
            self.literals.push(Literal { text: text.to_owned(), filter });
            rest = after;
        }
    }

    /// Takes over what is spoken of the HTML.
    fn markup(&mut self, html: &str) {
        let mut rest = html;
        let mut is_key = false;
        while let Some((text, tag)) = rest.split_once('<') {
            // The letter on a key is the same in every language.
            if !(is_key && text.chars().count() == 1) {
                self.speak(text);
            }
            is_key = tag.starts_with("kbd");
            let (tag, after) = tag.split_once('>').unwrap_or((tag, ""));
            // Every other piece between quotes is a value; before it stands its name.
            let pieces: Vec<&str> = tag.split('"').collect();
            for pair in pieces.chunks_exact(2) {
                let name = pair[0].trim_end_matches('=').split_whitespace().last().unwrap_or_default();
                if SPOKEN.contains(&name) {
                    self.speak(pair[1]);
                }
            }
            rest = after;
        }
        self.speak(rest);
    }

    fn speak(&mut self, text: &str) {
        let mut plain = String::new();
        let mut rest = text;
        while let Some((before, entity)) = rest.split_once('&') {
            plain.push_str(before);
            rest = entity.split_once(';').map_or(entity, |(_, after)| after);
        }
        plain.push_str(rest);
        if !plain.trim().is_empty() {
            self.spoken.push(plain);
        }
    }
}

/// A template without the blocks that hold the names of classes.
fn classless(template: &str) -> String {
    let mut parts = template.split("{% block body_class %}");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |kept, part| kept + part.split_once("{% endblock %}").map_or("", |(_, after)| after))
}

/// The filter that text begins with, and what follows its name.
fn filter(text: &str) -> Option<(&str, &str)> {
    let text = text.strip_prefix('|')?;
    let end = text.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(text.len());
    Some(text.split_at(end))
}

/// The names of the values that a chain of filters fills in.
fn filled(chain: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut rest = chain;
    while let Some((name, after)) = filter(rest) {
        let length = arguments(after);
        if name.starts_with("with") {
            names.extend(after[..length].split('"').nth(1).map(str::to_owned));
        }
        rest = &after[length..];
    }
    names
}

/// How long the parentheses are that text begins with, if any.
fn arguments(text: &str) -> usize {
    let mut depth = 0_usize;
    for (at, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return if letter == ')' { at + 1 } else { 0 };
        }
    }
    0
}
