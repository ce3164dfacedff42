//! The seam to the network: looking names up and dialling. It is handed addresses that the guard has passed.

use std::io;
use std::net::{IpAddr, SocketAddr};

use futures_util::future::BoxFuture;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};

/// A connection's two directions.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// Where a fetcher looks names up and connects.
pub trait Net: Send + Sync {
    /// Every address of `name`, unchecked; an error or none at all when it has none.
    fn resolve<'a>(&'a self, name: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>>;

    /// Connects to exactly `socket`.
    fn dial(&self, socket: SocketAddr) -> BoxFuture<'_, io::Result<Box<dyn Stream>>>;
}

/// The machine's resolver and its TCP.
#[derive(Debug, Clone, Copy)]
pub struct SystemNet;

impl Net for SystemNet {
    fn resolve<'a>(&'a self, name: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        Box::pin(async move { Ok(lookup_host((name, 0)).await?.map(|socket| socket.ip()).collect()) })
    }

    #[expect(clippy::disallowed_methods, reason = "this is the one client that others go through")]
    fn dial(&self, socket: SocketAddr) -> BoxFuture<'_, io::Result<Box<dyn Stream>>> {
        Box::pin(async move {
            let stream = TcpStream::connect(socket).await?;
            stream.set_nodelay(true)?;
            Ok(Box::new(stream) as Box<dyn Stream>)
        })
    }
}
