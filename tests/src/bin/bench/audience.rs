//! The audience: what a listener costs the edge, beside Icecast with the same source and beside a bare loop of sends;
//! and a storm of joins.

mod bare;
mod icecast;

use std::process::Stdio;
use std::time::Duration;

use anyhow::Context as _;
use rostrum_domain::room::StageRole;
use rostrum_live::room::Command;
use rostrum_tests::{LiveRoom, RtcPeer, Server, Voice, binary, eventually};
use serde_json::{Map, Value, json};
use tokio::process::Command as Program;

use super::rooms::{cpu_s, pass};

pub(crate) use bare::serve as bare;

const PATIENCE: Duration = Duration::from_secs(30);
/// Listeners of one measurement.
const CROWDS: [u64; 2] = [5_000, 15_000];
const STORM: u64 = 18_000;
const RAMP_S: u64 = 10;
/// Once all have come, they settle for so long before the count begins.
const SETTLE_S: u64 = 5;
const WATCH_S: u64 = 40;

/// One who serves.
struct Rival {
    name: &'static str,
    pid: u32,
    url: String,
}

/// Measures all of it.
pub(crate) async fn measure(results: &mut Map<String, Value>) -> anyhow::Result<()> {
    let server = Server::spawn().await;
    let room = LiveRoom::open(&server, "bench").await;
    let grant = room.grant(1, StageRole::Host);
    let host = eventually(PATIENCE, "the speaker gets in", async || {
        RtcPeer::join(&server, (&room, &grant), (Voice::Low, 0), None).await.ok()
    })
    .await;
    room.command("live", Command::GoLive).await;
    let second = host.second();
    eventually(PATIENCE, "some seconds are said", async || (host.second() > second + 3).then_some(())).await;
    let url = server.url("/live/bench.opus");
    let icecast = icecast::Icecast::start(&url).await?;
    let bare = bare::Bare::start(&url).await?;
    let rivals = [
        Rival { name: "ours", pid: server.pid_of("edge").await, url },
        Rival { name: "Icecast", pid: icecast.pid(), url: icecast.url() },
        Rival { name: "bare sends", pid: bare.pid(), url: bare.url() },
    ];
    for count in CROWDS {
        for rival in &rivals {
            crowd(rival, count, results).await?;
        }
    }
    for rival in &rivals[..2] {
        let found = load(&["joins", &rival.url, "--count", &STORM.to_string(), "--for", "55", "--json"]).await?;
        for key in ["heard", "heard_within_2_s", "heard_within_5_s", "heard_within_30_s", "refused", "stalls", "holes"]
        {
            results.insert(format!("storm of {STORM}, {}: {key}", rival.name), found[key].clone());
        }
        results.insert(format!("storm of {STORM}, {}: first sound ms", rival.name), found["first_sound_ms"].clone());
    }
    drop(host);
    Ok(())
}

/// What so many listeners cost one who serves.
async fn crowd(rival: &Rival, count: u64, results: &mut Map<String, Value>) -> anyhow::Result<()> {
    let before_kib = memory_kib(rival.pid)?;
    let (ramp, stay) = (RAMP_S.to_string(), (SETTLE_S + WATCH_S + 5).to_string());
    let count_text = count.to_string();
    let words = ["listeners", &rival.url, "--count", &count_text, "--ramp", &ramp, "--for", &stay, "--json"];
    let watch = async {
        pass(Duration::from_secs(RAMP_S + SETTLE_S)).await;
        let from = cpu_s(rival.pid)?;
        pass(Duration::from_secs(WATCH_S)).await;
        anyhow::Ok((cpu_s(rival.pid)? - from, memory_kib(rival.pid)?))
    };
    let (found, watched) = tokio::join!(load(&words), watch);
    let (found, (cpu_s, after_kib)) = (found?, watched?);
    let heard = found["listening_at_the_end"].as_f64().unwrap_or(0.0).max(1.0);
    let us = cpu_s * 1e6 / heard / WATCH_S as f64;
    let name = |what: &str| format!("{count} listeners, {}: {what}", rival.name);
    results.insert(name("CPU µs per listener-second"), json!((us * 100.0).round() / 100.0));
    results.insert(name("bytes per listener"), json!((after_kib.saturating_sub(before_kib) * 1024) as f64 / heard));
    for key in ["listening_at_the_end", "stalls", "holes", "gap_ms", "first_sound_ms"] {
        results.insert(name(key), found[key].clone());
    }
    Ok(())
}

/// Runs `rostrum load` and reads what it found.
async fn load(words: &[&str]) -> anyhow::Result<Value> {
    let done = Program::new(binary()).arg("load").args(words).stderr(Stdio::inherit()).output().await?;
    serde_json::from_slice(&done.stdout).with_context(|| String::from_utf8_lossy(&done.stdout).into_owned())
}

/// What a process holds in memory of its own.
fn memory_kib(pid: u32) -> anyhow::Result<u64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:")).context("a process has memory")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}
