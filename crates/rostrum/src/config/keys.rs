//! Every setting there is: its name, form, default, and what it is for. Files, environment, `rostrum config` and the
//! reference in docs/configuration.md all go by this list.

use super::value::Kind;

/// One setting.
#[derive(Debug)]
pub(crate) struct Key {
    /// Section and name, as in `rostrum.toml`.
    pub(crate) path: &'static str,
    /// The form of its value.
    pub(crate) kind: Kind,
    /// Its value when nothing sets it; none when it is then off or follows from others.
    pub(crate) default: Option<&'static str>,
    /// A value someone could write.
    pub(crate) example: &'static str,
    /// Whether `rostrum config` and logs hide it.
    pub(crate) secret: bool,
    /// What it is for, a sentence.
    pub(crate) about: &'static str,
}

const fn key(path: &'static str, kind: Kind, example: &'static str, about: &'static str) -> Key {
    Key { path, kind, default: None, example, secret: false, about }
}

impl Key {
    /// With its example as its default.
    const fn usual(self) -> Self {
        Self { default: Some(self.example), ..self }
    }

    const fn hidden(self) -> Self {
        Self { secret: true, ..self }
    }

    /// The name of its environment variable.
    pub(crate) fn variable(&self) -> String {
        format!("ROSTRUM_{}", self.path.replace('.', "__").to_uppercase())
    }

    /// The key of that name.
    pub(crate) fn find(path: &str) -> Option<&'static Self> {
        KEYS.iter().find(|key| key.path == path)
    }
}

/// The settings, section by section.
pub(crate) const KEYS: &[Key] = &[
    key("site.name", Kind::Text, "Rostrum", "The name of the site, shown on its pages.").usual(),
    key(
        "site.language",
        Kind::Language,
        "en",
        "The language of pages for whoever's browser asks for none that there is, and of mails: en or de.",
    )
    .usual(),
    key("data.dir", Kind::Text, "data", "The folder of everything that is kept on this machine.").usual(),
    key("http.listen", Kind::Address, "127.0.0.1:8080", "The public address; port 0 lets the system choose.").usual(),
    key(
        "http.public_url",
        Kind::Url,
        "https://radio.example",
        "The site's address as listeners type it; feeds and links use it. Without it, the listening address.",
    ),
    key(
        "http.tls_certificate",
        Kind::Text,
        "/etc/rostrum/fullchain.pem",
        "The certificate chain in PEM form; with it and the key, `http.listen` speaks HTTPS. Changes are taken up.",
    ),
    key("http.tls_key", Kind::Text, "/etc/rostrum/privkey.pem", "The certificate's private key in PEM form."),
    key("http.redirect", Kind::Address, "0.0.0.0:80", "A plain HTTP address that only leads to the HTTPS one."),
    key(
        "http.trusted_proxies",
        Kind::Prefixes,
        "127.0.0.1, 10.0.0.0/8",
        "Proxies whose word on a client's address, protocol and host is believed; nobody by default.",
    ),
    key(
        "rtc.listen",
        Kind::Address,
        "127.0.0.1:3478",
        "Where speakers reach the stage, UDP and TCP on one port; 0.0.0.0 stands for every address of this machine.",
    )
    .usual(),
    key(
        "rtc.public_ip",
        Kind::Ip,
        "203.0.113.7",
        "The address that speakers are told instead, when a router maps the port of `rtc.listen`.",
    ),
    key("rtc.shards", Kind::Count, "1", "Threads that share the live rooms; one is enough for dozens of them.").usual(),
    key(
        "database.url",
        Kind::Text,
        "postgres://rostrum:password@localhost/rostrum",
        "The database; without it, SQLite in the data folder.",
    )
    .hidden(),
    key(
        "media.url",
        Kind::Text,
        "s3://bucket/prefix?endpoint=https://s3.example&region=eu-1",
        "Where audio, pictures and other files are stored: a folder or a bucket; without it, in the data folder.",
    ),
    key(
        "media.reads",
        Kind::Reads,
        "proxied",
        "Who serves published recordings: proxied is Rostrum itself, presigned sends readers to the bucket for them.",
    )
    .usual(),
    key("media.access_key", Kind::Text, "AKIAEXAMPLE", "The bucket's access key.").hidden(),
    key("media.secret_key", Kind::Text, "example", "The bucket's secret key.").hidden(),
    key(
        "media.retired_days",
        Kind::Count,
        "7",
        "Days for which a file that was replaced is still served: feeds delivered before lead to it.",
    )
    .usual(),
    key(
        "mail.url",
        Kind::Text,
        "smtps://user:password@mail.example:465",
        "The mail server; without it, one-time links are shown to who makes them instead of mailed.",
    )
    .hidden(),
    key("mail.from", Kind::Text, "Rostrum <rostrum@radio.example>", "The sender of mails."),
    key("limits.upload_bytes_max", Kind::Bytes, "8 GiB", "The largest single upload.").usual(),
    key("limits.show_bytes_max", Kind::Bytes, "100 GiB", "What all files of one show may take together.").usual(),
    key(
        "limits.disk_reserve_bytes",
        Kind::Bytes,
        "1 GiB",
        "What uploads leave free on the disks of the data folder and of a media folder.",
    )
    .usual(),
    key(
        "limits.body_bytes_max",
        Kind::Bytes,
        "24 MiB",
        "The largest request that is not an upload; pictures and transcripts count.",
    )
    .usual(),
    key(
        "limits.connections",
        Kind::Count,
        "4096",
        "Connections one edge serves at once, listeners of live streams apart.",
    )
    .usual(),
    key(
        "limits.connections_per_client",
        Kind::Count,
        "256",
        "Connections at once of one IPv4 address or IPv6 /64; loopback and trusted proxies are exempt.",
    )
    .usual(),
    key(
        "metrics.token",
        Kind::Token,
        "a-long-random-word",
        "What opens `/metrics` as a bearer token, 16 characters or more; without it there is none.",
    )
    .hidden(),
    key(
        "load.token",
        Kind::Token,
        "a-long-random-word",
        "What `/.well-known/rostrum-load` shows, so that `rostrum load` may come from another machine.",
    ),
    key("edge.edges", Kind::Count, "1", "How many edge processes share the public address.").usual(),
    key(
        "log.level",
        Kind::Text,
        "info",
        "What is logged: error, warn, info, debug or trace, also by part as in info,rostrum_web=debug.",
    )
    .usual(),
    key("log.format", Kind::LogFormat, "text", "How it is logged: text for people, json for programs.").usual(),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_sections_and_keys_and_unique() {
        let mut seen = BTreeSet::new();
        for key in KEYS {
            assert_eq!(key.path.split('.').count(), 2, "{}", key.path);
            assert!(seen.insert(key.path), "{} stands twice", key.path);
            assert!(key.about.ends_with('.'), "{}", key.path);
        }
    }

    #[test]
    fn defaults_and_examples_are_values_of_their_kind() {
        for key in KEYS {
            assert!(key.kind.parse(key.example).is_some(), "{}: {}", key.path, key.example);
        }
    }

    #[test]
    fn every_key_stands_in_the_reference() {
        let reference = include_str!("../../../../docs/configuration.md");
        for key in KEYS {
            let shown = key.default.map_or_else(|| format!("e.g. `{}`", key.example), |default| format!("`{default}`"));
            let row = format!("| `{}` | {shown} | {} |", key.path, key.about);
            assert!(reference.contains(&row), "docs/configuration.md lacks the row\n{row}");
        }
        let rows = reference.lines().filter(|line| line.starts_with("| `") && line.contains('.')).count();
        assert_eq!(rows, KEYS.len(), "docs/configuration.md describes a setting that does not exist");
    }
}
