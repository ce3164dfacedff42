//! The messages of `locales/`, read once: a bundle a language, with its way of writing numbers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentResource, FluentValue};
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use rust_embed::RustEmbed;

use crate::Lang;

#[derive(RustEmbed)]
#[folder = "../../locales"]
struct Files;

/// The language that has every message.
const FIRST: &str = "en";

/// A language and all its messages.
pub(crate) struct Tongue {
    /// Its tag, the name of its folder.
    pub(crate) tag: String,
    /// Its messages.
    pub(crate) bundle: FluentBundle<FluentResource>,
    /// The ids, in the order of the files and within them.
    ids: Vec<String>,
}

static TONGUES: LazyLock<Vec<Tongue>> = LazyLock::new(|| {
    let mut texts = BTreeMap::<String, Vec<String>>::new();
    for path in Files::iter() {
        let (tag, _) = path.split_once('/').expect("messages lie in the folder of their language");
        let file = Files::get(&path).expect("the path comes from the list of embedded files");
        texts.entry(tag.to_owned()).or_default().push(String::from_utf8_lossy(&file.data).into_owned());
    }
    let first = texts.remove(FIRST).expect("English is embedded");
    std::iter::once((FIRST.to_owned(), first)).chain(texts).map(|(tag, texts)| Tongue::read(tag, texts)).collect()
});

/// Every language, English first.
pub(crate) fn tongues() -> &'static [Tongue] {
    &TONGUES
}

/// The ids of a language's messages, in the order of the files and within them.
pub fn ids(lang: Lang) -> impl Iterator<Item = &'static str> {
    lang.tongue().ids.iter().map(String::as_str)
}

/// The names of the values a message takes; none if the language lacks it.
pub fn variables(lang: Lang, id: &str) -> Option<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    gather(pattern(lang, id)?, &mut names);
    Some(names)
}

/// The pattern of a message.
pub(crate) fn pattern(lang: Lang, id: &str) -> Option<&'static Pattern<&'static str>> {
    lang.tongue().bundle.get_message(id)?.value()
}

impl Tongue {
    /// Reads its files. What cannot be read is left out and said in English; a test refuses such files.
    fn read(tag: String, texts: Vec<String>) -> Self {
        let locale = tag.parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![locale]);
        // The marks that isolate values are meant for text alone; pages say `dir="auto"` where it matters.
        bundle.set_use_isolating(false);
        let mut ids = Vec::new();
        for text in texts {
            let resource = FluentResource::try_new(text).unwrap_or_else(|(readable, _)| readable);
            ids.extend(resource.entries().filter_map(message_id));
            bundle.add_resource_overriding(resource);
        }
        let mut tongue = Self { tag, bundle, ids };
        let comma = tongue.plain("decimal-mark").as_deref() == Some(",");
        tongue.bundle.set_formatter(Some(if comma { comma_number } else { point_number }));
        tongue
    }

    fn plain(&self, id: &str) -> Option<String> {
        let pattern = self.bundle.get_message(id)?.value()?;
        Some(self.bundle.format_pattern(pattern, None, &mut Vec::new()).into_owned())
    }
}

fn message_id(entry: &Entry<&str>) -> Option<String> {
    match entry {
        Entry::Message(message) => Some(message.id.name.to_owned()),
        _ => None,
    }
}

fn gather(pattern: &Pattern<&str>, names: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        let PatternElement::Placeable { expression } = element else { continue };
        match expression {
            Expression::Inline(inline) => gather_inline(inline, names),
            Expression::Select { selector, variants } => {
                gather_inline(selector, names);
                variants.iter().for_each(|variant| gather(&variant.value, names));
            }
        }
    }
}

fn gather_inline(inline: &InlineExpression<&str>, names: &mut BTreeSet<String>) {
    if let InlineExpression::VariableReference { id } = inline {
        names.insert(id.name.to_owned());
    }
}

fn point_number<M>(value: &FluentValue<'_>, _: &M) -> Option<String> {
    number(value, '.', ',')
}

fn comma_number<M>(value: &FluentValue<'_>, _: &M) -> Option<String> {
    number(value, ',', '.')
}

/// A number as people write it: `12,345.6` in English, `12.345,6` in German. Four digits stay together, as in a year.
fn number(value: &FluentValue<'_>, decimal: char, group: char) -> Option<String> {
    let FluentValue::Number(number) = value else { return None };
    let text = number.as_string();
    let (whole, part) = text.split_once('.').map_or((text.as_ref(), None), |(whole, part)| (whole, Some(part)));
    let digits = whole.trim_start_matches('-');
    let mut written = whole[..whole.len() - digits.len()].to_owned();
    for (at, digit) in digits.char_indices() {
        if digits.len() > 4 && at > 0 && (digits.len() - at).is_multiple_of(3) {
            written.push(group);
        }
        written.push(digit);
    }
    if let Some(part) = part {
        written.push(decimal);
        written.push_str(part);
    }
    Some(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_read_whole() {
        for path in Files::iter() {
            let file = Files::get(&path).expect("it is listed");
            let text = String::from_utf8(file.data.into_owned()).expect("messages are UTF-8");
            if let Err((_, errors)) = FluentResource::try_new(text) {
                panic!("locales/{path}: {errors:?}");
            }
        }
    }

    #[test]
    fn an_id_stands_for_one_message() {
        for lang in Lang::all() {
            let mut seen = BTreeSet::new();
            let twice: Vec<_> = ids(lang).filter(|id| !seen.insert(*id)).collect();
            assert!(twice.is_empty(), "{lang:?}: {twice:?}");
        }
    }

    #[test]
    fn every_language_has_the_messages_and_values_of_english() {
        for lang in Lang::all() {
            let (ours, english): (BTreeSet<_>, BTreeSet<_>) = (ids(lang).collect(), ids(Lang::ENGLISH).collect());
            let missing: Vec<_> = english.difference(&ours).collect();
            let strange: Vec<_> = ours.difference(&english).collect();
            assert!(missing.is_empty() && strange.is_empty(), "{lang:?} lacks {missing:?} and invents {strange:?}");
            for id in english {
                assert_eq!(variables(lang, id), variables(Lang::ENGLISH, id), "{lang:?}: the values of {id}");
            }
        }
    }

    #[test]
    fn every_language_has_the_markup_of_english() {
        let tags = |lang: Lang, id: &str| {
            let text = pattern(lang, id).map(|pattern| format!("{pattern:?}")).unwrap_or_default();
            let mut tags: Vec<_> = text.split('<').skip(1).map(|rest| rest.split('>').next().unwrap_or("")).collect();
            tags.sort_unstable();
            tags.into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        for lang in Lang::all() {
            for id in ids(Lang::ENGLISH) {
                assert_eq!(tags(lang, id), tags(Lang::ENGLISH, id), "{lang:?}: the tags of {id}");
            }
        }
    }

    #[test]
    fn numbers_are_written_as_people_write_them() {
        let value = |number: f64| FluentValue::from(number);
        assert_eq!(point_number(&value(1_234_567.5), &()), Some("1,234,567.5".to_owned()));
        assert_eq!(comma_number(&value(-12_345.25), &()), Some("-12.345,25".to_owned()));
        assert_eq!(comma_number(&value(2026.0), &()), Some("2026".to_owned()));
        assert_eq!(point_number(&FluentValue::from("12345"), &()), None);
    }
}
