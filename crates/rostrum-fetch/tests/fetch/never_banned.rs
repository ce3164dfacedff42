//! The law of the crate as a property: whatever the URL, the resolver and the redirects say, nothing banned is dialled.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use futures_util::future::BoxFuture;
use proptest::prelude::*;
use rostrum_fetch::net::{Net, Stream};
use rostrum_fetch::{Fetcher, Policy, Request, Rules};
use tokio::io::{AsyncWriteExt, DuplexStream};

/// A resolver with given answers, behind which every server redirects to the next of the given places.
#[derive(Clone)]
struct Maze {
    answers: Vec<IpAddr>,
    places: Arc<Mutex<Vec<String>>>,
    dialled: Arc<Mutex<Vec<SocketAddr>>>,
    held: Arc<Mutex<Vec<DuplexStream>>>,
}

impl Net for Maze {
    fn resolve<'a>(&'a self, _name: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        Box::pin(async { Ok(self.answers.clone()) })
    }

    fn dial(&self, socket: SocketAddr) -> BoxFuture<'_, io::Result<Box<dyn Stream>>> {
        Box::pin(async move {
            self.dialled.lock().unwrap().push(socket);
            let place = self.places.lock().unwrap().pop().ok_or(io::ErrorKind::ConnectionRefused)?;
            let (client, mut server) = tokio::io::duplex(64 * 1024);
            let answer = format!("HTTP/1.1 307 x\r\nLocation: {place}\r\nContent-Length: 0\r\n\r\n");
            server.write_all(answer.as_bytes()).await?;
            self.held.lock().unwrap().push(server);
            Ok(Box::new(client) as Box<dyn Stream>)
        })
    }
}

/// The ban in other words than the guard's own, so that one slip does not hide the other.
fn is_inside(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_inside_v4(ip),
        IpAddr::V6(ip) => {
            let octets = ip.octets();
            let at = |from: usize| Ipv4Addr::new(octets[from], octets[from + 1], octets[from + 2], octets[from + 3]);
            let text = ip.to_string();
            let turned = Ipv4Addr::from_bits(!at(12).to_bits());
            ip.is_loopback()
                || ip.is_unspecified()
                || ip.is_multicast()
                || ip.is_unique_local()
                || ip.is_unicast_link_local()
                || text.starts_with("2001:db8:")
                || (octets[..12] == [0; 12])
                || (octets[..10] == [0; 10] && octets[10..12] == [255; 2] && is_inside_v4(at(12)))
                || (octets[..12] == [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0] && is_inside_v4(at(12)))
                || (octets[..2] == [0x20, 2] && is_inside_v4(at(2)))
                || (octets[..4] == [0x20, 1, 0, 0] && (is_inside_v4(at(4)) || is_inside_v4(turned)))
        }
    }
}

fn is_inside_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_multicast()
        || ip.is_documentation()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 198 && (b == 18 || b == 19))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
}

fn any_v4() -> impl Strategy<Value = Ipv4Addr> {
    let near = prop::sample::select(vec![
        [10, 0, 0, 1],
        [127, 0, 0, 1],
        [169, 254, 169, 254],
        [172, 16, 0, 1],
        [192, 168, 0, 1],
        [100, 64, 0, 1],
        [0, 0, 0, 0],
        [93, 184, 216, 34],
    ]);
    prop_oneof![near.prop_map(Ipv4Addr::from), any::<[u8; 4]>().prop_map(Ipv4Addr::from)]
}

fn any_ip() -> impl Strategy<Value = IpAddr> {
    let carried = (any_v4(), 0..5).prop_map(|(v4, form)| {
        let [a, b, c, d] = v4.octets();
        let (high, low) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
        match form {
            0 => v4.to_ipv6_mapped(),
            1 => Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low),
            2 => Ipv6Addr::new(0x2002, high, low, 0, 0, 0, 0, 1),
            3 => Ipv6Addr::new(0x2001, 0, 0x0808, 0x0808, 0, 0, !high, !low),
            _ => Ipv6Addr::new(0, 0, 0, 0, 0, 0, high, low),
        }
    });
    let v6 = (prop::sample::select(vec![0x2606, 0xfd00, 0xfe80, 0xff02, 0]), any::<u16>());
    let v6 = v6.prop_map(|(first, last)| Ipv6Addr::new(first, 0, 0, 0, 0, 0, 0, last));
    prop_oneof![3 => any_v4().prop_map(IpAddr::V4), 2 => carried.prop_map(IpAddr::V6), 1 => v6.prop_map(IpAddr::V6)]
}

/// Hosts as people and attackers write them: names, and addresses in many bases.
fn any_host() -> impl Strategy<Value = String> {
    let spelled = (any_v4(), 0..6).prop_map(|(ip, form)| {
        let ([a, b, c, d], bits) = (ip.octets(), ip.to_bits());
        match form {
            0 => bits.to_string(),
            1 => format!("{bits:#x}"),
            2 => format!("0{a:o}.{b:#x}.{}", u16::from_be_bytes([c, d])),
            3 => format!("{a}。{b}．{c}｡{d}"),
            4 => format!("{a}.{b}.{c}.{d}."),
            _ => ip.to_string(),
        }
    });
    let literal = any_ip().prop_map(|ip| if ip.is_ipv6() { format!("[{ip}]") } else { ip.to_string() });
    prop_oneof![3 => Just("name.example".to_owned()), 2 => spelled, 2 => literal, 1 => "\\PC{0,12}"]
}

fn any_url() -> impl Strategy<Value = String> {
    let scheme = prop::sample::select(vec!["http://", "http://", "http:", "//", "https://", "ftp://"]);
    let user = prop::sample::select(vec!["", "", "", "", "1.1.1.1@", "a:b@"]);
    let port = prop::sample::select(vec!["", "", "", ":80", ":443", ":22"]);
    let built = (scheme, user, any_host(), port, "(/[a-z@:#?\\\\]{0,6})?")
        .prop_map(|(scheme, user, host, port, path)| format!("{scheme}{user}{host}{port}{path}"));
    prop_oneof![9 => built, 1 => "\\PC{0,40}"]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn nothing_banned_is_ever_dialled(
        url in any_url(),
        places in prop::collection::vec(any_url(), 0..4),
        answers in prop::collection::vec(any_ip(), 0..3),
    ) {
        let maze = Maze {
            answers,
            places: Arc::new(Mutex::new(places)),
            dialled: Arc::default(),
            held: Arc::default(),
        };
        let policy = Policy { rules: Rules { plain_http: true, ..Rules::default() }, ..Policy::default() };
        let fetcher = Fetcher::on(policy, maze.clone());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let fetched = runtime.block_on(fetcher.get(&Request::new(url)));
        prop_assert!(fetched.is_err(), "the maze has no way out");
        for socket in maze.dialled.lock().unwrap().iter() {
            prop_assert!(!is_inside(socket.ip()) && matches!(socket.port(), 80 | 443), "dialled {socket}");
        }
    }
}
