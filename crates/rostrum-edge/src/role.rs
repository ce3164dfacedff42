//! The edge as a role: binds its listeners, says when it serves, and stops in two stages.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use rostrum_wire::link::Client;
use rostrum_wire::{ReadyInfo, Shutdown};
use tokio::net::{TcpListener, TcpSocket};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_util::task::TaskTracker;

use crate::Config;
use crate::accept::{Door, Stop};
use crate::admission::{Gate, Most};
use crate::fan::Fan;
use crate::front::{Face, Front};
use crate::ingest::Ingest;
use crate::live::Live;
use crate::redirect::Target;
use crate::tls::{Certificates, TlsError};
use crate::turn::Relay;
use crate::upstream::Upstream;

/// Connections the system may hold back at a socket for an edge that is busy, or as many as `net.core.somaxconn` says.
/// One that finds no room tries again after 1, 3 or 7 s, which a listener hears.
const BACKLOG: u32 = 65_535;
/// Sockets at one address, for as many times that number.
const SOCKETS: usize = 4;

/// What may be spoken over TLS (RFC 7301, RFC 7443); browsers name nothing when they come to be relayed.
const PROTOCOLS: &[&[u8]] = &[b"h2", b"http/1.1", b"stun.turn"];

/// Why an edge does not start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address cannot be listened on; another address, or leave to use this one, is needed.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The system gives no thread to serve listeners with.
    #[error("cannot start the audience's threads: {0}")]
    Threads(#[source] io::Error),
    /// The certificate cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

/// Serves until `shutdown`; `ready` is called once connections are taken.
pub async fn run(config: Config, shutdown: Shutdown, ready: impl FnOnce(ReadyInfo)) -> Result<(), Error> {
    let certificates = config.tls.clone().map(Certificates::load).transpose()?;
    let (sockets, http) = bind(config.listen)?;
    let redirect = config.redirect.map(bind).transpose()?;
    let stop = Stop { soft: shutdown.soft().clone(), hard: shutdown.hard().child_token() };
    let tasks = TaskTracker::new();
    let (drain_time, reload_every) = (config.limits.drain_time, config.limits.reload_every);
    let target = Target { authority: config.public_authority.clone(), port: http.port() };
    let fan = Fan::start(config.threads).map_err(Error::Threads)?;
    let site = door(config, certificates.as_ref(), (&fan, &stop, &tasks));
    let aside = Door { tls: None, face: Face::Redirect(target), ..site.clone() };
    for socket in redirect.into_iter().flat_map(|(sockets, _)| sockets) {
        tasks.spawn(aside.clone().open(socket));
    }
    if let Some(certificates) = certificates {
        tasks.spawn(certificates.follow(reload_every, stop.soft.clone()));
    }
    ready(ReadyInfo { http: Some(http), ..ReadyInfo::default() });
    sockets.into_iter().map(|socket| site.clone().open(socket)).collect::<JoinSet<_>>().join_all().await;
    drop((site, aside));
    fan.close();
    tasks.close();
    if timeout(drain_time, tasks.wait()).await.is_err() {
        tracing::info!("cutting the requests that still run");
    }
    stop.hard.cancel();
    drop(fan);
    tasks.wait().await;
    Ok(())
}

fn door(
    config: Config,
    certificates: Option<&Arc<Certificates>>,
    (fan, stop, tasks): (&Arc<Fan>, &Stop, &TaskTracker),
) -> Door {
    let limits = &config.limits;
    let (descriptors, site, client) = (limits.descriptors, limits.connections, limits.connections_per_prefix);
    let gate = Gate::new(Most { descriptors, site, client }, config.trusted_proxies.clone());
    let web = Upstream::new(config.web.clone(), limits.answer_time);
    let tls = certificates.map(|certificates| TlsAcceptor::from(certificates.server(PROTOCOLS)));
    let edge = format!("{:x}", u128::from_le_bytes(config.ids.bytes()[..16].try_into().unwrap_or_default()));
    let live = Live::start(Client::new(config.stage.clone(), "stage"), edge, (Arc::clone(fan), stop.hard.clone()));
    let ingest = Ingest { web: config.web.clone(), codec: config.codec.clone() };
    let relay = config.relay.as_ref().map(|relaying| Relay::new(relaying, &config));
    let front = Arc::new(Front { config, web, live, ingest, relay });
    let fan = Arc::clone(fan);
    Door { front, fan, gate, tls, face: Face::Site, stop: stop.clone(), tasks: tasks.clone() }
}

/// Listens beside other edges on the same address; says which it is, should the system have chosen the port.
fn bind(address: SocketAddr) -> Result<(Vec<TcpListener>, SocketAddr), Error> {
    let failed = |source| Error::Listen { address, source };
    let first = listen(address).map_err(failed)?;
    let address = first.local_addr().map_err(failed)?;
    let others = (1..SOCKETS).map(|_| listen(address)).collect::<io::Result<Vec<_>>>().map_err(failed)?;
    Ok((std::iter::once(first).chain(others).collect(), address))
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    socket.set_reuseaddr(true)?;
    socket.set_reuseport(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}
