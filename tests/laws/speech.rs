//! Speech: what people read stands in `locales/`, every message that is asked for exists and gets its values, none is
//! there for nothing, and every sentence that the program writes in English can be told in another language.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use rostrum_words::{Lang, ids, say, variables};
use syn::LitStr;

use crate::template::{Literal, Page};
use crate::tree::{Breach, judge, own, text};

/// Templates that show parts to those who make the interface, and are not translated.
const SPECIMENS: [&str; 1] = ["templates/admin/styleguide.html"];

/// Letters in templates that are no words of a language: the code that embeds a player, and attributes that stand for
/// themselves.
const SIGNS: [(&str, &[&str]); 2] = [
    ("templates/episode.html", &["iframe", "src", "width", "height", "frameborder", "title", "loading", "lazy"]),
    ("templates/ui.html", &["aria", "invalid", "true", "describedby", "problem", "help"]),
];

/// Filters whose text is the name of something and no message.
const NAMING: [&str; 3] = ["icon", "asset", "icon_slot"];
/// Texts that look like messages and are none.
const NAMES: [&str; 2] = ["file-audio", "new-password"];

/// Messages whose ids are put together; tests beside that code hold them to what there is.
const COMPOSED: [&str; 8] = ["told-", "audit-", "category-", "field-", "medium-", "said-", "scope-", "script-"];
/// The same for ids made by an ending.
const ENDINGS: [&str; 2] = ["-text", "-why"];

/// Code whose sentences only programs and their makers read: the API, the protocol of uploads, the command line.
const TOLD_TO_PROGRAMS: [&str; 11] = [
    "crates/rostrum-web/src/api/",
    "crates/rostrum-web/src/uploads/",
    "crates/rostrum-web/src/metrics.rs",
    "crates/rostrum-web/src/pages/assets.rs",
    "crates/rostrum-web/src/pages/listen/",
    "crates/rostrum-web/src/pages/media.rs",
    "crates/rostrum-app/src/idempotency.rs",
    "crates/rostrum-app/src/uploads/join.rs",
    "crates/rostrum-app/src/people/operator.rs",
    "crates/rostrum-edge/",
    "crates/rostrum/",
];

/// Beginnings of sentences that only a program can get, since they are about its token or its upload.
const TO_PROGRAMS: [&str; 3] = ["This token ", "A token ", "Say which show "];

/// Calls whose sentences people read.
const TELLING: [&str; 12] = [
    "add",
    "require",
    "one",
    "invalid",
    "conflict",
    "limit",
    "refused",
    "Conflict",
    "Denied",
    "Unauthenticated",
    "TooLarge",
    "Busy",
];

/// Where the texts of errors are shown as they are.
const SHOWN_ERRORS: [&str; 6] = [
    "crates/rostrum-app/src/uploads/mod.rs",
    "crates/rostrum-domain/src/episode.rs",
    "crates/rostrum-domain/src/slug.rs",
    "crates/rostrum-feed/src/chapters/mod.rs",
    "crates/rostrum-feed/src/cues/mod.rs",
    "crates/rostrum-media/src/sniff.rs",
];

#[test]
fn templates_hold_no_words_of_their_own() {
    let mut breaches = Vec::new();
    for path in templates() {
        let page = Page::read(&text(&path));
        let signs = SIGNS.iter().find(|(of, _)| *of == path).map_or(&[][..], |(_, signs)| signs);
        let words = page.spoken.iter().flat_map(|text| words(text)).filter(|word| !signs.contains(word));
        breaches.extend(words.map(|word| Breach::at(&format!("{path} {word}"), "belongs into locales/")));
        let texts = page.literals.iter().map(|literal| &literal.text).filter(|text| is_speech(text));
        breaches.extend(texts.map(|text| Breach::at(&format!("{path} {text}"), "belongs into locales/")));
    }
    judge("words-of-templates", &breaches);
}

#[test]
fn every_message_that_is_asked_for_exists() {
    let known: BTreeSet<&str> = ids(Lang::ENGLISH).collect();
    let mut breaches = Vec::new();
    for path in templates() {
        let asked = Page::read(&text(&path)).literals.into_iter().filter(|literal| asks(literal, &known));
        let missing = asked.filter(|literal| !known.contains(literal.text.as_str()));
        breaches.extend(missing.map(|one| Breach::at(&format!("{path} {}", one.text), "is no message")));
    }
    for path in sources() {
        let said = calls(&code(&path), &["say"]).into_iter().filter(|id| !known.contains(id.as_str()));
        let said = said.filter(|id| !id.contains('{'));
        breaches.extend(said.map(|id| Breach::at(&format!("{path} {id}"), "is no message")));
    }
    judge("missing-messages", &breaches);
}

#[test]
fn every_message_gets_the_values_it_takes() {
    let mut breaches = Vec::new();
    for path in templates() {
        for (id, given) in Page::read(&text(&path)).filled {
            let taken = variables(Lang::ENGLISH, &id).unwrap_or_default();
            if taken != given {
                breaches.push(Breach::at(&format!("{path} {id}"), format!("takes {taken:?} and is given {given:?}")));
            }
        }
    }
    judge("values-of-messages", &breaches);
}

#[test]
fn every_message_is_asked_for() {
    let literals = |path: &String| Page::read(&text(path)).literals.into_iter().map(|literal| literal.text);
    let mut asked: BTreeSet<String> = templates().iter().flat_map(literals).collect();
    asked.extend(sources().iter().flat_map(|path| strings(code(path))));
    let composed = |id: &str| COMPOSED.iter().any(|start| id.starts_with(start));
    let derived = |id: &str| ENDINGS.iter().any(|end| id.strip_suffix(end).is_some_and(|id| asked.contains(id)));
    let idle = ids(Lang::ENGLISH).filter(|id| !asked.contains(*id) && !composed(id) && !derived(id));
    judge("idle-messages", &idle.map(|id| Breach::at(id, "nothing asks for it")).collect::<Vec<_>>());
}

#[test]
fn every_sentence_of_the_program_can_be_told() {
    let told: BTreeSet<String> = ids(Lang::ENGLISH).filter(|id| id.starts_with("told-")).map(bare_message).collect();
    let mut breaches = Vec::new();
    for path in sources().into_iter().filter(|path| !TOLD_TO_PROGRAMS.iter().any(|start| path.starts_with(start))) {
        let code = code(&path);
        let mut sentences = calls(&code, &TELLING);
        sentences.retain(|text| text.ends_with('.'));
        if SHOWN_ERRORS.contains(&path.as_str()) {
            sentences.extend(calls(&code, &["error"]));
        }
        sentences.retain(|text| text.contains(' ') && !TO_PROGRAMS.iter().any(|start| text.starts_with(start)));
        let missing = sentences.into_iter().filter(|text| !told.contains(&bare(text)));
        breaches.extend(missing.map(|text| Breach::at(&format!("{path} {text}"), "has no message `told-…`")));
    }
    judge("untold-sentences", &breaches);
}

#[test]
fn every_noted_deed_has_a_sentence() {
    let known: BTreeSet<&str> = ids(Lang::ENGLISH).collect();
    let mut breaches = Vec::new();
    for path in sources().into_iter().filter(|path| path.starts_with("crates/rostrum-app/")) {
        let deeds = calls(&code(&path), &["by", "anonymous"]).into_iter().filter(|text| is_kebab(text));
        let missing = deeds.filter(|deed| !known.contains(format!("audit-{deed}").as_str()));
        breaches.extend(missing.map(|deed| Breach::at(&format!("{path} {deed}"), "has no message `audit-…`")));
    }
    judge("deeds", &breaches);
}

fn templates() -> Vec<String> {
    let pages = own(&["html"]).into_iter().filter(|path| path.starts_with("templates/"));
    pages.filter(|path| !SPECIMENS.contains(&path.as_str())).collect()
}

/// The program's own sources, tests left out.
fn sources() -> Vec<String> {
    let rust = own(&["rs"]).into_iter().filter(|path| path.starts_with("crates/") && path.contains("/src/"));
    rust.filter(|path| !path.contains("test") && !path.contains("/samples/")).collect()
}

/// A file's tokens up to its tests, which stand at its foot.
fn code(path: &str) -> TokenStream {
    let text = text(path);
    let code = text.split("\n#[cfg(test)]\nmod ").next().unwrap_or_default();
    code.parse().unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The texts among tokens, however deep.
fn strings(tokens: TokenStream) -> Vec<String> {
    let texts = tokens.into_iter().flat_map(|token| match token {
        TokenTree::Group(group) => strings(group.stream()),
        TokenTree::Literal(literal) => {
            syn::parse_str::<LitStr>(&literal.to_string()).map(|text| text.value()).into_iter().collect()
        }
        _ => Vec::new(),
    });
    texts.collect()
}

/// The texts in the parentheses after any of these names.
fn calls(tokens: &TokenStream, names: &[&str]) -> Vec<String> {
    let (mut found, mut called) = (Vec::new(), false);
    for token in tokens.clone() {
        if let TokenTree::Group(group) = &token {
            if called && group.delimiter() == Delimiter::Parenthesis {
                found.extend(strings(group.stream()));
            } else {
                found.extend(calls(&group.stream(), names));
            }
        }
        called = matches!(&token, TokenTree::Ident(name) if names.contains(&name.to_string().as_str()));
    }
    found
}

/// Whether a text of a template is meant as the id of a message.
fn asks(literal: &Literal, known: &BTreeSet<&str>) -> bool {
    let named = literal.filter.as_deref().is_some_and(|filter| NAMING.contains(&filter));
    let shaped = is_kebab(&literal.text);
    let start = literal.text.split_once('-').map(|(start, _)| format!("{start}-"));
    let akin = start.is_some_and(|start| known.iter().any(|id| id.starts_with(&start)));
    let asked = literal.filter.as_deref() == Some("t");
    asked || (shaped && akin && !named && !NAMES.contains(&literal.text.as_str()))
}

fn is_kebab(text: &str) -> bool {
    let plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
    text.split('-').all(|part| !part.is_empty() && part.chars().all(plain))
}

/// Whether a text in an expression is for people: words with spaces between them, or a word with a capital.
fn is_speech(text: &str) -> bool {
    let words = words(text);
    let capital = words.first().is_some_and(|word| word.starts_with(char::is_uppercase) && word.len() > 1);
    capital || (words.len() > 1 && text.split_whitespace().count() > 1)
}

fn words(text: &str) -> Vec<&str> {
    text.split(|letter: char| !letter.is_alphabetic()).filter(|word| !word.is_empty()).collect()
}

/// An English message with its values left out, in the form in which sentences are compared.
fn bare_message(id: &str) -> String {
    let names = variables(Lang::ENGLISH, id).unwrap_or_default();
    bare(&names.iter().fold(say(Lang::ENGLISH, id), |said, name| said.with(name, "{}")).to_string())
}

/// A sentence without its values, its capital and its full stop, which code adds to the words of an error.
fn bare(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        kept.push_str(before);
        kept.push_str("{}");
        rest = after.split_once('}').map_or("", |(_, rest)| rest);
    }
    kept.push_str(rest);
    let kept = kept.trim_end_matches('.');
    let mut letters = kept.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

#[test]
fn sentences_are_compared_without_their_values() {
    assert_eq!(bare("This holds {bytes} of {max:?}."), "this holds {} of {}");
    let code: TokenStream = r#"fn f() { problems.add("a", format!("No {x}.")); other("Not.") }"#.parse().unwrap();
    assert_eq!(calls(&code, &["add"]), ["a", "No {x}."]);
    assert!(is_speech("Take it back") && is_speech("Save") && is_speech("as large"));
    assert!(!is_speech("{}/episodes") && !is_speech("outline") && !is_speech("current-password"));
}

#[test]
fn words_outside_of_expressions_are_found() {
    let html = r#"{# Note #}<p class="a" title="Hello {{ name }}">Hi {{ "a-b"|t|with("x", y|f("z"))|markup }} &amp; "#;
    let page = Page::read(&format!("{html}{}", r#"{% if a == "c" %}ho{% endif %}</p>"#));
    assert_eq!(page.spoken.iter().flat_map(|text| words(text)).collect::<Vec<_>>(), ["Hello", "Hi", "ho"]);
    assert_eq!(page.filled, [("a-b".to_owned(), BTreeSet::from(["x".to_owned()]))]);
    let filters: BTreeMap<_, _> = page.literals.into_iter().map(|one| (one.text, one.filter)).collect();
    assert_eq!((filters["a-b"].as_deref(), filters["c"].as_deref()), (Some("t"), None));
}
