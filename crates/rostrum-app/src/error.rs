//! The one error of the use-cases. Its kinds are what a caller can act upon; anything else is internal.
//!
//! Return `Invalid` for what a person typed, `Denied` when they may see but not do it, `Missing` when they may not even
//! know of it, `Conflict` when the state does not allow the step, `TooLarge` and `Busy` for limits. `internal` makes
//! `NoRoom` of whatever failed because a disk is full.

use std::io::ErrorKind;

use rostrum_domain::Problems;
use rostrum_domain::episode::BadStep;
use rostrum_store::StoreError;
use rostrum_store::media::MediaError;

/// Why a use-case did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Values to be mended, by field.
    #[error(transparent)]
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
    /// A part of the server that this needs is away; seconds until it is back, most likely.
    #[error("{0}")]
    Away(&'static str, u32),
    /// A room, or the right to be in it, does not allow it: a stable word for programs, a sentence for the person.
    #[error("{message}")]
    Refused {
        /// In snake case.
        code: String,
        /// What is wrong and what to do.
        message: String,
    },
    /// A disk of the server is full; what was there before is unharmed.
    #[error("The server's disk is full. Make room on it, or ask the administrator to, and try again.")]
    NoRoom,
    /// Not the caller's fault; logged where it is handled.
    #[error("internal: {0}")]
    Internal(Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// One field to be mended.
    pub fn invalid(field: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid(Problems::one(field, message))
    }

    /// Something that is not the caller's fault.
    pub fn internal(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        let error = error.into();
        let first: &(dyn std::error::Error + 'static) = &*error;
        if !std::iter::successors(Some(first), |error| error.source()).any(is_no_room) {
            return Self::Internal(error);
        }
        tracing::error!(%error, "a disk is full");
        Self::NoRoom
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Taken | StoreError::Stale | StoreError::Dangling => Self::Conflict(sentence(&error)),
            StoreError::Nul => Self::Invalid(Problems::one("text", sentence(&error))),
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

fn is_no_room(error: &(dyn std::error::Error + 'static)) -> bool {
    let disk = error.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
    matches!(disk, Some(ErrorKind::StorageFull | ErrorKind::QuotaExceeded))
        || matches!(error.downcast_ref::<StoreError>(), Some(StoreError::Full))
}

/// An error's words as a sentence: capital in front, full stop behind.
fn sentence(error: &dyn std::fmt::Display) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_found_wherever_it_hides() {
        let full = || std::io::Error::from(ErrorKind::StorageFull);
        assert!(matches!(Error::from(full()), Error::NoRoom));
        assert!(matches!(Error::from(MediaError::File(full())), Error::NoRoom));
        assert!(matches!(Error::from(StoreError::Full), Error::NoRoom));
        let nested = std::io::Error::other(MediaError::File(full()));
        assert!(matches!(Error::internal(MediaError::File(nested)), Error::NoRoom));
        assert!(matches!(Error::from(std::io::Error::from(ErrorKind::NotFound)), Error::Internal(_)));
    }
}
