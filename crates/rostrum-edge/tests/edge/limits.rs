//! What a client may cost: slow heads and bodies, large heads and bodies, many connections.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep};

use crate::harness::{Edge, Web, read_to_close, read_until, status};

const HEAD_TIME: Duration = Duration::from_secs(10);

async fn closed_after(stream: &mut TcpStream) -> Duration {
    let start = Instant::now();
    read_to_close(stream).await;
    start.elapsed()
}

#[tokio::test(start_paused = true)]
async fn a_silent_connection_is_closed() {
    let edge = Edge::start().await;
    let mut stream = edge.connect().await;
    let took = closed_after(&mut stream).await;
    assert!(took >= HEAD_TIME && took < HEAD_TIME * 3 / 2, "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_head_that_drips_in_is_cut() {
    let edge = Edge::start().await;
    let (mut reading, mut writing) = edge.connect().await.into_split();
    let dripping = tokio::spawn(async move {
        writing.write_all(b"GET / HTTP/1.1\r\nHost: h\r\n").await.unwrap();
        loop {
            sleep(Duration::from_secs(3)).await;
            if writing.write_all(b"X-A: b\r\n").await.is_err() {
                return;
            }
        }
    });
    let start = Instant::now();
    let mut answer = Vec::new();
    let _ = reading.read_to_end(&mut answer).await;
    assert!(start.elapsed() < HEAD_TIME * 3 / 2, "{:?}", start.elapsed());
    dripping.abort();
}

#[tokio::test]
async fn an_idle_connection_is_closed_after_its_answer() {
    let edge = Edge::start_with(|config| config.limits.head_time = Duration::from_millis(300)).await;
    let _web = Web::start(&edge.web());
    let mut stream = edge.connect().await;
    stream.write_all(b"GET /echo HTTP/1.1\r\nHost: h\r\n\r\n").await.unwrap();
    let answer = read_to_close(&mut stream).await;
    assert_eq!(status(&answer), 200, "{answer}");
}

#[tokio::test]
async fn a_body_that_stands_still_is_cut_with_408() {
    let edge = Edge::start_with(|config| config.limits.body_time = Duration::from_millis(200)).await;
    let web = Web::start(&edge.web());
    let answer = edge.raw("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nhalf").await;
    assert_eq!(status(&answer), 408, "{answer}");
    assert_eq!(web.requests().len(), 1);
}

#[tokio::test]
async fn a_web_that_does_not_answer_is_504_and_a_stalled_reader_is_cut() {
    let edge = Edge::start_with(|config| config.limits.answer_time = Duration::from_millis(200)).await;
    let _web = Web::start(&edge.web());
    assert_eq!(status(&edge.get("/never").await), 504);
    let edge = Edge::start_with(|config| config.limits.stall_time = Duration::from_millis(300)).await;
    let web = Web::start(&edge.web());
    let mut stream = edge.connect().await;
    stream.write_all(b"GET /stream HTTP/1.1\r\nHost: h\r\n\r\n").await.unwrap();
    web.feed.send("first".into()).await.unwrap();
    read_until(&mut stream, "first").await;
    read_to_close(&mut stream).await;
}

#[tokio::test]
async fn heads_beyond_their_limit_are_refused() {
    let edge = Edge::start().await;
    let web = Web::start(&edge.web());
    let long = format!("GET / HTTP/1.1\r\nHost: h\r\nX-A: {}\r\n\r\n", "b".repeat(17_000));
    assert_eq!(status(&edge.raw(long).await), 431);
    let many = format!("GET / HTTP/1.1\r\nHost: h\r\n{}\r\n", "X-A: b\r\n".repeat(101));
    assert_eq!(status(&edge.raw(many).await), 431);
    let endless = "GET / HTTP/1.1\r\nHost: h\r\nX-A: ".to_owned() + &"b".repeat(100_000);
    assert_eq!(status(&edge.raw(endless).await), 431);
    let target = format!("GET /{} HTTP/1.1\r\nHost: h\r\n\r\n", "a".repeat(17_000));
    assert!(matches!(status(&edge.raw(target).await), 414 | 431));
    assert_eq!(web.requests().len(), 0);
    let fair = format!("GET /echo HTTP/1.1\r\nHost: h\r\nConnection: close\r\nX-A: {}\r\n\r\n", "b".repeat(15_000));
    assert_eq!(status(&edge.raw(fair).await), 200);
}

#[tokio::test]
async fn a_body_too_large_is_refused_before_it_is_sent() {
    let edge = Edge::start_with(|config| (config.limits.body_bytes, config.limits.upload_bytes) = (100, 1000)).await;
    let web = Web::start(&edge.web());
    let head = |path: &str, bytes: usize| {
        format!(
            "POST {path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\nExpect: 100-continue\r\n\
             Content-Length: {bytes}\r\n\r\n"
        )
    };
    for (path, bytes) in [("/echo", 101), ("/uploads/x", 1001), ("/api/v1/shows", 101)] {
        let answer = edge.raw(head(path, bytes)).await;
        assert_eq!(status(&answer), 413, "{path}: {answer}");
    }
    assert_eq!(web.requests().len(), 0);
    for (path, bytes) in [("/echo", 100), ("/uploads/x", 1000)] {
        let mut stream = edge.connect().await;
        stream.write_all(head(path, bytes).as_bytes()).await.unwrap();
        assert!(read_until(&mut stream, "\r\n\r\n").await.contains("100 Continue"));
        stream.write_all(&vec![b'x'; bytes]).await.unwrap();
        assert_eq!(status(&read_to_close(&mut stream).await), 200, "{path}");
    }
}

#[tokio::test]
async fn a_chunked_body_is_counted_as_it_comes() {
    let edge = Edge::start_with(|config| config.limits.body_bytes = 100).await;
    let _web = Web::start(&edge.web());
    let chunked = |bytes: usize| {
        let head = "POST /echo HTTP/1.1\r\nHost: h\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
        format!("{head}{bytes:x}\r\n{}\r\n0\r\n\r\n", "x".repeat(bytes))
    };
    assert_eq!(status(&edge.raw(chunked(100)).await), 200);
    assert_eq!(status(&edge.raw(chunked(101)).await), 413);
}

#[tokio::test]
async fn a_full_house_says_so_and_opens_again() {
    // The second asks for something, which may cost another descriptor.
    let edge = Edge::start_with(|config| config.limits.descriptors = 3).await;
    let _web = Web::start(&edge.web());
    let first = edge.connect().await;
    let mut second = edge.connect().await;
    second.write_all(b"GET /echo HTTP/1.1\r\nHost: h\r\n\r\n").await.unwrap();
    read_until(&mut second, "\r\n\r\n").await;
    let mut third = edge.connect().await;
    let answer = read_to_close(&mut third).await;
    assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("retry-after"), "{answer}");
    drop((first, second));
    while status(&edge.get("/echo").await) != 200 {}
}

#[tokio::test]
async fn one_who_asks_where_as_many_ask_as_may_is_told_to_come_again() {
    let edge = Edge::start_with(|config| config.limits.connections = 1).await;
    let _web = Web::start(&edge.web());
    let mut first = edge.connect().await;
    first.write_all(b"GET /echo HTTP/1.1\r\nHost: h\r\n\r\n").await.unwrap();
    read_until(&mut first, "\r\n\r\n").await;
    let answer = edge.get("/echo").await;
    assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("retry-after"), "{answer}");
    drop(first);
    while status(&edge.get("/echo").await) != 200 {}
}

/// Far more than the buffers between two sockets take, so that closing early would reset the line.
const FLOOD_BYTES: usize = 24 * 1024 * 1024;

#[tokio::test]
async fn a_refusal_is_read_by_a_client_that_sends_all_first() {
    let edge = Edge::start_with(|config| config.limits.body_bytes = 100).await;
    let web = Web::start(&edge.web());
    let body = "x".repeat(FLOOD_BYTES);
    let head = "POST /echo HTTP/1.1\r\nHost: h\r\n";
    let plain = format!("{head}Content-Length: {FLOOD_BYTES}\r\n\r\n{body}");
    let chunked = format!("{head}Transfer-Encoding: chunked\r\n\r\n{FLOOD_BYTES:x}\r\n{body}\r\n0\r\n\r\n");
    let doubtful = format!("{head}Content-Length: 1\r\nContent-Length: {FLOOD_BYTES}\r\n\r\n{body}");
    for (request, wanted) in [(plain, 413), (chunked, 413), (doubtful, 400)] {
        let answer = edge.raw(request).await;
        assert_eq!(status(&answer), wanted, "{answer}");
    }
    assert!(web.requests().len() <= 1, "only what is counted as it comes reaches web");
}

#[tokio::test]
async fn an_early_answer_of_web_is_read_by_a_client_that_sends_all_first() {
    let edge = Edge::start().await;
    let _web = Web::start(&edge.web());
    let head = format!("POST /full HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", 1 << 20);
    for _ in 0..20 {
        let answer = edge.raw(format!("{head}{}", "x".repeat(1 << 20))).await;
        assert_eq!(status(&answer), 507, "{answer}");
    }
}

#[tokio::test]
async fn what_is_sent_after_a_refusal_is_bounded() {
    let edge = Edge::start_with(|config| {
        config.limits.body_bytes = 100;
        config.limits.connections = 1;
        config.limits.linger_bytes = 1 << 20;
        config.limits.linger_time = Duration::from_millis(300);
    })
    .await;
    let _web = Web::start(&edge.web());
    let head = format!("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: {}\r\n\r\n", u32::MAX);
    let mut silent = edge.connect().await;
    silent.write_all(head.as_bytes()).await.unwrap();
    assert_eq!(status(&read_to_close(&mut silent).await), 413);
    while status(&edge.get("/echo").await) != 200 {}
    let mut endless = edge.connect().await;
    endless.write_all(head.as_bytes()).await.unwrap();
    let piece = vec![b'x'; 1 << 16];
    while endless.write_all(&piece).await.is_ok() {}
}
