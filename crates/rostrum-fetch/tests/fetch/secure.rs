//! TLS: only a certificate that a trusted root vouches for, and only for the host that was asked; never back to http.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use futures_util::future::BoxFuture;
use rostrum_fetch::net::{Net, Stream};
use rostrum_fetch::{Error, Fetcher, Policy, Refusal, Request, Rules};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use tokio::io::AsyncWriteExt;
use tokio_rustls::TlsAcceptor;

use crate::script::read_head;

/// Every name leads to one server that holds the certificate of `secure.test`.
struct SecureSite {
    acceptor: TlsAcceptor,
    answer: &'static str,
}

impl SecureSite {
    fn new(answer: &'static str) -> Self {
        let certificate = CertificateDer::from(include_bytes!("tls/secure.test.der").as_slice());
        let key = PrivatePkcs8KeyDer::from(include_bytes!("tls/secure.test.key.der").as_slice());
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key.into())
            .unwrap();
        Self { acceptor: TlsAcceptor::from(Arc::new(config)), answer }
    }
}

impl Net for SecureSite {
    fn resolve<'a>(&'a self, _name: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        Box::pin(async { Ok(vec![[1, 1, 1, 1].into()]) })
    }

    fn dial(&self, _socket: SocketAddr) -> BoxFuture<'_, io::Result<Box<dyn Stream>>> {
        let (client, server) = tokio::io::duplex(16 * 1024);
        let (acceptor, answer) = (self.acceptor.clone(), self.answer);
        tokio::spawn(async move {
            let mut stream = acceptor.accept(server).await?;
            read_head(&mut stream).await?;
            stream.write_all(answer.as_bytes()).await?;
            stream.shutdown().await
        });
        Box::pin(async { Ok(Box::new(client) as Box<dyn Stream>) })
    }
}

fn trusting(answer: &'static str) -> Fetcher {
    let mut policy = Policy { rules: Rules { plain_http: true, ..Rules::default() }, ..Policy::default() };
    policy.roots.add(CertificateDer::from(include_bytes!("tls/authority.der").as_slice())).unwrap();
    Fetcher::on(policy, SecureSite::new(answer))
}

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

#[tokio::test]
async fn a_trusted_host_is_fetched() {
    for url in ["https://secure.test/", "https://secure.test./"] {
        let response = trusting(OK).get(&Request::new(url)).await.unwrap();
        assert_eq!(&response.bytes[..], b"hi");
    }
}

#[tokio::test]
async fn a_strange_root_or_name_is_not() {
    let strange = Fetcher::on(Policy::default(), SecureSite::new(OK));
    let result = strange.get(&Request::new("https://secure.test/")).await;
    assert!(matches!(result, Err(Error::Certificate)), "{result:?}");
    for url in ["https://other.test/", "https://1.1.1.1/"] {
        let result = trusting(OK).get(&Request::new(url)).await;
        assert!(matches!(result, Err(Error::Certificate)), "{url} gave {result:?}");
    }
}

#[tokio::test]
async fn plain_http_on_a_secure_port_is_no_answer() {
    let result = trusting(OK).get(&Request::new("http://secure.test:443/")).await;
    assert!(matches!(result, Err(Error::Broken)), "{result:?}");
}

#[tokio::test]
async fn it_never_leads_back_to_http() {
    let fetcher = trusting("HTTP/1.1 301 Moved\r\nLocation: http://secure.test/\r\nContent-Length: 0\r\n\r\n");
    let result = fetcher.get(&Request::new("https://secure.test/")).await;
    assert!(matches!(result, Err(Error::RedirectRefused(Refusal::Downgrade))), "{result:?}");
}
