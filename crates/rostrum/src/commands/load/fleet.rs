//! Processes of a load: each with as many listeners as it may open sockets, all at once.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Instant;

use anyhow::{Context, bail};
use serde::Deserialize;

use super::progress;
use super::swarm::Plan;
use super::tally::Tally;
use super::track::Kind;
use crate::cli::Many;
use crate::roles::raise_descriptors;

/// Descriptors that a process needs besides its listeners'.
const OWN_DESCRIPTORS: u64 = 64;
/// Lines of all processes that wait to be read.
const LINES: usize = 1_024;

/// What one of the processes says.
#[derive(Debug, Deserialize)]
struct Line {
    tally: Tally,
    done: bool,
    numbered: Option<bool>,
}

/// Runs a plan and adds up what was found.
pub(super) fn run(plan: &Plan, many: &Many) -> anyhow::Result<(Tally, Option<Kind>)> {
    let room = raise_descriptors().saturating_sub(OWN_DESCRIPTORS).clamp(1, 20_000);
    let processes = many.count.div_ceil(room).max(many.processes);
    let begun = Instant::now();
    let (tell, lines) = sync_channel(LINES);
    let mut children = Vec::new();
    for n in 0..processes {
        let count = many.count * (n + 1) / processes - many.count * n / processes;
        let mut child = start(plan, many, (n, count))?;
        let out = child.stdout.take().context("a process has an output")?;
        let tell = tell.clone();
        let reader = std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                if tell.send((n, line)).is_err() {
                    return;
                }
            }
        });
        children.push((child, reader));
    }
    drop(tell);
    let result = gather(&lines, (processes, begun), many);
    for (mut child, reader) in children {
        let _ = child.wait();
        let _ = reader.join();
    }
    result
}

fn start(plan: &Plan, many: &Many, (n, count): (u64, u64)) -> anyhow::Result<Child> {
    let ramp_s = plan.ramp.as_secs_f64().to_string();
    let program = std::env::current_exe().context("this program is not found")?;
    Command::new(program)
        .args(["load", "listeners", &many.url, "--part", "--ramp", &ramp_s])
        .args(["--count", &count.to_string(), "--for", &many.for_s.to_string(), "--base", &(plan.base + n).to_string()])
        .envs(many.token.iter().map(|token| ("ROSTRUM_LOAD_TOKEN", token)))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start another process of this program")
}

fn gather(
    lines: &Receiver<(u64, String)>,
    (processes, begun): (u64, Instant),
    many: &Many,
) -> anyhow::Result<(Tally, Option<Kind>)> {
    let mut latest: Vec<Option<Line>> = (0..processes).map(|_| None).collect();
    for (n, text) in lines {
        let line: Line = serde_json::from_str(&text).with_context(|| format!("a process said “{text}”"))?;
        latest[usize::try_from(n)?] = Some(line);
        if n == 0 {
            progress(&sum(&latest), begun, many);
        }
    }
    if !latest.iter().all(|line| line.as_ref().is_some_and(|line| line.done)) {
        bail!("a process of this load has died; see what it said above");
    }
    let numbered = latest.iter().flatten().find_map(|line| line.numbered);
    let kind = numbered.map(|numbered| if numbered { Kind::Ogg } else { Kind::Mp3 });
    Ok((sum(&latest), kind))
}

fn sum(latest: &[Option<Line>]) -> Tally {
    let mut all = Tally::default();
    latest.iter().flatten().for_each(|line| all.merge(&line.tally));
    all
}
