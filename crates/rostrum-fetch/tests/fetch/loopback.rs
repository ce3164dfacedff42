//! The machine's own resolver and TCP: loopback is closed, and opens by exception for the listed port alone.

use rostrum_fetch::{Error, Fetcher, Policy, Refusal, Request, Rules};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::script::read_head;

const BODY_BYTES: usize = 3 << 20;

async fn serve() -> (u16, JoinHandle<std::io::Result<()>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let task = tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await?;
            read_head(&mut stream).await?;
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {BODY_BYTES}\r\n\r\n");
            stream.write_all(head.as_bytes()).await?;
            stream.write_all(&vec![7; BODY_BYTES]).await?;
        }
    });
    (port, task)
}

fn allowing(list: &[String]) -> Fetcher {
    let allow = list.iter().map(|text| text.parse().unwrap()).collect();
    Fetcher::new(Policy { rules: Rules { allow, plain_http: false }, ..Policy::default() })
}

#[tokio::test]
async fn an_exception_opens_loopback() {
    let (port, task) = serve().await;
    let fetcher = allowing(&[format!("127.0.0.1:{port}"), format!("localhost:{port}")]);
    for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"] {
        let mut file = Vec::new();
        let request = Request::media(format!("http://{host}:{port}/"));
        let downloaded = fetcher.download(&request, &mut file).await.unwrap();
        assert_eq!((downloaded.bytes, file.len()), (BODY_BYTES as u64, BODY_BYTES), "{host}");
        assert!(file.iter().all(|&byte| byte == 7));
    }
    task.abort();
}

#[tokio::test]
async fn without_one_it_is_closed() {
    let (port, task) = serve().await;
    let closed = allowing(&[format!("127.0.0.2:{port}"), "127.0.0.1:1".to_owned()]);
    for host in ["127.0.0.1", "localhost"] {
        let result = closed.get(&Request::new(format!("http://{host}:{port}/"))).await;
        assert!(matches!(result, Err(Error::Refused(Refusal::ThisMachine))), "{host} gave {result:?}");
    }
    assert!(!task.is_finished(), "the server is there and was not asked");
    task.abort();
}
