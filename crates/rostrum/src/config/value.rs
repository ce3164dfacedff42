//! The forms a setting's value can take, and how each is read from text.

use std::net::SocketAddr;

use rostrum_edge::Prefix;
use url::Url;

use super::sections::LogFormat;

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
    /// A web address without path.
    Url,
    /// Address prefixes with commas between them.
    Prefixes,
    /// `text` or `json`.
    LogFormat,
}

impl Kind {
    /// What a person would call it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Count => "whole number above zero",
            Self::Bytes => "number of bytes",
            Self::Address => "IP address with port",
            Self::Url => "web address",
            Self::Prefixes => "list of addresses or prefixes",
            Self::LogFormat => "log format",
        }
    }

    /// The text, if it is a value of this form.
    pub(crate) fn parse(self, text: &str) -> Option<()> {
        match self {
            Self::Text => (!text.trim().is_empty()).then_some(()),
            Self::Count => count(text).map(drop),
            Self::Bytes => bytes(text).map(drop),
            Self::Address => text.parse::<SocketAddr>().ok().map(drop),
            Self::Url => site(text).map(drop),
            Self::Prefixes => prefixes(text).map(drop),
            Self::LogFormat => log_format(text).map(drop),
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
    fn lists_may_be_empty() {
        assert_eq!(prefixes(""), Some(vec![]));
        assert_eq!(prefixes("10.0.0.0/8, ::1").map(|list| list.len()), Some(2));
        assert_eq!(prefixes("10.0.0.0/8, proxy"), None);
    }
}
