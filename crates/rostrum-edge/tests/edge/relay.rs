//! The relay on the TLS port: what it does with those who do not know how to ask, and that nobody else notices them.

use std::fs;
use std::sync::Arc;

use rostrum_domain::Id;
use rostrum_edge::{Relaying, TlsFiles};
use rostrum_live::grant;
use rostrum_live::turn::{Bearer, Key};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::harness::{Edge, Web, read_to_close, status};

/// The beginning of an Allocate request with this many bytes of attributes.
fn head(length: u16) -> Vec<u8> {
    [&[0, 3], &length.to_be_bytes()[..], &0x2112_A442u32.to_be_bytes(), &[7; 12]].concat()
}

struct House {
    edge: Edge,
    _web: Web,
    root: Vec<u8>,
}

impl House {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let files = TlsFiles { certificate: folder.path().join("c.pem"), key: folder.path().join("k.pem") };
        let made = rcgen::generate_simple_self_signed(["h.example".to_owned()]).unwrap();
        fs::write(&files.certificate, made.cert.pem()).unwrap();
        fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
        let stage = "127.0.0.1:9".parse().unwrap();
        let key = Key::of(&grant::Key::new([7; 32]));
        let edge = Edge::start_with(|config| {
            config.tls = Some(files);
            config.relay = Some(Relaying { key, places: vec![(stage, stage)] });
        })
        .await;
        Self { _web: Web::start(&edge.web()), edge, root: made.cert.der().to_vec() }
    }

    async fn shake(&self, protocols: &[&[u8]]) -> TlsStream<TcpStream> {
        let mut roots = RootCertStore::empty();
        roots.add(self.root.clone().into()).unwrap();
        let mut config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
        let name = ServerName::try_from("h.example").unwrap();
        TlsConnector::from(Arc::new(config)).connect(name, self.edge.connect().await).await.unwrap()
    }

    /// What a client gets that says `bytes`, until the edge closes.
    async fn says(&self, bytes: &[u8]) -> Vec<u8> {
        let mut stream = self.shake(&[]).await;
        stream.write_all(bytes).await.unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        answer
    }

    async fn still_serves(&self) {
        let mut stream = self.shake(&[b"http/1.1"]).await;
        stream.write_all(b"GET /echo HTTP/1.1\r\nHost: h.example\r\nConnection: close\r\n\r\n").await.unwrap();
        assert_eq!(status(&read_to_close(&mut stream).await), 200);
    }
}

#[tokio::test(start_paused = true)]
async fn who_cannot_ask_is_cut_and_others_are_served() {
    let house = House::start().await;
    for bytes in [
        // No message, another version's, one that is longer than any, data before anything, and one that never ends.
        &b"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"[..],
        b"\0\x03\0\x03",
        &head(0xFFFC),
        b"\0\x03\xff\xff",
        &head(100),
        &[&head(8)[..], &[0x80, 0x28, 0, 4, 1, 2, 3, 4]].concat(),
    ] {
        assert_eq!(house.says(bytes).await, b"", "{bytes:?}");
        house.still_serves().await;
    }
    let refused = house.says(b"\x40\0\0\x04data").await;
    assert!(refused.starts_with(b"HTTP/1.1 400"), "channel data does not begin a connection: that is no relay's");
    house.still_serves().await;
}

#[tokio::test(start_paused = true)]
async fn who_gives_no_name_is_asked_for_one_and_closed_in_time() {
    let house = House::start().await;
    for protocols in [&[][..], &[&b"stun.turn"[..]]] {
        let mut stream = house.shake(protocols).await;
        stream.write_all(&head(0)).await.unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        assert_eq!((&answer[..2], &answer[8..20]), (&b"\x01\x13"[..], &[7; 12][..]), "an error, to what was asked");
        assert!(answer.windows(15).any(|part| part == b"Unauthenticated"));
    }
    house.still_serves().await;
}

#[tokio::test(start_paused = true)]
async fn a_flood_of_questions_ends_its_connection() {
    let house = House::start().await;
    let pass = Key::of(&grant::Key::new([8; 32])).pass(Bearer { expires: i64::MAX, participant: Id::from_bits(1) });
    let answers = house.says(&head(0).repeat(5000)).await;
    let count = answers.windows(4).filter(|part| *part == [0x21, 0x12, 0xA4, 0x42]).count();
    assert!(count < 100, "{count} answers for {}", pass.username);
    house.still_serves().await;
}

#[tokio::test]
async fn without_tls_or_a_stage_there_is_none() {
    let edge = Edge::start().await;
    let _web = Web::start(&edge.web());
    assert_eq!(status(&edge.raw(head(0)).await), 400);
}
