//! The one HTTP client for everything fetched on a person's behalf.
