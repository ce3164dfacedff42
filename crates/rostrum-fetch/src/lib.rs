//! The one HTTP client for everything the server fetches on a person's behalf: feeds, enclosures, artwork, webhooks.
//! No address a person names leads it into a private network. It knows nothing of what it fetches.

mod body;
#[cfg(any(test, feature = "corpus"))]
pub mod corpus;
mod error;
pub mod exception;
mod fetcher;
pub mod guard;
mod hop;
pub mod net;
mod policy;
mod request;
mod response;
mod tls;

pub use error::Error;
pub use exception::Exception;
pub use fetcher::{Fetcher, REDIRECTS_MAX};
pub use guard::{Refusal, Rules};
pub use policy::Policy;
pub use request::Request;
pub use response::{Downloaded, Head, Incoming, Response};
