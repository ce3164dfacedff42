//! How far each track was on disk, as a record of the journal: whoever reads the journal later can tell whether what
//! was called safe is still there.

use rostrum_media::journal::{Kind, Record};
use serde::{Deserialize, Serialize};

use crate::event::TrackNo;

/// How far one track was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Safe {
    /// Which track.
    pub track: TrackNo,
    /// The last extended RTP sequence number on disk.
    pub seq: u64,
    /// Packets taken up to it, each that came out of order left out: those whose number was the highest so far.
    pub packets: u64,
}

/// What the disk had when the record was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watermark {
    /// Program time in samples up to which all was.
    pub at: u64,
    /// Each track apart.
    pub tracks: Vec<Safe>,
}

impl Watermark {
    /// The record's payload: JSON.
    pub fn to_payload(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("marks are plain data")
    }

    /// Reads the mark of a record; none for records of another kind, and for one that makes no sense.
    pub fn from_record(record: &Record) -> Option<Self> {
        (record.kind == Kind::Watermark).then(|| serde_json::from_slice(&record.payload).ok()).flatten()
    }
}
