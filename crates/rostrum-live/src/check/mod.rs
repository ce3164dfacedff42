//! A journal as an inspector reads it: every record in its place, every entry counted, every packet that was called
//! safe still there. Where the bytes come from is not known here.

mod finding;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use rostrum_domain::Id;
use rostrum_domain::room::{Room, RoomState};
use rostrum_media::journal::{FORMAT_VERSION, Item, Kind, Packet, Record, SegmentHeader};

use crate::event::{Entry, Event, TrackNo};
use crate::snapshot::Snapshot;
use crate::watermark::Watermark;

pub use finding::Finding;

/// Missing entries that are remembered by number; beyond, only their count is right.
const MISSING_MAX: usize = 100_000;

/// The packets of one track.
#[derive(Debug, Default)]
struct Tally {
    /// The highest sequence number so far.
    highest: Option<u64>,
    /// Numbers that were the highest when they came, and are beyond the last mark.
    beyond: VecDeque<u64>,
    /// How many there were up to the last mark.
    settled: u64,
    missing: u64,
}

impl Tally {
    fn take(&mut self, seq: u64) {
        if self.highest.is_none_or(|highest| highest < seq) {
            self.highest = Some(seq);
            self.beyond.push_back(seq);
        }
    }

    /// A mark says that `packets` came up to `seq`.
    fn mark(&mut self, seq: u64, packets: u64) {
        while self.beyond.front().is_some_and(|first| *first <= seq) {
            self.beyond.pop_front();
            self.settled += 1;
        }
        let lost = packets.saturating_sub(self.settled);
        self.missing += lost;
        // Told once; the next mark counts from here.
        self.settled += lost;
    }
}

/// Inspects the segments of one journal, in order.
#[derive(Debug)]
pub struct Check {
    room: Id<Room>,
    segment: u32,
    segments: u32,
    fresh: bool,
    records: u64,
    epoch: u32,
    next_entry: u64,
    missing: BTreeSet<u64>,
    tracks: BTreeMap<TrackNo, Tally>,
    late: u64,
    ended: bool,
    findings: Vec<Finding>,
}

/// What was read and what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Segments.
    pub segments: u32,
    /// Records that are sound.
    pub records: u64,
    /// The last epoch.
    pub epochs: u32,
    /// Packets that came afterwards, from the copies of speakers.
    pub late: u64,
    /// What there is to tell.
    pub findings: Vec<Finding>,
}

impl Check {
    /// An inspection of `room`'s journal.
    pub fn new(room: Id<Room>) -> Self {
        Self {
            room,
            segment: 0,
            segments: 0,
            fresh: false,
            records: 0,
            epoch: 0,
            next_entry: 1,
            missing: BTreeSet::new(),
            tracks: BTreeMap::new(),
            late: 0,
            ended: false,
            findings: Vec::new(),
        }
    }

    /// The items that follow are those of this segment.
    pub fn segment(&mut self, number: u32) {
        self.close();
        (self.segment, self.fresh) = (number, true);
        self.segments += 1;
    }

    /// Takes what was read next.
    pub fn item(&mut self, item: &Item) {
        let segment = self.segment;
        match item {
            Item::Record(record) => self.record(record),
            Item::Damaged { from, to } => self.findings.push(Finding::Damaged { segment, from: *from, to: *to }),
            Item::Torn { from, to } => self.findings.push(Finding::Torn { segment, bytes: to - from }),
        }
    }

    /// What was found. `ended` says whether the room is known to have ended.
    pub fn finish(mut self, ended: bool) -> Outcome {
        self.close();
        if let Some(first) = self.missing.first().copied() {
            self.findings.push(Finding::Entries { missing: self.missing.len() as u64, first });
        }
        for (track, tally) in self.tracks.iter().filter(|(_, tally)| tally.missing > 0) {
            self.findings.push(Finding::Packets { track: track.0, missing: tally.missing });
        }
        if ended && !self.ended {
            self.findings.push(Finding::Endless);
        }
        let Self { segments, records, epoch: epochs, late, findings, .. } = self;
        Outcome { segments, records, epochs, late, findings }
    }

    /// A segment without a single record was never begun, unless it is told already what became of it.
    fn close(&mut self) {
        let segment = self.segment;
        let told = |found: &Finding| match found {
            Finding::Torn { segment: at, .. } | Finding::Damaged { segment: at, .. } => *at == segment,
            _ => false,
        };
        if std::mem::take(&mut self.fresh) && !self.findings.iter().any(told) {
            self.findings.push(Finding::Empty { segment });
        }
    }

    fn record(&mut self, record: &Record) {
        self.records += 1;
        if std::mem::take(&mut self.fresh) {
            self.head(record);
        }
        if is_late(record) {
            // It belongs to the epoch in which it was said, whatever stands around it.
            self.late += 1;
            return;
        }
        if record.kind != Kind::Segment && record.epoch != self.epoch && !self.repeats(record) {
            self.epochs(record.epoch);
        }
        match record.kind {
            Kind::Segment => {}
            Kind::Packet => match Packet::from_payload(&record.payload) {
                Some(_) => self.tracks.entry(TrackNo(record.track)).or_default().take(record.seq),
                None => self.unreadable(record.kind),
            },
            Kind::Watermark => self.watermark(record),
            Kind::Snapshot if Snapshot::from_payload(&record.payload).is_err() => self.unreadable(record.kind),
            Kind::Erased => self.erased(record),
            _ => match Entry::from_record(record) {
                Some(Ok(entry)) => self.entry(&entry),
                Some(Err(_)) => self.unreadable(record.kind),
                None => {}
            },
        }
    }

    /// A segment opens with the state, whose records may be older than the segment.
    fn repeats(&self, record: &Record) -> bool {
        !matches!(record.kind, Kind::Packet | Kind::SenderReport) && record.epoch < self.epoch
    }

    fn head(&mut self, record: &Record) {
        let segment = self.segment;
        match SegmentHeader::from_record(record) {
            Some(header) if header.version > FORMAT_VERSION => {
                self.findings.push(Finding::Newer { segment, version: header.version });
            }
            Some(header) if header.room == self.room && header.segment == segment => {}
            _ => self.findings.push(Finding::Header { segment }),
        }
        if record.epoch < self.epoch {
            self.epochs(record.epoch);
        }
        self.epoch = self.epoch.max(record.epoch);
    }

    fn epochs(&mut self, found: u32) {
        let told = Finding::Epoch { segment: self.segment, found, expected: self.epoch };
        if !self.findings.contains(&told) {
            self.findings.push(told);
        }
    }

    fn unreadable(&mut self, kind: Kind) {
        self.findings.push(Finding::Unreadable { segment: self.segment, kind: kind.as_str() });
    }

    fn entry(&mut self, entry: &Entry) {
        self.ended |= matches!(entry.event, Event::State { state: RoomState::Ended });
        self.count(entry.no);
    }

    fn count(&mut self, no: u64) {
        self.missing.remove(&no);
        let room = MISSING_MAX.saturating_sub(self.missing.len());
        self.missing.extend((self.next_entry..no).take(room));
        self.next_entry = self.next_entry.max(no.saturating_add(1));
    }

    fn watermark(&mut self, record: &Record) {
        let Some(mark) = Watermark::from_record(record) else { return self.unreadable(record.kind) };
        for safe in mark.tracks {
            self.tracks.entry(safe.track).or_default().mark(safe.seq, safe.packets);
        }
    }

    /// What was erased stands for itself: an entry keeps its number, packets are no longer in any mark.
    fn erased(&mut self, record: &Record) {
        if record.track == 0 && record.seq > 0 {
            self.count(record.seq);
        }
    }
}

fn is_late(record: &Record) -> bool {
    record.kind == Kind::Packet && Packet::from_payload(&record.payload).is_some_and(|packet| packet.late)
}

#[cfg(test)]
mod tests;
