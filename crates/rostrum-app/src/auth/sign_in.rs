//! Signing in and changing one's password: counted, constant in work, noted.

use rostrum_domain::user::{Token, User, check_password, email};
use rostrum_domain::{Id, Secret};
use rostrum_store::{Tx, account, email_change, link, session, token};
use rostrum_words::Lang;
use serde_json::json;

use super::password::Verdict;
use super::{Identity, Opened, Who, in_person, network, open};
use crate::audit::{self, Note};
use crate::{App, Error};

/// The browser at the door.
#[derive(Debug, Clone, Default)]
pub struct Browser {
    /// What it says it is.
    pub agent: String,
    /// Its address as the edge saw it.
    pub address: String,
    /// The session cookie it came with.
    pub cookie: Option<Secret<String>>,
    /// The language its pages are in.
    pub language: Lang,
}

/// A wish for another password.
#[derive(Debug, Clone, Default)]
pub struct NewPassword {
    /// The one in force.
    pub current: Secret<String>,
    /// The one to come.
    pub new: Secret<String>,
    /// API tokens that shall stop working with the old one; the others stay.
    pub revoke: Vec<Id<Token>>,
}

/// What becomes of somebody's API tokens when their password changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Tokens {
    /// Those named stop working.
    Revoke(Vec<Id<Token>>),
    /// Those named stay, all others stop working.
    Keep(Vec<Id<Token>>),
}

/// A password that is to be somebody's.
pub(crate) struct Renewal {
    pub(crate) user: User,
    pub(crate) hashed: Secret<String>,
    pub(crate) tokens: Tokens,
}

/// Opens a session for who knows the password. Wrong address and wrong password look and take the same.
pub async fn sign_in(app: &App, address: &str, password: &Secret<String>, browser: &Browser) -> Result<Opened, Error> {
    let address = email(address).unwrap_or_default();
    let who = Who::new(&address, &browser.address);
    app.door().try_once(&who, app.now())?;
    let user = account::find(&mut app.store.read().await?, &address).await?;
    let known = user.as_ref().and_then(|user| user.password.as_ref());
    let verdict = app.door().passwords.check(password, known).await?;
    let user = match (user, verdict) {
        (Some(user), Verdict::Good | Verdict::GoodButOutdated) => user,
        (user, _) => return Err(refuse(app, user.map(|user| user.id), browser).await?),
    };
    app.door().succeeded(&who);
    if user.disabled {
        return Err(Error::invalid("form", "This account is disabled. Ask an administrator of this site."));
    }
    let renewed = if verdict == Verdict::GoodButOutdated { Some(hash(app, password).await?) } else { None };
    admit(app, user.id, renewed, browser).await
}

/// Notes a failure, of a known account or not, and gives the error to show.
async fn refuse(app: &App, user: Option<Id<User>>, browser: &Browser) -> Result<Error, Error> {
    let object = user.map_or_else(|| "an unknown address".to_owned(), |id| format!("user {id}"));
    let note = Note::anonymous("sign-in-failed", object, network(&browser.address));
    let mut tx = app.store.write().await?;
    audit::note(app, &mut tx, note).await?;
    tx.commit().await?;
    Ok(Error::invalid("form", "Address or password is wrong. After five tries you have to wait some minutes."))
}

async fn admit(app: &App, id: Id<User>, renewed: Option<Secret<String>>, browser: &Browser) -> Result<Opened, Error> {
    let mut tx = app.store.write().await?;
    let mut user = account::get(&mut tx, id).await?.ok_or(Error::Missing("account"))?;
    if let Some(hash) = renewed {
        user.password = Some(hash);
        account::update(&mut tx, &user).await?;
    }
    let opened = open(app, &mut tx, &user, browser).await?;
    audit::note(app, &mut tx, Note::by(&opened.identity.caller, "sign-in", format!("user {id}"))).await?;
    tx.commit().await?;
    Ok(opened)
}

/// The hash of a password with a fresh salt.
pub(crate) async fn hash(app: &App, password: &Secret<String>) -> Result<Secret<String>, Error> {
    let mut salt = [0; 16];
    salt.copy_from_slice(&app.ids.bytes()[..16]);
    app.door().passwords.hash(password, salt).await
}

/// The account of who is signed in, once they have shown their password again; tries are counted.
pub(crate) async fn confirmed(
    app: &App,
    identity: &Identity,
    password: &Secret<String>,
    browser: &Browser,
) -> Result<User, Error> {
    in_person(&identity.caller)?;
    let user = account::get(&mut app.store.read().await?, identity.caller.user_id).await?;
    let user = user.ok_or(Error::Missing("account"))?;
    let who = Who::new(&user.email, &browser.address);
    app.door().try_once(&who, app.now())?;
    if app.door().passwords.check(password, user.password.as_ref()).await? == Verdict::Wrong {
        return Err(Error::invalid("current", "This is not your present password."));
    }
    app.door().succeeded(&who);
    Ok(user)
}

/// Changes the password of who is signed in. Every session of theirs ends; the browser at hand gets a new one.
pub async fn change_password(
    app: &App,
    identity: &Identity,
    change: NewPassword,
    browser: &Browser,
) -> Result<Opened, Error> {
    in_person(&identity.caller)?;
    check_password(&change.new)?;
    let user = confirmed(app, identity, &change.current, browser).await?;
    let hashed = hash(app, &change.new).await?;
    let mut tx = app.store.write().await?;
    let renewal = Renewal { user, hashed, tokens: Tokens::Revoke(change.revoke) };
    let (opened, revoked) = renew(app, &mut tx, renewal, browser).await?;
    let note = Note::by(&opened.identity.caller, "password-changed", format!("user {}", identity.caller.user_id));
    audit::note(app, &mut tx, note.with(json!({"by": "password", "tokens_revoked": revoked}))).await?;
    tx.commit().await?;
    Ok(opened)
}

/// Sets a password's hash, ends every session and link of the user and the tokens that are to end, and opens a new
/// session. Gives also how many tokens ended.
pub(crate) async fn renew(
    app: &App,
    tx: &mut Tx,
    renewal: Renewal,
    browser: &Browser,
) -> Result<(Opened, usize), Error> {
    let Renewal { mut user, hashed, tokens } = renewal;
    user.password = Some(hashed);
    account::update(tx, &user).await?;
    lock_out(tx, user.id).await?;
    let revoked = revoke(tx, user.id, &tokens).await?;
    Ok((open(app, tx, &user, browser).await?, revoked))
}

/// Ends what the old password has opened: sessions, links, and an address that waits to be confirmed.
pub(crate) async fn lock_out(tx: &mut Tx, id: Id<User>) -> Result<(), Error> {
    session::remove_of(tx, id).await?;
    link::remove_of(tx, id).await?;
    email_change::remove_of(tx, id).await?;
    Ok(())
}

/// Ends a user's tokens as told; gives how many.
pub(crate) async fn revoke(tx: &mut Tx, id: Id<User>, tokens: &Tokens) -> Result<usize, Error> {
    let mut revoked = 0;
    for token in token::of_user(tx, id).await? {
        let ends = match tokens {
            Tokens::Revoke(named) => named.contains(&token.id),
            Tokens::Keep(named) => !named.contains(&token.id),
        };
        if ends {
            token::remove(tx, id, token.id).await?;
            revoked += 1;
        }
    }
    Ok(revoked)
}
