//! A line to the server for any number of connections, which can be cut and mended.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::net::UdpSocket;
use tokio::task::{AbortHandle, JoinSet};

/// Longest datagram carried, in bytes.
const DATAGRAM_MAX: usize = 2048;

/// A running line; ends when dropped.
#[derive(Debug)]
pub struct Line {
    address: SocketAddr,
    is_cut: Arc<AtomicBool>,
    task: AbortHandle,
}

impl Drop for Line {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Line {
    /// A line to `server`.
    pub async fn start(server: SocketAddr) -> Self {
        let near = Arc::new(UdpSocket::bind("127.0.0.1:0").await.expect("a free port"));
        let address = near.local_addr().expect("it is bound");
        let is_cut = Arc::new(AtomicBool::new(false));
        let task = tokio::spawn(carry(near, server, Arc::clone(&is_cut))).abort_handle();
        Self { address, is_cut, task }
    }

    /// Lets nothing through any more, or again.
    pub fn cut(&self, on: bool) {
        self.is_cut.store(on, Ordering::Relaxed);
    }

    /// A script by which a page's connections find the server behind this line and nowhere else.
    pub fn detour(&self) -> String {
        let port = self.address.port();
        format!(
            "{{ const set = RTCPeerConnection.prototype.setRemoteDescription;
             RTCPeerConnection.prototype.setRemoteDescription = function ({{ type, sdp }}) {{
               const udp = sdp.replace(/^a=candidate:.* tcp .*\\r\\n/gim, '');
               const here = udp.replace(/^(a=candidate:\\S+ \\d+ udp \\d+) \\S+ \\d+/gim, '$1 127.0.0.1 {port}');
               return set.call(this, {{ type, sdp: here }});
             }}; }}"
        )
    }
}

/// Each connection has a socket of its own towards the server, as behind a router.
async fn carry(near: Arc<UdpSocket>, server: SocketAddr, is_cut: Arc<AtomicBool>) {
    let mut ways = HashMap::<SocketAddr, Arc<UdpSocket>>::new();
    let mut back = JoinSet::new();
    let mut bytes = [0; DATAGRAM_MAX];
    loop {
        let Ok((length, from)) = near.recv_from(&mut bytes).await else { continue };
        if is_cut.load(Ordering::Relaxed) {
            continue;
        }
        let way = match ways.get(&from) {
            Some(way) => Arc::clone(way),
            None => {
                let way = Arc::new(UdpSocket::bind("127.0.0.1:0").await.expect("a free port"));
                way.connect(server).await.expect("an address is only noted");
                back.spawn(answers(Arc::clone(&way), (Arc::clone(&near), from), Arc::clone(&is_cut)));
                ways.insert(from, Arc::clone(&way));
                way
            }
        };
        // A closed port answers a datagram with an error; a network shows it to nobody.
        drop(way.send(&bytes[..length]).await);
    }
}

async fn answers(way: Arc<UdpSocket>, (near, to): (Arc<UdpSocket>, SocketAddr), is_cut: Arc<AtomicBool>) {
    let mut bytes = [0; DATAGRAM_MAX];
    loop {
        let Ok(length) = way.recv(&mut bytes).await else { continue };
        if !is_cut.load(Ordering::Relaxed) {
            drop(near.send_to(&bytes[..length], to).await);
        }
    }
}
