//! Audio formats and signal measures. Pure: readers and writers are given, nothing here opens a file,
//! reads a clock or knows which native codec made a packet.

pub mod adts;
mod biquad;
mod boxes;
pub mod cmaf;
pub mod drift;
pub mod frames;
pub mod gauge;
pub mod hls;
pub mod id3;
pub mod jitter;
pub mod journal;
pub mod limiter;
pub mod loudness;
pub mod mixer;
mod moov;
pub mod mp3;
pub mod mp4;
pub mod ogg;
pub mod opus;
pub mod packaging;
pub mod peak;
pub mod program;
pub mod remaster;
pub mod sniff;
pub mod stream;
pub mod tags;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod trim;
pub mod varispeed;
pub mod voice;
pub mod wav;
pub mod wave;

pub use packaging::{package, unpack};
pub use stream::{Codec, FormatError, SAMPLE_RATE, Stream};
pub use tags::Tags;
