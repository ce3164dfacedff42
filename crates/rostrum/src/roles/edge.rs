//! The edge's process.

use anyhow::Context;
use rostrum_edge::{Config, Limits, Relaying};
use rostrum_live::turn::Key;
use rostrum_wire::Sockets;

use super::{Start, codec, raise_descriptors, tell_ready};
use crate::supervise::grant_key;
use crate::system;

/// Descriptors an edge needs besides its clients'.
const OWN_DESCRIPTORS: u64 = 64;

/// The relay to a stage on this machine, for speakers who are let out by HTTPS alone.
fn relaying(start: &Start) -> Option<Relaying> {
    start.config.http.tls.as_ref()?;
    let rtc = start.order.rtc.unwrap_or(start.config.rtc.listen);
    let found = rostrum_stage::addresses(rtc, start.config.rtc.public_ip).context("this machine's addresses");
    let made = found.and_then(|places| Ok(Relaying { key: Key::of(&grant_key(&start.config.data)?), places }));
    made.inspect_err(|error| tracing::warn!("speakers cannot be relayed: {error:#}")).ok()
}

pub(super) async fn run(start: Start) -> anyhow::Result<()> {
    let http = start.order.http.context("an edge needs an address that the supervisor holds")?;
    let wanted = &start.config.limits;
    let descriptors = usize::try_from(raise_descriptors().saturating_sub(OWN_DESCRIPTORS)).unwrap_or(usize::MAX);
    // A connection may cost two descriptors: the client's and the one to web.
    let room = (descriptors / 2).max(1);
    if room < wanted.connections {
        tracing::warn!(
            wanted = wanted.connections,
            room,
            "fewer connections than limits.connections; raise `ulimit -n`"
        );
    }
    let limits = Limits {
        descriptors,
        connections: wanted.connections.min(room),
        connections_per_prefix: wanted.connections_per_client,
        body_bytes: wanted.body_bytes_max,
        upload_bytes: wanted.upload_bytes_max,
        ..Limits::default()
    };
    let public = start.config.http.public_url.as_ref();
    let sockets = Sockets::open(&start.config.data)?;
    let config = Config {
        listen: http,
        tls: start.config.http.tls.clone(),
        redirect: start.config.http.redirect,
        public_authority: public.map(|url| url.authority().to_owned()),
        web: sockets.web(),
        stage: sockets.stage(),
        relay: relaying(&start),
        trusted_proxies: start.config.http.trusted_proxies.clone(),
        upload_paths: vec!["/uploads/".into(), "/api/v1/uploads".into()],
        codec: codec().for_live(),
        load_token: start.config.load_token.clone(),
        threads: threads(start.config.edges),
        limits,
        language: start.config.language,
        clock: system::clock(),
        ids: system::ids(),
    };
    Ok(rostrum_edge::run(config, start.stop, tell_ready).await?)
}

/// Threads of one edge: its share of the processors.
fn threads(edges: usize) -> usize {
    let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    processors.div_ceil(edges.max(1))
}
