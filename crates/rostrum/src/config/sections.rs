//! The typed configuration: one struct per section, each built from the settings it needs.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use rostrum_domain::Secret;
use rostrum_edge::{Prefix, TlsFiles};
use rostrum_words::Lang;
use url::Url;

use super::layers::Settings;
use super::{ConfigError, value};

/// Everything the program is told.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    pub(crate) site_name: String,
    pub(crate) language: Lang,
    pub(crate) data: PathBuf,
    pub(crate) http: Http,
    pub(crate) rtc: Rtc,
    pub(crate) database_url: Secret<String>,
    pub(crate) media: Media,
    pub(crate) mail: Option<Mail>,
    pub(crate) limits: Limits,
    pub(crate) metrics_token: Option<Secret<String>>,
    pub(crate) load_token: Option<String>,
    pub(crate) edges: usize,
    pub(crate) log: Log,
}

/// The public side.
#[derive(Debug, Clone)]
pub(crate) struct Http {
    pub(crate) listen: SocketAddr,
    pub(crate) public_url: Option<Url>,
    pub(crate) tls: Option<TlsFiles>,
    pub(crate) redirect: Option<SocketAddr>,
    pub(crate) trusted_proxies: Vec<Prefix>,
}

/// The speakers' side.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rtc {
    pub(crate) listen: SocketAddr,
    pub(crate) public_ip: Option<IpAddr>,
    pub(crate) shards: usize,
}

/// Where media are kept.
#[derive(Debug, Clone)]
pub(crate) struct Media {
    pub(crate) url: String,
    pub(crate) reads: Reads,
    pub(crate) retired_days: usize,
    pub(crate) access_key: Option<Secret<String>>,
    pub(crate) secret_key: Option<Secret<String>>,
}

/// Who serves published recordings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reads {
    /// This program.
    Proxied,
    /// The bucket itself, at addresses that hold for a while.
    Presigned,
}

/// The mail server.
#[derive(Debug, Clone)]
pub(crate) struct Mail {
    pub(crate) url: Secret<String>,
    pub(crate) from: String,
}

/// What people and clients may cost.
#[derive(Debug, Clone)]
pub(crate) struct Limits {
    pub(crate) upload_bytes_max: u64,
    pub(crate) show_bytes_max: u64,
    pub(crate) disk_reserve_bytes: u64,
    pub(crate) body_bytes_max: u64,
    pub(crate) connections: usize,
    pub(crate) connections_per_client: usize,
}

/// Logging.
#[derive(Debug, Clone)]
pub(crate) struct Log {
    pub(crate) level: String,
    pub(crate) format: LogFormat,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// For programs, an object a line.
    Json,
}

/// Reads values that the layers have checked already.
struct Reader<'s>(&'s Settings);

impl Reader<'_> {
    fn text(&self, path: &str) -> Option<String> {
        self.0.get(path).map(|setting| setting.text.clone())
    }

    fn secret(&self, path: &str) -> Option<Secret<String>> {
        self.text(path).map(Secret::new)
    }

    fn read<T>(&self, path: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        self.text(path).map(|text| parse(&text).expect("layers take only values of the key's form"))
    }

    fn usual<T>(&self, path: &str, parse: impl Fn(&str) -> Option<T>) -> T {
        self.read(path, parse).expect("this key has a default")
    }

    fn address(&self, path: &str) -> Option<SocketAddr> {
        self.read(path, |text| text.parse().ok())
    }
}

impl Config {
    /// The typed form of `settings`, checked for what does not go together.
    pub(crate) fn build(settings: &Settings) -> Result<Self, ConfigError> {
        let from = Reader(settings);
        let data = from.usual("data.dir", |text| Some(PathBuf::from(text)));
        Ok(Self {
            site_name: from.usual("site.name", |text| Some(text.to_owned())),
            language: from.usual("site.language", value::language),
            http: Http::build(&from)?,
            rtc: Rtc::build(&from),
            database_url: from.secret("database.url").unwrap_or_else(|| own_database(&data)),
            media: Media::build(&from, &data)?,
            mail: mail(&from)?,
            limits: Limits::build(&from),
            metrics_token: from.secret("metrics.token"),
            load_token: from.text("load.token"),
            edges: from.usual("edge.edges", value::count),
            log: Log {
                level: from.usual("log.level", |text| Some(text.to_owned())),
                format: from.usual("log.format", value::log_format),
            },
            data,
        })
    }

    /// The site's address: as configured, or where it listens when that is `bound`.
    pub(crate) fn public_url(&self, bound: SocketAddr) -> Url {
        self.http.public_url.clone().unwrap_or_else(|| {
            let scheme = if self.http.tls.is_some() { "https" } else { "http" };
            let host =
                if bound.ip().is_unspecified() { format!("localhost:{}", bound.port()) } else { bound.to_string() };
            Url::parse(&format!("{scheme}://{host}")).expect("a socket address makes a web address")
        })
    }

    /// Where speakers find the relay, which shares the site's port: only where that speaks TLS itself.
    pub(crate) fn relay_url(&self, bound: SocketAddr) -> Option<String> {
        self.http.tls.as_ref()?;
        let site = Some(self.public_url(bound)).filter(|site| site.scheme() == "https")?;
        Some(format!("turns:{}:{}?transport=tcp", site.host_str()?, site.port_or_known_default()?))
    }
}

fn own_database(data: &Path) -> Secret<String> {
    let path = data.join("rostrum.db").display().to_string();
    // What would be read as part of an address and not of a path.
    Secret::new(format!("sqlite:{}", path.replace('%', "%25").replace('?', "%3F").replace('#', "%23")))
}

impl Http {
    fn build(from: &Reader<'_>) -> Result<Self, ConfigError> {
        let tls = match (from.text("http.tls_certificate"), from.text("http.tls_key")) {
            (Some(certificate), Some(key)) => Some(TlsFiles { certificate: certificate.into(), key: key.into() }),
            (None, None) => None,
            _ => return Err(together("http.tls_certificate and http.tls_key belong together; set both or neither")),
        };
        let redirect = from.address("http.redirect");
        if redirect.is_some() && tls.is_none() {
            return Err(together("http.redirect leads to HTTPS; set http.tls_certificate and http.tls_key too"));
        }
        Ok(Self {
            listen: from.usual("http.listen", |text| text.parse().ok()),
            public_url: from.read("http.public_url", value::site),
            tls,
            redirect,
            trusted_proxies: from.read("http.trusted_proxies", value::prefixes).unwrap_or_default(),
        })
    }
}

impl Rtc {
    fn build(from: &Reader<'_>) -> Self {
        Self {
            listen: from.usual("rtc.listen", |text| text.parse().ok()),
            public_ip: from.read("rtc.public_ip", |text| text.parse().ok()),
            shards: from.usual("rtc.shards", value::count),
        }
    }
}

impl Media {
    /// The folder, unless it is a bucket.
    pub(crate) fn folder(&self) -> Option<&Path> {
        (!self.url.starts_with("s3://")).then(|| Path::new(self.url.strip_prefix("file://").unwrap_or(&self.url)))
    }

    fn build(from: &Reader<'_>, data: &Path) -> Result<Self, ConfigError> {
        let url = from.text("media.url").unwrap_or_else(|| data.join("media").display().to_string());
        let (access_key, secret_key) = (from.secret("media.access_key"), from.secret("media.secret_key"));
        if access_key.is_some() != secret_key.is_some() {
            return Err(together("media.access_key and media.secret_key belong together; set both or neither"));
        }
        let reads = from.usual("media.reads", value::reads);
        if reads == Reads::Presigned && !url.starts_with("s3://") {
            return Err(together("media.reads is presigned, which needs a bucket; set media.url to one, or proxied"));
        }
        let retired_days = from.usual("media.retired_days", value::count);
        Ok(Self { url, reads, retired_days, access_key, secret_key })
    }
}

fn mail(from: &Reader<'_>) -> Result<Option<Mail>, ConfigError> {
    match (from.secret("mail.url"), from.text("mail.from")) {
        (Some(url), Some(from)) => Ok(Some(Mail { url, from })),
        (None, None) => Ok(None),
        _ => Err(together("mail.url and mail.from belong together; set both or neither")),
    }
}

impl Limits {
    fn build(from: &Reader<'_>) -> Self {
        Self {
            upload_bytes_max: from.usual("limits.upload_bytes_max", value::bytes),
            show_bytes_max: from.usual("limits.show_bytes_max", value::bytes),
            disk_reserve_bytes: from.usual("limits.disk_reserve_bytes", value::bytes),
            body_bytes_max: from.usual("limits.body_bytes_max", value::bytes),
            connections: from.usual("limits.connections", value::count),
            connections_per_client: from.usual("limits.connections_per_client", value::count),
        }
    }
}

fn together(message: &str) -> ConfigError {
    ConfigError::Together(format!("{message}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn build(flags: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let mut settings = Settings::defaults();
        for (path, text) in flags {
            settings.set_flag("--test", path, (*text).to_owned())?;
        }
        Config::build(&settings)
    }

    #[test]
    fn nothing_set_is_a_site_for_this_machine() {
        let config = build(&[]).unwrap();
        assert_eq!(config.http.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(config.database_url.reveal(), "sqlite:data/rostrum.db");
        assert_eq!(config.media.url, "data/media");
        assert!(config.mail.is_none() && config.http.tls.is_none());
        assert_eq!(config.public_url("127.0.0.1:9".parse().unwrap()).as_str(), "http://127.0.0.1:9/");
        assert_eq!(config.public_url("0.0.0.0:9".parse().unwrap()).as_str(), "http://localhost:9/");
    }

    #[test]
    fn the_relay_is_where_the_site_is_if_that_speaks_tls_itself() {
        let bound = "192.0.2.1:9".parse().unwrap();
        let url = |more: &[(&str, &str)]| build(more).unwrap().relay_url(bound);
        let files = [("http.tls_certificate", "c"), ("http.tls_key", "k")];
        let public = |url| [files[0], files[1], ("http.public_url", url)];
        assert_eq!(url(&files).as_deref(), Some("turns:192.0.2.1:9?transport=tcp"));
        assert_eq!(url(&public("https://radio.example")).as_deref(), Some("turns:radio.example:443?transport=tcp"));
        assert_eq!(
            url(&public("https://[2001:db8::1]:8443")).as_deref(),
            Some("turns:[2001:db8::1]:8443?transport=tcp")
        );
        assert_eq!(url(&[("http.public_url", "https://radio.example")]), None, "a proxy ends its TLS");
        assert_eq!(url(&[]), None);
    }

    #[test]
    fn halves_are_refused() {
        for half in [
            &[("http.tls_key", "k")][..],
            &[("http.redirect", "0.0.0.0:80")],
            &[("media.access_key", "k")],
            &[("mail.from", "a@b.example")],
            &[("media.reads", "presigned")],
        ] {
            assert!(matches!(build(half), Err(ConfigError::Together(_))), "{half:?}");
        }
    }

    #[test]
    fn the_debug_form_keeps_secrets() {
        let config = build(&[
            ("database.url", "postgres://u:hunter2@h/d"),
            ("mail.url", "smtp://u:hunter2@h"),
            ("mail.from", "a@b.example"),
            ("media.access_key", "hunter2"),
            ("media.secret_key", "hunter2"),
        ])
        .unwrap();
        assert!(!format!("{config:?}").contains("hunter2"));
    }
}
