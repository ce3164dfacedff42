//! What goes through: headers as they should be, streams without delay, uploads, and a web that comes and goes.

use tokio::io::AsyncWriteExt;

use crate::harness::{Edge, Web, read_until, status};

#[tokio::test]
async fn web_learns_who_asked_and_nothing_that_is_made_up() {
    let edge = Edge::start().await;
    let web = Web::start(&edge.web());
    let answer = edge
        .raw(
            "GET /a/b?c=d HTTP/1.1\r\nHost: Rostrum.example:81\r\nX-Forwarded-For: 6.6.6.6\r\n\
             Forwarded: for=6.6.6.6\r\nX-Request-Id: mine-12345\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\n\
             Cookie: a=b\r\n\r\n",
        )
        .await;
    assert_eq!(status(&answer), 200, "{answer}");
    let seen = &web.requests()[0];
    assert_eq!(seen.line, "GET /a/b?c=d HTTP/1.1");
    let header = |name: &str| seen.headers.get(name).map(|value| value.to_str().unwrap());
    assert_eq!(header("x-forwarded-for"), Some("127.0.0.1"));
    assert_eq!(header("x-forwarded-proto"), Some("http"));
    assert_eq!(header("x-forwarded-host"), Some("Rostrum.example:81"));
    assert_eq!(header("host"), Some("Rostrum.example:81"));
    assert_eq!((header("forwarded"), header("x-hop"), header("cookie")), (None, None, Some("a=b")));
    let id = header("x-request-id").unwrap();
    assert_eq!(id.len(), 26, "a ULID of ours: {id}");
    assert!(answer.contains(&format!("x-request-id: {id}")), "{answer}");
    assert!(answer.contains("etag: \"e\"") && !answer.contains("x-inner"), "{answer}");
}

#[tokio::test]
async fn a_trusted_proxy_speaks_for_its_clients() {
    let edge = Edge::start_with(|config| config.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()]).await;
    let web = Web::start(&edge.web());
    let claims = "X-Forwarded-For: 198.51.100.7\r\nX-Forwarded-Proto: https\r\nX-Request-Id: front-12345";
    edge.raw(format!("GET / HTTP/1.1\r\nHost: h\r\n{claims}\r\nConnection: close\r\n\r\n")).await;
    let seen = &web.requests()[0];
    assert_eq!(seen.headers["x-forwarded-for"], "198.51.100.7");
    assert_eq!(seen.headers["x-forwarded-proto"], "https");
    assert_eq!(seen.headers["x-request-id"], "front-12345");
}

#[tokio::test]
async fn a_stream_arrives_piece_by_piece() {
    let edge = Edge::start().await;
    let web = Web::start(&edge.web());
    let mut stream = edge.connect().await;
    stream.write_all(b"GET /stream HTTP/1.1\r\nHost: h\r\n\r\n").await.unwrap();
    for piece in ["data: one\n\n", "data: two\n\n", "data: three\n\n"] {
        web.feed.send(piece.into()).await.unwrap();
        read_until(&mut stream, piece).await;
    }
}

#[tokio::test]
async fn several_requests_share_a_connection() {
    let edge = Edge::start().await;
    let web = Web::start(&edge.web());
    let mut stream = edge.connect().await;
    let one = "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\none";
    let two = "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ntwo\r\n0\r\n\r\n";
    stream.write_all(format!("{one}{two}{one}").as_bytes()).await.unwrap();
    for body in ["\r\n\r\none", "\r\n\r\ntwo", "\r\n\r\none"] {
        read_until(&mut stream, body).await;
    }
    assert_eq!(web.requests().len(), 3);
}

#[tokio::test]
async fn while_web_is_away_people_and_programs_are_told_so() {
    let edge = Edge::start().await;
    let page = edge.get("/").await;
    assert_eq!(status(&page), 503);
    assert!(page.contains("retry-after: 5") && page.contains("text/html"), "{page}");
    assert!(page.contains("content-security-policy: default-src 'none'"), "{page}");
    let problem = edge.get("/api/v1/shows").await;
    assert!(problem.contains("application/problem+json") && problem.contains("\"status\":503"), "{problem}");
}

#[tokio::test]
async fn a_web_that_was_killed_is_found_again() {
    let edge = Edge::start().await;
    for round in 0..3 {
        let web = Web::start(&edge.web());
        assert_eq!(status(&edge.get("/echo").await), 200, "round {round}");
        let mut stream = edge.connect().await;
        stream.write_all(b"GET /never HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").await.unwrap();
        while web.requests().len() < 2 {
            tokio::task::yield_now().await;
        }
        drop(web);
        let lost = read_until(&mut stream, "\r\n\r\n").await;
        assert_eq!(status(&lost), 502, "{lost}");
        while status(&edge.get("/echo").await) != 503 {}
    }
}
