//! The readable part of an address.

use std::fmt;
use std::str::FromStr;

/// Longest slug, in characters.
const MAX: usize = 80;

/// Lower-case letters, digits and single hyphens, 1 to 80 characters, never shaped like an id.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(transparent)]
pub struct Slug(String);

/// A text that cannot be a slug.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” cannot be part of an address; use a–z, 0–9 and single hyphens, at most 80 characters")]
pub struct BadSlug(pub String);

impl Slug {
    /// A slug made from a title: folded to ASCII where there is a plain form, everything else a hyphen; `fallback`
    /// (itself a valid slug) where nothing is left.
    pub fn from_title(title: &str, fallback: &str) -> Self {
        let mut text = String::new();
        for c in title.chars().flat_map(char::to_lowercase) {
            match fold(c) {
                Some(plain) => text.push_str(plain),
                None if c.is_ascii_alphanumeric() => text.push(c),
                None if !text.is_empty() && !text.ends_with('-') => text.push('-'),
                None => {}
            }
        }
        text.truncate(60);
        let text = text.trim_end_matches('-');
        text.parse().unwrap_or_else(|_| Self(fallback.to_owned()))
    }

    /// The slug with `-n` behind it, for a title that is taken.
    pub fn numbered(&self, n: u32) -> Self {
        let stem: String = self.0.chars().take(MAX - 8).collect();
        Self(format!("{}-{n}", stem.trim_end_matches('-')))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The ASCII spelling of a lower-case letter that has one.
fn fold(c: char) -> Option<&'static str> {
    Some(match c {
        'à' | 'á' | 'â' | 'ã' | 'å' | 'ā' | 'ă' | 'ą' => "a",
        'ä' | 'æ' => "ae",
        'ç' | 'ć' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ę' | 'ě' => "e",
        'ğ' => "g",
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'ı' => "i",
        'ł' => "l",
        'ñ' | 'ń' | 'ň' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ø' | 'ō' | 'ő' => "o",
        'ö' | 'œ' => "oe",
        'ř' => "r",
        'ś' | 'š' | 'ş' => "s",
        'ß' => "ss",
        'ť' | 'ţ' => "t",
        'ù' | 'ú' | 'û' | 'ū' | 'ů' | 'ű' => "u",
        'ü' => "ue",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        'þ' => "th",
        '\'' | '’' => "",
        _ => return None,
    })
}

impl FromStr for Slug {
    type Err = BadSlug;

    fn from_str(text: &str) -> Result<Self, BadSlug> {
        let letters = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        let hyphens = !text.starts_with('-') && !text.ends_with('-') && !text.contains("--");
        let id_shaped = text.len() == 26 && text.parse::<crate::Id<()>>().is_ok();
        if text.is_empty() || text.len() > MAX || !letters || !hyphens || id_shaped {
            return Err(BadSlug(text.chars().take(MAX).collect()));
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> serde::Deserialize<'de> for Slug {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn titles_become_slugs() {
        for (title, slug) in [
            ("Friday Talk", "friday-talk"),
            ("Über Größe & Maß!", "ueber-groesse-mass"),
            ("  Ada's 3rd show ", "adas-3rd-show"),
            ("日本語", "show"),
            ("--", "show"),
        ] {
            assert_eq!(Slug::from_title(title, "show").as_str(), slug, "{title}");
        }
    }

    proptest! {
        #[test]
        fn every_title_gives_a_valid_slug(title in ".*", n: u32) {
            let slug = Slug::from_title(&title, "show");
            prop_assert!(slug.as_str().parse::<Slug>().is_ok());
            prop_assert!(slug.numbered(n).as_str().parse::<Slug>().is_ok());
        }
    }
}
