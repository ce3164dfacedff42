//! Encoders are recognised before the HTTP server sees them, and nobody else is held up by that.

use std::time::Duration;

use rostrum_edge::Limits;
use tokio::io::AsyncWriteExt;

use crate::harness::{Edge, Web, read_to_close, status};

const LOGIN: &str = "Authorization: Basic c291cmNlOmhhY2ttZQ==";

#[tokio::test]
async fn an_encoder_is_answered_here_and_web_opens_its_room() {
    let edge = Edge::start().await;
    let web = Web::start(&edge.web());
    let stranger = edge.raw("SOURCE /ingest/talk ICE/1.0\r\n\r\n").await;
    assert!(stranger.starts_with("HTTP/1.0 401 "), "{stranger}");
    assert!(web.requests().is_empty(), "nobody is asked for somebody without a key");
    let put = format!("PUT /ingest/talk HTTP/1.1\r\nHost: h\r\n{LOGIN}\r\nContent-Type: audio/mpeg\r\n\r\n");
    // The stand-in answers with what it was sent, which names no room.
    assert_eq!(status(&edge.raw(&put).await), 503);
    let asked = web.requests().pop().expect("web was asked");
    assert_eq!(asked.line, "POST /ingest/talk/open HTTP/1.1");
    assert_eq!(asked.headers["authorization"], "Bearer hackme");
    drop(web);
    let away = edge.raw(&put).await;
    assert!(status(&away) == 503 && away.contains("Retry-After"), "{away}");
    let title = format!("GET /admin/metadata?mode=updinfo&mount=/ingest/talk&song=a HTTP/1.0\r\n{LOGIN}\r\n\r\n");
    assert_eq!(status(&edge.raw(&title).await), 404);
}

#[tokio::test]
async fn everybody_else_goes_on_to_web() {
    let edge = Edge::start().await;
    let web = Web::start(&edge.web());
    for line in ["GET /admin/metadatas", "PUT /ingestion", "GET /ingest/talk"] {
        let request = format!("{line} HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        assert_eq!(status(&edge.raw(request).await), 200, "{line}");
    }
    assert_eq!(web.requests().len(), 3);
}

#[tokio::test]
async fn a_head_that_does_not_end_is_given_up() {
    let limits = Limits { head_time: Duration::from_millis(300), ..Limits::default() };
    let edge = Edge::start_with(|config| config.limits = limits).await;
    for start in ["", "SOU", "SOURCE /ingest/talk ICE/1.0\r\nUser-Agent:"] {
        let mut stream = edge.connect().await;
        stream.write_all(start.as_bytes()).await.unwrap();
        assert_eq!(read_to_close(&mut stream).await, "", "{start}");
    }
    let endless = format!("SOURCE {}", "x".repeat(9000));
    assert_eq!(status(&edge.raw(endless).await), 400);
}
