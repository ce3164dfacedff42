//! Use-cases and jobs, one function each: check the caller, change the nouns, commit last.
//! Knows nothing of HTTP or pages.

mod context;
mod encode;
mod error;
#[cfg(test)]
mod fetching;
mod renditions;
mod stage;

pub mod artwork;
pub mod audit;
pub mod auth;
pub mod cause;
pub mod chapters;
pub mod demo;
pub mod edits;
pub mod episodes;
pub mod feeds;
pub mod files;
pub mod health;
pub mod housekeeping;
pub mod idempotency;
pub mod jobs;
pub mod listing;
pub mod mail;
pub mod moved;
pub mod people;
pub mod portraits;
pub mod rooms;
pub mod search;
pub mod shows;
pub mod studio;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod transcripts;
pub mod uploads;
pub mod waves;

pub use context::{App, Limits, Parts};
pub use error::Error;
pub use stage::{IceServer, Stage};
