//! `rostrum serve`: the supervisor until it is asked to stop.

use anyhow::anyhow;

use super::wait_for;
use crate::cli::Serve;
use crate::config::Config;
use crate::supervise::Site;
use crate::trace;

pub(super) fn run(serve: Serve) -> anyhow::Result<()> {
    let log = Config::build(&serve.settings()?)?.log;
    trace::start("main", &log.level, log.format).map_err(|error| anyhow!(error))?;
    // One thread, the main one: a role is ended by the kernel when the thread that started it ends.
    wait_for(async { Site::load(serve).await?.run().await })
}
