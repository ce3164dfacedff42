//! What the command line does for who may run the program: no caller is asked for, and the log says so.

use rostrum_domain::user::{Role, Scope, User, check_password, email};
use rostrum_domain::{Problems, Secret};
use rostrum_store::account;
use serde_json::json;

use super::roles;
use crate::audit::{self, Note};
use crate::auth::{self, NewToken};
use crate::{App, Error};

/// Makes an account and gives the one-time link by which its holder chooses a password.
pub async fn add_user(app: &App, address: &str, role: Role) -> Result<String, Error> {
    let note = |id| Note::operator("invited", format!("user {id}")).with(json!({"role": role}));
    Ok(roles::add(app, address, role, note).await?.link)
}

/// Makes an account that can sign in at once; nothing is made when the password will not do.
pub async fn add_user_with_password(
    app: &App,
    address: &str,
    role: Role,
    password: &Secret<String>,
) -> Result<(), Error> {
    check_password(password)?;
    let hashed = auth::hash(app, password).await?;
    let mut tx = app.store.write().await?;
    let user = roles::new_account(app, &mut tx, (address, role), Some(hashed)).await?;
    let note = Note::operator("account-made", format!("user {}", user.id));
    audit::note(app, &mut tx, note.with(json!({"role": role}))).await?;
    tx.commit().await?;
    Ok(())
}

/// Sets somebody's password; their sessions, links and API tokens end.
pub async fn set_password(app: &App, address: &str, password: &Secret<String>) -> Result<(), Error> {
    check_password(password)?;
    let mut user = find(app, address).await?;
    user.password = Some(auth::hash(app, password).await?);
    let mut tx = app.store.write().await?;
    account::update(&mut tx, &user).await?;
    auth::lock_out(&mut tx, user.id).await?;
    let revoked = auth::revoke_tokens(&mut tx, user.id, &auth::Tokens::Keep(Vec::new())).await?;
    let note = Note::operator("password-changed", format!("user {}", user.id));
    audit::note(app, &mut tx, note.with(json!({"tokens_revoked": revoked}))).await?;
    tx.commit().await?;
    Ok(())
}

/// Makes an API token for somebody and gives its text; without scopes it may do all that they may.
pub async fn token_add(app: &App, address: &str, scopes: &[Scope]) -> Result<String, Error> {
    let user = find(app, address).await?;
    let scopes = if scopes.is_empty() { vec![Scope::Read, Scope::Write, Scope::Admin] } else { scopes.to_vec() };
    let mut tx = app.store.write().await?;
    let new = NewToken { name: "command line".into(), scopes, days: None };
    let (made, text) = auth::insert_token(app, &mut tx, user.id, new).await?;
    let note = Note::operator("token-made", format!("token {}", made.id));
    audit::note(app, &mut tx, note.with(json!({"user": user.id, "name": made.name, "scopes": made.scopes}))).await?;
    tx.commit().await?;
    Ok(text.reveal().clone())
}

/// A fresh one-time link for somebody, by which they choose a password.
pub async fn reset_link(app: &App, address: &str) -> Result<String, Error> {
    let user = find(app, address).await?;
    let note = Note::operator("link-made", format!("user {}", user.id));
    Ok(roles::fresh_link(app, &user, note).await?.0)
}

async fn find(app: &App, address: &str) -> Result<User, Error> {
    let unknown = || Problems::one("email", "Nobody has an account with this address.");
    let found = account::find(&mut app.store.read().await?, &email(address)?).await?;
    Ok(found.ok_or_else(unknown)?)
}
