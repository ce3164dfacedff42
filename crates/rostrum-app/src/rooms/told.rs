//! What the entries of a room's journal, and the events of its program log, mean for the database. Taking the same in
//! again changes nothing.

use rostrum_domain::Id;
use rostrum_domain::room::{Room, StageRole};
use rostrum_live::audience::AudienceEvent;
use rostrum_live::event::{Entry, Event, Who};
use rostrum_media::program::events;
use rostrum_store::room_log::{Line, Marker, Person};
use rostrum_store::{StoreError, Tx, room, room_log};

use crate::{App, Error};

/// Takes in entries in their order; those that are known already are passed over. Another process that does the same
/// may be first: then there is nothing to do.
pub(super) async fn take_in(app: &App, id: Id<Room>, entries: &[Entry]) -> Result<(), Error> {
    let mut tx = app.store.write().await?;
    let Some(from) = room::entries(&mut tx, id).await? else { return Ok(()) };
    let mut to = from;
    for entry in entries {
        let no = i64::try_from(entry.no).map_err(Error::internal)?;
        if no > to {
            take(&mut tx, id, entry).await?;
            to = no;
        }
    }
    if to == from {
        return Ok(());
    }
    match room::took_in(&mut tx, id, (from, to)).await {
        Err(StoreError::Stale) => Ok(()),
        taken => Ok(taken.map(|()| tx)?.commit().await?),
    }
}

/// The number of the first entry that is not known.
pub(super) async fn next(app: &App, id: Id<Room>) -> Result<u64, Error> {
    let known = room::entries(&mut app.store.read().await?, id).await?.unwrap_or_default();
    u64::try_from(known + 1).map_err(Error::internal)
}

async fn take(tx: &mut Tx, id: Id<Room>, entry: &Entry) -> Result<(), Error> {
    match &entry.event {
        Event::Join(joined) => {
            let (name, role) = (joined.name.clone(), joined.role);
            let person = Person { id: joined.who, user: joined.user, name, role, here: true };
            room_log::put_person(tx, id, &person).await?;
        }
        Event::Leave { who } => room_log::set_here(tx, (id, *who), false).await?,
        Event::Removed(removal) => room_log::set_here(tx, (id, removal.who), false).await?,
        Event::Role { who, role } => room_log::set_role(tx, (id, *who), *role).await?,
        Event::HandedOver { to, .. } => hand_over(tx, id, *to).await?,
        Event::Chat(line) => {
            let (who, user, name, badge) = (line.who, line.user, line.name.clone(), line.badge);
            let line = Line { id: line.id, at: samples(entry.at), who, user, name, badge, text: line.text.clone() };
            room_log::put_line(tx, id, &line).await?;
        }
        Event::ChatRemoved { line } => {
            room_log::remove_line(tx, id, *line).await?;
        }
        Event::Marker(marker) => {
            room_log::put_marker(tx, id, &Marker { at: samples(marker.at), title: marker.title.clone() }).await?;
        }
        _ => {}
    }
    Ok(())
}

async fn hand_over(tx: &mut Tx, id: Id<Room>, to: Who) -> Result<(), Error> {
    for person in room_log::people(tx, id).await? {
        if person.role == StageRole::Host && person.id != to {
            room_log::set_role(tx, (id, person.id), StageRole::CoHost).await?;
        }
    }
    Ok(room_log::set_role(tx, (id, to), StageRole::Host).await?)
}

fn samples(at: u64) -> i64 {
    i64::try_from(at).unwrap_or(i64::MAX)
}

/// Takes in the whole log of a room that has ended, for entries that nobody followed while they were there to follow.
pub(super) async fn take_log(tx: &mut Tx, id: Id<Room>, log: &[u8]) -> Result<(), Error> {
    let mut peak = 0;
    for (_, seen) in events::read(log, 0) {
        let Some(seen) = seen else { continue };
        let Ok(event) = serde_json::from_str::<AudienceEvent>(seen.json) else { continue };
        match event {
            AudienceEvent::Chat { id: line, who, name, badge, text } => {
                let line = Line { id: line, at: samples(seen.at), who, user: None, name, badge, text };
                room_log::put_line(tx, id, &line).await?;
            }
            AudienceEvent::ChatRemoved { id: line } => {
                room_log::remove_line(tx, id, line).await?;
            }
            AudienceEvent::Marker(marker) => {
                room_log::put_marker(tx, id, &Marker { at: samples(marker.at), title: marker.title }).await?;
            }
            AudienceEvent::Occupancy { listeners } => peak = peak.max(listeners),
            _ => {}
        }
    }
    Ok(room::raise_peak(tx, id, samples(peak)).await?)
}
