//! The database and the media store: one module per aggregate, its SQL text beside it.
//! Knows nothing of HTTP, jobs' meaning or policy.

mod db;
mod error;
mod migrate;
mod row;
#[cfg(test)]
mod suite;
#[cfg(test)]
mod suite_lists;
#[cfg(test)]
mod suite_media;
#[cfg(test)]
mod suite_people;
#[cfg(test)]
mod suite_rooms;

pub mod account;
pub mod asset;
pub mod audit;
pub mod edit;
pub mod email_change;
pub mod encoding;
pub mod episode;
pub mod failpoint;
pub mod finding;
pub mod former;
pub mod idempotency;
pub mod invite;
pub mod job;
pub mod link;
pub mod media;
pub mod member;
pub mod portrait;
pub mod room;
pub mod room_copy;
pub mod room_log;
pub mod search;
pub mod session;
pub mod setting;
pub mod show;
pub mod token;
pub mod transfer;
pub mod upload;

pub use db::{Store, Tx};
pub use error::StoreError;
