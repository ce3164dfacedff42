//! The walls a child puts up round itself before it looks at a byte of input. What a layer costs is paid once; what a
//! layer stops is tried in `attempt`. NPROC is not among the limits: it counts all processes of a user, the server's
//! own threads included, and seccomp lets only threads be made anyway.

pub(crate) mod attempt;

use std::io;

use landlock::{ABI, Access, AccessFs, AccessNet, Ruleset, RulesetAttr, RulesetStatus, Scope};
use rustix::process::{DumpableBehavior, Resource, Rlimit, Signal, setrlimit};

use crate::message::{Request, Wall};

/// Descriptors a child may have: its three, the copy of its input, and a little room for libc.
const DESCRIPTORS_MAX: u64 = 32;

/// The system calls a decoder needs; everything else kills the process.
const POLICY: &str = include_str!("seccomp.json");

/// Puts up every wall.
pub(crate) fn lock(request: &Request) -> Result<(), String> {
    // A file that makes a decoder slow shall not make the server slow.
    let _ = rustix::process::nice(i32::from(request.nice.min(19)));
    for wall in [Wall::Limits, Wall::Privileges, Wall::Landlock, Wall::Seccomp] {
        put_up(wall, request)?;
    }
    Ok(())
}

/// Puts up one wall; says what it is worth here.
pub(crate) fn put_up(wall: Wall, request: &Request) -> Result<String, String> {
    match wall {
        Wall::Limits => limits(request).map_err(|error| format!("resource limits: {error}")),
        Wall::Privileges => privileges(request).map_err(|error| format!("process flags: {error}")),
        // Best effort: kernels before 5.13 do not have it, and seccomp alone already refuses to open anything.
        Wall::Landlock => Ok(landlock().unwrap_or_else(|error| format!("not available: {error}"))),
        Wall::Seccomp => seccomp().map_err(|error| format!("seccomp: {error}")),
    }
}

fn limits(request: &Request) -> io::Result<String> {
    let memory = mapped_bytes()? + request.memory_bytes;
    for (resource, most) in
        [(Resource::As, memory), (Resource::Fsize, 0), (Resource::Nofile, DESCRIPTORS_MAX), (Resource::Core, 0)]
    {
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?;
    }
    // At the lower limit the kernel sends a signal that says why, at the upper one it kills.
    setrlimit(Resource::Cpu, Rlimit { current: Some(request.cpu_s), maximum: Some(request.cpu_s + 1) })?;
    Ok(format!("{} MiB of memory, {} s of processor", memory >> 20, request.cpu_s))
}

/// Address space in use now, from the first field of `/proc/self/statm`.
fn mapped_bytes() -> io::Result<u64> {
    let statm = std::fs::read_to_string("/proc/self/statm")?;
    let pages: u64 = statm.split(' ').next().and_then(|pages| pages.parse().ok()).unwrap_or_default();
    Ok(pages * rustix::param::page_size() as u64)
}

fn privileges(request: &Request) -> io::Result<String> {
    rustix::thread::set_no_new_privs(true)?;
    rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    // A parent that died before the signal was asked for will never send it.
    let parent = rustix::process::getppid().map_or(0, |pid| pid.as_raw_nonzero().get().unsigned_abs());
    if parent != request.parent {
        return Err(io::Error::other("the parent is gone"));
    }
    Ok("no new privileges, not dumpable, dies with its parent".into())
}

fn landlock() -> Result<String, landlock::RulesetError> {
    let abi = ABI::V7;
    let status = Ruleset::default()
        .handle_access(AccessFs::from_all(abi))?
        .handle_access(AccessNet::from_all(abi))?
        .scope(Scope::from_all(abi))?
        .create()?
        .restrict_self()?;
    Ok(match status.ruleset {
        RulesetStatus::NotEnforced => "this kernel does not have it".into(),
        RulesetStatus::PartiallyEnforced => format!("in part, {:?}", status.landlock),
        RulesetStatus::FullyEnforced => format!("in full, {:?}", status.landlock),
    })
}

fn seccomp() -> Result<String, String> {
    let arch = std::env::consts::ARCH.try_into().map_err(|_| "unknown processor".to_owned())?;
    let filters = seccompiler::compile_from_json(POLICY.as_bytes(), arch).map_err(|error| error.to_string())?;
    for name in ["no_clone3", "allowed"] {
        let filter = filters.get(name).ok_or("the policy is incomplete")?;
        seccompiler::apply_filter(filter).map_err(|error| error.to_string())?;
    }
    Ok("only the calls a decoder needs".into())
}
