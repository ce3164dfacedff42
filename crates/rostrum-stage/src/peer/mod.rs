//! One speaker's connection: str0m behind the few verbs a room needs. Knows nothing of roles or rooms.

mod codecs;
mod connection;
mod slot;

pub(crate) use connection::{Arrived, Happened, JoinError, Output, Peer};
