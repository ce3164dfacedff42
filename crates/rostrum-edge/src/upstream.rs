//! The way to web: pooled HTTP/1.1 over its unix socket, and what a failure there means for the client.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::{Request, Response, Uri};
use hyper::body::Incoming;
use hyper_util::client::legacy::{self, Client};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use rostrum_wire::Socket;

use crate::activity::Pulse;
use crate::body::{Fault, Intake};
use crate::line::Line;
use crate::refusal::Refusal;

/// Idle connections to web kept for the next request.
const POOL_IDLE_MAX: usize = 32;
const POOL_IDLE_TIME: Duration = Duration::from_secs(30);

/// The client side of web's socket.
pub(crate) struct Upstream {
    client: Client<ToWeb, Intake<Incoming>>,
    answer_time: Duration,
}

impl Upstream {
    #[expect(clippy::disallowed_methods, reason = "it knows the way to web's socket and no other")]
    pub(crate) fn new(web: Socket, answer_time: Duration) -> Self {
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(POOL_IDLE_TIME)
            .pool_max_idle_per_host(POOL_IDLE_MAX)
            .set_host(false)
            .build(ToWeb(web));
        Self { client, answer_time }
    }

    /// Web's answer; `pulse` is touched as the request's body moves, `fault` says what became of that body.
    pub(crate) async fn ask(
        &self,
        request: Request<Intake<Incoming>>,
        pulse: Arc<Pulse>,
        fault: Fault,
    ) -> Result<Response<Incoming>, Refusal> {
        let answer = tokio::select! {
            answer = self.client.request(request) => answer,
            () = pulse.silent_for(self.answer_time) => return Err(Refusal::WebSlow),
        };
        answer.map_err(|error| meaning(&error, &fault))
    }
}

fn meaning(error: &legacy::Error, fault: &Fault) -> Refusal {
    if let Some(refusal) = fault.get() {
        return *refusal;
    }
    let refusal = if error.is_connect() { Refusal::WebDown } else { Refusal::WebLost };
    let cause = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    tracing::warn!(%error, cause, "web did not answer");
    refusal
}

/// Connects to web, whatever address a request names.
#[derive(Debug, Clone)]
struct ToWeb(Socket);

impl tower::Service<Uri> for ToWeb {
    type Response = TokioIo<Line>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<TokioIo<Line>>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        let socket = self.0.clone();
        Box::pin(async move { socket.connect().await.map(|stream| TokioIo::new(Line::new(stream))) })
    }
}
