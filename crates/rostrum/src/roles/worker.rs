//! The worker's process.

use rostrum_wire::Sockets;
use rostrum_worker::Config;

use super::{Start, app, tell_ready};

pub(super) async fn run(start: Start) -> anyhow::Result<()> {
    let bound = start.order.http.unwrap_or(start.config.http.listen);
    let config = Config {
        sockets: Sockets::open(&start.config.data)?,
        app: app(&start.config, bound).await?,
        // A transcode uses every core by itself; the second slot lets small jobs pass a long one.
        slots: 2,
    };
    Ok(rostrum_worker::run(config, start.stop, tell_ready).await?)
}
