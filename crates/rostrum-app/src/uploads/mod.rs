//! Resumable uploads: announced, received in pieces, joined, finished exactly once, forgotten when their time is over.
//! How much has arrived is the length of the staged file; the database holds what was announced and what is finished.

mod announce;
mod checksum;
mod complete;
mod hold;
mod join;
mod names;
mod receive;
mod seats;
mod staging;
mod tidy;

#[cfg(test)]
mod tests;

pub use announce::{Announcement, announce};
pub use checksum::{Algorithm, Checksum};
pub use hold::{Progress, arrived, progress, terminate};
pub use join::{Joining, join};
pub use receive::{Chunk, receive};
pub(crate) use seats::Seats;
pub use tidy::{Tidied, tidy};

use rostrum_domain::Id;
use rostrum_domain::episode::Episode;
use rostrum_media::sniff::Refusal;
use rostrum_store::StoreError;

/// Uploads of one show that may be under way at once.
pub const UPLOADS_MAX: i64 = 500;
/// Uploads that one final upload may be joined from.
pub const PARTS_MAX: usize = 32;
/// Days after the last byte in which an upload can be resumed.
pub const LIFE_DAYS: i64 = 3;

/// Where an upload belongs, as the client says.
#[derive(Debug, Clone, Default)]
pub struct Target {
    /// The show, by slug or id; may be left out when the episode says it.
    pub show: Option<String>,
    /// The episode whose source it becomes; none for a new draft.
    pub episode: Option<Id<Episode>>,
    /// The sender's name for the file, as it was sent; for people only.
    pub file_name: String,
    /// `Upload-Metadata` as it was sent.
    pub metadata: String,
}

/// Why an upload did not go as asked; each kind has its own status in tus 1.0.0.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// As every use-case fails.
    #[error(transparent)]
    App(#[from] crate::Error),
    /// Its time is over; start again.
    #[error("This upload was left alone for {LIFE_DAYS} days and has expired. Please start it again.")]
    Expired,
    /// Somebody else writes it at the moment; try again soon.
    #[error("Another connection is sending this upload. It goes on by itself when that one has ended.")]
    Busy,
    /// The offset is not where the upload stands; ask and go on from there.
    #[error("This upload stands at byte {at}.")]
    Offset {
        /// Bytes that have arrived.
        at: u64,
    },
    /// More bytes than were announced; nothing of this request was kept.
    #[error("These are more bytes than the {length} that were announced.")]
    TooLong {
        /// Bytes announced.
        length: u64,
    },
    /// The bytes do not have the checksum; nothing of this request was kept, send them again.
    #[error("The bytes arrived damaged and were not kept. Please send them again.")]
    Damaged,
    /// A final upload is made of its parts and takes no bytes of its own.
    #[error("A final upload takes no bytes of its own.")]
    Final,
    /// It is no recording; the upload is gone.
    #[error("{0}")]
    Refused(#[from] Refusal),
    /// The disk is full; what had arrived is kept, go on when there is room.
    #[error("The server's disk is full. What has arrived is kept; please try again later or tell the administrator.")]
    NoRoom,
    /// The line broke; what had arrived is kept unless it had a checksum still to come true.
    #[error("The connection broke off. Please resume the upload.")]
    Broken,
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::App(error.into())
    }
}

impl From<rostrum_store::media::MediaError> for Error {
    fn from(error: rostrum_store::media::MediaError) -> Self {
        match error {
            rostrum_store::media::MediaError::File(error) => error.into(),
            other => Self::App(other.into()),
        }
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::NoRoom,
            _ => Self::App(error.into()),
        }
    }
}

impl From<Error> for crate::Error {
    fn from(error: Error) -> Self {
        if let Error::App(error) = error { error } else { Self::internal(error) }
    }
}

/// Runs what blocks on the disk where blocking is allowed.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> std::io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(std::io::Error::other)
}
