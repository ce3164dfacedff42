//! The stage role: everything a live room needs and nothing else. No database, no plugins, no uploads, no audience.

mod answers;
mod ask;
mod desk;
mod encoder;
mod failpoint;
mod house;
mod hub;
mod inspect;
mod journal;
mod link;
mod net;
mod peer;
mod press;
mod recover;
mod role;
mod shard;
mod thread;
mod time;

pub use inspect::{Inspected, inspect};
pub use net::addresses;
pub use role::{RunError, StageConfig, run};
pub use thread::{Priority, raise};
