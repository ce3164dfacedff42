//! The web role: pages, API, uploads, media. Handlers extract, call one use-case, reply.

pub mod api;
pub mod assets;
pub mod call;
pub mod conditional;
pub mod door;
pub mod error;
pub mod forms;
pub mod guard;
pub mod metrics;
pub mod pages;
pub mod progress;
pub mod range;
pub mod router;
pub mod state;
pub mod views;

mod html;
mod mend;
mod parts;
mod serve;
mod shape;
#[cfg(test)]
mod testing;
mod uploads;
mod words;

pub use error::Error;
pub use serve::{Config, run};
