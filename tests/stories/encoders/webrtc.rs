//! WHIP and WHEP with a client that is not ours (aiortc), and what is said to those who bring the wrong thing.

use std::process::Stdio;
use std::time::{SystemTime, UNIX_EPOCH};

use reqwest::Method;
use rostrum_domain::Id;
use rostrum_domain::room::StageRole;
use rostrum_live::grant::{Claims, Key, sign};
use rostrum_live::room::Command;
use rostrum_media::testing::strength;
use rostrum_tests::{Server, eventually, python};
use tokio::io::{AsyncBufReadExt as _, BufReader};

use super::clients::heard;
use super::{PATIENCE, open};

fn now_s() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock is set");
    i64::try_from(since.as_secs()).expect("seconds fit")
}

#[tokio::test]
async fn a_foreign_client_speaks_by_whip_and_hears_by_whep() {
    let server = Server::spawn().await;
    let room = open(&server).await;
    room.command("live", Command::GoLive).await;
    let speaker = room.grant(5, StageRole::Speaker);
    let mut publisher = tokio::process::Command::from(python("webrtc.py"))
        .args(["publish", &server.url("/whip/talk"), &speaker, "700"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("scripts/setup test made the environment");
    let mut said = BufReader::new(publisher.stdout.take().expect("asked for above")).lines();
    assert_eq!(said.next_line().await.expect("readable").as_deref(), Some("sending"));
    eventually(PATIENCE, "the audience hears it", async || heard(&server, "talk", 700).await.then_some(())).await;
    let listener = room.grant(6, StageRole::Listener);
    let heard = tokio::process::Command::from(python("webrtc.py"))
        .args(["listen", &server.url("/whep/talk"), &listener])
        .kill_on_drop(true)
        .output()
        .await
        .expect("it runs");
    assert!(heard.status.success(), "{}", String::from_utf8_lossy(&heard.stderr));
    let pcm: Vec<f32> =
        heard.stdout.as_chunks::<2>().0.iter().map(|two| f32::from(i16::from_le_bytes(*two)) / 32_768.0).collect();
    let tail = &pcm[pcm.len() - 48_000..];
    assert!(strength(tail, 700.0) > 0.03, "{}", strength(tail, 700.0));
    assert!(strength(tail, 1100.0) < 0.01, "{}", strength(tail, 1100.0));
    drop(publisher.stdin.take());
    assert!(publisher.wait().await.expect("it ends").success(), "it said goodbye");
}

/// What an offer gets: status and code of the problem.
async fn offer(server: &Server, path: &str, grant: &str, sdp: &str) -> (u16, String) {
    let http = server.http();
    let request = http.request(&Method::POST, path).bearer_auth(grant);
    let reply = http.send(request.header("content-type", "application/sdp").body(sdp.to_owned())).await;
    let code = if reply.status < 300 { String::new() } else { reply.json()["code"].as_str().unwrap_or("").to_owned() };
    (reply.status, code)
}

const OFFER: &str = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n\
    m=audio 9 UDP/TLS/RTP/SAVPF PAYLOADS\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=sendonly\r\na=rtcp-mux\r\nMAPS\
    a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=setup:actpass\r\n\
    a=fingerprint:sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:\
    00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\n";

#[tokio::test]
async fn wrong_offers_and_grants_get_clear_answers() {
    let server = Server::spawn().await;
    let room = open(&server).await;
    let good = room.claims(5, StageRole::Speaker);
    let grant = sign(&good, &room.key());
    let opus = OFFER.replace("PAYLOADS", "111").replace("MAPS", "a=rtpmap:111 opus/48000/2\r\n");
    let pcmu = OFFER.replace("PAYLOADS", "0").replace("MAPS", "a=rtpmap:0 PCMU/8000\r\n");
    let whip = async |grant: &str, sdp: &str| offer(&server, "/whip/talk", grant, sdp).await;
    assert_eq!(whip(&grant, "hello").await, (400, "offer_malformed".into()));
    assert_eq!(whip(&grant, &pcmu).await, (400, "codec_missing".into()));
    let expired = sign(&Claims { expires: now_s() - 1, ..good.clone() }, &room.key());
    assert_eq!(whip(&expired, &opus).await, (401, "grant_expired".into()));
    assert_eq!(whip(&sign(&good, &Key::new([3; 32])), &opus).await, (401, "grant_forged".into()));
    assert_eq!(whip("rubbish", &opus).await, (401, "grant_malformed".into()));
    let elsewhere = sign(&Claims { room: Id::from_bits(2), ..good.clone() }, &room.key());
    assert_eq!(whip(&elsewhere, &opus).await, (403, "grant_elsewhere".into()));
    assert_eq!(offer(&server, "/whip/nowhere", &grant, &opus).await.0, 404);
    let once = Claims { invite: Some(Id::from_bits(9)), ..good.clone() };
    assert_eq!(whip(&sign(&once, &room.key()), &opus).await.0, 201);
    let again = Claims { participant: Id::from_bits(8), name: "Somebody".into(), ..once };
    assert_eq!(whip(&sign(&again, &room.key()), &opus).await, (403, "invite_used".into()));
    assert_eq!(offer(&server, "/whep/talk", &grant, &opus).await, (403, "whep_listens".into()));
}

#[tokio::test]
async fn files_are_spoken_into_a_room() {
    let server = Server::spawn().await;
    let room = open(&server).await;
    room.command("live", Command::GoLive).await;
    let grant = |who, role| {
        let claims = Claims { consented: false, ..room.claims(who, role) };
        sign(&claims, &room.key())
    };
    let long = rostrum_tests::tone(500, 60, server.scratch()).display().to_string();
    let address = server.url("/rooms/talk");
    let speak = |grant: &str, file: &str| {
        let mut command = tokio::process::Command::new(rostrum_tests::binary());
        command.args(["speak", &address, file, "--grant", grant]).kill_on_drop(true).stderr(Stdio::piped());
        command
    };
    let playing = speak(&grant(5, StageRole::Speaker), &long).spawn().expect("it runs");
    eventually(PATIENCE, "the audience hears it", async || heard(&server, "talk", 500).await.then_some(())).await;
    drop(playing);
    let short = rostrum_tests::tone(510, 2, server.scratch()).display().to_string();
    let played = speak(&grant(6, StageRole::Speaker), &short).output().await.expect("it runs");
    let said = String::from_utf8_lossy(&played.stderr).into_owned();
    assert_eq!(played.status.code(), Some(0), "{said}");
    assert!(said.ends_with("speaking tone-510.wav  0:02 / 0:02\n"), "{said}");
    for (grant, file, code, words) in [
        (grant(7, StageRole::Listener), short.as_str(), 3, "speaker's"),
        ("rubbish".to_owned(), short.as_str(), 3, "not an invitation"),
        (grant(8, StageRole::Speaker), "/dev/null", 1, "empty"),
    ] {
        let refused = speak(&grant, file).output().await.expect("it runs");
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!(refused.status.code(), Some(code), "{said}");
        assert!(said.contains(words), "{said}");
    }
}
