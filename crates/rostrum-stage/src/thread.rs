//! A thread that speech depends on: real-time priority where the system grants it, pinned to a core where there are
//! enough of them.

use std::io;
use std::thread::{Builder, JoinHandle};

use rustix::thread::{CpuSet, sched_setaffinity};
use thread_priority::{
    RealtimeThreadSchedulePolicy, ThreadPriority, ThreadSchedulePolicy, set_thread_priority_and_policy,
    thread_native_id,
};

/// The lowest real-time priority but a few; audio servers use the same range.
const PRIORITY: u8 = 10;
/// Fewest cores at which one is given to a shard alone.
const CORES_TO_PIN: usize = 4;

/// What a thread was granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Priority {
    /// The scheduler runs it before all ordinary work.
    RealTime,
    /// Ordinary: on a busy machine speech may stutter.
    Ordinary,
}

/// Asks for real-time priority for the calling thread.
pub fn raise() -> Priority {
    let policy = ThreadSchedulePolicy::Realtime(RealtimeThreadSchedulePolicy::RoundRobin);
    let priority = PRIORITY.try_into().map(ThreadPriority::Crossplatform);
    let granted = priority.is_ok_and(|one| set_thread_priority_and_policy(thread_native_id(), one, policy).is_ok());
    if granted { Priority::RealTime } else { Priority::Ordinary }
}

/// Runs `body` on a thread called `name` as the `index`-th that speech depends on.
pub(crate) fn start(name: &str, index: usize, body: impl FnOnce() + Send + 'static) -> io::Result<JoinHandle<()>> {
    let label = name.to_owned();
    Builder::new().name(name.to_owned()).spawn(move || {
        pin(index);
        tracing::debug!(thread = label, priority = ?raise(), "a thread for speech");
        body();
    })
}

fn pin(index: usize) {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    if cores >= CORES_TO_PIN {
        let mut set = CpuSet::new();
        // From the last core down: interrupts and everything else like the first ones.
        set.set(cores - 1 - index % (cores - 1));
        sched_setaffinity(None, &set).ok();
    }
}
