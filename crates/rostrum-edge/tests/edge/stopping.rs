//! The two-stage stop: nothing new is taken, what runs is finished, and what does not finish is cut.

use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::harness::{Edge, Web, read_to_close, read_until, status};

#[tokio::test]
async fn a_running_answer_is_finished_and_nothing_new_is_taken() {
    let mut edge = Edge::start().await;
    let web = Web::start(&edge.web());
    let mut idle = edge.connect().await;
    let mut busy = edge.connect().await;
    busy.write_all(b"GET /stream HTTP/1.1\r\nHost: h\r\n\r\n").await.unwrap();
    web.feed.send("first".into()).await.unwrap();
    read_until(&mut busy, "first").await;
    edge.stop.begin();
    assert_eq!(read_to_close(&mut idle).await, "", "an idle connection is closed at once");
    while TcpStream::connect(edge.address).await.is_ok() {}
    web.feed.send("last".into()).await.unwrap();
    read_until(&mut busy, "last").await;
    drop(busy);
    edge.ended().await;
}

#[tokio::test]
async fn what_does_not_finish_is_cut() {
    let mut edge = Edge::start_with(|config| config.limits.drain_time = Duration::from_millis(100)).await;
    let _web = Web::start(&edge.web());
    let mut busy = edge.connect().await;
    busy.write_all(b"GET /stream HTTP/1.1\r\nHost: h\r\n\r\n").await.unwrap();
    read_until(&mut busy, "\r\n\r\n").await;
    edge.stop.begin();
    edge.ended().await;
    read_to_close(&mut busy).await;
}

#[tokio::test]
async fn a_hard_stop_does_not_wait() {
    let mut edge = Edge::start_with(|config| config.limits.drain_time = Duration::from_secs(3600)).await;
    let _web = Web::start(&edge.web());
    let mut busy = edge.connect().await;
    busy.write_all(b"GET /stream HTTP/1.1\r\nHost: h\r\n\r\n").await.unwrap();
    read_until(&mut busy, "\r\n\r\n").await;
    edge.stop.force();
    edge.ended().await;
}

#[tokio::test]
async fn two_edges_share_an_address() {
    let mut first = Edge::start().await;
    let (_web, address) = (Web::start(&first.web()), first.address);
    let second = Edge::start_with(|config| config.listen = address).await;
    let _other_web = Web::start(&second.web());
    assert_eq!(second.address, address);
    first.stop.begin();
    first.ended().await;
    for _ in 0..5 {
        assert_eq!(status(&second.get("/echo").await), 200, "the port group lives on with one edge");
    }
}
