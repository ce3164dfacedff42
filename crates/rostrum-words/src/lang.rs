//! The languages there are, one a folder of `locales/`, and which of them a reader gets.

use std::fmt;

use crate::shelf::{self, Tongue};

/// A language the interface speaks; English is the first and the default.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Lang(u8);

impl Lang {
    /// The language of the API and of everything written down for later.
    pub const ENGLISH: Self = Self(0);

    /// Every language, English first.
    pub fn all() -> impl Iterator<Item = Self> {
        let count = u8::try_from(shelf::tongues().len()).expect("there are a few languages");
        (0..count).map(Self)
    }

    /// The language of a tag (BCP 47), as `de` also of `de-AT`; none if the interface does not speak it.
    pub fn find(tag: &str) -> Option<Self> {
        let exact = |wanted: &str| Self::all().find(|lang| lang.tag().eq_ignore_ascii_case(wanted));
        let tag = tag.trim();
        exact(tag).or_else(|| exact(tag.split(['-', '_']).next()?))
    }

    /// Its tag, as in `de`.
    pub fn tag(self) -> &'static str {
        &self.tongue().tag
    }

    /// What its speakers call it, as in `Deutsch`.
    pub fn name(self) -> String {
        crate::say(self, "language-name").to_string()
    }

    /// The direction it is written in: `ltr` or `rtl`.
    pub fn dir(self) -> &'static str {
        let first = self.tag().split('-').next().unwrap_or_default();
        if ["ar", "fa", "he", "ur", "yi", "ckb", "dv", "ps", "sd", "ug"].contains(&first) { "rtl" } else { "ltr" }
    }

    pub(crate) fn tongue(self) -> &'static Tongue {
        &shelf::tongues()[usize::from(self.0)]
    }
}

impl fmt::Debug for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Lang({})", self.tag())
    }
}

/// The language a reader gets: the one they chose, else the best their browser asks for (`Accept-Language`, RFC 9110
/// section 12.5.4), else the site's own.
pub fn choose(chosen: Option<&str>, accept: &str, site: Lang) -> Lang {
    chosen.and_then(Lang::find).or_else(|| best(accept)).unwrap_or(site)
}

/// The language with the highest weight; the first of equals.
fn best(accept: &str) -> Option<Lang> {
    let mut best: Option<(u16, Lang)> = None;
    for part in accept.split(',').take(32) {
        let (tag, rest) = part.split_once(';').unwrap_or((part, ""));
        let weight = weight(rest);
        let Some(lang) = Lang::find(tag).filter(|_| weight > 0) else { continue };
        if best.is_none_or(|(known, _)| weight > known) {
            best = Some((weight, lang));
        }
    }
    best.map(|(_, lang)| lang)
}

/// A weight in thousandths; a part without one has the highest, one that cannot be read the lowest.
fn weight(text: &str) -> u16 {
    let Some(digits) = text.trim().strip_prefix("q=") else { return if text.trim().is_empty() { 1000 } else { 0 } };
    let value: f32 = digits.trim().parse().unwrap_or(0.0);
    // Between 0 and 1000, so the cast keeps it whole.
    (value.clamp(0.0, 1.0) * 1000.0).round() as u16
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn german() -> Lang {
        Lang::find("de").expect("German is there")
    }

    #[test]
    fn languages_are_found_by_tag() {
        assert_eq!((Lang::default().tag(), Lang::ENGLISH.dir()), ("en", "ltr"));
        assert_eq!(Lang::find("de-AT"), Some(german()));
        assert_eq!((Lang::find("EN-gb"), Lang::find("xx"), Lang::find("")), (Some(Lang::ENGLISH), None, None));
        assert_eq!(german().name(), "Deutsch");
    }

    #[test]
    fn a_choice_goes_before_the_browser_and_the_browser_before_the_site() {
        let site = german();
        assert_eq!(choose(Some("en"), "de", site), Lang::ENGLISH);
        assert_eq!(choose(Some("tlh"), "en", site), Lang::ENGLISH);
        assert_eq!(choose(None, "fr, pl;q=0.5", site), german());
        assert_eq!(choose(None, "", Lang::ENGLISH), Lang::ENGLISH);
    }

    #[test]
    fn the_highest_weight_wins() {
        for (accept, expected) in [
            ("de", "de"),
            ("en-US,en;q=0.9,de;q=0.8", "en"),
            ("fr-CH, fr;q=0.9, en;q=0.7, de;q=0.8, *;q=0.5", "de"),
            ("en;q=0, de;q=0.1", "de"),
            ("en;q=nonsense, de;q=0.001", "de"),
            ("en , de", "en"),
        ] {
            assert_eq!(best(accept).map(Lang::tag), Some(expected), "{accept}");
        }
        assert_eq!(best("*"), None);
    }

    proptest! {
        #[test]
        fn any_header_gives_some_language(accept in ".{0,200}", chosen in proptest::option::of(".{0,20}")) {
            let lang = choose(chosen.as_deref(), &accept, Lang::ENGLISH);
            prop_assert!(Lang::all().any(|known| known == lang));
        }
    }
}
