//! The nouns of Rostrum and their laws. Pure: no clock, no chance, no I/O; time and randomness come in as arguments.

pub mod access;
pub mod asset;
pub mod category;
pub mod chapter;
pub mod credit;
pub mod edit;
pub mod episode;
pub mod id;
pub mod job;
pub mod problem;
pub mod room;
pub mod secret;
pub mod show;
pub mod slug;
pub mod time;
pub mod transcript;
pub mod user;

pub use id::{Id, Ids};
pub use problem::{Problem, Problems};
pub use secret::Secret;
pub use slug::Slug;
pub use time::{Clock, Timestamp};
