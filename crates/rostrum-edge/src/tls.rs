//! TLS: certificate and key from two PEM files, read again when they change; a bad pair leaves the old one in use.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use rustls::ServerConfig;
use rustls::crypto::{CryptoProvider, ring};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::TlsFiles;

/// Why a certificate cannot be used; each names the file to look at.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file holds no PEM of the kind it should.
    #[error("{} holds no {wanted} in PEM form", path.display())]
    Pem {
        /// The file.
        path: PathBuf,
        /// What it should hold.
        wanted: &'static str,
    },
    /// The pair is no good together.
    #[error("{} and {} do not work together: {source}", files.certificate.display(), files.key.display())]
    Pair {
        /// The two files.
        files: TlsFiles,
        /// What is wrong.
        source: rustls::Error,
    },
}

/// What the two files held when they were last read.
#[derive(PartialEq, Eq)]
struct Contents {
    certificate: Vec<u8>,
    key: Vec<u8>,
}

/// Whether the two files are a certificate and its key.
pub fn check_certificate(files: &TlsFiles) -> Result<(), TlsError> {
    pair(files, &read(files)?).map(drop)
}

/// The certificate in use.
#[derive(Debug)]
pub(crate) struct Certificates {
    files: TlsFiles,
    current: RwLock<Arc<CertifiedKey>>,
}

impl Certificates {
    /// Reads the two files.
    pub(crate) fn load(files: TlsFiles) -> Result<Arc<Self>, TlsError> {
        let current = pair(&files, &read(&files)?)?;
        Ok(Arc::new(Self { files, current: RwLock::new(Arc::new(current)) }))
    }

    /// Takes up changed files until `stop`.
    pub(crate) async fn follow(self: Arc<Self>, every: Duration, stop: CancellationToken) {
        let mut ticks = interval(every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut seen = None;
        while stop.run_until_cancelled(ticks.tick()).await.is_some() {
            self.refresh(&mut seen);
        }
    }

    /// Two small files, read at most once a second or so: not worth a thread.
    fn refresh(&self, seen: &mut Option<Contents>) {
        let found = match read(&self.files) {
            Ok(found) => found,
            Err(error) => return tracing::warn!(%error, "certificate not read again; the old one stays in use"),
        };
        if seen.as_ref() == Some(&found) {
            return;
        }
        match pair(&self.files, &found) {
            Ok(pair) => {
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(pair);
                tracing::info!(file = %self.files.certificate.display(), "certificate in use");
            }
            Err(error) => tracing::error!(%error, "new certificate refused; the old one stays in use"),
        }
        *seen = Some(found);
    }

    /// The server's side of TLS 1.2 and 1.3 with these certificates, offering `protocols` in that order.
    pub(crate) fn server(self: &Arc<Self>, protocols: &[&[u8]]) -> Arc<ServerConfig> {
        let mut config = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .expect("ring offers the suites of TLS 1.2 and 1.3")
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(self) as Arc<dyn ResolvesServerCert>);
        config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
        Arc::new(config)
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

fn read(files: &TlsFiles) -> Result<Contents, TlsError> {
    let read = |path: &PathBuf| fs::read(path).map_err(|source| TlsError::Read { path: path.clone(), source });
    Ok(Contents { certificate: read(&files.certificate)?, key: read(&files.key)? })
}

fn pair(files: &TlsFiles, contents: &Contents) -> Result<CertifiedKey, TlsError> {
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&contents.certificate)
        .collect::<Result<_, _>>()
        .ok()
        .filter(|chain: &Vec<_>| !chain.is_empty())
        .ok_or_else(|| TlsError::Pem { path: files.certificate.clone(), wanted: "certificate" })?;
    let key = PrivateKeyDer::from_pem_slice(&contents.key)
        .map_err(|_| TlsError::Pem { path: files.key.clone(), wanted: "private key" })?;
    CertifiedKey::from_der(chain, key, &provider()).map_err(|source| TlsError::Pair { files: files.clone(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(files: &TlsFiles, name: &str) -> Vec<u8> {
        let made = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
        fs::write(&files.certificate, made.cert.pem()).unwrap();
        fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
        made.cert.der().to_vec()
    }

    fn served(certificates: &Certificates) -> Vec<u8> {
        certificates.current.read().unwrap().cert[0].to_vec()
    }

    #[test]
    fn a_changed_pair_is_taken_up_and_a_bad_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let files = TlsFiles { certificate: folder.path().join("c.pem"), key: folder.path().join("k.pem") };
        assert!(matches!(Certificates::load(files.clone()), Err(TlsError::Read { .. })));
        let first = write(&files, "one.example");
        let certificates = Certificates::load(files.clone()).unwrap();
        let mut seen = None;
        certificates.refresh(&mut seen);
        assert_eq!(served(&certificates), first);
        let old_key = fs::read(&files.key).unwrap();
        let second = write(&files, "two.example");
        let new_key = fs::read(&files.key).unwrap();
        fs::write(&files.key, old_key).unwrap();
        certificates.refresh(&mut seen);
        assert_eq!(served(&certificates), first, "a certificate with another's key is half a renewal");
        fs::write(&files.key, new_key).unwrap();
        certificates.refresh(&mut seen);
        assert_eq!(served(&certificates), second);
        fs::write(&files.certificate, "nonsense").unwrap();
        certificates.refresh(&mut seen);
        fs::remove_file(&files.certificate).unwrap();
        certificates.refresh(&mut seen);
        assert_eq!(served(&certificates), second);
    }

    #[test]
    fn each_error_names_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let files = TlsFiles { certificate: folder.path().join("c.pem"), key: folder.path().join("k.pem") };
        write(&files, "one.example");
        fs::write(&files.key, "nonsense").unwrap();
        assert!(Certificates::load(files.clone()).unwrap_err().to_string().contains("k.pem"));
        fs::write(&files.certificate, "").unwrap();
        assert!(Certificates::load(files).unwrap_err().to_string().contains("c.pem"));
    }
}
