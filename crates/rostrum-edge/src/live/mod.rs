//! What is on air: the edge follows the stage's program logs and serves them as endless mounts, HLS and events; those
//! who come to speak are led straight to the stage. Knows no database and waits for no web.

mod body;
mod events;
mod follow;
mod hls;
mod join;
mod listing;
mod mount;
mod room;
mod route;
mod serve;

pub(crate) use body::{Own, answer, whole};
pub(crate) use room::Counted;
pub(crate) use route::{Wanted, wanted};
pub(crate) use serve::Live;

/// Under which address a client asked, as `https://example.org`; lists of streams name streams by it.
#[derive(Debug, Clone)]
pub(crate) struct Base(pub(crate) String);
