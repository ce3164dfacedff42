//! A message on its way to be read: its values are filled in one by one, then it is written as text or as HTML.

use std::fmt;

use fluent_bundle::types::FluentNumber;
use fluent_bundle::{FluentArgs, FluentValue};

use crate::{Lang, shelf};

/// A message of a language with the values given so far. As text it is plain; [`Said::markup`] makes it HTML.
#[derive(Clone)]
pub struct Said {
    lang: Lang,
    id: String,
    values: Vec<Filled>,
}

#[derive(Clone)]
struct Filled {
    name: String,
    value: FluentValue<'static>,
    /// Whether the value is HTML already.
    html: bool,
}

impl Said {
    pub(crate) fn new(lang: Lang, id: &str) -> Self {
        Self { lang, id: id.to_owned(), values: Vec::new() }
    }

    /// The same with a value filled in.
    pub fn with(mut self, name: &str, value: impl Value) -> Self {
        self.values.push(Filled { name: name.to_owned(), value: value.value(), html: false });
        self
    }

    /// The same with a piece of HTML filled in, which [`Said::markup`] leaves as it is; only for what is made here.
    pub fn with_html(mut self, name: &str, html: &str) -> Self {
        self.values.push(Filled { name: name.to_owned(), value: html.value(), html: true });
        self
    }

    /// The language it is said in.
    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// As HTML: tags of the message stand, texts that were filled in are escaped.
    pub fn markup(&self) -> String {
        self.written(escape)
    }

    /// A message that does not exist is its own id, so that a slip shows and nothing fails.
    fn written(&self, text: impl Fn(&str) -> String) -> String {
        let found = |lang: Lang| shelf::pattern(lang, &self.id).map(|pattern| (lang, pattern));
        let Some((lang, pattern)) = found(self.lang).or_else(|| found(Lang::ENGLISH)) else {
            return text(&self.id);
        };
        let values = self.values.iter().map(|filled| match &filled.value {
            FluentValue::String(value) if !filled.html => (filled.name.as_str(), FluentValue::from(text(value))),
            other => (filled.name.as_str(), other.clone()),
        });
        let values: FluentArgs<'_> = values.collect();
        lang.tongue().bundle.format_pattern(pattern, Some(&values), &mut Vec::new()).into_owned()
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written(str::to_owned))
    }
}

impl fmt::Debug for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}", self.lang, self.id)
    }
}

impl From<Said> for String {
    fn from(said: Said) -> Self {
        said.to_string()
    }
}

/// Text with nothing in it that HTML takes for its own.
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&#38;"),
            '<' => safe.push_str("&#60;"),
            '>' => safe.push_str("&#62;"),
            '"' => safe.push_str("&#34;"),
            '\'' => safe.push_str("&#39;"),
            plain => safe.push(plain),
        }
    }
    safe
}

/// What can be filled in: a text or a number, which is written as the language writes it and decides plurals.
pub trait Value {
    /// As the messages take it.
    fn value(&self) -> FluentValue<'static>;
}

impl<T: Value + ?Sized> Value for &T {
    fn value(&self) -> FluentValue<'static> {
        (**self).value()
    }
}

macro_rules! texts {
    ($($kind:ty),*) => {$(
        impl Value for $kind {
            fn value(&self) -> FluentValue<'static> {
                FluentValue::from(self.to_string())
            }
        }
    )*};
}

macro_rules! numbers {
    ($($kind:ty),*) => {$(
        impl Value for $kind {
            fn value(&self) -> FluentValue<'static> {
                FluentValue::from(*self)
            }
        }
    )*};
}

/// A number of tenths, written with one decimal place even where that is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tenths(pub u64);

impl Value for Tenths {
    fn value(&self) -> FluentValue<'static> {
        let number: FluentNumber =
            format!("{}.{}", self.0 / 10, self.0 % 10).parse().expect("digits with a point are a number");
        FluentValue::Number(number)
    }
}

texts!(str, String, Said);
numbers!(u8, i8, u16, i16, u32, i32, u64, i64, usize, f64);

#[cfg(test)]
mod tests {
    use crate::{Lang, say};

    #[test]
    fn a_message_is_said_in_its_language_with_its_plural() {
        let german = Lang::find("de").expect("German is there");
        let found =
            |lang, count: usize| say(lang, "search-found").with("count", count).with("query", "Eis").to_string();
        assert_eq!(found(Lang::ENGLISH, 1), "1 episode with “Eis”");
        let size = |lang, tenths| say(lang, "size").with("n", super::Tenths(tenths)).with("unit", "MB").to_string();
        assert_eq!((size(Lang::ENGLISH, 120), size(german, 124)), ("12.0 MB".to_owned(), "12,4 MB".to_owned()));
        assert_eq!(found(german, 12_345), "12.345 Folgen mit „Eis“");
    }

    #[test]
    fn markup_stands_and_values_are_escaped() {
        let said = say(Lang::ENGLISH, "account-signed-in-as").with("email", "<b>&\"'");
        assert_eq!(said.markup(), "You sign in as <strong>&#60;b&#62;&#38;&#34;&#39;</strong>.");
        let moment = say(Lang::ENGLISH, "job-begun").with_html("when", "<time>now</time>");
        assert_eq!(moment.markup(), "begun <time>now</time>");
    }

    #[test]
    fn a_message_that_is_not_there_is_its_id() {
        assert_eq!(say(Lang::ENGLISH, "no such <thing>").to_string(), "no such <thing>");
        assert_eq!(say(Lang::ENGLISH, "no such <thing>").markup(), "no such &#60;thing&#62;");
    }
}
