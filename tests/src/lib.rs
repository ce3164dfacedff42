//! Harness of the stories: starts the real binary, a real browser and real servers, and reads what they write with
//! programs that are not ours. It knows the product only by its contract: commands, addresses, files.

mod browser;
mod cordon;
mod disk;
mod hostile;
mod http;
mod line;
mod media;
mod postgres;
mod process;
mod program;
mod readers;
mod relay;
mod room;
mod rtc;
mod s3;
mod scratch;
mod server;
mod spoken;
mod stubborn;
mod wait;
mod wave;

pub use browser::{Browser, Frame, Scheme, Tab};
pub use cordon::Cordon;
pub use hostile::{Fate, Parcel, fragments, impostors, pictures, traps};
pub use http::{Http, Reply};
pub use line::Line;
pub use media::{Loudness, decoded, encode, ffprobe, loudness, minutes_of_mp3, picture, speech, tone};
pub use postgres::{Cluster, Database};
pub use process::Process;
pub use program::Program;
pub use readers::{elements, feedparser, partytime, python, qr_code};
pub use relay::{Fates, Relay, Weather};
pub use room::LiveRoom;
pub use rtc::{Mark, RtcPeer};
pub use s3::S3;
pub use scratch::{Scratch, say};
pub use server::{Launch, Ready, Refusal, Server, binary};
pub use spoken::Voice;
pub use stubborn::Stubborn;
pub use wait::eventually;
pub use wave::{head as wav_head, wav};

pub use reqwest::Method;
