//! A person's picture from another server to a page of ours: fetched past the guard, drawn anew by the real child,
//! small.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rostrum_app::testing::{House, facts, work};
use rostrum_app::{feeds, files, portraits, shows};
use rostrum_codec::{Client, Limits};
use rostrum_domain::credit::Credit;
use rostrum_domain::show::ShowFacts;
use rostrum_domain::user::Role;
use rostrum_fetch::{Fetcher, Policy, Rules};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// A server with one picture; gives its port and counts who asked.
async fn other_server(picture: Vec<u8>) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (port, asked) = (listener.local_addr().unwrap().port(), Arc::new(AtomicUsize::new(0)));
    let counter = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = [0; 4096];
            let length = stream.read(&mut head).await.unwrap_or(0);
            counter.fetch_add(1, Ordering::SeqCst);
            let found = head[..length].starts_with(b"GET /ada.png ");
            let (status, body) = if found { ("200 OK", &picture[..]) } else { ("404 Not Found", &b""[..]) };
            let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
            let _ = stream.write_all(&[head.as_bytes(), body].concat()).await;
        }
    });
    (port, asked)
}

fn credit(name: &str, image: String) -> Credit {
    Credit { name: name.into(), role: "host".into(), group: "cast".into(), href: None, image: Some(image) }
}

#[tokio::test]
async fn a_picture_is_fetched_once_drawn_anew_and_served_from_here() {
    let folder = tempfile::tempdir().unwrap();
    let drawn = folder.path().join("ada.png");
    let source = ["-v", "error", "-f", "lavfi", "-i", "testsrc=size=900x600", "-frames:v", "1"];
    assert!(Command::new("ffmpeg").args(source).arg(&drawn).status().unwrap().success());
    let (port, asked) = other_server(std::fs::read(&drawn).unwrap()).await;
    let house = House::with(|parts| {
        parts.codec = Client::new(env!("CARGO_BIN_EXE_rostrum").into(), Limits::default());
        let allow = vec![format!("127.0.0.1:{port}").parse().unwrap()];
        parts.fetcher = Fetcher::new(Policy { rules: Rules { allow, plain_http: false }, ..Policy::default() });
    })
    .await;
    let app = &*house.app;
    let ada = house.person("Ada", Role::Creator).await;
    let (here, gone) = (format!("http://127.0.0.1:{port}/ada.png"), format!("http://127.0.0.1:{port}/gone.png"));
    let persons = vec![credit("Ada", here.clone()), credit("Bob", gone.clone()), credit("Ada again", here.clone())];
    let show = shows::create(app, &ada, ShowFacts { persons: persons.clone(), ..facts("Talk") }).await.unwrap();
    let before = feeds::page(app, "talk", 1, "/feed.css").await.unwrap();
    assert!(String::from_utf8_lossy(&before.xml).contains(&here), "until then the feed names the other server");

    assert_eq!(work(app).await, 2, "the same address is fetched once");
    assert_eq!(asked.load(Ordering::SeqCst), 2);
    let known = portraits::of_show(app, show.id).await.unwrap();
    let path = known.path(&persons[0]).expect("Ada's is here");
    assert_eq!((known.path(&persons[1]), known.path(&persons[2])), (None, Some(path.clone())));
    assert_eq!(known.error(&persons[1]), Some("there is nothing at this address (404)"));

    let id = path.split('/').nth(2).unwrap();
    let file = files::open(app, None, id).await.unwrap().file;
    let kept = app.media.bytes(&file.key, 1 << 20).await.unwrap();
    assert!(kept.starts_with(&[0xff, 0xd8]) && kept.len() <= 40_000, "{} bytes", kept.len());
    let after = feeds::page(app, "talk", 1, "/feed.css").await.unwrap();
    let xml = String::from_utf8_lossy(&after.xml).into_owned();
    assert!(xml.contains(&format!("img=\"{}\"", app.address(&path))) && !xml.contains(&here), "{xml}");
    assert!(xml.contains(&gone), "what could not be had keeps its address");
}
