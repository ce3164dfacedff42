//! The crowd of a live room: listeners by the hundred, each of whom checks what they hear, while roles die under them.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use rostrum_domain::room::StageRole;
use rostrum_live::room::Command as Deed;
use rostrum_tests::{LiveRoom, RtcPeer, Server, Voice, binary};
use serde_json::Value;

use super::{ended, join, until};

const CROWD: u64 = 300;

async fn on_air(server: &Server) -> (LiveRoom, RtcPeer, String) {
    let room = LiveRoom::open(server, "crowd").await;
    let grant = room.grant(1, StageRole::Host);
    let host = join(server, (&room, &grant), (Voice::Low, 0)).await;
    room.command("live", Deed::GoLive).await;
    let second = host.second();
    until(&host, second + 3).await;
    (room, host, grant)
}

/// Listeners of a mount, for so many seconds; what they found.
fn crowd(server: &Server, mount: &str, seconds: u64) -> tokio::task::JoinHandle<Value> {
    let url = server.url(&format!("/live/crowd.{mount}"));
    let (count, seconds) = (CROWD.to_string(), seconds.to_string());
    tokio::task::spawn_blocking(move || {
        let mut command = Command::new(binary());
        command.args(["load", "listeners", &url, "--count", &count, "--ramp", "1", "--for", &seconds, "--json"]);
        let done = command.stderr(Stdio::inherit()).output().expect("the binary under test can be started");
        serde_json::from_slice(&done.stdout).expect("the load says what it found")
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_misses_nothing_of_any_mount_and_its_end_is_the_rooms() {
    let server = Server::spawn().await;
    let (room, host, _) = on_air(&server).await;
    let (ogg, mp4) = (crowd(&server, "opus", 6), crowd(&server, "mp4", 6));
    for found in [ogg.await.unwrap(), mp4.await.unwrap()] {
        assert_eq!(found["heard"], CROWD, "{found}");
        assert_eq!((&found["holes"], &found["noise"], &found["ended"]), (&0.into(), &0.into(), &0.into()), "{found}");
        assert!(found["unreachable"] == 0 && found["refused"] == serde_json::json!({}), "{found}");
    }
    let mut last = TcpStream::connect(&server.ready().http).unwrap();
    write!(last, "GET /live/crowd.mp3 HTTP/1.1\r\nHost: radio\r\n\r\n").unwrap();
    ended(&room).await;
    let mut sound = Vec::new();
    last.read_to_end(&mut sound).expect("the stream ends with the room");
    assert!(sound.len() > 15_360);
    drop(host);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_listener_is_cut_off_by_the_death_of_the_stage_or_of_web() {
    let server = Server::spawn().await;
    let (room, host, grant) = on_air(&server).await;
    let found = crowd(&server, "opus", 14);
    // All have come within a second.
    let second = host.second();
    until(&host, second + 4).await;
    server.kill9("web").await;
    server.kill9("stage").await;
    let said = host.second();
    drop(host);
    let again = join(&server, (&room, &grant), (Voice::Low, said)).await;
    let found = found.await.unwrap();
    assert_eq!((&found["heard"], &found["ended"], &found["noise"]), (&CROWD.into(), &0.into(), &0.into()), "{found}");
    drop(again);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_player_that_asks_gets_titles_between_the_sound() {
    let server = Server::spawn().await;
    let (_room, _host, _) = on_air(&server).await;
    let mut player = TcpStream::connect(&server.ready().http).unwrap();
    write!(player, "GET /live/crowd.mp3 HTTP/1.1\r\nHost: radio\r\nIcy-MetaData: 1\r\n\r\n").unwrap();
    let mut bytes = vec![0; 40_000];
    player.read_exact(&mut bytes).unwrap();
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("a head") + 4;
    let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
    let every: usize = head
        .lines()
        .find_map(|line| line.strip_prefix("icy-metaint: "))
        .and_then(|count| count.parse().ok())
        .expect("the player is told where titles stand");
    let mut at = end;
    let mut titles = 0;
    while let Some(&sixteens) = bytes.get(at + every) {
        let Some(text) = bytes.get(at + every + 1..at + every + 1 + usize::from(sixteens) * 16) else { break };
        let text = std::str::from_utf8(text).expect("a title is text").trim_end_matches('\0');
        assert!(text.is_empty() || text.starts_with("StreamTitle='") && text.ends_with("';"), "{text}");
        assert_eq!(bytes[at..at + 2], [0xff, 0xfb], "sound goes on behind every title");
        at += every + 1 + usize::from(sixteens) * 16;
        titles += usize::from(!text.is_empty());
    }
    assert!(titles >= 2, "{titles}");
    let ffmpeg = Command::new("ffprobe")
        .args(["-v", "error", "-icy", "1", "-show_entries", "format_tags:stream=codec_name", "-of", "default=nw=1"])
        .arg(server.url("/live/crowd.mp3"))
        .output()
        .expect("FFmpeg is installed");
    let told = String::from_utf8_lossy(&ffmpeg.stdout);
    assert!(told.contains("codec_name=mp3") && told.contains("StreamTitle"), "{told}");
}
