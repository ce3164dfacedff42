//! After every input: whatever follows from the new state is brought about, once.

use rostrum_domain::room::RoomState;

use super::Room;
use crate::audience::AudienceEvent;

impl Room {
    pub(super) fn settle(&mut self) {
        if !std::mem::take(&mut self.stirred) {
            return;
        }
        self.appoint();
        self.stirred = false;
        self.ready_lines();
        if self.state.stage == RoomState::Ended {
            self.clock.stop();
            self.beat.stop();
            self.part_with_all();
            return;
        }
        self.tell_roster();
        if self.state.stage == RoomState::Live {
            self.show_stage();
        }
    }

    fn show_stage(&mut self) {
        let people = self.heard();
        if people != self.shown {
            self.shown.clone_from(&people);
            self.show(AudienceEvent::Stage { people });
        }
    }
}
