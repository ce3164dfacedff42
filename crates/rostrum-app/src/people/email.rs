//! Changing one's address: the password is asked again, the new address shows that it is read, the old one is told.

use jiff::SignedDuration;
use rostrum_domain::access::Caller;
use rostrum_domain::user::{User, email};
use rostrum_domain::{Problems, Secret};
use rostrum_store::email_change::{self, EmailChange};
use rostrum_store::{StoreError, Tx, account, link};
use rostrum_words::say;
use serde_json::json;

use super::links::letter;
use crate::audit::{self, Note};
use crate::auth::{self, Browser, Identity, Who, digest, fresh, network};
use crate::mail::Letter;
use crate::{App, Error};

/// How long a new address may wait to be confirmed.
const LIFE: SignedDuration = SignedDuration::from_hours(24);
const DEAD: Error = Error::Missing("link; it was used already, or is too old");

/// A wish for another address.
#[derive(Debug, Clone, Default)]
pub struct NewEmail {
    /// The address to come.
    pub email: String,
    /// The password in force.
    pub current: Secret<String>,
}

/// What came of a wish for another address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// The site cannot send mail, so the address holds at once.
    Changed,
    /// A letter to it says how it is confirmed.
    Sent,
}

/// Changes the address of who is signed in, or asks the new one whether it is read. Sessions stay as they are.
pub async fn change_email(app: &App, identity: &Identity, new: &NewEmail, browser: &Browser) -> Result<Asked, Error> {
    let address = email(&new.email)?;
    let user = auth::confirmed(app, identity, &new.current, browser).await?;
    if address == user.email {
        return Err(Error::invalid("email", "This is your address already."));
    }
    app.door().ask_once(&Who::new(&address, &browser.address), app.now())?;
    let mut tx = app.store.write().await?;
    if account::find(&mut tx, &address).await?.is_some() {
        return Err(taken());
    }
    let object = format!("user {}", user.id);
    let Some(mailer) = &app.mailer else {
        replace(app, &mut tx, (user, address), Note::by(&identity.caller, "email-changed", object)).await?;
        tx.commit().await?;
        return Ok(Asked::Changed);
    };
    let note = Note::by(&identity.caller, "email-asked", object).with(json!({"after": address}));
    audit::note(app, &mut tx, note).await?;
    let letter = ask(app, &mut tx, &user, address).await?;
    tx.commit().await?;
    mailer.send_later(letter);
    Ok(Asked::Sent)
}

fn taken() -> Error {
    Problems::one("email", "An account has this address already.").into()
}

/// Keeps the wish; gives the letter that lets it come true.
async fn ask(app: &App, tx: &mut Tx, user: &User, address: String) -> Result<Letter, Error> {
    let now = app.now();
    let secret = fresh(app);
    let expires_at = now.checked_add(LIFE).map_err(Error::internal)?;
    let waiting = EmailChange { user_id: user.id, email: address, expires_at };
    email_change::put(tx, &waiting, &digest(&secret), now).await?;
    let url = app.address(&format!("/link/email/{secret}"));
    let text = say(app.language, "mail-email-text").with("name", &user.name).with("url", url);
    Ok(letter(app, &User { email: waiting.email, ..user.clone() }, "mail-email", text))
}

/// Gives an account its new address, and tells the old one. Links sent to the old address end.
async fn replace(app: &App, tx: &mut Tx, (user, address): (User, String), note: Note) -> Result<Letter, Error> {
    let notice = say(app.language, "mail-email-changed-text").with("name", &user.name).with("address", &address);
    let changes = json!({"changes": {"email": {"before": user.email, "after": address}}});
    audit::note(app, tx, note.with(changes)).await?;
    let after = User { email: address, ..user.clone() };
    account::update(tx, &after).await.map_err(|error| match error {
        StoreError::Taken => taken(),
        other => other.into(),
    })?;
    link::remove_of(tx, user.id).await?;
    email_change::remove_of(tx, user.id).await?;
    Ok(letter(app, &user, "mail-email-changed", notice))
}

/// The address that a confirmation link is about; `Missing` when the link no longer works.
pub async fn look_email(app: &App, secret: &str) -> Result<String, Error> {
    let found = email_change::find(&mut app.store.read().await?, &digest(secret), app.now()).await?;
    Ok(found.ok_or(DEAD)?.email)
}

/// Uses a confirmation link up: the account has its new address.
pub async fn confirm_email(app: &App, secret: &str, browser: &Browser) -> Result<(), Error> {
    let mut tx = app.store.write().await?;
    let change = email_change::take(&mut tx, &digest(secret), app.now()).await?.ok_or(DEAD)?;
    let user = account::get(&mut tx, change.user_id).await?.filter(|user| !user.disabled).ok_or(DEAD)?;
    let by = Caller { user_id: user.id, role: user.role, scopes: None, from: network(&browser.address) };
    let note = Note::by(&by, "email-changed", format!("user {}", user.id));
    let notice = replace(app, &mut tx, (user, change.email), note).await?;
    tx.commit().await?;
    if let Some(mailer) = &app.mailer {
        mailer.send_later(notice);
    }
    Ok(())
}

/// The address of the caller's that waits to be confirmed.
pub async fn waiting_email(app: &App, caller: &Caller) -> Result<Option<EmailChange>, Error> {
    Ok(email_change::of_user(&mut app.store.read().await?, caller.user_id, app.now()).await?)
}

/// Forgets the address of the caller's that waits to be confirmed.
pub async fn forget_email(app: &App, caller: &Caller) -> Result<(), Error> {
    auth::in_person(caller)?;
    let mut tx = app.store.write().await?;
    if !email_change::remove_of(&mut tx, caller.user_id).await? {
        return Err(Error::Missing("address that waits"));
    }
    audit::note(app, &mut tx, Note::by(caller, "email-forgotten", format!("user {}", caller.user_id))).await?;
    tx.commit().await?;
    Ok(())
}
