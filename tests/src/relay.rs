//! A bad network between a speaker and the server: a seeded core that decides each datagram's fate, and a relay on
//! real UDP sockets that obeys it.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

/// How bad the network is. Jitter above the spacing of packets reorders them.
#[derive(Debug, Clone, Copy)]
pub struct Weather {
    /// Datagrams lost, of a thousand.
    pub loss_permille: u64,
    /// Datagrams that come twice, of a thousand.
    pub double_permille: u64,
    /// Each is late by up to so many milliseconds.
    pub jitter_ms: u64,
    /// The same seed gives the same fates.
    pub seed: u64,
}

/// Decides fates; knows neither sockets nor time.
#[derive(Debug)]
pub struct Fates {
    weather: Weather,
    state: u64,
}

impl Fates {
    /// Fates of this weather.
    pub fn new(weather: Weather) -> Self {
        Self { weather, state: weather.seed }
    }

    /// By how many milliseconds each copy of the next datagram is late; empty when it is lost.
    pub fn decide(&mut self) -> Vec<u64> {
        if self.draw(1000) < self.weather.loss_permille {
            return Vec::new();
        }
        let copies = 1 + u64::from(self.draw(1000) < self.weather.double_permille);
        (0..copies).map(|_| self.draw(self.weather.jitter_ms + 1)).collect()
    }

    /// SplitMix64, below `end`.
    fn draw(&mut self, end: u64) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }
}

/// A running relay; ends when dropped.
#[derive(Debug)]
pub struct Relay {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Relay {
    /// A relay to `server` for one speaker, who sends to [`Relay::address`].
    pub async fn start(server: SocketAddr, weather: Weather) -> Self {
        let near = UdpSocket::bind("127.0.0.1:0").await.expect("a free port");
        let far = UdpSocket::bind("127.0.0.1:0").await.expect("a free port");
        let address = near.local_addr().expect("it is bound");
        let task = tokio::spawn(carry((near, far), server, Fates::new(weather)));
        Self { address, task }
    }

    /// Where the speaker sends instead of the server.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

/// A datagram on its way: due time, order of arrival, whether it goes to the server, bytes.
type Flight = Reverse<(Instant, u64, bool, Vec<u8>)>;

async fn carry((near, far): (UdpSocket, UdpSocket), server: SocketAddr, mut fates: Fates) {
    let (mut flights, mut count, mut speaker) = (BinaryHeap::<Flight>::new(), 0, None);
    let (mut up, mut down) = (vec![0; 2048], vec![0; 2048]);
    loop {
        let due = flights.peek().map_or_else(|| Instant::now() + Duration::from_secs(1), |next| next.0.0);
        let came = async {
            tokio::select! {
                Ok((length, from)) = near.recv_from(&mut up) => (true, up[..length].to_vec(), Some(from)),
                Ok((length, _)) = far.recv_from(&mut down) => (false, down[..length].to_vec(), None),
            }
        };
        if let Ok((to_server, bytes, from)) = timeout_at(due, came).await {
            speaker = from.or(speaker);
            for late_ms in fates.decide() {
                count += 1;
                let at = Instant::now() + Duration::from_millis(late_ms);
                flights.push(Reverse((at, count, to_server, bytes.clone())));
            }
        }
        while flights.peek().is_some_and(|next| next.0.0 <= Instant::now()) {
            let Some(Reverse((_, _, to_server, bytes))) = flights.pop() else { break };
            let sent = match speaker {
                _ if to_server => far.send_to(&bytes, server).await,
                Some(speaker) => near.send_to(&bytes, speaker).await,
                None => Ok(0),
            };
            // A closed port answers a datagram with an error; a network shows it to nobody.
            drop(sent);
        }
    }
}
