//! One child process: started, listened to on a thread of its own, ended whatever happens.
//! The thread lives exactly as long as the child, because the kernel sends the parent-death signal when the *thread*
//! that started a child ends; and its sink may block on a disk without holding up anything else.

use std::fs::File;
use std::io::{self, BufReader};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;

use crate::CHILD_COMMAND;
use crate::client::Error;
use crate::frame::{self, Frame};
use crate::message::{Reply, Request};

/// Signals by which the kernel ends a process: kill (out of memory), seccomp, processor time, file size.
const SIGKILL: i32 = 9;
const SIGSYS: i32 = 31;
const SIGXCPU: i32 = 24;
const SIGXFSZ: i32 = 25;

/// The child while it lives; killing one that was reaped does nothing.
#[derive(Clone)]
struct Handle(Arc<Mutex<Child>>);

impl Handle {
    fn kill(&self) {
        let mut child = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Fails only for a child that has already been waited for.
        let _ = child.kill();
    }

    /// Ends and reaps the child. One that closed its pipe but runs on has nothing more to say; one that is being
    /// ended by the kernel keeps the status it died with.
    fn reap(&self) -> io::Result<ExitStatus> {
        let mut child = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = child.kill();
        child.wait()
    }
}

/// Kills the child when the future that waits for it is dropped.
struct KillOnDrop(Handle);

impl Drop for KillOnDrop {
    fn drop(&mut self) {
        self.0.kill();
    }
}

/// Runs one request on `file`. Frames other than the last reply go to `on_frame`; the last reply, the frame handler
/// and how the child ended come back. Dropping the future kills the child.
pub(crate) async fn run<F>(
    exe: &Path,
    request: Request,
    file: File,
    (wall, on_frame): (Duration, F),
) -> Result<(Reply, F), Error>
where
    F: FnMut(Frame) -> io::Result<()> + Send + 'static,
{
    let (started, start) = oneshot::channel();
    let (finished, finish) = oneshot::channel();
    let exe = exe.to_owned();
    let listen = move || {
        let child = match spawn(&exe, &request, file) {
            Ok(child) => child,
            Err(error) => return drop(finished.send(Err(Error::Io(error)))),
        };
        let (handle, pipe) = child;
        // Nobody waits any more: the job was cancelled before it began.
        if started.send(handle.clone()).is_err() {
            return drop(handle.reap());
        }
        drop(finished.send(converse(&handle, pipe, on_frame)));
    };
    std::thread::Builder::new().name("media-child".into()).spawn(listen).map_err(Error::Io)?;
    let guard = start.await.ok().map(KillOnDrop);
    let mut finish = finish;
    let outcome = tokio::time::timeout(wall, &mut finish).await;
    drop(guard);
    let gone = || Error::Io(io::Error::other("the listening thread ended early"));
    match outcome {
        Ok(result) => result.map_err(|_| gone())?,
        Err(_) => {
            // The child is dead by now, so its thread ends; a job that is reported as over is over.
            drop(finish.await);
            Err(Error::Timeout { after_ms: u64::try_from(wall.as_millis()).unwrap_or(u64::MAX) })
        }
    }
}

fn spawn(exe: &Path, request: &Request, file: File) -> io::Result<(Handle, std::process::ChildStdout)> {
    let mut child = Command::new(exe)
        .arg(CHILD_COMMAND)
        .arg(serde_json::to_string(request)?)
        .env_clear()
        // Each arena reserves 64 MiB of address space, which the memory limit counts.
        .env("MALLOC_ARENA_MAX", "4")
        // Frames come and go by the thousand; giving memory back between them costs more than it saves.
        .env("MALLOC_TRIM_THRESHOLD_", "268435456")
        .env("MALLOC_TOP_PAD_", "1048576")
        .current_dir("/")
        .stdin(Stdio::from(file))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()?;
    let pipe = child.stdout.take().ok_or_else(|| io::Error::other("no pipe"))?;
    Ok((Handle(Arc::new(Mutex::new(child))), pipe))
}

fn converse<F>(handle: &Handle, pipe: std::process::ChildStdout, mut on_frame: F) -> Result<(Reply, F), Error>
where
    F: FnMut(Frame) -> io::Result<()>,
{
    let mut pipe = BufReader::with_capacity(1 << 16, pipe);
    let mut last = None;
    let heard = loop {
        match frame::next(&mut pipe) {
            Ok(None) => break Ok(()),
            Ok(Some(Frame::Reply(reply))) if !matches!(*reply, Reply::Progress { .. }) => {
                last = Some(*reply);
                break Ok(());
            }
            Ok(Some(other)) => {
                if let Err(error) = on_frame(other) {
                    break Err(if error.kind() == io::ErrorKind::InvalidData {
                        misbehaved(&error)
                    } else {
                        Error::Io(error)
                    });
                }
            }
            // A frame that breaks off is the trace of a death, which says more.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => break Ok(()),
            Err(error) => break Err(misbehaved(&error)),
        }
    };
    let status = handle.reap().map_err(Error::Io)?;
    match (heard, last) {
        (Ok(()), Some(Reply::Refused { reason })) => Err(Error::Rejected { reason }),
        (Ok(()), Some(Reply::Unprotected { detail })) => Err(Error::Unprotected { detail }),
        (Ok(()), Some(Reply::Failed { detail })) => Err(Error::Crashed { detail }),
        (Ok(()), Some(reply)) => Ok((reply, on_frame)),
        (Ok(()), None) => Err(death(status)),
        (Err(error), _) => Err(error),
    }
}

fn misbehaved(error: &io::Error) -> Error {
    Error::Misbehaved { detail: error.to_string() }
}

fn death(status: ExitStatus) -> Error {
    match status.signal() {
        Some(SIGXCPU) => Error::Limit { what: "processor time" },
        Some(SIGXFSZ) => Error::Limit { what: "file size" },
        Some(SIGSYS) => Error::Crashed { detail: "the sandbox stopped a forbidden call".into() },
        Some(SIGKILL) => Error::Killed,
        _ => Error::Crashed { detail: format!("it ended without an answer ({status})") },
    }
}
