//! What remains of a journal when somebody, or a span of program time, is taken out of it: record in, record out. An
//! entry that goes leaves its number behind, so that it is known that nothing else is missing.

use std::collections::BTreeSet;
use std::ops::Range;

use bytes::Bytes;
use rostrum_domain::Id;
use rostrum_domain::room::ChatLine;
use rostrum_media::journal::{Kind, Record};

use crate::event::{Entry, Event, TrackNo, Who};
use crate::reel::Reel;
use crate::watermark::Watermark;

/// What is to go.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Erasure {
    /// Only what this person said and did; everybody's when left out.
    #[serde(default)]
    pub who: Option<Who>,
    /// Only within this span of program time, in samples; the whole when left out.
    #[serde(default)]
    pub span: Option<Range<u64>>,
}

impl Erasure {
    /// What stands in the journal where sound of everybody went: what is made of it later keeps silent there. That
    /// somebody's went says nothing of whose.
    fn stand_in(&self) -> Bytes {
        let whole = self.span.as_ref().filter(|_| self.who.is_none());
        whole.map_or_else(Bytes::new, |span| serde_json::to_vec(span).expect("a span is plain data").into())
    }

    /// The span of program time, in samples, in which everybody is to be silent since an earlier erasure, as this
    /// record says.
    pub fn silent_since(record: &Record) -> Option<Range<u64>> {
        (record.kind == Kind::Erased).then(|| serde_json::from_slice(&record.payload).ok()).flatten()
    }
}

/// Takes it out of the records of one journal.
#[derive(Debug)]
pub struct Eraser {
    erasure: Erasure,
    reel: Reel,
    lines: BTreeSet<Id<ChatLine>>,
    /// Tracks of which something went, and whose marks are therefore wrong.
    cut: BTreeSet<TrackNo>,
}

impl Eraser {
    /// An eraser that has seen nothing yet.
    pub fn new(erasure: Erasure) -> Self {
        Self { erasure, reel: Reel::default(), lines: BTreeSet::new(), cut: BTreeSet::new() }
    }

    /// The lines of chat that went.
    pub const fn lines(&self) -> &BTreeSet<Id<ChatLine>> {
        &self.lines
    }

    /// What stands in place of the next record; none where nothing has to.
    pub fn record(&mut self, record: Record) -> Option<Record> {
        self.reel.record(&record);
        match record.kind {
            Kind::Segment | Kind::Erased => Some(record),
            // A room that has ended needs no state to be taken up again with, and it names everybody.
            Kind::Snapshot => None,
            Kind::Packet | Kind::SenderReport => self.sound(record),
            Kind::Watermark => self.watermark(&record),
            _ => match Entry::from_record(&record) {
                Some(Ok(entry)) => Some(self.entry(entry, record)),
                // What cannot be understood may hold what is to go.
                Some(Err(_)) | None => None,
            },
        }
    }

    fn within(&self, at: Option<u64>) -> bool {
        match (&self.erasure.span, at) {
            (Some(span), Some(at)) => span.contains(&at),
            // Without a clock nobody knows where it belongs; then it goes.
            (Some(_), None) | (None, _) => true,
        }
    }

    fn sound(&mut self, record: Record) -> Option<Record> {
        let track = TrackNo(record.track);
        let owner = self.reel.take(track).map(|take| take.track.who);
        let theirs = self.erasure.who.is_none_or(|who| owner.is_none_or(|owner| owner == who));
        if !theirs || !self.within(self.reel.position(record.epoch, record.mono_us)) {
            return Some(record);
        }
        let stand_in = Record { kind: Kind::Erased, payload: self.erasure.stand_in(), ..record };
        self.cut.insert(track).then_some(stand_in)
    }

    /// Marks count packets that may be gone now; those of tracks that lost some are left out.
    fn watermark(&self, record: &Record) -> Option<Record> {
        let mut mark = Watermark::from_record(record)?;
        mark.tracks.retain(|safe| !self.cut.contains(&safe.track));
        (!mark.tracks.is_empty()).then(|| Record { payload: mark.to_payload().into(), ..record.clone() })
    }

    fn entry(&mut self, entry: Entry, record: Record) -> Record {
        if self.goes(&entry) {
            if let Event::Chat(line) = &entry.event {
                self.lines.insert(line.id);
            }
            return Record { kind: Kind::Erased, track: 0, seq: entry.no, payload: Bytes::new(), ..record };
        }
        if entry.by.is_some() && entry.by == self.erasure.who && self.erasure.span.is_none() {
            let unsigned = Entry { by: None, request: None, ..entry };
            return Record { payload: unsigned.to_payload().into(), ..record };
        }
        record
    }

    fn goes(&self, entry: &Entry) -> bool {
        let said = match &entry.event {
            Event::Chat(line) => Some(Some(line.who)),
            Event::Cue(cue) => Some(cue.who),
            Event::Marker(_) => Some(entry.by),
            _ => None,
        };
        match (self.erasure.who, said) {
            (Some(who), Some(said)) => said == Some(who) && self.within(Some(entry.at)),
            (None, Some(_)) => self.within(Some(entry.at)),
            (Some(who), None) => self.erasure.span.is_none() && concerns(&entry.event, who),
            (None, None) => false,
        }
    }
}

/// Whether an event is about somebody.
fn concerns(event: &Event, who: Who) -> bool {
    match event {
        Event::Join(joined) => joined.who == who,
        Event::Removed(removal) => removal.who == who,
        Event::TrackOpened(track) => track.who == who,
        Event::HandedOver { to, .. } => *to == who,
        Event::Lost { who: other }
        | Event::Leave { who: other }
        | Event::Role { who: other, .. }
        | Event::Mute { who: other, .. }
        | Event::Consent { who: other, .. }
        | Event::Hand { who: other, .. } => *other == who,
        _ => false,
    }
}

#[cfg(test)]
mod tests;
