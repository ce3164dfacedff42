//! The rooms that are on the stage's own disk: a line for each, and what is damaged in it.

use std::path::Path;

use anyhow::Context;
use rostrum_stage::Inspected;

use super::Report;

/// What helps where a room's own logs are damaged.
const JOURNAL: &str = "Nothing was changed: keep the folder live/ as it is, copy it elsewhere, check the disk it lies on, \
     and restore what you can from a backup; everything that is whole is still read.";

/// Reads all rooms under `live` into the report.
pub(super) fn read(live: &Path, report: &mut Report) -> anyhow::Result<()> {
    let rooms = rostrum_stage::inspect(live).context("the folder of live rooms cannot be read")?;
    for room in &rooms {
        add(room, report);
    }
    Ok(())
}

fn add(found: &Inspected, report: &mut Report) {
    report.rooms += 1;
    let word = if found.damage.is_empty() { "ok   " } else { "BAD  " };
    let journal = &found.journal;
    report.lines.push(format!(
        "{word} room {}: {} records in {} segments, {} epochs, {} chunks",
        found.room, journal.records, journal.segments, journal.epochs, found.chunks
    ));
    report.lines.extend(found.notes.iter().map(|note| format!("note  room {}: {note}", found.room)));
    report.damage.extend(found.damage.iter().map(|damage| format!("room {}: {damage}", found.room)));
    if !found.damage.is_empty() {
        report.advise(JOURNAL);
    }
}
