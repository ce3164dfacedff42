//! The stage's sockets: one port for UDP and TCP on every address it is to be reached at. Datagrams are routed to the
//! shard that owns their peer; what belongs to no peer is dropped here.

mod bound;
mod front;
mod gate;
mod stream;

pub(crate) use bound::Bound;
pub use bound::addresses;
pub(crate) use front::{Datagram, Front, Routes};
