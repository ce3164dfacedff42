//! Followers: each keeps its own place in what the hub and the files have, and goes as fast as it can.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use rostrum_domain::Id;
use rostrum_domain::room::Room;
use rostrum_media::program::Rendition;
use rostrum_wire::link::{Answered, Items, Refused};
use rostrum_wire::stage::{Piece, Standing};

use super::Rooms;
use super::files;
use crate::hub::{Hub, Row, Seen};

/// Rows or events handed over between two looks at the hub.
const BATCH: usize = 32;

/// All rooms, then each change.
pub(super) async fn rooms(rooms: &Arc<Rooms>, items: &Items) -> Result<Answered, Refused> {
    let mut changed = rooms.watch();
    let mut told: HashMap<Id<Room>, Standing> = HashMap::new();
    loop {
        changed.borrow_and_update();
        let standings: Vec<Standing> = rooms.all().iter().map(|hub| hub.standing()).collect();
        for standing in &standings {
            // Chunks come all the time; whoever follows rooms wants to hear of rooms.
            let plain = Standing { chunks: 0, ..standing.clone() };
            if told.get(&standing.room) != Some(&plain) {
                if !items.send(standing, Bytes::new()).await {
                    return Ok(Answered::default());
                }
                told.insert(standing.room, plain);
            }
        }
        told.retain(|room, _| standings.iter().any(|standing| standing.room == *room));
        if changed.changed().await.is_err() {
            return Ok(Answered::default());
        }
    }
}

/// What a follower of a program has been given.
struct Place {
    next_chunk: u64,
    next_event: u64,
    started: bool,
}

/// A program log from chunk `from` on, to its end.
pub(super) async fn program(
    hub: &Arc<Hub>,
    (from, renditions): (Option<u64>, &[Rendition]),
    (folder, items): (&Path, &Items),
) -> Result<Answered, Refused> {
    let mut changed = hub.watch();
    let newest = hub.look().standing.chunks;
    let mut place = Place { next_chunk: from.unwrap_or(newest), next_event: 0, started: false };
    loop {
        changed.borrow_and_update();
        let (pieces, more) = take(hub, &mut place, renditions);
        for (piece, body) in pieces {
            if !items.send(&piece, body).await {
                return Ok(Answered::default());
            }
        }
        let first = hub.look().rows.front().map(|row| row.n);
        if first.is_some_and(|first| place.next_chunk < first) {
            let row = files::row(folder, place.next_chunk, renditions).await;
            place.next_chunk += 1;
            for (piece, body) in pieces_of(&row, renditions) {
                if !items.send(&piece, body).await {
                    return Ok(Answered::default());
                }
            }
            continue;
        }
        if more {
            continue;
        }
        let ended = hub.look().ended;
        if let Some(chunks) = ended.filter(|chunks| place.next_chunk >= *chunks) {
            items.send(&Piece::End { chunks }, Bytes::new()).await;
            return Ok(Answered::default());
        }
        if changed.changed().await.is_err() {
            return Ok(Answered::default());
        }
    }
}

/// The next pieces out of memory, and whether there are more.
fn take(hub: &Hub, place: &mut Place, renditions: &[Rendition]) -> (Vec<(Piece, Bytes)>, bool) {
    let held = hub.look();
    let mut pieces = Vec::new();
    if !place.started && !held.starts.is_empty() {
        place.started = true;
        let starts = held.starts.iter().filter(|(rendition, _)| renditions.contains(rendition));
        pieces.extend(starts.map(|(rendition, front)| (Piece::Start { rendition: *rendition }, front.clone())));
    }
    let first = place.next_event;
    let events = held.events.iter().skip_while(|seen| seen.no < first).take(BATCH);
    for Seen { no, at, event } in events {
        pieces.push((Piece::Event { no: *no, at: *at, event: event.clone() }, Bytes::new()));
        place.next_event = no + 1;
    }
    let first = place.next_chunk;
    // What is older than memory comes from the files first, so that chunks stay in order.
    let held_back = held.rows.front().is_some_and(|row| row.n > first);
    for row in held.rows.iter().filter(|row| !held_back && row.n >= first).take(BATCH) {
        place.next_chunk = row.n + 1;
        pieces.extend(pieces_of(row, renditions));
    }
    let more = held.events.back().is_some_and(|last| last.no >= place.next_event)
        || held.rows.back().is_some_and(|last| last.n >= place.next_chunk && !pieces.is_empty());
    (pieces, more)
}

fn pieces_of(row: &Row, renditions: &[Rendition]) -> Vec<(Piece, Bytes)> {
    let Row { n, epoch, at_us, chunks } = row;
    let chosen = chunks.iter().filter(|(rendition, _)| renditions.contains(rendition));
    chosen
        .map(|(rendition, bytes)| {
            let piece = Piece::Chunk { rendition: *rendition, n: *n, epoch: *epoch, at_us: *at_us };
            (piece, bytes.clone())
        })
        .collect()
}

/// A room's entries from number `from` on, to the room's end.
pub(super) async fn entries(hub: &Arc<Hub>, from: u64, items: &Items) -> Result<Answered, Refused> {
    let mut changed = hub.watch();
    let mut next = from;
    loop {
        changed.borrow_and_update();
        let batch: Vec<_> = {
            let held = hub.look();
            held.entries.iter().filter(|entry| entry.no >= next).take(BATCH).cloned().collect()
        };
        for entry in &batch {
            if !items.send(entry, Bytes::new()).await {
                return Ok(Answered::default());
            }
            next = entry.no + 1;
        }
        if !batch.is_empty() {
            continue;
        }
        if hub.look().ended.is_some() || changed.changed().await.is_err() {
            return Ok(Answered::default());
        }
    }
}
