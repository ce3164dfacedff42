//! The database and the media store: one module per aggregate, its SQL text beside it.
//! Knows nothing of HTTP, jobs' meaning or policy.

mod db;
mod error;
mod migrate;
mod row;
#[cfg(test)]
mod suite;

pub mod asset;
pub mod encoding;
pub mod episode;
pub mod job;
pub mod media;
pub mod member;
pub mod search;
pub mod show;
pub mod upload;

pub use db::{Store, Tx};
pub use error::StoreError;
