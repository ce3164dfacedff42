//! Kills without warning: web in the middle of an upload, the worker and the media child in the middle of a transcode,
//! web at the moment of publishing. Nothing may be lost or doubled.

use std::time::Duration;

use rostrum_tests::{Program, Server, eventually, partytime, speech};

/// Long enough for a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);
/// Bytes sent before web is killed.
const FIRST: usize = 300_000;

#[tokio::test]
async fn nothing_is_lost_or_doubled_when_roles_are_killed() {
    let server = Server::spawn().await;
    let program = Program::new(&server).await;
    let slug = program.show(&server).await;
    let recording = std::fs::read(speech(60, server.scratch())).expect("it was spoken");

    let episode = upload_over_a_kill(&server, &program, (&slug, &recording)).await;
    transcode_over_kills(&server, &program, &episode).await;
    publish_over_a_kill(&server, &program, (&slug, &episode)).await;
}

async fn upload_over_a_kill(server: &Server, program: &Program, what: (&str, &[u8])) -> String {
    let (slug, recording) = what;
    let upload = program.announce(slug, recording.len()).await;
    program.append(&upload, 0, &recording[..FIRST]).await.expect_status(204);
    server.kill9("web").await;
    let arrived = program.arrived(&upload).await;
    assert_eq!(arrived, FIRST, "what was acknowledged is there");
    let last = program.append(&upload, arrived, &recording[arrived..]).await.expect_status(204);
    last.header("rostrum-episode").to_owned()
}

async fn transcode_over_kills(server: &Server, program: &Program, episode: &str) {
    server.pid_of("media-child").await;
    server.kill9("worker").await;
    server.kill9("media-child").await;
    let whole = program.renditions(episode).await;
    assert_eq!(whole["renditions"].as_array().map(Vec::len), Some(3), "each once: {whole}");
}

async fn publish_over_a_kill(server: &Server, program: &Program, what: (&str, &str)) {
    let (slug, episode) = what;
    let publish = format!("/api/v1/episodes/{episode}/publish");
    let request = program.request("POST", &publish);
    // Whether the answer comes or the line breaks is a matter of microseconds; both are right.
    let (_answered, _pid) = tokio::join!(request.send(), server.kill9("web"));
    let state = eventually(PATIENCE, "web is back", async || {
        let reply = program.send(program.request("GET", &format!("/api/v1/episodes/{episode}"))).await;
        (reply.status == 200).then(|| reply.json()["state"].as_str().unwrap_or_default().to_owned())
    })
    .await;
    if state != "published" {
        program.call("POST", &publish, None).await;
    }
    let feed = server.http().get(&format!("/shows/{slug}/feed.xml")).await.expect_status(200).text();
    assert_eq!(partytime(&feed)["items"].as_array().map(Vec::len), Some(1), "published exactly once");
}
