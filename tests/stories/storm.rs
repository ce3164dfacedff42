//! A storm: web, the worker and its child are killed at random instants while recordings are uploaded, encoded and
//! published. Nothing may be lost, doubled or half.

use std::time::Duration;

use rostrum_tests::{Program, Server, Stubborn, say, wav};
use rustix::process::Signal;
use tokio_util::sync::CancellationToken;

/// Kills until the storm is over.
const KILLS: u64 = 60;
/// Kills while one recording is under way; then it may come through.
const KILLS_EACH: usize = 5;
/// Longest calm before the next kill, in milliseconds.
const CALM_MS_MAX: u64 = 1_200;
/// Length of a recording, in milliseconds; long enough for a kill in the middle of its encoding.
const LENGTH_MS: u32 = 90_000;

/// Numbers that look random and are the same for the same seed (SplitMix64).
struct Dice(u64);

impl Dice {
    /// From `ROSTRUM_TEST_SEED`, else a new one; printed, so that a failure can be played again.
    fn new() -> Self {
        let given = std::env::var("ROSTRUM_TEST_SEED").ok();
        let fresh = || u64::from(std::process::id()).wrapping_mul(0x9e37_79b9);
        let seed = given.map_or_else(fresh, |text| text.parse().expect("ROSTRUM_TEST_SEED is a number"));
        say(&format!("play it again with ROSTRUM_TEST_SEED={seed}"));
        Self(seed)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }
}

#[tokio::test]
#[ignore = "long: sixty kills at random instants"]
async fn recordings_come_through_a_storm_of_kills() {
    let mut dice = Dice::new();
    let mut server = Server::spawn().await;
    let mut program = Program::new(&server).await;
    let show = program.show(&server).await;
    let (mut kills, mut recordings) = (0, 0);
    while kills < KILLS {
        let recording = wav(300.0 + f64::from(recordings), LENGTH_MS);
        let client = Stubborn::new(&program, &show);
        let came_through = CancellationToken::new();
        let way = async {
            client.publish_recording(&recording).await;
            came_through.cancel();
        };
        let ((), killed) = tokio::join!(way, rage(&server, &mut dice, &came_through));
        (kills, recordings) = (kills + killed, recordings + 1);
        // The supervisor would wait longer after each death; a crash of all is one more kind of kill.
        server.crash_and_restart().await;
        program.follow(&server);
    }
    say(&format!("{kills} kills, {recordings} recordings"));
    let verdict = server.command(&["verify"], "");
    assert!(verdict.status.success(), "{}", String::from_utf8_lossy(&verdict.stdout));
    let episodes = program.call("GET", &format!("/api/v1/shows/{show}/episodes?per_page=100"), None).await;
    assert_eq!(episodes["total"], recordings, "one episode for each recording");
    for episode in episodes["items"].as_array().expect("a list") {
        let found = program.call("GET", &format!("/api/v1/episodes/{}", episode["id"].as_str().unwrap()), None).await;
        Stubborn::new(&program, &show).listen(&found).await;
    }
}

/// Kills one process after the other until the recording came through or was hit often enough; how often.
async fn rage(server: &Server, dice: &mut Dice, came_through: &CancellationToken) -> u64 {
    let mut hit = Vec::new();
    while hit.len() < KILLS_EACH {
        #[expect(clippy::disallowed_methods, reason = "a random instant is a time, not a state")]
        let calm = tokio::time::sleep(Duration::from_millis(dice.below(CALM_MS_MAX)));
        if came_through.run_until_cancelled(calm).await.is_none() {
            break;
        }
        let role = ["web", "worker", "media-child"][usize::try_from(dice.below(3)).expect("less than three")];
        if allowed(role, &hit) && server.signal(role, Signal::KILL).is_some() {
            hit.push(role);
        }
    }
    hit.len() as u64
}

/// A try that ends badly is followed by a longer wait than the last, and the fifth is the end: only so many may be hit.
fn allowed(role: &str, hit: &[&str]) -> bool {
    let count = |role| hit.iter().filter(|other| **other == role).count();
    match role {
        "media-child" => count("media-child") == 0 && count("worker") <= 1,
        "worker" => count("worker") + count("media-child") < 4,
        _ => true,
    }
}
