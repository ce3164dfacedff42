//! The forms a setting's value can take, and how each is read from text.

use std::net::{IpAddr, SocketAddr};

use rostrum_edge::Prefix;
use rostrum_words::Lang;
use url::Url;

use super::sections::{LogFormat, Reads};

/// Fewer could be tried one after the other.
const TOKEN_LETTERS_MIN: usize = 16;

/// The form of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Any text that is not empty.
    Text,
    /// A whole number from 1.
    Count,
    /// A number of bytes, with or without a unit.
    Bytes,
    /// An IP address with a port.
    Address,
    /// An IP address.
    Ip,
    /// A web address without path.
    Url,
    /// Address prefixes with commas between them.
    Prefixes,
    /// A language the interface speaks.
    Language,
    /// `text` or `json`.
    LogFormat,
    /// `proxied` or `presigned`.
    Reads,
    /// A secret that nobody guesses and that fits a header.
    Token,
}

impl Kind {
    /// What a person would call it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Count => "whole number above zero",
            Self::Bytes => "number of bytes",
            Self::Address => "IP address with port",
            Self::Ip => "IP address",
            Self::Url => "web address",
            Self::Prefixes => "list of addresses or prefixes",
            Self::Language => "language of the interface",
            Self::LogFormat => "log format",
            Self::Reads => "way of reading (proxied or presigned)",
            Self::Token => "secret of 16 or more letters, digits and signs without spaces",
        }
    }

    /// The text, if it is a value of this form.
    pub(crate) fn parse(self, text: &str) -> Option<()> {
        match self {
            Self::Text => (!text.trim().is_empty()).then_some(()),
            Self::Count => count(text).map(drop),
            Self::Bytes => bytes(text).map(drop),
            Self::Address => text.parse::<SocketAddr>().ok().map(drop),
            Self::Ip => text.parse::<IpAddr>().ok().map(drop),
            Self::Url => site(text).map(drop),
            Self::Prefixes => prefixes(text).map(drop),
            Self::Language => language(text).map(drop),
            Self::LogFormat => log_format(text).map(drop),
            Self::Reads => reads(text).map(drop),
            Self::Token => is_token(text).then_some(()),
        }
    }
}

pub(crate) fn count(text: &str) -> Option<usize> {
    text.trim().parse().ok().filter(|count| *count > 0)
}

/// `1048576`, `1 MiB`, `2 GB`: decimal and binary units.
pub(crate) fn bytes(text: &str) -> Option<u64> {
    let text = text.trim();
    let at = text.find(|c: char| !(c.is_ascii_digit() || c == '_')).unwrap_or(text.len());
    let (digits, unit) = (text[..at].replace('_', ""), text[at..].trim());
    let factor: u64 = match unit.to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        "tb" => 1_000_000_000_000,
        "kib" => 1 << 10,
        "mib" => 1 << 20,
        "gib" => 1 << 30,
        "tib" => 1 << 40,
        _ => return None,
    };
    digits.parse::<u64>().ok()?.checked_mul(factor)
}

/// An http or https address of a whole site.
pub(crate) fn site(text: &str) -> Option<Url> {
    let url = Url::parse(text.trim()).ok()?;
    let plain = url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    (matches!(url.scheme(), "http" | "https") && url.has_host() && plain).then_some(url)
}

pub(crate) fn prefixes(text: &str) -> Option<Vec<Prefix>> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(|part| part.parse().ok()).collect()
}

/// A language there are messages in, by its exact tag.
pub(crate) fn language(text: &str) -> Option<Lang> {
    Lang::find(text).filter(|lang| lang.tag() == text.trim())
}

fn is_token(text: &str) -> bool {
    text.len() >= TOKEN_LETTERS_MIN && text.bytes().all(|letter| letter.is_ascii_graphic())
}

pub(crate) fn reads(text: &str) -> Option<Reads> {
    match text.trim() {
        "proxied" => Some(Reads::Proxied),
        "presigned" => Some(Reads::Presigned),
        _ => None,
    }
}

pub(crate) fn log_format(text: &str) -> Option<LogFormat> {
    match text.trim() {
        "text" => Some(LogFormat::Text),
        "json" => Some(LogFormat::Json),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn byte_counts_take_units() {
        let cases = [
            ("0", Some(0)),
            ("2097152", Some(2 << 20)),
            ("2 MiB", Some(2 << 20)),
            ("2mb", Some(2_000_000)),
            ("1_000 kB", Some(1_000_000)),
            ("", None),
            ("MiB", None),
            ("-1", None),
            ("1.5 GB", None),
            ("99999999999 TiB", None),
            ("12 parsecs", None),
        ];
        for (text, wanted) in cases {
            assert_eq!(bytes(text), wanted, "{text}");
        }
    }

    #[test]
    fn a_site_has_no_path() {
        assert!(site("https://radio.example").is_some() && site("http://127.0.0.1:8080/").is_some());
        for text in ["radio.example", "ftp://radio.example", "https://radio.example/sub", "https://a@radio.example"] {
            assert!(site(text).is_none(), "{text}");
        }
    }

    #[test]
    fn tokens_are_long_and_fit_a_header() {
        for good in ["a-long-random-word", "0123456789abcdef"] {
            assert_eq!(Kind::Token.parse(good), Some(()), "{good}");
        }
        for bad in ["", "secret", "0123456789abcde", "0123456789 abcdef", "0123456789abcdé"] {
            assert_eq!(Kind::Token.parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn lists_may_be_empty() {
        assert_eq!(prefixes(""), Some(vec![]));
        assert_eq!(prefixes("10.0.0.0/8, ::1").map(|list| list.len()), Some(2));
        assert_eq!(prefixes("10.0.0.0/8, proxy"), None);
    }
}
