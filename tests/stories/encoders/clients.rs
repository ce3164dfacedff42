//! Programs that are not ours: what encodes, and what listens.

use std::fs::File;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use rostrum_media::testing::strength;
use rostrum_tests::{LiveRoom, Server};

/// A way to broadcast a tone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Recipe {
    /// ffmpeg, `PUT`.
    Ffmpeg { hertz: u32, codec: &'static str, format: &'static str, kind: &'static str },
    /// ffmpeg in the manner of old servers: `SOURCE`.
    FfmpegOld { hertz: u32 },
    /// libshout's own command, which asks the server first what it can.
    Libshout { hertz: u32 },
    /// oggfwd: libshout with Ogg from a pipe.
    Oggfwd { hertz: u32 },
}

impl Recipe {
    pub(crate) const OPUS: Self = Self::ffmpeg(440, "libopus", "ogg", "application/ogg");
    pub(crate) const MP3: Self = Self::ffmpeg(600, "libmp3lame", "mp3", "audio/mpeg");
    pub(crate) const ALL: [Self; 6] = [
        Self::OPUS,
        Self::MP3,
        Self::ffmpeg(800, "aac", "adts", "audio/aac"),
        Self::FfmpegOld { hertz: 1000 },
        Self::Libshout { hertz: 1200 },
        Self::Oggfwd { hertz: 1500 },
    ];

    const fn ffmpeg(hertz: u32, codec: &'static str, format: &'static str, kind: &'static str) -> Self {
        Self::Ffmpeg { hertz, codec, format, kind }
    }

    pub(crate) const fn hertz(self) -> u32 {
        match self {
            Self::Ffmpeg { hertz, .. }
            | Self::FfmpegOld { hertz }
            | Self::Libshout { hertz }
            | Self::Oggfwd { hertz } => hertz,
        }
    }
}

/// An encoder that runs until it is dropped, which it is without a word of farewell.
pub(crate) struct Encoder {
    child: Child,
    log: PathBuf,
}

impl Drop for Encoder {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Encoder {
    pub(crate) fn start(server: &Server, room: &LiveRoom, recipe: Recipe) -> Self {
        let hertz = recipe.hertz();
        let (key, mount) = (room.ingest_key(), format!("/ingest/{}", room.slug()));
        let address = format!("icecast://source:{key}@{}{mount}", server.ready().http);
        let (host, port) = server.ready().http.rsplit_once(':').expect("an address");
        let source = format!("sine=frequency={hertz}:sample_rate=48000");
        let tone = ["-nostdin", "-v", "error", "-re", "-f", "lavfi", "-i", source.as_str(), "-ac", "2"];
        let mut command = match recipe {
            Recipe::Ffmpeg { codec, format, kind, .. } => {
                let mut command = Command::new("ffmpeg");
                command.args(tone).args(["-c:a", codec, "-content_type", kind, "-f", format, &address]);
                command
            }
            Recipe::FfmpegOld { .. } => {
                let mut command = Command::new("ffmpeg");
                let to = ["-c:a", "libmp3lame", "-content_type", "audio/mpeg", "-legacy_icecast", "1", "-f", "mp3"];
                command.args(tone).args(to).arg(&address);
                command
            }
            Recipe::Libshout { .. } => {
                let file = file_of(server, hertz, &["-c:a", "libopus"], "ogg");
                let script = format!(
                    "shout --host {host} --port {port} --user source --pass {key} --mount {mount} --format ogg < {file}"
                );
                shell(&script)
            }
            Recipe::Oggfwd { .. } => {
                let file = file_of(server, hertz, &["-c:a", "libopus"], "ogg");
                shell(&format!("oggfwd {host} {port} {key} {mount} < {file}"))
            }
        };
        let log = server.scratch().join(format!("encoder-{hertz}.log"));
        let told = || File::options().create(true).append(true).open(&log).expect("the folder is ours");
        command.stdin(Stdio::null()).stdout(told()).stderr(told());
        let child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}; scripts/setup test"));
        Self { child, log }
    }

    pub(crate) fn runs(&mut self) -> bool {
        self.child.try_wait().is_ok_and(|ended| ended.is_none())
    }

    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

fn shell(script: &str) -> Command {
    let mut command = Command::new("sh");
    // In the shell's own place, so that ending the child ends the encoder.
    command.args(["-c", &format!("exec {script}")]);
    command
}

/// Two minutes of a tone in a file.
fn file_of(server: &Server, hertz: u32, options: &[&str], ending: &str) -> String {
    let file = server.scratch().join(format!("tone-{hertz}.{ending}"));
    let source = format!("sine=frequency={hertz}:sample_rate=48000:duration=120");
    let made = Command::new("ffmpeg")
        .args(["-nostdin", "-y", "-v", "error", "-f", "lavfi", "-i", &source, "-ac", "2"])
        .args(options)
        .arg(&file)
        .status();
    assert!(made.is_ok_and(|status| status.success()), "ffmpeg makes a tone");
    file.display().to_string()
}

/// Whether ffmpeg, listening to the MP3 stream of a room for two seconds, hears this tone and no other.
pub(crate) async fn heard(server: &Server, slug: &str, hertz: u32) -> bool {
    let address = server.url(&format!("/live/{slug}.mp3"));
    let output = tokio::process::Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-i", &address, "-t", "2", "-f", "f32le", "-ac", "1", "-ar", "48000", "-"])
        .kill_on_drop(true)
        .output()
        .await
        .expect("ffmpeg runs");
    let samples: Vec<f32> = output.stdout.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
    let tail = &samples[samples.len().saturating_sub(48_000)..];
    tail.len() == 48_000 && strength(tail, hertz as f32) > 0.03 && strength(tail, hertz as f32 + 130.0) < 0.01
}
