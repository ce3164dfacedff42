//! The relay's protocol without sockets, clock or chance: bytes and times go in, what is to be done comes out.

pub(crate) mod allocation;
pub(crate) mod bucket;
pub(crate) mod frame;
pub(crate) mod law;
pub(crate) mod message;
