//! The limits against servers that are slow, endless, silent or lie; in virtual time, so nothing really waits.

use std::time::Duration;

use rostrum_fetch::{Error, Request, Response};
use tokio::time::Instant;

use crate::script::{Script, Step, ok, text};

const HEAD: &str = "HTTP/1.1 200 OK\r\n\r\n";
const CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

fn get() -> Request {
    Request::new("http://site.test/")
}

fn then(head: &str, step: Step) -> Vec<Step> {
    let mut steps = text(head);
    steps.push(step);
    steps
}

async fn timed(net: &Script, request: &Request) -> (Result<Response, Error>, u64) {
    let start = Instant::now();
    let result = net.fetcher(|_| ()).get(request).await;
    (result, start.elapsed().as_secs())
}

#[tokio::test(start_paused = true)]
async fn silence_ends_after_fifteen_seconds() {
    let whole = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf";
    for steps in [vec![Step::Hold], then("HTTP/1.1 200", Step::Hold), then(whole, Step::Hold)] {
        let (result, seconds) = timed(&Script::site(steps), &get()).await;
        assert!(matches!(result, Err(Error::TimedOut)), "{result:?}");
        assert_eq!(seconds, 15);
    }
}

#[tokio::test(start_paused = true)]
async fn a_head_that_never_ends_is_left() {
    let steps = then("HTTP/1.1 200 OK\r\n", Step::Drip(b"x: y\r\n".to_vec(), Duration::from_secs(1)));
    let (result, seconds) = timed(&Script::site(steps), &get()).await;
    assert!(matches!(result, Err(Error::TimedOut)), "{result:?}");
    assert_eq!(seconds, 15);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_drips_is_too_slow() {
    let steps = then(HEAD, Step::Drip(b"x".to_vec(), Duration::from_secs(5)));
    let (result, seconds) = timed(&Script::site(steps), &Request::media("http://site.test/")).await;
    assert!(matches!(result, Err(Error::TooSlow)), "{result:?}");
    assert_eq!(seconds, 20);
}

#[tokio::test(start_paused = true)]
async fn a_slow_start_is_forgiven() {
    let body = [b"abc".to_vec(), vec![b'x'; 40_000]].concat();
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
    let mut steps = text(&head);
    steps.extend(body.chunks(20_000).flat_map(|part| [Step::Wait(Duration::from_secs(9)), Step::Send(part.to_vec())]));
    let (result, _) = timed(&Script::site(steps), &get()).await;
    assert_eq!(result.unwrap().bytes.len(), body.len());
}

#[tokio::test(start_paused = true)]
async fn the_whole_has_an_end() {
    let steps = then(HEAD, Step::Drip(vec![b'x'; 10_000], Duration::from_secs(1)));
    let mut request = Request::media("http://site.test/");
    request.total = Duration::from_secs(100);
    let (result, seconds) = timed(&Script::site(steps), &request).await;
    assert!(matches!(result, Err(Error::TimedOut)), "{result:?}");
    assert_eq!(seconds, 100);
}

#[tokio::test(start_paused = true)]
async fn the_policy_binds_whoever_asks_for_more() {
    let net = Script::site(then(HEAD, Step::Drip(vec![b'x'; 10_000], Duration::from_secs(1))));
    let request = Request::media("http://site.test/");
    let result = net.fetcher(|policy| policy.bytes_max = 25_000).get(&request).await;
    assert!(matches!(result, Err(Error::TooBig { bytes_max: 25_000 })), "{result:?}");
    let result = net.fetcher(|policy| policy.total = Duration::from_secs(2)).get(&request).await;
    assert!(matches!(result, Err(Error::TimedOut)), "{result:?}");
}

#[tokio::test(start_paused = true)]
async fn too_many_bytes_are_not_taken() {
    let mut request = get();
    request.bytes_max = 10;
    let chunks = format!("{CHUNKED}6\r\n123456\r\n5\r\n12345\r\n0\r\n\r\n");
    let announced = "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n";
    for steps in [text(&format!("{HEAD}12345678901")), text(&chunks), then(announced, Step::Hold)] {
        let (result, seconds) = timed(&Script::site(steps), &request).await;
        assert!(matches!(result, Err(Error::TooBig { bytes_max: 10 })), "{result:?}");
        assert_eq!(seconds, 0, "an announced length is believed when it is too large");
    }
    let (result, _) = timed(&Script::site(ok("1234567890")), &request).await;
    assert_eq!(&result.unwrap().bytes[..], b"1234567890");
}

#[tokio::test(start_paused = true)]
async fn lengths_that_lie_do_no_harm() {
    let short = text("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
    let cut = text(&format!("{CHUNKED}9\r\nhalf"));
    let unfinished = text(&format!("{CHUNKED}4\r\nhalf\r\n"));
    let twice = text("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab");
    let huge = text(&format!("{CHUNKED}fffffffffffffffff\r\nx"));
    let large_head = text(&format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n", "y".repeat(100_000)));
    for steps in [short, cut, unfinished, twice, huge, large_head, text("SSH-2.0-OpenSSH\r\n"), text("")] {
        let (result, _) = timed(&Script::site(steps.clone()), &get()).await;
        assert!(matches!(result, Err(Error::Broken)), "{steps:?} gave {result:?}");
    }
    let (result, _) = timed(&Script::site(text("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabcdef")), &get()).await;
    assert_eq!(&result.unwrap().bytes[..], b"ab", "what follows the announced length is not read");
}

#[tokio::test(start_paused = true)]
async fn a_dead_address_leaves_time_for_a_living_one() {
    let net = Script::site(ok("alive")).name("site.test", &["9.9.9.9", "1.1.1.1"]).silent("9.9.9.9:80");
    let (result, seconds) = timed(&net, &get()).await;
    assert_eq!((&result.unwrap().bytes[..], seconds), (&b"alive"[..], 5));
    let net = Script::default().name("site.test", &["9.9.9.9"]).silent("9.9.9.9:80");
    let (result, seconds) = timed(&net, &get()).await;
    assert!(matches!(result, Err(Error::Unreachable | Error::TimedOut)), "{result:?}");
    assert_eq!(seconds, 10);
}
