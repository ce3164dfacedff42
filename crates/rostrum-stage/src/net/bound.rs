//! Which addresses the stage listens on and which it tells speakers.

use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener, UdpSocket};
use std::os::fd::OwnedFd;

use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, listen, socket_with, sockopt};
use str0m::net::{Protocol, TcpType};
use str0m::{Candidate, error::IceError};

/// One socket pair and the address that speakers know it by.
#[derive(Debug)]
pub(crate) struct Local {
    /// What the kernel calls it.
    pub(crate) bound: SocketAddr,
    /// What speakers are told; another one behind a router that maps ports.
    pub(crate) told: SocketAddr,
    /// Carries datagrams both ways.
    pub(crate) udp: UdpSocket,
    /// Accepts where UDP is blocked (RFC 6544).
    pub(crate) tcp: TcpListener,
}

/// All sockets of the stage, on one port.
#[derive(Debug)]
pub(crate) struct Bound(pub(crate) Vec<Local>);

/// Tries for a port that is free for UDP and TCP alike, when the system is to choose it.
const TRIES: usize = 32;
/// TCP connections that wait to be accepted.
const BACKLOG: i32 = 128;
/// Bytes of datagrams that wait in the kernel, where it allows so much.
const UDP_BUFFER: usize = 1 << 20;

impl Bound {
    /// Binds `address`; an unspecified one stands for every address of this machine, so that answers leave from where
    /// the question went. `public` replaces what speakers are told.
    pub(crate) fn open(address: SocketAddr, public: Option<IpAddr>) -> io::Result<Self> {
        let ips = ips(address)?;
        let mut last = None;
        for _ in 0..if address.port() == 0 { TRIES } else { 1 } {
            match Self::on_one_port(&ips, address.port(), public) {
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => last = Some(error),
                bound => return bound,
            }
        }
        Err(last.unwrap_or_else(|| io::ErrorKind::AddrInUse.into()))
    }

    fn on_one_port(ips: &[IpAddr], port: u16, public: Option<IpAddr>) -> io::Result<Self> {
        let mut port = port;
        let mut locals = Vec::with_capacity(ips.len());
        for ip in ips {
            let udp = UdpSocket::from(shared(SocketType::DGRAM, SocketAddr::new(*ip, port))?);
            let bound = udp.local_addr()?;
            port = bound.port();
            let tcp = shared(SocketType::STREAM, bound)?;
            listen(&tcp, BACKLOG)?;
            let tcp = TcpListener::from(tcp);
            let told = SocketAddr::new(public.unwrap_or(*ip), port);
            locals.push(Local { bound, told, udp, tcp });
        }
        Ok(Self(locals))
    }

    /// The first address, for the ready line.
    pub(crate) fn first(&self) -> Option<SocketAddr> {
        self.0.first().map(|local| local.bound)
    }

    /// What a speaker is told, UDP before TCP.
    pub(crate) fn candidates(&self) -> Result<Vec<Candidate>, IceError> {
        let udp = self.0.iter().map(|local| Candidate::host(local.told, Protocol::Udp));
        let tcp =
            self.0.iter().map(|local| Candidate::builder().tcp().host(local.told).tcptype(TcpType::Passive).build());
        udp.chain(tcp).collect()
    }
}

/// The addresses of a stage that listens on `address`: each as speakers are told it, and as this machine reaches it.
/// Nothing is bound to find out.
///
/// # Errors
/// The system does not tell its interfaces.
pub fn addresses(address: SocketAddr, public: Option<IpAddr>) -> io::Result<Vec<(SocketAddr, SocketAddr)>> {
    let pair = |ip| (SocketAddr::new(public.unwrap_or(ip), address.port()), SocketAddr::new(ip, address.port()));
    Ok(ips(address)?.into_iter().map(pair).collect())
}

fn ips(address: SocketAddr) -> io::Result<Vec<IpAddr>> {
    if address.ip().is_unspecified() { own_addresses(address.ip()) } else { Ok(vec![address.ip()]) }
}

/// A socket that may share its port with the supervisor's, which holds the port while the stage restarts.
fn shared(kind: SocketType, address: SocketAddr) -> io::Result<OwnedFd> {
    let family = if address.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    let socket = socket_with(family, kind, SocketFlags::CLOEXEC | SocketFlags::NONBLOCK, None)?;
    sockopt::set_socket_reuseport(&socket, true)?;
    if kind == SocketType::STREAM {
        sockopt::set_socket_reuseaddr(&socket, true)?;
    } else {
        // A burst of all speakers at once must fit while the reading thread is off the processor.
        sockopt::set_socket_recv_buffer_size(&socket, UDP_BUFFER).ok();
        sockopt::set_socket_send_buffer_size(&socket, UDP_BUFFER).ok();
    }
    bind(&socket, &address)?;
    Ok(socket)
}

/// The addresses of this machine's interfaces that somebody else could reach, of the family of `like`.
fn own_addresses(like: IpAddr) -> io::Result<Vec<IpAddr>> {
    let found: Vec<IpAddr> = if_addrs::get_if_addrs()?
        .into_iter()
        .map(|interface| interface.ip())
        .filter(|ip| ip.is_ipv4() || like.is_ipv6())
        .filter(|ip| !matches!(ip, IpAddr::V6(v6) if v6.is_unicast_link_local()))
        .collect();
    let outer: Vec<IpAddr> = found.iter().copied().filter(|ip| !ip.is_loopback()).collect();
    Ok(if outer.is_empty() { found } else { outer })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_port_carries_both_and_a_public_address_is_what_is_told() {
        let public: IpAddr = "203.0.113.7".parse().unwrap();
        let bound = Bound::open("127.0.0.1:0".parse().unwrap(), Some(public)).unwrap();
        let local = &bound.0[0];
        assert_eq!(local.tcp.local_addr().unwrap(), local.bound);
        assert_eq!((local.told.ip(), local.told.port()), (public, local.bound.port()));
        let told: Vec<_> = bound.candidates().unwrap().iter().map(Candidate::addr).collect();
        assert_eq!(told, [local.told, local.told]);
    }

    #[test]
    fn a_port_that_another_program_has_is_an_error() {
        let taken = UdpSocket::bind("127.0.0.1:0").unwrap();
        let again = Bound::open(taken.local_addr().unwrap(), None).unwrap_err();
        assert_eq!(again.kind(), io::ErrorKind::AddrInUse);
    }

    #[test]
    fn others_learn_where_it_is_without_a_socket() {
        let public: IpAddr = "203.0.113.7".parse().unwrap();
        let address = SocketAddr::from(([10, 9, 8, 7], 3478));
        assert_eq!(addresses(address, None).unwrap(), [(address, address)]);
        assert_eq!(addresses(address, Some(public)).unwrap(), [(SocketAddr::new(public, 3478), address)]);
        let own = addresses(SocketAddr::from(([0; 4], 9)), None).unwrap();
        assert!(!own.is_empty() && own.iter().all(|(told, reach)| told == reach && told.port() == 9));
    }

    #[test]
    fn an_unspecified_address_becomes_real_ones() {
        let bound = Bound::open("0.0.0.0:0".parse().unwrap(), None).unwrap();
        assert!(!bound.0.is_empty());
        assert!(bound.0.iter().all(|local| local.bound.is_ipv4() && !local.bound.ip().is_unspecified()));
    }
}
