//! What encoders are told that may not, or cannot, broadcast; and old ones that speak their own protocol.

use rostrum_live::ingest;
use rostrum_live::room::Command;
use rostrum_tests::{Server, eventually};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::clients::{Encoder, Recipe, heard};
use super::{PATIENCE, open};

fn basic(user: &str, password: &str) -> String {
    use std::fmt::Write as _;
    let bits = format!("{user}:{password}").bytes().fold(String::new(), |mut bits, byte| {
        write!(bits, "{byte:08b}").expect("writing to text cannot fail");
        bits
    });
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text: String = bits
        .as_bytes()
        .chunks(6)
        .map(|six| six.iter().fold(0, |sum, bit| sum * 2 + usize::from(bit - b'0')) << (6 - six.len()))
        .map(|value| char::from(LETTERS[value]))
        .collect();
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}

async fn say(server: &Server, text: &str) -> TcpStream {
    let mut stream = TcpStream::connect(&server.ready().http).await.expect("the edge listens");
    stream.write_all(text.as_bytes()).await.expect("it reads");
    stream
}

/// The whole answer to a request that is refused.
async fn answer(server: &Server, text: &str) -> String {
    let mut stream = say(server, text).await;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("it answers and closes");
    answer
}

#[tokio::test]
async fn who_may_not_is_told_in_the_encoders_own_words() {
    let server = Server::spawn().await;
    let room = open(&server).await;
    room.command("live", Command::GoLive).await;
    let (good, kind) = (basic("source", &room.ingest_key()), "audio/mpeg");
    let other = ingest::key_of(rostrum_domain::Id::from_bits(1), &room.key());
    let ask = async |mount: &str, login: &str, kind: &str| {
        let head = format!("Authorization: Basic {login}\r\nContent-Type: {kind}\r\n");
        answer(&server, &format!("PUT {mount} HTTP/1.1\r\nHost: h\r\n{head}Expect: 100-continue\r\n\r\n")).await
    };
    for (login, why) in [
        (basic("source", "hackme"), "no key"),
        (basic("source", &other), "another room's"),
        (basic("admin", &room.ingest_key()), "another user"),
        ("%%%".to_owned(), "no login"),
    ] {
        let refused = ask("/ingest/talk", &login, kind).await;
        assert!(
            refused.starts_with("HTTP/1.1 401 ") && refused.contains("WWW-Authenticate: Basic"),
            "{why}: {refused}"
        );
    }
    let refused = ask("/ingest/nowhere", &good, kind).await;
    assert!(refused.starts_with("HTTP/1.1 404 "), "{refused}");
    let refused = ask("/ingest/talk", &good, "video/webm").await;
    assert!(refused.starts_with("HTTP/1.1 403 ") && refused.contains("Content-type not supported"), "{refused}");
    let broken = answer(&server, "SOURCE /ingest/talk GOPHER/1\r\n\r\n").await;
    assert!(broken.starts_with("HTTP/1.0 400 "), "{broken}");
}

#[tokio::test]
async fn a_second_encoder_waits_and_an_old_one_is_understood() {
    let server = Server::spawn().await;
    let room = open(&server).await;
    room.command("live", Command::GoLive).await;
    let login = basic("source", &room.ingest_key());
    let head =
        format!("SOURCE /ingest/talk ICE/1.0\r\nAuthorization: Basic {login}\r\nContent-Type: audio/mpeg\r\n\r\n");
    let first = Encoder::start(&server, &room, Recipe::MP3);
    eventually(PATIENCE, "the first is heard", async || heard(&server, "talk", 600).await.then_some(())).await;
    let refused = answer(&server, &head).await;
    assert!(refused.starts_with("HTTP/1.0 403 ") && refused.contains("Another encoder"), "{refused}");
    drop(first);
    let mut old = eventually(PATIENCE, "its place is free", async || {
        let mut stream = say(&server, &head).await;
        let mut line = [0; 15];
        stream.read_exact(&mut line).await.expect("it is answered");
        (&line == b"HTTP/1.0 200 OK").then_some(stream)
    })
    .await;
    // Faster than it is heard: the server reads no faster than it plays.
    let tone = tokio::task::spawn_blocking(tone).await.expect("it is made");
    let sending = async {
        while old.write_all(&tone).await.is_ok() {}
        panic!("the server hung up");
    };
    let hearing = eventually(PATIENCE, "it is heard", async || heard(&server, "talk", 900).await.then_some(()));
    tokio::select! {
        () = sending => {}
        () = hearing => {}
    }
}

fn tone() -> Vec<u8> {
    let source = "sine=frequency=900:sample_rate=44100:duration=10";
    let output = std::process::Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-f", "lavfi", "-i", source, "-b:a", "128k", "-f", "mp3", "-"])
        .output()
        .expect("ffmpeg runs");
    output.stdout
}
