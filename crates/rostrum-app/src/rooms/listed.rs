//! Rooms as the public finds them: what is on air, what is next, one room's page.

use rostrum_domain::access::{Action, Caller};
use rostrum_domain::episode::{Episode, State};
use rostrum_domain::room::{Audience, RoomState, StageRole};
use rostrum_domain::show::Show;
use rostrum_domain::{Id, Timestamp};
use rostrum_store::{Tx, episode, invite, member, room};

use super::{Detail, life, with_show};
use crate::auth::digest;
use crate::{App, Error};

/// Rooms in a list of the public.
const LISTED: i64 = 12;
/// How long a room that has not begun yet stays announced after its time.
const LATE: jiff::SignedDuration = jiff::SignedDuration::from_hours(3);

/// A room as somebody sees its page.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The room and its show.
    pub detail: Detail,
    /// The published episode that came of it.
    pub episode: Option<Episode>,
    /// The role of somebody who works on the show.
    pub role: Option<StageRole>,
}

/// A room's page, for who may know of it: private rooms are for those who work on the show or hold an invitation.
pub async fn see(app: &App, caller: Option<&Caller>, (name, secret): (&str, Option<&str>)) -> Result<Seen, Error> {
    let mut tx = app.store.read().await?;
    let found = life::known(&mut tx, name).await?;
    let detail = with_show(&mut tx, found).await?;
    let role = match caller {
        Some(caller) => role(&mut tx, &detail, caller).await?,
        None => None,
    };
    let invited = match secret {
        Some(secret) => invite::by_secret(&mut tx, &digest(secret)).await?.is_some_and(|kept| {
            kept.room_id == detail.room.id && kept.revoked_at.is_none() && kept.expires_at > app.now()
        }),
        None => false,
    };
    if detail.room.facts.audience == Audience::Private && role.is_none() && !invited {
        return Err(Error::Missing("room"));
    }
    let episode = match detail.room.episode_id {
        Some(id) => episode::get(&mut tx, id).await?.filter(|episode| episode.state == State::Published),
        None => None,
    };
    Ok(Seen { detail, episode, role })
}

async fn role(tx: &mut Tx, detail: &Detail, caller: &Caller) -> Result<Option<StageRole>, Error> {
    let membership = member::get(tx, detail.show.id, caller.user_id).await?;
    Ok(match () {
        () if caller.may(Action::EditEpisodes, membership) => Some(StageRole::Host),
        () if caller.may(Action::ViewShow, membership) => Some(StageRole::CoHost),
        () => None,
    })
}

/// Public rooms, of a show or of all: those on air first, then what is next by time.
pub async fn soon(app: &App, show: Option<Id<Show>>) -> Result<Vec<Detail>, Error> {
    let mut tx = app.store.read().await?;
    let since = app.now().checked_sub(LATE).unwrap_or(Timestamp::UNIX_EPOCH);
    let mut details = Vec::new();
    for found in room::listed(&mut tx, show, (since, LISTED)).await? {
        // A green room is announced like a scheduled one, and only where it has a time.
        if found.state == RoomState::Live || found.facts.starts_at.is_some() {
            details.push(with_show(&mut tx, found).await?);
        }
    }
    Ok(details)
}
