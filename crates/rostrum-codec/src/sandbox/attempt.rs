//! What a decoder that was taken over would try. Each attempt runs in a child that wears one wall or none, so that the
//! layers can be judged one by one; nothing here does harm when it succeeds.

use std::fs::File;
use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::process::Command;

use crate::message::Attempt;

/// Tries; `Ok` says what succeeded, `Err` what stopped it. Being killed is the parent's to see.
pub(crate) fn run(attempt: Attempt, input: File) -> Result<String, String> {
    let stopped = |error: &dyn std::fmt::Display| error.to_string();
    match attempt {
        Attempt::OpenFile => File::open("/proc/self/cmdline").map(|_| "opened a file".into()).map_err(|e| stopped(&e)),
        Attempt::Connect => connect(),
        Attempt::Execute => Command::new("/bin/true").status().map(|_| "ran a program".into()).map_err(|e| stopped(&e)),
        Attempt::Allocate => {
            let mut memory: Vec<u8> = Vec::new();
            memory.try_reserve_exact(8 << 30).map(|()| "took 8 GiB".into()).map_err(|e| stopped(&e))
        }
        Attempt::WriteFile => {
            let flags = rustix::fs::MemfdFlags::CLOEXEC;
            let file = rustix::fs::memfd_create("attempt", flags).map_err(|error| stopped(&error))?;
            File::from(file).write_all(b"x").map(|()| "wrote a file".into()).map_err(|e| stopped(&e))
        }
        Attempt::ManyDescriptors => {
            let copies: Result<Vec<File>, _> = (0..64).map(|_| input.try_clone()).collect();
            copies.map(|_| "opened 64 descriptors".into()).map_err(|e| stopped(&e))
        }
        Attempt::Spin => spin(),
        Attempt::GainPrivileges => flag(rustix::thread::no_new_privs().unwrap_or(false), "new privileges"),
        Attempt::BeRead => {
            use rustix::process::{DumpableBehavior::NotDumpable, dumpable_behavior};
            flag(dumpable_behavior().is_ok_and(|now| now == NotDumpable), "being read by others")
        }
        Attempt::OutliveParent => {
            let signal = rustix::process::parent_process_death_signal();
            flag(signal.is_ok_and(|signal| signal.is_some()), "outliving the parent")
        }
        Attempt::OpenPlaylist => crate::child::try_playlist(input),
    }
}

#[expect(clippy::disallowed_methods, reason = "the sandbox is shown to stop it")]
fn connect() -> Result<String, String> {
    let nobody = SocketAddr::from(([127, 0, 0, 1], 9));
    match TcpStream::connect(nobody) {
        // Refused by the other side is reached: nothing on this side was in the way.
        Ok(_) => Ok("connected".into()),
        Err(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => Ok("reached a port".into()),
        Err(error) => Err(error.to_string()),
    }
}

/// Keeps a processor busy for ten seconds unless something ends it.
fn spin() -> Result<String, String> {
    let start = std::time::Instant::now();
    while start.elapsed().as_secs() < 10 {
        std::hint::spin_loop();
    }
    Ok("ran on and on".into())
}

fn flag(set: bool, what: &str) -> Result<String, String> {
    if set { Err(format!("the kernel reports {what} as refused")) } else { Ok(format!("nothing forbids {what}")) }
}
