//! TLS on a dialled connection: rustls with ring, the policy's roots, HTTP/1.1 only.

use std::io;
use std::sync::Arc;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio_rustls::TlsConnector;
use url::Host;

use crate::error::Error;
use crate::net::Stream;

pub(crate) fn connector(roots: RootCertStore) -> TlsConnector {
    let mut config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring offers every default TLS version")
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    TlsConnector::from(Arc::new(config))
}

/// Wraps `stream` after checking that the certificate is `host`'s.
pub(crate) async fn wrap(
    connector: &TlsConnector,
    host: &Host<String>,
    stream: Box<dyn Stream>,
) -> Result<Box<dyn Stream>, Error> {
    let stream = connector.connect(server_name(host)?, stream).await.map_err(|error| failure(&error))?;
    Ok(Box::new(stream))
}

fn server_name(host: &Host<String>) -> Result<ServerName<'static>, Error> {
    Ok(match host {
        // Certificates and SNI (RFC 6066, section 3) name hosts without the root's dot.
        Host::Domain(name) => {
            ServerName::try_from(name.trim_end_matches('.').to_owned()).map_err(|_| Error::NameUnknown)?
        }
        Host::Ipv4(ip) => ServerName::from(std::net::IpAddr::from(*ip)),
        Host::Ipv6(ip) => ServerName::from(std::net::IpAddr::from(*ip)),
    })
}

fn failure(error: &io::Error) -> Error {
    let cause = error.get_ref().and_then(|cause| cause.downcast_ref::<rustls::Error>());
    match cause {
        Some(rustls::Error::InvalidCertificate(_)) => Error::Certificate,
        Some(_) => Error::Broken,
        None => Error::Unreachable,
    }
}
