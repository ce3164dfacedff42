//! Web's process.

use rostrum_web::Config;
use rostrum_wire::Sockets;

use super::{Start, app, tell_ready};

pub(super) async fn run(start: Start) -> anyhow::Result<()> {
    let bound = start.order.http.unwrap_or(start.config.http.listen);
    let config = Config {
        sockets: Sockets::open(&start.config.data)?,
        app: app(&start.config, bound).await?,
        site_name: start.config.site_name.clone(),
        language: start.config.language,
        metrics_token: start.config.metrics_token.clone(),
    };
    Ok(rostrum_web::run(config, start.stop, tell_ready).await?)
}
