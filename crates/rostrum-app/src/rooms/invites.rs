//! Invitations: links that give a role in one room, for one person or for many, until they end or are taken back.

use jiff::SignedDuration;
use rostrum_domain::access::{Action, Caller};
use rostrum_domain::room::{Invite, Participant, Room, RoomState, StageRole};
use rostrum_domain::{Id, Problems, Secret};
use rostrum_store::invite::Kept;
use rostrum_store::{StoreError, Tx, invite};
use serde_json::json;

use super::{guarded, path, studio_path};
use crate::audit::{self, Note};
use crate::auth::{digest, fresh};
use crate::{App, Error};

/// Longest life of an invitation, in hours: a year.
pub const HOURS_MAX: u32 = 24 * 366;
/// Invitations of one room.
const INVITES_MAX: usize = 500;
/// Characters of a label.
const LABEL_MAX: usize = 80;

/// An invitation to be made.
#[derive(Debug, Clone)]
pub struct NewInvite {
    /// The role it gives; never the host's, which is handed over.
    pub role: StageRole,
    /// For whom it is, for its maker's own list.
    pub label: String,
    /// Whether one person only may use it.
    pub once: bool,
    /// Hours until it ends, 1 to [`HOURS_MAX`].
    pub hours: u32,
}

impl NewInvite {
    fn check(&self) -> Result<(), Problems> {
        let mut problems = Problems::default();
        problems.length("label", &self.label, LABEL_MAX);
        problems.require(
            (1..=HOURS_MAX).contains(&self.hours),
            "hours",
            "An invitation lasts from one hour to a year.",
        );
        let host = "A room has one host; invite a co-host and hand the room over.";
        problems.require(self.role != StageRole::Host, "role", host);
        problems.into_result()
    }
}

/// Makes an invitation; its link is given here and never again.
pub async fn make(app: &App, caller: &Caller, name: &str, new: NewInvite) -> Result<(Kept, Secret<String>), Error> {
    new.check()?;
    let mut tx = app.store.write().await?;
    let room = guarded(&mut tx, caller, Action::EditEpisodes, name).await?.room;
    if room.state == RoomState::Ended {
        return Err(Error::Conflict("This room has ended.".into()));
    }
    if invite::of_room(&mut tx, room.id).await?.len() >= INVITES_MAX {
        return Err(Error::Conflict(format!("A room has at most {INVITES_MAX} invitations.")));
    }
    let now = app.now();
    let kept = Kept {
        id: app.id(now),
        room_id: room.id,
        role: new.role,
        label: new.label.trim().to_owned(),
        once: new.once,
        used_by: None,
        uses: 0,
        created_at: now,
        expires_at: now.checked_add(SignedDuration::from_hours(i64::from(new.hours))).map_err(Error::internal)?,
        revoked_at: None,
    };
    let secret = fresh(app);
    invite::insert(&mut tx, &kept, &digest(&secret)).await?;
    let note = Note::by(caller, "room-invited", format!("room {}", room.id));
    let detail = json!({"title": room.facts.title, "role": kept.role, "for": kept.label});
    audit::note(app, &mut tx, note.with(detail)).await?;
    tx.commit().await?;
    let way = if kept.role == StageRole::Listener { path(&room) } else { studio_path(&room) };
    Ok((kept, Secret::new(app.address(&format!("{way}?invite={secret}")))))
}

/// The invitations of a room, the newest first.
pub async fn list(app: &App, caller: &Caller, name: &str) -> Result<Vec<Kept>, Error> {
    let mut tx = app.store.read().await?;
    let room = guarded(&mut tx, caller, Action::ViewShow, name).await?.room;
    Ok(invite::of_room(&mut tx, room.id).await?)
}

/// Takes an invitation back. Who came with it keeps the present grant until it ends or a moderator removes them.
pub async fn revoke(app: &App, caller: &Caller, name: &str, id: Id<Invite>) -> Result<(), Error> {
    let mut tx = app.store.write().await?;
    let room = guarded(&mut tx, caller, Action::EditEpisodes, name).await?.room;
    invite::revoke(&mut tx, (room.id, id), app.now()).await.map_err(|error| match error {
        StoreError::Stale => Error::Missing("invitation"),
        other => other.into(),
    })?;
    let note = Note::by(caller, "room-invitation-revoked", format!("room {}", room.id));
    audit::note(app, &mut tx, note.with(json!({"title": room.facts.title}))).await?;
    tx.commit().await?;
    Ok(())
}

/// The invitation with this secret, if `participant` may use it now; notes the use.
pub(super) async fn redeem(
    app: &App,
    tx: &mut Tx,
    room: &Room,
    (secret, participant): (&str, Id<Participant>),
) -> Result<Kept, Error> {
    let refused = |code: &str, message: &str| Error::Refused { code: code.into(), message: message.into() };
    let unknown = || refused("invite_unknown", "This invitation is not known; open the whole link that you were sent.");
    let kept = invite::by_secret(tx, &digest(secret)).await?.filter(|kept| kept.room_id == room.id);
    let kept = kept.ok_or_else(unknown)?;
    if kept.revoked_at.is_some() {
        return Err(refused("invite_revoked", "This invitation was taken back; ask the host for a new one."));
    }
    if kept.expires_at <= app.now() {
        return Err(refused("invite_expired", "This invitation has expired; ask the host for a new one."));
    }
    if !invite::used(tx, kept.id, participant).await? {
        let text = "Somebody has already used this invitation; ask the host for one of your own.";
        return Err(refused("invite_used", text));
    }
    Ok(kept)
}
