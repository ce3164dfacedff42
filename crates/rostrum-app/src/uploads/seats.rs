//! Who is writing which upload in this process, so that a client that lost its line can free its own seat.
//! The file lock in `staging` is what keeps writers apart; this lets one ask the other to leave.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rostrum_domain::Id;
use rostrum_store::upload::Upload;
use tokio_util::sync::CancellationToken;

/// How long a writer that was asked to leave may take to finish the write it is in.
const LEAVE_WITHIN: Duration = Duration::from_secs(5);

/// The writers of one process; as many as there are requests under way.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seats(Arc<Mutex<HashMap<Id<Upload>, Signals>>>);

#[derive(Debug, Clone, Default)]
struct Signals {
    leave: CancellationToken,
    left: CancellationToken,
}

/// The right to write one upload; given back when dropped.
#[derive(Debug)]
pub(super) struct Seat {
    seats: Seats,
    id: Id<Upload>,
    signals: Signals,
}

impl Seats {
    /// The seat of an upload; none while it is taken.
    pub(super) fn take(&self, id: Id<Upload>) -> Option<Seat> {
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.contains_key(&id) {
            return None;
        }
        let signals = Signals::default();
        taken.insert(id, signals.clone());
        Some(Seat { seats: self.clone(), id, signals })
    }

    /// Asks whoever writes the upload to leave, and waits until they have or their time is up.
    pub(super) async fn vacate(&self, id: Id<Upload>) {
        let signals = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned();
        if let Some(signals) = signals {
            signals.leave.cancel();
            // A writer that is too slow still has the seat, and whoever takes it next is told so.
            let _in_time = tokio::time::timeout(LEAVE_WITHIN, signals.left.cancelled()).await;
        }
    }
}

impl Seat {
    /// Cancelled when somebody waits for this seat.
    pub(super) fn leave(&self) -> CancellationToken {
        self.signals.leave.clone()
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.seats.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
        self.signals.left.cancel();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_seat_is_freed_for_who_asks() {
        let (seats, id) = (Seats::default(), Id::from_bits(7));
        let seat = seats.take(id).expect("nobody sits there");
        assert!(seats.take(id).is_none());
        assert!(seats.take(Id::from_bits(8)).is_some(), "others are free");
        let writer = async move {
            seat.leave().cancelled().await;
            drop(seat);
        };
        tokio::join!(writer, seats.vacate(id));
        assert!(seats.take(id).is_some());
        seats.vacate(id).await;
    }
}
