//! What can go wrong with a fetch, in words for the person who named the address.
//! Never holds anything the other server said beyond its status.

use std::io;
use std::time::Duration;

use crate::guard::Refusal;

/// Why nothing was fetched; see [`Error::is_temporary`] for whether to try again.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address itself is not allowed; nothing was connected to.
    #[error("{0}")]
    Refused(#[from] Refusal),
    /// The address was allowed but redirects to one that is not; nothing was sent there.
    #[error("the address redirects to another that cannot be fetched: {0}")]
    RedirectRefused(#[source] Refusal),
    /// More redirects than [`crate::REDIRECTS_MAX`].
    #[error("the address redirects too many times")]
    TooManyRedirects,
    /// The host's name has no address now.
    #[error("the name of the host was not found; check the spelling")]
    NameUnknown,
    /// None of the host's addresses took the connection.
    #[error("the other server does not answer")]
    Unreachable,
    /// The connection cannot be trusted.
    #[error("the other server's certificate is not valid")]
    Certificate,
    /// A step, or the whole, took longer than the policy allows.
    #[error("the other server took too long")]
    TimedOut,
    /// Bytes came, but slower than the policy demands.
    #[error("the other server sends too slowly")]
    TooSlow,
    /// There is more to fetch than allowed.
    #[error("the file is larger than the {bytes_max} bytes allowed here")]
    TooBig {
        /// The limit that was passed.
        bytes_max: u64,
    },
    /// The server answered, but not with what was asked for.
    #[error("{}", status_text(*.status))]
    Status {
        /// The HTTP status.
        status: u16,
        /// How long the server asks to be left alone, when it says so in seconds.
        retry_after: Option<Duration>,
    },
    /// The answer is no valid HTTP, or ends before it is complete.
    #[error("the other server's answer is damaged or incomplete")]
    Broken,
    /// The answer is compressed although plain bytes were asked for.
    #[error("the other server sends compressed data that was not asked for")]
    Encoded,
    /// A header of the request holds characters that cannot be sent; the caller's fault.
    #[error("the request holds characters that cannot be sent")]
    BadRequest,
    /// Where the bytes were to go could not take them.
    #[error("the downloaded bytes could not be written: {0}")]
    Output(#[source] io::Error),
}

impl Error {
    /// Whether the same fetch may work later without anyone changing anything.
    pub const fn is_temporary(&self) -> bool {
        match self {
            Self::Status { status, .. } => matches!(status, 408 | 425 | 429 | 500 | 502..=504),
            Self::NameUnknown | Self::Unreachable | Self::TimedOut | Self::TooSlow | Self::Broken => true,
            _ => false,
        }
    }
}

fn status_text(status: u16) -> String {
    match status {
        401 | 403 => format!("the other server does not allow this ({status})"),
        404 | 410 => format!("there is nothing at this address ({status})"),
        429 => format!("the other server asks to be left alone for a while ({status})"),
        500.. => format!("the other server has a fault of its own ({status})"),
        _ => format!("the other server answered with status {status}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speaks_to_people_and_knows_what_may_pass() {
        let status = |status| Error::Status { status, retry_after: None };
        assert_eq!(status(404).to_string(), "there is nothing at this address (404)");
        assert!(status(503).is_temporary() && status(429).is_temporary());
        assert!(!status(404).is_temporary() && !status(501).is_temporary());
        assert!(!Error::Refused(Refusal::PrivateNetwork).is_temporary());
        assert!(Error::Unreachable.is_temporary());
    }
}
