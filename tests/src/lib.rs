//! Harness of the stories: starts the real binary, a real browser and real servers, and reads what they write with
//! programs that are not ours. It knows the product only by its contract: commands, addresses, files.

mod browser;
mod http;
mod media;
mod postgres;
mod process;
mod program;
mod readers;
mod s3;
mod scratch;
mod server;
mod wait;

pub use browser::{Browser, Scheme, Tab};
pub use http::{Http, Reply};
pub use media::{Loudness, encode, ffprobe, loudness, picture, speech, tone};
pub use postgres::{Cluster, Database};
pub use process::Process;
pub use program::Program;
pub use readers::{feedparser, partytime};
pub use s3::S3;
pub use scratch::Scratch;
pub use server::{Launch, Ready, Refusal, Server};
pub use wait::eventually;

pub use reqwest::Method;
