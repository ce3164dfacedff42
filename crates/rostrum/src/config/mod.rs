//! The configuration: every known key, the layers that may set it, and the typed sections the roles are built from.

mod keys;
mod layers;
mod sections;
mod value;

pub(crate) use keys::{KEYS, Key};
pub(crate) use layers::{Origin, Settings};
pub(crate) use sections::{Config, LogFormat, Reads};

/// What is wrong with the configuration; each message says where the value came from and what would do.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ConfigError {
    /// A key that does not exist.
    #[error("{origin} sets “{key}”, which is not a setting; did you mean “{nearest}”?")]
    Unknown { key: String, origin: Origin, nearest: &'static str },
    /// A value that its key cannot take.
    #[error("{origin} sets {key} to something that is no {wanted}; write it like {example}")]
    Bad { key: &'static str, origin: Origin, wanted: &'static str, example: &'static str },
    /// Settings that do not go together.
    #[error("{0}")]
    Together(String),
    /// The file cannot be read.
    #[error("cannot read {path}: {reason}")]
    File { path: String, reason: String },
}
