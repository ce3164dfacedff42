//! Sessions: opened on sign-in, found by their cookie, over after 12 idle hours or 14 days.

use jiff::SignedDuration;
use rostrum_domain::access::Caller;
use rostrum_domain::user::{Session, User};
use rostrum_domain::{Id, Secret, Timestamp};
use rostrum_store::session::{Cut, Found};
use rostrum_store::{Tx, account, email_change, idempotency, link, session};

use super::{Browser, Identity, digest, fresh, in_person};
use crate::audit::{self, Note};
use crate::{App, Error};

/// A session unused for so long is over.
pub const IDLE_HOURS: i64 = 12;
/// A session is over after so long, however much it is used.
pub const LIFE_DAYS: i64 = 14;
/// Characters kept of what a browser says it is.
const AGENT_MAX: usize = 200;
/// How long an answer to a repeated request is remembered.
const ANSWER_HOURS: i64 = 24;

const IDLE: SignedDuration = SignedDuration::from_hours(IDLE_HOURS);
const LIFE: SignedDuration = SignedDuration::from_hours(LIFE_DAYS * 24);
/// Uses are noted no more often than this: reading must not mean writing.
const NOTED_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// A session that was just opened.
#[derive(Debug, Clone)]
pub struct Opened {
    /// What the browser shows from now on; exists nowhere else.
    pub secret: Secret<String>,
    /// Seconds until the session is over at the latest.
    pub life_s: i64,
    /// Who is signed in.
    pub identity: Identity,
}

/// Opens a session for `user` within the caller's transaction. The one the browser came with ends: nobody who planted
/// it there is signed in now.
pub(crate) async fn open(app: &App, tx: &mut Tx, user: &User, browser: &Browser) -> Result<Opened, Error> {
    if let Some(old) = &browser.cookie {
        session::remove_by_secret(tx, &digest(old.reveal())).await?;
    }
    let now = app.now();
    let secret = fresh(app);
    let new = Session {
        id: app.id(now),
        user_id: user.id,
        agent: browser.agent.chars().filter(|letter| !letter.is_control()).take(AGENT_MAX).collect(),
        created_at: now,
        seen_at: now,
    };
    session::insert(tx, &new, &digest(&secret), now.saturating_add(LIFE).map_err(Error::internal)?).await?;
    account::seen(tx, user.id, now).await?;
    let identity = identity(user, Some(new.id), super::network(&browser.address));
    Ok(Opened { secret: Secret::new(secret), life_s: LIFE.as_secs(), identity })
}

fn identity(user: &User, session: Option<Id<Session>>, from: String) -> Identity {
    let caller = Caller { user_id: user.id, role: user.role, scopes: None, from };
    Identity { caller, name: user.name.clone(), session }
}

/// Who shows this cookie; none when the session is over, the account disabled, or the secret unknown.
pub async fn by_session(app: &App, secret: &str) -> Result<Option<Identity>, Error> {
    let now = app.now();
    let found = session::by_secret(&mut app.store.read().await?, &digest(secret)).await?;
    let Some(found) = found.filter(|found| is_alive(found, now)) else {
        return Ok(None);
    };
    if is_due(found.session.seen_at, now) {
        note_use(app, &found, now).await;
    }
    Ok(Some(identity(&found.user, Some(found.session.id), String::new())))
}

fn is_alive(found: &Found, now: Timestamp) -> bool {
    let idle = now.duration_since(found.session.seen_at);
    !found.user.disabled && found.expires_at > now && idle < IDLE
}

/// Whether a use after one at `last` is to be noted.
pub(super) fn is_due(last: Timestamp, now: Timestamp) -> bool {
    now.duration_since(last) >= NOTED_EVERY
}

/// A note that fails must not keep anybody out.
async fn note_use(app: &App, found: &Found, now: Timestamp) {
    let noted = async {
        let mut tx = app.store.write().await?;
        session::seen(&mut tx, found.session.id, now).await?;
        account::seen(&mut tx, found.user.id, now).await?;
        tx.commit().await
    };
    if let Err(error) = noted.await {
        tracing::warn!(%error, "a session's use could not be noted");
    }
}

fn cut(app: &App) -> Result<Cut, Error> {
    let now = app.now();
    Ok(Cut { idle_since: now.checked_sub(IDLE).map_err(Error::internal)?, now })
}

/// The caller's sessions, the latest used first.
pub async fn list(app: &App, caller: &Caller) -> Result<Vec<Session>, Error> {
    in_person(caller)?;
    Ok(session::of_user(&mut app.store.read().await?, caller.user_id, cut(app)?).await?)
}

/// Ends the session in use.
pub async fn sign_out(app: &App, identity: &Identity) -> Result<(), Error> {
    match identity.session {
        Some(id) => end(app, &identity.caller, id, "sign-out").await,
        None => Err(Error::Denied("A token has no session to end; revoke the token instead.")),
    }
}

/// Ends one of the caller's sessions.
pub async fn revoke(app: &App, caller: &Caller, id: Id<Session>) -> Result<(), Error> {
    in_person(caller)?;
    end(app, caller, id, "session-ended").await
}

async fn end(app: &App, caller: &Caller, id: Id<Session>, action: &'static str) -> Result<(), Error> {
    let mut tx = app.store.write().await?;
    if !session::remove(&mut tx, caller.user_id, id).await? {
        return Err(Error::Missing("session"));
    }
    audit::note(app, &mut tx, Note::by(caller, action, format!("session {id}"))).await?;
    tx.commit().await?;
    Ok(())
}

/// Ends every session of the caller but the one in use.
pub async fn revoke_others(app: &App, identity: &Identity) -> Result<(), Error> {
    in_person(&identity.caller)?;
    let mut tx = app.store.write().await?;
    for other in session::of_user(&mut tx, identity.caller.user_id, cut(app)?).await? {
        if Some(other.id) != identity.session {
            session::remove(&mut tx, other.user_id, other.id).await?;
        }
    }
    let object = format!("user {}", identity.caller.user_id);
    audit::note(app, &mut tx, Note::by(&identity.caller, "other-sessions-ended", object)).await?;
    tx.commit().await?;
    Ok(())
}

/// Removes sessions, links, unconfirmed addresses and remembered answers that are over; the worker calls it now and
/// then.
pub async fn prune(app: &App) -> Result<(), Error> {
    let answers_until = app.now().checked_sub(SignedDuration::from_hours(ANSWER_HOURS)).map_err(Error::internal)?;
    let mut tx = app.store.write().await?;
    session::prune(&mut tx, cut(app)?).await?;
    link::prune(&mut tx, app.now()).await?;
    email_change::prune(&mut tx, app.now()).await?;
    idempotency::prune(&mut tx, answers_until).await?;
    tx.commit().await?;
    Ok(())
}
