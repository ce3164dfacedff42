//! A room's folder, and how what happens becomes records of its journal.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use rostrum_domain::Id;
use rostrum_domain::room::Room;
use rostrum_live::event::{self, Event, TrackNo};
use rostrum_live::snapshot::Snapshot;
use rostrum_live::watermark::Watermark;
use rostrum_media::journal::{self, FORMAT_VERSION, Kind, Packet, Record, SegmentHeader};

use crate::hub::Hub;
use crate::journal::{Entry, Folder, Pace, Writer};
use crate::peer::Arrived;
use crate::press::Press;
use crate::time::Time;

/// Where one room keeps its files.
#[derive(Debug, Clone)]
pub(crate) struct Papers {
    room: Id<Room>,
    path: PathBuf,
}

impl Papers {
    /// The folder of `room` under `live`, made if need be.
    pub(crate) fn new(live: &Path, room: Id<Room>) -> io::Result<Self> {
        let path = live.join(room.to_string());
        std::fs::create_dir_all(&path)?;
        Ok(Self { room, path })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn journal_folder(&self) -> Folder {
        Folder::new(self.path.join("journal"))
    }

    pub(crate) fn program_folder(&self) -> PathBuf {
        self.path.join("program")
    }

    /// Starts the journal's thread behind the segments that are there.
    pub(crate) fn journal(&self, epoch: u32, time: &Time) -> io::Result<Writer> {
        let folder = self.journal_folder();
        let first = folder.segments().unwrap_or_default().last().map_or(1, |(number, _)| number + 1);
        let (room, time) = (self.room, time.clone());
        Writer::start(folder, first, Pace::default(), move |segment| {
            let (mono_us, wall_us) = (time.now_us(), time.wall_us());
            let header = SegmentHeader { version: FORMAT_VERSION, room, segment, epoch, mono_us, wall_us };
            bytes_of(&header.to_record())
        })
    }

    /// Starts the press; none when its files cannot be made, which the journal survives.
    pub(crate) fn press(&self, epoch: u32, live_at_us: i64, hub: &Arc<Hub>) -> Option<Press> {
        let started = Press::start(self.program_folder(), (epoch, live_at_us), Arc::clone(hub));
        started.map_err(|error| tracing::error!(%error, room = %self.room, "the program log cannot be written")).ok()
    }
}

fn bytes_of(record: &Record) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(journal::HEADER_BYTES + record.payload.len());
    if let Err(error) = journal::write(record, &mut bytes) {
        tracing::error!(%error, kind = record.kind.as_str(), "a record is too long for the journal");
    }
    bytes
}

/// The stamp that every record of one moment carries.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paper {
    pub(crate) epoch: u32,
    pub(crate) mono_us: u64,
    pub(crate) wall_us: i64,
}

impl Paper {
    fn record(self, kind: Kind, track: u32, payload: Bytes) -> Record {
        let Self { epoch, mono_us, wall_us } = self;
        Record { epoch, track, kind, seq: 0, time: 0, mono_us, wall_us, payload }
    }

    /// A packet as it came.
    pub(crate) fn packet(self, track: TrackNo, packet: &Arrived) -> Entry {
        let held = Packet {
            marker: packet.marker,
            red: packet.red,
            level: packet.level,
            voice: false,
            late: false,
            payload: Bytes::from_owner(Arc::clone(&packet.payload)),
        };
        let record = self.record(Kind::Packet, track.0, held.to_payload());
        Entry::Packet(bytes_of(&Record { seq: packet.seq, time: packet.time, ..record }))
    }

    /// What a sender says of its clock: NTP time as the payload.
    pub(crate) fn report(self, track: TrackNo, ntp: u64, time: u64) -> Entry {
        let record = self.record(Kind::SenderReport, track.0, Bytes::copy_from_slice(&ntp.to_le_bytes()));
        Entry::Packet(bytes_of(&Record { time, ..record }))
    }

    /// Something that happened.
    pub(crate) fn entry(self, entry: &event::Entry) -> Entry {
        let track = match &entry.event {
            Event::TrackOpened(track) => track.track.0,
            Event::TrackClosed { track } | Event::Gap { track, .. } | Event::Discontinuity { track } => track.0,
            _ => 0,
        };
        Entry::Event(bytes_of(&self.record(entry.event.kind(), track, entry.to_payload().into())))
    }

    /// How far the tracks are on disk.
    pub(crate) fn watermark(self, mark: &Watermark) -> Entry {
        Entry::Packet(bytes_of(&self.record(Kind::Watermark, 0, mark.to_payload().into())))
    }

    /// The room's state.
    pub(crate) fn snapshot(self, snapshot: &Snapshot) -> Entry {
        Entry::Snapshot(bytes_of(&self.record(Kind::Snapshot, 0, snapshot.to_payload().into())))
    }
}
