//! What strangers send: impostors, fragments, traps, pictures that are bombs. Each gets a clear answer or becomes an
//! episode; nobody else's work is held up, and the server stays what it was.

use std::time::Duration;

use rostrum_tests::{Fate, Launch, Parcel, Program, Reply, Server, Stubborn};
use rostrum_tests::{eventually, fragments, impostors, pictures, traps, wav};
use serde_json::Value;

/// Long enough for a file that is tried three times, with pauses, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(110);

#[tokio::test]
async fn impostors_are_refused_with_their_first_bytes() {
    let house = House::new().await;
    for parcel in impostors() {
        let said = house.refused_at_once(&parcel).await;
        check_words(&parcel, &said);
    }
    let empty = Parcel { name: "nothing.mp3".into(), bytes: Vec::new(), fate: Fate::Refused("empty") };
    check_words(&empty, &house.refused_at_once(&empty).await);
    house.is_well().await;
}

#[tokio::test]
async fn fragments_are_used_as_far_as_they_go_or_refused() {
    let house = House::new().await;
    house.judge_all(fragments(house.server.scratch())).await;
    house.is_well().await;
}

#[tokio::test]
async fn traps_catch_nobody() {
    let house = House::new().await;
    house.judge_all(traps(house.server.scratch())).await;
    house.is_well().await;
}

#[tokio::test]
async fn pictures_that_are_no_artwork_are_refused() {
    let house = House::new().await;
    let path = format!("/api/v1/shows/{}/artwork", house.show);
    for (name, bytes, words) in pictures() {
        let put = house.program.request("PUT", &path).header("content-type", "image/png").body(bytes);
        let said = problem(&house.program.send(put).await);
        assert!(said.contains(words), "{name}: “{said}” says nothing of “{words}”");
    }
    house.is_well().await;
}

/// A server with a show, and who it was before strangers came.
struct House {
    server: Server,
    program: Program,
    show: String,
    roles: Vec<(&'static str, u32)>,
}

impl House {
    async fn new() -> Self {
        let server = Server::start(Launch::new()).await;
        let program = Program::new(&server).await;
        let show = program.show(&server).await;
        let mut roles = Vec::new();
        for role in ["edge", "web", "worker"] {
            roles.push((role, server.pid_of(role).await));
        }
        Self { server, program, show, roles }
    }

    /// Sends files, all at once as far as the server is concerned, and looks at what becomes of each.
    async fn judge_all(&self, parcels: Vec<Parcel>) {
        let mut sent = Vec::new();
        for parcel in parcels {
            match self.send(&parcel).await {
                Ok(episode) => sent.push((parcel, episode)),
                Err(said) => check_words(&parcel, &said),
            }
        }
        for (parcel, episode) in sent {
            match self.outcome(&episode).await {
                Ok(()) => assert!(!matches!(parcel.fate, Fate::Refused(_)), "{} was taken", parcel.name),
                Err(said) => check_words(&parcel, &said),
            }
        }
    }

    /// The episode that a file became the source of, or the words with which it was refused.
    async fn send(&self, parcel: &Parcel) -> Result<String, String> {
        let upload = self.program.announce(&self.show, parcel.bytes.len()).await;
        let reply = self.program.append(&upload, 0, &parcel.bytes).await;
        if reply.status < 300 { Ok(reply.header("rostrum-episode").to_owned()) } else { Err(problem(&reply)) }
    }

    async fn refused_at_once(&self, parcel: &Parcel) -> String {
        let announced = self.program.announcement(&self.show, parcel.bytes.len());
        let made = self.program.send(announced).await;
        if made.status >= 400 {
            return problem(&made);
        }
        let upload = made.location().to_owned();
        let said = problem(&self.program.append(&upload, 0, &parcel.bytes).await);
        let left = self.program.send(self.program.head(&upload)).await.status;
        assert!(left == 404 || left == 410, "{}: the upload is forgotten, not {left}", parcel.name);
        said
    }

    /// What the work on an episode's source came to.
    async fn outcome(&self, episode: &str) -> Result<(), String> {
        let job = eventually(PATIENCE, "the work ends", async || {
            let jobs = self.program.call("GET", "/api/v1/jobs?per_page=100", None).await;
            let mut jobs = jobs["items"].as_array()?.iter();
            let job = jobs.find(|job| job["episode_id"] == episode && job["kind"] == "transcode")?.clone();
            ["done", "failed"].contains(&job["state"].as_str()?).then_some(job)
        })
        .await;
        let found = self.program.call("GET", &format!("/api/v1/episodes/{episode}"), None).await;
        let files = found["renditions"].as_array().map_or(0, Vec::len);
        match job["error"].as_str() {
            Some(said) if job["state"] == "failed" => {
                assert_eq!(files, 0, "nothing half-made is kept: {found}");
                Err(said.to_owned())
            }
            _ => {
                assert_eq!(files, 3, "{found}");
                Ok(())
            }
        }
    }

    /// A good file comes through, and no role has died.
    async fn is_well(&self) {
        Stubborn::new(&self.program, &self.show).publish_recording(&wav(440.0, 400)).await;
        for (role, pid) in &self.roles {
            assert_eq!(self.server.pid_of(role).await, *pid, "the {role} is the one that was started");
        }
        let log = self.server.log();
        assert!(!log.contains("panicked"), "a role panicked:\n{log}");
    }
}

/// The sentence of a refusal, which is a problem document of the 4xx kind.
fn problem(reply: &Reply) -> String {
    assert!((400..500).contains(&reply.status), "{}: {}", reply.status, reply.text());
    assert_eq!(reply.header("content-type"), "application/problem+json");
    let body: Value = reply.json();
    let first = body["errors"][0]["message"].as_str().or(body["detail"].as_str());
    first.expect("a problem has words").to_owned()
}

/// The words are for a person: about this file, in whole sentences, nothing of the machine's inside.
fn check_words(parcel: &Parcel, said: &str) {
    let name = &parcel.name;
    match parcel.fate {
        Fate::Refused(words) => assert!(said.contains(words), "{name}: “{said}” says nothing of “{words}”"),
        Fate::Taken => panic!("{name} was refused: “{said}”"),
        Fate::Either => {}
    }
    let inner = ["panicked", "Error(", "os error", "src/", "signal:"];
    assert!(said.ends_with('.') && !inner.iter().any(|word| said.contains(word)), "{name}: “{said}”");
}
