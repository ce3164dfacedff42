//! What a room shows to those who follow it: how it stands, the newest chunks, events and entries. Followers read at
//! their own pace and wake each other up for nothing; the room never waits for one.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use rostrum_live::audience::AudienceEvent;
use rostrum_live::event::Entry;
use rostrum_media::program::Rendition;
use rostrum_wire::stage::Standing;
use tokio::sync::watch;

/// Chunks kept in memory for those close behind: two minutes. What is older is in the files.
const ROWS_MAX: usize = 125;
/// Events kept: a day of a busy chat.
const EVENTS_MAX: usize = 200_000;

/// One chunk in every rendition.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) n: u64,
    pub(crate) epoch: u32,
    /// Wall time of its first sample, in microseconds since 1970.
    pub(crate) at_us: i64,
    pub(crate) chunks: Vec<(Rendition, Bytes)>,
}

/// An event of the program log.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) no: u64,
    /// Program time in samples.
    pub(crate) at: u64,
    pub(crate) event: AudienceEvent,
}

/// What followers see of one room.
#[derive(Debug)]
pub(crate) struct Hub {
    held: Mutex<Held>,
    changed: watch::Sender<u64>,
}

#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) standing: Standing,
    /// What decoders need first.
    pub(crate) starts: Vec<(Rendition, Bytes)>,
    pub(crate) rows: VecDeque<Row>,
    pub(crate) events: VecDeque<Seen>,
    pub(crate) entries: VecDeque<Entry>,
    /// Chunks the log has when it has ended and all is written.
    pub(crate) ended: Option<u64>,
}

impl Hub {
    pub(crate) fn new(standing: Standing) -> Self {
        let held = Held {
            standing,
            starts: Vec::new(),
            rows: VecDeque::new(),
            events: VecDeque::new(),
            entries: VecDeque::new(),
            ended: None,
        };
        Self { held: Mutex::new(held), changed: watch::channel(0).0 }
    }

    /// Looks at it; hold it shortly.
    pub(crate) fn look(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes it and wakes the followers.
    pub(crate) fn change(&self, change: impl FnOnce(&mut Held)) {
        change(&mut self.look());
        self.changed.send_modify(|count| *count += 1);
    }

    /// Tells when something has changed since.
    pub(crate) fn watch(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    pub(crate) fn standing(&self) -> Standing {
        self.look().standing.clone()
    }
}

impl Held {
    /// Takes the next chunk in.
    pub(crate) fn push_row(&mut self, row: Row) {
        self.standing.chunks = row.n + 1;
        if self.standing.epochs.last().is_none_or(|last| last.epoch < row.epoch) {
            self.standing.epochs.begin(row.epoch, row.n);
        }
        self.rows.push_back(row);
        if self.rows.len() > ROWS_MAX {
            self.rows.pop_front();
        }
    }

    /// Takes an event in; gives its number.
    pub(crate) fn push_event(&mut self, at: u64, event: AudienceEvent) -> u64 {
        let no = self.events.back().map_or(0, |last| last.no + 1);
        self.events.push_back(Seen { no, at, event });
        if self.events.len() > EVENTS_MAX {
            self.events.pop_front();
        }
        no
    }
}
