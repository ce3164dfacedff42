//! Links between roles: length-prefixed frames over one connection, requests with an id and a deadline, streams with
//! credit. Knows nothing of what is asked.

mod client;
mod frame;
mod server;

pub use client::{Client, Follow};
pub use server::{Answer, Answered, Asked, Items, serve};

/// The version both sides must speak; it rises when frames change, not when calls do.
pub const VERSION: u32 = 1;

/// Items a follower lets the other side send ahead of what it has taken.
pub(crate) const CREDIT: u32 = 64;

/// Why an answer did not come.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Nobody listens, or the connection broke; asking again later may work.
    #[error("the {0} is not there at the moment")]
    Away(&'static str),
    /// The deadline passed; what was asked may or may not have been done.
    #[error("the {0} did not answer in time")]
    Late(&'static str),
    /// The other side refuses; asking the same again gives the same.
    #[error("{}", .0.message)]
    Refused(Refused),
    /// The other side speaks another version, or rubbish.
    #[error("the {0} speaks another language: {1}")]
    Foreign(&'static str, String),
}

/// A refusal in words for a person and a code for a program.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Refused {
    /// Stable, in snake case.
    pub code: String,
    /// What is wrong and what to do.
    pub message: String,
}

impl Refused {
    /// A refusal.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into() }
    }
}
