//! TLS: HTTP/2 and HTTP/1.1 by ALPN, certificates taken up while running, the redirect from plain HTTP.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rostrum_edge::{Config, TlsFiles};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::harness::{Edge, Web, read_to_close, status};

fn write(files: &TlsFiles) -> Vec<u8> {
    let made = rcgen::generate_simple_self_signed(["h.example".to_owned()]).unwrap();
    fs::write(&files.certificate, made.cert.pem()).unwrap();
    fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
    made.cert.der().to_vec()
}

fn files(folder: &Path) -> TlsFiles {
    TlsFiles { certificate: folder.join("c.pem"), key: folder.join("k.pem") }
}

/// A handshake that trusts exactly `root`.
async fn shake(edge: &Edge, root: &[u8], protocol: &[u8]) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(root.to_vec().into()).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![protocol.to_vec()];
    let name = ServerName::try_from("h.example").unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, edge.connect().await).await
}

async fn start(folder: &Path, change: impl FnOnce(&mut Config)) -> Edge {
    let files = files(folder);
    Edge::start_with(|config| {
        config.tls = Some(files);
        config.limits.reload_every = Duration::from_millis(20);
        change(config);
    })
    .await
}

#[tokio::test]
async fn both_versions_reach_web_over_tls() {
    let folder = tempfile::tempdir().unwrap();
    let root = write(&files(folder.path()));
    let edge = start(folder.path(), |_| {}).await;
    let web = Web::start(&edge.web());
    let mut stream = shake(&edge, &root, b"http/1.1").await.unwrap();
    stream.write_all(b"GET /echo HTTP/1.1\r\nHost: h.example\r\nConnection: close\r\n\r\n").await.unwrap();
    let answer = read_to_close(&mut stream).await;
    assert!(status(&answer) == 200 && answer.contains("strict-transport-security: max-age=31536000"), "{answer}");

    let stream = shake(&edge, &root, b"h2").await.unwrap();
    let (mut sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    let driving = tokio::spawn(connection);
    let request = Request::get("https://h.example/echo?two").body(Empty::<Bytes>::new()).unwrap();
    let answer = sender.send_request(request).await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.into_body().collect().await.unwrap();
    let seen = &web.requests()[1];
    assert_eq!(seen.line, "GET /echo?two HTTP/1.1");
    assert_eq!(
        (&seen.headers["host"], &seen.headers["x-forwarded-proto"]),
        (&"h.example".parse().unwrap(), &"https".parse().unwrap())
    );
    drop(sender);
    driving.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_renewed_certificate_is_served_without_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let first = write(&files(folder.path()));
    let edge = start(folder.path(), |_| {}).await;
    shake(&edge, &first, b"http/1.1").await.unwrap();
    let second = write(&files(folder.path()));
    while shake(&edge, &second, b"http/1.1").await.is_err() {}
    assert!(shake(&edge, &first, b"http/1.1").await.is_err(), "the old one is no longer served");
}

#[tokio::test(start_paused = true)]
async fn a_handshake_that_does_not_come_is_given_up() {
    let folder = tempfile::tempdir().unwrap();
    write(&files(folder.path()));
    let edge = start(folder.path(), |config| config.limits.reload_every = Duration::from_secs(3600)).await;
    let start = tokio::time::Instant::now();
    read_to_close(&mut edge.connect().await).await;
    assert!(start.elapsed() >= Duration::from_secs(10) && start.elapsed() < Duration::from_secs(20));
}

#[tokio::test(start_paused = true)]
async fn an_http2_connection_without_requests_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let root = write(&files(folder.path()));
    let edge = start(folder.path(), |config| config.limits.reload_every = Duration::from_secs(3600)).await;
    let mut stream = shake(&edge, &root, b"h2").await.unwrap();
    let start = tokio::time::Instant::now();
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await.unwrap();
    read_to_close(&mut stream).await;
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

#[tokio::test]
async fn plain_http_leads_to_https() {
    let folder = tempfile::tempdir().unwrap();
    write(&files(folder.path()));
    let held = TcpSocket::new_v4().unwrap();
    held.set_reuseport(true).unwrap();
    held.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = held.local_addr().unwrap();
    let edge = start(folder.path(), |config| config.redirect = Some(address)).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(b"GET /a?b HTTP/1.1\r\nHost: h.example\r\nConnection: close\r\n\r\n").await.unwrap();
    let answer = read_to_close(&mut stream).await;
    assert_eq!(status(&answer), 308);
    assert!(answer.contains(&format!("location: https://h.example:{}/a?b", edge.address.port())), "{answer}");
}
