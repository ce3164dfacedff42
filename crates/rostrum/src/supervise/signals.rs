//! Signals as a stop: the first SIGTERM or SIGINT asks for the soft stop, the second for the hard one.

use rostrum_wire::Shutdown;
use tokio::signal::unix::{SignalKind, signal};

/// Listens from now on.
pub(crate) fn listen() -> std::io::Result<Shutdown> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let stop = Shutdown::new();
    let asked = stop.clone();
    // Lives as long as the process: there is nothing after its last signal.
    tokio::spawn(async move {
        for stage in [Shutdown::begin, Shutdown::force] {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            stage(&asked);
        }
    });
    Ok(stop)
}
