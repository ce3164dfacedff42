//! What callers see of an answer: its head, 304, errors without the server's words; and what servers see of us.

use std::time::Duration;

use rostrum_fetch::{Error, Request};

use crate::script::{Script, ok, text};

fn get() -> Request {
    Request::new("http://site.test/")
}

#[tokio::test]
async fn an_unchanged_feed_costs_no_bytes() {
    let net = Script::site(text("HTTP/1.1 304 Not Modified\r\nETag: \"a1\"\r\n\r\n"));
    let mut request = get();
    request.etag = Some("\"a1\"".to_owned());
    request.modified = Some("Tue, 01 Dec 2026 10:00:00 GMT".to_owned());
    let response = net.fetcher(|_| ()).get(&request).await.unwrap();
    assert!(response.head.is_unchanged() && response.bytes.is_empty());
    assert_eq!(response.head.etag.as_deref(), Some("\"a1\""));
    let (_, head) = net.seen().remove(0);
    assert!(head.contains("if-none-match: \"a1\"\r\n"), "{head}");
    assert!(head.contains("if-modified-since: tue, 01 dec 2026 10:00:00 gmt\r\n"), "{head}");
    let unasked = net.fetcher(|_| ()).get(&get()).await;
    assert!(matches!(unasked, Err(Error::Status { status: 304, .. })), "{unasked:?}");
}

#[tokio::test]
async fn the_head_is_told_as_sent() {
    let net = Script::site(text(
        "HTTP/1.1 200 OK\r\nContent-Type: text/xml; charset=utf-8\r\nETag: W/\"x\"\r\nContent-Length: 2\r\n\r\nhi",
    ));
    let mut file = Vec::new();
    let downloaded = net.fetcher(|_| ()).download(&Request::media("http://site.test/"), &mut file).await.unwrap();
    assert_eq!((downloaded.bytes, &file[..]), (2, &b"hi"[..]));
    assert_eq!(downloaded.head.content_type.as_deref(), Some("text/xml; charset=utf-8"));
    assert_eq!((downloaded.head.etag.as_deref(), downloaded.head.length_bytes), (Some("W/\"x\""), Some(2)));
}

#[tokio::test]
async fn an_error_never_repeats_what_the_server_said() {
    let secret = "root:x:0:0";
    for status in ["404 root:x:0:0", "500 Oops", "101 Switching Protocols"] {
        let answer = format!("HTTP/1.1 {status}\r\nX: {secret}\r\nContent-Length: 10\r\n\r\n{secret}");
        let error = Script::site(text(&answer)).fetcher(|_| ()).get(&get()).await.unwrap_err();
        assert!(!format!("{error} {error:?}").contains("root"), "{error:?}");
    }
    let busy = text("HTTP/1.1 429 Slow\r\nRetry-After: 120\r\nContent-Length: 0\r\n\r\n");
    let error = Script::site(busy).fetcher(|_| ()).get(&get()).await.unwrap_err();
    let expected = Some(Duration::from_secs(120));
    assert!(matches!(error, Error::Status { status: 429, retry_after } if retry_after == expected), "{error:?}");
    assert!(error.is_temporary());
}

#[tokio::test]
async fn compressed_bytes_are_neither_asked_for_nor_taken() {
    let net = Script::site(text("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx"));
    assert!(matches!(net.fetcher(|_| ()).get(&get()).await, Err(Error::Encoded)));
    assert!(net.seen()[0].1.contains("accept-encoding: identity\r\n"));
}

#[tokio::test]
async fn what_frames_the_message_is_ours() {
    let net = Script::site(ok("")).page("1.1.1.1:80", "/hook?a=b", ok("taken"));
    let mut request = Request::new("http://site.test/hook?a=b#part");
    for (name, value) in [("host", "inside"), ("content-length", "999"), ("connection", "upgrade"), ("x-sign", "v1")] {
        request.headers.push((name.parse().unwrap(), value.parse().unwrap()));
    }
    let response = net.fetcher(|_| ()).post(&request, "application/json", "{\"a\":1}").await.unwrap();
    assert_eq!(&response.bytes[..], b"taken");
    let (_, head) = net.seen().remove(0);
    assert!(head.starts_with("post /hook?a=b http/1.1\r\n"), "{head}");
    for line in ["host: site.test\r\n", "content-length: 7\r\n", "content-type: application/json\r\n", "x-sign: v1\r\n"]
    {
        assert_eq!(head.matches(line).count(), 1, "{line} in {head}");
    }
    assert!(!head.contains("999") && !head.contains("inside") && !head.contains("upgrade"), "{head}");
    assert!(!head.contains("cookie") && head.contains("user-agent: rostrum/"), "{head}");
}

#[tokio::test]
async fn unknown_names_and_closed_doors_are_told_apart() {
    let net = Script::default().name("closed.test", &["1.1.1.1"]).name("empty.test", &[]);
    let fetcher = net.fetcher(|_| ());
    let try_get = |url: &'static str| {
        let fetcher = fetcher.clone();
        async move { fetcher.get(&Request::new(url)).await.unwrap_err() }
    };
    assert!(matches!(try_get("http://nowhere.test/").await, Error::NameUnknown));
    assert!(matches!(try_get("http://empty.test/").await, Error::NameUnknown));
    assert!(matches!(try_get("http://closed.test/").await, Error::Unreachable));
}
