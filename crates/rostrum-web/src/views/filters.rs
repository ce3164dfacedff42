//! What templates may call by name: addresses of static files, icons, durations, counts.

use askama::filters::Safe;

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
    let minutes = (*millis).max(0) / 60_000;
    Ok(match (minutes / 60, minutes % 60) {
        (0, 0) => format!("{} s", (*millis).max(0) / 1000),
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    })
}

/// `12.4 MB` from bytes.
#[askama::filter_fn]
pub(crate) fn megabytes(bytes: &i64, _: &dyn askama::Values) -> askama::Result<String> {
    let tenths = ((*bytes).max(0) + 50_000) / 100_000;
    Ok(format!("{}.{} MB", tenths / 10, tenths % 10))
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

/// A field's name as a person would say it: `owner_email` becomes `Owner email`.
#[askama::filter_fn]
pub(crate) fn field_words(name: &str, _: &dyn askama::Values) -> askama::Result<String> {
    let words = name.replace('_', " ");
    let mut letters = words.chars();
    Ok(letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default())
}
