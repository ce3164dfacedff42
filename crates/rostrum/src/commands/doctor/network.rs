//! Checks of what faces the world: the listening address, the public one, the certificate, mail.

use super::{Check, Finding};
use crate::config::Config;
use crate::supervise::{DataFolder, reserve};

pub(super) fn address(config: &Config) -> Finding {
    let check = Check("listening address", "Browsers and podcast apps connect there.");
    let listen = config.http.listen;
    let Err(error) = reserve(listen, "http.listen or --http") else { return check.good(listen.to_string()) };
    if config.data.exists() && DataFolder::prepare(&config.data).is_err() {
        return check.good(format!("{listen}, and Rostrum is serving"));
    }
    check.bad(format!("{error:#}"), "Free the address or choose another.")
}

pub(super) fn public_url(config: &Config) -> Finding {
    let check =
        Check("public address", "Feeds and links carry it for ever, and browsers allow sign-in only over HTTPS.");
    let loopback = config.http.listen.ip().is_loopback();
    match &config.http.public_url {
        Some(url) if url.scheme() == "https" => check.good(url.to_string()),
        Some(url) if is_local(url) => check.good(format!("{url} (this machine only)")),
        Some(url) => check.bad(
            format!("{url} is not HTTPS"),
            "Write it with https:// and either set http.tls_certificate and http.tls_key or put a proxy in front.",
        ),
        None if loopback => check.good("none; the site is for this machine only"),
        None => check.bad(
            format!("none, though {} can be reached from elsewhere", config.http.listen),
            "Set http.public_url to the address listeners type, beginning with https://.",
        ),
    }
}

fn is_local(url: &url::Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

pub(super) fn certificate(config: &Config) -> Finding {
    let check = Check("certificate", "With it Rostrum speaks HTTPS by itself.");
    let Some(files) = &config.http.tls else {
        let proxied = config.http.public_url.as_ref().is_some_and(|url| url.scheme() == "https");
        if proxied && config.http.trusted_proxies.is_empty() {
            return check.odd(
                "none, and no proxy is trusted, though the public address is HTTPS",
                "If a proxy in front ends TLS, put its address into http.trusted_proxies; else set the certificate.",
            );
        }
        return check.good(if proxied { "none; a proxy in front ends TLS" } else { "none" });
    };
    match rostrum_edge::check_certificate(files) {
        Ok(()) => check.good(files.certificate.display().to_string()),
        Err(error) => check.bad(error.to_string(), "See http.tls_certificate and http.tls_key."),
    }
}

pub(super) fn mail(config: &Config) -> Finding {
    let check = Check("mail", "Invitations and password links are mailed; without, whoever makes them hands them on.");
    match &config.mail {
        Some(mail) => check.good(format!("sent as {}", mail.from)),
        None => check.good("none; one-time links are shown instead"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::super::tests::config;
    use super::*;

    #[test]
    fn public_addresses_are_https_or_of_this_machine() {
        let data = tempfile::tempdir().unwrap();
        let state = |more: &[(&str, &str)]| public_url(&config(data.path(), more)).state;
        assert_eq!(state(&[]), State::Good);
        assert_eq!(state(&[("http.public_url", "https://radio.example")]), State::Good);
        assert_eq!(state(&[("http.public_url", "http://localhost:8080")]), State::Good);
        assert_eq!(state(&[("http.public_url", "http://radio.example")]), State::Bad);
        assert_eq!(state(&[("http.listen", "0.0.0.0:8080")]), State::Bad);
    }

    #[test]
    fn a_certificate_is_read() {
        let data = tempfile::tempdir().unwrap();
        let more = [("http.tls_certificate", "/nonexistent/c.pem"), ("http.tls_key", "/nonexistent/k.pem")];
        assert_eq!(certificate(&config(data.path(), &more)).state, State::Bad);
        let proxied = [("http.public_url", "https://radio.example")];
        assert_eq!(certificate(&config(data.path(), &proxied)).state, State::Odd);
    }

    #[test]
    fn a_taken_port_is_noticed_unless_it_is_ours() {
        let data = tempfile::tempdir().unwrap();
        let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let config = config(data.path(), &[("http.listen", &taken.local_addr().unwrap().to_string())]);
        assert_eq!(address(&config).state, State::Bad);
        let _serving = DataFolder::prepare(data.path()).unwrap();
        assert_eq!(address(&config).state, State::Good);
    }
}
