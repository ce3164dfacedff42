//! Whom a load may be put on: this machine, or a server whose owner says so.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::time::Duration;

use anyhow::{Context, bail};
use url::Url;

/// Where a server's owner shows the token that allows a load.
const PROOF: &str = "/.well-known/rostrum-load";
const PATIENCE: Duration = Duration::from_secs(5);
const PROOF_BYTES_MAX: u64 = 4_096;

/// A stream to listen to.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) address: SocketAddr,
    pub(super) request: Vec<u8>,
    host: String,
}

/// The target of an address.
pub(super) fn of(text: &str) -> anyhow::Result<Target> {
    let url = Url::parse(text).with_context(|| format!("“{text}” is not the address of a stream"))?;
    if url.scheme() != "http" {
        bail!("only http:// is spoken here; give the address of the plain HTTP listener");
    }
    let host = url.host_str().context("the address names no host")?.to_owned();
    let port = url.port_or_known_default().unwrap_or(80);
    let bare = host.trim_matches(['[', ']']);
    let address = (bare, port).to_socket_addrs().with_context(|| format!("{host} is not found"))?.next();
    let address = address.with_context(|| format!("{host} has no address"))?;
    let host = format!("{host}:{port}");
    let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: rostrum-load\r\n\r\n").into_bytes();
    Ok(Target { address, request, host })
}

/// Whether the target may be loaded.
///
/// # Errors
/// It is another machine, whose owner has not said so.
pub(super) fn allowed(target: &Target, token: Option<&str>) -> anyhow::Result<()> {
    if target.address.ip().is_loopback() {
        return Ok(());
    }
    let Some(token) = token.filter(|token| token.len() >= 16) else {
        bail!(
            "{} is another machine: give its owner's token with --token, 16 characters or more, which it shows \
             at {PROOF} (load.token in its configuration)",
            target.host
        );
    };
    let shown = shown(target).with_context(|| format!("{}{PROOF} cannot be read", target.host))?;
    if shown.trim() != token {
        bail!("{}{PROOF} does not show this token: its owner has not allowed a load", target.host);
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "an operator's own server, named on their command line")]
fn shown(target: &Target) -> anyhow::Result<String> {
    let mut stream = TcpStream::connect_timeout(&target.address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    write!(stream, "GET {PROOF} HTTP/1.0\r\nHost: {}\r\n\r\n", target.host)?;
    let mut text = String::new();
    stream.take(PROOF_BYTES_MAX).read_to_string(&mut text)?;
    let (head, body) = text.split_once("\r\n\r\n").context("no answer")?;
    if head.split(' ').nth(1) != Some("200") {
        bail!("the server answered {}", head.lines().next().unwrap_or_default());
    }
    Ok(body.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_may_be_loaded_and_others_only_with_proof() {
        for own in ["http://127.0.0.1:8080/live/talk.opus", "http://[::1]:8080/live/talk.opus"] {
            assert!(allowed(&of(own).unwrap(), None).is_ok());
        }
        let other = Target { address: "192.0.2.1:80".parse().unwrap(), request: vec![], host: "radio".into() };
        assert!(allowed(&other, None).unwrap_err().to_string().contains(PROOF));
        assert!(allowed(&other, Some("short")).is_err());
        assert!(of("https://radio/").is_err() && of("talk").is_err());
    }

    #[test]
    fn the_request_is_a_players() {
        let target = of("http://127.0.0.1:8080/live/talk.mp3?x=1").unwrap();
        let text = String::from_utf8(target.request).unwrap();
        assert!(text.starts_with("GET /live/talk.mp3?x=1 HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n"), "{text}");
    }
}
