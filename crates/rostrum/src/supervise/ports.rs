//! The public port, held for the edges: bound with SO_REUSEPORT but never listening, so that it stays ours while edges
//! come and go, and port 0 is decided once.

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::OwnedFd;

use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, connect, getsockname, socket_with, sockopt};

/// Tries for a port that is free for TCP and UDP.
const TRIES: usize = 32;

/// A port held for the edges, or the stage.
#[derive(Debug)]
pub(crate) struct Reserved {
    pub(crate) address: SocketAddr,
    _sockets: Vec<OwnedFd>,
}

/// Holds `address`; `setting` is what a person changes when it is taken.
pub(crate) fn reserve(address: SocketAddr, setting: &str) -> anyhow::Result<Reserved> {
    let hold = || -> rustix::io::Result<Reserved> {
        // Sharing the port would let in another server of this user as well; an unshared bind finds it out first.
        if address.port() != 0 {
            let probe = tcp_socket(address)?;
            sockopt::set_socket_reuseaddr(&probe, true)?;
            bind(&probe, &address)?;
        }
        let socket = tcp_socket(address)?;
        sockopt::set_socket_reuseport(&socket, true)?;
        bind(&socket, &address)?;
        let address = SocketAddr::try_from(getsockname(&socket)?)?;
        Ok(Reserved { address, _sockets: vec![socket] })
    };
    hold().map_err(|error| explain(address, setting, error.into()))
}

/// Holds the speakers' port, UDP and TCP, for the stage.
pub(crate) fn reserve_rtc(address: SocketAddr) -> anyhow::Result<Reserved> {
    let mut held = hold_rtc(address);
    for _ in 0..TRIES {
        // With port 0 the one chosen for TCP may be taken for UDP; another is as good.
        if address.port() == 0 && held.as_ref().is_err_and(|error| *error == Errno::ADDRINUSE) {
            held = hold_rtc(address);
        }
    }
    held.map_err(|error| explain(address, "rtc.listen or --rtc", error.into()))
}

fn hold_rtc(address: SocketAddr) -> rustix::io::Result<Reserved> {
    if address.port() != 0 {
        let probe = tcp_socket(address)?;
        sockopt::set_socket_reuseaddr(&probe, true)?;
        bind(&probe, &address)?;
    }
    let tcp = tcp_socket(address)?;
    sockopt::set_socket_reuseport(&tcp, true)?;
    bind(&tcp, &address)?;
    let address = SocketAddr::try_from(getsockname(&tcp)?)?;
    bind(&udp_socket(address)?, &address)?;
    let udp = udp_socket(address)?;
    sockopt::set_socket_reuseport(&udp, true)?;
    bind(&udp, &address)?;
    // Connected to itself it holds the port and takes no speaker's datagram away from the stage.
    let ip = if address.ip().is_unspecified() { loopback(address.ip()) } else { address.ip() };
    connect(&udp, &SocketAddr::new(ip, address.port()))?;
    Ok(Reserved { address, _sockets: vec![tcp, udp] })
}

fn loopback(like: IpAddr) -> IpAddr {
    if like.is_ipv4() { Ipv4Addr::LOCALHOST.into() } else { Ipv6Addr::LOCALHOST.into() }
}

fn udp_socket(address: SocketAddr) -> rustix::io::Result<OwnedFd> {
    let family = if address.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    socket_with(family, SocketType::DGRAM, SocketFlags::CLOEXEC, None)
}

fn tcp_socket(address: SocketAddr) -> rustix::io::Result<OwnedFd> {
    let family = if address.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    socket_with(family, SocketType::STREAM, SocketFlags::CLOEXEC, None)
}

fn explain(address: SocketAddr, setting: &str, error: std::io::Error) -> anyhow::Error {
    let advice = match error.kind() {
        ErrorKind::AddrInUse => {
            format!("{address} is taken by another program; stop that, or choose another address with {setting}")
        }
        ErrorKind::PermissionDenied => format!(
            "{address} needs a privilege (ports below 1024 do); choose another address with {setting}, \
             or grant CAP_NET_BIND_SERVICE"
        ),
        ErrorKind::AddrNotAvailable => {
            format!("{address} is no address of this machine; choose another with {setting}")
        }
        _ => format!("cannot listen on {address} ({setting})"),
    };
    anyhow::Error::new(error).context(advice)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    fn any() -> SocketAddr {
        "127.0.0.1:0".parse().unwrap()
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "it is seen who answers at the port")]
    fn a_held_port_is_ours_but_for_edges() {
        let held = reserve(any(), "--http").unwrap();
        assert_ne!(held.address.port(), 0);
        assert!(TcpListener::bind(held.address).is_err(), "strangers stay out");
        let error = format!("{:#}", reserve(held.address, "--http").unwrap_err());
        assert!(error.contains("taken") && error.contains("--http"), "{error}");
        let edge = tcp_socket(held.address).unwrap();
        sockopt::set_socket_reuseaddr(&edge, true).unwrap();
        sockopt::set_socket_reuseport(&edge, true).unwrap();
        bind(&edge, &held.address).unwrap();
        rustix::net::listen(&edge, 8).unwrap();
        std::net::TcpStream::connect(held.address).expect("the edge is reached, not the holder");
        drop(held);
        let listening = getsockname(&edge).unwrap().try_into().unwrap();
        assert!(reserve(listening, "--http").is_err(), "another server's edge counts as taken");
    }

    #[test]
    fn datagrams_reach_the_stage_and_not_the_holder() {
        let held = reserve_rtc(any()).unwrap();
        assert!(std::net::UdpSocket::bind(held.address).is_err(), "strangers stay out");
        let stage = udp_socket(held.address).unwrap();
        sockopt::set_socket_reuseport(&stage, true).unwrap();
        bind(&stage, &held.address).unwrap();
        let stage = std::net::UdpSocket::from(stage);
        stage.set_read_timeout(Some(std::time::Duration::from_secs(20))).unwrap();
        let mut heard = [0; 8];
        for number in 0..64 {
            let speaker = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
            speaker.send_to(&[number], held.address).unwrap();
            assert_eq!(stage.recv(&mut heard).unwrap(), 1);
            assert_eq!(heard[0], number);
        }
    }

    #[test]
    fn a_taken_or_foreign_address_is_explained() {
        let taken = TcpListener::bind(any()).unwrap();
        let error = format!("{:#}", reserve(taken.local_addr().unwrap(), "--http").unwrap_err());
        assert!(error.contains("taken by another program"), "{error}");
        let error = format!("{:#}", reserve("192.0.2.1:1".parse().unwrap(), "--http").unwrap_err());
        assert!(error.contains("no address of this machine"), "{error}");
    }
}
