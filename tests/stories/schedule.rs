//! Publishing by the clock: an episode comes out in the second it was meant for, and keeps that second when the worker
//! was down at the time.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rostrum_tests::{Launch, Program, Server, Stubborn, eventually, wav};
use rustix::process::Signal;
use serde_json::{Value, json};

/// Long enough for a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// How late an episode may be on the pages, asked for every 25 ms on a busy machine.
const LATE_MAX: Duration = Duration::from_secs(1);

#[tokio::test]
async fn an_episode_comes_out_in_its_second() {
    let server = Server::start(Launch::new()).await;
    let program = Program::new(&server).await;
    let show = program.show(&server).await;
    let client = Stubborn::new(&program, &show);

    let blocked = program.call("POST", &format!("/api/v1/shows/{show}/episodes"), Some(facts("No sound yet"))).await;
    schedule(&program, blocked["id"].as_str().expect("it has an id"), now_s() + 1).await;
    let first = client.upload(&wav(440.0, 400)).await;
    client.encoded(&first).await;
    let at = now_s() + 3;
    schedule(&program, &first, at).await;
    let seen = appears(&server, (&show, &first)).await;
    assert!(seen >= at_time(at), "not before its time");
    let late = seen.duration_since(at_time(at)).expect("after its time");
    assert!(late <= LATE_MAX, "{late:?} late, with another episode blocked");
    came_out_at(&program, &first, at).await;

    let second = client.upload(&wav(550.0, 400)).await;
    client.encoded(&second).await;
    let at = now_s() + 2;
    schedule(&program, &second, at).await;
    let worker = server.signal("worker", Signal::STOP).expect("the worker runs");
    eventually(PATIENCE, "its time has passed by more than a second", async || (now_s() > at + 2).then_some(())).await;
    let feed = server.http().get(&format!("/shows/{show}/feed.xml")).await.text();
    assert!(!feed.contains(&second), "nobody could publish it");
    assert_eq!(server.signal("worker", Signal::KILL), Some(worker));
    appears(&server, (&show, &second)).await;
    came_out_at(&program, &second, at).await;
}

fn facts(title: &str) -> Value {
    json!({"facts": {"title": title}})
}

fn now_s() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970").as_secs()
}

fn at_time(second: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(second)
}

/// The second as the API writes it.
fn written(second: u64) -> String {
    let output = std::process::Command::new("date").args(["-u", "-d", &format!("@{second}"), "+%FT%TZ"]).output();
    String::from_utf8(output.expect("date is there").stdout).expect("a date is text").trim().to_owned()
}

async fn schedule(program: &Program, episode: &str, second: u64) {
    let path = format!("/api/v1/episodes/{episode}/schedule");
    program.call("POST", &path, Some(json!({"at": written(second)}))).await;
}

/// Waits until an episode is in the feed, and says when that was.
async fn appears(server: &Server, what: (&str, &str)) -> SystemTime {
    let (show, episode) = what;
    let http = server.http();
    eventually(PATIENCE, "the episode is in the feed", async || {
        let feed = http.get(&format!("/shows/{show}/feed.xml")).await.text();
        feed.contains(episode).then(SystemTime::now)
    })
    .await
}

async fn came_out_at(program: &Program, episode: &str, second: u64) {
    let found = program.call("GET", &format!("/api/v1/episodes/{episode}"), None).await;
    assert_eq!((&found["state"], &found["published_at"]), (&json!("published"), &json!(written(second))));
}
