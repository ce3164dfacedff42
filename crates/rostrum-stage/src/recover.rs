//! Rooms that were open when the stage ended without being asked to: their state from the journal's last segment, their
//! numbering from the program log, and what the audience missed made again from the journal.

use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::sync::Arc;

use rostrum_codec::live::Decoder;
use rostrum_domain::Id;
use rostrum_domain::room::{Room, RoomState};
use rostrum_live::event::{Entry, Event};
use rostrum_live::program::{Block, Replay};
use rostrum_live::reel::{self, Reel};
use rostrum_live::room::{self, Resume};
use rostrum_live::snapshot::Snapshot;
use rostrum_media::journal::{Item, Kind, Reader, Record};
use rostrum_media::program::CHUNK_SAMPLES;
use rostrum_media::program::index::Flags;
use rostrum_wire::stage::{Listed, Open, Standing};

use crate::answers::ROOM_FILE;
use crate::desk::Rooms;
use crate::failpoint::reach;
use crate::house::{House, Papers, Plot};
use crate::hub::Hub;
use crate::press::{self, Press, SUMMARY_FILE};
use crate::time::Time;

/// Samples mixed before what is missing.
const SETTLING: u64 = 2 * CHUNK_SAMPLES;

/// What is remembered of a room's journal.
#[derive(Debug, Default)]
struct Remembered {
    snapshot: Option<Snapshot>,
    entries: Vec<Entry>,
    /// Everything of the last segments, in order, for the mix.
    records: Vec<Record>,
    /// The program's clock in every epoch that was read.
    reel: Reel,
    epoch: u32,
    last_wall_us: i64,
    damaged_bytes: u64,
}

/// Takes up every room under `live` that has not been forgotten.
pub(crate) fn rooms(live: &Path, rooms: &Arc<Rooms>, time: &Time) -> io::Result<HashMap<Id<Room>, House>> {
    std::fs::create_dir_all(live)?;
    let mut houses = HashMap::new();
    for entry in std::fs::read_dir(live)? {
        let folder = entry?.path();
        match take_up(&folder, rooms, time) {
            Ok(Some((id, house))) => {
                houses.insert(id, house);
            }
            Ok(None) => {}
            Err(error) => tracing::error!(%error, folder = %folder.display(), "a room cannot be taken up again"),
        }
    }
    Ok(houses)
}

fn take_up(folder: &Path, rooms: &Arc<Rooms>, time: &Time) -> io::Result<Option<(Id<Room>, House)>> {
    let Ok(text) = std::fs::read(folder.join(ROOM_FILE)) else { return Ok(None) };
    let open: Open = serde_json::from_slice(&text)?;
    let live = folder.parent().unwrap_or(folder);
    let papers = Papers::new(live, open.room)?;
    let chunks = press::sound_chunks(&papers.program_folder());
    let Some(remembered) = remember(&papers, chunks * CHUNK_SAMPLES)? else { return Ok(None) };
    reach("recovery: journal read");
    let Some(snapshot) = remembered.snapshot.clone() else { return Ok(None) };
    let mut state = snapshot.clone().into_state();
    remembered.entries.iter().for_each(|entry| state.apply(entry));
    let epoch = remembered.epoch + 1;
    let live_at_us = press::began_us(&papers.program_folder()).or_else(|| live_at_us(&remembered));
    // Program time never turns back, whatever became of the wall clock meanwhile.
    let known = state.program_at.next_multiple_of(CHUNK_SAMPLES).max(chunks * CHUNK_SAMPLES);
    let program_at = live_at_us.map_or(0, |from| position(from, time.wall_us()).max(known));
    let resume = Resume { snapshot, entries: remembered.entries.clone(), epoch, program_at };
    let now_us = time.now_us();
    let room = room::Room::restore(resume, now_us);
    if remembered.damaged_bytes > 0 {
        tracing::warn!(room = %open.room, bytes = remembered.damaged_bytes, "the journal has damage; it was kept");
    }
    let standing = Standing {
        room: open.room,
        slug: open.slug.clone(),
        state: state.stage,
        epoch,
        chunks,
        epochs: press::epochs(&papers.program_folder()),
        live_at_us,
        recording: true,
        sealed: false,
        listed: Listed::of(&open.facts),
    };
    let hub = Arc::new(Hub::new(standing));
    hub.change(|held| held.entries.extend(remembered.entries.iter().cloned()));
    recall(&papers, &hub);
    let id = open.room;
    let plot = Plot { room, open, papers: papers.clone(), hub: Arc::clone(&hub), time: time.clone(), now_us };
    let mut house = House::new(plot, Arc::clone(rooms))?;
    match (state.stage, live_at_us) {
        (RoomState::Live, Some(live_at_us)) => house.resume((live_at_us, program_at), now_us, |press| {
            fill(press, &remembered, (chunks, program_at));
            reach("recovery: program filled");
        }),
        (RoomState::Ended, Some(live_at_us)) => finish(&papers, &hub, &remembered, (live_at_us, chunks)),
        (RoomState::Ended, None) => hub.change(|held| held.ended = Some(chunks)),
        _ => {}
    }
    rooms.add(id, hub);
    Ok(Some((id, house)))
}

/// Ends the program log of a room whose end the stage did not live to write.
fn finish(papers: &Papers, hub: &Arc<Hub>, remembered: &Remembered, (live_at_us, chunks): (i64, u64)) {
    if papers.program_folder().join(SUMMARY_FILE).exists() {
        return hub.change(|held| held.ended = Some(chunks));
    }
    let ended = remembered.entries.iter().rev().find(|entry| matches!(entry.event, Event::State { .. }));
    let until = ended.map_or(0, |entry| entry.at.next_multiple_of(CHUNK_SAMPLES)).max(chunks * CHUNK_SAMPLES);
    match papers.press(remembered.epoch + 1, live_at_us, hub) {
        Some(press) => {
            fill(&press, remembered, (chunks, until));
            press.finish(None);
        }
        None => hub.change(|held| held.ended = Some(chunks)),
    }
}

/// Reads what happened before the last segment, for those who project the room and were away; nothing waits for it.
fn recall(papers: &Papers, hub: &Arc<Hub>) {
    let Ok(segments) = papers.journal_folder().segments() else { return };
    let hub = Arc::clone(hub);
    let read = move || {
        let mut older = Remembered::default();
        for (_, path) in &segments {
            if let Ok(bytes) = std::fs::read(path) {
                older.records.clear();
                older.read(bytes.into());
            }
        }
        hub.change(|held| {
            let first = held.entries.front().map_or(u64::MAX, |entry| entry.no);
            let before: Vec<Entry> = older.entries.into_iter().filter(|entry| entry.no < first).collect();
            before.into_iter().rev().for_each(|entry| held.entries.push_front(entry));
        });
    };
    if let Err(error) = std::thread::Builder::new().name("recall".into()).spawn(read) {
        tracing::error!(%error, "older entries of a room are not read");
    }
}

/// Reads the journal backwards until a segment has a snapshot and everything is there of which the program log has
/// nothing yet, from position `from` on; then forwards from there.
fn remember(papers: &Papers, from: u64) -> io::Result<Option<Remembered>> {
    let segments = papers.journal_folder().segments()?;
    // Twice as many each time, so that none is read many times.
    let mut count = 1;
    loop {
        let start = segments.len().saturating_sub(count);
        let mut remembered = Remembered::default();
        for (_, path) in &segments[start..] {
            remembered.read(std::fs::read(path)?.into());
        }
        let done = remembered.snapshot.is_some() && remembered.reaches(from);
        if done || start == 0 {
            return Ok(Some(remembered).filter(|remembered| remembered.snapshot.is_some()));
        }
        count *= 2;
    }
}

impl Remembered {
    fn read(&mut self, bytes: bytes::Bytes) {
        let reader = Reader::whole(bytes);
        for item in reader {
            match item {
                Item::Record(record) => self.take(record),
                Item::Damaged { from, to, .. } => self.damaged_bytes += to - from,
                // The last record was being written when the stage ended.
                Item::Torn { .. } => {}
            }
        }
    }

    /// Whether the records begin before a program position, or before the room was live.
    fn reaches(&self, position: u64) -> bool {
        let first = self.records.iter().find_map(|record| self.reel.through_us(record.epoch, record.mono_us));
        first.is_none_or(|first| first <= reel::us(position.saturating_sub(SETTLING)))
    }

    fn take(&mut self, record: Record) {
        self.epoch = self.epoch.max(record.epoch);
        self.last_wall_us = record.wall_us;
        self.reel.record(&record);
        match record.kind {
            Kind::Segment => {}
            Kind::Snapshot => {
                if let Ok(snapshot) = Snapshot::from_payload(&record.payload) {
                    self.snapshot = Some(snapshot);
                }
            }
            Kind::Packet | Kind::SenderReport => self.records.push(record),
            _ => {
                if let Ok(entry) = Entry::from_payload(&record.payload) {
                    self.entries.push(entry);
                    self.records.push(record);
                }
            }
        }
    }
}

/// When the room went live, by the clock of the last record.
fn live_at_us(remembered: &Remembered) -> Option<i64> {
    let last = remembered.records.last()?;
    let since_us = remembered.reel.through_us(last.epoch, last.mono_us)?.checked_signed_diff(reel::ZERO_US)?;
    Some(remembered.last_wall_us - since_us)
}

/// The start of the chunk that follows wall time `now`.
fn position(live_at_us: i64, now_us: i64) -> u64 {
    let samples = u64::try_from(now_us - live_at_us).unwrap_or_default() * 6 / 125;
    samples.next_multiple_of(CHUNK_SAMPLES)
}

/// Makes the program again from where the log stops to where the stage goes on: from the journal as far as it goes,
/// then silence.
fn fill(press: &Press, remembered: &Remembered, (chunks, until): (u64, u64)) {
    let from = chunks * CHUNK_SAMPLES;
    // A little earlier than what is missing, so that decoders and gains have settled.
    let mut replay = Replay::new(from.saturating_sub(SETTLING), Decoder::new);
    let remixed = Flags { remixed: true, ..Flags::default() };
    let mut remade = |block: Block| {
        if (from..until).contains(&block.position) {
            press.remade(block, remixed);
        }
    };
    for record in &remembered.records {
        replay.record(&remembered.reel, record, &mut remade);
    }
    replay.finish(None, &mut remade);
}
