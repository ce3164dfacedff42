//! `rostrum load`: many listeners at once, each of whom checks what they hear; to rehearse the big day. Beyond what one
//! process may open, it starts more of itself and adds up what they found.

mod fleet;
mod swarm;
mod tally;
mod target;
mod track;

use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::bail;

use self::swarm::Plan;
use self::tally::Tally;
use self::track::Kind;
use super::{failed, print};
use crate::cli::{Load, Many};

/// Somebody did not hear everything.
const NOT_WHOLE: u8 = 3;
/// In which time those of a storm come.
const STORM: Duration = Duration::from_secs(1);

pub(super) fn run(load: &Load) -> ExitCode {
    match rehearse(load) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(NOT_WHOLE),
        Err(error) => failed(&error),
    }
}

fn rehearse(load: &Load) -> anyhow::Result<bool> {
    let (many, ramp) = match load {
        Load::Listeners { many, ramp_s } => (many, Duration::from_secs_f64(ramp_s.max(0.0))),
        Load::Joins { many } => (many, STORM),
    };
    let target = target::of(&many.url)?;
    target::allowed(&target, many.token.as_deref())?;
    let stay = ramp + Duration::from_secs_f64(many.for_s);
    if many.count == 0 || many.for_s <= 0.0 {
        bail!("nobody comes: --count and --for must be more than nothing");
    }
    let plan = Plan { target: target.address, request: target.request, count: many.count, ramp, stay, base: many.base };
    let (tally, kind) = if many.part { return part(&plan) } else { fleet::run(&plan, many)? };
    let is_numbered = kind.is_some_and(Kind::is_numbered);
    let result = tally.json(stay.as_secs_f64(), is_numbered);
    print(&format!("{}\n", if many.json { result.to_string() } else { serde_json::to_string_pretty(&result)? }))?;
    Ok(tally.is_whole())
}

/// One of several processes: its lines are for the first.
fn part(plan: &Plan) -> anyhow::Result<bool> {
    crate::roles::raise_descriptors();
    let swarm = swarm::Swarm::new(plan)?;
    let (tally, kind) = swarm.run(|tally| tell(tally, None))?;
    tell(&tally, Some(kind.map(Kind::is_numbered)));
    Ok(true)
}

/// A line of JSON for the first process; the last one says what kind of stream it was.
fn tell(tally: &Tally, done: Option<Option<bool>>) {
    let line = serde_json::json!({"tally": tally, "done": done.is_some(), "numbered": done.flatten()});
    let mut out = std::io::stdout().lock();
    // Nobody to tell: the first process has gone, and this one's end is near.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// A line that shows how it goes.
fn progress(tally: &Tally, begun: std::time::Instant, many: &Many) {
    if many.json {
        return;
    }
    let first = tally.first_ms.of_thousand(990).unwrap_or(0);
    let line = format!(
        "\r{:>4} s  {:>7} listen of {}  first sound p99 {first} ms  refused {}  cut off {}  MB {}   ",
        begun.elapsed().as_secs(),
        tally.listening,
        many.count,
        tally.refused.values().sum::<u64>() + tally.unreachable,
        tally.ended,
        tally.bytes / 1_000_000,
    );
    let mut err = std::io::stderr().lock();
    let _ = err.write_all(line.as_bytes()).and_then(|()| err.flush());
}
