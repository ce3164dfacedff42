//! One-time links: what they show, what using one does, and how one is asked for.

use jiff::SignedDuration;
use rostrum_domain::user::{Link, LinkKind, Role, Token, User, check_password, email};
use rostrum_domain::{Id, Problems, Secret, Timestamp};
use rostrum_store::{Tx, account, link, token};
use rostrum_words::{Lang, Said, say};
use serde_json::json;

use crate::audit::{self, Note};
use crate::auth::{self, Browser, Opened, Who, digest, fresh, network};
use crate::mail::Letter;
use crate::{App, Error};

/// Characters of a name.
pub(super) const NAME_MAX: usize = 120;

const DEAD: Error = Error::Missing("link; it was used already, or is too old");

/// What somebody chooses behind a link; a field the kind of link does not ask for is not read.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// What pages shall call them (set-up and invitation).
    pub name: String,
    /// Their address (set-up).
    pub email: String,
    /// Their password.
    pub password: Secret<String>,
    /// API tokens that stay (reset); who forgot a password may have lost more, so all others stop working.
    pub keep: Vec<Id<Token>>,
}

/// For whom a link is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Looked {
    /// The address; empty for set-up.
    pub email: String,
    /// The API tokens that a new password would end.
    pub tokens: Vec<Token>,
}

impl Choice {
    fn check(&self, kind: LinkKind) -> Result<(), Problems> {
        let mut problems = Problems::default();
        if kind != LinkKind::Reset {
            problems.text("name", &self.name, NAME_MAX);
        }
        if kind == LinkKind::Setup {
            problems.0.extend(email(&self.email).err().into_iter().flat_map(|found| found.0));
        }
        problems.0.extend(check_password(&self.password).err().into_iter().flat_map(|found| found.0));
        problems.into_result()
    }
}

/// How long a link of a kind works.
const fn life(kind: LinkKind) -> SignedDuration {
    match kind {
        LinkKind::Setup => SignedDuration::from_hours(24),
        LinkKind::Invite => SignedDuration::from_hours(7 * 24),
        LinkKind::Reset => SignedDuration::from_hours(1),
    }
}

/// Makes a link within the caller's transaction and gives its address, the site's own whatever a request says, and when
/// it ends.
pub(super) async fn make(
    app: &App,
    tx: &mut Tx,
    kind: LinkKind,
    user: Option<Id<User>>,
) -> Result<(String, Timestamp), Error> {
    let now = app.now();
    let secret = fresh(app);
    let expires_at = now.checked_add(life(kind)).map_err(Error::internal)?;
    let new = Link { id: app.id(now), kind, user_id: user, expires_at };
    link::insert(tx, &new, &digest(&secret), now).await?;
    Ok((app.address(&format!("/link/{kind}/{secret}")), expires_at))
}

/// A fresh set-up link while the site has no owner; all of them end when one makes the owner.
pub async fn setup_url(app: &App) -> Result<Option<String>, Error> {
    let mut tx = app.store.write().await?;
    let url = if has_owner(&mut tx).await? {
        link::remove_setup(&mut tx).await?;
        None
    } else {
        // Earlier links stay good: one may stand in a terminal while web was started again behind it.
        Some(make(app, &mut tx, LinkKind::Setup, None).await?.0)
    };
    tx.commit().await?;
    Ok(url)
}

async fn has_owner(tx: &mut Tx) -> Result<bool, Error> {
    Ok(account::list(tx).await?.iter().any(|user| user.role == Role::Owner))
}

/// Whose account a link is for; `Missing` when the link no longer works. The link stays as it is.
pub async fn look(app: &App, kind: LinkKind, secret: &str) -> Result<Looked, Error> {
    let mut tx = app.store.read().await?;
    let key = link::Key { kind, secret_sha256: &digest(secret), now: app.now() };
    let found = link::find(&mut tx, key).await?.ok_or(DEAD)?;
    let Some(id) = found.user_id else { return Ok(Looked::default()) };
    let user = enabled(&mut tx, id).await?;
    Ok(Looked { email: user.email, tokens: token::of_user(&mut tx, id).await? })
}

async fn enabled(tx: &mut Tx, id: Id<User>) -> Result<User, Error> {
    account::get(tx, id).await?.filter(|user| !user.disabled).ok_or(DEAD)
}

/// Uses a link up: makes the owner, or sets a password; then signs in. What is wrong with the choice is said before the
/// link is spent.
pub async fn accept(
    app: &App,
    (kind, secret): (LinkKind, &str),
    choice: &Choice,
    browser: &Browser,
) -> Result<Opened, Error> {
    look(app, kind, secret).await?;
    choice.check(kind)?;
    let hashed = auth::hash(app, &choice.password).await?;
    let mut tx = app.store.write().await?;
    let key = link::Key { kind, secret_sha256: &digest(secret), now: app.now() };
    let taken = link::take(&mut tx, key).await?.ok_or(DEAD)?;
    let user = match taken.user_id {
        Some(id) => invited(&mut tx, id, kind, choice).await?,
        None => owner(app, &mut tx, choice).await?,
    };
    let renewal = auth::Renewal { user, hashed, tokens: auth::Tokens::Keep(choice.keep.clone()) };
    let (opened, revoked) = auth::renew(app, &mut tx, renewal, browser).await?;
    let note = Note::by(&opened.identity.caller, action(kind), format!("user {}", opened.identity.caller.user_id));
    audit::note(app, &mut tx, note.with(json!({"by": "link", "tokens_revoked": revoked}))).await?;
    tx.commit().await?;
    Ok(opened)
}

const fn action(kind: LinkKind) -> &'static str {
    match kind {
        LinkKind::Setup => "owner-made",
        LinkKind::Invite => "invitation-accepted",
        LinkKind::Reset => "password-changed",
    }
}

async fn invited(tx: &mut Tx, id: Id<User>, kind: LinkKind, choice: &Choice) -> Result<User, Error> {
    let mut user = enabled(tx, id).await?;
    if kind == LinkKind::Invite {
        choice.name.trim().clone_into(&mut user.name);
    }
    Ok(user)
}

async fn owner(app: &App, tx: &mut Tx, choice: &Choice) -> Result<User, Error> {
    if has_owner(tx).await? {
        return Err(DEAD);
    }
    let address = email(&choice.email)?;
    if account::find(tx, &address).await?.is_some() {
        return Err(Error::invalid("email", "An account has this address already; use another for the owner."));
    }
    let user = new_user(app, address, choice.name.trim().to_owned(), Role::Owner);
    account::insert(tx, &user).await?;
    link::remove_setup(tx).await?;
    Ok(user)
}

/// An account that cannot sign in yet.
pub(super) fn new_user(app: &App, email: String, name: String, role: Role) -> User {
    let now = app.now();
    User { id: app.id(now), email, name, role, password: None, disabled: false, created_at: now, version: 1 }
}

/// Whether links can be sent by mail.
pub fn can_mail(app: &App) -> bool {
    app.mailer.is_some()
}

/// Sends a link to a new password to whom this address belongs. Says and does the same for unknown addresses.
pub async fn request_reset(app: &App, address: &str, browser: &Browser) -> Result<(), Error> {
    let Some(mailer) = &app.mailer else {
        return Err(Error::Conflict("This site cannot send mail. Ask an administrator for a link.".into()));
    };
    let address = email(address)?;
    app.door().ask_once(&Who::new(&address, &browser.address), app.now())?;
    let mut tx = app.store.write().await?;
    let user = account::find(&mut tx, &address).await?.filter(|user| !user.disabled);
    let object = user.as_ref().map_or_else(|| "an unknown address".to_owned(), |user| format!("user {}", user.id));
    audit::note(app, &mut tx, Note::anonymous("reset-asked", object, network(&browser.address))).await?;
    let letter = match &user {
        Some(user) => {
            let (url, _) = make(app, &mut tx, LinkKind::Reset, Some(user.id)).await?;
            Some(reset_letter(app, &url, user, browser.language))
        }
        None => None,
    };
    tx.commit().await?;
    if let Some(letter) = letter {
        mailer.send_later(letter);
    }
    Ok(())
}

fn reset_letter(app: &App, url: &str, user: &User, lang: Lang) -> Letter {
    letter(app, user, "mail-reset", say(lang, "mail-reset-text").with("name", &user.name).with("url", url))
}

pub(super) fn invite_letter(app: &App, url: &str, user: &User) -> Letter {
    letter(app, user, "mail-invite", say(app.language, "mail-invite-text").with("url", url))
}

/// A letter whose subject is the message `id` in the language of its text.
pub(super) fn letter(app: &App, user: &User, id: &str, text: Said) -> Letter {
    let at = app.now();
    let subject = say(text.lang(), id).into();
    let text = format!("{}\n", text.with("site", app.public_url.as_str()));
    Letter { to: user.email.clone(), subject, text, at, id: app.id::<Letter>(at).to_string() }
}
