//! Use-cases and jobs, one function each: check the caller, change the nouns, commit last.
//! Knows nothing of HTTP or pages.

mod context;
mod error;
mod renditions;

pub mod episodes;
pub mod feeds;
pub mod files;
pub mod health;
pub mod housekeeping;
pub mod jobs;
pub mod listing;
pub mod search;
pub mod shows;
pub mod transcripts;
pub mod uploads;

pub use context::{App, Limits, Parts};
pub use error::Error;
