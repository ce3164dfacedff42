//! What templates may call by name: addresses of static files, icons, durations, counts.

use askama::filters::Safe;
use rostrum_words::{Said, Value};

use super::When;
use crate::words;

/// The address of a static file.
#[askama::filter_fn]
pub(crate) fn asset(path: &str, _: &dyn askama::Values) -> askama::Result<String> {
    Ok(crate::assets::url(path))
}

/// An icon of the sprite, hidden from screen readers; the text beside it names the thing.
#[askama::filter_fn]
pub(crate) fn icon(name: &str, _: &dyn askama::Values) -> askama::Result<Safe<String>> {
    let sprite = crate::assets::url("icons.svg");
    Ok(Safe(format!(r##"<svg class="icon" aria-hidden="true" focusable="false"><use href="{sprite}#{name}"/></svg>"##)))
}

/// `1:02:33` from milliseconds.
#[askama::filter_fn]
pub(crate) fn clock(millis: &i64, _: &dyn askama::Values) -> askama::Result<String> {
    Ok(rostrum_domain::time::clock_text(*millis))
}

/// `1 h 2 min` from milliseconds, as people say it.
#[askama::filter_fn]
pub(crate) fn length(millis: &i64, _: &dyn askama::Values) -> askama::Result<String> {
    Ok(words::length(*millis))
}

/// `12.4 MB` from bytes.
#[askama::filter_fn]
pub(crate) fn megabytes(bytes: &i64, _: &dyn askama::Values) -> askama::Result<String> {
    let tenths = ((*bytes).max(0) + 50_000) / 100_000;
    Ok(words::amount(u64::try_from(tenths).unwrap_or(0), "MB"))
}

/// A message for the reader; `with` fills in its values.
#[askama::filter_fn]
pub(crate) fn t(id: &str, _: &dyn askama::Values) -> askama::Result<Said> {
    Ok(words::say(id))
}

/// The message with a value filled in: a text, or a number that decides the plural.
#[askama::filter_fn]
pub(crate) fn with<V: Value>(said: Said, _: &dyn askama::Values, name: &str, value: V) -> askama::Result<Said> {
    Ok(said.with(name, value))
}

/// The message with a day filled in, which scripts put into the reader's zone; `markup` has to follow.
#[askama::filter_fn]
pub(crate) fn with_day(said: Said, _: &dyn askama::Values, name: &str, when: &When) -> askama::Result<Said> {
    Ok(said.with_html(name, &format!("<time datetime=\"{}\" data-day>{}</time>", when.iso, words::day(when.at))))
}

/// The same with the time of day.
#[askama::filter_fn]
pub(crate) fn with_moment(said: Said, _: &dyn askama::Values, name: &str, when: &When) -> askama::Result<Said> {
    let text = words::moment(when.at);
    Ok(said.with_html(name, &format!("<time datetime=\"{}\" data-moment>{text}</time>", when.iso)))
}

/// The message as HTML: the tags it holds stand, what was filled in is escaped.
#[askama::filter_fn]
pub(crate) fn markup(said: Said, _: &dyn askama::Values) -> askama::Result<Safe<String>> {
    Ok(Safe(said.markup()))
}

/// An English sentence of the program in the reader's language.
#[askama::filter_fn]
pub(crate) fn retold(english: &str, _: &dyn askama::Values) -> askama::Result<String> {
    Ok(words::retell(english))
}

/// `20 November 2026`.
#[askama::filter_fn]
pub(crate) fn day(when: &When, _: &dyn askama::Values) -> askama::Result<String> {
    Ok(words::day(when.at))
}

/// `20 November 2026, 18:00 UTC`.
#[askama::filter_fn]
pub(crate) fn moment(when: &When, _: &dyn askama::Values) -> askama::Result<String> {
    Ok(words::moment(when.at))
}

/// The first letters of the first two words, for a picture that is not there.
#[askama::filter_fn]
pub(crate) fn initials(name: &str, _: &dyn askama::Values) -> askama::Result<String> {
    Ok(name
        .split_whitespace()
        .filter_map(|word| word.chars().find(|letter| letter.is_alphanumeric()))
        .take(2)
        .flat_map(char::to_uppercase)
        .collect())
}

/// One of eight hues, always the same for the same text.
#[askama::filter_fn]
pub(crate) fn hue(name: &str, _: &dyn askama::Values) -> askama::Result<String> {
    let sum = name.bytes().fold(7u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
    Ok(format!("hue-{}", sum.wrapping_mul(2_654_435_761) >> 29))
}

/// The path of a small waveform: one upright stroke per value (0 to 100), three units apart in a box 32 high.
#[askama::filter_fn]
pub(crate) fn strokes(values: &[u8], _: &dyn askama::Values) -> askama::Result<String> {
    use std::fmt::Write;
    let mut path = String::new();
    for (at, value) in values.iter().enumerate() {
        let half = (u32::from(*value).min(100) * 15 / 10).max(8);
        let (x, top) = (at * 3 + 1, 160 - half);
        write!(path, "M{x} {}.{}v{}.{}", top / 10, top % 10, half / 5, half % 5 * 2)?;
    }
    Ok(path)
}

/// An icon that fills a named slot of a custom element.
#[askama::filter_fn]
pub(crate) fn icon_slot(name: &str, _: &dyn askama::Values, slot: &str) -> askama::Result<Safe<String>> {
    let sprite = crate::assets::url("icons.svg");
    let open = format!(r#"<svg class="icon" slot="{slot}" aria-hidden="true" focusable="false">"#);
    Ok(Safe(format!(r##"{open}<use href="{sprite}#{name}"/></svg>"##)))
}

/// A number written with a point, as in `1.5`, as the reader writes it.
#[askama::filter_fn]
pub(crate) fn figure(number: &str, _: &dyn askama::Values) -> askama::Result<String> {
    Ok(words::figure(number))
}

/// A field's name as a person would say it: `owner_email` is the owner's e-mail.
#[askama::filter_fn]
pub(crate) fn field_words(name: &str, _: &dyn askama::Values) -> askama::Result<String> {
    let id = format!("field-{}", name.replace('_', "-"));
    let words = words::say(&id).to_string();
    Ok(if words == id { name.replace('_', " ") } else { words })
}
