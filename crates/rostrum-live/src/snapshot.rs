//! A room's state as the first record of a journal segment: enough, with the entries that follow, to take the room up
//! again. Knows the state's shape, not where it is kept.

use serde::{Deserialize, Serialize};

use crate::room::State;

/// The shape written now; older ones are read as long as they can be.
const VERSION: u32 = 1;

/// The state of a room at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    version: u32,
    state: State,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    clock: Option<Moment>,
}

/// Which moment a program position was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// When, in µs of the epoch's monotonic clock.
    pub mono_us: u64,
    /// Program time in samples.
    pub at: u64,
}

/// Why a snapshot cannot be used; recovery goes back to the segment before.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// Damaged, or not a snapshot.
    #[error("the snapshot of the room cannot be read: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// Of a shape that this program does not know.
    #[error("the snapshot of the room has version {0}; a newer Rostrum wrote it and has to read it")]
    Newer(u32),
}

impl Snapshot {
    /// Holds on to `state`.
    pub const fn new(state: State) -> Self {
        Self { version: VERSION, state, clock: None }
    }

    /// The same, with how the program clock runs.
    pub fn at(self, clock: Option<Moment>) -> Self {
        Self { clock, ..self }
    }

    /// How the program clock ran, if it did.
    pub const fn clock(&self) -> Option<Moment> {
        self.clock
    }

    /// The state held.
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// The state held, without the rest.
    pub fn into_state(self) -> State {
        self.state
    }

    /// The record's payload: JSON.
    pub fn to_payload(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a state is plain data")
    }

    /// Reads a payload.
    pub fn from_payload(payload: &[u8]) -> Result<Self, SnapshotError> {
        #[derive(Deserialize)]
        struct Version {
            version: u32,
        }
        let Version { version } = serde_json::from_slice(payload)?;
        if version != VERSION { Err(SnapshotError::Newer(version)) } else { Ok(serde_json::from_slice(payload)?) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rostrum_domain::Id;
    use rostrum_domain::room::RoomFacts;

    #[test]
    fn a_snapshot_reads_back_and_a_strange_one_says_so() {
        let snapshot = Snapshot::new(State::new(Id::from_bits(1), &RoomFacts::default(), 3));
        let payload = snapshot.to_payload();
        assert_eq!(Snapshot::from_payload(&payload).expect("reads back"), snapshot);
        let newer = String::from_utf8(payload.clone()).expect("JSON").replacen("\"version\":1", "\"version\":9", 1);
        assert!(matches!(Snapshot::from_payload(newer.as_bytes()), Err(SnapshotError::Newer(9))));
        assert!(matches!(Snapshot::from_payload(&payload[..9]), Err(SnapshotError::Unreadable(_))));
    }
}
