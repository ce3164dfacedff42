//! The child and its client on real files: made by ffmpeg, sox and espeak-ng, read back by ffprobe and ffmpeg.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod artwork;
mod hostile;
mod jobs;
mod live;
mod peaks;
mod sandbox;
mod support;
