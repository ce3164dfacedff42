//! Rooms that were open when the stage ended without being asked to: their state from the journal's last segment, their
//! numbering from the program log, and what the audience missed made again from the journal.

use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::sync::Arc;

use rostrum_codec::live::Decoder;
use rostrum_domain::Id;
use rostrum_domain::room::{Room, RoomState};
use rostrum_live::event::{Entry, Event, TrackNo};
use rostrum_live::program::{Block, Codec, Config, Program};
use rostrum_live::room::{self, Resume};
use rostrum_live::snapshot::Snapshot;
use rostrum_media::jitter::Arrival;
use rostrum_media::journal::{Item, Kind, Packet, Reader, Record};
use rostrum_media::program::CHUNK_SAMPLES;
use rostrum_media::program::index::Flags;
use rostrum_wire::stage::{Open, Standing};

use crate::answers::ROOM_FILE;
use crate::desk::Rooms;
use crate::ears::Ears;
use crate::house::{House, Papers, Plot};
use crate::hub::Hub;
use crate::press::{self, Press, SUMMARY_FILE};
use crate::time::Time;

/// What is remembered of a room's journal.
#[derive(Debug, Default)]
struct Remembered {
    snapshot: Option<Snapshot>,
    entries: Vec<Entry>,
    /// Everything of the last segments, in order, for the mix.
    records: Vec<Record>,
    epoch: u32,
    last_mono_us: u64,
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
    let Some(remembered) = remember(&papers)? else { return Ok(None) };
    let chunks = press::sound_chunks(&papers.program_folder());
    let Some(snapshot) = remembered.snapshot.clone() else { return Ok(None) };
    let mut state = snapshot.clone().into_state();
    remembered.entries.iter().for_each(|entry| state.apply(entry));
    let epoch = remembered.epoch + 1;
    let live_at_us = live_at_us(&remembered);
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
    };
    let hub = Arc::new(Hub::new(standing));
    hub.change(|held| held.entries.extend(remembered.entries.iter().cloned()));
    recall(&papers, &hub);
    let id = open.room;
    let plot = Plot { room, open, papers: papers.clone(), hub: Arc::clone(&hub), time: time.clone(), now_us };
    let mut house = House::new(plot, Arc::clone(rooms))?;
    match (state.stage, live_at_us) {
        (RoomState::Live, Some(live_at_us)) => house.resume((live_at_us, program_at), now_us, |press| {
            fill(press, &remembered, (live_at_us, chunks, program_at));
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
            fill(&press, remembered, (live_at_us, chunks, until));
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

/// Reads the journal backwards until a segment has a snapshot, then forwards from there.
fn remember(papers: &Papers) -> io::Result<Option<Remembered>> {
    let segments = papers.journal_folder().segments()?;
    for start in (0..segments.len()).rev() {
        let mut remembered = Remembered::default();
        for (_, path) in &segments[start..] {
            remembered.read(std::fs::read(path)?.into());
        }
        if remembered.snapshot.is_some() {
            return Ok(Some(remembered));
        }
    }
    Ok(None)
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

    fn take(&mut self, record: Record) {
        self.epoch = self.epoch.max(record.epoch);
        self.last_mono_us = record.mono_us;
        self.last_wall_us = record.wall_us;
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

/// When the room went live, from where its program stood when something was last written.
fn live_at_us(remembered: &Remembered) -> Option<i64> {
    let record = remembered
        .records
        .iter()
        .rev()
        .find(|record| Entry::from_payload(&record.payload).is_ok_and(|entry| entry.at > 0 || went_live(&entry)))?;
    let entry = Entry::from_payload(&record.payload).ok()?;
    Some(record.wall_us - i64::try_from(entry.at * 125 / 6).ok()?)
}

fn went_live(entry: &Entry) -> bool {
    matches!(entry.event, Event::State { state: RoomState::Live })
}

/// The start of the chunk that follows wall time `now`.
fn position(live_at_us: i64, now_us: i64) -> u64 {
    let samples = u64::try_from(now_us - live_at_us).unwrap_or_default() * 6 / 125;
    samples.next_multiple_of(CHUNK_SAMPLES)
}

/// Makes the program again from where the log stops to where the stage goes on: from the journal as far as it goes,
/// then silence.
fn fill(press: &Press, remembered: &Remembered, (live_at_us, chunks, until): (i64, u64, u64)) {
    let from = chunks * CHUNK_SAMPLES;
    let mut program = Program::new(Config::default(), |channels| Decoder::new(channels).map(Ears));
    let Some(last) = remembered.records.last() else { return };
    // The old clock: which moment of the old epoch a program position was.
    let offset_us = i64::try_from(last.mono_us).unwrap_or_default() - last.wall_us + live_at_us;
    let at_us = |position: u64| u64::try_from(offset_us).unwrap_or_default() + position * 125 / 6;
    // A little earlier than what is missing, so that decoders and gains have settled.
    let begin = from.saturating_sub(2 * CHUNK_SAMPLES);
    program.resume_at(begin, at_us(begin));
    let remixed = Flags { remixed: true, ..Flags::default() };
    let remade = |block: Block| {
        if (from..until).contains(&block.position) {
            press.remade(block, remixed);
        }
    };
    for record in remembered.records.iter().filter(|record| record.mono_us >= at_us(begin)) {
        replay(&mut program, record);
        program.advance(record.mono_us).for_each(remade);
    }
    program.end(remembered.last_mono_us);
    program.advance(remembered.last_mono_us).for_each(remade);
}

fn replay(program: &mut Program<Ears>, record: &Record) {
    let (track, at_us) = (TrackNo(record.track), record.mono_us);
    match record.kind {
        Kind::Packet => {
            // A track opened before this segment has no record of that here; its packets say enough.
            program.open(track, Codec::Opus, 1).ok();
            if let Some(Packet { marker, red, payload, .. }) = Packet::from_payload(&record.payload) {
                program.packet(track, Arrival { seq: record.seq, time: record.time, at_us, payload, marker, red });
            }
        }
        Kind::SenderReport => {
            if let Some(ntp) = record.payload.first_chunk().map(|bytes| u64::from_le_bytes(*bytes)) {
                program.sender_report(track, (ntp, record.time), at_us);
            }
        }
        Kind::TrackClose => program.close(track, at_us),
        _ => {}
    }
}
