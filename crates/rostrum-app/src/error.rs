//! The one error of the use-cases. Its kinds are what a caller can act upon; anything else is internal.
//!
//! Return `Invalid` for what a person typed, `Denied` when they may see but not do it, `Missing` when they may not even
//! know of it, `Conflict` when the state does not allow the step, `TooLarge` and `Busy` for limits.

use rostrum_domain::Problems;
use rostrum_domain::episode::BadStep;
use rostrum_store::StoreError;
use rostrum_store::media::MediaError;

/// Why a use-case did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Values to be mended, by field.
    #[error("{0}")]
    Invalid(#[from] Problems),
    /// Nobody is signed in, or the proof given is not good.
    #[error("{0}")]
    Unauthenticated(&'static str),
    /// The caller may know of it but not do this.
    #[error("{0}")]
    Denied(&'static str),
    /// There is no such thing, as far as the caller may know.
    #[error("there is no such {0}")]
    Missing(&'static str),
    /// The present state does not allow it; the text says what to do.
    #[error("{0}")]
    Conflict(String),
    /// More than a limit allows; the text says the limit.
    #[error("{0}")]
    TooLarge(String),
    /// Too many requests or no room at the moment; seconds to wait.
    #[error("{0}")]
    Busy(&'static str, u32),
    /// Not the caller's fault; logged where it is handled.
    #[error("internal: {0}")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// One field to be mended.
    pub fn invalid(field: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid(Problems::one(field, message))
    }

    /// Something that is not the caller's fault.
    pub fn internal(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(error.into())
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Taken | StoreError::Stale | StoreError::Dangling => Self::Conflict(sentence(&error)),
            other => Self::internal(other),
        }
    }
}

impl From<MediaError> for Error {
    fn from(error: MediaError) -> Self {
        Self::internal(error)
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Self::internal(error)
    }
}

impl From<BadStep> for Error {
    fn from(error: BadStep) -> Self {
        Self::Conflict(sentence(&error))
    }
}

/// An error's words as a sentence: capital in front, full stop behind.
fn sentence(error: &dyn std::fmt::Display) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}
