//! One request can be followed through the logs of every role that it led to.

use std::time::Duration;

use rostrum_tests::{Launch, Program, Server, eventually, tone};
use serde_json::Value;

/// Long enough for a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_request_s_id_stands_on_lines_of_edge_web_and_worker() {
    let server = Server::start(Launch::new().env("ROSTRUM_LOG__FORMAT", "json")).await;
    let program = Program::new(&server).await;
    let show = program.show(&server).await;
    let recording = std::fs::read(tone(440, 1, server.scratch())).expect("it was made");
    let upload = program.announce(&show, recording.len()).await;
    let last = program.append(&upload, 0, &recording).await.expect_status(204);
    let id = last.header("x-request-id").to_owned();
    assert_eq!(id.len(), 26, "{id}");
    for (role, message) in
        [("edge", "request"), ("web", "an upload is finished"), ("worker", "job begins"), ("worker", "job ends")]
    {
        eventually(PATIENCE, &format!("{role} says of {id}: {message}"), async || {
            let log = server.log();
            let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
            lines
                .into_iter()
                .any(|line| line["role"] == role && line["message"] == message && line["request_id"] == id.as_str())
                .then_some(())
        })
        .await;
    }
}
