//! Inviting people, changing what they may do, and taking accounts away.

use std::collections::HashMap;

use rostrum_domain::access::{Action, Caller};
use rostrum_domain::user::{LinkKind, Role, User, email};
use rostrum_domain::{Id, Problems, Secret, Timestamp};
use rostrum_store::episode::Page;
use rostrum_store::{Tx, account, link, session};
use serde_json::{Value, json};

use super::links::{self, NAME_MAX};
use crate::audit::{self, Note};
use crate::{App, Error};

/// A change to somebody's account; what is none stays.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// What pages call them.
    pub name: Option<String>,
    /// Their role on the site.
    pub role: Option<Role>,
    /// Whether they are kept out.
    pub disabled: Option<bool>,
}

/// Somebody invited, or given a link.
#[derive(Debug, Clone)]
pub struct Invited {
    /// The account.
    pub user: User,
    /// The one-time link, shown once.
    pub link: String,
    /// No use of it after this.
    pub expires_at: Timestamp,
    /// Whether it was sent by mail as well; none when the site cannot send mail.
    pub mailed: Option<bool>,
}

/// Somebody in the list of people.
#[derive(Debug, Clone)]
pub struct Person {
    /// The account.
    pub user: User,
    /// When they were last here, to a minute; none for never.
    pub seen_at: Option<Timestamp>,
    /// Whether the caller may change them.
    pub may_change: bool,
}

/// Everybody with an account, by name.
pub async fn list(app: &App, caller: &Caller) -> Result<Vec<Person>, Error> {
    guard(caller, Role::Creator)?;
    let mut tx = app.store.read().await?;
    let seen: HashMap<_, _> = account::seen_list(&mut tx).await?.into_iter().collect();
    Ok(account::list(&mut tx).await?.into_iter().map(|user| person(caller, &seen, user)).collect())
}

/// Some of the accounts, by name, and how many there are.
pub async fn page(app: &App, caller: &Caller, page: Page) -> Result<(Vec<Person>, i64), Error> {
    guard(caller, Role::Creator)?;
    let mut tx = app.store.read().await?;
    let seen: HashMap<_, _> = account::seen_list(&mut tx).await?.into_iter().collect();
    let (users, count) = account::page(&mut tx, page).await?;
    Ok((users.into_iter().map(|user| person(caller, &seen, user)).collect(), count))
}

fn person(caller: &Caller, seen: &HashMap<Id<User>, Timestamp>, user: User) -> Person {
    Person { seen_at: seen.get(&user.id).copied(), may_change: guard(caller, user.role).is_ok(), user }
}

/// One account: one's own, or anybody's for administrators.
pub async fn get(app: &App, caller: &Caller, id: Id<User>) -> Result<User, Error> {
    if id != caller.user_id {
        guard(caller, Role::Creator)?;
    }
    account::get(&mut app.store.read().await?, id).await?.ok_or(Error::Missing("account"))
}

/// Whether a caller may manage accounts of a role.
fn guard(caller: &Caller, role: Role) -> Result<(), Error> {
    if !caller.may(Action::ManagePeople, None) {
        return Err(Error::Denied("Only administrators manage people."));
    }
    if role >= Role::Admin && !caller.may(Action::ManageAdmins, None) {
        return Err(Error::Denied("Only an owner manages administrators and owners."));
    }
    Ok(())
}

/// Makes an account and the link by which its holder chooses a name and a password; mails it where possible.
pub async fn invite(app: &App, caller: &Caller, address: &str, role: Role) -> Result<Invited, Error> {
    guard(caller, role)?;
    let note = |id| Note::by(caller, "invited", format!("user {id}")).with(json!({"role": role}));
    let mut invited = add(app, address, role, note).await?;
    invited.mailed = mail(app, &invited).await;
    Ok(invited)
}

/// Makes an account with an invitation, noted by `note`.
pub(super) async fn add(
    app: &App,
    address: &str,
    role: Role,
    note: impl FnOnce(Id<User>) -> Note,
) -> Result<Invited, Error> {
    let mut tx = app.store.write().await?;
    let user = new_account(app, &mut tx, (address, role), None).await?;
    let (link, expires_at) = links::make(app, &mut tx, LinkKind::Invite, Some(user.id)).await?;
    audit::note(app, &mut tx, note(user.id)).await?;
    tx.commit().await?;
    Ok(Invited { user, link, expires_at, mailed: None })
}

/// Inserts an account whose address nobody has yet.
pub(super) async fn new_account(
    app: &App,
    tx: &mut Tx,
    (address, role): (&str, Role),
    password: Option<Secret<String>>,
) -> Result<User, Error> {
    let address = email(address)?;
    if account::find(tx, &address).await?.is_some() {
        return Err(Error::invalid("email", "An account has this address already."));
    }
    let name = address.split('@').next().unwrap_or_default().to_owned();
    let user = User { password, ..links::new_user(app, address, name, role) };
    account::insert(tx, &user).await?;
    Ok(user)
}

async fn mail(app: &App, invited: &Invited) -> Option<bool> {
    let mailer = app.mailer.as_ref()?;
    let sent = mailer.send(&links::invite_letter(app, &invited.link, &invited.user)).await;
    if let Err(error) = &sent {
        tracing::error!(%error, "an invitation was not sent");
    }
    Some(sent.is_ok())
}

/// A fresh link for somebody: to choose a password anew, or to accept the invitation they have not accepted yet.
pub async fn link_for(app: &App, caller: &Caller, id: Id<User>) -> Result<Invited, Error> {
    let user = get(app, caller, id).await?;
    guard(caller, user.role)?;
    let (link, expires_at) = fresh_link(app, &user, Note::by(caller, "link-made", format!("user {id}"))).await?;
    Ok(Invited { user, link, expires_at, mailed: None })
}

/// Makes a link of the kind a user needs; those before it stop working.
pub(super) async fn fresh_link(app: &App, user: &User, note: Note) -> Result<(String, Timestamp), Error> {
    if user.disabled {
        return Err(Error::Conflict("This account is disabled; enable it first.".into()));
    }
    let kind = if user.password.is_some() { LinkKind::Reset } else { LinkKind::Invite };
    let mut tx = app.store.write().await?;
    link::remove_of(&mut tx, user.id).await?;
    let made = links::make(app, &mut tx, kind, Some(user.id)).await?;
    audit::note(app, &mut tx, note.with(json!({"kind": kind}))).await?;
    tx.commit().await?;
    Ok(made)
}

/// Changes one's own name.
pub async fn rename(app: &App, caller: &Caller, name: &str) -> Result<User, Error> {
    crate::auth::in_person(caller)?;
    let change = Change { name: Some(name.to_owned()), ..Change::default() };
    write(app, caller, caller.user_id, change).await
}

/// Changes somebody's account. Who is disabled is signed out everywhere.
pub async fn change(app: &App, caller: &Caller, id: Id<User>, change: Change) -> Result<User, Error> {
    let role = get(app, caller, id).await?.role;
    guard(caller, role)?;
    guard(caller, change.role.unwrap_or(role))?;
    if change.disabled == Some(true) && id == caller.user_id {
        return Err(Error::Conflict("You cannot disable your own account; somebody else has to.".into()));
    }
    write(app, caller, id, change).await
}

async fn write(app: &App, caller: &Caller, id: Id<User>, change: Change) -> Result<User, Error> {
    let mut problems = Problems::default();
    if let Some(name) = &change.name {
        problems.text("name", name, NAME_MAX);
    }
    problems.into_result()?;
    let mut tx = app.store.write().await?;
    let before = account::get(&mut tx, id).await?.ok_or(Error::Missing("account"))?;
    if id != caller.user_id || change.role.is_some() || change.disabled.is_some() {
        // Who was promoted since they were looked at is not the caller's to change any more.
        guard(caller, before.role)?;
    }
    // What is noted first locks the log, so that two owners cannot take the role from each other at once.
    let after = apply(before.clone(), change);
    let detail = json!({"before": facts(&before), "after": facts(&after)});
    audit::note(app, &mut tx, Note::by(caller, "account-changed", format!("user {id}")).with(detail)).await?;
    account::update(&mut tx, &after).await?;
    if after.disabled {
        session::remove_of(&mut tx, id).await?;
        link::remove_of(&mut tx, id).await?;
    }
    keep_an_owner(&mut tx, &before).await?;
    tx.commit().await?;
    Ok(User { version: after.version + 1, ..after })
}

fn apply(mut user: User, change: Change) -> User {
    user.name = change.name.map_or(user.name, |name| name.trim().to_owned());
    user.role = change.role.unwrap_or(user.role);
    user.disabled = change.disabled.unwrap_or(user.disabled);
    user
}

fn facts(user: &User) -> Value {
    json!({"name": user.name, "role": user.role, "disabled": user.disabled})
}

/// Refuses to lose the last owner who can sign in; one who was never such a one is no loss.
async fn keep_an_owner(tx: &mut Tx, before: &User) -> Result<(), Error> {
    let counted = before.role == Role::Owner && !before.disabled && before.password.is_some();
    if !counted || account::owners(tx).await? > 0 {
        return Ok(());
    }
    Err(Error::Conflict("This is the last owner; make somebody else an owner first.".into()))
}

/// Removes an account for good. What its holder made stays with the shows.
pub async fn remove(app: &App, caller: &Caller, id: Id<User>) -> Result<(), Error> {
    let mut tx = app.store.write().await?;
    let user = account::get(&mut tx, id).await?;
    guard(caller, user.as_ref().map_or(Role::Creator, |user| user.role))?;
    let user = user.ok_or(Error::Missing("account"))?;
    let note = Note::by(caller, "account-removed", format!("user {id}"));
    audit::note(app, &mut tx, note.with(json!({"before": facts(&user)}))).await?;
    account::delete(&mut tx, &user).await?;
    keep_an_owner(&mut tx, &user).await?;
    tx.commit().await?;
    Ok(())
}
