//! One request's way: checked, given an id, passed to web, answered, logged.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use http::header::{self, HeaderValue};
use http::{Request, Response, StatusCode, Uri, Version};
use http_body_util::{BodyExt as _, Either};
use hyper::body::{Body, Incoming};
use rostrum_domain::Id;

use crate::Config;
use crate::access_log::Entry;
use crate::activity::{Activity, InFlight, Pulse};
use crate::body::{Allowance, Intake, Marks, Outflow};
use crate::headers::{self, Origin, Peer, REQUEST_ID};
use crate::ingest::Ingest;
use crate::live::{Base, Live, Own, answer, wanted, whole};
use crate::redirect::Target;
use crate::refusal::{Form, Refusal};
use crate::turn::Relay;
use crate::upstream::Upstream;

/// A year, as browsers' preload lists ask for at least.
const HSTS: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Where this server's owner shows that it may be put under load.
const LOAD_PROOF: &str = "/.well-known/rostrum-load";

/// What a request's id names.
struct RequestMark;

/// What all connections of one edge share.
pub(crate) struct Front {
    pub(crate) config: Config,
    pub(crate) web: Upstream,
    pub(crate) live: Live,
    pub(crate) ingest: Ingest,
    pub(crate) relay: Option<Relay>,
}

/// What a listener is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Face {
    /// Everything: passed to web.
    Site,
    /// Nothing but the way to HTTPS.
    Redirect(Target),
}

/// One client connection.
pub(crate) struct Link {
    pub(crate) from: SocketAddr,
    pub(crate) peer: Peer,
    pub(crate) face: Face,
    pub(crate) activity: Arc<Activity>,
    /// When its first head must have come.
    pub(crate) head_by: tokio::time::Instant,
}

type Answer = Response<Either<Incoming, Own>>;

impl Front {
    /// Answers one request of `link`.
    pub(crate) async fn answer(
        self: Arc<Self>,
        request: Request<Incoming>,
        link: Arc<Link>,
    ) -> Result<Response<Outflow>, Infallible> {
        let in_flight = Arc::new(link.activity.begin());
        let origin =
            headers::check(&request).and_then(|()| headers::origin(&request, link.peer, &self.config.trusted_proxies));
        let id = origin.as_ref().ok().and_then(|origin| origin.id.clone()).unwrap_or_else(|| self.fresh_id());
        let client = origin.as_ref().map_or(link.peer.address, |origin| origin.client);
        let mut entry = Entry::new(&request, client, id);
        let form = Form::wanted(request.uri().path(), request.headers(), self.config.language);
        let closing = request.version() < Version::HTTP_2 && !request.body().is_end_stream();
        let answer = match origin {
            Ok(origin) => {
                self.serve(request, Asked { origin, id: &entry.id, link: &link, in_flight: &in_flight }).await
            }
            Err(refusal) => Err(refusal),
        };
        let mut answer = answer.unwrap_or_else(|refusal| refuse(refusal, form, &entry.id, closing));
        self.finish(&mut answer, &entry.id, link.peer.tls);
        entry.status = answer.status().as_u16();
        Ok(answer.map(|body| Outflow::new(body, entry, in_flight)))
    }

    fn fresh_id(&self) -> String {
        Id::<RequestMark>::new(self.config.clock.now(), self.config.ids.as_ref()).to_string()
    }

    async fn serve(&self, request: Request<Incoming>, asked: Asked<'_>) -> Result<Answer, Refusal> {
        match &asked.link.face {
            Face::Site => {
                let path = request.uri().path().to_owned();
                if let Some(token) = self.config.load_token.as_ref().filter(|_| path == LOAD_PROOF) {
                    let body = whole(format!("{token}\n"));
                    return Ok(answer(StatusCode::OK, ("text/plain", "no-store"), body).map(Either::Right));
                }
                let base = Base(format!("{}://{}", asked.origin.scheme, asked.origin.host));
                let Some(wanted) = wanted(request.method(), &path) else { return self.pass(request, asked).await };
                let (mut head, body) = request.into_parts();
                head.extensions.insert(base);
                Ok(self.live.answer(wanted, &head, body).await.map(Either::Right))
            }
            Face::Redirect(target) => {
                let answer = target.answer(asked.origin.host.host(), request.uri());
                Ok(answer.map(|body| Either::Right(body.boxed_unsync())))
            }
        }
    }

    async fn pass(&self, request: Request<Incoming>, asked: Asked<'_>) -> Result<Answer, Refusal> {
        let limits = &self.config.limits;
        let (mut head, body) = request.into_parts();
        let bytes = self.config.body_bytes_max(head.uri.path());
        if body.size_hint().lower() > bytes {
            return Err(Refusal::TooLarge);
        }
        headers::prepare(&mut head.headers, &asked.origin, asked.id);
        (head.uri, head.version) = (inner_uri(&head.uri)?, Version::HTTP_11);
        let pulse = Arc::new(Pulse::new());
        let marks = Marks { pulse: Arc::clone(&pulse), in_flight: Arc::clone(asked.in_flight) };
        let (body, fault) = Intake::new(body, Allowance { bytes, patience: limits.body_time }, marks);
        let mut answer = self.web.ask(Request::from_parts(head, body), pulse, fault).await?;
        headers::strip_hop_by_hop(answer.headers_mut());
        *answer.version_mut() = Version::HTTP_11;
        Ok(answer.map(Either::Left))
    }

    fn finish(&self, answer: &mut Answer, id: &str, tls: bool) {
        let headers = answer.headers_mut();
        if let Ok(id) = HeaderValue::from_str(id) {
            headers.insert(REQUEST_ID, id);
        }
        if tls {
            headers.insert(header::STRICT_TRANSPORT_SECURITY, HSTS);
        }
    }
}

/// A checked request's circumstances.
struct Asked<'a> {
    origin: Origin,
    id: &'a str,
    link: &'a Link,
    in_flight: &'a Arc<InFlight>,
}

fn refuse(refusal: Refusal, form: Form, id: &str, closing: bool) -> Answer {
    let mut answer = refusal.answer(form, id).map(|body| Either::Right(body.boxed_unsync()));
    if closing && refusal.leaves_body() {
        answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    answer
}

/// The same path and query on the one server behind the socket.
fn inner_uri(uri: &Uri) -> Result<Uri, Refusal> {
    let target = uri.path_and_query().ok_or(Refusal::Target)?.clone();
    Uri::builder().scheme("http").authority("web").path_and_query(target).build().map_err(|_| Refusal::Target)
}
