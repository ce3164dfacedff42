//! What people in a room say and ask without a connection to the stage: lines of chat, signs, requests. Each brings a
//! grant; the stage holds all of it to the room's own rules.

use rostrum_domain::Id;
use rostrum_domain::access::{Action, Caller};
use rostrum_domain::room::{CHAT_MAX, ChatLine};
use rostrum_live::audience::Reaction;
use rostrum_live::grant::Claims;
use rostrum_live::room::{Command, Control, Said};
use rostrum_wire::stage::Told;

use super::grants::{claims, participant};
use super::guarded;
use super::pace::Rate;
use crate::auth::network;
use crate::{App, Error, idempotency};

/// Lines of one person.
const LINES: Rate = Rate { burst: 5.0, per_s: 1.0 };
/// Lines from one network: a household, a café, a newsroom.
const LINES_NETWORK: Rate = Rate { burst: 30.0, per_s: 5.0 };
/// Signs of one person.
const SIGNS: Rate = Rate { burst: 10.0, per_s: 3.0 };
/// Signs from one network.
const SIGNS_NETWORK: Rate = Rate { burst: 60.0, per_s: 20.0 };
/// Requests of one person.
const REQUESTS: Rate = Rate { burst: 20.0, per_s: 3.0 };

/// Who speaks: a room, a grant for it, and the address it came from.
#[derive(Debug, Clone, Copy)]
pub struct Bearer<'a> {
    /// The room, by slug or id.
    pub room: &'a str,
    /// The grant.
    pub grant: &'a str,
    /// The client's address.
    pub from: &'a str,
}

/// Writes a line, once for all requests with the same key; gives its id.
pub async fn say(app: &App, bearer: Bearer<'_>, (text, key): (&str, Option<&str>)) -> Result<Id<ChatLine>, Error> {
    let claims = claims(app, bearer.room, bearer.grant).await?;
    let text = line(text)?;
    let id = named(app, &claims.participant.to_string(), key)?;
    paced(app, ("line", bearer.from), &claims, (LINES, LINES_NETWORK))?;
    let said = Said { id, who: claims.participant, user: claims.user, name: claims.name, text };
    app.stage()?.tell(claims.room, Told::Chat(said)).await?;
    Ok(id)
}

/// Writes a line in the name of somebody who works on the show; gives its id.
pub async fn say_as(
    app: &App,
    (caller, name): (&Caller, &str),
    (room, text): (&str, &str),
) -> Result<Id<ChatLine>, Error> {
    let found = guarded(&mut app.store.read().await?, caller, Action::EditEpisodes, room).await?.room;
    let text = line(text)?;
    app.desk().take(&[(format!("line {}", caller.user_id), LINES)], app.now())?;
    let who = participant(&found, "user", &caller.user_id.to_string());
    let id = named(app, &who.to_string(), idempotency::key().as_deref())?;
    let said = Said { id, who, user: Some(caller.user_id), name: name.to_owned(), text };
    app.stage()?.tell(found.id, Told::Chat(said)).await?;
    Ok(id)
}

/// The id of a line that is to be written; the same for every request of its writer with the same key.
fn named(app: &App, writer: &str, key: Option<&str>) -> Result<Id<ChatLine>, Error> {
    let now = app.now();
    let Some(key) = key else { return Ok(app.id(now)) };
    idempotency::check(key)?;
    Ok(app.keyed().id((writer, key), now))
}

/// A line as it can be written.
fn line(text: &str) -> Result<String, Error> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > CHAT_MAX {
        return Err(Error::invalid("text", format!("A line has 1 to {CHAT_MAX} characters of plain text.")));
    }
    Ok(text.to_owned())
}

/// Sends a sign.
pub async fn react(app: &App, bearer: Bearer<'_>, reaction: Reaction) -> Result<(), Error> {
    let claims = claims(app, bearer.room, bearer.grant).await?;
    paced(app, ("sign", bearer.from), &claims, (SIGNS, SIGNS_NETWORK))?;
    app.stage()?.tell(claims.room, Told::Reactions { reaction, count: 1 }).await
}

/// Asks the room for something in the bearer's name.
pub async fn ask(app: &App, bearer: Bearer<'_>, (request, command): (String, Command)) -> Result<(), Error> {
    let claims = claims(app, bearer.room, bearer.grant).await?;
    paced(app, ("request", bearer.from), &claims, (REQUESTS, SIGNS_NETWORK))?;
    let control = Control { by: Some(claims.participant), request, command };
    app.stage()?.control(claims.room, control).await
}

/// Counts one under the participant, the account and the network.
pub(super) fn paced(
    app: &App,
    (what, from): (&str, &str),
    claims: &Claims,
    (own, shared): (Rate, Rate),
) -> Result<(), Error> {
    let mut keys = vec![
        (format!("{what} {}", claims.participant), own),
        (format!("{what} {} {}", claims.room, network(from)), shared),
    ];
    keys.extend(claims.user.map(|user| (format!("{what} {user}"), own)));
    app.desk().take(&keys, app.now())
}
