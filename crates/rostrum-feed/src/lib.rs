//! Feeds, chapters, cues and notes: the text formats a show is published in, read and written. Pure: values in,
//! text out; it knows no store, no addresses of its own and no clock.

pub mod chapters;
pub mod cues;
pub mod notes;
pub mod rss;
mod stamp;
