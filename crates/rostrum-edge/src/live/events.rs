//! What the audience sees, as server-sent events: first how things stand, then each change.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, stream};
use rostrum_live::audience::AudienceEvent;
use rostrum_wire::stage::Standing;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::room::OnAir;

/// Events kept for those who come back.
const KEPT_MAX: usize = 1000;
/// Lines of chat that a newcomer sees.
const CHAT_MAX: usize = 200;
/// A sign of life between events.
const ALIVE_EVERY: Duration = Duration::from_secs(15);

/// How things stand, and what happened lately.
#[derive(Debug, Default)]
pub(super) struct Board {
    kept: VecDeque<(u64, Bytes)>,
    next: u64,
    state: Value,
    stage: Value,
    speaking: Value,
    pinned: Value,
    occupancy: Value,
    slow_mode_s: Value,
    playing: Value,
    chat: VecDeque<Value>,
}

impl Board {
    /// Takes an event of the log; those that only pass are kept for a moment, others also change how things stand.
    pub(super) fn take(&mut self, at: u64, event: &AudienceEvent) {
        let Ok(mut value) = serde_json::to_value(event) else { return };
        let kind = value["type"].as_str().unwrap_or("event").to_owned();
        value["at"] = json!(at);
        self.remember(event, &value);
        let line = format!("id: {}\nevent: {kind}\ndata: {value}\n\n", self.next);
        self.kept.push_back((self.next, line.into()));
        self.next += 1;
        if self.kept.len() > KEPT_MAX {
            self.kept.pop_front();
        }
    }

    fn remember(&mut self, event: &AudienceEvent, value: &Value) {
        match event {
            AudienceEvent::Chat { .. } => {
                self.chat.push_back(value.clone());
                if self.chat.len() > CHAT_MAX {
                    self.chat.pop_front();
                }
            }
            AudienceEvent::ChatRemoved { id } => {
                let gone = json!(id);
                self.chat.retain(|line| line["id"] != gone);
                // Whoever comes back must not get the line either.
                let needle = format!("\"id\":{gone}");
                let holds = |bytes: &Bytes| {
                    std::str::from_utf8(bytes)
                        .is_ok_and(|text| text.contains("event: chat\n") && text.contains(&needle))
                };
                self.kept.retain(|(_, bytes)| !holds(bytes));
            }
            AudienceEvent::ChatPinned { .. } => self.pinned = value["id"].clone(),
            AudienceEvent::Stage { .. } => self.stage = value["people"].clone(),
            AudienceEvent::Speaking { .. } => self.speaking = value["who"].clone(),
            AudienceEvent::State { .. } => self.state = value["state"].clone(),
            AudienceEvent::Occupancy { .. } => self.occupancy = value["listeners"].clone(),
            AudienceEvent::Playing { .. } => self.playing = value["title"].clone(),
            AudienceEvent::SlowMode { .. } => self.slow_mode_s = value["seconds"].clone(),
            _ => {}
        }
    }

    /// What an encoder said last that it plays, and how many listen at all edges, where pages show that.
    pub(super) fn told(&self) -> (Option<&str>, Option<u64>) {
        (self.playing.as_str(), self.occupancy.as_u64())
    }

    fn snapshot(&self, standing: &Standing) -> Bytes {
        let value = json!({
            "state": standing.state,
            "epoch": standing.epoch,
            "live_at_us": standing.live_at_us,
            "chunks": standing.chunks,
            "stage": self.stage,
            "speaking": self.speaking,
            "pinned": self.pinned,
            "occupancy": self.occupancy,
            "slow_mode_s": self.slow_mode_s,
            "playing": self.playing,
            "chat": self.chat,
        });
        let id = self.next.saturating_sub(1);
        format!("retry: 2000\nid: {id}\nevent: snapshot\ndata: {value}\n\n").into()
    }

    /// What comes after what somebody had: the events since, or the whole when that is too long ago.
    fn after(&self, next: Option<u64>, standing: &Standing) -> Option<(Bytes, u64)> {
        let known = next.filter(|next| self.kept.front().is_none_or(|(first, _)| first <= next) && *next <= self.next);
        let Some(next) = known else { return Some((self.snapshot(standing), self.next)) };
        let fresh: Vec<u8> =
            self.kept.iter().filter(|(n, _)| *n >= next).flat_map(|(_, bytes)| bytes.iter().copied()).collect();
        (!fresh.is_empty()).then(|| (fresh.into(), self.next))
    }
}

/// The endless body of one page; `last` is the last event it had.
pub(super) fn stream(room: Arc<OnAir>, last: Option<u64>) -> impl Stream<Item = Bytes> + Send {
    let changed = room.watch();
    stream::unfold((room, changed, last.map(|last| last + 1)), move |(room, mut changed, place)| async move {
        loop {
            changed.borrow_and_update();
            let (taken, over) = room.board(|board, standing| board.after(place, standing));
            if let Some((bytes, next)) = taken {
                return Some((bytes, (room, changed, Some(next))));
            }
            if over {
                return None;
            }
            match timeout(ALIVE_EVERY, changed.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return None,
                Err(_) => return Some((Bytes::from_static(b":\n\n"), (room, changed, place))),
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rostrum_domain::Id;
    use rostrum_domain::room::{Badge, RoomState};

    fn standing() -> Standing {
        Standing {
            room: Id::from_bits(1),
            slug: "talk".into(),
            state: RoomState::Live,
            epoch: 1,
            chunks: 9,
            live_at_us: Some(5),
            recording: true,
            sealed: false,
            epochs: rostrum_media::hls::Epochs::default(),
            listed: None,
        }
    }

    fn chat(id: u128, text: &str) -> AudienceEvent {
        let (id, who) = (Id::from_bits(id), Id::from_bits(7));
        AudienceEvent::Chat { id, who, name: "Ada".into(), badge: Badge::Guest, text: text.into() }
    }

    #[test]
    fn a_newcomer_sees_how_things_stand_and_a_returner_what_is_new() {
        let mut board = Board::default();
        board.take(5, &chat(1, "hello"));
        let (first, next) = board.after(None, &standing()).unwrap();
        let first = String::from_utf8(first.to_vec()).unwrap();
        assert!(first.contains("event: snapshot") && first.contains("hello") && first.contains("\"state\":\"live\""));
        assert_eq!(board.after(Some(next), &standing()), None);
        board.take(6, &chat(2, "again"));
        let (fresh, _) = board.after(Some(next), &standing()).unwrap();
        assert!(fresh.starts_with(b"id: 1\nevent: chat\ndata: {"));
    }

    #[test]
    fn a_removed_line_is_gone_for_everybody_who_comes() {
        let mut board = Board::default();
        board.take(5, &chat(1, "rude"));
        board.take(6, &chat(2, "kind"));
        board.take(7, &AudienceEvent::ChatRemoved { id: Id::from_bits(1) });
        for place in [None, Some(0)] {
            let (bytes, _) = board.after(place, &standing()).unwrap();
            let text = String::from_utf8(bytes.to_vec()).unwrap();
            assert!(!text.contains("rude") && text.contains("kind"), "{text}");
        }
    }
}
