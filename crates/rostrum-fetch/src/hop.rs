//! One request on one connection of its own: look up, check, dial, TLS, send, read the head. It follows no redirect.

use std::net::SocketAddr;

use bytes::Bytes;
use http::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HOST, IF_MODIFIED_SINCE,
    IF_NONE_MATCH, TE, TRANSFER_ENCODING, UPGRADE, USER_AGENT,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio_rustls::TlsConnector;
use url::{Host, Position};

use crate::body::{Driver, Limits};
use crate::error::Error;
use crate::guard::{self, Rules, Target};
use crate::net::{Net, Stream};
use crate::request::Request;
use crate::tls;

/// How many of a host's addresses are tried.
const SOCKETS_MAX: usize = 4;
const HEAD_BYTES_MAX: usize = 64 * 1024;
/// Headers that frame the message; they are ours alone.
const OURS: [HeaderName; 8] =
    [HOST, CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING, TE, UPGRADE, USER_AGENT, ACCEPT_ENCODING];

/// A body to send, with its media type.
#[derive(Debug, Clone)]
pub(crate) struct Payload {
    pub(crate) content_type: &'static str,
    pub(crate) bytes: Bytes,
}

/// What is the same on every hop of one fetch.
pub(crate) struct Trip<'a> {
    pub(crate) net: &'a dyn Net,
    pub(crate) rules: &'a Rules,
    pub(crate) tls: &'a TlsConnector,
    pub(crate) user_agent: &'a HeaderValue,
    pub(crate) limits: Limits,
    pub(crate) request: &'a Request,
    pub(crate) payload: Option<&'a Payload>,
}

/// An answer's head, and what is needed to read its body.
pub(crate) struct Answer {
    pub(crate) response: http::Response<hyper::body::Incoming>,
    pub(crate) driver: Driver,
}

impl Trip<'_> {
    /// Sends the request to `target`; `trusted` says whether it may see the request's credentials.
    pub(crate) async fn hop(&self, target: &Target, trusted: bool) -> Result<Answer, Error> {
        let message = self.message(target, trusted)?;
        let sockets = self.look_up(target).await?;
        let stream = self.limits.within(self.limits.connect, self.connect(target, &sockets)).await??;
        self.limits.within(self.limits.idle, exchange(stream, message)).await?
    }

    async fn look_up(&self, target: &Target) -> Result<Vec<SocketAddr>, Error> {
        let answers = match (&target.host, target.literal()) {
            (Host::Domain(name), None) => {
                let found = self.limits.within(self.limits.connect, self.net.resolve(name)).await?;
                found.map_err(|_| Error::NameUnknown)?
            }
            (_, literal) => literal.into_iter().collect(),
        };
        let sockets = guard::sockets(self.rules, target, &answers)?;
        if sockets.is_empty() { Err(Error::NameUnknown) } else { Ok(sockets) }
    }

    async fn connect(&self, target: &Target, sockets: &[SocketAddr]) -> Result<Box<dyn Stream>, Error> {
        let tries = sockets.len().min(SOCKETS_MAX);
        let share = self.limits.connect / u32::try_from(tries).expect("at most four");
        for &socket in &sockets[..tries] {
            // One dead address must not use up the time of the living ones.
            let Ok(Ok(stream)) = tokio::time::timeout(share, self.net.dial(socket)).await else { continue };
            return if target.tls { tls::wrap(self.tls, &target.host, stream).await } else { Ok(stream) };
        }
        Err(Error::Unreachable)
    }

    fn message(&self, target: &Target, trusted: bool) -> Result<http::Request<Full<Bytes>>, Error> {
        let method = if self.payload.is_some() { Method::POST } else { Method::GET };
        let body = self.payload.map_or_else(Bytes::new, |payload| payload.bytes.clone());
        let path = &target.url[Position::BeforePath..Position::AfterQuery];
        let mut message =
            http::Request::builder().method(method).uri(path).body(Full::new(body)).map_err(|_| Error::BadRequest)?;
        *message.headers_mut() = self.headers(target, trusted)?;
        Ok(message)
    }

    fn headers(&self, target: &Target, trusted: bool) -> Result<HeaderMap, Error> {
        let mut headers = HeaderMap::new();
        if trusted {
            let given = self.request.headers.iter().filter(|(name, _)| !OURS.contains(name));
            headers.extend(given.cloned());
            if let Some(secret) = &self.request.authorization {
                let mut secret = value(secret.reveal())?;
                secret.set_sensitive(true);
                headers.insert(AUTHORIZATION, secret);
            }
        }
        let host = &target.url[Position::BeforeHost..Position::AfterPort];
        headers.insert(HOST, value(host)?);
        headers.insert(USER_AGENT, self.user_agent.clone());
        headers.insert(ACCEPT, HeaderValue::from_static(self.request.accept));
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
        for (name, text) in [(IF_NONE_MATCH, &self.request.etag), (IF_MODIFIED_SINCE, &self.request.modified)] {
            if let Some(text) = text {
                headers.insert(name, value(text)?);
            }
        }
        if let Some(payload) = self.payload {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(payload.content_type));
        }
        Ok(headers)
    }
}

fn value(text: &str) -> Result<HeaderValue, Error> {
    HeaderValue::from_str(text).map_err(|_| Error::BadRequest)
}

#[expect(clippy::disallowed_methods, reason = "this is the one client that others go through")]
async fn exchange(stream: Box<dyn Stream>, message: http::Request<Full<Bytes>>) -> Result<Answer, Error> {
    let mut builder = http1::Builder::new();
    builder.max_buf_size(HEAD_BYTES_MAX);
    let (mut sender, wire) = builder.handshake(TokioIo::new(stream)).await.map_err(|_| Error::Broken)?;
    let mut driver = Driver::new(wire);
    let response = driver.run(sender.send_request(message)).await.map_err(|_| Error::Broken)?;
    Ok(Answer { response, driver })
}
