//! Reports: the worker tells web how far a job is. A datagram each, sent without waiting and dropped when nobody
//! listens: progress is a courtesy, the database holds the truth.

use std::io::{self, ErrorKind};
use std::os::unix::net::UnixDatagram as Sender;

use tokio::net::UnixDatagram;

use crate::{Socket, SocketError};

/// Longest report, in bytes.
const BYTES_MAX: usize = 4096;

/// How far a job is.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Progress {
    /// The job's id.
    pub job: String,
    /// The show it works for, so that only its members see it.
    pub show: Option<String>,
    /// The episode it works for.
    pub episode: Option<String>,
    /// What it does now, a word or two.
    pub step: String,
    /// Done so far, in the step's own units.
    pub done: u64,
    /// The whole; zero when unknown.
    pub total: u64,
    /// Whether it has ended, well or not.
    pub ended: bool,
}

/// The side that reports.
#[derive(Debug)]
pub struct Reporter {
    socket: Socket,
    sender: Sender,
}

impl Reporter {
    /// A reporter to whoever listens on `socket`, now or later.
    pub fn new(socket: Socket) -> Result<Self, SocketError> {
        let open = || -> io::Result<Sender> {
            let sender = Sender::unbound()?;
            sender.set_nonblocking(true)?;
            Ok(sender)
        };
        let sender = open().map_err(|source| socket.io(source))?;
        Ok(Self { socket, sender })
    }

    /// Sends one report; returns at once and cannot fail.
    pub fn report(&self, progress: &Progress) {
        let Ok(bytes) = serde_json::to_vec(progress) else { return };
        if let Err(error) = self.sender.send_to(&bytes, self.socket.address()) {
            tracing::trace!(%error, "nobody hears about progress");
        }
    }
}

/// The side that listens.
#[derive(Debug)]
pub struct Reports {
    socket: UnixDatagram,
}

impl Reports {
    /// Listens on `socket`. Needs a tokio runtime.
    pub fn listen(socket: &Socket) -> Result<Self, SocketError> {
        socket.claim(UnixDatagram::bind).map(|socket| Self { socket })
    }

    /// The next report that makes sense. Cancelling loses nothing.
    pub async fn next(&mut self) -> io::Result<Progress> {
        let mut bytes = [0; BYTES_MAX];
        loop {
            match self.socket.recv(&mut bytes).await {
                Ok(length) => {
                    if let Ok(progress) = serde_json::from_slice(&bytes[..length]) {
                        return Ok(progress);
                    }
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Sockets;

    #[tokio::test]
    async fn reports_arrive_and_nobody_waits_for_them() {
        let data = tempfile::tempdir().unwrap();
        let sockets = Sockets::open(data.path()).unwrap();
        let reporter = Reporter::new(sockets.progress()).unwrap();
        let progress = Progress {
            job: "j".into(),
            show: None,
            episode: None,
            step: "encoding".into(),
            done: 1,
            total: 2,
            ended: false,
        };
        reporter.report(&progress);
        let mut reports = Reports::listen(&sockets.progress()).unwrap();
        for _ in 0..10_000 {
            reporter.report(&progress);
        }
        assert_eq!(reports.next().await.unwrap(), progress);
    }
}
