//! The way from the last byte of an upload to the feed, ended at each of its durable steps in turn: a first recording
//! shows which steps there are, then each further one meets a process that dies at the next of them. Whatever step it
//! is, the recording ends up in the feed once, with whole files. Needs a binary with debug assertions.

use std::collections::BTreeMap;
use std::fs;

use rostrum_tests::{Launch, Program, Scratch, Server, Stubborn, say, wav};

/// Length of a recording, in milliseconds.
const LENGTH_MS: u32 = 300;
/// Deaths after which the supervisor is started anew: it waits longer and longer before it starts a role again.
const DEATHS_MAX: usize = 4;
/// Steps on the way that are known to be there, by how they begin.
const KNOWN: [&str; 22] = [
    "upload: bytes synced",
    "upload: judged",
    "media: file read",
    "media: bytes synced",
    "media: file renamed",
    "media: folder synced",
    "INSERT INTO episode ",
    "INSERT INTO asset ",
    "INSERT INTO job ",
    "before the commit of UPDATE audit_head SET hash",
    "after the commit of UPDATE audit_head SET hash",
    "upload: recorded",
    "upload: staged file removed",
    "before the poke",
    "after the poke",
    "transcode: encoded",
    "rendition: wrapped",
    "media: before bytes are put",
    "media: after bytes are put",
    "before the commit of UPDATE job SET state = 'done'",
    "after the commit of UPDATE job SET state = 'done'",
    "UPDATE episode SET slug",
];

/// The orders to the processes, in a folder that they know.
pub(crate) struct Points(Scratch);

/// A step, and which of its passages on the way.
pub(crate) type Passage = (usize, String);

impl Points {
    pub(crate) const fn new(folder: Scratch) -> Self {
        Self(folder)
    }

    /// Where the processes find them.
    pub(crate) fn folder(&self) -> String {
        self.0.path().display().to_string()
    }

    pub(crate) fn forget(&self) {
        for name in ["passed", "kill", "killed"] {
            let _ = fs::remove_file(self.0.join(name));
        }
    }

    pub(crate) fn order(&self, (nth, point): &Passage) {
        self.forget();
        fs::write(self.0.join("kill"), format!("{nth} {point}")).expect("the folder is ours");
    }

    /// Whether a process died as ordered.
    pub(crate) fn killed(&self) -> bool {
        self.0.join("killed").is_file()
    }

    /// Every passage since the last order, in order, at most `each` of one point.
    pub(crate) fn passages(&self, each: usize) -> Vec<Passage> {
        let passed = fs::read_to_string(self.0.join("passed")).unwrap_or_default();
        let mut counts = BTreeMap::<String, usize>::new();
        let passage = |point: &str| {
            let count = counts.entry(point.to_owned()).or_default();
            *count += 1;
            (*count, point.to_owned())
        };
        passed.lines().map(passage).filter(|(nth, _)| *nth <= each).collect()
    }
}

#[tokio::test]
async fn a_recording_is_published_once_whatever_step_a_process_dies_at() {
    die_at_each(1).await;
}

#[tokio::test]
#[ignore = "long: every passage of every step, some of which look alike"]
async fn a_recording_is_published_once_whatever_passage_a_process_dies_at() {
    die_at_each(4).await;
}

async fn die_at_each(each: usize) {
    let points = Points::new(Scratch::new("points"));
    let launch = Launch::new().env("FAILPOINTS", points.folder());
    let mut server = Server::start(launch).await;
    let mut program = Program::new(&server).await;
    let show = program.show(&server).await;
    points.forget();
    Stubborn::new(&program, &show).publish_recording(&wav(400.0, LENGTH_MS)).await;
    let way = points.passages(each);
    for known in KNOWN {
        assert!(way.iter().any(|(_, point)| point.starts_with(known)), "no step “{known}”: {way:#?}");
    }
    let mut missed = Vec::new();
    for (at, passage) in way.iter().enumerate() {
        points.order(passage);
        let recording = wav(401.0 + at as f64, LENGTH_MS);
        Stubborn::new(&program, &show).publish_recording(&recording).await;
        if !points.killed() {
            missed.push(passage);
        }
        if at % DEATHS_MAX == DEATHS_MAX - 1 {
            server.restart().await;
            program.follow(&server);
        }
    }
    say(&format!("a process died at {} of {} steps", way.len() - missed.len(), way.len()));
    // What a worker does between jobs depends on the hour, and may not come twice.
    assert!(missed.len() * 10 <= way.len(), "{} of {} steps were not reached: {missed:#?}", missed.len(), way.len());
    let verdict = server.command(&["verify"], "");
    assert!(verdict.status.success(), "{}", String::from_utf8_lossy(&verdict.stdout));
    let count = program.call("GET", &format!("/api/v1/shows/{show}/episodes"), None).await["total"].clone();
    assert_eq!(count, way.len() + 1, "one episode for each recording");
}
