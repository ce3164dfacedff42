//! What the edge is told: where to listen, whom to trust, and every limit in one place.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rostrum_domain::{Clock, Ids};
use rostrum_live::turn::Key;
use rostrum_wire::Socket;
use rostrum_words::Lang;

use crate::Prefix;

/// One edge; `run` takes it.
pub struct Config {
    /// The public address; port 0 lets the system choose. Several edges may share one (SO_REUSEPORT).
    pub listen: SocketAddr,
    /// Certificate and key; with them `listen` speaks HTTPS.
    pub tls: Option<TlsFiles>,
    /// A plain HTTP address whose only answer is the way to the HTTPS one.
    pub redirect: Option<SocketAddr>,
    /// Host and port that redirects lead to; without it, the host the client asked for and the port of `listen`.
    pub public_authority: Option<String>,
    /// Where web listens.
    pub web: Socket,
    /// The socket on which the stage answers.
    pub stage: Socket,
    /// The relay to the stage for whom nothing but HTTPS is let out; only with `tls`.
    pub relay: Option<Relaying>,
    /// Peers whose `Forwarded`, `X-Forwarded-*` and `X-Request-Id` headers are believed.
    pub trusted_proxies: Vec<Prefix>,
    /// Path beginnings whose request bodies may be as long as `Limits::upload_bytes`.
    pub upload_paths: Vec<String>,
    /// Decodes what encoders send that is not Opus, in a sandboxed child.
    pub codec: rostrum_codec::Client,
    /// What is shown to those who want to put this server under load; without it, they may not.
    pub load_token: Option<String>,
    /// Threads that serve listeners.
    pub threads: usize,
    /// What a client may cost.
    pub limits: Limits,
    /// The language of whoever asks for none that the interface speaks.
    pub language: Lang,
    /// The wall clock, for request ids.
    pub clock: Arc<dyn Clock>,
    /// Chance, for request ids.
    pub ids: Arc<dyn Ids>,
}

/// The two PEM files of TLS; both are read again when they change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate chain, leaf first.
    pub certificate: PathBuf,
    /// The private key (PKCS #8, PKCS #1 or SEC 1).
    pub key: PathBuf,
}

/// What the relay to the stage needs.
#[derive(Debug, Clone)]
pub struct Relaying {
    /// Checks who may be relayed.
    pub key: Key,
    /// The stage's addresses for datagrams, and all that the relay leads to: each as speakers are told it, and as this
    /// machine reaches it.
    pub places: Vec<(SocketAddr, SocketAddr)>,
}

/// What a client may cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Descriptors of clients, and of connections to web for them.
    pub descriptors: usize,
    /// Connections at once that are not a listener's.
    pub connections: usize,
    /// Connections at once of one address (IPv4) or /64 (IPv6); loopback and trusted proxies are exempt.
    pub connections_per_prefix: usize,
    /// Speakers relayed at once.
    pub relays: usize,
    /// Speakers relayed at once for one address (IPv4) or /64 (IPv6), with the same exemptions.
    pub relays_per_prefix: usize,
    /// Requests at once on one HTTP/2 connection.
    pub streams_per_connection: u32,
    /// Bytes of a request's head.
    pub head_bytes: usize,
    /// Headers of a request.
    pub head_fields: usize,
    /// Bytes of a request's body.
    pub body_bytes: u64,
    /// Bytes of a request's body on an upload path.
    pub upload_bytes: u64,
    /// Time for the TLS handshake, and for each head from its connection's start or last answer.
    pub head_time: Duration,
    /// A body that brings less than a kibibyte in this time is cut.
    pub body_time: Duration,
    /// Time web has to answer after it got the last byte of the request.
    pub answer_time: Duration,
    /// An HTTP/2 connection without a request for this long is cut; HTTP/1 keeps to `head_time`.
    pub idle_time: Duration,
    /// A connection on which no answer moves for this long is cut; live streams keep it alive by their comments.
    pub stall_time: Duration,
    /// Bytes of a request that are still taken, and thrown away, after an answer that refused it (HTTP/1).
    pub linger_bytes: u64,
    /// How long they are taken.
    pub linger_time: Duration,
    /// How long a planned stop waits for running requests.
    pub drain_time: Duration,
    /// How often the certificate files are looked at.
    pub reload_every: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            descriptors: 8192,
            connections: 4096,
            connections_per_prefix: 256,
            relays: 512,
            relays_per_prefix: 64,
            streams_per_connection: 64,
            head_bytes: 16 * 1024,
            head_fields: 100,
            body_bytes: 2 * 1024 * 1024,
            upload_bytes: 8 * 1024 * 1024 * 1024,
            head_time: Duration::from_secs(10),
            body_time: Duration::from_secs(30),
            answer_time: Duration::from_secs(60),
            idle_time: Duration::from_secs(60),
            stall_time: Duration::from_secs(120),
            linger_bytes: 64 * 1024 * 1024,
            linger_time: Duration::from_secs(10),
            drain_time: Duration::from_secs(10),
            reload_every: Duration::from_secs(5),
        }
    }
}

impl Config {
    /// How long a request body on `path` may be, in bytes.
    pub(crate) fn body_bytes_max(&self, path: &str) -> u64 {
        let upload = self.upload_paths.iter().any(|start| path.starts_with(start.as_str()));
        if upload { self.limits.upload_bytes } else { self.limits.body_bytes }
    }
}
