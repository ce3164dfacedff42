//! The edge role: the only public socket. It takes connections within limits, ends TLS, refuses what is malformed, and
//! passes requests to web over a unix socket. It holds no state that matters and knows nothing of shows or people.

mod accept;
mod access_log;
mod activity;
mod admission;
mod body;
mod config;
mod fan;
mod first;
mod framing;
mod front;
mod guarded;
mod headers;
mod ingest;
mod line;
mod live;
mod prefix;
mod redirect;
mod refusal;
mod role;
mod tls;
mod turn;
mod upstream;

pub use config::{Config, Limits, Relaying, TlsFiles};
pub use prefix::{BadPrefix, Prefix};
pub use role::{Error, run};
pub use tls::{TlsError, check_certificate};
