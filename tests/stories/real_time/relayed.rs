//! Guests whose network lets nothing out but HTTPS: they speak all the same, through the site's own port.

use std::net::UdpSocket;
use std::process::Stdio;
use std::time::Duration;

use rostrum_domain::room::StageRole;
use rostrum_live::room::Command;
use rostrum_tests::{Browser, Cordon, Launch, LiveRoom, Server, Voice, eventually, picture, python, say};
use tokio::io::{AsyncBufReadExt as _, BufReader};

use super::browsers::{TWO_SEATS, enter, invite, plan, recording, safe_after};
use super::{Listener, PATIENCE};
use crate::publish::{make_show, set_up};

/// Seconds of the guest's that must be found in a row.
const SECONDS: u64 = 6;

/// A foreign client that is told of the relay and may use nothing else.
fn publisher(server: &Server, (room, ice): (&LiveRoom, &str)) -> tokio::process::Command {
    let grant = room.grant(5, StageRole::Speaker);
    let mut command = tokio::process::Command::from(python("webrtc.py"));
    command.args(["publish", &server.url(&format!("/whip/{}", room.slug())), &grant, "700", ice]);
    command.env("SSL_CERT_FILE", server.certificate()).kill_on_drop(true);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

#[tokio::test]
async fn a_foreign_client_speaks_through_the_relay_and_a_forged_one_does_not() {
    let server = Server::start(Launch::new().tls()).await;
    let room = LiveRoom::open(&server, "tones").await;
    room.command("live", Command::GoLive).await;
    let ice = room.ice_servers(&server.ready().http, 3600);
    let (mut speaker, mut said) = eventually(PATIENCE, "the client sends", async || {
        // An edge hears of a room a moment after it was opened; until then it knows of none.
        let mut speaker = publisher(&server, (&room, &ice)).spawn().expect("scripts/setup test made the environment");
        let mut said = BufReader::new(speaker.stdout.take().expect("asked for above")).lines();
        let line = said.next_line().await.expect("readable");
        (line.as_deref() == Some("sending")).then_some((speaker, said))
    })
    .await;
    eventually(PATIENCE, "what it says is recorded", async || {
        room.journal().values().any(|track| track.len() > 150).then_some(())
    })
    .await;
    assert_eq!(relayed(&server), 1);
    drop(speaker.stdin.take());
    assert!(speaker.wait().await.expect("it ends").success(), "it said goodbye");
    assert_eq!(said.next_line().await.expect("readable"), None);
    for (ice, why) in [(room.ice_servers(&server.ready().http, -5), "expired"), (ice.replace("\"1", "\"2"), "forged")] {
        let ended = publisher(&server, (&room, &ice)).output().await.expect("it runs");
        assert!(String::from_utf8_lossy(&ended.stdout).contains("sending"), "{why}: it had tried by then");
        assert_eq!(relayed(&server), 1, "{why}");
    }
}

#[tokio::test]
async fn a_guest_behind_nothing_but_https_speaks_in_a_browser() {
    let server = Server::start(Launch::new().tls()).await;
    let hosts = Browser::speaking(&recording(&server, Voice::Low)).await;
    let host = hosts.open(&server.ready().setup_url.clone().expect("nobody owns the house yet")).await;
    set_up(&host).await;
    make_show(&host, &picture(1500, server.scratch())).await;
    plan(&host, &server).await;
    enter(&host, &server.url("/rooms/two-voices/studio"), None).await;
    let link = invite(&host).await;
    host.click("[data-go-live]").await;
    host.click("[data-go-live-now]").await;
    host.eventually(PATIENCE, "it is live", "!document.querySelector('[data-end]').hidden").await;
    let mount = Listener::start(&server.url("/live/two-voices.mp3"), server.scratch().join("mount.pcm"));
    let door = server.ready().http.parse().expect("the front door is an address");
    let Some(_cordon) = Cordon::enter(door) else {
        return say("this user may make no network namespaces: the guest's network was not cut off, nothing was tried");
    };
    assert!(cut_off(&server), "the stage itself cannot be reached from in there");
    let guests = Browser::speaking(&recording(&server, Voice::High)).await;
    let guest = guests.open("about:blank").await;
    enter(&guest, &link, Some("Grace")).await;
    host.eventually(PATIENCE, "both have a seat", TWO_SEATS).await;
    host.eventually(PATIENCE, "some seconds pass", &safe_after(SECONDS + 6)).await;
    assert!(relayed(&server) > 0);
    host.click("[data-end]").await;
    host.click("[data-end-now]").await;
    let heard = mount.heard().await;
    let run = Voice::High.longest_run(&heard);
    assert!(run >= SECONDS, "only {run} seconds of the guest's in a row are heard");
    guest.close().await;
    host.close().await;
    guests.close().await;
    hosts.close().await;
}

/// How many speakers have been relayed.
fn relayed(server: &Server) -> usize {
    server.log().matches("a speaker is relayed").count()
}

/// Whether neither way to the stage is open from this thread's network.
fn cut_off(server: &Server) -> bool {
    let rtc = server.rtc();
    let tcp = std::net::TcpStream::connect_timeout(&rtc, Duration::from_secs(5)).is_err();
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a socket is had anywhere");
    socket.connect(rtc).expect("an address is only noted");
    // What nobody takes is sent back as refused.
    let udp = socket.send(b"x").and_then(|_| socket.recv(&mut [0; 8])).is_err();
    tcp && udp
}
