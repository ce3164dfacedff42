//! A relay to the stage on the edge's own TLS port (TURN, RFC 8656), for speakers whose network lets nothing else out.
//! It leads to the stage and nowhere else, for whom web has given a grant, as long as that lasts.

mod protocol;
mod serve;

pub(crate) use serve::{FIRST, Relay};
