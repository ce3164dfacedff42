//! One request to a site and its answer, over TLS where the address asks for it. Follows nothing and keeps nothing.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::Request;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST, ORIGIN};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use url::Url;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// Longest answer, in bytes.
const ANSWER_BYTES_MAX: usize = 256 * 1024;

/// What is sent.
pub(super) struct Post<'a> {
    pub(super) url: &'a Url,
    /// A grant, where there is one.
    pub(super) grant: Option<&'a str>,
    pub(super) kind: &'static str,
    pub(super) body: String,
}

/// Status and body of the answer.
pub(super) type Answer = (u16, String);

impl Post<'_> {
    /// Sends it and waits for the answer.
    pub(super) async fn send(self) -> anyhow::Result<Answer> {
        let site = self.url.origin().ascii_serialization();
        timeout(PATIENCE, self.exchange()).await.map_err(|_| anyhow!("{site} does not answer"))?
    }

    #[expect(clippy::disallowed_methods, reason = "a command of the operator's, run by hand at an address they typed")]
    async fn exchange(self) -> anyhow::Result<Answer> {
        let host = self.url.host_str().context("the address names no host")?.trim_matches(['[', ']']).to_owned();
        let port = self.url.port_or_known_default().context("the address has no port")?;
        let away = || format!("{host}, port {port}, cannot be reached");
        let stream = TcpStream::connect((host.as_str(), port)).await.with_context(away)?;
        match self.url.scheme() {
            "http" => self.over(stream).await,
            "https" => {
                let mut roots = RootCertStore::empty();
                roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
                let provider = Arc::new(rustls::crypto::ring::default_provider());
                let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
                let config = Arc::new(config.with_root_certificates(roots).with_no_client_auth());
                let name = ServerName::try_from(host.clone())?;
                let stream = tokio_rustls::TlsConnector::from(config).connect(name, stream).await;
                self.over(stream.with_context(|| format!("{host} has no certificate that can be trusted"))?).await
            }
            other => bail!("{other} is no way to reach a site; use http or https"),
        }
    }

    #[expect(clippy::disallowed_methods, reason = "a command of the operator's, run by hand at an address they typed")]
    async fn over(self, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) -> anyhow::Result<Answer> {
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        let target = match self.url.query() {
            Some(query) => format!("{}?{query}", self.url.path()),
            None => self.url.path().to_owned(),
        };
        let mut request = Request::post(target)
            .header(HOST, self.url.authority())
            .header(ORIGIN, self.url.origin().ascii_serialization())
            .header("accept", "application/json")
            .header(CONTENT_TYPE, self.kind);
        if let Some(grant) = self.grant {
            request = request.header(AUTHORIZATION, format!("Bearer {grant}"));
        }
        let request = request.body(Full::new(Bytes::from(self.body)))?;
        let asking = async {
            let answer = sender.send_request(request).await?;
            let status = answer.status().as_u16();
            let body = Limited::new(answer.into_body(), ANSWER_BYTES_MAX).collect().await;
            let body = body.map_err(|error| anyhow!("the answer was cut short: {error}"))?;
            Ok((status, String::from_utf8_lossy(&body.to_bytes()).into_owned()))
        };
        tokio::select! {
            answer = asking => answer,
            ended = connection => Err(ended.err().map_or_else(|| anyhow!("the site hung up"), Into::into)),
        }
    }
}
