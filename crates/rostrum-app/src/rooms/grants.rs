//! Who gets which right in a room: members of the show, holders of an invitation, signed-in people, guests with a name.

use jiff::SignedDuration;
use rostrum_domain::access::{Action, Caller};
use rostrum_domain::room::{Audience, Invite, NAME_MAX, Participant, Room, RoomState, StageRole};
use rostrum_domain::user::User;
use rostrum_domain::{Id, Timestamp};
use rostrum_live::grant::Claims;
use rostrum_live::names;
use rostrum_store::{Tx, account, member, room_log, show};
use sha2::{Digest as _, Sha256};

use super::{guarded, invites, life};
use crate::stage::IceServer;
use crate::{App, Error};

/// How long a grant lasts; pages renew theirs long before.
const LIFE: SignedDuration = SignedDuration::from_hours(4);
/// Longest life of a grant that is made for an encoder, in hours.
pub const HOURS_MAX: u32 = 24 * 366;

/// Who asks for a grant, and what they bring.
#[derive(Debug, Clone, Default)]
pub struct Asking<'a> {
    /// The signed-in person and their name.
    pub signed: Option<(&'a Caller, &'a str)>,
    /// The secret by which a guest is known again.
    pub guest: &'a str,
    /// The name a guest wants to show.
    pub name: Option<&'a str>,
    /// The secret of an invitation.
    pub invite: Option<&'a str>,
}

/// A grant and what it says.
#[derive(Debug, Clone)]
pub struct Granted {
    /// Its text.
    pub grant: String,
    /// Who its bearer is in the room.
    pub participant: Id<Participant>,
    /// The role to begin with.
    pub role: StageRole,
    /// The name shown.
    pub name: String,
    /// When it ends.
    pub expires: Timestamp,
    /// What helps its bearer's sound to get through.
    pub ice_servers: Vec<IceServer>,
}

/// A grant to be made for somebody else, or for an encoder.
#[derive(Debug, Clone)]
pub struct NewGrant {
    /// The name shown.
    pub name: String,
    /// The role.
    pub role: StageRole,
    /// Whether its bearer agreed to be recorded.
    pub consented: bool,
    /// Hours until it ends, 1 to [`HOURS_MAX`].
    pub hours: u32,
}

/// What somebody has in a room before they have said anything.
struct Standing {
    participant: Id<Participant>,
    user: Option<Id<User>>,
    role: StageRole,
    name: String,
    invite: Option<Id<Invite>>,
}

/// Gives a grant to who asks for their own; asking again renews it.
pub async fn renew(app: &App, name: &str, asking: &Asking<'_>) -> Result<Granted, Error> {
    // Only the use of an invitation is written down; a crowd that comes to chat waits for no writer.
    let writes = asking.invite.is_some();
    let mut tx = if writes { app.store.write().await? } else { app.store.read().await? };
    let room = life::known(&mut tx, name).await?;
    if room.state == RoomState::Ended {
        return Err(Error::Refused { code: "ended".into(), message: "This room has ended.".into() });
    }
    let standing = standing(app, &mut tx, &room, asking).await?;
    if writes {
        tx.commit().await?;
    }
    let Standing { participant, user, role, name, invite } = standing;
    let consented = false;
    sign(app, LIFE, Claims { room: room.id, participant, user, name, role, invite, consented, expires: 0 })
}

async fn standing(app: &App, tx: &mut Tx, room: &Room, asking: &Asking<'_>) -> Result<Standing, Error> {
    let own = match asking.signed {
        Some((caller, _)) => own_role(tx, room, caller).await?,
        None => None,
    };
    let participant = match asking.signed {
        Some((caller, _)) => participant(room, "user", &caller.user_id.to_string()),
        None => participant(room, "guest", asking.guest),
    };
    let invite = match asking.invite.filter(|_| own.is_none()) {
        Some(secret) => Some(invites::redeem(app, tx, room, (secret, participant)).await?),
        None => None,
    };
    if room.facts.audience == Audience::Private && own.is_none() && invite.is_none() {
        return Err(Error::Missing("room"));
    }
    let role = own.or(invite.as_ref().map(|kept| kept.role)).unwrap_or(StageRole::Listener);
    let name = name(tx, room, asking, (own.is_some(), participant)).await?;
    let user = asking.signed.map(|(caller, _)| caller.user_id);
    let invite = invite.filter(|kept| kept.once).map(|kept| kept.id);
    Ok(Standing { participant, user, role, name, invite })
}

/// The role of somebody who works on the show; none for others.
async fn own_role(tx: &mut Tx, room: &Room, caller: &Caller) -> Result<Option<StageRole>, Error> {
    let membership = member::get(tx, room.show_id, caller.user_id).await?;
    Ok(match () {
        () if caller.may(Action::EditEpisodes, membership) => Some(StageRole::Host),
        () if caller.may(Action::ViewShow, membership) => Some(StageRole::CoHost),
        () => None,
    })
}

/// The name shown. Who works on the show chooses freely.
async fn name(
    tx: &mut Tx,
    room: &Room,
    asking: &Asking<'_>,
    (is_member, participant): (bool, Id<Participant>),
) -> Result<String, Error> {
    let wanted = asking.name.filter(|name| !name.trim().is_empty());
    match (asking.signed, wanted) {
        (None, None) => Err(Error::invalid("name", "Tell us the name that others will see.")),
        // An account's name may be longer than a seat shows.
        (Some((_, own)), None) => clean(&own.chars().take(NAME_MAX).collect::<String>()),
        (Some((_, own)), Some(wanted)) if is_member || own == wanted => clean(wanted),
        (_, Some(wanted)) => other_name(tx, room, (wanted, participant)).await,
    }
}

fn clean(name: &str) -> Result<String, Error> {
    names::clean(name).map_err(|error| Error::invalid("name", error.to_string()))
}

/// A name that somebody chose for here, which must not pass for one of the house or of the stage.
async fn other_name(tx: &mut Tx, room: &Room, (wanted, participant): (&str, Id<Participant>)) -> Result<String, Error> {
    let name = clean(wanted)?;
    let mut taken = Vec::new();
    for person in room_log::people(tx, room.id).await? {
        if person.role.on_stage() && person.id != participant {
            taken.push(person.name);
        }
    }
    for member in member::list(tx, room.show_id).await? {
        taken.extend(account::get(tx, member.user_id).await?.map(|user| user.name));
    }
    taken.extend(show::get(tx, room.show_id).await?.map(|show| show.facts.author));
    taken.retain(|name| !name.trim().is_empty());
    if names::too_like(&name, taken.iter().map(String::as_str)) {
        let text = "This name is too much like that of somebody on the stage; please choose another.";
        return Err(Error::invalid("name", text));
    }
    Ok(name)
}

/// Who somebody is in a room: the same whenever they come back, and nobody else's to claim, since what it is made from
/// is secret or stands behind a signature.
pub(super) fn participant(room: &Room, kind: &str, secret: &str) -> Id<Participant> {
    let digest = Sha256::digest(format!("participant\n{}\n{kind}\n{secret}", room.id));
    Id::from_bits(u128::from_be_bytes(std::array::from_fn(|at| digest[at])))
}

/// Makes a grant for somebody else.
pub async fn make(app: &App, caller: &Caller, name: &str, new: NewGrant) -> Result<Granted, Error> {
    let room = guarded(&mut app.store.read().await?, caller, Action::EditEpisodes, name).await?.room;
    if room.state == RoomState::Ended {
        return Err(Error::Conflict("This room has ended.".into()));
    }
    if !(1..=HOURS_MAX).contains(&new.hours) {
        return Err(Error::invalid("hours", "A grant lasts from one hour to a year."));
    }
    let name = clean(&new.name)?;
    let claims = Claims {
        room: room.id,
        participant: app.id(app.now()),
        user: None,
        name,
        role: new.role,
        invite: None,
        consented: new.consented,
        expires: 0,
    };
    sign(app, SignedDuration::from_hours(i64::from(new.hours)), claims)
}

fn sign(app: &App, life: SignedDuration, claims: Claims) -> Result<Granted, Error> {
    let expires = app.now().checked_add(life).map_err(Error::internal)?;
    let claims = Claims { expires: expires.as_second(), ..claims };
    let stage = app.stage()?;
    let (grant, ice_servers) = (stage.sign(&claims), stage.ice_servers(&claims));
    let Claims { participant, role, name, .. } = claims;
    Ok(Granted { grant, participant, role, name, expires, ice_servers })
}

/// What a grant for this room says.
pub(super) async fn claims(app: &App, name: &str, grant: &str) -> Result<Claims, Error> {
    let claims = app.stage()?.claims(app, grant)?;
    let room = life::known(&mut app.store.read().await?, name).await?;
    for_room(claims, &room)
}

/// What a grant said that was good while this room went on; and the room.
pub(super) async fn past_claims(app: &App, name: &str, grant: &str) -> Result<(Claims, Room), Error> {
    let claims = app.stage()?.past_claims(grant)?;
    let room = life::known(&mut app.store.read().await?, name).await?;
    Ok((for_room(claims, &room)?, room))
}

fn for_room(claims: Claims, room: &Room) -> Result<Claims, Error> {
    if claims.room != room.id {
        let message = "This invitation is for another room; open the link again.".into();
        return Err(Error::Refused { code: "grant_elsewhere".into(), message });
    }
    Ok(claims)
}
