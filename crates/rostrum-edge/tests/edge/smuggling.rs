//! Requests whose end is in doubt are refused on the raw socket, and nothing of them reaches web.

use crate::harness::{Edge, Web, read_to_close, read_until, status};
use tokio::io::AsyncWriteExt;

/// Each is one request line and head, the body included, in which two readers could see different requests.
const CORPUS: [(&str, &str); 24] = [
    ("both, length first", "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nX"),
    ("both, chunked first", "Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\nX"),
    ("same length twice", "Content-Length: 1\r\nContent-Length: 1\r\n\r\nX"),
    ("two lengths", "Content-Length: 1\r\nContent-Length: 2\r\n\r\nXY"),
    ("list of lengths", "Content-Length: 1, 1\r\n\r\nX"),
    ("signed length", "Content-Length: +1\r\n\r\nX"),
    ("hexadecimal length", "Content-Length: 0x1\r\n\r\nX"),
    ("empty length", "Content-Length: \r\n\r\n"),
    ("length beyond 64 bits", "Content-Length: 18446744073709551617\r\n\r\nX"),
    ("chunked twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ("chunked, identity", "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"),
    ("gzip, chunked", "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
    ("unknown coding", "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
    ("vertical tab", "Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n"),
    ("space before colon", "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"),
    ("folded header", "X-A: b\r\n Transfer-Encoding: chunked\r\n\r\n"),
    ("folded coding", "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n"),
    ("line feed alone", "X-A: b\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ("carriage return alone", "X-A: b\rContent-Length: 1\r\n\r\nX"),
    ("zero byte", "X-A: b\0c\r\n\r\n"),
    ("underscore-free name", "X A: b\r\n\r\n"),
    ("chunk size with sign", "Transfer-Encoding: chunked\r\n\r\n+1\r\nX\r\n0\r\n\r\n"),
    ("chunk longer than said", "Transfer-Encoding: chunked\r\n\r\n1\r\nXY\r\n0\r\n\r\n"),
    ("chunk line ended by line feed", "Transfer-Encoding: chunked\r\n\r\n1\nX\r\n0\r\n\r\n"),
];

#[tokio::test]
async fn nothing_doubtful_passes() {
    let edge = Edge::start().await;
    let web = Web::start(&edge.web());
    for (name, rest) in CORPUS {
        let smuggled = "GET /smuggled HTTP/1.1\r\nHost: h.example\r\n\r\n";
        let answer = edge.raw(format!("POST /echo HTTP/1.1\r\nHost: h.example\r\n{rest}{smuggled}")).await;
        assert_eq!(status(&answer), 400, "{name}: {answer}");
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{name}: {answer}");
    }
    let reached = web.requests();
    assert!(reached.iter().all(|seen| !seen.line.contains("smuggled")), "{reached:?}");
}

#[tokio::test]
async fn the_cut_between_packets_changes_nothing() {
    let edge = Edge::start().await;
    let web = Web::start(&edge.web());
    let request = "POST /echo HTTP/1.1\r\nHost: h.example\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n";
    for cut in (1..request.len()).step_by(7) {
        let mut stream = edge.connect().await;
        stream.set_nodelay(true).unwrap();
        stream.write_all(&request.as_bytes()[..cut]).await.unwrap();
        tokio::task::yield_now().await;
        let _ = stream.write_all(&request.as_bytes()[cut..]).await;
        assert_eq!(status(&read_to_close(&mut stream).await), 400, "cut at {cut}");
    }
    assert_eq!(web.requests().len(), 0);
}

#[tokio::test]
async fn a_doubtful_second_request_does_not_spoil_the_first() {
    let edge = Edge::start().await;
    let _web = Web::start(&edge.web());
    let mut stream = edge.connect().await;
    stream.write_all(b"POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nfine").await.unwrap();
    read_until(&mut stream, "fine").await;
    stream
        .write_all(b"POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nX")
        .await
        .unwrap();
    assert_eq!(status(&read_to_close(&mut stream).await), 400);
}

#[tokio::test]
async fn hosts_and_targets_are_single_and_plain() {
    let edge = Edge::start().await;
    let web = Web::start(&edge.web());
    let cases = [
        ("GET / HTTP/1.1\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", 400),
        ("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n", 405),
        ("TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 405),
        ("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n", 501),
        ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 400),
        ("\x16\x03\x01\x02\x00\x01", 400),
    ];
    for (request, wanted) in cases {
        let mut stream = edge.connect().await;
        stream.write_all(request.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        let answer = read_to_close(&mut stream).await;
        assert_eq!(status(&answer), wanted, "{request:?}: {answer}");
    }
    assert_eq!(web.requests().len(), 0);
}
