//! The fetcher: follows redirects one checked hop at a time and hands the answer on whole, counted or in pieces.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_ENCODING, LOCATION, RETRY_AFTER};
use http::{HeaderMap, StatusCode};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::time::Instant;
use tokio_rustls::TlsConnector;

use crate::body::{Body, Limits};
use crate::error::Error;
use crate::guard::{self, Target};
use crate::hop::{Answer, Payload, Trip};
use crate::net::{Net, SystemNet};
use crate::policy::Policy;
use crate::request::Request;
use crate::response::{Downloaded, Head, Incoming, Response, text};
use crate::tls;

/// How many redirects are followed.
pub const REDIRECTS_MAX: usize = 5;

/// Fetches under a [`Policy`]; cheap to clone. Every fetch opens its own connection and keeps nothing afterwards:
/// no cookies, no proxy, no pool that could lead to an address checked for someone else.
#[derive(Clone)]
pub struct Fetcher(Arc<Inner>);

struct Inner {
    policy: Policy,
    net: Box<dyn Net>,
    tls: TlsConnector,
}

impl fmt::Debug for Fetcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fetcher").field("rules", &self.0.policy.rules).finish_non_exhaustive()
    }
}

impl Fetcher {
    /// A fetcher on the machine's own resolver and TCP.
    pub fn new(policy: Policy) -> Self {
        Self::on(policy, SystemNet)
    }

    /// A fetcher on another network, such as a test's.
    pub fn on(policy: Policy, net: impl Net + 'static) -> Self {
        let tls = tls::connector(policy.roots.clone());
        Self(Arc::new(Inner { policy, net: Box::new(net), tls }))
    }

    /// Fetches into memory.
    pub async fn get(&self, request: &Request) -> Result<Response, Error> {
        collect(self.open(request).await?).await
    }

    /// Fetches into `output` and flushes it; after an error some bytes may have been written.
    pub async fn download<W>(&self, request: &Request, output: &mut W) -> Result<Downloaded, Error>
    where
        W: AsyncWrite + Unpin + Send + ?Sized,
    {
        let mut incoming = self.open(request).await?;
        let mut bytes = 0;
        while let Some(piece) = incoming.next().await? {
            output.write_all(&piece).await.map_err(Error::Output)?;
            bytes += piece.len() as u64;
        }
        output.flush().await.map_err(Error::Output)?;
        Ok(Downloaded { head: incoming.head, bytes })
    }

    /// Fetches piece by piece.
    pub async fn open(&self, request: &Request) -> Result<Incoming, Error> {
        let trip = self.trip(request, None);
        let mut target = guard::target(trip.rules, &request.url)?;
        let (mut answer, mut trusted) = (trip.hop(&target, true).await?, true);
        for _ in 0..REDIRECTS_MAX {
            let Some(next) = redirect(&trip, &target, &answer)? else { break };
            trusted = trusted && next.same_origin(&target);
            target = next;
            answer = trip.hop(&target, trusted).await.map_err(behind_redirect)?;
        }
        finish(&trip, target, answer)
    }

    /// Sends `body` with POST; a redirect is an error, since the receiver has to be named by its own address.
    pub async fn post(
        &self,
        request: &Request,
        content_type: &'static str,
        body: impl Into<Bytes>,
    ) -> Result<Response, Error> {
        let payload = Payload { content_type, bytes: body.into() };
        let trip = self.trip(request, Some(&payload));
        let target = guard::target(trip.rules, &request.url)?;
        let answer = trip.hop(&target, true).await?;
        collect(finish(&trip, target, answer)?).await
    }

    fn trip<'a>(&'a self, request: &'a Request, payload: Option<&'a Payload>) -> Trip<'a> {
        let Inner { policy, net, tls } = &*self.0;
        let limits = Limits {
            connect: policy.connect,
            idle: policy.idle,
            deadline: Instant::now().checked_add(policy.total.min(request.total)),
            bytes_max: policy.bytes_max.min(request.bytes_max),
            speed_min_bytes_per_s: policy.speed_min_bytes_per_s,
        };
        let (rules, user_agent) = (&policy.rules, &policy.user_agent);
        Trip { net: &**net, rules, tls, user_agent, limits, request, payload }
    }
}

async fn collect(mut incoming: Incoming) -> Result<Response, Error> {
    let mut bytes = BytesMut::new();
    while let Some(piece) = incoming.next().await? {
        bytes.extend_from_slice(&piece);
    }
    Ok(Response { head: incoming.head, bytes: bytes.freeze() })
}

const fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

fn redirect(trip: &Trip<'_>, from: &Target, answer: &Answer) -> Result<Option<Target>, Error> {
    if !is_redirect(answer.response.status()) {
        return Ok(None);
    }
    let location = answer.response.headers().get(LOCATION).ok_or(Error::Broken)?;
    let location = std::str::from_utf8(location.as_bytes()).map_err(|_| Error::Broken)?;
    guard::redirect(trip.rules, from, location).map(Some).map_err(Error::RedirectRefused)
}

fn behind_redirect(error: Error) -> Error {
    match error {
        Error::Refused(refusal) => Error::RedirectRefused(refusal),
        other => other,
    }
}

fn finish(trip: &Trip<'_>, target: Target, answer: Answer) -> Result<Incoming, Error> {
    let (parts, body) = answer.response.into_parts();
    let unchanged = parts.status == StatusCode::NOT_MODIFIED && trip.request.is_conditional();
    if is_redirect(parts.status) && trip.payload.is_none() {
        return Err(Error::TooManyRedirects);
    }
    if !parts.status.is_success() && !unchanged {
        return Err(Error::Status { status: parts.status.as_u16(), retry_after: retry_after(&parts.headers) });
    }
    if is_encoded(&parts.headers) {
        return Err(Error::Encoded);
    }
    let head = Head::new(target.url, parts.status, &parts.headers);
    Ok(Incoming { head, body: Body::new(body, answer.driver, trip.limits)? })
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    text(headers, &RETRY_AFTER)?.trim().parse().ok().map(Duration::from_secs)
}

/// Decompressing would let a small answer grow without end, so a server that insists is refused.
fn is_encoded(headers: &HeaderMap) -> bool {
    headers.get_all(CONTENT_ENCODING).iter().any(|value| !value.is_empty() && value != "identity")
}
