//! The administrator's limits on fetching: the guard's rules, times, sizes and trusted roots.

use std::time::Duration;

use http::HeaderValue;
use rustls::RootCertStore;

use crate::guard::Rules;

/// What every fetch of a [`crate::Fetcher`] is held to; a request may ask for less, never for more.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Which addresses may be fetched.
    pub rules: Rules,
    /// The most bytes of one answer.
    pub bytes_max: u64,
    /// The longest one fetch may take, redirects and body included.
    pub total: Duration,
    /// The longest name look-up, and the longest connect with its TLS handshake.
    pub connect: Duration,
    /// The longest silence: until the answer's head is complete, then between two pieces of its body.
    pub idle: Duration,
    /// The slowest body that is still read, averaged over twenty seconds of waiting.
    pub speed_min_bytes_per_s: u64,
    /// How the server names itself to others.
    pub user_agent: HeaderValue,
    /// The authorities that https servers must be vouched for by; Mozilla's list unless more are added.
    pub roots: RootCertStore,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            rules: Rules::default(),
            bytes_max: 8 << 30,
            total: Duration::from_secs(4 * 3600),
            connect: Duration::from_secs(10),
            idle: Duration::from_secs(15),
            speed_min_bytes_per_s: 1024,
            user_agent: HeaderValue::from_static(concat!("Rostrum/", env!("CARGO_PKG_VERSION"))),
            roots: webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect(),
        }
    }
}
