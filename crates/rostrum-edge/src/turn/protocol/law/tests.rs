//! The law, asked by a client that knows how to ask, and by one that does not.

use super::super::message::Message;
use super::*;
use proptest::prelude::*;
use rostrum_domain::Id;
use rostrum_live::grant;

const CLIENT: &str = "203.0.113.9:50000";
const TOLD: &str = "198.51.100.7:3478";
const REACH: &str = "10.0.0.5:3478";
const RELAYED: &str = "10.0.0.5:40000";
const EXPIRES: i64 = 10_000;

fn address(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

fn key() -> Key {
    Key::of(&grant::Key::new([7; 32]))
}

fn at(s: u64) -> Now {
    Now { at: Duration::from_secs(s), unix_s: s.cast_signed() }
}

/// A client that knows how to ask.
struct Client {
    law: Law,
    username: String,
    password: String,
    nonce: String,
    asked: u8,
}

impl Client {
    fn new() -> Self {
        let places = Arc::new([Place { told: address(TOLD), reach: address(REACH) }]);
        let law = Law::new(Terms { key: key(), places }, address(CLIENT), [3; 32]);
        let pass = key().pass(Bearer { expires: EXPIRES, participant: Id::from_bits(5) });
        Self { law, username: pass.username, password: pass.password, nonce: String::new(), asked: 0 }
    }

    fn allocated() -> Self {
        let mut client = Self::new();
        assert_eq!(client.allocate(at(0)), 0);
        client
    }

    fn secret(&self) -> Secret {
        Secret::new(&self.username, REALM, &self.password)
    }

    fn signed(&mut self, kind: Kind, attributes: &[(u16, &[u8])]) -> Bytes {
        self.asked = self.asked.wrapping_add(1);
        let mut writer = Writer::new(kind, [self.asked; 12]);
        for (kind, value) in attributes {
            writer = writer.value(*kind, value);
        }
        let writer = writer.value(attr::USERNAME, self.username.as_bytes()).value(attr::REALM, REALM.as_bytes());
        writer.value(attr::NONCE, self.nonce.as_bytes()).finish(Some(self.secret())).into()
    }

    /// Asks, with the nonce it is given if it needs another; the error's number, or nothing.
    fn ask(&mut self, kind: Kind, attributes: &[(u16, &[u8])], now: Now) -> (u16, Act) {
        let bytes = self.signed(kind, attributes);
        let act = self.law.message(&bytes, now);
        if code(&act) != 438 {
            return (code(&act), act);
        }
        let (Act::Answer(answer) | Act::Free(answer)) = &act else { unreachable!() };
        self.nonce = Message::parse(answer).unwrap().text(attr::NONCE).unwrap().to_owned();
        let bytes = self.signed(kind, attributes);
        let act = self.law.message(&bytes, now);
        (code(&act), act)
    }

    fn allocate(&mut self, now: Now) -> u16 {
        let (code, act) = self.ask(Kind::ALLOCATE, &[(attr::TRANSPORT, &[UDP, 0, 0, 0])], now);
        if act != Act::Open(address(REACH).ip()) {
            return code;
        }
        let opened = self.law.opened(Ok(address(RELAYED)), now);
        let Act::Answer(answer) = &opened else { panic!("{opened:?}") };
        let answer = Message::parse(answer).unwrap();
        assert!(answer.is_signed_with(self.secret()));
        assert_eq!(answer.addresses(attr::RELAYED).next().flatten(), Some(address(RELAYED)));
        assert_eq!(answer.addresses(attr::MAPPED).next().flatten(), Some(address(CLIENT)));
        0
    }

    fn bind(&mut self, number: u16, peer: &str, now: Now) -> u16 {
        let [high, low] = number.to_be_bytes();
        let peer = peer_value(self.asked.wrapping_add(1), peer);
        self.ask(Kind::BIND, &[(attr::CHANNEL, &[high, low, 0, 0]), (attr::PEER, &peer)], now).0
    }

    fn permit(&mut self, peer: &str, now: Now) -> u16 {
        let peer = peer_value(self.asked.wrapping_add(1), peer);
        self.ask(Kind::PERMIT, &[(attr::PEER, &peer)], now).0
    }

    fn send(&mut self, peer: &str, now: Now) -> Act {
        let told = Writer::new(Kind::SEND, [9; 12]).address(attr::PEER, address(peer)).value(attr::DATA, b"sound");
        self.law.message(&told.plain().into(), now)
    }
}

/// The value of an address attribute in the message with this transaction.
fn peer_value(transaction: u8, peer: &str) -> Vec<u8> {
    let written = Writer::new(Kind::PERMIT, [transaction; 12]).address(attr::PEER, address(peer)).plain();
    written[24..].to_vec()
}

fn code(act: &Act) -> u16 {
    let (Act::Answer(bytes) | Act::Free(bytes)) = act else { return 0 };
    let message = Message::parse(bytes).expect("what is said is well formed");
    message.value(attr::ERROR).map_or(0, |value| u16::from(value[2]) * 100 + u16::from(value[3]))
}

#[test]
fn a_speaker_reaches_the_stage_and_hears_it() {
    let mut client = Client::allocated();
    assert_eq!(client.send(TOLD, at(1)), Act::Nothing, "not without leave");
    assert_eq!(client.permit(TOLD, at(1)), 0);
    assert_eq!(client.send(TOLD, at(2)), Act::Send(address(REACH), Bytes::from_static(b"sound")));
    let told = client.law.inbound(address(REACH), b"heard", at(3)).unwrap();
    let told = Message::parse(&told).unwrap();
    assert_eq!((told.kind(), told.value(attr::DATA)), (Kind::DATA, Some(&b"heard"[..])));
    assert_eq!(told.addresses(attr::PEER).next().flatten(), Some(address(TOLD)), "by the address it is told");
    assert_eq!(client.bind(0x4000, TOLD, at(4)), 0);
    let sound = Bytes::from_static(b"sound");
    assert_eq!(client.law.data(0x4000, sound.clone(), at(5)), Act::Send(address(REACH), sound.clone()));
    assert_eq!(client.law.inbound(address(REACH), b"heard", at(5)).unwrap(), b"\x40\0\0\x05heard\0\0\0");
    assert_eq!(client.law.data(0x4001, sound, at(5)), Act::Nothing, "a channel that stands for nothing");
}

#[test]
fn it_leads_nowhere_else() {
    let mut client = Client::allocated();
    for peer in ["127.0.0.1:8080", "169.254.169.254:80", "10.0.0.5:3478", "198.51.100.8:3478", "[::1]:3478"] {
        assert_eq!(client.permit(peer, at(1)), 403, "{peer}");
        assert_eq!(client.bind(0x4000, peer, at(1)), 403, "{peer}");
        assert_eq!(client.send(peer, at(1)), Act::Nothing, "{peer}");
    }
    assert_eq!(client.permit("198.51.100.7:1", at(2)), 0, "leave goes by address");
    assert_eq!(client.bind(0x4000, "198.51.100.7:8080", at(2)), 403, "and data by port");
    assert_eq!(client.send("198.51.100.7:8080", at(2)), Act::Nothing);
    for from in ["10.0.0.5:3479", "127.0.0.1:3478", TOLD] {
        assert_eq!(client.law.inbound(address(from), b"x", at(2)), None, "{from}");
    }
}

#[test]
fn who_is_not_known_gets_nothing() {
    let mut client = Client::new();
    let plain = Writer::new(Kind::ALLOCATE, [1; 12]).value(attr::TRANSPORT, &[UDP, 0, 0, 0]).finish(None);
    let asked = client.law.message(&plain.into(), at(0));
    assert_eq!(code(&asked), 401);
    let Act::Answer(answer) = &asked else { panic!() };
    assert_eq!(Message::parse(answer).unwrap().text(attr::REALM), Some(REALM));
    for (username, password) in [
        (client.username.clone(), "guessed".to_owned()),
        ("99999:somebody".into(), key().password("99999:somebody")),
        key().pass(Bearer { expires: 5, participant: Id::from_bits(1) }).into_pair(),
    ] {
        (client.username, client.password) = (username, password);
        assert_eq!(client.allocate(at(6)), 401, "{}", client.username);
    }
    let pass = key().pass(Bearer { expires: EXPIRES, participant: Id::from_bits(5) });
    (client.username, client.password) = (pass.username, "guessed".into());
    let bytes = client.signed(Kind::ALLOCATE, &[]);
    assert_eq!(client.law.message(&bytes, at(7)), Act::Close("wrong credentials"));
}

trait IntoPair {
    fn into_pair(self) -> (String, String);
}

impl IntoPair for rostrum_live::turn::Pass {
    fn into_pair(self) -> (String, String) {
        (self.username, self.password)
    }
}

#[test]
fn an_allocation_ends_with_the_right_to_it() {
    let mut client = Client::allocated();
    assert_eq!(client.law.ends(), LIFE);
    let near = Now { at: Duration::from_secs(500), unix_s: EXPIRES - 40 };
    assert_eq!(client.ask(Kind::REFRESH, &[], near).0, 0);
    assert_eq!(client.law.ends(), Duration::from_secs(540));
    let over = Now { at: Duration::from_secs(539), unix_s: EXPIRES };
    assert_eq!(client.ask(Kind::REFRESH, &[], over).0, 401);
    assert_eq!(client.law.ends(), Duration::from_secs(540));
}

#[test]
fn an_old_nonce_is_not_taken() {
    let mut client = Client::allocated();
    let first = client.nonce.clone();
    assert_eq!(client.ask(Kind::REFRESH, &[], at(599)).0, 0);
    assert_eq!((client.ask(Kind::REFRESH, &[], at(3600)).0, client.nonce == first), (0, false));
}

#[test]
fn an_allocation_is_one_and_can_be_given_back() {
    let mut client = Client::allocated();
    assert_eq!(client.allocate(at(1)), 437);
    let (_, act) = client.ask(Kind::REFRESH, &[(attr::LIFETIME, &[0; 4])], at(2));
    assert!(matches!(act, Act::Free(_)), "{act:?}");
    assert_eq!(client.law.ends(), Duration::from_secs(2) + IDLE);
    assert_eq!(client.ask(Kind::REFRESH, &[], at(3)).0, 437);
    assert_eq!(client.permit(TOLD, at(3)), 437);
    assert_eq!(client.allocate(at(4)), 0);
    let other = key().pass(Bearer { expires: EXPIRES, participant: Id::from_bits(6) });
    (client.username, client.password) = other.into_pair();
    assert_eq!(client.permit(TOLD, at(5)), 441, "somebody else's");
}

#[test]
fn what_cannot_be_done_is_said() {
    let udp: (u16, &[u8]) = (attr::TRANSPORT, &[UDP, 0, 0, 0]);
    let mut client = Client::new();
    assert_eq!(client.ask(Kind::ALLOCATE, &[], at(0)).0, 400);
    assert_eq!(client.ask(Kind::ALLOCATE, &[(attr::TRANSPORT, &[6, 0, 0, 0])], at(0)).0, 442);
    assert_eq!(client.ask(Kind::ALLOCATE, &[udp, (attr::FAMILY, &[2, 0, 0, 0])], at(0)).0, 440);
    assert_eq!(client.ask(Kind::ALLOCATE, &[udp, (0x0018, &[0x80])], at(0)).0, 420, "no ports in pairs");
    for (shortage, code_) in [(Shortage::Client, 486), (Shortage::House, 508)] {
        assert!(matches!(client.ask(Kind::ALLOCATE, &[udp], at(0)).1, Act::Open(_)));
        assert_eq!(code(&client.law.opened(Err(shortage), at(0))), code_);
    }
    let mut client = Client::allocated();
    assert_eq!(client.ask(Kind::PERMIT, &[], at(1)).0, 400);
    assert_eq!(client.ask(Kind::PERMIT, &[(attr::PEER, &[0, 9, 1, 1])], at(1)).0, 400);
    assert_eq!(client.bind(0x3fff, TOLD, at(1)), 400);
    assert_eq!(client.bind(0x5000, TOLD, at(1)), 400);
}

#[test]
fn floods_are_cut_or_end_the_connection() {
    let mut client = Client::allocated();
    let asked = (0..1000).map(|_| client.ask(Kind::REFRESH, &[], at(1)).1);
    let answered = asked.take_while(|act| matches!(act, Act::Answer(_))).count();
    assert!((20..100).contains(&answered), "{answered} answers within a second");
    let bytes = client.signed(Kind::PERMIT, &[]);
    assert_eq!(client.law.message(&bytes, at(1)), Act::Close("too many requests"));

    let mut client = Client::allocated();
    assert_eq!(client.bind(0x4000, TOLD, at(1)), 0);
    let datagram = Bytes::from(vec![0; 1200]);
    let carried = (0..10_000).filter(|_| client.law.data(0x4000, datagram.clone(), at(1)) != Act::Nothing).count();
    assert!((500..1000).contains(&carried), "{carried} datagrams within a second");
    let heard = (0..10_000).filter(|_| client.law.inbound(address(REACH), &datagram, at(1)).is_some()).count();
    assert!((1000..2000).contains(&heard), "{heard} datagrams within a second");
    for second in 2..60 {
        for _ in 0..50 {
            assert_ne!(client.law.data(0x4000, Bytes::from_static(&[0; 300]), at(second)), Act::Nothing, "sound");
        }
    }
}

#[test]
fn nothing_is_carried_before_anything_is_allocated() {
    let mut client = Client::new();
    assert!(matches!(client.send(TOLD, at(0)), Act::Close(_)));
    assert!(matches!(client.law.data(0x4000, Bytes::new(), at(0)), Act::Close(_)));
    assert_eq!(client.law.inbound(address(REACH), b"x", at(0)), None);
    assert_eq!(client.law.ends(), IDLE);
}

proptest! {
    /// Whatever is asked in whatever order, what leaves goes to the stage, and nothing leaves after the end.
    #[test]
    fn whatever_is_asked_nothing_leaves_for_anywhere_else(
        steps in proptest::collection::vec((0u8..8, 0usize..4, 0u64..400), 1..60), lies: bool,
    ) {
        let peers = [TOLD, "198.51.100.7:22", REACH, "169.254.169.254:80"];
        let mut client = if lies { Client::new() } else { Client::allocated() };
        let mut second = 0;
        for (step, peer, pause) in steps {
            second += pause / 4;
            let now = at(second);
            let over = Duration::from_secs(second) >= client.law.ends();
            let act = match step {
                0 => { client.permit(peers[peer], now); Act::Nothing }
                1 => { client.bind(0x4000 + peer as u16, peers[peer], now); Act::Nothing }
                2 => client.ask(Kind::REFRESH, &[(attr::LIFETIME, &[0, 0, 0, pause as u8])], now).1,
                3 => { client.allocate(now); Act::Nothing }
                4 => client.law.data(0x4000 + peer as u16, Bytes::from_static(b"x"), now),
                5 => client.law.inbound(address(peers[peer]), b"x", now).map_or(Act::Nothing, Act::Answer),
                _ => client.send(peers[peer], now),
            };
            if let Act::Send(to, _) = act {
                prop_assert_eq!(to, address(REACH));
            }
            if over {
                // The loop round it has closed the connection.
                return Ok(());
            }
        }
    }

    #[test]
    fn any_message_is_answered_or_refused(bytes: Vec<u8>, channel: u16) {
        let mut client = Client::allocated();
        let _ = client.law.message(&bytes.clone().into(), at(1));
        let _ = client.law.data(channel, bytes.into(), at(1));
    }
}
