//! What the web role counts, in Prometheus' text form, for whoever holds the operator's token; to all others there is
//! nothing here. Without a token nothing is counted.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, Method, header};
use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram, with_local_recorder};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle, PrometheusRecorder};
use rostrum_domain::Secret;
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

use crate::Error;
use crate::state::Web;

/// Upper ends of the latency histogram's buckets, in seconds.
const BUCKETS_S: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0];
/// Requests after which what was observed is summed up, so that it takes no more room when nobody asks.
const SUM_UP: u64 = 1024;
/// The metrics' names.
const REQUESTS: &str = "rostrum_http_requests_total";
const SECONDS: &str = "rostrum_http_request_seconds";
const JOBS: &str = "rostrum_jobs_open";
const BUILD: &str = "rostrum_build_info";

/// The counters of one web role.
pub struct Metrics {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
    token_sha256: [u8; 32],
    noted: AtomicU64,
}

impl Metrics {
    /// Counters at zero, shown to whoever holds `token`.
    pub fn new(token: &Secret<String>) -> Self {
        let builder = PrometheusBuilder::new().set_buckets(&BUCKETS_S).expect("there are buckets");
        let recorder = builder.build_recorder();
        with_local_recorder(&recorder, || {
            describe_counter!(REQUESTS, "Requests answered, by route and status.");
            describe_histogram!(SECONDS, "Seconds until an answer's head was ready, by route.");
            describe_gauge!(JOBS, "Jobs that wait or run.");
            describe_gauge!(BUILD, "Always 1; the version is the label.");
            gauge!(BUILD, "version" => env!("CARGO_PKG_VERSION")).set(1.0);
        });
        let handle = recorder.handle();
        Self { recorder, handle, token_sha256: digest(token.reveal()), noted: AtomicU64::new(0) }
    }

    fn note(&self, request: (&'static str, String), status: u16, took: Duration) {
        let (method, route) = request;
        with_local_recorder(&self.recorder, || {
            let status = status.to_string();
            counter!(REQUESTS, "method" => method, "route" => route.clone(), "status" => status).increment(1);
            histogram!(SECONDS, "method" => method, "route" => route).record(took.as_secs_f64());
        });
        if self.noted.fetch_add(1, Ordering::Relaxed) % SUM_UP == SUM_UP - 1 {
            self.handle.run_upkeep();
        }
    }

    fn opens(&self, headers: &HeaderMap) -> bool {
        let sent = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
        // Digests are compared, so that how long it takes says nothing of the token.
        sent.is_some_and(|token| digest(token) == self.token_sha256)
    }

    fn text(&self, jobs_open: i64) -> String {
        // A gauge is a float; no house has more jobs than one holds exactly.
        with_local_recorder(&self.recorder, || gauge!(JOBS).set(jobs_open as f64));
        self.handle.render()
    }
}

fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text).into()
}

/// Counts a request and times it until the head of its answer.
pub async fn count(State(web): State<Web>, request: Request, next: Next) -> Response {
    let Some(metrics) = &web.metrics else { return next.run(request).await };
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let (method, began) = (method(request.method()), Instant::now());
    let response = next.run(request).await;
    metrics.note((method, route), response.status().as_u16(), began.elapsed());
    response
}

/// The known methods by name: a client must not be able to make labels up.
fn method(method: &Method) -> &'static str {
    let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    known.into_iter().find(|name| *name == method.as_str()).unwrap_or("other")
}

/// Answers with every metric.
pub async fn show(State(web): State<Web>, headers: HeaderMap) -> Result<Response, Error> {
    let metrics = web.metrics.as_ref().filter(|metrics| metrics.opens(&headers));
    let metrics = metrics.ok_or_else(|| Error::Missing("There is no page at this address.".into()))?;
    let text = metrics.text(rostrum_app::health::jobs_open(&web.app).await?);
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::testing::Desk;
    use crate::testing::{METRICS_TOKEN, Site};
    use axum::body::Body;
    use http::StatusCode;

    #[tokio::test]
    async fn the_token_shows_what_was_counted() {
        let desk = Desk::new().await;
        let visitor = desk.site.visitor();
        for path in ["/shows/talk", "/shows/none", "/nowhere/at/all/x", "/api/v1/shows"] {
            visitor.get(path).await;
        }
        desk.program().send(visitor.request("BREW".parse().expect("a method"), "/search").body(Body::empty())).await;
        let answer = desk.site.program(METRICS_TOKEN).get("/metrics").await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(answer.header("content-type").starts_with("text/plain; version=0.0.4"));
        for line in [
            r#"rostrum_http_requests_total{method="GET",route="/shows/{show}",status="200"} 1"#,
            r#"rostrum_http_requests_total{method="GET",route="/shows/{show}",status="404"} 1"#,
            r#"rostrum_http_requests_total{method="GET",route="/api/v1/shows",status="401"} 1"#,
            r#"rostrum_http_requests_total{method="GET",route="none",status="404"} 1"#,
            r#"rostrum_http_request_seconds_count{method="GET",route="/shows/{show}"} 2"#,
            r#"rostrum_jobs_open 1"#,
            concat!("rostrum_build_info{version=\"", env!("CARGO_PKG_VERSION"), "\"} 1"),
        ] {
            assert!(answer.body.lines().any(|found| found == line), "{line}\n{}", answer.body);
        }
        assert!(!answer.body.contains("BREW") && answer.body.contains(r#"method="other""#), "{}", answer.body);
    }

    #[tokio::test]
    async fn without_the_token_there_is_nothing() {
        let site = Site::new().await;
        assert_eq!(site.visitor().get("/metrics").await.status, StatusCode::NOT_FOUND);
        assert_eq!(site.program("guess").get("/metrics").await.status, StatusCode::NOT_FOUND);
    }

    #[test]
    fn what_nobody_asks_for_takes_no_more_room() {
        let metrics = Metrics::new(&Secret::new("t".into()));
        for _ in 0..SUM_UP * 3 {
            metrics.note(("GET", "/".into()), 200, Duration::from_millis(3));
        }
        let line = format!("{SECONDS}_bucket{{method=\"GET\",route=\"/\",le=\"0.005\"}} {}", SUM_UP * 3);
        assert!(metrics.text(0).contains(&line), "{}", metrics.text(0));
    }
}
