//! API tokens: `rst_<id>_<secret>`, shown once, narrowed to scopes, with an end if wished.

use jiff::SignedDuration;
use rostrum_domain::access::Caller;
use rostrum_domain::user::{Scope, Token, User};
use rostrum_domain::{Id, Problems, Secret, Timestamp};
use rostrum_store::{Tx, token};
use serde_json::json;
use subtle::ConstantTimeEq as _;

use super::{Identity, digest, fresh, sessions};
use crate::audit::{self, Note};
use crate::{App, Error};

/// What every token begins with, so that scanners for leaked secrets know it.
const PREFIX: &str = "rst";
/// Characters of a token's name.
const NAME_MAX: usize = 80;
/// Tokens one person may have.
const TOKENS_MAX: usize = 50;

/// A token to be made.
#[derive(Debug, Clone, Default)]
pub struct NewToken {
    /// What its owner calls it.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// Days until it ends; none for no end.
    pub days: Option<u32>,
}

impl NewToken {
    fn check(&self) -> Result<(), Problems> {
        let mut problems = Problems::default();
        problems.text("name", &self.name, NAME_MAX);
        problems.require(!self.scopes.is_empty(), "scopes", "Choose at least one thing this token may do.");
        let days = self.days.is_none_or(|days| (1..=3650).contains(&days));
        problems.require(days, "days", "A token may last from one day to ten years.");
        problems.into_result()
    }
}

/// Who shows this token.
pub async fn by_token(app: &App, text: &str) -> Result<Identity, Error> {
    let wrong = || Error::Unauthenticated("This token is unknown, has ended or was revoked. Make a new one.");
    let (id, secret) = parse(text).ok_or_else(wrong)?;
    let now = app.now();
    let found = token::get(&mut app.store.read().await?, id).await?.ok_or_else(wrong)?;
    let same = bool::from(digest(secret).as_bytes().ct_eq(found.secret_sha256.as_bytes()));
    let over = found.token.expires_at.is_some_and(|end| end <= now);
    if !same || over || found.user.disabled {
        return Err(wrong());
    }
    if found.token.used_at.is_none_or(|last| sessions::is_due(last, now)) {
        note_use(app, id, now).await;
    }
    let User { id: user_id, role, name, .. } = found.user;
    let caller = Caller { user_id, role, scopes: Some(found.token.scopes), from: String::new() };
    Ok(Identity { caller, name, session: None })
}

fn parse(text: &str) -> Option<(Id<Token>, &str)> {
    let (prefix, rest) = text.split_once('_')?;
    let (id, secret) = rest.split_once('_')?;
    (prefix == PREFIX).then(|| Some((id.parse().ok()?, secret)))?
}

/// A note that fails must not stop a program.
async fn note_use(app: &App, id: Id<Token>, now: Timestamp) {
    let noted = async {
        let mut tx = app.store.write().await?;
        token::used(&mut tx, id, now).await?;
        tx.commit().await
    };
    if let Err(error) = noted.await {
        tracing::warn!(%error, "a token's use could not be noted");
    }
}

/// The caller's tokens, the newest first.
pub async fn tokens(app: &App, caller: &Caller) -> Result<Vec<Token>, Error> {
    may_manage(caller)?;
    Ok(token::of_user(&mut app.store.read().await?, caller.user_id).await?)
}

/// Some of the caller's tokens, the newest first, from behind the one with the id `after`, and how many there are.
pub async fn page(
    app: &App,
    caller: &Caller,
    (after, limit): (Option<Id<Token>>, i64),
) -> Result<(Vec<Token>, i64), Error> {
    may_manage(caller)?;
    Ok(token::page(&mut app.store.read().await?, caller.user_id, (after, limit)).await?)
}

/// Makes a token for the caller; its text is given here and never again. A token may make none that may do more.
pub async fn make_token(app: &App, caller: &Caller, new: NewToken) -> Result<(Token, Secret<String>), Error> {
    may_manage(caller)?;
    new.check()?;
    let beyond = |scope: &Scope| caller.scopes.as_ref().is_some_and(|own| !own.contains(scope));
    if new.scopes.iter().any(beyond) {
        return Err(Error::Denied("A token cannot make one that may do more than itself."));
    }
    let mut tx = app.store.write().await?;
    if token::of_user(&mut tx, caller.user_id).await?.len() >= TOKENS_MAX {
        return Err(Error::Conflict(format!("You have {TOKENS_MAX} tokens; revoke one you do not need.")));
    }
    let (made, text) = insert(app, &mut tx, caller.user_id, new).await?;
    let note = Note::by(caller, "token-made", format!("token {}", made.id));
    audit::note(app, &mut tx, note.with(json!({"name": made.name, "scopes": made.scopes}))).await?;
    tx.commit().await?;
    Ok((made, text))
}

/// Adds a token within the caller's transaction.
pub(crate) async fn insert(
    app: &App,
    tx: &mut Tx,
    user_id: Id<User>,
    new: NewToken,
) -> Result<(Token, Secret<String>), Error> {
    let now = app.now();
    let end = new.days.map(|days| now.checked_add(SignedDuration::from_hours(i64::from(days) * 24)));
    let mut scopes = new.scopes;
    scopes.sort_by_key(|scope| scope.as_str());
    scopes.dedup();
    let made = Token {
        id: app.id(now),
        user_id,
        name: new.name.trim().to_owned(),
        scopes,
        created_at: now,
        expires_at: end.transpose().map_err(Error::internal)?,
        used_at: None,
    };
    let secret = fresh(app);
    token::insert(tx, &made, &digest(&secret)).await?;
    let text = format!("{PREFIX}_{}_{secret}", made.id);
    Ok((made, Secret::new(text)))
}

/// Takes one of the caller's tokens away.
pub async fn revoke_token(app: &App, caller: &Caller, id: Id<Token>) -> Result<(), Error> {
    may_manage(caller)?;
    let mut tx = app.store.write().await?;
    let found = token::get(&mut tx, id).await?.ok_or(Error::Missing("token"))?;
    if !token::remove(&mut tx, caller.user_id, id).await? {
        return Err(Error::Missing("token"));
    }
    let note = Note::by(caller, "token-revoked", format!("token {id}"));
    audit::note(app, &mut tx, note.with(json!({"name": found.token.name}))).await?;
    tx.commit().await?;
    Ok(())
}

fn may_manage(caller: &Caller) -> Result<(), Error> {
    if caller.scopes.as_ref().is_none_or(|scopes| scopes.contains(&Scope::Admin)) {
        return Ok(());
    }
    Err(Error::Denied("This token may not manage tokens; it lacks the admin scope."))
}
