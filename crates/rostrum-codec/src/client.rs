//! The parent's side: typed jobs, bounds on time and size, and distrust of every answer.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rostrum_media::limiter::Target;
use rostrum_media::{Codec, mp3};
use tokio::sync::mpsc;

use crate::frame::Frame;
use crate::message::{
    Analysis, Artwork, ArtworkRequest, Attempt, DURATION_MS_MAX, Layer, Mix, Probe, Reply, Request, Settings,
    TranscodeRequest, Transcoded, Wall, Work, check,
};
use crate::process;

/// How far a rendition's loudness may be from its target before the gain is corrected, in LU.
const LOUDNESS_TOLERANCE_LU: f64 = 0.5;

/// Why a job gave nothing.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file is bad: show the reason to the person who sent it; trying again does not help.
    #[error("{reason}")]
    Rejected {
        /// Full sentences for a person.
        reason: String,
    },
    /// It took too long and was ended: a hostile file or an overloaded machine; try again once.
    #[error("the media process was ended after {after_ms} ms")]
    Timeout {
        /// How long it ran.
        after_ms: u64,
    },
    /// It ran into a limit of its sandbox; trying again does not help.
    #[error("the media process used more {what} than it may")]
    Limit {
        /// What it had too much of.
        what: &'static str,
    },
    /// It died: a hostile file or a fault of ours; try again once at most.
    #[error("the media process died: {detail}")]
    Crashed {
        /// For the log.
        detail: String,
    },
    /// Somebody ended it from outside, the kernel short of memory perhaps; try again later.
    #[error("the media process was killed")]
    Killed,
    /// It answered what no honest child answers; do not try again.
    #[error("the media process broke its protocol: {detail}")]
    Misbehaved {
        /// For the log.
        detail: String,
    },
    /// The sandbox cannot be put up on this machine; nothing was decoded.
    #[error("the sandbox cannot be put up: {detail}")]
    Unprotected {
        /// Which layer failed and how.
        detail: String,
    },
    /// The operating system or the sink failed; try again later.
    #[error("input or output failed: {0}")]
    Io(#[from] io::Error),
}

/// Bounds of a job.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// Address space a child may take beyond what it starts with, in bytes.
    pub memory_bytes: u64,
    /// Wall-clock time any job gets.
    pub wall_min: Duration,
    /// Wall-clock time on top, as a multiple of the recording's length.
    pub wall_per_media: f64,
    /// How far children step back behind the rest of the machine, 0 to 19.
    pub nice: u8,
}

impl Default for Limits {
    fn default() -> Self {
        Self { memory_bytes: 768 << 20, wall_min: Duration::from_secs(120), wall_per_media: 2.0, nice: 10 }
    }
}

/// Takes what a transcode gives, on a thread of its own that may block.
pub trait Sink: Send + 'static {
    /// So much of the recording is done.
    fn progress(&mut self, done_ms: u64, total_ms: u64);

    /// The next packet of a rendition; an error ends the job with `Error::Io`.
    fn packet(&mut self, codec: Codec, bytes: &[u8]) -> io::Result<()>;

    /// Forgets all packets: the job begins again with a corrected gain.
    fn restart(&mut self) -> io::Result<()>;
}

/// Whoever takes packets at a pace of their own.
struct Taker(mpsc::Sender<Vec<u8>>);

impl Sink for Taker {
    fn progress(&mut self, _: u64, _: u64) {}

    fn packet(&mut self, _: Codec, bytes: &[u8]) -> io::Result<()> {
        self.0.blocking_send(bytes.to_vec()).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }

    fn restart(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Starts children and talks to them; cheap to clone.
#[derive(Debug, Clone)]
pub struct Client {
    exe: PathBuf,
    limits: Limits,
}

impl Client {
    /// A client whose children are `exe media-child …`: the program itself, or this crate's own child.
    pub fn new(exe: PathBuf, limits: Limits) -> Self {
        Self { exe, limits }
    }

    /// The same for sound that is on air: its children take little memory and do not step back behind others.
    #[must_use]
    pub fn for_live(&self) -> Self {
        let limits = Limits { memory_bytes: 256 << 20, nice: 0, ..self.limits.clone() };
        Self { limits, ..self.clone() }
    }

    /// Finds out what a file is; refuses what has no sound we take.
    pub async fn probe(&self, file: File) -> Result<Probe, Error> {
        match self.ask(Work::Probe, file, 0).await? {
            Reply::Probed(mut probe) => {
                check::probe(&mut probe).map_err(misbehaved)?;
                Ok(probe)
            }
            _ => Err(misbehaved("another answer")),
        }
    }

    /// Decodes a file to its end and measures it.
    pub async fn analyse(&self, file: File, probe: &Probe) -> Result<Analysis, Error> {
        let work = Work::Analyse { container: probe.container, duration_ms: probe.duration_ms };
        // A file that hides its length is measured as if it were an hour.
        let expected_ms = if probe.duration_ms == 0 { 3_600_000 } else { probe.duration_ms };
        match self.ask(work, file, expected_ms).await? {
            Reply::Analysed(mut analysis) => {
                check::analysis(&mut analysis).map_err(misbehaved)?;
                Ok(analysis)
            }
            _ => Err(misbehaved("another answer")),
        }
    }

    /// Makes the renditions; their packets go to `sink`, which comes back. If the limiter took more than the analysis
    /// foresaw, the gain is corrected and the job runs a second time.
    pub async fn transcode<S: Sink>(
        &self,
        file: File,
        request: &TranscodeRequest,
        sink: S,
    ) -> Result<(Transcoded, S), Error> {
        let again = file.try_clone()?;
        let (done, mut sink) = self.transcode_once(file, request.clone(), sink).await?;
        let missing = done.loudness_lufs.map_or(0.0, |lufs| request.target.loudness_lufs - lufs);
        // More gain into a limiter that already works hard would only crush the voice.
        let worth_it = missing.abs() > LOUDNESS_TOLERANCE_LU && missing < 3.0 && request.gain_db < 30.0;
        if !worth_it {
            return Ok((done, sink));
        }
        sink.restart()?;
        // A tenth more, since the limiter takes its share of what is added.
        let corrected = TranscodeRequest { gain_db: request.gain_db + missing * 1.1, ..request.clone() };
        self.transcode_once(again, corrected, sink).await
    }

    /// Decodes a file and hands its sound over as packets of Opus, mono, 20 ms each, no faster than they are taken.
    pub async fn play(&self, file: File, probe: &Probe, packets: mpsc::Sender<Vec<u8>>) -> Result<(), Error> {
        let expected_ms = if probe.duration_ms == 0 { DURATION_MS_MAX } else { probe.duration_ms };
        let request = TranscodeRequest {
            container: probe.container,
            duration_ms: expected_ms,
            mix: Mix::Mono,
            gain_db: 0.0,
            target: Target::for_channels(1),
            renditions: vec![Codec::Opus],
            settings: Settings::default(),
        };
        self.transcode_once(file, request, Taker(packets)).await.map(drop)
    }

    async fn transcode_once<S: Sink>(
        &self,
        file: File,
        request: TranscodeRequest,
        sink: S,
    ) -> Result<(Transcoded, S), Error> {
        let total_ms = request.duration_ms;
        let channels = request.mix.channels();
        let renditions = request.renditions.clone();
        let mut counts = [0u64; Codec::ALL.len()];
        let shared = Arc::new(Mutex::new((sink, counts)));
        let listening = Arc::clone(&shared);
        let on_frame = move |frame| {
            let mut guard = listening.lock().unwrap_or_else(PoisonError::into_inner);
            let (sink, counts) = &mut *guard;
            match frame {
                Frame::Reply(reply) => {
                    if let Reply::Progress { done_ms } = *reply {
                        sink.progress(done_ms.min(total_ms), total_ms);
                    }
                    Ok(())
                }
                Frame::Packet(codec, bytes) => {
                    let wanted = renditions.contains(&codec) && counts[index(codec)] <= packets_max(codec);
                    if !wanted || !plausible(codec, channels, &bytes) {
                        return Err(io::Error::new(io::ErrorKind::InvalidData, "an impossible packet"));
                    }
                    counts[index(codec)] += 1;
                    sink.packet(codec, &bytes)
                }
                Frame::Picture(_) => Err(io::Error::new(io::ErrorKind::InvalidData, "an unwanted picture")),
            }
        };
        let wanted = request.renditions.clone();
        let reply = self.converse(Work::Transcode(request), file, (total_ms, on_frame)).await?;
        let Reply::Transcoded(mut done) = reply else { return Err(misbehaved("another answer")) };
        check::transcoded(&mut done).map_err(misbehaved)?;
        let sink = Arc::into_inner(shared).map(|shared| shared.into_inner().unwrap_or_else(PoisonError::into_inner));
        let (sink, counted) = sink.ok_or_else(|| misbehaved("the listener lives on"))?;
        counts = counted;
        let complete = |rendition: &crate::message::Rendition| rendition.packets == counts[index(rendition.codec)];
        let codecs: Vec<Codec> = done.renditions.iter().map(|rendition| rendition.codec).collect();
        if codecs != wanted || !done.renditions.iter().all(complete) {
            return Err(misbehaved("packets are missing"));
        }
        Ok((done, sink))
    }

    /// Makes a picture square, small and harmless.
    pub async fn artwork(&self, file: File, request: ArtworkRequest) -> Result<Artwork, Error> {
        let picture = Arc::new(Mutex::new(Vec::new()));
        let listening = Arc::clone(&picture);
        let on_frame = move |frame| match frame {
            Frame::Picture(jpeg) if jpeg.len() <= request.bytes_max => {
                *listening.lock().unwrap_or_else(PoisonError::into_inner) = jpeg;
                Ok(())
            }
            _ => Err(io::Error::new(io::ErrorKind::InvalidData, "an unwanted frame")),
        };
        let reply = self.converse(Work::Artwork(request), file, (0, on_frame)).await?;
        let Reply::Drawn { side_px, accent } = reply else { return Err(misbehaved("another answer")) };
        let jpeg = std::mem::take(&mut *picture.lock().unwrap_or_else(PoisonError::into_inner));
        let colour = accent.len() == 7 && accent.starts_with('#') && accent[1..].bytes().all(|b| b.is_ascii_hexdigit());
        let whole = jpeg.starts_with(&[0xff, 0xd8, 0xff]) && jpeg.ends_with(&[0xff, 0xd9]);
        if !colour || !whole || side_px > request.side_px.1 {
            return Err(misbehaved("the picture is none"));
        }
        Ok(Artwork { jpeg, side_px, accent })
    }

    /// Starts a child that decodes MP3 or AAC while it comes. What is written to the pipe comes out of `packets` as
    /// Opus, 20 ms each; closing the pipe ends the stream, and the future says how it ended. Dropping that ends the
    /// child.
    ///
    /// # Errors
    /// The system has no pipe left.
    pub fn live(
        &self,
        packets: mpsc::Sender<Vec<u8>>,
    ) -> io::Result<(io::PipeWriter, impl Future<Output = Result<(), Error>> + Send + use<>)> {
        let (reader, writer) = io::pipe()?;
        let file = File::from(OwnedFd::from(reader));
        let on_frame = move |frame| match frame {
            Frame::Packet(Codec::Opus, bytes) if plausible(Codec::Opus, 2, &bytes) => {
                packets.blocking_send(bytes).map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))
            }
            _ => Err(io::Error::new(io::ErrorKind::InvalidData, "an impossible packet")),
        };
        let client = self.clone();
        let work = async move {
            match client.converse(Work::Live, file, (DURATION_MS_MAX, on_frame)).await? {
                Reply::Streamed => Ok(()),
                _ => Err(misbehaved("another answer")),
            }
        };
        Ok((writer, work))
    }

    /// Tries each layer of the sandbox alone and says which hold on this machine.
    pub async fn layers(&self) -> Vec<Layer> {
        let mut layers = Vec::new();
        for (name, attempt, wall) in LAYERS {
            layers.push(self.try_layer(name, attempt, wall).await);
        }
        layers.push(self.try_clock().await);
        layers
    }

    async fn try_layer(&self, name: &'static str, attempt: Attempt, layer: Option<Wall>) -> Layer {
        let (holds, detail) = self.attempt(attempt, layer).await;
        Layer { name, holds, detail }
    }

    /// Whether `attempt` is stopped by `layer` alone, and how.
    async fn attempt(&self, attempt: Attempt, layer: Option<Wall>) -> (bool, String) {
        let file = match playlist() {
            Ok(file) => file,
            Err(error) => return (false, error.to_string()),
        };
        let request = Request { cpu_s: 1, ..self.request(Work::Try { attempt, layer }, 0) };
        let nothing = |_| Err(io::Error::from(io::ErrorKind::InvalidData));
        match process::run(&self.exe, request, file, (self.limits.wall_min, nothing)).await {
            Ok((Reply::Tried { stopped, detail }, _)) => (stopped, detail),
            Ok(_) => (false, "another answer".into()),
            Err(Error::Crashed { detail }) => (true, detail),
            Err(Error::Limit { what }) => (true, format!("ended at its limit of {what}")),
            Err(error) => (false, error.to_string()),
        }
    }

    /// A child that never ends is ended from outside.
    async fn try_clock(&self) -> Layer {
        let hurried =
            Self { limits: Limits { wall_min: Duration::from_millis(200), ..self.limits.clone() }, ..self.clone() };
        let name = "wall clock";
        let file = match playlist() {
            Ok(file) => file,
            Err(error) => return Layer { name, holds: false, detail: error.to_string() },
        };
        let work = Work::Try { attempt: Attempt::Spin, layer: None };
        match hurried.ask(work, file, 0).await {
            Err(Error::Timeout { after_ms }) => {
                Layer { name, holds: true, detail: format!("ended after {after_ms} ms") }
            }
            other => Layer { name, holds: false, detail: format!("{other:?}") },
        }
    }

    fn request(&self, work: Work, media_ms: u64) -> Request {
        let cpu_s = 60 + 2 * media_ms / 1000;
        let (memory_bytes, nice) = (self.limits.memory_bytes, self.limits.nice);
        Request { work, memory_bytes, cpu_s, nice, parent: std::process::id() }
    }

    async fn ask(&self, work: Work, file: File, media_ms: u64) -> Result<Reply, Error> {
        let unwanted = |_| Err(io::Error::new(io::ErrorKind::InvalidData, "an unwanted frame"));
        self.converse(work, file, (media_ms, unwanted)).await
    }

    async fn converse<F>(&self, work: Work, file: File, (media_ms, on_frame): (u64, F)) -> Result<Reply, Error>
    where
        F: FnMut(Frame) -> io::Result<()> + Send + 'static,
    {
        let extra = Duration::from_millis(media_ms.min(DURATION_MS_MAX)).mul_f64(self.limits.wall_per_media);
        let wall = self.limits.wall_min + extra;
        let request = self.request(work, media_ms);
        let (reply, _) = process::run(&self.exe, request, file, (wall, on_frame)).await?;
        Ok(reply)
    }
}

/// What each layer is tried with.
const LAYERS: [(&str, Attempt, Option<Wall>); 12] = [
    ("memory limit", Attempt::Allocate, Some(Wall::Limits)),
    ("processor limit", Attempt::Spin, Some(Wall::Limits)),
    ("file size limit", Attempt::WriteFile, Some(Wall::Limits)),
    ("descriptor limit", Attempt::ManyDescriptors, Some(Wall::Limits)),
    ("no new privileges", Attempt::GainPrivileges, Some(Wall::Privileges)),
    ("not dumpable", Attempt::BeRead, Some(Wall::Privileges)),
    ("dies with its parent", Attempt::OutliveParent, Some(Wall::Privileges)),
    ("landlock: files", Attempt::OpenFile, Some(Wall::Landlock)),
    ("landlock: network", Attempt::Connect, Some(Wall::Landlock)),
    ("seccomp: files", Attempt::OpenFile, Some(Wall::Seccomp)),
    ("seccomp: network", Attempt::Connect, Some(Wall::Seccomp)),
    ("seccomp: programs", Attempt::Execute, Some(Wall::Seccomp)),
];

/// A playlist in memory, as a hostile upload would be.
fn playlist() -> io::Result<File> {
    use std::io::{Seek, Write};
    let mut file = File::from(rustix::fs::memfd_create("playlist", rustix::fs::MemfdFlags::CLOEXEC)?);
    file.write_all(b"ffconcat version 1.0\nfile /proc/self/cmdline\n")?;
    file.rewind()?;
    Ok(file)
}

fn misbehaved(detail: impl Into<String>) -> Error {
    Error::Misbehaved { detail: detail.into() }
}

fn index(codec: Codec) -> usize {
    Codec::ALL.iter().position(|one| *one == codec).unwrap_or_default()
}

/// Packets of the longest recording, and its delay.
fn packets_max(codec: Codec) -> u64 {
    DURATION_MS_MAX * 48 / u64::from(codec.frame_samples()) + 8
}

/// Whether a packet can be what it claims: listeners get it as it is.
fn plausible(codec: Codec, channels: u8, packet: &[u8]) -> bool {
    match codec {
        Codec::Mp3 => packet.first_chunk().and_then(|head| mp3::Header::parse(*head)).is_some_and(|header| {
            let rate = header.sample_rate == rostrum_media::SAMPLE_RATE && header.bitrate == codec.bitrate(channels);
            rate && header.channels == channels && header.bytes == packet.len()
        }),
        Codec::Aac => !packet.is_empty(),
        // One frame of 20 ms: configurations 1 mod 4 of SILK and hybrid's odd ones, 3 mod 4 of CELT (RFC 6716 3.1).
        Codec::Opus => packet.first().is_some_and(|toc| {
            let config = toc >> 3;
            let twenty_ms =
                if config < 12 { config % 4 == 1 } else { config % 2 == 1 && (config < 16 || config % 4 == 3) };
            twenty_ms && toc & 3 == 0
        }),
    }
}

/// Attempts and walls for this crate's tests: that an attempt succeeds without the wall is what makes the test one.
#[doc(hidden)]
pub async fn succeeds_without_walls(client: &Client) -> Vec<(&'static str, bool, String)> {
    let mut results = Vec::new();
    for (name, attempt, _) in LAYERS {
        let (stopped, detail) = client.attempt(attempt, None).await;
        results.push((name, !stopped, detail));
    }
    results
}
