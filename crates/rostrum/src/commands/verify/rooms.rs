//! The rooms that are on the stage's own disk, and the journals that the media store has: a line for each, and what is
//! damaged in it.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;
use futures_util::TryStreamExt;
use rostrum_domain::Id;
use rostrum_domain::asset::{Asset, AssetKind};
use rostrum_domain::episode::Episode;
use rostrum_live::check::{Check, Outcome};
use rostrum_media::journal::Reader;
use rostrum_stage::Inspected;
use rostrum_store::media::{MediaError, MediaStore};

use super::{RESTORE, Report};

/// What helps where a room's own logs are damaged.
const JOURNAL: &str = "Nothing was changed: keep the folder live/ as it is, copy it elsewhere, check the disk it \
     lies on, and restore what you can from a backup; everything that is whole is still read.";

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

/// Reads the journals of rooms that became episodes into the report.
pub(super) async fn kept(media: &MediaStore, assets: &[Asset], report: &mut Report) {
    let mut journals = BTreeMap::<Id<Episode>, Vec<&Asset>>::new();
    for asset in assets.iter().filter(|asset| asset.kind == AssetKind::Journal) {
        if let Some(episode) = asset.episode_id {
            journals.entry(episode).or_default().push(asset);
        }
    }
    for (episode, mut segments) in journals {
        segments.sort_by(|one, other| one.file_name.cmp(&other.file_name));
        report.rooms += 1;
        match journal(media, episode, &segments).await {
            Ok(outcome) => tell(episode, &outcome, report),
            // What cannot be read has been told with the files.
            Err(_) => report.advise(RESTORE),
        }
    }
}

/// An episode that came of a room has the room's number.
async fn journal(media: &MediaStore, episode: Id<Episode>, segments: &[&Asset]) -> Result<Outcome, MediaError> {
    let mut check = Check::new(Id::from_bits(episode.bits()));
    for segment in segments {
        let number = segment.file_name.split('.').next().and_then(|stem| stem.parse().ok());
        check.segment(number.unwrap_or_default());
        let (mut reader, mut stream) = (Reader::new(), media.get(&segment.key, None).await?.stream);
        while let Some(bytes) = stream.try_next().await? {
            reader.push(&bytes);
            (&mut reader).for_each(|item| check.item(&item));
        }
        reader.close();
        reader.for_each(|item| check.item(&item));
    }
    Ok(check.finish(true))
}

fn tell(episode: Id<Episode>, outcome: &Outcome, report: &mut Report) {
    let Outcome { segments, records, epochs, late, findings } = outcome;
    let word = if findings.iter().any(rostrum_live::check::Finding::is_damage) { "BAD  " } else { "ok   " };
    let counts = format!("{records} records ({late} late) in {segments} segments, {epochs} epochs, in the media store");
    report.lines.push(format!("{word} journal of episode {episode}: {counts}"));
    for finding in findings {
        let text = format!("journal of episode {episode}: {finding}");
        if finding.is_damage() {
            report.damage.push(text);
            report.advise(RESTORE);
        } else {
            report.lines.push(format!("note  {text}"));
        }
    }
}
