//! Who works on a show, and as what; its managers decide.

use rostrum_domain::Id;
use rostrum_domain::access::{Action, Caller};
use rostrum_domain::user::{Member, Membership, User, email};
use rostrum_store::episode::Page;
use rostrum_store::{account, member};
use serde_json::json;

use crate::audit::{self, Note};
use crate::context::show_for;
use crate::{App, Error};

/// Everybody who works on a show, by name.
pub async fn members(app: &App, caller: &Caller, show: &str) -> Result<Vec<(User, Membership)>, Error> {
    let mut tx = app.store.read().await?;
    let show = show_for(&mut tx, caller, Action::ViewShow, show).await?;
    Ok(account::of_show(&mut tx, show.id).await?)
}

/// Some of those who work on a show, by name, and how many there are.
pub async fn members_page(
    app: &App,
    caller: &Caller,
    show: &str,
    page: Page,
) -> Result<(Vec<(User, Membership)>, i64), Error> {
    let mut tx = app.store.read().await?;
    let show = show_for(&mut tx, caller, Action::ViewShow, show).await?;
    Ok(account::page_of_show(&mut tx, show.id, page).await?)
}

/// Gives the account with this address a membership, or changes it.
pub async fn set_member(
    app: &App,
    caller: &Caller,
    show: &str,
    (address, membership): (&str, Membership),
) -> Result<(), Error> {
    let address = email(address)?;
    let mut tx = app.store.write().await?;
    let show = show_for(&mut tx, caller, Action::ManageShow, show).await?;
    let user = account::find(&mut tx, &address).await?.ok_or_else(nobody)?;
    let before = member::get(&mut tx, show.id, user.id).await?;
    member::set(&mut tx, Member { show_id: show.id, user_id: user.id, membership }).await?;
    let detail = json!({"user": user.id, "before": before, "after": membership});
    audit::note(app, &mut tx, Note::by(caller, "member-set", format!("show {}", show.id)).with(detail)).await?;
    tx.commit().await?;
    Ok(())
}

fn nobody() -> Error {
    Error::invalid("email", "Nobody here has this address; ask an administrator to invite them.")
}

/// Takes a membership away; one may also take one's own.
pub async fn remove_member(app: &App, caller: &Caller, show: &str, id: Id<User>) -> Result<(), Error> {
    let own = id == caller.user_id;
    // Leaving needs no right in the show, but a token that may only read must not do it either.
    if own && !caller.may(Action::CreateShow, None) {
        return Err(Error::Denied("This token may not change anything; it lacks the write scope."));
    }
    let action = if own { Action::ViewShow } else { Action::ManageShow };
    let mut tx = app.store.write().await?;
    let show = show_for(&mut tx, caller, action, show).await?;
    let before = member::get(&mut tx, show.id, id).await?;
    if !member::remove(&mut tx, show.id, id).await? {
        return Err(Error::Missing("member"));
    }
    let detail = json!({"user": id, "before": before, "after": null});
    audit::note(app, &mut tx, Note::by(caller, "member-removed", format!("show {}", show.id)).with(detail)).await?;
    tx.commit().await?;
    Ok(())
}
