//! Erasing, ended at its durable steps in turn: a span of what was said is wholly there or wholly gone, in whatever is
//! served at any moment, and in the end it is gone and the rest is there. Needs a binary with debug assertions.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rostrum_tests::{Launch, Program, Scratch, Server, Voice, eventually, say};
use serde_json::{Value, json};

use crate::failpoints::{Passage, Points};

/// Long enough for roles that are started again after a pause, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// Samples of decoded sound in a millisecond.
const PER_MS: usize = 48;
/// Where the first erased span begins, how long each is, and how far it is to the next.
const FIRST_MS: u64 = 3_000;
const SPAN_MS: u64 = 800;
const STEP_MS: u64 = 1_200;
/// Steps that are known to be there, by how they begin.
const KNOWN: [&str; 4] = [
    "erase: the stage has discarded",
    "erase: files stored",
    "before the commit of UPDATE job SET state = 'done'",
    "after the commit of UPDATE job SET state = 'done'",
];
/// Kills of the short run; the long one ends the work at every step.
const KILLS: usize = 4;
/// Most steps of the long one.
const STEPS_MAX: usize = 40;

#[tokio::test]
async fn an_erased_span_is_wholly_there_or_wholly_gone_whenever_a_process_dies() {
    die_at(KILLS).await;
}

#[tokio::test]
#[ignore = "long: every step of erasing"]
async fn an_erased_span_is_wholly_there_or_wholly_gone_at_every_step() {
    die_at(STEPS_MAX).await;
}

async fn die_at(kills: usize) {
    let points = Points::new(Scratch::new("points"));
    let mut server = Server::start(Launch::new().env("FAILPOINTS", points.folder())).await;
    let mut program = Program::new(&server).await;
    let length_ms = FIRST_MS + (kills as u64 + 3) * STEP_MS;
    let (episode, scratch) = (recorded(&server, &program, length_ms).await, Scratch::new("erasures"));
    points.forget();
    erase(&program, (&episode, span(0)), scratch.path()).await;
    let way = points.passages(1);
    for known in KNOWN {
        assert!(way.iter().any(|(_, point)| point.starts_with(known)), "no step “{known}”: {way:#?}");
    }
    let chosen = chosen(&way, kills);
    let mut died = 0;
    for (at, passage) in chosen.iter().enumerate() {
        points.order(passage);
        erase(&program, (&episode, span(at + 1)), scratch.path()).await;
        died += usize::from(points.killed());
        server.restart().await;
        program.follow(&server);
    }
    say(&format!("a process died at {died} of {} steps", chosen.len()));
    assert!(died * 10 >= chosen.len() * 7, "only {died} of {chosen:#?} were reached");
    let sound = sound(&program, &episode, scratch.path()).await.expect("it is served");
    for at in 0..=chosen.len() {
        assert_eq!(state(&sound, span(at)), Some(false), "span {at} is gone");
        assert_eq!(state(&sound, behind(at)), Some(true), "what follows span {at} is there");
    }
    let verdict = server.command(&["verify"], "");
    assert!(verdict.status.success(), "{}", String::from_utf8_lossy(&verdict.stdout));
}

/// So many steps, those of erasing itself before others from the whole way.
fn chosen(way: &[Passage], kills: usize) -> Vec<Passage> {
    let own = |passage: &&Passage| KNOWN.iter().any(|known| passage.1.starts_with(known));
    let others = way.iter().step_by(way.len().div_ceil(kills)).filter(|passage| !own(passage));
    way.iter().filter(own).chain(others).take(kills).cloned().collect()
}

fn span(at: usize) -> (u64, u64) {
    let from = FIRST_MS + at as u64 * STEP_MS;
    (from, from + SPAN_MS)
}

fn behind(at: usize) -> (u64, u64) {
    let (_, from) = span(at);
    (from, from + STEP_MS - SPAN_MS)
}

/// Whether a span of sound is there (true) or gone (false); none when it is half one and half the other. Encoders
/// smear its edges, which are left out.
fn state(sound: &[f32], (from_ms, to_ms): (u64, u64)) -> Option<bool> {
    let inner = (from_ms as usize + 100) * PER_MS..(to_ms as usize - 100) * PER_MS;
    let pieces = sound[inner].chunks_exact(50 * PER_MS);
    let mut loud = pieces.map(|piece| piece.iter().map(|sample| sample.abs()).fold(0.0, f32::max) > 0.01);
    let first = loud.next()?;
    loud.all(|loud| loud == first).then_some(first)
}

/// A room that an encoder opens and speaks in, and the episode that comes of it.
async fn recorded(server: &Server, program: &Program, length_ms: u64) -> String {
    let show = program.show(server).await;
    let made = program.call("POST", "/api/v1/rooms", Some(json!({"show": show, "facts": {"title": "Tones"}}))).await;
    let room = format!("/api/v1/rooms/{}", made["id"].as_str().expect("a room has an id"));
    let setup = program.call("POST", &format!("{room}/ingest"), None).await;
    let text = |key: &str| setup[key].as_str().expect("it is text");
    let to = format!("icecast://source:{}@{}{}", text("key"), server.ready().http, text("mount"));
    let mut encoder = speak(server.scratch(), &to, length_ms);
    let all_said = Duration::from_millis(length_ms) + PATIENCE;
    eventually(all_said, "the encoder has said all", async || encoder.try_wait().ok().flatten().map(|_| ())).await;
    program.call("POST", &format!("{room}/end"), None).await;
    eventually(PATIENCE, "there is an episode, and no work on it is left", async || {
        let episode = program.call("GET", &room, None).await["episode_id"].as_str()?.to_owned();
        (jobs(program, &episode).await? == (0, 0)).then_some(episode)
    })
    .await
}

/// ffmpeg, which sends at the speed of sound and ends by itself.
fn speak(folder: &Path, to: &str, length_ms: u64) -> Child {
    let file = folder.join("said.wav");
    std::fs::write(&file, Voice::Low.wav()).expect("the folder is ours");
    let length = format!("{length_ms}ms");
    let mut command = Command::new("ffmpeg");
    command.args(["-nostdin", "-v", "error", "-re", "-i"]).arg(&file).args(["-t", &length, "-ac", "2"]);
    command.args(["-c:a", "libopus", "-content_type", "application/ogg", "-f", "ogg", to]).stdin(Stdio::null());
    command.spawn().expect("ffmpeg is installed")
}

/// Erases a span and waits until it is done; meanwhile it is never heard in part.
async fn erase(program: &Program, (episode, (from_ms, to_ms)): (&str, (u64, u64)), folder: &Path) {
    let path = format!("/api/v1/episodes/{episode}/erasures");
    let wish = json!({"from_ms": from_ms, "to_ms": to_ms});
    // Asked for again by somebody who heard no answer: erasing twice is erasing.
    eventually(PATIENCE, "it is asked for", async || {
        let asked = program.request("POST", &path).json(&wish).send().await.ok()?;
        (asked.status() == 202).then_some(())
    })
    .await;
    eventually(PATIENCE, "the span is gone and no work is left", async || {
        if let Some(sound) = sound(program, episode, folder).await {
            let state = state(&sound, (from_ms, to_ms));
            assert!(state.is_some(), "half of {from_ms} to {to_ms} ms is served");
            return (state == Some(false) && jobs(program, episode).await? == (0, 0)).then_some(());
        }
        None
    })
    .await;
}

/// What is served of an episode at this moment, decoded; none while the server is away or between two files.
async fn sound(program: &Program, episode: &str, folder: &Path) -> Option<Vec<f32>> {
    let found = get(program, &format!("/api/v1/episodes/{episode}")).await?;
    let address = found["renditions"][0]["url"].as_str()?;
    // Drafts are heard by who works on them.
    let reply = program.request("GET", address).send().await.ok().filter(|reply| reply.status() == 200)?;
    let file = folder.join("served");
    std::fs::write(&file, reply.bytes().await.ok()?).expect("the folder is ours");
    let decoded = tokio::process::Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-i"])
        .arg(&file)
        .args(["-f", "f32le", "-ac", "1", "-ar", "48000", "-"])
        .output()
        .await
        .expect("ffmpeg is installed");
    assert!(decoded.status.success(), "what is served is whole: {}", String::from_utf8_lossy(&decoded.stderr));
    Some(decoded.stdout.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect())
}

/// How much work on an episode is under way, and how much of it failed.
async fn jobs(program: &Program, episode: &str) -> Option<(usize, usize)> {
    let jobs = get(program, "/api/v1/jobs?per_page=50").await?;
    let of = || jobs["items"].as_array().into_iter().flatten().filter(|job| job["episode_id"] == episode);
    let failed = of().filter(|job| job["state"] == "failed").count();
    assert_eq!(failed, 0, "a job gave up: {jobs}");
    Some((of().filter(|job| job["state"] != "done").count(), failed))
}

/// A good answer, if there is one now.
async fn get(program: &Program, path: &str) -> Option<Value> {
    let reply = program.request("GET", path).send().await.ok().filter(|reply| reply.status() == 200)?;
    serde_json::from_slice(&reply.bytes().await.ok()?).ok()
}
