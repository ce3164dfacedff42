//! The demo show of `make run`: planted whole or not at all, whatever instant the program dies at, and never twice; its
//! two episodes play.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use rostrum_tests::{Launch, Program, Scratch, Server, eventually, ffprobe, partytime};
use serde_json::Value;

/// Long enough for a minute and a half of sound, twice, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(100);
/// The feed of the demo show.
const FEED: &str = "/shows/small-hours/feed.xml";
/// Ends of a planting: at its first file, between its two episodes, at its last word, and when all is written.
const DEATHS: [&str; 5] = [
    "1 INSERT INTO show ",
    "2 INSERT INTO episode ",
    "2 INSERT INTO job ",
    "before the commit of",
    "after the commit of",
];

#[tokio::test]
async fn the_demo_is_planted_once_whatever_instant_the_program_dies_at_and_plays() {
    let (material, points, home) = (Scratch::new("demo"), Scratch::new("points"), Scratch::new("planted"));
    make(material.path());
    let way = way(&points, material.path()).await;
    let launch = || {
        let launch = Launch::new().arg("--demo").arg(material.path().display().to_string());
        launch.data(home.join("data")).env("FAILPOINTS", points.path().display().to_string())
    };
    for death in DEATHS {
        fs::write(points.join("passed"), "").expect("the folder is ours");
        fs::write(points.join("kill"), order(&way, death)).expect("the folder is ours");
        let refusal = launch().refused().await;
        assert!(points.join("killed").is_file(), "{death}: {}", refusal.stderr);
        fs::remove_file(points.join("killed")).expect("it is there");
    }
    let mut server = Server::start(launch()).await;
    let mut program = Program::new(&server).await;
    let planted = whole(&program).await;
    plays(&server).await;
    server.crash_and_restart().await;
    program.follow(&server);
    assert_eq!(whole(&program).await, planted, "a later start plants nothing");
    let verdict = server.command(&["verify"], "");
    assert!(verdict.status.success(), "{}", String::from_utf8_lossy(&verdict.stdout));
}

/// Speaks and draws the material as `make run` does.
pub(crate) fn make(folder: &Path) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/demo/make");
    let made = Command::new(script).arg(folder).output().expect("bash is there");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

/// The steps of a planting that nothing disturbs, in order.
async fn way(points: &Scratch, material: &Path) -> Vec<String> {
    let launch = Launch::new().arg("--demo").arg(material.display().to_string());
    let server = Server::start(launch.env("FAILPOINTS", points.path().display().to_string())).await;
    drop(server);
    let passed = fs::read_to_string(points.join("passed")).expect("steps were passed");
    let steps: Vec<String> = passed.lines().map(str::to_owned).collect();
    let first = steps.iter().position(|step| step.starts_with("INSERT INTO show ")).expect("a show is planted");
    let length = steps[first..].iter().position(|step| step.starts_with("after the commit of"));
    steps[first..=first + length.expect("it is written for good")].to_vec()
}

/// What orders the death: the number of the passage and the whole name of the step.
fn order(way: &[String], death: &str) -> String {
    let (nth, start) = death.split_once(' ').filter(|(nth, _)| nth.parse::<usize>().is_ok()).unwrap_or(("1", death));
    let step = way.iter().find(|step| step.starts_with(start));
    format!("{nth} {}", step.unwrap_or_else(|| panic!("no step “{start}” on the way: {way:#?}")))
}

/// The one show with its two episodes, both published, each with transcript, chapters and renditions.
pub(crate) async fn whole(program: &Program) -> Vec<String> {
    let shows = program.call("GET", "/api/v1/shows", None).await;
    assert_eq!(shows["total"], 1, "{shows}");
    assert!(shows["items"][0]["urls"]["artwork"].is_string(), "{shows}");
    let path = "/api/v1/shows/small-hours/episodes";
    eventually(PATIENCE, "both episodes are out", async || {
        let all = program.call("GET", path, None).await;
        assert_eq!(all["total"], 2, "{all}");
        let items = all["items"].as_array()?;
        let out = |item: &&Value| item["state"] == "published";
        (items.iter().filter(out).count() == 2)
            .then(|| items.iter().filter_map(|item| Some(item["id"].as_str()?.to_owned())).collect())
    })
    .await
}

/// Both enclosures are read over HTTP by a program that is not ours.
async fn plays(server: &Server) {
    let feed = server.http().get(FEED).await.expect_status(200).text();
    let party = partytime(&feed);
    let items = party["items"].as_array().expect("it has items");
    assert_eq!(items.len(), 2);
    for item in items {
        let url = item["enclosure"]["url"].as_str().expect("it can be had");
        let found = ffprobe(url);
        let seconds: f64 = found["format"]["duration"].as_str().and_then(|text| text.parse().ok()).unwrap_or_default();
        assert!((90.0..100.0).contains(&seconds), "{url}: {seconds} s");
        let (title, tagged) = (&item["title"], &found["format"]["tags"]["title"]);
        assert!(title.is_string() && title == tagged, "{title} is tagged as {tagged}");
        assert!(found["chapters"].as_array().is_some_and(|all| all.len() >= 3), "{url}: {}", found["chapters"]);
        assert_eq!(found["streams"][0]["codec_name"], "mp3", "{url}");
    }
    assert_eq!(feed.matches("<podcast:transcript ").count(), 2 * 4, "each transcript in its four forms");
}
