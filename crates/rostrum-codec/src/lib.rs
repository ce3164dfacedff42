//! Native codecs behind a wall. What a person sent is only ever parsed in a child process that has locked itself up
//! first (`sandbox`, `child`); the rest of the server talks to it through `Client` and trusts nothing it says. The one
//! thing decoded outside the child is a speaker's Opus (`live`), which cannot wait for one.

mod child;
pub mod client;
mod encoder;
mod ffi;
mod frame;
pub mod live;
pub mod message;
mod process;
mod sandbox;
pub mod spool;

pub use child::child_main;
pub use client::{Client, Error, Limits, Sink};
pub use message::{
    Analysis, Artwork, ArtworkRequest, AudioStream, Fit, Layer, Mix, Probe, Settings, TranscodeRequest, Transcoded,
};
pub use spool::Spool;

/// The first argument with which an executable becomes the child.
pub const CHILD_COMMAND: &str = "media-child";
