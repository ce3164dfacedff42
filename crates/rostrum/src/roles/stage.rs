//! The stage's process.

use anyhow::Context;
use rostrum_stage::StageConfig;
use rostrum_wire::Sockets;

use super::{Start, raise_descriptors, tell_ready};
use crate::supervise::grant_key;
use crate::system;

pub(super) async fn run(start: Start) -> anyhow::Result<()> {
    raise_descriptors();
    let rtc = start.order.rtc.context("a stage needs an address that the supervisor holds")?;
    let config = StageConfig {
        rtc,
        public: start.config.rtc.public_ip,
        shards: start.config.rtc.shards,
        live: start.config.data.join("live"),
        socket: Sockets::open(&start.config.data)?.stage(),
        key: grant_key(&start.config.data)?,
        clock: system::clock(),
        ids: system::ids(),
    };
    Ok(rostrum_stage::run(config, start.stop, tell_ready).await?)
}
