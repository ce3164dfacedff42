//! Links between the roles on one machine: where their sockets are, the poke that says "there is work", the two-stage
//! stop they all obey, what a role says when it is ready, and links on which one role asks another. Knows nothing of
//! what the roles do.

pub mod link;
mod poke;
mod ready;
mod report;
mod shutdown;
mod sockets;
pub mod stage;

pub use poke::{Poker, Pokes};
pub use ready::ReadyInfo;
pub use report::{Progress, Reporter, Reports};
pub use shutdown::Shutdown;
pub use sockets::{Socket, SocketError, Sockets};
