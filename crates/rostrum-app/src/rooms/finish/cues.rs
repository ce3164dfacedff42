//! The transcript of a room that was captioned while it was live. Pure.

use std::collections::HashMap;

use rostrum_domain::Id;
use rostrum_domain::room::Participant;
use rostrum_domain::transcript::Cue;
use rostrum_live::audience::AudienceEvent;
use rostrum_media::program::{SAMPLES_PER_MS, events};
use rostrum_store::room_log::Person;

/// The cues of a log of events, in order, with the names of those who spoke.
pub(super) fn of(log: &[u8], people: &[Person]) -> Vec<Cue> {
    let names: HashMap<Id<Participant>, &str> = people.iter().map(|one| (one.id, one.name.as_str())).collect();
    let mut cues = Vec::new();
    for (_, seen) in events::read(log, 0) {
        let heard = seen.and_then(|seen| serde_json::from_str::<AudienceEvent>(seen.json).ok());
        let Some(AudienceEvent::Cue(cue)) = heard else { continue };
        let speaker = cue.who.and_then(|who| names.get(&who).map(|name| (*name).to_owned()));
        cues.push(Cue { start_ms: ms(cue.from), end_ms: ms(cue.to), speaker, text: cue.text });
    }
    cues.sort_by_key(|cue| cue.start_ms);
    cues
}

fn ms(samples: u64) -> i64 {
    i64::try_from(samples / SAMPLES_PER_MS).unwrap_or(i64::MAX)
}
