//! The child: locks itself up, does one job on the file it was handed as standard input, answers on standard output.
//! It opens no file, writes no container, and everything it needs later is loaded before the lock.

mod analyse;
mod artwork;
mod audio;
mod encode;
mod input;
mod libav;
mod live;
mod probe;
mod resample;
mod source;
mod symphonia;
mod transcode;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::os::fd::{AsFd, RawFd};
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

use crate::frame;
use crate::message::{Attempt, Reply, Request, Wall, Work};
use crate::sandbox;
use input::Input;

/// Why a job ends early.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The file is bad; words for a person.
    Refused(String),
    /// Nobody listens any more, or the child is at fault.
    Failed(String),
}

impl Stop {
    pub(crate) fn refused(reason: impl Into<String>) -> Self {
        Self::Refused(reason.into())
    }
}

impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

/// The way to the parent, shared by the threads of a job.
pub(crate) struct Output(Mutex<BufWriter<std::io::Stdout>>);

impl Output {
    fn new() -> Self {
        Self(Mutex::new(BufWriter::with_capacity(1 << 16, std::io::stdout())))
    }

    pub(crate) fn with<T>(&self, put: impl FnOnce(&mut dyn Write) -> std::io::Result<T>) -> std::io::Result<T> {
        put(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn reply(&self, reply: &Reply) -> std::io::Result<()> {
        self.with(|mut out| frame::put_reply(&mut out, reply))
    }
}

/// Runs one job; `args` are the arguments after `media-child`: the request as JSON. To be called first thing in
/// `main`, before a runtime or any other thread is started; otherwise it refuses to work.
pub fn child_main(mut args: impl Iterator<Item = String>) -> ExitCode {
    let output = Output::new();
    let reply = match args.next().map(|text| serde_json::from_str::<Request>(&text)) {
        Some(Ok(request)) => run(&request, &output),
        _ => Reply::Failed { detail: "the request is not understood".into() },
    };
    match output.reply(&reply) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn run(request: &Request, output: &Output) -> Reply {
    let threads = match prepare() {
        Ok(threads) => threads,
        Err(error) => return Reply::Failed { detail: error.to_string() },
    };
    let file = match std::io::stdin().as_fd().try_clone_to_owned() {
        Ok(descriptor) => File::from(descriptor),
        Err(error) => return Reply::Failed { detail: error.to_string() },
    };
    if let Work::Try { attempt, layer } = request.work {
        return try_layer(request, attempt, layer, file);
    }
    let input = match Input::new(file) {
        Ok(input) => input,
        Err(error) => return Reply::Failed { detail: error.to_string() },
    };
    if let Err(detail) = sandbox::lock(request) {
        return Reply::Unprotected { detail };
    }
    let work = || match &request.work {
        Work::Probe => probe::run(&input).map(Reply::Probed),
        Work::Analyse { container, duration_ms } => {
            analyse::run(&input, *container, *duration_ms, threads).map(Reply::Analysed)
        }
        Work::Transcode(request) => transcode::run(&input, request, output).map(Reply::Transcoded),
        Work::Artwork(request) => artwork::run(&input, *request, output),
        Work::Live => live::run(&input, output).map(|()| Reply::Streamed),
        Work::Try { .. } => Err(Stop::Failed("handled before the lock".into())),
    };
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)) {
        Ok(Ok(reply)) => reply,
        Ok(Err(Stop::Refused(reason))) => Reply::Refused { reason },
        Ok(Err(Stop::Failed(detail))) => Reply::Failed { detail },
        Err(_) => Reply::Refused { reason: input::DAMAGED.into() },
    }
}

/// Loads and starts what could otherwise be loaded later, behind the lock; says how many threads a job may use.
fn prepare() -> std::io::Result<usize> {
    // Walls are put up for the calling thread and those it starts: an older thread would stand outside them.
    if std::fs::read_dir("/proc/self/task")?.count() != 1 {
        return Err(std::io::Error::other("the child must be started before any other thread"));
    }
    let listed = std::fs::read_dir("/proc/self/fd")?;
    let descriptors: Vec<RawFd> = listed.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect();
    crate::ffi::close_inherited(&descriptors);
    ffmpeg_next::init().map_err(std::io::Error::other)?;
    ffmpeg_next::log::set_level(ffmpeg_next::log::Level::Quiet);
    // A panic is told by its effect; its text would go to nobody.
    std::panic::set_hook(Box::new(|_| {}));
    // Reads files of the control group, so it cannot wait until they are out of reach.
    Ok(std::thread::available_parallelism().map_or(1, |count| count.get().min(8)))
}

fn try_layer(request: &Request, attempt: Attempt, layer: Option<Wall>, file: File) -> Reply {
    let worth = match layer.map(|wall| sandbox::put_up(wall, request)).transpose() {
        Ok(worth) => worth.map_or_else(String::new, |worth| format!("; the wall: {worth}")),
        Err(detail) => return Reply::Tried { stopped: false, detail },
    };
    match sandbox::attempt::run(attempt, file) {
        // What the wall is worth here says why it did not stop it: an older kernel has less of Landlock, or none.
        Ok(detail) => Reply::Tried { stopped: false, detail: detail + &worth },
        Err(detail) => Reply::Tried { stopped: true, detail },
    }
}

/// Whether a file that points elsewhere gets past the sniff and the forced demuxers, with no other wall up.
pub(crate) fn try_playlist(file: File) -> Result<String, String> {
    let input = Input::new(file).map_err(|error| error.to_string())?;
    match probe::run(&input) {
        Ok(_) => Ok("opened a playlist".into()),
        Err(Stop::Refused(reason) | Stop::Failed(reason)) => Err(reason),
    }
}
