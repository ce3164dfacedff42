//! The poke: web tells the worker that there is work. A datagram of one byte, sent without waiting; when the worker is
//! down or already has pokes enough, the poke is dropped, since the worker looks for work by itself as well.

use std::io::{self, ErrorKind};
use std::os::unix::net::UnixDatagram as Sender;

use tokio::net::UnixDatagram;

use crate::{Socket, SocketError};

/// The side that pokes.
#[derive(Debug)]
pub struct Poker {
    socket: Socket,
    sender: Sender,
}

impl Poker {
    /// A poker of whoever listens on `socket`, now or later.
    pub fn new(socket: Socket) -> Result<Self, SocketError> {
        let sender = nonblocking().map_err(|source| socket.io(source))?;
        Ok(Self { socket, sender })
    }

    /// Says that there is work; returns at once and cannot fail.
    pub fn poke(&self) {
        match self.sender.send_to(&[1], self.socket.address()) {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => tracing::debug!(%error, socket = %self.socket.path().display(), "nobody to poke"),
        }
    }
}

fn nonblocking() -> io::Result<Sender> {
    let sender = Sender::unbound()?;
    sender.set_nonblocking(true)?;
    Ok(sender)
}

/// The side that is poked.
#[derive(Debug)]
pub struct Pokes {
    socket: UnixDatagram,
}

impl Pokes {
    /// Listens on `socket`. Needs a tokio runtime.
    pub fn listen(socket: &Socket) -> Result<Self, SocketError> {
        socket.claim(UnixDatagram::bind).map(|socket| Self { socket })
    }

    /// Waits for a poke; those that have piled up count as one. Cancelling loses nothing.
    pub async fn next(&mut self) -> io::Result<()> {
        let mut byte = [0; 1];
        self.socket.recv(&mut byte).await?;
        loop {
            match self.socket.try_recv(&mut byte) {
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Sockets;
    use std::future::poll_fn;
    use std::pin::pin;
    use std::task::Poll;

    #[tokio::test]
    async fn many_pokes_wake_once_and_never_block() {
        let data = tempfile::tempdir().unwrap();
        let sockets = Sockets::open(data.path()).unwrap();
        let poker = Poker::new(sockets.worker()).unwrap();
        poker.poke();
        let mut pokes = Pokes::listen(&sockets.worker()).unwrap();
        for _ in 0..10_000 {
            poker.poke();
        }
        pokes.next().await.unwrap();
        let mut again = pin!(pokes.next());
        let idle = poll_fn(|cx| Poll::Ready(again.as_mut().poll(cx).is_pending())).await;
        assert!(idle, "the pile was one poke");
        poker.poke();
        again.await.unwrap();
    }

    #[tokio::test]
    async fn a_new_worker_takes_over_the_socket_of_a_dead_one() {
        let data = tempfile::tempdir().unwrap();
        let sockets = Sockets::open(data.path()).unwrap();
        let poker = Poker::new(sockets.worker()).unwrap();
        drop(Pokes::listen(&sockets.worker()).unwrap());
        let mut pokes = Pokes::listen(&sockets.worker()).unwrap();
        assert!(matches!(Pokes::listen(&sockets.worker()), Err(SocketError::InUse(_))));
        poker.poke();
        pokes.next().await.unwrap();
    }
}
